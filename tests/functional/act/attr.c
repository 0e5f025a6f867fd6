// SPDX-License-Identifier: GPL-2.0
/* Acts on what is written about a file: mode, owner, times, attributes. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

/* System calls that are newer than the C library. */
#define CALL_FCHMODAT2 452
#define CALL_SETXATTRAT 463
#define CALL_REMOVEXATTRAT 466
#define CALL_FILE_SETATTR 469

#define ACL "system.posix_acl_access"

/* The path of the last descriptor in /proc. */
static const char *proc_path(void)
{
	static char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", last_fd);
	return path;
}

static mode_t octal(const char *text)
{
	return strtoul(text, NULL, 8);
}

static int act_chmod(char **words)
{
	return syscall(SYS_chmod, words[0], octal(words[1]));
}

static int act_chmod_proc(char **words)
{
	return syscall(SYS_chmod, proc_path(), octal(words[0]));
}

static int act_fchmod(char **words)
{
	return syscall(SYS_fchmod, last_fd, octal(words[0]));
}

static int act_fchmodat(char **words)
{
	return syscall(SYS_fchmodat, AT_FDCWD, words[0], octal(words[1]));
}

static int act_fchmodat2(char **words)
{
	return syscall(CALL_FCHMODAT2, AT_FDCWD, words[0], octal(words[1]), 0);
}

static int act_fchmodat2_fd(char **words)
{
	return syscall(CALL_FCHMODAT2, last_fd, "", octal(words[0]),
		       AT_EMPTY_PATH);
}

static int act_chown(char **words)
{
	return chown(words[0], atoi(words[1]), -1);
}

static int act_chgrp(char **words)
{
	return chown(words[0], -1, atoi(words[1]));
}

static int act_lchown(char **words)
{
	return lchown(words[0], atoi(words[1]), -1);
}

static int act_fchown(char **words)
{
	return fchown(last_fd, atoi(words[0]), -1);
}

static int act_fchownat(char **words)
{
	return fchownat(AT_FDCWD, words[0], atoi(words[1]), -1, 0);
}

static int act_fchownat_fd(char **words)
{
	return fchownat(last_fd, "", atoi(words[0]), -1, AT_EMPTY_PATH);
}

/* A moment long ago, which no file has by itself. */
#define LONG_AGO 1000000

static const struct timespec long_ago[2] = { { .tv_sec = LONG_AGO },
					     { .tv_sec = LONG_AGO } };
static const struct timeval long_ago_old[2] = { { .tv_sec = LONG_AGO },
						{ .tv_sec = LONG_AGO } };

static int act_utime(char **words)
{
	const struct utimbuf times = { LONG_AGO, LONG_AGO };

	return syscall(SYS_utime, words[0], &times);
}

static int act_utimes(char **words)
{
	return syscall(SYS_utimes, words[0], long_ago_old);
}

static int act_futimesat(char **words)
{
	return syscall(SYS_futimesat, AT_FDCWD, words[0], long_ago_old);
}

static int act_utimensat(char **words)
{
	return utimensat(AT_FDCWD, words[0], long_ago, 0);
}

static int act_utimensat_link(char **words)
{
	return utimensat(AT_FDCWD, words[0], long_ago, AT_SYMLINK_NOFOLLOW);
}

static int act_utimensat_fd(char **words)
{
	(void)words;
	return syscall(SYS_utimensat, last_fd, "", long_ago, AT_EMPTY_PATH);
}

static int act_futimens(char **words)
{
	(void)words;
	return futimens(last_fd, long_ago);
}

/* To now, as whoever may write can have it. */
static int act_touch(char **words)
{
	return utimensat(AT_FDCWD, words[0], NULL, 0);
}

static int act_setxattr(char **words)
{
	return setxattr(words[0], words[1], words[2], strlen(words[2]), 0);
}

static int act_lsetxattr(char **words)
{
	return lsetxattr(words[0], words[1], words[2], strlen(words[2]), 0);
}

static int act_fsetxattr(char **words)
{
	return fsetxattr(last_fd, words[0], words[1], strlen(words[1]), 0);
}

static int act_setxattr_proc(char **words)
{
	return setxattr(proc_path(), words[0], words[1], strlen(words[1]), 0);
}

static int act_setxattrat_fd(char **words)
{
	const struct {
		uint64_t value;
		uint32_t size;
		uint32_t flags;
	} args = { (uintptr_t)words[1], strlen(words[1]), 0 };

	return syscall(CALL_SETXATTRAT, last_fd, "", AT_EMPTY_PATH, words[0],
		       &args, sizeof(args));
}

static int act_removexattr(char **words)
{
	return removexattr(words[0], words[1]);
}

static int act_lremovexattr(char **words)
{
	return lremovexattr(words[0], words[1]);
}

static int act_fremovexattr(char **words)
{
	return fremovexattr(last_fd, words[0]);
}

static int act_removexattrat_fd(char **words)
{
	return syscall(CALL_REMOVEXATTRAT, last_fd, "", AT_EMPTY_PATH,
		       words[0]);
}

/**
 * struct acl - an access control list as an extended attribute
 * @version: of the layout
 * @entries: who may what
 */
struct acl {
	struct posix_acl_xattr_header version;
	struct posix_acl_xattr_entry entries[5];
};

static const struct acl acl = {
	.version = { POSIX_ACL_XATTR_VERSION },
	.entries = {
		{ ACL_USER_OBJ, ACL_READ, ACL_UNDEFINED_ID },
		{ ACL_USER, ACL_READ | ACL_WRITE, 1000 },
		{ ACL_GROUP_OBJ, 0, ACL_UNDEFINED_ID },
		{ ACL_MASK, ACL_READ | ACL_WRITE, ACL_UNDEFINED_ID },
		{ ACL_OTHER, 0, ACL_UNDEFINED_ID },
	},
};

static int act_acl(char **words)
{
	return setxattr(words[0], ACL, &acl, sizeof(acl), 0);
}

static int act_facl(char **words)
{
	(void)words;
	return fsetxattr(last_fd, ACL, &acl, sizeof(acl), 0);
}

/* An empty value removes it as well. */
static int act_acl_empty(char **words)
{
	return setxattr(words[0], ACL, "", 0, 0);
}

static int act_unacl(char **words)
{
	return removexattr(words[0], ACL);
}

/* What a new file in a directory begins with. */
static int act_acl_default(char **words)
{
	return setxattr(words[0], "system.posix_acl_default", &acl, sizeof(acl),
			0);
}

/* What the ioctl for flags does, by the name of the file. */
static int act_file_setattr(char **words)
{
	const struct {
		uint64_t xflags;
		uint32_t extent_size;
		uint32_t extents;
		uint32_t project;
		uint32_t cow_extent_size;
	} attributes = { .xflags = FS_XFLAG_NODUMP };

	return syscall(CALL_FILE_SETATTR, AT_FDCWD, words[0], &attributes,
		       sizeof(attributes), 0);
}

const struct act acts_attr[] = {
	{ "chmod", 2, act_chmod },
	{ "chmod-proc", 1, act_chmod_proc },
	{ "fchmod", 1, act_fchmod },
	{ "fchmodat", 2, act_fchmodat },
	{ "fchmodat2", 2, act_fchmodat2 },
	{ "fchmodat2-fd", 1, act_fchmodat2_fd },
	{ "chown", 2, act_chown },
	{ "chgrp", 2, act_chgrp },
	{ "lchown", 2, act_lchown },
	{ "fchown", 1, act_fchown },
	{ "fchownat", 2, act_fchownat },
	{ "fchownat-fd", 1, act_fchownat_fd },
	{ "utime", 1, act_utime },
	{ "utimes", 1, act_utimes },
	{ "futimesat", 1, act_futimesat },
	{ "utimensat", 1, act_utimensat },
	{ "utimensat-link", 1, act_utimensat_link },
	{ "utimensat-fd", 0, act_utimensat_fd },
	{ "futimens", 0, act_futimens },
	{ "touch", 1, act_touch },
	{ "setxattr", 3, act_setxattr },
	{ "lsetxattr", 3, act_lsetxattr },
	{ "fsetxattr", 2, act_fsetxattr },
	{ "setxattr-proc", 2, act_setxattr_proc },
	{ "setxattrat-fd", 2, act_setxattrat_fd },
	{ "removexattr", 2, act_removexattr },
	{ "lremovexattr", 2, act_lremovexattr },
	{ "fremovexattr", 1, act_fremovexattr },
	{ "removexattrat-fd", 1, act_removexattrat_fd },
	{ "acl", 1, act_acl },
	{ "facl", 0, act_facl },
	{ "acl-empty", 1, act_acl_empty },
	{ "unacl", 1, act_unacl },
	{ "acl-default", 1, act_acl_default },
	{ "file-setattr", 1, act_file_setattr },
	{ NULL },
};
