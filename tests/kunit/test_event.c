// SPDX-License-Identifier: GPL-2.0
/*
 * Events from a hook to a listener.  The backlog has room for 16 (guest.sh).
 * The worker is kept from running by stop_machine() where that counts.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "event.h"
#include "netlink.h"
#include "support.h"

#define BURST 24
#define THREADS 3
#define STORM_EVENTS 400
#define ORIGIN "acme.yaml:14"

static const struct rule_spec rules[] = {
	{ CORDON_CLASS_FILE, CORDON_ACTION_ALLOW, CORDON_FILE_OP_READ,
	  CORDON_LOG_ALWAYS, .origin = ORIGIN, .paths = { "/a" } },
	{ CORDON_CLASS_FILE, CORDON_ACTION_DENY, CORDON_FILE_OP_READ,
	  CORDON_LOG_NEVER, .origin = ORIGIN, .paths = { "/b" } },
};

/* A tenant with a policy, and somebody who listens. */
struct fixture {
	struct tenant *tenant;
	struct policy *policy;
	struct socket *listener;
};

/* Without an address of its own a socket would be taken for the sender. */
static int listen(struct socket **listener)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };
	int group = cordon_family.mcgrp_offset;
	int ret = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW,
				   NETLINK_GENERIC, listener);

	if (ret)
		return ret;
	ret = kernel_bind(*listener, (struct sockaddr *)&address,
			  sizeof(address));
	if (!ret)
		ret = (*listener)->ops->setsockopt(*listener, SOL_NETLINK,
						   NETLINK_ADD_MEMBERSHIP,
						   KERNEL_SOCKPTR(&group),
						   sizeof(group));
	if (ret)
		sock_release(*listener);
	return ret;
}

static int begin(struct kunit *test)
{
	struct fixture *fixture =
		kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);
	struct ruleset_error error;

	if (!fixture || listen(&fixture->listener))
		return -ENOMEM;
	test->priv = fixture;
	fixture->tenant = make_tenant(test, "acme");
	fixture->policy = policy_new();
	KUNIT_ASSERT_NOT_NULL(test, fixture->policy);
	fixture->policy->generation = 77;
	fixture->policy->mode = CORDON_MODE_ENFORCE;
	fixture->policy->rules.file_default = CORDON_ACTION_DENY;
	KUNIT_ASSERT_EQ(test,
			add_rules(&fixture->policy->rules, rules,
				  ARRAY_SIZE(rules), &error),
			0);
	return 0;
}

/* Waits until the worker has nothing to do. */
static void settle(struct kunit *test)
{
	struct event_counters counters;
	u32 tries = 500;

	do {
		event_counters(NULL, &counters);
		if (!counters.of[EVENT_PENDING])
			return;
		msleep(20);
	} while (--tries);
	KUNIT_FAIL(test, "events are still pending");
}

static bool sums_hold(const struct event_counters *counters)
{
	return counters->of[EVENT_GENERATED] ==
	       counters->of[EVENT_SENT] + counters->of[EVENT_SUPPRESSED] +
		       counters->of[EVENT_LOST] + counters->of[EVENT_PENDING];
}

static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct event_counters counters;

	settle(test);
	event_counters(fixture->tenant, &counters);
	KUNIT_EXPECT_TRUE(test, sums_hold(&counters));
	event_counters(NULL, &counters);
	KUNIT_EXPECT_TRUE(test, sums_hold(&counters));
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenant->refs), 1u);
	sock_release(fixture->listener);
	policy_free(fixture->policy);
	tenant_put(fixture->tenant);
}

static struct event_cause make_cause(const struct fixture *fixture)
{
	const struct event_cause cause = {
		.tenant = fixture->tenant,
		.policy = fixture->policy,
		.class = CORDON_CLASS_FILE,
		.op = CORDON_FILE_OP_READ,
		.reason = CORDON_REASON_DEFAULT,
		.rule = RULESET_NONE,
		.denied = true,
		.error = EACCES,
	};

	return cause;
}

static struct event *make_event(const struct event_cause *cause,
				const char *path)
{
	struct event *event;

	rcu_read_lock();
	event = event_new(cause, path, strlen(path));
	rcu_read_unlock();
	return event;
}

static void test_wanted(struct kunit *test)
{
	struct event_cause cause = make_cause(test->priv);

	KUNIT_EXPECT_TRUE(test, event_wanted(&cause));
	cause.rule = 0;
	KUNIT_EXPECT_TRUE(test, event_wanted(&cause));
	cause.rule = 1;
	KUNIT_EXPECT_FALSE(test, event_wanted(&cause));
}

static void test_subject(struct kunit *test)
{
	struct event_cause cause = make_cause(test->priv);
	struct event *event = make_event(&cause, "/x");

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
	kfree(event);
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
	struct fixture *fixture = test->priv;
	struct event_cause cause = make_cause(fixture);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event *event;

		fixture->policy->mode = cases[i].mode;
		cause.denied = cases[i].denied;
		event = make_event(&cause, "/x");
		KUNIT_ASSERT_NOT_NULL(test, event);
		KUNIT_EXPECT_EQ(test, event->verdict, cases[i].verdict);
		KUNIT_EXPECT_EQ(test, event->error, cases[i].error);
		KUNIT_EXPECT_EQ(test,
				event_result(fixture->policy, cases[i].denied,
					     -EACCES),
				cases[i].result);
		kfree(event);
	}
}

/* Origin and path share memory, and a path may have any byte but NUL. */
static void test_texts(struct kunit *test)
{
	struct event_cause cause = make_cause(test->priv);
	char *longest = kunit_kzalloc(test, PATH_MAX, GFP_KERNEL);
	struct event *event;

	KUNIT_ASSERT_NOT_NULL(test, longest);
	memset(longest, '\xff', PATH_MAX - 1);
	event = make_event(&cause, longest);
	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_STREQ(test, event_origin(event), "default");
	KUNIT_EXPECT_EQ(test, event->path_len, (u16)(PATH_MAX - 1));
	KUNIT_EXPECT_EQ(test, memcmp(event_path(event), longest, PATH_MAX - 1),
			0);
	kfree(event);
	cause.rule = 0;
	rcu_read_lock();
	event = event_new(&cause, NULL, 0);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(test, event);
	KUNIT_EXPECT_STREQ(test, event_origin(event), ORIGIN);
	KUNIT_EXPECT_EQ(test, event->path_len, (u16)0);
	kfree(event);
}

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
		event_queue(burst->events[i]);
	event_counters(burst->tenant, &burst->counters);
	return 0;
}

static void make_burst(struct kunit *test, struct burst *burst)
{
	struct fixture *fixture = test->priv;
	struct event_cause cause = make_cause(fixture);
	char path[] = "/a";
	u32 i;

	burst->tenant = fixture->tenant;
	for (i = 0; i < BURST; i++) {
		path[1] = 'a' + i;
		cause.rule = i ? RULESET_NONE : 0;
		burst->events[i] = make_event(&cause, path);
		KUNIT_ASSERT_NOT_NULL(test, burst->events[i]);
	}
	stop_machine(queue_burst, burst, NULL);
}

static void test_overflow(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 max = event_backlog_max();
	struct event_counters counters;
	struct burst burst;

	KUNIT_ASSERT_LT(test, max, (u32)BURST);
	make_burst(test, &burst);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_GENERATED], (u64)BURST);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_PENDING], (u64)max);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_LOST], (u64)BURST - max);
	KUNIT_EXPECT_EQ(test, burst.counters.of[EVENT_SENT], 0ULL);
	settle(test);
	event_counters(fixture->tenant, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_SENT], (u64)max);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_LOST], (u64)BURST - max);
	event_drop(fixture->tenant);
	event_counters(fixture->tenant, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_GENERATED], (u64)BURST + 1);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_LOST], (u64)BURST + 1 - max);
}

/* What a listener got: attributes that point into @buffer. */
struct heard {
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	char buffer[1024];
};

static int hear(struct socket *listener, struct heard *heard)
{
	struct nlmsghdr *header = (struct nlmsghdr *)heard->buffer;
	struct nlattr *main[CORDON_A_MAX + 1];
	struct kvec vector = { heard->buffer, sizeof(heard->buffer) };
	struct msghdr message = {};
	int ret = kernel_recvmsg(listener, &message, &vector, 1,
				 sizeof(heard->buffer), MSG_DONTWAIT);

	if (ret < 0)
		return ret;
	if (!nlmsg_ok(header, ret))
		return -EBADMSG;
	ret = nlmsg_parse(header, GENL_HDRLEN, main, CORDON_A_MAX, NULL, NULL);
	if (ret || !main[CORDON_A_EVENT])
		return -EBADMSG;
	return nla_parse(heard->attrs, CORDON_EVENT_MAX,
			 nla_data(main[CORDON_A_EVENT]),
			 nla_len(main[CORDON_A_EVENT]), NULL, NULL);
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
			   number ? "default" : ORIGIN);
}

/* In order, each once, and those lost leave a gap in the numbers. */
static void test_order(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct heard *heard = kunit_kzalloc(test, sizeof(*heard), GFP_KERNEL);
	struct event_cause cause = make_cause(fixture);
	struct burst burst;
	u32 max = event_backlog_max();
	u64 first = 0;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, heard);
	make_burst(test, &burst);
	settle(test);
	for (i = 0; i < max; i++) {
		KUNIT_ASSERT_EQ(test, hear(fixture->listener, heard), 0);
		if (!i)
			first = nla_get_u64(heard->attrs[CORDON_EVENT_SEQ]);
		expect_heard(test, heard, i, first + i);
	}
	KUNIT_EXPECT_EQ(test, hear(fixture->listener, heard), -EAGAIN);
	event_queue(make_event(&cause, "/y"));
	settle(test);
	KUNIT_ASSERT_EQ(test, hear(fixture->listener, heard), 0);
	expect_heard(test, heard, BURST, first + BURST);
}

/* An event that there is no memory for is counted, and leaves a gap. */
static void test_faults(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct event_cause cause = make_cause(fixture);
	struct event_counters counters;
	struct faults faults = {};

	while (faults_begin(&faults)) {
		struct event *event = make_event(&cause, "/x");

		faults_end(test, &faults, event ? 0 : -ENOMEM);
		event_counters(fixture->tenant, &counters);
		KUNIT_EXPECT_EQ(test, counters.of[EVENT_LOST],
				(u64)faults.failed);
		KUNIT_EXPECT_EQ(test, counters.of[EVENT_GENERATED],
				(u64)faults.failed);
		kfree(event);
	}
	faults_done(test, &faults, 1);
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
		struct event *event = make_event(&storm->cause, "/storm");

		if (event)
			event_queue(event);
		cond_resched();
	}
	kthread_complete_and_exit(&storm->done, 0);
}

/* Looks at the sums, which hold at every moment, until the threads are done. */
static void watch_sums(struct kunit *test, struct storm *storms)
{
	struct fixture *fixture = test->priv;
	struct event_counters counters;
	u32 i;

	for (i = 0; i < THREADS; i++) {
		while (!wait_for_completion_timeout(&storms[i].done, 1)) {
			event_counters(fixture->tenant, &counters);
			KUNIT_EXPECT_TRUE(test, sums_hold(&counters));
			event_counters(NULL, &counters);
			KUNIT_EXPECT_TRUE(test, sums_hold(&counters));
			KUNIT_EXPECT_LE(test, counters.of[EVENT_PENDING],
					event_backlog_max() + 1ULL);
		}
	}
}

static void test_storm(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct event_counters counters;
	struct storm storms[THREADS];
	u32 i;

	for (i = 0; i < THREADS; i++) {
		struct task_struct *thread;

		storms[i].cause = make_cause(fixture);
		init_completion(&storms[i].done);
		thread = kthread_run(run_storm, &storms[i], "storm-%u", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(thread));
		if (IS_ERR(thread))
			complete(&storms[i].done);
	}
	watch_sums(test, storms);
	settle(test);
	event_counters(fixture->tenant, &counters);
	KUNIT_EXPECT_EQ(test, counters.of[EVENT_GENERATED],
			(u64)THREADS * STORM_EVENTS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_wanted),
	KUNIT_CASE(test_subject),
	KUNIT_CASE(test_verdicts),
	KUNIT_CASE(test_texts),
	KUNIT_CASE(test_overflow),
	KUNIT_CASE(test_order),
	KUNIT_CASE(test_faults),
	KUNIT_CASE(test_storm),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_event",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
