// SPDX-License-Identifier: GPL-2.0
/*
 * Acts that kernels have got new ways for, the C library not always: attributes
 * of files, mount namespaces, modules.
 */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Numbers of system calls are the same on all architectures since 5.1. */
enum {
	NUMBER_SETXATTRAT = 463,
	NUMBER_REMOVEXATTRAT = 466,
	NUMBER_FILE_SETATTR = 469,
};

#define ACL_NAME "system.posix_acl_access"

/* How an access list looks that goes in and out as an extended attribute. */
struct acl_entry {
	uint16_t tag;
	uint16_t perm;
	uint32_t id;
};

static const struct {
	uint32_t version;
	struct acl_entry entries[5];
} acl = { 2,
	  { { 0x01, 6, UINT32_MAX },
	    { 0x02, 4, 1000 },
	    { 0x04, 4, UINT32_MAX },
	    { 0x10, 4, UINT32_MAX },
	    { 0x20, 4, UINT32_MAX } } };

static int act_acl(char **words)
{
	return setxattr(words[0], ACL_NAME, &acl, sizeof(acl), 0);
}

static int act_acl_remove(char **words)
{
	return removexattr(words[0], ACL_NAME);
}

struct xattr_value {
	uint64_t value;
	uint32_t size;
	uint32_t flags;
};

static int act_setxattrat(char **words)
{
	static const char value[] = "v";
	const struct xattr_value args = { (uintptr_t)value, 1, 0 };

	return syscall(NUMBER_SETXATTRAT, AT_FDCWD, words[0], 0, words[1],
		       &args, sizeof(args));
}

static int act_removexattrat(char **words)
{
	return syscall(NUMBER_REMOVEXATTRAT, AT_FDCWD, words[0], 0, words[1]);
}

/* Sets the flag that has a file left out of dumps. */
static int act_setflags(char **words)
{
	int flags = FS_NODUMP_FL;
	int fd = open(words[0], O_RDONLY);
	int ret, error;

	if (fd < 0)
		return -1;
	ret = ioctl(fd, FS_IOC_SETFLAGS, &flags);
	error = errno;
	close(fd);
	errno = error;
	return ret;
}

static int act_file_setattr(char **words)
{
	const struct {
		uint64_t flags;
		uint32_t others[4];
	} attributes = { FS_XFLAG_NODUMP, { 0 } };

	return syscall(NUMBER_FILE_SETATTR, AT_FDCWD, words[0], &attributes,
		       sizeof(attributes), 0);
}

/* A mount namespace that has nothing but a directory in it. */
static int act_namespace(char **words)
{
	const unsigned int new_namespace = 1 << 1;

	return keep_fd(syscall(SYS_open_tree, AT_FDCWD, words[0],
			       new_namespace | O_CLOEXEC));
}

static int act_enter(char **words)
{
	(void)words;
	return setns(last_fd, CLONE_NEWNS);
}

static int act_finit(char **words)
{
	return syscall(SYS_finit_module, last_fd, "",
		       (int)strtol(words[0], NULL, 0));
}

const struct act acts_newer[] = {
	{ "acl", 1, act_acl },
	{ "acl-remove", 1, act_acl_remove },
	{ "setxattrat", 2, act_setxattrat },
	{ "removexattrat", 2, act_removexattrat },
	{ "setflags", 1, act_setflags },
	{ "file_setattr", 1, act_file_setattr },
	{ "namespace", 1, act_namespace },
	{ "enter", 0, act_enter },
	{ "finit", 1, act_finit },
	{ NULL, 0, NULL },
};
