// SPDX-License-Identifier: GPL-2.0
#include "witness.h"

#include <linux/delay.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "netlink.h"

static const struct rule_spec rules[] = {
	{ CORDON_CLASS_FILE, CORDON_ACTION_ALLOW, CORDON_FILE_OP_READ,
	  CORDON_LOG_ALWAYS, .origin = WITNESS_ORIGIN, .paths = { "/a" } },
	{ CORDON_CLASS_FILE, CORDON_ACTION_DENY, CORDON_FILE_OP_READ,
	  CORDON_LOG_NEVER, .origin = WITNESS_ORIGIN, .paths = { "/b" } },
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

int witness_begin(struct kunit *test)
{
	struct witness *witness =
		kunit_kzalloc(test, sizeof(*witness), GFP_KERNEL);
	struct ruleset_error error;

	if (!witness || listen(&witness->listener))
		return -ENOMEM;
	test->priv = witness;
	witness->tenant = make_tenant(test, "acme");
	witness->policy = policy_new();
	KUNIT_ASSERT_NOT_NULL(test, witness->policy);
	witness->policy->generation = 77;
	witness->policy->mode = CORDON_MODE_ENFORCE;
	policy_set_limit(witness->policy, CORDON_EVENT_RATE_MAX,
			 CORDON_EVENT_BURST_MAX);
	witness->policy->rules.file_default = CORDON_ACTION_DENY;
	KUNIT_ASSERT_EQ(test,
			add_rules(&witness->policy->rules, rules,
				  ARRAY_SIZE(rules), &error),
			0);
	return 0;
}

/* Waits until nothing is on its way. */
void witness_settle(struct kunit *test)
{
	struct event_counters counters;
	u32 tries = 500;

	do {
		tally_read(NULL, &counters);
		if (!counters.of[EVENT_PENDING])
			return;
		msleep(20);
	} while (--tries);
	KUNIT_FAIL(test, "events are still pending");
}

bool witness_sums_hold(const struct event_counters *counters)
{
	return counters->of[EVENT_GENERATED] ==
	       counters->of[EVENT_SENT] + counters->of[EVENT_SUPPRESSED] +
		       counters->of[EVENT_LOST] + counters->of[EVENT_PENDING];
}

/* Events that are sent, and kept, refer to their tenant no more. */
void witness_end(struct kunit *test)
{
	struct witness *witness = test->priv;
	struct event_counters counters;
	u32 tries = 500;

	witness_settle(test);
	while (refcount_read(&witness->tenant->refs) != 1 && --tries)
		msleep(20);
	KUNIT_EXPECT_EQ(test, refcount_read(&witness->tenant->refs), 1u);
	tally_read(&witness->tenant->tally, &counters);
	KUNIT_EXPECT_TRUE(test, witness_sums_hold(&counters));
	tally_read(NULL, &counters);
	KUNIT_EXPECT_TRUE(test, witness_sums_hold(&counters));
	sock_release(witness->listener);
	policy_free(witness->policy);
	tenant_put(witness->tenant);
}

struct event_cause witness_cause(const struct witness *witness,
				 const char *path)
{
	const struct event_cause cause = {
		.tenant = witness->tenant,
		.policy = witness->policy,
		.class = CORDON_CLASS_FILE,
		.op = CORDON_FILE_OP_READ,
		.reason = CORDON_REASON_DEFAULT,
		.rule = RULESET_NONE,
		.denied = true,
		.error = EACCES,
		.path = path,
		.path_len = path ? strlen(path) : 0,
	};

	return cause;
}

struct event *witness_event(const struct event_cause *cause)
{
	struct event *event;

	rcu_read_lock();
	event = event_new(cause);
	rcu_read_unlock();
	return event;
}

int witness_hear(const struct witness *witness, struct heard *heard)
{
	struct nlmsghdr *header = (struct nlmsghdr *)heard->buffer;
	struct nlattr *main[CORDON_A_MAX + 1];
	struct kvec vector = { heard->buffer, sizeof(heard->buffer) };
	struct msghdr message = {};
	int ret = kernel_recvmsg(witness->listener, &message, &vector, 1,
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
