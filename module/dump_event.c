// SPDX-License-Identifier: GPL-2.0
/*
 * Events that were sent, for whoever asks.
 *
 * Those who manage policy may have all of them.  A member may have those of its
 * own tenant where the policy says so, and nothing that tells of others: not
 * even numbers that grow with what others do.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <net/sock.h>

#include "compat.h"
#include "history.h"
#include "member.h"
#include "netlink.h"

static int put_event(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct event *event)
{
	void *header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				   cb->nlh->nlmsg_seq, &cordon_family,
				   NLM_F_MULTI, CORDON_CMD_EVENT_GET);
	int ret;

	if (!header)
		return -EMSGSIZE;
	ret = netlink_put_event(skb, event, NETLINK_EVENT_ALL);
	return netlink_end_message(skb, header, ret);
}

static u64 first_wanted(struct netlink_callback *cb)
{
	const struct nlattr *since = compat_dump_attrs(cb)[CORDON_A_SINCE];

	return since ? nla_get_u64(since) : 0;
}

/**
 * dump_events - handler of event-get
 * @skb: the answer
 * @cb: the dump; args[0] says that it has begun, args[1] is the number of the
 * next event
 *
 * What is forgotten while the dump goes on shows as a gap in the numbers.
 *
 * Return: length of the answer, 0 at the end, or -EMSGSIZE.
 */
int dump_events(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct event *event;
	int ret = 0;

	if (!cb->args[0]) {
		cb->args[0] = 1;
		cb->args[1] = first_wanted(cb);
	}
	while (!ret && (event = history_from(cb->args[1]))) {
		ret = put_event(skb, cb, event);
		if (!ret)
			cb->args[1] = event->seq + 1;
		event_put(event);
	}
	return netlink_dump_result(skb, ret);
}

/*
 * Room for some of them: with the acknowledgment it fits the queue of a socket
 * that has the size that libnl gives it.  A tenant is not given a dump, since
 * one that is not read to its end keeps the module from being unloaded.
 */
#define OWN_BYTES (SKB_WITH_OVERHEAD(16384UL) - NLMSG_HDRLEN)

static int put_own(struct sk_buff *skb, struct genl_info *info,
		   const struct event *event)
{
	bool inside = task_active_pid_ns(current) != &init_pid_ns;
	void *header = genlmsg_put_reply(skb, info, &cordon_family, 0,
					 CORDON_CMD_EVENT_SELF_GET);
	int ret;

	if (!header)
		return -EMSGSIZE;
	ret = netlink_put_event(skb, event,
				inside ? NETLINK_EVENT_OWN_INSIDE :
					 NETLINK_EVENT_OWN);
	return netlink_end_message(skb, header, ret);
}

/*
 * Tenants of one name are not the same one, so the name says nothing.  Nothing
 * but the tenant's own is looked at, so the message bounds the work.
 */
static void put_all_own(struct sk_buff *skb, struct genl_info *info,
			const struct tenant *tenant, u64 since)
{
	struct event *event;
	int ret = 0;

	while (!ret && !fatal_signal_pending(current) &&
	       (event = history_from_own(tenant->id, since))) {
		since = event->tenant_seq + 1;
		ret = put_own(skb, info, event);
		event_put(event);
		cond_resched();
	}
}

static int reply_own(struct genl_info *info, const struct tenant *tenant)
{
	const struct nlattr *since = info->attrs[CORDON_A_SINCE];
	struct sk_buff *skb = nlmsg_new(OWN_BYTES, GFP_KERNEL);

	if (!skb)
		return -ENOMEM;
	put_all_own(skb, info, tenant, since ? nla_get_u64(since) : 0);
	if (skb->len)
		return genlmsg_reply(skb, info);
	nlmsg_free(skb);
	return 0;
}

/* The tenant of current, with a reference, and whether it may read its own. */
static struct tenant *find_own(bool *may)
{
	const struct policy *policy;
	struct tenant *tenant;

	rcu_read_lock();
	tenant = member_tenant(current);
	if (tenant) {
		policy = policy_of(tenant);
		*may = policy && policy->event_self;
		tenant_get(tenant);
	}
	rcu_read_unlock();
	return tenant;
}

/*
 * Whether current opened the socket that it asks through, and to which the
 * answer goes: a member that is handed one by somebody else must not be made to
 * fetch its events for him.  Neither the cgroup nor the uid that a socket was
 * made with says which tenant made it, since tenants can share both.  But no two
 * processes share credentials, and those of a file are not freed before it is:
 * so who has the very same ones is the process that made it, and has neither
 * changed its credentials nor executed a program since.
 */
static bool is_opener(const struct sk_buff *request)
{
	const struct socket *sock = NETLINK_CB(request).sk->sk_socket;

	/* Not current_cred(): that can be another's, which io_uring lends. */
	return sock && sock->file && sock->file->f_cred == current_real_cred();
}

/**
 * event_self_get - handler of event-self-get
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -EPERM or -ENOMEM.
 */
int event_self_get(struct sk_buff *skb, struct genl_info *info)
{
	bool may = false;
	struct tenant *tenant;
	int ret;

	/* First, so that he learns nothing of whom he handed it to. */
	if (!is_opener(skb))
		return netlink_deny(info->genlhdr->cmd, info->extack,
				    "the socket was opened by somebody else, or with other credentials");
	tenant = find_own(&may);
	if (!tenant)
		return netlink_deny(info->genlhdr->cmd, info->extack,
				    "the sender belongs to no tenant");
	if (may)
		ret = reply_own(info, tenant);
	else
		ret = netlink_deny(info->genlhdr->cmd, info->extack,
				   "the policy of this tenant does not let it read its events");
	tenant_put(tenant);
	return ret;
}
