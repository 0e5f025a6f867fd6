// SPDX-License-Identifier: GPL-2.0
/*
 * The task enters the cgroup of the tenant and executes this program anew, as
 * workloads of tenants do.  Then it tries what the tenant is denied, and what is
 * much like it and allowed: a host where nothing works would pass otherwise.
 * None of it leaves a trace: no file is made, and nothing is sent.
 */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cgroup.h"

/* Discard: nobody listens there, as a rule, and it would be no matter. */
#define PORT 9
/* For all of it; it takes a moment. */
#define PATIENCE_MS 60000

static int try_open(const char *path)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	int error = descriptor < 0 ? errno : 0;

	if (descriptor >= 0)
		close(descriptor);
	return error;
}

static int try_connect(int type)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(PORT) };
	int descriptor = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	int error = 0;

	if (descriptor < 0)
		return errno;
	inet_pton(AF_INET, PROBE_ADDRESS, &address.sin_addr);
	if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)))
		error = errno;
	close(descriptor);
	return error;
}

/**
 * probe_main - be the task of the tenant
 *
 * Return: exit status.
 */
int probe_main(void)
{
	const struct probe_result result = {
		.denied_open = try_open(PROBE_DENIED_FILE),
		.allowed_open = try_open(PROBE_ALLOWED_FILE),
		.denied_connect = try_connect(SOCK_STREAM),
		.allowed_connect = try_connect(SOCK_DGRAM),
	};

	return write(STDOUT_FILENO, &result, sizeof(result)) != sizeof(result);
}

/* In the child: only what a task may do between fork() and exec. */
static void become(const char *top, const char *cgroup, int to)
{
	char name[] = "cordonctl";
	char word[] = PROBE_WORD;
	char *const arguments[] = { name, word, NULL };
	sigset_t none;

	/* Whoever kills the parent must not leave this behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(to, STDOUT_FILENO) < 0 || cgroup_enter(top, cgroup))
		_exit(1);
	execv("/proc/self/exe", arguments);
	_exit(1);
}

/**
 * probe_start - start the task of the tenant
 * @top: where cgroups are mounted
 * @cgroup: the tenant's cgroup there
 * @from: becomes where to read from what it found; the caller closes it
 *
 * Return: its process id, or a negative errno.
 */
pid_t probe_start(const char *top, const char *cgroup, int *from)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		become(top, cgroup, ends[1]);
	if (pid < 0) {
		pid = -errno;
		close(ends[0]);
	}
	close(ends[1]);
	*from = ends[0];
	return pid;
}

/**
 * probe_read - wait for what the task found
 * @from: where to read from
 * @result: becomes it
 *
 * Return: 0, -ECHILD when it ended without a word, or -ETIME.
 */
int probe_read(int from, struct probe_result *result)
{
	struct pollfd poll_from = { .fd = from, .events = POLLIN };

	if (poll(&poll_from, 1, PATIENCE_MS) <= 0)
		return -ETIME;
	return read(from, result, sizeof(*result)) == sizeof(*result) ? 0 :
									-ECHILD;
}
