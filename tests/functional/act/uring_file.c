// SPDX-License-Identifier: GPL-2.0
/*
 * Acts on files through io_uring.  Their first word is where the request is
 * made: "here" or "worker".
 */
#define _GNU_SOURCE
#include "act.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>

static int run(const char *where, const struct io_uring_sqe *sqe)
{
	return uring_run(where, sqe) < 0 ? -1 : 0;
}

static int two_names(char **words, int opcode)
{
	const struct io_uring_sqe sqe = {
		.opcode = opcode,
		.fd = AT_FDCWD,
		.len = (uint32_t)AT_FDCWD,
		.addr = (uintptr_t)words[1],
		.addr2 = (uintptr_t)words[2],
	};

	return run(words[0], &sqe);
}

static int act_rename(char **words)
{
	return two_names(words, IORING_OP_RENAMEAT);
}

static int act_link(char **words)
{
	return two_names(words, IORING_OP_LINKAT);
}

static int act_symlink(char **words)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SYMLINKAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)words[1],
		.addr2 = (uintptr_t)words[2],
	};

	return run(words[0], &sqe);
}

static int one_name(char **words, int opcode, int flags)
{
	const struct io_uring_sqe sqe = {
		.opcode = opcode,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)words[1],
		.unlink_flags = flags,
	};

	return run(words[0], &sqe);
}

static int act_mkdir(char **words)
{
	return one_name(words, IORING_OP_MKDIRAT, 0);
}

static int act_unlink(char **words)
{
	return one_name(words, IORING_OP_UNLINKAT, 0);
}

static int act_rmdir(char **words)
{
	return one_name(words, IORING_OP_UNLINKAT, AT_REMOVEDIR);
}

static int act_setxattr(char **words)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SETXATTR,
		.addr3 = (uintptr_t)words[1],
		.addr = (uintptr_t)words[2],
		.addr2 = (uintptr_t)words[3],
		.len = strlen(words[3]),
	};

	return run(words[0], &sqe);
}

static int act_fsetxattr(char **words)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_FSETXATTR,
		.fd = last_fd,
		.addr = (uintptr_t)words[1],
		.addr2 = (uintptr_t)words[2],
		.len = strlen(words[2]),
	};

	return run(words[0], &sqe);
}

/* What ioctl is for a descriptor; only device files have any. */
static int act_command(char **words)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_URING_CMD,
		.fd = last_fd,
	};

	return run(words[0], &sqe);
}

const struct act acts_uring_file[] = {
	{ "uring-rename", 3, act_rename },
	{ "uring-link", 3, act_link },
	{ "uring-symlink", 3, act_symlink },
	{ "uring-mkdir", 2, act_mkdir },
	{ "uring-unlink", 2, act_unlink },
	{ "uring-rmdir", 2, act_rmdir },
	{ "uring-setxattr", 4, act_setxattr },
	{ "uring-fsetxattr", 3, act_fsetxattr },
	{ "uring-command", 1, act_command },
	{ NULL },
};
