// SPDX-License-Identifier: GPL-2.0
/* Acts that bring what is in one file into another, and that take it away. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE 4096

/* What acts from are not the last descriptor but this one. */
static int source_fd = -1;

static int act_source(char **words)
{
	int fd = open(words[1], parse_open(words[0]));

	if (fd < 0)
		return -1;
	close(source_fd);
	source_fd = fd;
	return 0;
}

static int by_copying(void)
{
	char text[PAGE];
	ssize_t got = pread(source_fd, text, sizeof(text), 0);

	return got < 0 ? -1 : pwrite(last_fd, text, got, 0);
}

static int by_vectors(void)
{
	char text[PAGE];
	struct iovec part = { text, sizeof(text) };
	ssize_t got = preadv2(source_fd, &part, 1, 0, 0);

	part.iov_len = got;
	return got < 0 ? -1 : pwritev2(last_fd, &part, 1, 0, 0);
}

static int by_sendfile(void)
{
	off_t offset = 0;

	return sendfile(last_fd, source_fd, &offset, PAGE);
}

static int by_copy_range(void)
{
	loff_t from = 0, to = 0;

	return copy_file_range(source_fd, &from, last_fd, &to, PAGE, 0);
}

/* Into a pipe and out of it; that is no file. */
static int by_splice(void)
{
	loff_t from = 0, to = 0;
	int ends[2];
	ssize_t ret;
	int error;

	if (pipe(ends))
		return -1;
	ret = splice(source_fd, &from, ends[1], NULL, PAGE, 0);
	if (ret > 0)
		ret = splice(ends[0], NULL, last_fd, &to, ret, 0);
	error = errno;
	close(ends[0]);
	close(ends[1]);
	errno = error;
	return ret;
}

static int by_clone(void)
{
	return ioctl(last_fd, FICLONE, source_fd);
}

static int by_clone_range(void)
{
	const struct file_clone_range range = { .src_fd = source_fd };

	return ioctl(last_fd, FICLONERANGE, &range);
}

/* From memory that is the one file into memory that is the other. */
static int by_mapping(void)
{
	void *from = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, source_fd, 0);
	void *to;

	if (from == MAP_FAILED)
		return -1;
	to = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, last_fd, 0);
	if (to == MAP_FAILED)
		return -1;
	memcpy(to, from, strlen(from));
	return 0;
}

static int ring_io(int opcode, int fd, void *text, size_t size)
{
	const struct io_uring_sqe sqe = {
		.opcode = opcode,
		.fd = fd,
		.addr = (uintptr_t)text,
		.len = size,
	};

	return uring_run("worker", &sqe);
}

static int by_ring(void)
{
	char text[PAGE];
	int got = ring_io(IORING_OP_READ, source_fd, text, PAGE);

	if (got < 0)
		return -1;
	return ring_io(IORING_OP_WRITE, last_fd, text, got);
}

static int ring_splice(int from, int64_t from_at, int to, int64_t to_at,
		       size_t size)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SPLICE,
		.splice_fd_in = from,
		.splice_off_in = from_at,
		.fd = to,
		.off = to_at,
		.len = size,
	};

	return uring_run("worker", &sqe);
}

static int by_ring_splice(void)
{
	int ends[2];
	int ret, error;

	if (pipe(ends))
		return -1;
	ret = ring_splice(source_fd, 0, ends[1], -1, PAGE);
	if (ret > 0)
		ret = ring_splice(ends[0], -1, last_fd, 0, ret);
	error = errno;
	close(ends[0]);
	close(ends[1]);
	errno = error;
	return ret;
}

static const struct {
	const char *name;
	int (*move)(void);
} ways[] = {
	{ "copying", by_copying },
	{ "vectors", by_vectors },
	{ "sendfile", by_sendfile },
	{ "copy-range", by_copy_range },
	{ "splice", by_splice },
	{ "clone", by_clone },
	{ "clone-range", by_clone_range },
	{ "mapping", by_mapping },
	{ "ring", by_ring },
	{ "ring-splice", by_ring_splice },
};

/* WAY: what is in the source gets into the last descriptor. */
static int act_bring(char **words)
{
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, words[0]))
			return ways[i].move() < 0 ? -1 : 0;
	errno = EDOM;
	return -1;
}

static const struct word allocations[] = {
	{ "keep", FALLOC_FL_KEEP_SIZE },
	{ "punch", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE },
	{ "zero", FALLOC_FL_ZERO_RANGE },
	{ "collapse", FALLOC_FL_COLLAPSE_RANGE },
	{ "insert", FALLOC_FL_INSERT_RANGE },
	{ NULL },
};

static int act_fallocate(char **words)
{
	int mode = parse_words(allocations, words[0]);

	return mode < 0 ? -1 : fallocate(last_fd, mode, 0, PAGE);
}

static int act_uring_fallocate(char **words)
{
	const struct io_uring_sqe sqe = {
		.opcode = IORING_OP_FALLOCATE,
		.fd = last_fd,
		.len = parse_words(allocations, words[1]),
		.addr = PAGE,
	};

	return uring_run(words[0], &sqe) < 0 ? -1 : 0;
}

/* Newer than the header. */
#define OP_FTRUNCATE 55

static int act_uring_ftruncate(char **words)
{
	const struct io_uring_sqe sqe = {
		.opcode = OP_FTRUNCATE,
		.fd = last_fd,
		.off = atol(words[1]),
	};

	return uring_run(words[0], &sqe) < 0 ? -1 : 0;
}

const struct act acts_data[] = {
	{ "source", 2, act_source },
	{ "bring", 1, act_bring },
	{ "fallocate", 1, act_fallocate },
	{ "uring-fallocate", 2, act_uring_fallocate },
	{ "uring-ftruncate", 2, act_uring_ftruncate },
	{ NULL },
};
