// SPDX-License-Identifier: GPL-2.0
/* Acts of tasks: those that make another one leave it to answer from then on. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int act_id(char **words)
{
	(void)words;
	return answer("text:%d %d %d", (int)gettid(), (int)getpid(),
		      (int)getppid());
}

/* Parents end with their children, and leave the asker to them. */
int hand_over(pid_t child)
{
	int status;

	if (child < 0)
		return -1;
	if (!child)
		return 0;
	waitpid(child, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static int act_fork(char **words)
{
	(void)words;
	return hand_over(fork());
}

static int act_into(char **words)
{
	int fd = open(words[0], O_RDONLY | O_DIRECTORY);
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = fd };

	if (fd < 0)
		return -1;
	return hand_over(syscall(SYS_clone3, &args, sizeof(args)));
}

/* The child answers with "ready" once it is another program. */
static int act_vfork(char **words)
{
	static atomic_int error;
	pid_t child = vfork();

	if (!child) {
		execve(words[0], words, environ);
		error = errno;
		_exit(1);
	}
	if (child > 0 && !error)
		return hand_over(child);
	errno = child < 0 ? errno : error;
	return -1;
}

static void *serve_on(void *unused)
{
	answer("OK");
	serve();
	return unused;
}

static int act_thread(char **words)
{
	pthread_t thread;

	(void)words;
	errno = pthread_create(&thread, NULL, serve_on, NULL);
	if (errno)
		return -1;
	pthread_join(thread, NULL);
	return ANSWERED;
}

static int act_move(char **words)
{
	char path[4096];
	int ret, fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", words[0]);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -1;
	ret = write(fd, "0", 1) == 1 ? 0 : -1;
	close(fd);
	return ret;
}

static int act_setuid(char **words)
{
	return setuid(atoi(words[0]));
}

/* Shared by all of a storm: it goes on until this is set. */
static _Atomic int *calm;

static void rest(void)
{
	for (;;)
		pause();
}

/* A process that is followed by its child, and that by its own, and so on. */
static void chain_processes(void)
{
	while (!atomic_load(calm))
		if (fork() > 0)
			_exit(0);
	rest();
}

static void *chain_threads(void *unused)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (atomic_load(calm) ||
	    pthread_create(&thread, &attributes, chain_threads, NULL))
		rest();
	return unused;
}

/* KIND WIDTH: starts as many chains, of processes or of threads. */
static int act_storm(char **words)
{
	int width = atoi(words[1]);

	if (calm) {
		errno = EALREADY;
		return -1;
	}
	signal(SIGCHLD, SIG_IGN);
	calm = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (calm == MAP_FAILED)
		return -1;
	while (width--) {
		pid_t child = fork();

		if (child < 0)
			return -1;
		if (child)
			continue;
		if (!strcmp(words[0], "thread")) {
			chain_threads(NULL);
			rest();
		}
		chain_processes();
	}
	return 0;
}

static int act_calm(char **words)
{
	(void)words;
	atomic_store(calm, 1);
	return 0;
}

/* HOW PATH COUNT: opens a file over and over; tells how often it was denied. */
static int act_flood(char **words)
{
	int flags = parse_open(words[0]);
	int count = atoi(words[2]);
	int denied = 0;

	while (count--) {
		int fd = open(words[1], flags);

		if (fd >= 0)
			close(fd);
		else if (errno == EACCES)
			denied++;
	}
	return answer("text:%d", denied);
}

const struct act acts_task[] = {
	{ "id", 0, act_id },
	{ "fork", 0, act_fork },
	{ "into", 1, act_into },
	{ "vfork", 1, act_vfork },
	{ "thread", 0, act_thread },
	{ "move", 1, act_move },
	{ "setuid", 1, act_setuid },
	{ "storm", 2, act_storm },
	{ "calm", 0, act_calm },
	{ "flood", 3, act_flood },
	{ NULL },
};
