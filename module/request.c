// SPDX-License-Identifier: GPL-2.0
/* Reading rules out of requests, and refusing what is wrong with them. */
#include "request.h"

#include "netlink.h"
#include "netlink_policy.h"

/* A rule must come back in one attribute of a dump, a little longer. */
#define RULE_SIZE_MAX 60000

/**
 * request_refuse - refuse a request
 * @info: the request
 * @attr: the attribute to blame, or NULL
 * @err: the error
 * @why: a static sentence
 *
 * Return: @err.
 */
int request_refuse(struct genl_info *info, const struct nlattr *attr, int err,
		   const char *why)
{
	netlink_explain(info->extack, attr, "%s", why);
	return err;
}

/**
 * request_missing - refuse a request that lacks an attribute
 * @info: the request
 * @what: the attribute
 *
 * Return: -EINVAL.
 */
int request_missing(struct genl_info *info, const char *what)
{
	netlink_explain(info->extack, NULL, "attribute '%s' is missing", what);
	return -EINVAL;
}

/* Only the bits of @known may be set. */
static int take_flags(struct genl_info *info, const struct nlattr *attr,
		      u32 known, u8 *flags)
{
	if (!attr)
		return 0;
	if (!nla_get_u32(attr) || (nla_get_u32(attr) & ~known))
		return request_refuse(info, attr, -EINVAL, "unknown flags");
	*flags = nla_get_u32(attr);
	return 0;
}

/* Numbers of address families and of socket types, which become sets. */
static int take_sets(struct genl_info *info, struct nlattr *nest,
		     struct rule *rule)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		if (nla_type(attr) == CORDON_RULE_FAMILY) {
			if (nla_get_u32(attr) >= FAMILIES_MAX)
				return request_refuse(info, attr, -EINVAL,
						      "address family is not in 0 to 63");
			rule->families |= BIT_ULL(nla_get_u32(attr));
		} else if (nla_type(attr) == CORDON_RULE_TYPE) {
			if (nla_get_u32(attr) >= SOCK_MAX)
				return request_refuse(info, attr, -EINVAL,
						      "there is no such socket type");
			rule->types |= BIT(nla_get_u32(attr));
		}
	}
	return 0;
}

static int take_rule_head(struct genl_info *info, struct nlattr **tb,
			  struct rule *rule)
{
	if (tb[CORDON_RULE_CLASS] &&
	    nla_get_u32(tb[CORDON_RULE_CLASS]) == CORDON_CLASS_GUARD)
		return request_refuse(info, tb[CORDON_RULE_CLASS], -EINVAL,
				      "the guard has no rules");
	if (!tb[CORDON_RULE_CLASS] || !tb[CORDON_RULE_ACTION] ||
	    !tb[CORDON_RULE_OPS] || !tb[CORDON_RULE_ORIGIN])
		return request_missing(info, "class, action, ops or origin");
	rule->class = nla_get_u32(tb[CORDON_RULE_CLASS]);
	rule->action = nla_get_u32(tb[CORDON_RULE_ACTION]);
	if (nla_get_u32(tb[CORDON_RULE_OPS]) > U16_MAX)
		return request_refuse(info, tb[CORDON_RULE_OPS], -EINVAL,
				      "unknown operations");
	rule->ops = nla_get_u32(tb[CORDON_RULE_OPS]);
	if (tb[CORDON_RULE_LOG])
		rule->log = nla_get_u32(tb[CORDON_RULE_LOG]);
	if (tb[CORDON_RULE_PEER])
		rule->peer = nla_get_u32(tb[CORDON_RULE_PEER]);
	return take_flags(info, tb[CORDON_RULE_PROTO], __CORDON_PROTO_LAST - 1,
			  &rule->protos);
}

static int take_addr(struct genl_info *info, struct nlattr *attr,
		     struct ruleset *rules, struct ruleset_error *error)
{
	struct nlattr *tb[CORDON_ADDR_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, CORDON_ADDR_MAX, attr,
			       cordon_addr_nla_policy, info->extack);
	if (ret)
		return ret;
	if (!tb[CORDON_ADDR_IP] || !tb[CORDON_ADDR_PREFIX_LEN])
		return request_missing(info, "ip or prefix-len");
	return ruleset_add_prefix(rules, nla_data(tb[CORDON_ADDR_IP]),
				  nla_len(tb[CORDON_ADDR_IP]),
				  nla_get_u32(tb[CORDON_ADDR_PREFIX_LEN]),
				  error);
}

static int take_range(struct genl_info *info, struct nlattr *attr,
		      const char *what, u32 *first, u32 *last)
{
	struct nlattr *tb[CORDON_PORT_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, CORDON_PORT_MAX, attr,
			       cordon_port_nla_policy, info->extack);
	if (ret)
		return ret;
	if (!tb[CORDON_PORT_FIRST] || !tb[CORDON_PORT_LAST])
		return request_missing(info, what);
	*first = nla_get_u32(tb[CORDON_PORT_FIRST]);
	*last = nla_get_u32(tb[CORDON_PORT_LAST]);
	return 0;
}

static int take_port(struct genl_info *info, struct nlattr *attr,
		     struct ruleset *rules, struct ruleset_error *error)
{
	u32 first, last;
	int ret = take_range(info, attr, "first or last port", &first, &last);

	return ret ? ret : ruleset_add_ports(rules, first, last, error);
}

static int take_cid(struct genl_info *info, struct nlattr *attr,
		    struct ruleset *rules, struct ruleset_error *error)
{
	u32 first, last;
	int ret = take_range(info, attr, "first or last cid", &first, &last);

	return ret ? ret : ruleset_add_cids(rules, first, last, error);
}

static int take_object(struct genl_info *info, struct nlattr *attr,
		       struct ruleset *rules, struct ruleset_error *error)
{
	switch (nla_type(attr)) {
	case CORDON_RULE_PATH:
		return ruleset_add_path(rules, nla_data(attr), error);
	case CORDON_RULE_ADDR:
		return take_addr(info, attr, rules, error);
	case CORDON_RULE_PORT:
		return take_port(info, attr, rules, error);
	case CORDON_RULE_ABSTRACT:
		return ruleset_add_abstract(rules, nla_data(attr), error);
	case CORDON_RULE_PROTOCOL:
		return ruleset_add_protocol(rules, nla_get_u32(attr), error);
	case CORDON_RULE_CID:
		return take_cid(info, attr, rules, error);
	default:
		return 0;
	}
}

static int explain_rule(struct genl_info *info, const struct nlattr *attr,
			const struct nlattr *origin, int err,
			const struct ruleset_error *error)
{
	if (error->why)
		netlink_explain(info->extack, attr, "%s: %s",
				(const char *)nla_data(origin), error->why);
	return err;
}

/**
 * request_take_rule - take a rule from a request
 * @info: the request
 * @nest: the rule
 * @rules: where it is added
 *
 * Context: may sleep.
 * Return: 0, -EINVAL, -EOPNOTSUPP, -EMSGSIZE, -E2BIG or -ENOMEM; the sender is
 * told why.
 */
int request_take_rule(struct genl_info *info, struct nlattr *nest,
		      struct ruleset *rules)
{
	struct nlattr *tb[CORDON_RULE_MAX + 1];
	struct ruleset_error error = {};
	struct rule rule = {};
	struct nlattr *attr;
	int left;
	int ret;

	if (nla_len(nest) > RULE_SIZE_MAX)
		return request_refuse(info, nest, -EMSGSIZE,
				      "rule is too long; split it");
	ret = nla_parse_nested(tb, CORDON_RULE_MAX, nest,
			       cordon_rule_nla_policy, info->extack);
	if (!ret)
		ret = take_rule_head(info, tb, &rule);
	if (!ret)
		ret = take_sets(info, nest, &rule);
	if (ret)
		return ret;
	ret = ruleset_add(rules, &rule, nla_data(tb[CORDON_RULE_ORIGIN]),
			  &error);
	if (ret)
		return explain_rule(info, nest, tb[CORDON_RULE_ORIGIN], ret,
				    &error);
	nla_for_each_nested(attr, nest, left) {
		ret = take_object(info, attr, rules, &error);
		if (ret)
			return explain_rule(info, attr, tb[CORDON_RULE_ORIGIN],
					    ret, &error);
	}
	return 0;
}
