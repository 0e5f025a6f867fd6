// SPDX-License-Identifier: GPL-2.0
/* Buckets of tokens, by themselves and as accounts use them. */
#include <kunit/test.h>

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include <linux/cordon.h>

#include "tally.h"

#define START 12345ull

/* The highest rate and burst there can be, and the end of time. */
static void test_bounds(struct kunit *test)
{
	const struct bucket_limit limit =
		bucket_limit(1, CORDON_EVENT_BURST_MAX);
	struct bucket bucket = {};
	const u64 late = U64_MAX - 2 * limit.depth;

	KUNIT_EXPECT_EQ(test, limit.depth,
			CORDON_EVENT_BURST_MAX * BUCKET_SECOND);
	KUNIT_EXPECT_TRUE(test, bucket_take(&bucket, &limit, late));
	/* A clock that went back finds it empty, and not full for ever. */
	KUNIT_EXPECT_FALSE(test, bucket_take(&bucket, &limit, START));
	KUNIT_EXPECT_TRUE(test,
			  bucket_take(&bucket, &limit, START + BUCKET_SECOND));
}

#define TAKERS 4
#define TURNS 5000
#define BURST 1000

/* Several who report at once, as tasks of a tenant do. */
struct taker {
	struct work_struct work;
	struct tally *tally;
	u32 admitted;
};

static void take_turns(struct work_struct *work)
{
	struct taker *taker = container_of(work, struct taker, work);
	const struct bucket_limit limit = bucket_limit(1, BURST);
	u32 i;

	for (i = 0; i < TURNS; i++) {
		taker->admitted +=
			tally_admits(taker->tally, &limit, LANE_DENIED);
		cond_resched();
	}
}

/* What is easily made does not use up what is kept for the rest. */
static void test_lanes(struct kunit *test)
{
	const struct bucket_limit limit = bucket_limit(1, 10);
	struct tally *tally = kunit_kzalloc(test, sizeof(*tally), GFP_KERNEL);
	u32 taken[LANES] = { 0 };
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, tally);
	tally_init(tally);
	for (i = 0; i < 100; i++)
		taken[LANE_DENIED] += tally_admits(tally, &limit, LANE_DENIED);
	for (i = 0; i < 100; i++)
		taken[LANE_DONE] += tally_admits(tally, &limit, LANE_DONE);
	tally_exit(tally);
	synchronize_rcu();
	/* Some more when this takes seconds. */
	KUNIT_EXPECT_GE(test, taken[LANE_DENIED], 10u);
	KUNIT_EXPECT_LE(test, taken[LANE_DENIED], 20u);
	KUNIT_EXPECT_GE(test, taken[LANE_DONE], 10u);
	KUNIT_EXPECT_LE(test, taken[LANE_DONE], 20u);
}

/* No token is given twice, and none is lost. */
static void test_together(struct kunit *test)
{
	struct taker *takers =
		kunit_kcalloc(test, TAKERS, sizeof(*takers), GFP_KERNEL);
	struct tally *tally = kunit_kzalloc(test, sizeof(*tally), GFP_KERNEL);
	unsigned long begun = jiffies;
	u32 admitted = 0;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, takers);
	KUNIT_ASSERT_NOT_NULL(test, tally);
	tally_init(tally);
	for (i = 0; i < TAKERS; i++) {
		INIT_WORK(&takers[i].work, take_turns);
		takers[i].tally = tally;
		queue_work(system_unbound_wq, &takers[i].work);
	}
	for (i = 0; i < TAKERS; i++) {
		flush_work(&takers[i].work);
		admitted += takers[i].admitted;
	}
	KUNIT_EXPECT_GE(test, admitted, (u32)BURST);
	/* One a second comes in meanwhile. */
	KUNIT_EXPECT_LE(test, admitted,
			(u32)(BURST + (jiffies - begun) / HZ + 1));
	tally_exit(tally);
	synchronize_rcu();
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_bounds),
	KUNIT_CASE(test_lanes),
	KUNIT_CASE(test_together),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_bucket",
	.test_cases = cases,
};

kunit_test_suite(suite);
