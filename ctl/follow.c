// SPDX-License-Identifier: GPL-2.0
/* What came by itself and what is asked for makes one sequence. */
#include "follow.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include <linux/cordon.h>

#include "fetch.h"
#include "refusal.h"

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

/**
 * follow_now - the time that a deadline is compared with
 *
 * Return: milliseconds of the monotonic clock.
 */
uint64_t follow_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ULL + time.tv_nsec / 1000000;
}

static int take_event(struct follow *follow, const struct event *event)
{
	missed_note(&follow->missed, event->seq);
	return follow->take(event, follow->into);
}

static int take_next(struct follow *follow)
{
	uint64_t seq = follow->next.seq;
	int ret = 0;

	if (seq && !missed_is_known(&follow->missed, seq))
		ret = take_event(follow, &follow->next);
	event_clear(&follow->next);
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
	struct follow *follow = into;

	if (follow->next.seq)
		return -EBADMSG;
	return decode_event(header, &follow->next);
}

/* Receives something, which need not be an event. */
static int receive_next(struct follow *follow)
{
	int ret = session_receive(&follow->live, put_aside, follow);

	if (ret != -ENOBUFS)
		return ret;
	follow->overrun = true;
	return 0;
}

/*
 * Before an old event, takes those with lower numbers that came by themselves:
 * the module need not have them any more.
 */
static int take_before(struct follow *follow, uint64_t seq)
{
	int ret = 0;

	while (!ret && missed_is_gap(&follow->missed, seq) &&
	       follow->next.seq < seq &&
	       (follow->next.seq || !is_drained(&follow->live)))
		ret = follow->next.seq ? take_next(follow) :
					 receive_next(follow);
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
static bool is_too_late(struct follow *follow, const struct event *event)
{
	struct timespec time;

	if (!follow->end &&
	    (is_interrupted() || follow->deadline <= follow_now())) {
		clock_gettime(CLOCK_BOOTTIME, &time);
		follow->end = time.tv_sec * 1000000000ULL + time.tv_nsec;
	}
	return follow->end && event->time_boot > follow->end;
}

/* What the module still has of what was missed. */
static int take_old(struct nlmsghdr *header, void *into)
{
	struct follow *follow = into;
	struct event event;
	int ret = decode_event(header, &event);

	if (!ret)
		ret = take_before(follow, event.seq);
	if (!ret && !missed_is_known(&follow->missed, event.seq))
		ret = take_event(follow, &event);
	if (!ret && is_too_late(follow, &event))
		ret = -EINTR;
	event_clear(&event);
	return ret;
}

/*
 * Takes all that is to be had, up to the newest: what comes by itself meanwhile
 * is known then, and what is still missing needs not be asked for again.
 */
static int heal(struct follow *follow)
{
	int ret = fetch_events(&follow->query, follow->missed.last + 1,
			       take_old, follow);

	return ret ? ret : take_next(follow);
}

/*
 * After the kernel dropped events, those that it had put into our queue before
 * come first.
 */
static int catch_up(struct follow *follow)
{
	int ret = 0;

	/* It may do so again meanwhile. */
	follow->overrun = false;
	if (follow->missed.begun)
		ret = heal(follow);
	missed_report(&follow->missed, stderr);
	return ret;
}

/* What the kernel dropped may have said that the module is unloaded. */
static int look_for_module(struct follow *follow)
{
	struct status status;
	int ret = fetch_status(&follow->query, &status);

	status_clear(&status);
	return ret;
}

/* Waits for events: 1 when there are some, 0 to end, or a negative errno. */
static int wait_for_events(const struct follow *follow, const sigset_t *signals)
{
	struct pollfd poll = { .fd = session_descriptor(&follow->live),
			       .events = POLLIN };
	uint64_t time = follow_now();
	uint64_t rest = follow->deadline - time;
	struct timespec limit;
	int ret;

	/* While there are events it would not let a signal in. */
	if (is_interrupted() || follow->deadline <= time)
		return 0;
	limit.tv_sec = rest / 1000;
	limit.tv_nsec = rest % 1000 * 1000000;
	ret = ppoll(&poll, 1, follow->deadline == UINT64_MAX ? NULL : &limit,
		    signals);
	return ret < 0 && errno != EINTR ? -errno : ret >= 0 ? ret : 0;
}

/* Until there was no overrun while it caught up with the last. */
static int heal_overrun(struct follow *follow)
{
	int ret = 0;

	while (!ret && follow->overrun && is_drained(&follow->live) &&
	       !is_interrupted()) {
		ret = look_for_module(follow);
		if (!ret)
			ret = catch_up(follow);
	}
	/* Nobody has the number of the family that it had. */
	follow->live.gone |= ret == -ENOENT;
	return ret;
}

static int receive(struct follow *follow)
{
	int ret = receive_next(follow);

	if (!ret && missed_is_gap(&follow->missed, follow->next.seq))
		ret = heal(follow);
	else if (!ret)
		ret = take_next(follow);
	missed_report(&follow->missed, stderr);
	follow->live.gone |= ret == -ENOENT;
	return ret ? ret : heal_overrun(follow);
}

/* Before waiting, whoever takes events may do what takes time. */
static int wait_or_idle(struct follow *follow, const sigset_t *signals)
{
	int ret = follow->idle ? 1 : 0;

	while (ret > 0 && is_drained(&follow->live) && !is_interrupted() &&
	       follow->deadline > follow_now())
		ret = follow->idle(follow->into);
	return ret < 0 ? ret : wait_for_events(follow, signals);
}

/**
 * follow_run - take events until told to end
 * @follow: what is followed, open
 * @since: number of the first that is wanted, or 0 for the next that comes
 *
 * Return: 0 when it was interrupted or the deadline came, what @follow->take or
 * @follow->idle returned, or a negative errno.
 */
int follow_run(struct follow *follow, uint64_t since)
{
	sigset_t signals;
	int ret = 0;

	catch_signals(&signals);
	fputs("listening\n", stderr);
	if (since) {
		missed_begin(&follow->missed, since);
		ret = catch_up(follow);
		if (!ret)
			ret = heal_overrun(follow);
	}
	while (!ret) {
		ret = wait_or_idle(follow, &signals);
		if (ret <= 0)
			break;
		ret = receive(follow);
	}
	return ret;
}

/**
 * follow_open - begin to listen
 * @follow: all zero but for what the caller gives; the caller closes it, also
 *          after an error
 *
 * Return: EXIT_DONE, or the exit code that belongs to the error, which was told.
 */
enum exit_code follow_open(struct follow *follow)
{
	enum exit_code code = open_or_refuse(&follow->query);
	int ret;

	if (!code)
		code = open_or_refuse(&follow->live);
	if (code)
		return code;
	ret = session_listen(&follow->live, CORDON_MCGRP_EVENTS);
	if (ret)
		return refused(&follow->live, ret, "to join its events");
	/* Who may join and may not ask would hear nothing, without a word. */
	ret = look_for_module(follow);
	return ret ? refused(&follow->query, ret, "to deliver events") :
		     EXIT_DONE;
}

/**
 * follow_close - stop listening
 * @follow: what was followed
 */
void follow_close(struct follow *follow)
{
	event_clear(&follow->next);
	session_close(&follow->live);
	session_close(&follow->query);
}
