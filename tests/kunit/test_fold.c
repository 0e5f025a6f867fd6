// SPDX-License-Identifier: GPL-2.0
/* What is kept back beyond a limit, and how it is summed up. */
#include <linux/delay.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "report.h"
#include "witness.h"

/* Tenants that have more kinds of events together than can be held. */
#define MANY (FOLD_HELD_MAX / FOLD_KINDS + 10)

static void fold_some(const struct event_cause *cause, u32 count)
{
	u32 i;

	rcu_read_lock();
	for (i = 0; i < count; i++)
		fold_event(cause);
	rcu_read_unlock();
}

static void expect_fates(struct kunit *test, u64 generated, u64 sent,
			 u64 suppressed, u64 pending)
{
	struct witness *witness = test->priv;
	struct event_counters counters;

	tally_read(&witness->tenant->tally, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_GENERATED], generated);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_SENT], sent);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_SUPPRESSED], suppressed);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_LOST], 0ULL);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_PENDING], pending);
}

/* The next event, which comes within a period of a second. */
static struct nlattr **next(struct kunit *test, struct heard *heard)
{
	u32 tries = 500;
	int ret;

	do {
		ret = witness_hear(test->priv, heard);
		if (ret != -EAGAIN)
			break;
		msleep(20);
	} while (--tries);
	KUNIT_ASSERT_EQ(test, ret, 0);
	return heard->attrs;
}

static struct heard *make_heard(struct kunit *test)
{
	struct heard *heard = kunit_kzalloc(test, sizeof(*heard), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, heard);
	return heard;
}

static void expect_repeat(struct kunit *test, struct nlattr **attrs, u32 repeat)
{
	KUNIT_EXPECT_EQ(test, nla_get_u32(attrs[CORDON_EVENT_CLASS]),
			(u32)CORDON_CLASS_FILE);
	KUNIT_EXPECT_EQ(test, nla_get_u32(attrs[CORDON_EVENT_REPEAT]), repeat);
	KUNIT_EXPECT_NULL(test, attrs[CORDON_EVENT_SUPPRESSED]);
}

static void expect_summary(struct kunit *test, struct nlattr **attrs,
			   u64 suppressed)
{
	KUNIT_EXPECT_EQ(test, nla_get_u32(attrs[CORDON_EVENT_CLASS]),
			(u32)CORDON_CLASS_STREAM);
	KUNIT_ASSERT_NOT_NULL(test, attrs[CORDON_EVENT_SUPPRESSED]);
	KUNIT_EXPECT_EQ(test, nla_get_u64(attrs[CORDON_EVENT_SUPPRESSED]),
			suppressed);
}

static void test_same(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct heard *heard = make_heard(test);

	fold_some(&cause, 5);
	expect_fates(test, 5, 0, 4, 1);
	expect_repeat(test, next(test, heard), 5);
	expect_summary(test, next(test, heard), 4);
	witness_settle(test);
	expect_fates(test, 6, 2, 4, 0);
}

/* One that is alone is sent late, and that is all there is to say. */
static void test_single(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct heard *heard = make_heard(test);

	fold_some(&cause, 1);
	expect_repeat(test, next(test, heard), 1);
	witness_settle(test);
	expect_fates(test, 1, 1, 0, 0);
}

/* There are places for so many kinds; the rest is counted. */
static void test_kinds(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct heard *heard = make_heard(test);
	u32 i;

	for (i = 0; i < FOLD_KINDS + 3; i++) {
		cause.object.file.ino = i + 1;
		fold_some(&cause, 2);
	}
	expect_fates(test, 2 * FOLD_KINDS + 6, 0, FOLD_KINDS + 6, FOLD_KINDS);
	for (i = 0; i < FOLD_KINDS; i++)
		expect_repeat(test, next(test, heard), 2);
	expect_summary(test, next(test, heard), FOLD_KINDS + 6);
	witness_settle(test);
}

/* A period ends, and the next one begins with nothing. */
static void test_two_periods(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct heard *heard = make_heard(test);
	u32 i;

	for (i = 0; i < 2; i++) {
		fold_some(&cause, 3);
		expect_repeat(test, next(test, heard), 3);
		expect_summary(test, next(test, heard), 2);
	}
	witness_settle(test);
}

static void test_limit(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct event_cause cause = witness_cause(witness, "/x");
	struct event_counters counters;
	u32 i;

	policy_set_limit(witness->policy, 1, 2);
	rcu_read_lock();
	for (i = 0; i < 50; i++)
		report_event(&cause);
	rcu_read_unlock();
	tally_read(&witness->tenant->tally, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_GENERATED], 50ULL);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_LOST], 0ULL);
	/* Two at once, the one that is held, and those of slow seconds. */
	KUNIT_EXPECT_GE(test, counters.of[EVENT_SUPPRESSED], 30ULL);
	KUNIT_EXPECT_LE(test, counters.of[EVENT_SUPPRESSED], 47ULL);
}

/* What there is no memory for is counted as the others are. */
static void test_faults(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct witness *witness = test->priv;
	struct event_counters counters;
	struct faults faults = { .survivable = true };
	u64 before = 0;

	while (faults_begin(&faults)) {
		cause.object.file.ino++;
		fold_some(&cause, 1);
		tally_read(&witness->tenant->tally, &counters);
		faults_end(test, &faults,
			   counters.of[EVENT_SUPPRESSED] > before ? -ENOMEM :
								    0);
		before = counters.of[EVENT_SUPPRESSED];
		KUNIT_EXPECT_TRUE(test, witness_sums_hold(&counters));
	}
	faults_done(test, &faults, 1);
}

static u64 count_pending(struct tenant **tenants)
{
	struct event_counters counters;
	u64 pending = 0;
	u32 i;

	for (i = 0; i < MANY; i++) {
		tally_read(&tenants[i]->tally, &counters);
		pending += counters.of[EVENT_PENDING];
	}
	return pending;
}

/* Of many tenants together no more are held than there is room for. */
static void test_held(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct tenant **tenants =
		kunit_kcalloc(test, MANY, sizeof(*tenants), GFP_KERNEL);
	u32 tries = 500;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, tenants);
	for (i = 0; i < MANY; i++)
		tenants[i] = make_tenant(test, "many");
	for (i = 0; i < MANY * FOLD_KINDS; i++) {
		cause.tenant = tenants[i / FOLD_KINDS];
		cause.object.file.ino = i + 1;
		fold_some(&cause, 1);
	}
	KUNIT_EXPECT_EQ(test, count_pending(tenants), (u64)FOLD_HELD_MAX);
	while (count_pending(tenants) && --tries)
		msleep(20);
	KUNIT_EXPECT_EQ(test, count_pending(tenants), 0ULL);
	/* There is room again. */
	fold_some(&cause, 1);
	KUNIT_EXPECT_EQ(test, count_pending(tenants), 1ULL);
	for (i = 0; i < MANY; i++)
		tenant_put(tenants[i]);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_same),	 KUNIT_CASE(test_single),
	KUNIT_CASE(test_kinds),	 KUNIT_CASE(test_two_periods),
	KUNIT_CASE(test_limit),	 KUNIT_CASE(test_held),
	KUNIT_CASE(test_faults), {},
};

static struct kunit_suite suite = {
	.name = "cordon_fold",
	.init = witness_begin,
	.exit = witness_end,
	.test_cases = cases,
};

kunit_test_suite(suite);
