// SPDX-License-Identifier: GPL-2.0
/* Acts that give a file another name. */
#define _GNU_SOURCE
#include "act.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct word rename_words[] = {
	{ "exchange", RENAME_EXCHANGE },
	{ "noreplace", RENAME_NOREPLACE },
	{ "whiteout", RENAME_WHITEOUT },
	{ NULL },
};

static int act_rename(char **words)
{
	return syscall(SYS_rename, words[0], words[1]);
}

static int act_renameat(char **words)
{
	return syscall(SYS_renameat, AT_FDCWD, words[0], AT_FDCWD, words[1]);
}

static int act_renameat2(char **words)
{
	int flags = parse_words(rename_words, words[0]);

	if (flags < 0)
		return -1;
	return syscall(SYS_renameat2, AT_FDCWD, words[1], AT_FDCWD, words[2],
		       flags);
}

static int act_link(char **words)
{
	return syscall(SYS_link, words[0], words[1]);
}

static int act_linkat(char **words)
{
	return linkat(AT_FDCWD, words[0], AT_FDCWD, words[1], 0);
}

/* Of what a symbolic link leads to. */
static int act_link_follow(char **words)
{
	return linkat(AT_FDCWD, words[0], AT_FDCWD, words[1],
		      AT_SYMLINK_FOLLOW);
}

/* Of what is open. */
static int act_link_fd(char **words)
{
	return linkat(last_fd, "", AT_FDCWD, words[0], AT_EMPTY_PATH);
}

static int act_link_proc(char **words)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", last_fd);
	return linkat(AT_FDCWD, path, AT_FDCWD, words[0], AT_SYMLINK_FOLLOW);
}

const struct act acts_move[] = {
	{ "rename", 2, act_rename },
	{ "renameat", 2, act_renameat },
	{ "renameat2", 3, act_renameat2 },
	{ "link", 2, act_link },
	{ "linkat", 2, act_linkat },
	{ "link-follow", 2, act_link_follow },
	{ "link-fd", 1, act_link_fd },
	{ "link-proc", 1, act_link_proc },
	{ NULL },
};
