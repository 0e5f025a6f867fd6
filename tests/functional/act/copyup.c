// SPDX-License-Identifier: GPL-2.0
/* Acts that have overlayfs copy a file to its upper layer before they go on. */
#define _GNU_SOURCE
#include "act.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int by_writing(const char *path)
{
	int fd = open(path, O_WRONLY);
	int ret;

	if (fd < 0)
		return -1;
	ret = write(fd, "written", 7) == 7 ? 0 : -1;
	close(fd);
	return ret;
}

static int by_truncating(const char *path)
{
	return truncate(path, 1);
}

static int by_mode(const char *path)
{
	return chmod(path, 0711);
}

static int by_owner(const char *path)
{
	return chown(path, 1, 1);
}

static int by_times(const char *path)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };

	return utimensat(AT_FDCWD, path, times, 0);
}

static int by_attribute(const char *path)
{
	return setxattr(path, "trusted.cordon", "x", 1, 0);
}

static int by_link(const char *path)
{
	char name[4096];

	snprintf(name, sizeof(name), "%s-new", path);
	return link(path, name);
}

static int by_rename(const char *path)
{
	char name[4096];

	snprintf(name, sizeof(name), "%s-new", path);
	return rename(path, name);
}

static const struct {
	const char *name;
	int (*change)(const char *path);
} ways[] = {
	{ "write", by_writing }, { "truncate", by_truncating },
	{ "chmod", by_mode },	 { "chown", by_owner },
	{ "utime", by_times },	 { "setxattr", by_attribute },
	{ "link", by_link },	 { "rename", by_rename },
};

/* WAY PATH */
static int act_copy_up(char **words)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, words[0]))
			return ways[i].change(words[1]);
	return answer("what way is '%s'?", words[0]);
}

const struct act acts_copyup[] = {
	{ "copy-up", 2, act_copy_up },
	{ NULL },
};
