// SPDX-License-Identifier: GPL-2.0
/*
 * A task that may load policy can have the next program that it executes be a
 * tenant's, wherever it is: that is what "cordonctl run" does.
 *
 * The tenant is asked for, not entered: the exec is judged and joins like one
 * in a matching cgroup, so that there is one way in.  Only the task that asks is
 * meant, neither its other threads nor its children, and only until it executes
 * something.  When the tenant goes before that, so does the task: a hook that
 * is not attached any more could not keep the program from running unconfined.
 */
#include <linux/sched.h>

#include "admin.h"
#include "enrolled.h"
#include "member.h"
#include "netlink.h"
#include "policy.h"
#include "request.h"

static const char *reason(int err)
{
	switch (err) {
	case -EINVAL:
		return "a worker of the kernel executes no program";
	case -EPERM:
		return "a member of a tenant cannot manage policy";
	case -ENOENT:
		return "there is no such tenant";
	case -EAGAIN:
		return "there are as many members as are allowed; see parameter members_max";
	default:
		return "out of memory";
	}
}

static bool is_member(void)
{
	bool member;

	rcu_read_lock();
	member = member_tenant(current);
	rcu_read_unlock();
	return member;
}

static int ask(const char *name)
{
	struct tenant *tenant = enrolled_find(name);

	/* io_uring sends from tasks of its own. */
	if (current->flags & (PF_KTHREAD | PF_IO_WORKER))
		return -EINVAL;
	/* A commit can have made it one since the request was let through. */
	if (is_member())
		return -EPERM;
	if (!tenant)
		return -ENOENT;
	return member_ask(tenant);
}

/**
 * join_ask - handler of member-join
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -EINVAL, -EPERM, -ENOENT when there is no such tenant, -EAGAIN or -ENOMEM.
 */
int join_ask(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[CORDON_A_TENANT_NAME];
	struct policy_totals totals;
	const char *why;
	int ret;

	if (!attr)
		return request_missing(info, "tenant name");
	/* A tenant that is there has members, if any, until the lock is let go. */
	mutex_lock(&policy_mutex);
	ret = ask(nla_data(attr));
	why = ret ? reason(ret) : nla_data(attr);
	policy_totals(&totals);
	admin_note(CORDON_ADMIN_OP_RUN, &totals, &totals, ret, why);
	mutex_unlock(&policy_mutex);
	return ret ? request_refuse(info, attr, ret, why) : 0;
}
