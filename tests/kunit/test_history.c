// SPDX-License-Identifier: GPL-2.0
/*
 * What is kept of events that were sent, and whose.  The history has room for
 * 16 (guest.sh), and begins with whatever the tests before left in it, which is
 * that of tenants that are no more.
 */
#include "backlog.h"
#include "history.h"
#include "witness.h"

/* What there is of a tenant. */
struct kept {
	u32 count;
	u64 first;
	u64 last;
};

static void send(struct kunit *test, struct tenant *tenant, u32 count)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	u32 i;

	cause.tenant = tenant;
	for (i = 0; i < count; i++) {
		struct event *event = witness_event(&cause);

		KUNIT_ASSERT_NOT_NULL(test, event);
		backlog_add(event);
		witness_settle(test);
	}
}

/* Also sees that those of a tenant are its newest, without a gap. */
static struct kept kept_of(struct kunit *test, const struct tenant *tenant)
{
	struct kept kept = {};
	struct event *event;
	u64 next = 0;

	while ((event = history_from(next))) {
		KUNIT_EXPECT_GE(test, event->seq, next);
		next = event->seq + 1;
		if (event->tenant_id == tenant->id) {
			if (!kept.count++)
				kept.first = event->tenant_seq;
			kept.last = event->tenant_seq;
		}
		event_put(event);
	}
	if (kept.count) {
		KUNIT_EXPECT_EQ(test, kept.last - kept.first + 1,
				(u64)kept.count);
		KUNIT_EXPECT_EQ(test, kept.last, tenant->tally.records);
	}
	return kept;
}

static u32 room(void)
{
	struct history_state state;

	history_read(&state);
	return state.max;
}

/* What was sent is there by its number, and only so much of it. */
static void test_bound(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct history_state state;
	struct event *event;
	u64 bytes = 0;
	u32 count = 0;
	u64 next = 0;

	send(test, witness->tenant, room() + 3);
	history_read(&state);
	KUNIT_EXPECT_EQ(test, state.count, state.max);
	while ((event = history_from(next))) {
		if (!count++)
			KUNIT_EXPECT_EQ(test, event->seq, state.first);
		KUNIT_EXPECT_GE(test, event->seq, next);
		bytes += event->size;
		next = event->seq + 1;
		event_put(event);
	}
	KUNIT_EXPECT_EQ(test, count, state.count);
	KUNIT_EXPECT_EQ(test, bytes, state.bytes);
	KUNIT_EXPECT_GE(test, kept_of(test, witness->tenant).count, 8u);
}

/* Who storms loses his own. */
static void test_storm(struct kunit *test)
{
	struct tenant *quiet = make_tenant(test, "quiet");
	struct tenant *loud = make_tenant(test, "loud");
	u32 more;

	send(test, quiet, 3);
	send(test, loud, 3 * room());
	KUNIT_EXPECT_EQ(test, kept_of(test, quiet).count, 3u);
	/* Half of the rest, where others that are no more have the other. */
	KUNIT_EXPECT_GE(test, kept_of(test, loud).count, 6u);
	send(test, quiet, 1);
	KUNIT_EXPECT_EQ(test, kept_of(test, quiet).count, 4u);
	for (more = 0; more < room(); more++) {
		send(test, quiet, 1);
		send(test, loud, 1);
	}
	/* Now both want more than there is. */
	KUNIT_EXPECT_GE(test, kept_of(test, quiet).count, 5u);
	KUNIT_EXPECT_GE(test, kept_of(test, loud).count, 5u);
	tenant_put(loud);
	tenant_put(quiet);
}

/* However many tenants have come and gone, they count as one. */
static void test_gone(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct tenant *quiet = make_tenant(test, "quiet");
	struct tenant *gone;
	u32 i;

	send(test, quiet, 1);
	for (i = 0; i < 2 * room(); i++) {
		gone = make_tenant(test, "gone");
		send(test, gone, 1);
		KUNIT_EXPECT_EQ(test, kept_of(test, gone).count, 1u);
		tenant_put(gone);
	}
	KUNIT_EXPECT_EQ(test, kept_of(test, quiet).count, 1u);
	send(test, witness->tenant, room());
	KUNIT_EXPECT_GE(test, kept_of(test, witness->tenant).count, 7u);
	KUNIT_EXPECT_EQ(test, kept_of(test, quiet).count, 1u);
	tenant_put(quiet);
}

/* As many tenants as there is room for: the oldest of all goes. */
static void test_crowd(struct kunit *test)
{
	struct tenant *tenants[17];
	u32 i;

	KUNIT_ASSERT_EQ(test, room() + 1, (u32)ARRAY_SIZE(tenants));
	for (i = 0; i < ARRAY_SIZE(tenants); i++) {
		tenants[i] = make_tenant(test, "one");
		send(test, tenants[i], 1);
	}
	for (i = 0; i < ARRAY_SIZE(tenants); i++)
		KUNIT_EXPECT_EQ(test, kept_of(test, tenants[i]).count,
				i ? 1u : 0u);
	for (i = 0; i < ARRAY_SIZE(tenants); i++)
		tenant_put(tenants[i]);
}

/* Each finds his own by its number, and no more than that. */
static void test_own(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct tenant *other = make_tenant(test, "other");
	struct event *event;
	struct kept kept;
	u64 next = 0;
	u32 count = 0;

	KUNIT_EXPECT_NULL(test, history_from_own(witness->tenant->id, 0));
	send(test, other, 2);
	send(test, witness->tenant, 2 * room());
	send(test, other, 1);
	kept = kept_of(test, witness->tenant);
	while ((event = history_from_own(witness->tenant->id, next))) {
		KUNIT_EXPECT_EQ(test, event->tenant_id, witness->tenant->id);
		KUNIT_EXPECT_EQ(test, event->tenant_seq, kept.first + count);
		next = event->tenant_seq + 1;
		count++;
		event_put(event);
	}
	KUNIT_EXPECT_EQ(test, count, kept.count);
	KUNIT_EXPECT_EQ(test, next, kept.last + 1);
	event = history_from_own(other->id, 2);
	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_EQ(test, event->tenant_seq, 2ULL);
	event_put(event);
	KUNIT_EXPECT_NULL(test, history_from_own(other->id, 4));
	KUNIT_EXPECT_NULL(test, history_from_own(U64_MAX, 0));
	tenant_put(other);
}

/* Who goes through it by what was added finds each, and where some are gone. */
static void test_nth(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct tenant *quiet = make_tenant(test, "quiet");
	struct history_state state;
	struct event *event;
	u64 first, number;
	u32 count = 0;
	u64 seq = 0;

	number = U64_MAX;
	KUNIT_EXPECT_NULL(test, history_nth(&number));
	first = number;
	send(test, quiet, 1);
	send(test, witness->tenant, 2 * room());
	event = history_nth(&number);
	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_EQ(test, number, first);
	KUNIT_EXPECT_EQ(test, event->tenant_id, quiet->id);
	event_put(event);
	number++;
	event = history_nth(&number);
	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_EQ(test, event->tenant_id, witness->tenant->id);
	KUNIT_EXPECT_EQ(test, number, first + event->tenant_seq);
	KUNIT_EXPECT_GT(test, event->tenant_seq, (u64)room());
	event_put(event);
	for (number = 0; (event = history_nth(&number)); number++) {
		KUNIT_EXPECT_GT(test, event->seq, seq);
		seq = event->seq;
		count++;
		event_put(event);
	}
	history_read(&state);
	KUNIT_EXPECT_EQ(test, count, state.count);
	KUNIT_EXPECT_EQ(test, number, first + 1 + 2 * room());
	tenant_put(quiet);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_bound),
	KUNIT_CASE(test_storm),
	KUNIT_CASE(test_gone),
	KUNIT_CASE(test_crowd),
	KUNIT_CASE(test_nth),
	KUNIT_CASE(test_own),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_history",
	.init = witness_begin,
	.exit = witness_end,
	.test_cases = cases,
};

kunit_test_suite(suite);
