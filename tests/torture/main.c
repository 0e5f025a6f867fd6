// SPDX-License-Identifier: GPL-2.0
/*
 * A worker that does one kind of thing over and over, and knows how it has to
 * turn out whatever else happens on the machine: what is denied is never once
 * reached, what is allowed never once denied.
 *
 * usage: torture KIND [either]
 *   It prints how many times it did it when it is ended by SIGTERM, and what
 *   went wrong, at once, when something did.  "either" is for times without a
 *   policy in between: what is denied may be reached then.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define YES "/srv/yes"
#define NO "/srv/no"
#define CGROUP "/sys/fs/cgroup/t/acme"
/* Nobody listens at either; the policy is about the first. */
#define PORT_NO 9
#define PORT_YES 10

static atomic_bool ended;
static bool either;
static char *program;

static void fail(const char *what, int error)
{
	fprintf(stderr, "torture: pid %d: %s: %s\n", getpid(), what,
		strerror(error));
	exit(1);
}

/* What a system call returned, as an error number. */
static int error_of(long result)
{
	return result < 0 ? errno : 0;
}

static void allowed(const char *what, int error)
{
	if (error)
		fail(what, error);
}

static void denied(const char *what, int error, int wanted)
{
	if (error != wanted && !either)
		fail(what, error);
}

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);
	int error = error_of(fd);

	if (fd >= 0)
		close(fd);
	return error;
}

static int try_connect(int port)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		fail("socket", errno);
	error = error_of(connect(fd, (const struct sockaddr *)&address,
				 sizeof(address)));
	close(fd);
	return error == ECONNREFUSED ? 0 : error;
}

static void member_files(void)
{
	char mine[64];
	char moved[64];

	snprintf(mine, sizeof(mine), YES "/%d", getpid());
	snprintf(moved, sizeof(moved), YES "/%d-moved", getpid());
	denied("open what is denied", try_open(NO "/f", O_RDONLY), EACCES);
	denied("truncate what is denied", error_of(truncate(NO "/f", 1)),
	       EACCES);
	allowed("open what is allowed", try_open(YES "/f", O_RDWR));
	allowed("create", try_open(mine, O_WRONLY | O_CREAT | O_EXCL));
	allowed("rename", error_of(rename(mine, moved)));
	denied("link into what is denied", error_of(link(moved, NO "/link")),
	       EACCES);
	if (either)
		unlink(NO "/link");
	allowed("unlink", error_of(unlink(moved)));
	/* What is not there cannot be moved, but it is not denied for that. */
	denied("rename what is denied", error_of(rename(NO "/d", NO "/e")),
	       EACCES);
	if (either)
		rename(NO "/e", NO "/d");
}

static void member_sockets(void)
{
	denied("connect to what is denied", try_connect(PORT_NO), EACCES);
	allowed("connect to what is allowed", try_connect(PORT_YES));
}

/* The first process is outside of every tenant, and does not mind. */
static void member_guard(void)
{
	denied("signal one outside", error_of(kill(1, SIGCONT)), EPERM);
	allowed("signal oneself", error_of(kill(getpid(), SIGCONT)));
}

static void outsider(void)
{
	char mine[64];

	snprintf(mine, sizeof(mine), NO "/%d", getpid());
	allowed("open, outside", try_open(NO "/f", O_RDONLY));
	allowed("create, outside", try_open(mine, O_WRONLY | O_CREAT));
	allowed("unlink, outside", error_of(unlink(mine)));
	allowed("connect, outside", try_connect(PORT_NO));
}

/* What is done by a program from its first instruction on. */
static void probe(void)
{
	denied("open at once", try_open(NO "/f", O_RDONLY), EACCES);
	allowed("open at once", try_open(YES "/f", O_RDONLY));
}

static void execute_probe(void)
{
	execl(program, program, "probe", either ? "either" : NULL, NULL);
	fail("execute", errno);
}

static void wait_for(pid_t child, const char *what)
{
	int status;

	if (child < 0)
		fail("fork", errno);
	while (waitpid(child, &status, 0) != child)
		if (errno != EINTR)
			fail("waitpid", errno);
	if (status) {
		fprintf(stderr, "torture: %s ended with %#x\n", what, status);
		exit(1);
	}
}

static void member_execs(void)
{
	pid_t child = fork();

	if (!child)
		execute_probe();
	wait_for(child, "a program that was executed");
}

static void *thread_that_executes(void *unused)
{
	(void)unused;
	execute_probe();
	return NULL;
}

static void *thread_that_waits(void *unused)
{
	(void)unused;
	for (;;)
		pause();
	return NULL;
}

/* A thread that is not the first executes, in the middle of others. */
static void member_threads(void)
{
	pid_t child = fork();
	pthread_t thread;

	if (!child) {
		if (pthread_create(&thread, NULL, thread_that_waits, NULL) ||
		    pthread_create(&thread, NULL, thread_that_executes, NULL))
			fail("pthread_create", errno);
		for (;;)
			pause();
	}
	wait_for(child, "a program that a thread executed");
}

static void enter(const char *cgroup)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		fail("go into a cgroup", errno);
	close(fd);
}

/* Outside of the tenant: makes it a cgroup, and a member in there. */
static void joiner(void)
{
	char cgroup[64];
	pid_t child;

	snprintf(cgroup, sizeof(cgroup), CGROUP "/%d", getpid());
	allowed("make a cgroup", error_of(mkdir(cgroup, 0755)));
	child = fork();
	if (!child) {
		enter(cgroup);
		execute_probe();
	}
	wait_for(child, "a program that joined");
	/* Whoever was in there may take a moment to be gone. */
	while (rmdir(cgroup) && errno == EBUSY)
		usleep(1000);
}

static const struct kind {
	const char *name;
	void (*once)(void);
} kinds[] = {
	{ "files", member_files },
	{ "sockets", member_sockets },
	{ "guard", member_guard },
	{ "execs", member_execs },
	{ "threads", member_threads },
	{ "outsider", outsider },
	{ "joiner", joiner },
	{ "probe", probe },
	{ NULL },
};

static void on_term(int number)
{
	(void)number;
	ended = true;
}

int main(int argc, char **argv)
{
	const struct sigaction end = { .sa_handler = on_term,
				       .sa_flags = SA_RESTART };
	const struct kind *kind = kinds;
	unsigned long count = 0;

	program = argv[0];
	while (kind->name && (argc < 2 || strcmp(kind->name, argv[1])))
		kind++;
	if (!kind->name) {
		fprintf(stderr, "usage: torture KIND [either]\n");
		return 2;
	}
	either = argc > 2;
	if (kind->once == probe) {
		probe();
		return 0;
	}
	sigaction(SIGTERM, &end, NULL);
	while (!ended) {
		kind->once();
		count++;
	}
	printf("%lu\n", count);
	return 0;
}
