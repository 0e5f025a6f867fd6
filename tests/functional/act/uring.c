// SPDX-License-Identifier: GPL-2.0
/* Acts through io_uring: one request at a time, made here or by a worker. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/**
 * struct ring - an io_uring of one entry
 * @fd: its descriptor
 * @params: where things are in it
 * @sq: submission queue
 * @cq: completion queue
 * @sqes: the entry
 */
struct ring {
	int fd;
	struct io_uring_params params;
	char *sq;
	char *cq;
	struct io_uring_sqe *sqes;
};

static void *map_ring(const struct ring *ring, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, ring->fd, offset);
}

static int open_ring(struct ring *ring)
{
	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, 1, &ring->params);
	if (ring->fd < 0)
		return -1;
	ring->sq = map_ring(ring, 4096, IORING_OFF_SQ_RING);
	ring->cq = map_ring(ring, 4096, IORING_OFF_CQ_RING);
	ring->sqes = map_ring(ring, sizeof(*ring->sqes), IORING_OFF_SQES);
	if (ring->sq == MAP_FAILED || ring->cq == MAP_FAILED ||
	    (void *)ring->sqes == MAP_FAILED) {
		close(ring->fd);
		return -1;
	}
	return 0;
}

/* Hands the entry in and waits for what becomes of it. */
static int submit(struct ring *ring)
{
	_Atomic uint32_t *tail = (void *)(ring->sq + ring->params.sq_off.tail);
	uint32_t *array = (void *)(ring->sq + ring->params.sq_off.array);
	struct io_uring_cqe *cqe =
		(void *)(ring->cq + ring->params.cq_off.cqes);

	array[0] = 0;
	atomic_store(tail, 1);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) < 0)
		return -1;
	if (cqe->res >= 0)
		return cqe->res;
	errno = -cqe->res;
	return -1;
}

static int prepare_open(struct io_uring_sqe *sqe, char **words)
{
	sqe->opcode = IORING_OP_OPENAT;
	sqe->fd = AT_FDCWD;
	sqe->addr = (uintptr_t)words[1];
	sqe->open_flags = parse_open(words[0]);
	sqe->len = 0700;
	return 0;
}

static struct sockaddr_storage address;

static int prepare_connect(struct io_uring_sqe *sqe, char **words)
{
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	sqe->opcode = IORING_OP_CONNECT;
	sqe->fd = last_fd;
	sqe->addr = (uintptr_t)&address;
	sqe->off = len;
	return 0;
}

static int prepare_send(struct io_uring_sqe *sqe, char **words)
{
	static struct iovec text;
	static struct msghdr msg;
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	text = (struct iovec){ words[1], strlen(words[1]) };
	msg = (struct msghdr){ .msg_name = &address,
			       .msg_namelen = len,
			       .msg_iov = &text,
			       .msg_iovlen = 1 };
	sqe->opcode = IORING_OP_SENDMSG;
	sqe->fd = last_fd;
	sqe->addr = (uintptr_t)&msg;
	sqe->len = 1;
	return 0;
}

/* Has one request done, WHERE being "here" or "worker"; returns its result. */
int uring_run(const char *where, const struct io_uring_sqe *sqe)
{
	struct ring ring;
	int ret, error;

	if (open_ring(&ring))
		return -1;
	*ring.sqes = *sqe;
	if (!strcmp(where, "worker"))
		ring.sqes->flags |= IOSQE_ASYNC;
	ret = submit(&ring);
	error = errno;
	close(ring.fd);
	errno = error;
	return ret;
}

static int act_uring(char **words)
{
	struct io_uring_sqe sqe = { 0 };
	int ret = !strcmp(words[1], "open") ? prepare_open(&sqe, words + 2) :
		  !strcmp(words[1], "connect") ?
					      prepare_connect(&sqe, words + 2) :
					      prepare_send(&sqe, words + 2);

	if (!ret)
		ret = uring_run(words[0], &sqe);
	if (ret >= 0 && !strcmp(words[1], "open"))
		return keep_fd(ret);
	return ret < 0 ? -1 : 0;
}

const struct act acts_uring[] = {
	{ "uring", 3, act_uring },
	{ NULL },
};
