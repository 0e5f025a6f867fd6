// SPDX-License-Identifier: GPL-2.0
/* Acts of executing: in place of this program, or beside it. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const plain_argv[] = { "act", NULL };

static int act_exec(char **words)
{
	return execve(words[0], words, environ);
}

static int act_execveat(char **words)
{
	return syscall(SYS_execveat, AT_FDCWD, words[0], plain_argv, environ,
		       0);
}

static int act_execat(char **words)
{
	(void)words;
	return syscall(SYS_execveat, last_fd, "", plain_argv, environ,
		       AT_EMPTY_PATH);
}

static int act_fexec(char **words)
{
	(void)words;
	return fexecve(last_fd, plain_argv, environ);
}

static int act_exec_proc(char **words)
{
	char path[64];

	(void)words;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", last_fd);
	return execve(path, plain_argv, environ);
}

static int tell_status(int status)
{
	if (WIFSIGNALED(status))
		return answer("text:signal %d", WTERMSIG(status));
	return answer("text:exit %d", WEXITSTATUS(status));
}

/* In a child: how it ends, unless it does not begin.  What it prints is lost. */
static int act_run(char **words)
{
	static atomic_int error;
	int sink[2];
	pid_t child;
	int status;

	if (pipe2(sink, O_CLOEXEC))
		return -1;
	error = 0;
	child = vfork();
	if (!child) {
		dup2(sink[1], 1);
		dup2(sink[1], 2);
		execve(words[0], words, environ);
		error = errno;
		_exit(1);
	}
	if (child < 0)
		error = errno;
	else
		waitpid(child, &status, 0);
	close(sink[0]);
	close(sink[1]);
	errno = error;
	return error ? -1 : tell_status(status);
}

/* A child that dumps its core. */
static int act_crash(char **words)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t child = fork();
	int status;

	(void)words;
	if (child < 0)
		return -1;
	if (!child) {
		setrlimit(RLIMIT_CORE, &none);
		abort();
	}
	if (waitpid(child, &status, 0) < 0)
		return -1;
	return tell_status(status);
}

static int act_uselib(char **words)
{
	return syscall(SYS_uselib, words[0]);
}

static int act_personality(char **words)
{
	return personality(strtoul(words[0], NULL, 16)) == -1 ? -1 : 0;
}

/* Executes what is in memory, by the link that /proc has to it. */
static int exec_memory(const char *memory, size_t size)
{
	const uintptr_t from = (uintptr_t)memory;
	char path[96];

	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx",
		 (unsigned long)from, (unsigned long)(from + size));
	return execve(path, plain_argv, environ);
}

static int fill(char *memory, int fd, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t got = read(fd, memory + used, size - used);

		if (got < 0)
			return -1;
		if (!got)
			break;
		used += got;
	}
	return 0;
}

/* Shared memory with a copy of a program; unlike private it is a file. */
static int exec_copy(const char *program, char *(*make)(size_t size))
{
	int fd = open(program, O_RDONLY);
	struct stat info;
	size_t size;
	char *memory;
	int ret;

	if (fd < 0)
		return -1;
	ret = fstat(fd, &info);
	size = (info.st_size + 4095) / 4096 * 4096;
	memory = ret ? MAP_FAILED : make(size);
	if (memory == MAP_FAILED)
		return -1;
	ret = fill(memory, fd, size);
	close(fd);
	return ret ? ret : exec_memory(memory, size);
}

static char *make_shared(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static char *make_segment(size_t size)
{
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0700);
	char *memory;

	if (id < 0)
		return MAP_FAILED;
	memory = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	return memory;
}

static int act_exec_shared(char **words)
{
	return exec_copy(words[0], make_shared);
}

static int act_exec_segment(char **words)
{
	return exec_copy(words[0], make_segment);
}

const struct act acts_exec[] = {
	{ "exec", 1, act_exec },
	{ "execveat", 1, act_execveat },
	{ "execat", 0, act_execat },
	{ "fexec", 0, act_fexec },
	{ "exec-proc", 0, act_exec_proc },
	{ "run", 1, act_run },
	{ "crash", 0, act_crash },
	{ "uselib", 1, act_uselib },
	{ "personality", 1, act_personality },
	{ "exec-shared", 1, act_exec_shared },
	{ "exec-segment", 1, act_exec_segment },
	{ NULL },
};
