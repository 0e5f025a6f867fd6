// SPDX-License-Identifier: GPL-2.0
/* monitor: events as they come. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include <linux/cordon.h>

#include "command.h"
#include "fetch.h"
#include "filter.h"
#include "missed.h"
#include "refusal.h"
#include "value.h"

enum {
	OPTION_COUNT = FILTER_OPTIONS,
	OPTION_TIMEOUT
};

/**
 * struct monitor - what is being watched for, and how far it got
 * @filter: what is wanted
 * @left: events still to be printed
 * @deadline: when to end, in milliseconds of the monotonic clock
 * @missed: sequence numbers so far
 * @live: where events come by themselves
 * @next: the one that came and is not taken yet; its number is 0 when none did
 * @query: where to ask for what was missed
 * @overrun: the kernel dropped events on their way
 * @end: when it was found that it is to end, in nanoseconds since boot, or 0
 */
struct monitor {
	struct filter filter;
	uint64_t left;
	uint64_t deadline;
	struct missed missed;
	struct session live;
	struct event next;
	struct session query;
	bool overrun;
	uint64_t end;
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

static int take_event(struct monitor *monitor, const struct event *event)
{
	missed_note(&monitor->missed, event->seq);
	if (!monitor->left || !filter_wants(&monitor->filter, event))
		return 0;
	monitor->left--;
	return filter_print(&monitor->filter, event);
}

static int take_next(struct monitor *monitor)
{
	uint64_t seq = monitor->next.seq;
	int ret = 0;

	if (seq && !missed_is_known(&monitor->missed, seq))
		ret = take_event(monitor, &monitor->next);
	event_clear(&monitor->next);
	return ret;
}

static bool is_drained(const struct session *session)
{
	struct pollfd now = { .fd = session_descriptor(session),
			      .events = POLLIN };

	return poll(&now, 1, 0) == 0;
}

/* The module sends events one by one. */
static int put_aside(struct nlmsghdr *header, void *into)
{
	struct monitor *monitor = into;

	if (monitor->next.seq)
		return -EBADMSG;
	return decode_event(header, &monitor->next);
}

/* Receives something, which need not be an event. */
static int receive_next(struct monitor *monitor)
{
	int ret = session_receive(&monitor->live, put_aside, monitor);

	if (ret != -ENOBUFS)
		return ret;
	monitor->overrun = true;
	return 0;
}

/*
 * Before an old event, takes those with lower numbers that came by themselves:
 * the module need not have them any more.
 */
static int take_before(struct monitor *monitor, uint64_t seq)
{
	int ret = 0;

	while (!ret && missed_is_gap(&monitor->missed, seq) &&
	       monitor->next.seq < seq &&
	       (monitor->next.seq || !is_drained(&monitor->live)))
		ret = monitor->next.seq ? take_next(monitor) :
					  receive_next(monitor);
	return ret;
}

/* Signals are blocked except while waiting. */
static bool is_interrupted(void)
{
	sigset_t pending;

	sigemptyset(&pending);
	sigpending(&pending);
	return interrupted || sigismember(&pending, SIGINT) == 1 ||
	       sigismember(&pending, SIGTERM) == 1;
}

/*
 * Whether an event came about after all was to end.  Without that there would
 * be more and more of them in a storm.
 */
static bool is_too_late(struct monitor *monitor, const struct event *event)
{
	struct timespec time;

	if (!monitor->end && (is_interrupted() || monitor->deadline <= now())) {
		clock_gettime(CLOCK_BOOTTIME, &time);
		monitor->end = time.tv_sec * 1000000000ULL + time.tv_nsec;
	}
	return monitor->end && event->time_boot > monitor->end;
}

/* What the module still has of what was missed. */
static int take_old(struct nlmsghdr *header, void *into)
{
	struct monitor *monitor = into;
	struct event event;
	int ret = decode_event(header, &event);

	if (!ret)
		ret = take_before(monitor, event.seq);
	if (!ret && !missed_is_known(&monitor->missed, event.seq))
		ret = take_event(monitor, &event);
	if (!ret && is_too_late(monitor, &event))
		ret = -EINTR;
	event_clear(&event);
	return ret;
}

/*
 * Takes all that is to be had, up to the newest: what comes by itself meanwhile
 * is known then, and what is still missing needs not be asked for again.
 */
static int heal(struct monitor *monitor)
{
	int ret = fetch_events(&monitor->query, monitor->missed.last + 1,
			       take_old, monitor);

	return ret ? ret : take_next(monitor);
}

/*
 * After the kernel dropped events, those that it had put into our queue before
 * come first.
 */
static int catch_up(struct monitor *monitor)
{
	int ret = 0;

	if (monitor->missed.begun)
		ret = heal(monitor);
	missed_report(&monitor->missed, stderr);
	monitor->overrun = false;
	return ret;
}

/* What the kernel dropped may have said that the module is unloaded. */
static int look_for_module(struct monitor *monitor)
{
	struct status status;
	int ret = fetch_status(&monitor->query, &status);

	status_clear(&status);
	return ret;
}

/* Waits for events: 1 when there are some, 0 to end, or a negative errno. */
static int wait_for_events(const struct monitor *monitor,
			   const sigset_t *signals)
{
	struct pollfd poll = { .fd = session_descriptor(&monitor->live),
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

static int receive(struct monitor *monitor)
{
	int ret = receive_next(monitor);

	if (!ret && missed_is_gap(&monitor->missed, monitor->next.seq))
		ret = heal(monitor);
	else if (!ret)
		ret = take_next(monitor);
	missed_report(&monitor->missed, stderr);
	if (!ret && monitor->overrun && is_drained(&monitor->live)) {
		ret = look_for_module(monitor);
		if (!ret)
			ret = catch_up(monitor);
	}
	/* Nobody has the number of the family that it had. */
	monitor->live.gone |= ret == -ENOENT;
	return ret;
}

static enum exit_code watch(struct monitor *monitor)
{
	sigset_t signals;
	int ret = 0;

	catch_signals(&signals);
	setvbuf(stdout, NULL, _IOLBF, 0);
	fputs("listening\n", stderr);
	if (monitor->filter.since) {
		missed_begin(&monitor->missed, monitor->filter.since);
		ret = catch_up(monitor);
	}
	while (!ret) {
		ret = wait_for_events(monitor, &signals);
		if (ret <= 0)
			break;
		ret = receive(monitor);
	}
	/* A reader that went away is reported by main(). */
	if (!ret || ret == -EPIPE || ret == -EINTR)
		return EXIT_DONE;
	return refused(&monitor->live, ret, "to deliver events");
}

static bool parse(const struct arguments *arguments, struct monitor *monitor)
{
	const char *count = arguments->options[OPTION_COUNT];
	const char *timeout = arguments->options[OPTION_TIMEOUT];
	uint64_t seconds;

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
	return filter_parse(&monitor->filter, arguments);
}

static enum exit_code listen_and_watch(struct monitor *monitor)
{
	int ret = session_listen(&monitor->live, CORDON_MCGRP_EVENTS);

	if (ret)
		return refused(&monitor->live, ret, "to join its events");
	return watch(monitor);
}

static enum exit_code run(const struct arguments *arguments)
{
	struct monitor monitor = { .left = 0 };
	enum exit_code code;

	if (!parse(arguments, &monitor))
		return EXIT_USAGE;
	code = open_or_refuse(&monitor.query);
	if (!code)
		code = open_or_refuse(&monitor.live);
	if (!code)
		code = listen_and_watch(&monitor);
	event_clear(&monitor.next);
	session_close(&monitor.live);
	session_close(&monitor.query);
	return code;
}

static const struct option_spec options[] = {
	FILTER_OPTION_SPECS,
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
