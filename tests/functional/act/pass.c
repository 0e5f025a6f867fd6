// SPDX-License-Identifier: GPL-2.0
/* Acts on descriptors: numbers of them, and ways from process to process. */
#define _GNU_SOURCE
#include "act.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Where descriptors come in. */
static int inbox = -1;

static int act_descriptor(char **words)
{
	(void)words;
	return answer("text:%d", last_fd);
}

/* Opens a file without keeping it, so that the last one stays. */
static int act_try_open(char **words)
{
	int fd = open(words[1], parse_open(words[0]), 0700);

	return fd < 0 ? -1 : close(fd);
}

/* The address of a name that is not a file's; tells its length. */
static socklen_t abstract(const char *name, struct sockaddr_un *address)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	strncpy(address->sun_path + 1, name, sizeof(address->sun_path) - 2);
	return offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
}

static int act_await(char **words)
{
	struct sockaddr_un address;
	socklen_t len = abstract(words[0], &address);

	inbox = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (inbox < 0)
		return -1;
	return bind(inbox, (struct sockaddr *)&address, len);
}

static int act_pass(char **words)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec text = { "x", 1 };
	struct sockaddr_un address;
	struct msghdr msg = { .msg_name = &address,
			      .msg_namelen = abstract(words[0], &address),
			      .msg_iov = &text,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	int ret;

	if (fd < 0)
		return -1;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.header), &last_fd, sizeof(int));
	ret = sendmsg(fd, &msg, 0) == 1 ? 0 : -1;
	close(fd);
	return ret;
}

/* A descriptor that may not come in is left out, without an error. */
static int act_take(char **words)
{
	char room[CMSG_SPACE(sizeof(int))];
	char byte;
	struct iovec text = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &text,
			      .msg_iovlen = 1,
			      .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *header;
	int fd;

	(void)words;
	if (recvmsg(inbox, &msg, 0) != 1)
		return -1;
	header = CMSG_FIRSTHDR(&msg);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return answer("text:none%s",
			      msg.msg_flags & MSG_CTRUNC ? " truncated" : "");
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return keep_fd(fd);
}

/* Memory that other processes could share, of one kind or the other. */
static void *shared_memory(const char *kind, size_t size)
{
	int id;

	if (strcmp(kind, "sysv"))
		return mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	id = shmget(IPC_PRIVATE, size, 0700);
	if (id < 0)
		return MAP_FAILED;
	return shmat(id, NULL, 0);
}

/*
 * anon or sysv, PROGRAM: copies a program into shared memory, which is a file
 * without a place, and executes it by the name that the mapping has.
 */
static int act_exec_memory(char **words)
{
	char *const argv[] = { "act", NULL };
	int program = open(words[1], O_RDONLY);
	char path[64];
	struct stat info;
	char *memory;
	size_t size;

	if (program < 0 || fstat(program, &info))
		return -1;
	size = (info.st_size + 4095) & ~4095L;
	memory = shared_memory(words[0], size);
	if (memory == (void *)-1 ||
	    read(program, memory, info.st_size) != info.st_size)
		return -1;
	close(program);
	snprintf(path, sizeof(path), "/proc/self/map_files/%zx-%zx",
		 (size_t)memory, (size_t)memory + size);
	return execve(path, argv, environ);
}

const struct act acts_pass[] = {
	{ "descriptor", 0, act_descriptor },
	{ "try-open", 2, act_try_open },
	{ "await", 1, act_await },
	{ "pass", 1, act_pass },
	{ "take", 0, act_take },
	{ "exec-memory", 2, act_exec_memory },
	{ NULL },
};
