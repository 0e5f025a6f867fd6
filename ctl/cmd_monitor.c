// SPDX-License-Identifier: GPL-2.0
/* monitor: events as they come. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <linux/cordon.h>

#include "command.h"
#include "json.h"
#include "missed.h"
#include "print.h"
#include "refusal.h"
#include "value.h"

enum {
	OPTION_JSON,
	OPTION_COUNT,
	OPTION_TIMEOUT
};

/**
 * struct monitor - what is being watched for, and how far it got
 * @as_json: print JSON
 * @left: events still to be printed
 * @deadline: when to end, in milliseconds of the monotonic clock
 * @missed: sequence numbers so far
 */
struct monitor {
	bool as_json;
	uint64_t left;
	uint64_t deadline;
	struct missed missed;
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* The signals are let in only while waiting, so none is overlooked. */
static void catch_signals(sigset_t *while_waiting)
{
	const struct sigaction action = { .sa_handler = interrupt };
	sigset_t ours;

	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, while_waiting);
	sigdelset(while_waiting, SIGINT);
	sigdelset(while_waiting, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ULL + time.tv_nsec / 1000000;
}

static int take_event(struct nlmsghdr *header, void *into)
{
	struct monitor *monitor = into;
	struct event event;
	int ret;

	if (!monitor->left)
		return 0;
	ret = decode_event(header, &event);
	if (!ret) {
		missed_note(&monitor->missed, event.seq, stderr);
		if (monitor->as_json)
			json_write(json_event(&event), true, stdout);
		else
			print_event(&event, stdout);
		monitor->left--;
		ret = ferror(stdout) ? -EPIPE : 0;
	}
	event_clear(&event);
	return ret;
}

/* Waits for events: 1 when there are some, 0 to end, or a negative errno. */
static int wait_for_events(const struct session *session,
			   const struct monitor *monitor,
			   const sigset_t *signals)
{
	struct pollfd poll = { .fd = session_descriptor(session),
			       .events = POLLIN };
	uint64_t time = now();
	uint64_t rest = monitor->deadline - time;
	struct timespec limit;
	int ret;

	if (interrupted || !monitor->left || monitor->deadline <= time)
		return 0;
	limit.tv_sec = rest / 1000;
	limit.tv_nsec = rest % 1000 * 1000000;
	ret = ppoll(&poll, 1, monitor->deadline == UINT64_MAX ? NULL : &limit,
		    signals);
	return ret < 0 && errno != EINTR ? -errno : ret >= 0 ? ret : 0;
}

static enum exit_code watch(struct session *session, struct monitor *monitor)
{
	sigset_t signals;
	int ret;

	catch_signals(&signals);
	setvbuf(stdout, NULL, _IOLBF, 0);
	fputs("listening\n", stderr);
	for (;;) {
		ret = wait_for_events(session, monitor, &signals);
		if (ret <= 0)
			break;
		ret = session_receive(session, take_event, monitor);
		if (ret == -ENOBUFS)
			missed_overrun(&monitor->missed, stderr);
		else if (ret)
			break;
	}
	/* A reader that went away is reported by main(). */
	if (!ret || ret == -EPIPE)
		return EXIT_DONE;
	return refused(session, ret, "to deliver events");
}

static bool parse(const struct arguments *arguments, struct monitor *monitor)
{
	const char *count = arguments->options[OPTION_COUNT];
	const char *timeout = arguments->options[OPTION_TIMEOUT];
	uint64_t seconds;

	monitor->as_json = arguments->options[OPTION_JSON];
	monitor->left = UINT64_MAX;
	monitor->deadline = UINT64_MAX;
	if (count && (!value_number(count, UINT64_MAX, &monitor->left) ||
		      !monitor->left)) {
		usage_error("'%s' is not a number of events", count);
		return false;
	}
	if (timeout) {
		if (!value_number(timeout, UINT32_MAX, &seconds)) {
			usage_error("'%s' is not a number of seconds", timeout);
			return false;
		}
		monitor->deadline = now() + seconds * 1000;
	}
	return true;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct monitor monitor = { 0 };
	struct session session;
	enum exit_code code;
	int ret;

	if (!parse(arguments, &monitor))
		return EXIT_USAGE;
	code = open_or_refuse(&session);
	if (!code) {
		ret = session_listen(&session, CORDON_MCGRP_EVENTS);
		code = ret ? refused(&session, ret, "to join its events") :
			     watch(&session, &monitor);
	}
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print one JSON object a line" },
	[OPTION_COUNT] = { "count", "N", "end after N events" },
	[OPTION_TIMEOUT] = { "timeout", "SECONDS", "end after so long" },
	{ NULL },
};

const struct command cmd_monitor = {
	.name = "monitor",
	.operands = "",
	.help = "print events as they come",
	.options = options,
	.run = run,
};
