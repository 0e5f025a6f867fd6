/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family. */
#ifndef CORDON_NETLINK_H
#define CORDON_NETLINK_H

#include <net/genetlink.h>

#include "event.h"

extern struct genl_family cordon_family;

__printf(3, 4) void netlink_explain(struct netlink_ext_ack *extack,
				    const struct nlattr *attr,
				    const char *format, ...);
int netlink_deny(u8 cmd, struct netlink_ext_ack *extack, const char *why);
int netlink_reply(struct genl_info *info,
		  int (*fill)(struct sk_buff *skb, const void *arg),
		  const void *arg);
struct sk_buff *netlink_event_message(const struct event *event);
void netlink_send_event(struct sk_buff *skb);
int netlink_end_message(struct sk_buff *skb, void *header, int ret);
int netlink_dump_result(const struct sk_buff *skb, int ret);
int netlink_init(void);
void netlink_exit(void);

/* netlink_event.c */

/**
 * enum netlink_view - what a reader may learn from an event
 * @NETLINK_EVENT_ALL: everything
 * @NETLINK_EVENT_OWN: what tells a tenant nothing of others
 * @NETLINK_EVENT_OWN_INSIDE: the same, to a reader to whom the numbers of
 * processes mean nothing
 */
enum netlink_view {
	NETLINK_EVENT_ALL,
	NETLINK_EVENT_OWN,
	NETLINK_EVENT_OWN_INSIDE,
};

int netlink_put_event(struct sk_buff *skb, const struct event *event,
		      enum netlink_view view);

/* transaction.c */
int transaction_begin(struct sk_buff *skb, struct genl_info *info);
int transaction_add_tenant(struct sk_buff *skb, struct genl_info *info);
int transaction_add_rules(struct sk_buff *skb, struct genl_info *info);
int transaction_remove_tenant(struct sk_buff *skb, struct genl_info *info);
int transaction_commit(struct sk_buff *skb, struct genl_info *info);
int transaction_abort(struct sk_buff *skb, struct genl_info *info);
int request_seal(struct sk_buff *skb, struct genl_info *info);
void transaction_release(u32 portid);

/* dump.c */
int dump_status(struct sk_buff *skb, struct genl_info *info);
int dump_tenants(struct sk_buff *skb, struct netlink_callback *cb);
int dump_rules(struct sk_buff *skb, struct netlink_callback *cb);
int dump_members(struct sk_buff *skb, struct netlink_callback *cb);

/* dump_event.c */
int dump_events(struct sk_buff *skb, struct netlink_callback *cb);
int event_self_get(struct sk_buff *skb, struct genl_info *info);

/* join.c */
int join_ask(struct sk_buff *skb, struct genl_info *info);

/* explain.c */
int explain(struct sk_buff *skb, struct genl_info *info);

#endif /* CORDON_NETLINK_H */
