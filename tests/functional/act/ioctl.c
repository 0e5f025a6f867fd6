// SPDX-License-Identifier: GPL-2.0
/* Acts of device and file control. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMPAT_IOCTL 54

/**
 * struct command - something to ask for
 * @name: word for it
 * @number: the command
 * @number32: what it is for programs of 32 bits
 * @value: what its argument points to at first
 */
struct command {
	const char *name;
	unsigned int number;
	unsigned int number32;
	int value;
};

static const struct command commands[] = {
	{ "getflags", FS_IOC_GETFLAGS, FS_IOC32_GETFLAGS, 0 },
	{ "setflags", FS_IOC_SETFLAGS, FS_IOC32_SETFLAGS, FS_NODUMP_FL },
	{ "fsgetxattr", FS_IOC_FSGETXATTR, FS_IOC_FSGETXATTR, 0 },
	{ "fssetxattr", FS_IOC_FSSETXATTR, FS_IOC_FSSETXATTR, FS_XFLAG_NODUMP },
	{ "blocksize", FIGETBSZ, FIGETBSZ, 0 },
	{ "readable", FIONREAD, FIONREAD, 0 },
	{ "cloexec", FIOCLEX, FIOCLEX, 0 },
	{ "nocloexec", FIONCLEX, FIONCLEX, 0 },
	{ "nonblock", FIONBIO, FIONBIO, 0 },
	{ "async", FIOASYNC, FIOASYNC, 0 },
};

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	errno = EDOM;
	return NULL;
}

/* In the lower half of memory, where programs of 32 bits can have it. */
static void *argument(const struct command *command)
{
	static int *value;

	if (!value) {
		value = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		if (value == MAP_FAILED)
			_exit(1);
	}
	memset(value, 0, 4096);
	*value = command->value;
	return value;
}

static int act_ioctl(char **words)
{
	const struct command *command = find(words[0]);

	if (!command)
		return -1;
	return ioctl(last_fd, command->number, argument(command)) < 0 ? -1 : 0;
}

/* As a program of 32 bits does it; other programs can as well. */
static int act_ioctl32(char **words)
{
	const struct command *command = find(words[0]);
	int ret;

	if (!command)
		return -1;
	asm volatile("int $0x80"
		     : "=a"(ret)
		     : "a"(COMPAT_IOCTL), "b"(last_fd), "c"(command->number32),
		       "d"((uint32_t)(uintptr_t)argument(command))
		     : "memory", "r8", "r9", "r10", "r11");
	if (ret >= 0)
		return 0;
	errno = -ret;
	return -1;
}

const struct act acts_ioctl[] = {
	{ "ioctl", 1, act_ioctl },
	{ "ioctl32", 1, act_ioctl32 },
	{ NULL },
};
