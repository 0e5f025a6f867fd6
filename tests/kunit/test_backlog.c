// SPDX-License-Identifier: GPL-2.0
/*
 * Events from a hook to a listener.  The backlog has room for 32 (guest.sh).
 * The worker is kept from running by stop_machine() where that counts.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/stop_machine.h>
#include <net/netlink.h>

#include "backlog.h"
#include "witness.h"

#define BURST 24
/* What one tenant gets of 32. */
#define SHARE 11
#define THREADS 3
#define STORM_EVENTS 400

/* Events that are queued while no worker can run. */
struct burst {
	struct event *events[BURST];
	struct tenant *tenant;
	struct event_counters counters;
};

static int queue_burst(void *arg)
{
	struct burst *burst = arg;
	u32 i;

	for (i = 0; i < BURST; i++)
		backlog_add(burst->events[i]);
	tally_read(&burst->tenant->tally, &burst->counters);
	return 0;
}

static void make_burst(struct kunit *test, struct burst *burst)
{
	struct witness *witness = test->priv;
	struct event_cause cause = witness_cause(witness, "/x");
	char path[] = "/a";
	u32 i;

	burst->tenant = witness->tenant;
	for (i = 0; i < BURST; i++) {
		path[1] = 'a' + i;
		cause.path = path;
		cause.rule = i ? RULESET_NONE : 0;
		burst->events[i] = witness_event(&cause);
		KUNIT_ASSERT_NOT_NULL(test, burst->events[i]);
	}
	stop_machine(queue_burst, burst, NULL);
}

static void test_overflow(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct event_counters counters;
	struct burst burst;

	make_burst(test, &burst);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_GENERATED], (u64)BURST);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_PENDING], (u64)SHARE);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_LOST],
			(u64)BURST - SHARE);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_SENT], 0ULL);
	witness_settle(test);
	tally_read(&witness->tenant->tally, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_SENT], (u64)SHARE);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_LOST], (u64)BURST - SHARE);
	backlog_drop(witness->tenant);
	tally_read(&witness->tenant->tally, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_GENERATED], (u64)BURST + 1);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_LOST], (u64)BURST + 1 - SHARE);
}

static void expect_heard(struct kunit *test, const struct heard *heard,
			 u32 number, u64 seq)
{
	const struct nlattr *path = heard->attrs[CORDON_EVENT_PATH];
	const struct nlattr *origin = heard->attrs[CORDON_EVENT_ORIGIN];

	KUNIT_ASSERT_NOT_NULL(test, path);
	KUNIT_ASSERT_NOT_NULL(test, origin);
	KUNIT_EXPECT_EQ(test, nla_get_u64(heard->attrs[CORDON_EVENT_SEQ]), seq);
	KUNIT_EXPECT_EQ(test,
			nla_get_u64(heard->attrs[CORDON_EVENT_TENANT_SEQ]),
			number + 1ULL);
	KUNIT_EXPECT_EQ(test, nla_len(path), 2);
	KUNIT_EXPECT_EQ(test, ((char *)nla_data(path))[1],
			(char)('a' + number));
	KUNIT_EXPECT_STREQ(test, (char *)nla_data(origin),
			   number ? "default" : WITNESS_ORIGIN);
}

/* However much a tenant has sent, there is room for what another sends. */
static int queue_crowd(void *arg)
{
	struct burst *burst = arg;
	struct event *last = burst->events[BURST - 1];
	u32 i;

	for (i = 0; i < BURST; i++)
		backlog_add(burst->events[i]);
	tally_read(&last->tenant->tally, &burst->counters);
	return 0;
}

static void test_share(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct event_cause cause = witness_cause(witness, "/x");
	struct tenant *quiet = make_tenant(test, "quiet");
	struct tenant *loud = make_tenant(test, "loud");
	struct event_counters counters;
	struct burst burst;
	u32 i;

	for (i = 0; i < BURST; i++) {
		cause.tenant = i % 2 ? loud : witness->tenant;
		if (i == BURST - 1)
			cause.tenant = quiet;
		burst.events[i] = witness_event(&cause);
		KUNIT_ASSERT_NOT_NULL(test, burst.events[i]);
	}
	stop_machine(queue_crowd, &burst, NULL);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_PENDING], 1ULL);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_LOST], 0ULL);
	witness_settle(test);
	tally_read(&loud->tally, &counters);
	KUNIT_EXPECT_GT(test, counters.of[EVENT_LOST], 0ULL);
	tenant_put(loud);
	tenant_put(quiet);
}

/* In order, each once, and those lost leave a gap in the numbers. */
static void test_order(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct heard *heard = kunit_kzalloc(test, sizeof(*heard), GFP_KERNEL);
	struct event_cause cause = witness_cause(witness, "/x");
	struct burst burst;
	u64 first = 0;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, heard);
	make_burst(test, &burst);
	witness_settle(test);
	for (i = 0; i < SHARE; i++) {
		KUNIT_ASSERT_EQ(test, witness_hear(witness, heard), 0);
		if (!i)
			first = nla_get_u64(heard->attrs[CORDON_EVENT_SEQ]);
		expect_heard(test, heard, i, first + i);
	}
	KUNIT_EXPECT_EQ(test, witness_hear(witness, heard), -EAGAIN);
	cause.path = "/y";
	backlog_add(witness_event(&cause));
	witness_settle(test);
	KUNIT_ASSERT_EQ(test, witness_hear(witness, heard), 0);
	expect_heard(test, heard, BURST, first + BURST);
}

/* A thread that makes events as fast as it can. */
struct storm {
	struct event_cause cause;
	struct completion done;
};

static int run_storm(void *arg)
{
	struct storm *storm = arg;
	u32 i;

	for (i = 0; i < STORM_EVENTS; i++) {
		struct event *event = witness_event(&storm->cause);

		if (event)
			backlog_add(event);
		cond_resched();
	}
	kthread_complete_and_exit(&storm->done, 0);
}

/* Looks at the sums, which hold at every moment, until the threads are done. */
static void watch_sums(struct kunit *test, struct storm *storms)
{
	struct witness *witness = test->priv;
	struct event_counters counters;
	u32 i;

	for (i = 0; i < THREADS; i++) {
		while (!wait_for_completion_timeout(&storms[i].done, 1)) {
			tally_read(&witness->tenant->tally, &counters);
			KUNIT_EXPECT_TRUE(test, witness_sums_hold(&counters));
			tally_read(NULL, &counters);
			KUNIT_EXPECT_TRUE(test, witness_sums_hold(&counters));
			KUNIT_EXPECT_LE(test, counters.of[EVENT_PENDING],
					SHARE + 1ULL);
		}
	}
}

static void test_storm(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct event_counters counters;
	struct storm storms[THREADS];
	u32 i;

	for (i = 0; i < THREADS; i++) {
		struct task_struct *thread;

		storms[i].cause = witness_cause(witness, "/x");
		init_completion(&storms[i].done);
		thread = kthread_run(run_storm, &storms[i], "storm-%u", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(thread));
		if (IS_ERR(thread))
			complete(&storms[i].done);
	}
	watch_sums(test, storms);
	witness_settle(test);
	tally_read(&witness->tenant->tally, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_GENERATED],
			(u64)THREADS * STORM_EVENTS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_overflow),
	KUNIT_CASE(test_share),
	KUNIT_CASE(test_order),
	KUNIT_CASE(test_storm),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_backlog",
	.init = witness_begin,
	.exit = witness_end,
	.test_cases = cases,
};

kunit_test_suite(suite);
