// SPDX-License-Identifier: GPL-2.0
/*
 * Decoding skips such attributes, so that an older tool reads a newer module.
 * But what is written out without them means something else, and what differs
 * in them alone is not the same: whoever says either has to know.
 */
#include "unknown.h"

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <linux/cordon.h>

/* Why what the kernel has cannot be written out or compared. */
const char unknown_why[] =
	"the module knows more of it than this tool; "
	"use the cordonctl of its version, see 'cordonctl version'";

/**
 * struct nest - an attribute with others in it
 * @type: the attribute
 * @max: the last of those in it
 * @nests: those in it that have others in them, up to one with @max 0; or NULL
 */
struct nest {
	int type;
	int max;
	const struct nest *nests;
};

static const struct nest in_tenant[] = {
	{ CORDON_TENANT_SELECTOR, CORDON_SELECTOR_MAX },
	{},
};

static const struct nest in_rule[] = {
	{ CORDON_RULE_ADDR, CORDON_ADDR_MAX },
	{ CORDON_RULE_PORT, CORDON_PORT_MAX },
	{ CORDON_RULE_CID, CORDON_PORT_MAX },
	{},
};

static const struct nest in_message[] = {
	{ CORDON_A_TENANT, CORDON_TENANT_MAX, in_tenant },
	{ CORDON_A_RULE, CORDON_RULE_MAX, in_rule },
	{},
};

static const struct nest *find(const struct nest *nests, int type)
{
	for (; nests && nests->max; nests++)
		if (nests->type == type)
			return nests;
	return NULL;
}

/* Nesting is as deep as the tables are. */
static size_t count_in(struct nlattr *attr, int rest, int max,
		       const struct nest *nests)
{
	size_t count = 0;

	for (; nla_ok(attr, rest); attr = nla_next(attr, &rest)) {
		const struct nest *nest = find(nests, nla_type(attr));

		count += nla_type(attr) > max;
		if (nest)
			count += count_in(nla_data(attr), nla_len(attr),
					  nest->max, nest->nests);
	}
	return count;
}

/**
 * unknown_attributes - count what this tool does not know in a message
 * @header: a message of a dump of tenants or rules
 *
 * Return: how many attributes, of tenants and rules and in them.
 */
size_t unknown_attributes(struct nlmsghdr *header)
{
	if (!genlmsg_valid_hdr(header, 0))
		return 0;
	return count_in(nlmsg_attrdata(header, GENL_HDRLEN),
			nlmsg_attrlen(header, GENL_HDRLEN), CORDON_A_MAX,
			in_message);
}
