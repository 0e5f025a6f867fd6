// SPDX-License-Identifier: GPL-2.0
/* Acts of tasks on who they are. */
#define _GNU_SOURCE
#include "act.h"

#include <linux/keyctl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The number of the session's keyring, which is part of the credentials. */
static int act_keyring(char **words)
{
	long number = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
			      KEY_SPEC_SESSION_KEYRING, 1);

	(void)words;
	return number < 0 ? -1 : answer("text:%ld", number);
}

/*
 * Has a child give its session's keyring to this process: credentials that
 * this process has not made take the place of its own.
 */
static int act_keyring_from_child(char **words)
{
	pid_t child = fork();
	int status;

	(void)words;
	if (child < 0)
		return -1;
	if (!child) {
		if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) <
			    0 ||
		    syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT))
			_exit(1);
		_exit(0);
	}
	if (waitpid(child, &status, 0) != child || status)
		return answer("text:the child failed");
	return 0;
}

/* Leaves answering to a child that has a certain number. */
static int act_fork_as(char **words)
{
	pid_t pid = atoi(words[0]);
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};

	return hand_over(syscall(SYS_clone3, &args, sizeof(args)));
}

static int act_ids(char **words)
{
	(void)words;
	return answer("text:%d %d", (int)getuid(), (int)geteuid());
}

/* Ends in a way that leaves a picture of the memory behind. */
static int act_dump_core(char **words)
{
	const struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	(void)words;
	if (setrlimit(RLIMIT_CORE, &limit))
		return -1;
	answer("OK");
	abort();
}

const struct act acts_identity[] = {
	{ "keyring", 0, act_keyring },
	{ "keyring-from-child", 0, act_keyring_from_child },
	{ "fork-as", 1, act_fork_as },
	{ "ids", 0, act_ids },
	{ "dump-core", 0, act_dump_core },
	{ NULL },
};
