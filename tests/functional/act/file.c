// SPDX-License-Identifier: GPL-2.0
/* Acts on files. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

static const struct {
	const char *name;
	int flags;
} open_words[] = {
	{ "r", O_RDONLY },	  { "w", O_WRONLY },	  { "rw", O_RDWR },
	{ "3", O_ACCMODE },	  { "creat", O_CREAT },	  { "excl", O_EXCL },
	{ "trunc", O_TRUNC },	  { "append", O_APPEND }, { "path", O_PATH },
	{ "tmpfile", O_TMPFILE }, { "dir", O_DIRECTORY },
};

/* Flags such as "rw+creat". */
int parse_open(const char *how)
{
	char *copy = strdupa(how);
	int flags = 0;
	char *word;
	size_t i;

	while ((word = strsep(&copy, "+"))) {
		for (i = 0; i < sizeof(open_words) / sizeof(*open_words); i++)
			if (!strcmp(open_words[i].name, word))
				flags |= open_words[i].flags;
	}
	return flags;
}

static int act_open(char **words)
{
	return keep_fd(openat(AT_FDCWD, words[1], parse_open(words[0]), 0700));
}

static int act_open_old(char **words)
{
	return keep_fd(syscall(SYS_open, words[1], parse_open(words[0]), 0700));
}

static int act_openat2(char **words)
{
	struct open_how how = { .flags = parse_open(words[0]) };
	int fd;

	if (how.flags & (O_CREAT | __O_TMPFILE))
		how.mode = 0700;
	fd = syscall(SYS_openat2, AT_FDCWD, words[1], &how, sizeof(how));
	return keep_fd(fd);
}

static int act_creat(char **words)
{
	return keep_fd(syscall(SYS_creat, words[0], 0700));
}

static int act_reopen(char **words)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", last_fd);
	return keep_fd(open(path, parse_open(words[0]), 0700));
}

static int act_read(char **words)
{
	char text[512];
	ssize_t got = read(last_fd, text, sizeof(text) - 1);

	(void)words;
	if (got < 0)
		return -1;
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return answer("text:%s", text);
}

static int act_write(char **words)
{
	return write(last_fd, words[0], strlen(words[0])) < 0 ? -1 : 0;
}

static int act_truncate(char **words)
{
	return truncate(words[0], atol(words[1]));
}

static int act_ftruncate(char **words)
{
	return ftruncate(last_fd, atol(words[0]));
}

static mode_t node_type(const char *letter)
{
	switch (*letter) {
	case 'p':
		return S_IFIFO;
	case 's':
		return S_IFSOCK;
	case 'c':
	case 'w':
		return S_IFCHR;
	default:
		return S_IFREG;
	}
}

/* Whiteouts are no device, whatever they look like. */
static dev_t node_device(const char *letter)
{
	return *letter == 'w' ? 0 : makedev(1, 3);
}

static int act_mknod(char **words)
{
	return syscall(SYS_mknod, words[1], node_type(words[0]) | 0600,
		       node_device(words[0]));
}

static int act_mknodat(char **words)
{
	return syscall(SYS_mknodat, AT_FDCWD, words[1],
		       node_type(words[0]) | 0600, node_device(words[0]));
}

static int act_mkdir(char **words)
{
	return syscall(SYS_mkdir, words[0], 0700);
}

static int act_mkdirat(char **words)
{
	return syscall(SYS_mkdirat, AT_FDCWD, words[0], 0700);
}

static int act_symlink(char **words)
{
	return syscall(SYS_symlink, words[0], words[1]);
}

static int act_symlinkat(char **words)
{
	return syscall(SYS_symlinkat, words[0], AT_FDCWD, words[1]);
}

/* Binding a unix socket makes a file. */
static int act_bindnode(char **words)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0)
		return -1;
	strncpy(address.sun_path, words[0], sizeof(address.sun_path) - 1);
	keep_fd(fd);
	return bind(fd, (struct sockaddr *)&address, sizeof(address));
}

static int act_unlink(char **words)
{
	return syscall(SYS_unlink, words[0]);
}

static int act_unlinkat(char **words)
{
	return syscall(SYS_unlinkat, AT_FDCWD, words[0], 0);
}

static int act_rmdir(char **words)
{
	return syscall(SYS_rmdir, words[0]);
}

static int act_rmdirat(char **words)
{
	return syscall(SYS_unlinkat, AT_FDCWD, words[0], AT_REMOVEDIR);
}

static int act_memfd(char **words)
{
	return keep_fd(memfd_create(words[0], 0));
}

/* Copies a file into the last descriptor. */
static int act_copy(char **words)
{
	int from = open(words[0], O_RDONLY);
	ssize_t got = 1;

	if (from < 0)
		return -1;
	while (got > 0)
		got = sendfile(last_fd, from, NULL, 1 << 20);
	close(from);
	return got;
}

static int act_chroot(char **words)
{
	return chroot(words[0]) ? -1 : chdir("/");
}

static int act_chdir(char **words)
{
	return chdir(words[0]);
}

const struct act acts_file[] = {
	{ "open", 2, act_open },
	{ "open-old", 2, act_open_old },
	{ "openat2", 2, act_openat2 },
	{ "creat", 1, act_creat },
	{ "reopen", 1, act_reopen },
	{ "read", 0, act_read },
	{ "write", 1, act_write },
	{ "truncate", 2, act_truncate },
	{ "ftruncate", 1, act_ftruncate },
	{ "mknod", 2, act_mknod },
	{ "mknodat", 2, act_mknodat },
	{ "mkdir", 1, act_mkdir },
	{ "mkdirat", 1, act_mkdirat },
	{ "symlink", 2, act_symlink },
	{ "symlinkat", 2, act_symlinkat },
	{ "bindnode", 1, act_bindnode },
	{ "unlink", 1, act_unlink },
	{ "unlinkat", 1, act_unlinkat },
	{ "rmdir", 1, act_rmdir },
	{ "rmdirat", 1, act_rmdirat },
	{ "memfd", 1, act_memfd },
	{ "copy", 1, act_copy },
	{ "chroot", 1, act_chroot },
	{ "chdir", 1, act_chdir },
	{ NULL },
};
