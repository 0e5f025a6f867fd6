// SPDX-License-Identifier: GPL-2.0
/*
 * What an operation costs in instructions.  In our guests (-icount shift=0) the
 * emulator's time stamp counter counts the guest's instructions, one each.
 *
 * usage: opcost CONFIG [CGROUP [OPERATION]]
 *        opcost storm CGROUP
 *
 * What is sent and connected to is first the host's: with CGROUP, the rest is
 * done in that cgroup.  After that it is the task's own, so that what comes in is
 * judged as well.  A storm asks for what is denied until it is killed.
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
/* The first argument of a program that goes on as a member. */
#define JOINED "joined"

/**
 * struct server - what others send and connect to
 * @datagrams: a UDP socket
 * @connections: a TCP socket that listens
 * @at: where both are
 */
struct server {
	int datagrams;
	int connections;
	struct sockaddr_in at;
};

static const char *self;
static int sender;
static int connector;
static int connected;
static int fresh;
static struct server servers[2];

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

static const struct server *server_of(const char *whose)
{
	return &servers[*whose == 'o'];
}

/* What was sent is taken out again, or the queue would fill and packets drop. */
static void send_to(const char *whose)
{
	const struct server *server = server_of(whose);
	char byte;

	if (sendto(sender, "x", 1, 0, (struct sockaddr *)&server->at,
		   sizeof(server->at)) != 1 ||
	    recv(server->datagrams, &byte, 1, 0) != 1)
		fail("sendto");
}

/* The same over a socket that is connected. */
static void send_connected(const char *whose)
{
	char byte;

	if (send(connected, "x", 1, 0) != 1 ||
	    recv(server_of(whose)->datagrams, &byte, 1, 0) != 1)
		fail("send");
}

static void connect_socket(int file, const char *whose)
{
	const struct server *server = server_of(whose);

	if (connect(file, (struct sockaddr *)&server->at, sizeof(server->at)))
		fail("connect");
}

static void connect_datagrams(const char *whose)
{
	connect_socket(connector, whose);
}

static void make_socket(int type)
{
	fresh = socket(AF_INET, type, 0);
	if (fresh < 0)
		fail("socket");
}

static void make_udp(const char *unused)
{
	(void)unused;
	make_socket(SOCK_DGRAM);
}

static void make_tcp(const char *unused)
{
	(void)unused;
	make_socket(SOCK_STREAM);
}

static void close_fresh(const char *unused)
{
	(void)unused;
	close(fresh);
}

static void bind_fresh(const char *unused)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	(void)unused;
	if (bind(fresh, (struct sockaddr *)&any, sizeof(any)))
		fail("bind");
}

static void connect_fresh(const char *whose)
{
	connect_socket(fresh, whose);
}

/* Both ends go without a trace, lest the next connection meet this one. */
static void reset_fresh(const char *whose)
{
	const struct linger now = { .l_onoff = 1 };
	int file = accept(server_of(whose)->connections, NULL, NULL);

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
 * @argument: for all of these
 * @samples: how often, up to SAMPLES_MAX; odd
 * @prepare: done before each, and not measured, or NULL
 * @finish: done after each, and not measured, or NULL
 */
struct operation {
	const char *name;
	void (*run)(const char *argument);
	const char *argument;
	int samples;
	void (*prepare)(const char *argument);
	void (*finish)(const char *argument);
};

static const struct operation operations[] = {
	{ "open-depth-1", open_close, "/t/f", 2001 },
	{ "open-depth-4", open_close, "/t/a/b/c/f", 2001 },
	{ "open-depth-8", open_close, "/t/a/b/c/d/e/g/h/f", 2001 },
	{ "open-depth-16", open_close, "/t/a/b/c/d/e/g/h/i/j/k/l/m/n/o/p/f",
	  2001 },
	{ "open-denied", open_denied, "/t/no", 2001 },
	{ "udp-sendto", send_to, "host", 2001 },
	{ "udp-sendto-own", send_to, "own", 2001 },
	{ "udp-send", send_connected, "host", 2001 },
	{ "udp-connect", connect_datagrams, "host", 2001 },
	{ "tcp-connect", connect_fresh, "host", 501, make_tcp, reset_fresh },
	{ "tcp-connect-own", connect_fresh, "own", 501, make_tcp, reset_fresh },
	{ "udp-bind", bind_fresh, NULL, 2001, make_udp, close_fresh },
	{ "udp-socket", make_udp, NULL, 2001, NULL, close_fresh },
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
		operation->prepare(operation->argument);
	begun = __rdtsc();
	operation->run(operation->argument);
	taken = __rdtsc() - begun;
	if (operation->finish)
		operation->finish(operation->argument);
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

static void place(struct server *server, int port)
{
	server->at.sin_family = AF_INET;
	server->at.sin_port = htons(port);
	server->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

static int open_at(const struct server *server, int type)
{
	int file = socket(AF_INET, type, 0);

	if (file < 0 ||
	    bind(file, (struct sockaddr *)&server->at, sizeof(server->at)))
		fail("bind");
	return file;
}

static void serve(struct server *server)
{
	server->datagrams = open_at(server, SOCK_DGRAM);
	server->connections = open_at(server, SOCK_STREAM);
	if (listen(server->connections, 1))
		fail("listen");
}

/* Goes on as another program, with the host's sockets, as a member. */
static void join(const char *cgroup, const char *config, const char *operation)
{
	char datagrams[16];
	char connections[16];
	FILE *file = fopen(cgroup, "w");

	if (!file || fprintf(file, "%d\n", (int)getpid()) < 0 || fclose(file))
		fail(cgroup);
	snprintf(datagrams, sizeof(datagrams), "%d", servers[0].datagrams);
	snprintf(connections, sizeof(connections), "%d",
		 servers[0].connections);
	execl(self, self, JOINED, config, datagrams, connections, operation,
	      NULL);
	fail(self);
}

static void measure_all(const char *config, const char *operation)
{
	size_t count = sizeof(operations) / sizeof(operations[0]);
	size_t i;
	int pass;

	for (pass = 0; pass < PASSES; pass++)
		for (i = 0; i < count; i++)
			if (!operation ||
			    !strcmp(operation, operations[i].name))
				printf("%s\t%s\t%" PRIu64 "\n", config,
				       operations[i].name,
				       measure(&operations[i]));
}

static void storm(void)
{
	for (;;)
		open_denied("/t/no");
}

static void work(const char *config, const char *operation)
{
	if (!strcmp(config, "storm"))
		storm();
	serve(&servers[1]);
	sender = socket(AF_INET, SOCK_DGRAM, 0);
	connector = socket(AF_INET, SOCK_DGRAM, 0);
	connected = socket(AF_INET, SOCK_DGRAM, 0);
	if (sender < 0 || connector < 0 || connected < 0)
		fail("socket");
	connect_socket(connected, "host");
	measure_all(config, operation);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: opcost CONFIG [CGROUP [OPERATION]]\n");
		return 2;
	}
	if (!strcmp(argv[1], "exit"))
		return 0;
	self = argv[0];
	place(&servers[0], 9);
	place(&servers[1], 10);
	if (!strcmp(argv[1], JOINED) && argc >= 5) {
		servers[0].datagrams = atoi(argv[3]);
		servers[0].connections = atoi(argv[4]);
		work(argv[2], argv[5]);
		return 0;
	}
	if (strcmp(argv[1], "storm"))
		serve(&servers[0]);
	if (argc > 2)
		join(argv[2], argv[1], argv[3]);
	work(argv[1], NULL);
	return 0;
}
