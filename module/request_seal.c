// SPDX-License-Identifier: GPL-2.0
/* The request to seal policy. */
#include <linux/slab.h>

#include "netlink.h"
#include "policy.h"
#include "request.h"

/* Tenants in one request; there can be more than one request. */
#define SEALS_MAX 1024u

static u32 count_names(const struct genl_info *info)
{
	struct nlattr *attr;
	u32 count = 0;
	int left;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left)
		count += nla_type(attr) == CORDON_A_SEAL_TENANT;
	return count;
}

/* Names end with a NUL: the core has checked that. */
static void take_names(const struct genl_info *info, const char **names)
{
	struct nlattr *attr;
	int left;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left)
		if (nla_type(attr) == CORDON_A_SEAL_TENANT)
			*names++ = nla_data(attr);
}

/**
 * request_seal - handler of policy-seal
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -E2BIG, -ENOMEM, or what policy_seal() returns.
 */
int request_seal(struct sk_buff *skb, struct genl_info *info)
{
	u32 count = count_names(info);
	const char **names;
	char why[POLICY_WHY_SIZE];
	int ret;

	if (count > SEALS_MAX)
		return request_refuse(info, NULL, -E2BIG,
				      "more than 1024 tenants in one request");
	names = kvcalloc(count + 1, sizeof(*names), GFP_KERNEL);
	if (!names)
		return -ENOMEM;
	take_names(info, names);
	ret = policy_seal(names, count, why, sizeof(why));
	kvfree(names);
	if (ret)
		netlink_explain(info->extack, NULL, "%s", why);
	return ret;
}
