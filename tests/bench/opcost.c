// SPDX-License-Identifier: GPL-2.0
/*
 * What an operation costs in instructions.  In our guests (-icount shift=0) the
 * emulator's time stamp counter counts the guest's instructions, one each.
 *
 * usage: opcost CONFIG
 *
 * Prints CONFIG, operation and instructions for each operation, twice over:
 * both passes should agree.  The median counts, so that samples in which there
 * was an interrupt, or an allocator had to refill, do not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

#define SAMPLES_MAX 2001
#define PASSES 2

static const char *self;
static int sender;
static int receiver;
static int connector;
static int listener;
static int fresh;
static struct sockaddr_in peer;

static void fail(const char *what)
{
	fprintf(stderr, "opcost: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void open_close(const char *path)
{
	int file = open(path, O_RDONLY);

	if (file < 0)
		fail(path);
	close(file);
}

/* Members are denied it, and that is reported; others get it. */
static void open_denied(const char *path)
{
	int file = open(path, O_RDONLY);

	if (file >= 0)
		close(file);
	else if (errno != EACCES)
		fail(path);
}

/* What was sent is taken out again, or the queue would fill and packets drop. */
static void send_to(const char *unused)
{
	char byte;

	(void)unused;
	if (sendto(sender, "x", 1, 0, (struct sockaddr *)&peer, sizeof(peer)) !=
		    1 ||
	    recv(receiver, &byte, 1, 0) != 1)
		fail("sendto");
}

static void connect_to(const char *unused)
{
	(void)unused;
	if (connect(connector, (struct sockaddr *)&peer, sizeof(peer)))
		fail("connect");
}

static void make_socket(int type)
{
	fresh = socket(AF_INET, type, 0);
	if (fresh < 0)
		fail("socket");
}

static void make_udp(void)
{
	make_socket(SOCK_DGRAM);
}

static void make_tcp(void)
{
	make_socket(SOCK_STREAM);
}

static void close_fresh(void)
{
	close(fresh);
}

static void open_socket(const char *unused)
{
	(void)unused;
	make_udp();
}

static void bind_fresh(const char *unused)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	(void)unused;
	if (bind(fresh, (struct sockaddr *)&any, sizeof(any)))
		fail("bind");
}

static void connect_fresh(const char *unused)
{
	(void)unused;
	if (connect(fresh, (struct sockaddr *)&peer, sizeof(peer)))
		fail("connect");
}

/* Both ends go without a trace, lest the next connection meet this one. */
static void reset_fresh(void)
{
	const struct linger now = { .l_onoff = 1 };
	int file = accept(listener, NULL, NULL);

	if (file < 0 ||
	    setsockopt(fresh, SOL_SOCKET, SO_LINGER, &now, sizeof(now)))
		fail("accept");
	close(fresh);
	close(file);
}

static void fork_exec(const char *unused)
{
	int status;
	pid_t child = vfork();

	(void)unused;
	if (!child) {
		execl(self, self, "exit", NULL);
		_exit(1);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status)
		fail("fork and exec");
}

/**
 * struct operation - something to measure
 * @name: what it is called in the results
 * @run: does it once
 * @argument: for @run
 * @samples: how often, up to SAMPLES_MAX; odd
 * @prepare: done before each, and not measured, or NULL
 * @finish: done after each, and not measured, or NULL
 */
struct operation {
	const char *name;
	void (*run)(const char *argument);
	const char *argument;
	int samples;
	void (*prepare)(void);
	void (*finish)(void);
};

static const struct operation operations[] = {
	{ "open-depth-1", open_close, "/t/f", 2001 },
	{ "open-depth-4", open_close, "/t/a/b/c/f", 2001 },
	{ "open-depth-8", open_close, "/t/a/b/c/d/e/g/h/f", 2001 },
	{ "open-depth-16", open_close, "/t/a/b/c/d/e/g/h/i/j/k/l/m/n/o/p/f",
	  2001 },
	{ "open-denied", open_denied, "/t/no", 2001 },
	{ "udp-sendto-recv", send_to, NULL, 2001 },
	{ "udp-connect", connect_to, NULL, 2001 },
	{ "tcp-connect", connect_fresh, NULL, 501, make_tcp, reset_fresh },
	{ "udp-bind", bind_fresh, NULL, 2001, make_udp, close_fresh },
	{ "udp-socket", open_socket, NULL, 2001, NULL, close_fresh },
	{ "fork-exec-wait", fork_exec, NULL, 101 },
};

static int compare(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return (*left > *right) - (*left < *right);
}

static uint64_t measure_once(const struct operation *operation)
{
	uint64_t begun, taken;

	if (operation->prepare)
		operation->prepare();
	begun = __rdtsc();
	operation->run(operation->argument);
	taken = __rdtsc() - begun;
	if (operation->finish)
		operation->finish();
	return taken;
}

static uint64_t measure(const struct operation *operation)
{
	static uint64_t taken[SAMPLES_MAX];
	int i;

	measure_once(operation);
	for (i = 0; i < operation->samples; i++)
		taken[i] = measure_once(operation);
	qsort(taken, i, sizeof(taken[0]), compare);
	return taken[i / 2];
}

static void open_sockets(void)
{
	peer.sin_family = AF_INET;
	peer.sin_port = htons(9);
	peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	connector = socket(AF_INET, SOCK_DGRAM, 0);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (sender < 0 || receiver < 0 || connector < 0 || listener < 0)
		fail("socket");
	if (bind(listener, (struct sockaddr *)&peer, sizeof(peer)) ||
	    listen(listener, 1))
		fail("listen");
	if (bind(receiver, (struct sockaddr *)&peer, sizeof(peer)))
		fail("bind");
}

int main(int argc, char **argv)
{
	size_t count = sizeof(operations) / sizeof(operations[0]);
	size_t i;
	int pass;

	if (argc != 2) {
		fprintf(stderr, "usage: opcost CONFIG\n");
		return 2;
	}
	if (!strcmp(argv[1], "exit"))
		return 0;
	self = argv[0];
	open_sockets();
	for (pass = 0; pass < PASSES; pass++)
		for (i = 0; i < count; i++)
			printf("%s\t%s\t%" PRIu64 "\n", argv[1],
			       operations[i].name, measure(&operations[i]));
	return 0;
}
