// SPDX-License-Identifier: GPL-2.0
/*
 * The digest of a policy is of what the module was sent, which can be sent in
 * more than one way: so the messages are compared, without the origins.
 */
#include "wire.h"

#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "encode.h"
#include "normal.h"

static bool same_messages(struct nl_msg *a, struct nl_msg *b)
{
	bool same = !a == !b;

	if (a && b)
		same = nlmsg_hdr(a)->nlmsg_len == nlmsg_hdr(b)->nlmsg_len &&
		       !memcmp(nlmsg_hdr(a), nlmsg_hdr(b),
			       nlmsg_hdr(a)->nlmsg_len);
	nlmsg_free(a);
	nlmsg_free(b);
	return same;
}

/* Takes the origins away from a normal form, which only borrowed them. */
static void drop_origins(struct policy_tenant *tenant)
{
	static char nowhere[1];
	size_t i;

	tenant->origin = nowhere;
	for (i = 0; i < tenant->rule_count; i++)
		tenant->rules[i].origin = nowhere;
}

static bool same_tenants(struct policy_tenant *a, struct policy_tenant *b)
{
	struct rule_cursor in_a = { 0 };
	struct rule_cursor in_b = { 0 };
	bool same;

	drop_origins(a);
	drop_origins(b);
	same = a->rule_count == b->rule_count &&
	       same_messages(encode_tenant(0, a), encode_tenant(0, b));
	while (same && in_a.rule < a->rule_count)
		same = same_messages(encode_rules(0, a, &in_a),
				     encode_rules(0, b, &in_b));
	return same;
}

/* No rule is cut that another program sent in one piece. */
static bool is_cut(const struct policy *kernel, const struct policy *normal)
{
	return model_rule_count(kernel) == model_rule_count(normal);
}

/**
 * wire_same - whether a file tells the module what it was told already
 * @kernel: what is in force
 * @file: a policy that means the same
 *
 * Return: true when the digest stays the same after a load of @file.
 */
bool wire_same(const struct policy *kernel, const struct policy *file)
{
	struct policy a = normal_policy(kernel);
	struct policy b = normal_policy(file);
	bool same = a.count == b.count && is_cut(kernel, &a);
	size_t i;

	for (i = 0; same && i < a.count; i++)
		same = same_tenants(&a.tenants[i], &b.tenants[i]);
	normal_free(&a);
	normal_free(&b);
	return same;
}
