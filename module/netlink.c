// SPDX-License-Identifier: GPL-2.0
/*
 * The generic netlink family: who may send what, and sending to listeners.
 *
 * A sender needs CAP_MAC_ADMIN over the initial user namespace, both when it
 * opened the socket and when it sends, so that a socket that was passed on to
 * somebody privileged is of no use, and it must not be a member of a tenant.
 * One command is for members only, who have to have opened the socket
 * themselves; see dump_event.c.
 * The family exists in the initial network namespace only.
 */
#include "netlink.h"

#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <net/sock.h>

#include "admin.h"
#include "compat.h"
#include "member.h"
#include "names.h"
#include "netlink_policy.h"

/*
 * Texts of refusals.  The reader of an extended ack gets a bare pointer and
 * uses it after the handler has returned, so a text has to outlive that.  When
 * more refusals than there are texts overlap, one can show the words of
 * another; the last byte stays NUL always.
 */
#define TEXTS 64
#define TEXT_SIZE 320

static char texts[TEXTS][TEXT_SIZE];
static atomic_t next_text;

/**
 * netlink_explain - say why a request is refused
 * @extack: where to, or NULL
 * @attr: the attribute to blame, or NULL
 * @format: format of a sentence
 *
 * Context: any.
 */
void netlink_explain(struct netlink_ext_ack *extack, const struct nlattr *attr,
		     const char *format, ...)
{
	char *text = texts[(u32)atomic_inc_return(&next_text) % TEXTS];
	va_list arguments;

	if (!extack)
		return;
	va_start(arguments, format);
	vscnprintf(text, TEXT_SIZE, format, arguments);
	va_end(arguments);
	extack->_msg = text;
	extack->bad_attr = attr;
}

/**
 * netlink_deny - refuse a request of somebody who may not send it
 * @cmd: the request
 * @extack: where to say why
 * @why: a sentence
 *
 * Context: may sleep.
 * Return: -EPERM.
 */
int netlink_deny(u8 cmd, struct netlink_ext_ack *extack, const char *why)
{
	netlink_explain(extack, NULL, "%s", why);
	admin_deny("%s: %s", name_command(cmd), why);
	return -EPERM;
}

static int check_sender(struct sk_buff *skb, u8 cmd,
			struct netlink_ext_ack *extack)
{
	bool member;

	if (!netlink_capable(skb, CAP_MAC_ADMIN))
		return netlink_deny(cmd, extack,
				    "CAP_MAC_ADMIN over the initial user namespace is needed");
	rcu_read_lock();
	member = member_tenant(current);
	rcu_read_unlock();
	if (member)
		return netlink_deny(cmd, extack,
				    "a member of a tenant cannot manage policy");
	return 0;
}

/* Which attributes a command takes; any other is refused. */
static const u32 taken[] = {
	[CORDON_CMD_POLICY_ADD_TENANT] = BIT(CORDON_A_TENANT),
	[CORDON_CMD_POLICY_ADD_RULES] = BIT(CORDON_A_TENANT_NAME) |
					BIT(CORDON_A_RULE),
	[CORDON_CMD_POLICY_REMOVE_TENANT] = BIT(CORDON_A_TENANT_NAME),
	[CORDON_CMD_POLICY_COMMIT] = BIT(CORDON_A_EXPECT_GENERATION) |
				     BIT(CORDON_A_REPLACE_ALL) |
				     BIT(CORDON_A_DRY_RUN),
	[CORDON_CMD_RULE_GET] = BIT(CORDON_A_TENANT_NAME),
	[CORDON_CMD_EVENT_GET] = BIT(CORDON_A_SINCE),
	[CORDON_CMD_EVENT_SELF_GET] = BIT(CORDON_A_SINCE),
	[CORDON_CMD_POLICY_SEAL] = BIT(CORDON_A_SEAL_TENANT),
	[CORDON_CMD_MEMBER_JOIN] = BIT(CORDON_A_TENANT_NAME),
	[CORDON_CMD_EXPLAIN] = BIT(CORDON_A_TENANT_NAME) | BIT(CORDON_A_ACT),
};

static int check_attributes(u8 cmd, struct nlattr **attrs,
			    struct netlink_ext_ack *extack)
{
	u32 i;

	for (i = 1; i <= CORDON_A_MAX; i++) {
		if (!attrs[i] || (taken[cmd] & BIT(i)))
			continue;
		netlink_explain(extack, attrs[i],
				"attribute is not one of this command");
		return -EINVAL;
	}
	return 0;
}

/* Whoever speaks another version may ask with whom he speaks, and no more. */
static int check_version(const struct genlmsghdr *header,
			 struct netlink_ext_ack *extack)
{
	if (header->version == CORDON_PROTOCOL_VERSION ||
	    header->cmd == CORDON_CMD_STATUS_GET)
		return 0;
	netlink_explain(extack, NULL,
			"the request is in version %u of the protocol, the module speaks %u",
			header->version, CORDON_PROTOCOL_VERSION);
	return -EPROTONOSUPPORT;
}

static int before_request(COMPAT_PRE_DOIT_OPS *ops, struct sk_buff *skb,
			  struct genl_info *info)
{
	u8 cmd = info->genlhdr->cmd;
	int ret = 0;

	/* That is for members, and looks for itself. */
	if (cmd != CORDON_CMD_EVENT_SELF_GET)
		ret = check_sender(skb, cmd, info->extack);
	if (!ret)
		ret = check_version(info->genlhdr, info->extack);
	return ret ? ret : check_attributes(cmd, info->attrs, info->extack);
}

static int before_dump(struct netlink_callback *cb)
{
	int ret = check_sender(cb->skb, compat_dump_cmd(cb), cb->extack);

	if (!ret)
		ret = check_version(nlmsg_data(cb->nlh), cb->extack);
	if (ret)
		return ret;
	/* One rule fits into one message when it came in one. */
	cb->min_dump_alloc = U16_MAX + NLMSG_GOODSIZE;
	return check_attributes(compat_dump_cmd(cb), compat_dump_attrs(cb),
				cb->extack);
}

static const struct genl_ops commands[] = {
	{
		.cmd = CORDON_CMD_STATUS_GET,
		.doit = dump_status,
	},
	{
		.cmd = CORDON_CMD_POLICY_BEGIN,
		.doit = transaction_begin,
	},
	{
		.cmd = CORDON_CMD_POLICY_ADD_TENANT,
		.doit = transaction_add_tenant,
	},
	{
		.cmd = CORDON_CMD_POLICY_ADD_RULES,
		.doit = transaction_add_rules,
	},
	{
		.cmd = CORDON_CMD_POLICY_REMOVE_TENANT,
		.doit = transaction_remove_tenant,
	},
	{
		.cmd = CORDON_CMD_POLICY_COMMIT,
		.doit = transaction_commit,
	},
	{
		.cmd = CORDON_CMD_POLICY_ABORT,
		.doit = transaction_abort,
	},
	{
		.cmd = CORDON_CMD_TENANT_GET,
		.start = before_dump,
		.dumpit = dump_tenants,
	},
	{
		.cmd = CORDON_CMD_RULE_GET,
		.start = before_dump,
		.dumpit = dump_rules,
	},
	{
		.cmd = CORDON_CMD_MEMBER_GET,
		.start = before_dump,
		.dumpit = dump_members,
	},
	{
		.cmd = CORDON_CMD_EVENT_GET,
		.start = before_dump,
		.dumpit = dump_events,
	},
	{
		.cmd = CORDON_CMD_EVENT_SELF_GET,
		.doit = event_self_get,
	},
	{
		.cmd = CORDON_CMD_POLICY_SEAL,
		.doit = request_seal,
	},
	{
		.cmd = CORDON_CMD_MEMBER_JOIN,
		.doit = join_ask,
	},
	{
		.cmd = CORDON_CMD_EXPLAIN,
		.doit = explain,
	},
};

/*
 * Whoever lacks CAP_NET_ADMIN or CAP_SYS_ADMIN over the initial user namespace
 * is kept out of the group when it joins; is_barred() keeps the rest out where
 * the kernel lets it.
 */
static const struct genl_multicast_group groups[] = {
	{
		.name = CORDON_MCGRP_EVENTS,
		.flags = COMPAT_MCAST_PRIVILEGED,
	},
};

struct genl_family cordon_family __ro_after_init = {
	.name = CORDON_FAMILY_NAME,
	.version = CORDON_PROTOCOL_VERSION,
	.maxattr = CORDON_A_MAX,
	.policy = cordon_main_nla_policy,
	.ops = commands,
	.n_ops = ARRAY_SIZE(commands),
	.resv_start_op = CORDON_CMD_STATUS_GET,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	.pre_doit = before_request,
	/* Commits take seconds; other families must not wait for them. */
	.parallel_ops = true,
	.module = THIS_MODULE,
};

/**
 * netlink_end_message - end a message, or take it back
 * @skb: what it is in
 * @header: the message
 * @ret: 0, or an error when not all of it fitted
 *
 * Return: @ret.
 */
int netlink_end_message(struct sk_buff *skb, void *header, int ret)
{
	if (ret)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return ret;
}

/**
 * netlink_dump_result - what a dump returns
 * @skb: what was put into it
 * @ret: 0, or an error when a message did not fit
 *
 * Return: the length of what is in it, or the error when nothing fitted.
 */
int netlink_dump_result(const struct sk_buff *skb, int ret)
{
	return ret && !skb->len ? ret : skb->len;
}

/**
 * netlink_reply - answer a request with one message
 * @info: the request
 * @fill: puts the attributes
 * @arg: for @fill
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM or -EMSGSIZE.
 */
int netlink_reply(struct genl_info *info,
		  int (*fill)(struct sk_buff *skb, const void *arg),
		  const void *arg)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;
	int ret;

	if (!skb)
		return -ENOMEM;
	header = genlmsg_put_reply(skb, info, &cordon_family, 0,
				   info->genlhdr->cmd);
	ret = header ? fill(skb, arg) : -EMSGSIZE;
	if (ret) {
		nlmsg_free(skb);
		return ret;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/*
 * Whether a listener gets no events: it was opened by somebody who may not
 * manage policy.  A member cannot have opened one with that capability unless
 * the host gave it one, in which case the socket is the host's to give.
 */
static int is_barred(struct sock *listener, struct sk_buff *skb, void *unused)
{
	bool barred = true;

	read_lock_bh(&listener->sk_callback_lock);
	if (listener->sk_socket && listener->sk_socket->file)
		barred = !file_ns_capable(listener->sk_socket->file,
					  &init_user_ns, CAP_MAC_ADMIN);
	read_unlock_bh(&listener->sk_callback_lock);
	return barred;
}

/**
 * netlink_event_message - make the message that tells of an event
 * @event: the event
 *
 * Context: may sleep.
 * Return: the message, or NULL.
 */
struct sk_buff *netlink_event_message(const struct event *event)
{
	size_t size = NLMSG_DEFAULT_SIZE + event->size;
	struct sk_buff *skb = genlmsg_new(size, GFP_KERNEL);
	void *header;

	if (!skb)
		return NULL;
	header =
		genlmsg_put(skb, 0, 0, &cordon_family, 0, CORDON_CMD_EVENT_NTF);
	if (!header || netlink_put_event(skb, event, NETLINK_EVENT_ALL)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

/**
 * netlink_send_event - hand an event to all listeners
 * @skb: its message, which is taken over
 *
 * When there is none, or one that cannot keep up, it was sent all the same: who
 * misses it is told so by ENOBUFS and finds it in the history.
 *
 * Context: may sleep.
 */
void netlink_send_event(struct sk_buff *skb)
{
	compat_multicast(&cordon_family, skb, is_barred);
}

/* A transaction ends with the socket that began it. */
static int socket_released(struct notifier_block *block, unsigned long event,
			   void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC &&
	    notify->portid && net_eq(notify->net, &init_net))
		transaction_release(notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = {
	.notifier_call = socket_released,
};

/**
 * netlink_init - open for requests
 *
 * Context: may sleep.
 * Return: 0 or a negative error number.
 */
int netlink_init(void)
{
	int ret = netlink_register_notifier(&release_notifier);

	if (ret)
		return ret;
	ret = genl_register_family(&cordon_family);
	if (ret)
		netlink_unregister_notifier(&release_notifier);
	return ret;
}

/**
 * netlink_exit - take no more requests and forget transactions
 *
 * Context: may sleep.
 */
void netlink_exit(void)
{
	genl_unregister_family(&cordon_family);
	netlink_unregister_notifier(&release_notifier);
	transaction_release(0);
}
