// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command and kills it when it sends a message for the Nth time, before
 * the message is sent or after it was.
 *
 * usage: killer N before|after COMMAND [ARGUMENT...]
 *   Exit status 0: it was killed.  1: it ended earlier.  2: something is wrong.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/ptrace.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 2;
}

static void become(char **command)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

/* Whether the child stands at either end of the call that sends a message. */
static bool is_sending(pid_t child, bool *entering)
{
	struct ptrace_syscall_info info;
	static bool sending;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof(info), &info) < 0)
		exit(fail("PTRACE_GET_SYSCALL_INFO"));
	*entering = info.op == PTRACE_SYSCALL_INFO_ENTRY;
	if (*entering)
		sending = info.entry.nr == SYS_sendmsg;
	return sending;
}

/* Lets the child go on until it does that; false when it ended. */
static bool reach(pid_t child, int wanted, bool before)
{
	int signal = 0;
	int count = 0;
	int status;

	for (;;) {
		bool entering;

		if (ptrace(PTRACE_SYSCALL, child, NULL, signal) < 0 ||
		    waitpid(child, &status, 0) != child)
			exit(fail("ptrace"));
		if (!WIFSTOPPED(status))
			return false;
		/* Events, of which the exec is one, are no signals. */
		signal = status >> 16 ? 0 : WSTOPSIG(status);
		if (signal != (SIGTRAP | 0x80))
			continue;
		signal = 0;
		if (is_sending(child, &entering) && entering == before &&
		    ++count == wanted)
			return true;
	}
}

int main(int argc, char **argv)
{
	pid_t child;
	int status;

	if (argc < 4) {
		fprintf(stderr,
			"usage: killer N before|after COMMAND [ARGUMENT...]\n");
		return 2;
	}
	child = fork();
	if (child < 0)
		return fail("fork");
	if (!child)
		become(argv + 3);
	if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, child, NULL,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC |
			   PTRACE_O_EXITKILL) < 0)
		return fail("ptrace");
	if (!reach(child, atoi(argv[1]), !strcmp(argv[2], "before")))
		return 1;
	if (kill(child, SIGKILL) || waitpid(child, &status, 0) != child)
		return fail("kill");
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 0 : 2;
}
