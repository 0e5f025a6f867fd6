// SPDX-License-Identifier: GPL-2.0
/*
 * The stream of events, with a module that is played: what it sends is put down
 * before, and what it still has is asked for while more comes.
 */
#include "support.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "fetch.h"
#include "follow.h"

struct nlmsghdr;

int __wrap_session_receive(struct session *session, session_take take,
			   void *into);
int __wrap_session_descriptor(const struct session *session);
int __wrap_fetch_events(struct session *session, uint64_t since,
			session_take take, void *into);
int __wrap_fetch_status(struct session *session, struct status *status);
int __wrap_decode_event(struct nlmsghdr *header, struct event *event);

/* In place of the number of an event: the kernel dropped some. */
#define OVERRUN 255

/**
 * struct play - a module, and what is heard of it
 * @pipe: the socket, a byte a message
 * @oldest: the first of the events that it keeps
 * @has: the last of them, at each time it is asked
 * @asked: how often it was
 * @then: what comes by itself while it answers for the first time
 * @taken: numbers of what was taken
 * @count: how many
 * @status: what it answers when asked for its state
 */
static struct play {
	int pipe[2];
	uint64_t oldest;
	const uint64_t *has;
	unsigned int asked;
	const char *then;
	uint64_t taken[32];
	size_t count;
	int status;
} play;

static void send_live(const char *messages)
{
	size_t len = strlen(messages);

	assert_int_equal(write(play.pipe[1], messages, len), len);
}

int __wrap_session_descriptor(const struct session *session)
{
	(void)session;
	return play.pipe[0];
}

int __wrap_session_receive(struct session *session, session_take take,
			   void *into)
{
	unsigned char message;
	uint64_t seq;

	(void)session;
	assert_int_equal(read(play.pipe[0], &message, 1), 1);
	seq = message;
	return seq == OVERRUN ? -ENOBUFS : take((void *)&seq, into);
}

/* Its newest event is one of those that came about meanwhile. */
int __wrap_fetch_events(struct session *session, uint64_t since,
			session_take take, void *into)
{
	uint64_t last = play.has[play.asked];
	uint64_t seq;
	int ret = 0;

	(void)session;
	if (!play.asked++)
		send_live(play.then);
	seq = since > play.oldest ? since : play.oldest;
	for (; !ret && seq <= last; seq++)
		ret = take((void *)&seq, into);
	return ret;
}

int __wrap_fetch_status(struct session *session, struct status *status)
{
	(void)session;
	memset(status, 0, sizeof(*status));
	return play.status;
}

int __wrap_decode_event(struct nlmsghdr *header, struct event *event)
{
	uint64_t seq;

	memcpy(&seq, header, sizeof(seq));
	memset(event, 0, sizeof(*event));
	event->seq = seq;
	return 0;
}

static int take(const struct event *event, void *into)
{
	(void)into;
	assert_in_range(play.count, 0, 31);
	play.taken[play.count++] = event->seq;
	return 0;
}

/* It is over when there is nothing more to take. */
static int idle(void *into)
{
	(void)into;
	return -EINTR;
}

static int set_up(void **state)
{
	(void)state;
	memset(&play, 0, sizeof(play));
	play.then = "";
	return pipe(play.pipe);
}

static int tear_down(void **state)
{
	(void)state;
	close(play.pipe[0]);
	close(play.pipe[1]);
	return 0;
}

/* Follows until there is no more; the numbers from 1 on are taken, once. */
static void expect_all(uint64_t last)
{
	struct follow follow = { .take = take,
				 .idle = idle,
				 .deadline = UINT64_MAX };
	uint64_t seq;

	assert_int_equal(follow_run(&follow, 1), -EINTR);
	assert_int_equal(play.count, last);
	for (seq = 1; seq <= last; seq++)
		assert_true(play.taken[seq - 1] == seq);
}

/* What came by itself while it was asked for old ones is not taken again. */
static void test_catch_up(void **state)
{
	static const uint64_t has[] = { 4 };

	(void)state;
	play.has = has;
	play.then = "\3\4\5";
	expect_all(5);
	assert_int_equal(play.asked, 1);
}

/* The kernel had no room for 3 and 4, and nothing else comes. */
static void test_overrun(void **state)
{
	static const uint64_t has[] = { 0, 4 };

	(void)state;
	play.has = has;
	send_live("\1\2\377");
	expect_all(4);
	assert_int_equal(play.asked, 2);
}

/*
 * While what it kept is taken, it is found out that it dropped some, of which
 * nothing else will ever tell.
 */
static void test_overrun_while_asked(void **state)
{
	static const uint64_t has[] = { 5, 7 };

	(void)state;
	play.has = has;
	play.oldest = 4;
	play.then = "\377\1\2\3";
	expect_all(7);
	assert_int_equal(play.asked, 2);
}

/* What it put into the queue before it dropped any comes first. */
static void test_queue_first(void **state)
{
	static const uint64_t has[] = { 0, 6 };

	(void)state;
	play.has = has;
	play.oldest = 4;
	play.then = "\1\377\2\3";
	expect_all(6);
	assert_int_equal(play.asked, 2);
}

/* Dropped was also the word that the module is gone. */
static void test_gone(void **state)
{
	static const uint64_t has[] = { 2, 2 };
	struct follow follow = { .take = take,
				 .idle = idle,
				 .deadline = UINT64_MAX };

	(void)state;
	play.has = has;
	play.then = "\377";
	play.status = -ENOENT;
	send_live("\1");
	assert_int_equal(follow_run(&follow, 1), -ENOENT);
	assert_true(follow.live.gone);
	assert_int_equal(play.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_catch_up, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_overrun, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_overrun_while_asked,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_queue_first, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_gone, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
