/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asking the evaluator: an act in, and what policy says to it.
 *
 * The kernel answers queries by this, and so does the tool without a kernel.
 */
#ifndef CORDON_QUERY_H
#define CORDON_QUERY_H

#include "decide.h"

/* Longest path that can be asked about. */
#define QUERY_PATH_MAX 4096

/**
 * struct act - what is asked about, as somebody puts it
 * @class: enum cordon_class
 * @op: one operation flag of the class
 * @path: path of a file, or name of a unix socket as events have it, or NULL
 * @path_len: its length in bytes
 * @family: address family (socket)
 * @type: socket type, 0 when it is not known (socket)
 * @protocol: protocol number (socket)
 * @ip: address in network order, or NULL (socket)
 * @ip_len: its length in bytes
 * @port: port in host order (socket)
 * @cid: vsock context id (socket)
 * @has_port: there is a port
 * @has_cid: there is a context id
 * @own: the other task belongs to the same tenant (guard)
 */
struct act {
	u32 class;
	u32 op;
	const char *path;
	u32 path_len;
	u32 family;
	u32 type;
	u32 protocol;
	const u8 *ip;
	u32 ip_len;
	u32 port;
	u32 cid;
	bool has_port;
	bool has_cid;
	bool own;
};

/**
 * struct query - the same as the evaluator takes it
 * @class: enum cordon_class
 * @op: one operation flag
 * @named: @path is that of the object
 * @addressed: it is judged by @endpoint, and by @kind otherwise
 * @any_ipv6: the address is any of IPv6
 * @own: the other task belongs to the same tenant
 * @path: the path
 * @endpoint: the address
 * @kind: what the socket is
 * @text: the bytes that @path and @kind refer to
 * @names: the names of @path
 */
struct query {
	u8 class;
	u16 op;
	bool named;
	bool addressed;
	bool any_ipv6;
	bool own;
	struct pathname path;
	struct endpoint endpoint;
	struct kind kind;
	char *text;
	struct component *names;
};

/**
 * struct finding - what rules say
 * @ruling: enum cordon_ruling
 * @basis: enum cordon_basis
 * @condition: enum cordon_condition, or 0
 * @rule: index of the rule that decided, or RULESET_NONE
 * @lifts: index of the rule that allows it under the condition, or RULESET_NONE
 */
struct finding {
	u8 ruling;
	u8 basis;
	u8 condition;
	u32 rule;
	u32 lifts;
};

int query_make(struct query *query, const struct act *act, const char **why);
struct finding query_rules(const struct ruleset *set,
			   const struct query *query);
struct finding query_guard(u16 denied, const struct query *query);
void query_clear(struct query *query);

#endif /* CORDON_QUERY_H */
