// SPDX-License-Identifier: GPL-2.0
/* Records of events. */
#include <linux/net.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "witness.h"

static void test_wanted(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");

	KUNIT_EXPECT_TRUE(test, event_wanted(&cause));
	cause.rule = 0;
	KUNIT_EXPECT_TRUE(test, event_wanted(&cause));
	cause.rule = 1;
	KUNIT_EXPECT_FALSE(test, event_wanted(&cause));
}

static void test_subject(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct event *event = witness_event(&cause);

	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_EQ(test, event->pid, (u32)current->pid);
	KUNIT_EXPECT_EQ(test, event->tgid, (u32)current->tgid);
	KUNIT_EXPECT_EQ(test, event->ppid, (u32)current->real_parent->tgid);
	KUNIT_EXPECT_EQ(test, event->uid, 0u);
	KUNIT_EXPECT_EQ(test, event->gid, 0u);
	KUNIT_EXPECT_STREQ(test, event->comm, current->comm);
	KUNIT_EXPECT_NE(test, event->cgroup_id, 0ULL);
	KUNIT_EXPECT_NE(test, event->time_wall, 0ULL);
	KUNIT_EXPECT_NE(test, event->time_boot, 0ULL);
	KUNIT_EXPECT_EQ(test, event->generation, 77ULL);
	event_put(event);
}

/* A mode and a decision, and what is reported. */
struct verdict_case {
	u8 mode;
	bool denied;
	u8 verdict;
	u32 error;
	int result;
};

static void test_verdicts(struct kunit *test)
{
	static const struct verdict_case cases[] = {
		{ CORDON_MODE_ENFORCE, true, CORDON_VERDICT_DENIED, EACCES,
		  -EACCES },
		{ CORDON_MODE_AUDIT, true, CORDON_VERDICT_WOULD_DENY, 0, 0 },
		{ CORDON_MODE_ENFORCE, false, CORDON_VERDICT_ALLOWED, 0, 0 },
		{ CORDON_MODE_AUDIT, false, CORDON_VERDICT_ALLOWED, 0, 0 },
	};
	struct witness *witness = test->priv;
	struct event_cause cause = witness_cause(witness, "/x");
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event *event;

		witness->policy->mode = cases[i].mode;
		cause.denied = cases[i].denied;
		event = witness_event(&cause);
		KUNIT_ASSERT_NOT_NULL(test, event);
		KUNIT_EXPECT_EQ(test, event->verdict, cases[i].verdict);
		KUNIT_EXPECT_EQ(test, event->error, cases[i].error);
		KUNIT_EXPECT_EQ(test,
				event_result(witness->policy, cases[i].denied,
					     -EACCES),
				cases[i].result);
		event_put(event);
	}
}

/* Origin and path share memory, and a path may have any byte but NUL. */
static void test_texts(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	char *longest = kunit_kzalloc(test, PATH_MAX, GFP_KERNEL);
	struct event *event;

	KUNIT_ASSERT_NOT_NULL(test, longest);
	memset(longest, '\xff', PATH_MAX - 1);
	cause.path = longest;
	cause.path_len = PATH_MAX - 1;
	event = witness_event(&cause);
	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_STREQ(test, event_tenant(event), "acme");
	KUNIT_EXPECT_STREQ(test, event_origin(event), "default");
	KUNIT_EXPECT_EQ(test, event->path_len, (u16)(PATH_MAX - 1));
	KUNIT_EXPECT_EQ(test, memcmp(event_path(event), longest, PATH_MAX - 1),
			0);
	event_put(event);
	cause.rule = 0;
	cause.path = NULL;
	cause.path_len = 0;
	event = witness_event(&cause);
	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_STREQ(test, event_origin(event), WITNESS_ORIGIN);
	KUNIT_EXPECT_EQ(test, event->path_len, (u16)0);
	event_put(event);
}

/* Each attempt to make an event either works or leaves nothing. */
static void test_faults(struct kunit *test)
{
	struct event_cause cause = witness_cause(test->priv, "/x");
	struct faults faults = {};

	while (faults_begin(&faults)) {
		struct event *event = witness_event(&cause);

		faults_end(test, &faults, event ? 0 : -ENOMEM);
		if (event)
			event_put(event);
	}
	faults_done(test, &faults, 1);
}

/* Whatever tells events apart tells their digests apart. */
static void test_digest(struct kunit *test)
{
	const struct event_cause plain = witness_cause(test->priv, "/x");
	struct witness *witness = test->priv;
	struct event_cause causes[9];
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(causes); i++)
		causes[i] = plain;
	causes[1].path = "/y";
	causes[2].path_len = 1;
	causes[3].op = CORDON_FILE_OP_WRITE;
	causes[4].rule = 0;
	causes[5].reason = CORDON_REASON_RULE;
	causes[6].denied = false;
	causes[7].object.file.ino = 1;
	causes[8].packet_for = witness->listener->sk;
	for (i = 0; i < ARRAY_SIZE(causes); i++)
		for (j = 0; j < ARRAY_SIZE(causes); j++)
			KUNIT_EXPECT_EQ_MSG(test,
					    event_digest(&causes[i]) ==
						    event_digest(&causes[j]),
					    i == j, "%u and %u", i, j);
	causes[0].class = CORDON_CLASS_SOCKET;
	causes[1] = causes[0];
	causes[1].object.socket.remote[15] = 1;
	KUNIT_EXPECT_NE(test, event_digest(&causes[0]),
			event_digest(&causes[1]));
	causes[0].class = CORDON_CLASS_GUARD;
	causes[1] = causes[0];
	causes[1].object.target_pid = 7;
	KUNIT_EXPECT_NE(test, event_digest(&causes[0]),
			event_digest(&causes[1]));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_wanted),
	KUNIT_CASE(test_subject),
	KUNIT_CASE(test_verdicts),
	KUNIT_CASE(test_texts),
	KUNIT_CASE(test_faults),
	KUNIT_CASE(test_digest),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_event",
	.init = witness_begin,
	.exit = witness_end,
	.test_cases = cases,
};

kunit_test_suite(suite);
