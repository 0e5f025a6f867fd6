// SPDX-License-Identifier: GPL-2.0
/* Acts on an io_uring that stays, with a place for one file of its own. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not in the headers of every distribution yet. */
#define OP_FIXED_FD_INSTALL 54

static int ring = -1;
static struct io_uring_params params;
static char *queue;
static struct io_uring_sqe *entries;

static void *map_part(size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, ring, offset);
}

/* Both queues are in one mapping. */
static int set_up(unsigned int flags)
{
	memset(&params, 0, sizeof(params));
	params.flags = flags;
	params.sq_thread_idle = 1000;
	ring = syscall(SYS_io_uring_setup, 4, &params);
	if (ring < 0)
		return -1;
	queue = map_part(4096, IORING_OFF_SQ_RING);
	entries = map_part(4096, IORING_OFF_SQES);
	if (queue == MAP_FAILED || (void *)entries == MAP_FAILED)
		return -1;
	return 0;
}

static int result(void)
{
	_Atomic uint32_t *head = (void *)(queue + params.cq_off.head);
	struct io_uring_cqe *cqes = (void *)(queue + params.cq_off.cqes);
	uint32_t *mask = (void *)(queue + params.cq_off.ring_mask);
	int res = cqes[*head & *mask].res;

	atomic_fetch_add(head, 1);
	if (res >= 0)
		return res;
	errno = -res;
	return -1;
}

/* Hands one entry in, be it to the thread that polls, and gets its result. */
static int submit(const struct io_uring_sqe *entry)
{
	_Atomic uint32_t *tail = (void *)(queue + params.sq_off.tail);
	uint32_t *array = (void *)(queue + params.sq_off.array);
	uint32_t *mask = (void *)(queue + params.sq_off.ring_mask);
	uint32_t place = *tail & *mask;
	unsigned int flags = IORING_ENTER_GETEVENTS;

	if (params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	entries[place] = *entry;
	array[place] = place;
	atomic_fetch_add(tail, 1);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, flags, NULL, 0) < 0)
		return -1;
	return result();
}

/* [poll]: with a thread that looks for entries by itself. */
static int act_ring(char **words)
{
	return set_up(words[0] ? IORING_SETUP_SQPOLL : 0);
}

static int act_ring_register(char **words)
{
	(void)words;
	return syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES,
		       &last_fd, 1);
}

/* Credentials of the moment that can be used later; the answer has a number. */
static int act_ring_personality(char **words)
{
	int number = syscall(SYS_io_uring_register, ring,
			     IORING_REGISTER_PERSONALITY, NULL, 0);

	(void)words;
	return number < 0 ? -1 : answer("text:%d", number);
}

/* HOW PATH [PERSONALITY] */
static int act_ring_open(char **words)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)words[1],
		.open_flags = parse_open(words[0]),
		.len = 0700,
		.personality = words[2] ? atoi(words[2]) : 0,
	};

	return keep_fd(submit(&entry));
}

/* PATH PERSONALITY */
static int act_ring_setxattr(char **words)
{
	static const char name[] = "trusted.ring";
	static const char value[] = "value";
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_SETXATTR,
		.addr = (uintptr_t)name,
		.addr2 = (uintptr_t)value,
		.addr3 = (uintptr_t)words[0],
		.len = sizeof(value),
		.personality = atoi(words[1]),
	};

	return submit(&entry);
}

/* HOW PATH: into the ring's own place, where no number leads to. */
static int act_ring_open_fixed(char **words)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_OPENAT,
		.fd = AT_FDCWD,
		.addr = (uintptr_t)words[1],
		.open_flags = parse_open(words[0]),
		.len = 0700,
		.file_index = 1,
	};

	return submit(&entry);
}

/* Makes a number for the ring's own file. */
static int act_ring_install(char **words)
{
	const struct io_uring_sqe entry = {
		.opcode = OP_FIXED_FD_INSTALL,
		.flags = IOSQE_FIXED_FILE,
	};

	(void)words;
	return keep_fd(submit(&entry));
}

/**
 * ring_use - read from the ring's own file
 * @to: where to
 * @size: how many bytes
 *
 * Return: how many bytes were read, or -1 with errno set.
 */
int ring_use(void *to, size_t size)
{
	const struct io_uring_sqe entry = {
		.opcode = IORING_OP_READ,
		.flags = IOSQE_FIXED_FILE,
		.addr = (uintptr_t)to,
		.len = size,
	};

	return submit(&entry);
}

const struct act acts_ring[] = {
	{ "ring", 0, act_ring },
	{ "ring-register", 0, act_ring_register },
	{ "ring-personality", 0, act_ring_personality },
	{ "ring-open", 2, act_ring_open },
	{ "ring-setxattr", 2, act_ring_setxattr },
	{ "ring-open-fixed", 2, act_ring_open_fixed },
	{ "ring-install", 0, act_ring_install },
	{ NULL },
};
