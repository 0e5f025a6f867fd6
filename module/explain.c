// SPDX-License-Identifier: GPL-2.0
/*
 * What policy says to an act, for whoever asks: those who manage policy, as all
 * requests.  The answer comes from the functions that hooks call, and leaves
 * neither an event nor a count behind.
 *
 * Hooks look at a policy inside rcu_read_lock(), which is too short for walking
 * over a hundred thousand rules.  Here policy_mutex keeps the policy, and what
 * is in force does not change until the answer is made; a commit that waits for
 * it goes on when the one who asks is killed, which is looked at behind each rule.
 */
#include <linux/sched/signal.h>

#include "enrolled.h"
#include "match.h"
#include "netlink.h"
#include "netlink_policy.h"
#include "policy.h"
#include "request.h"

#define PAD 0

/* What is in an answer besides texts, with room to spare. */
#define ANSWER_BYTES 512
#define CANDIDATE_BYTES 96

/**
 * struct explanation - an answer while it is made
 * @tenant: the tenant
 * @policy: its policy
 * @query: the act
 * @finding: what the evaluator says
 * @matches: what rules are like
 */
struct explanation {
	const struct tenant *tenant;
	const struct policy *policy;
	struct query query;
	struct finding finding;
	struct matches matches;
};

/* Whether an act has no fields but those of its class, which may be 0. */
static int check_fields(struct genl_info *info, struct nlattr **tb)
{
	static const u32 of_class[] = {
		[CORDON_CLASS_FILE] = BIT(CORDON_ACT_PATH),
		[CORDON_CLASS_SOCKET] =
			BIT(CORDON_ACT_FAMILY) | BIT(CORDON_ACT_TYPE) |
			BIT(CORDON_ACT_PROTOCOL) | BIT(CORDON_ACT_ADDR) |
			BIT(CORDON_ACT_PORT) | BIT(CORDON_ACT_CID) |
			BIT(CORDON_ACT_NAME),
		[CORDON_CLASS_GUARD] = BIT(CORDON_ACT_OWN),
	};
	u32 class = nla_get_u32(tb[CORDON_ACT_CLASS]);
	u32 i;

	if (class >= ARRAY_SIZE(of_class))
		return request_refuse(info, tb[CORDON_ACT_CLASS], -EINVAL,
				      "this class decides nothing");
	for (i = CORDON_ACT_OP + 1; i <= CORDON_ACT_MAX; i++)
		if (tb[i] && !(of_class[class] & BIT(i)))
			return request_refuse(info, tb[i], -EINVAL,
					      "attribute is not one of this class");
	return 0;
}

static u32 number(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static void read_act(struct act *act, struct nlattr **tb)
{
	const struct nlattr *path = tb[CORDON_ACT_PATH] ?: tb[CORDON_ACT_NAME];

	*act = (struct act){
		.class = nla_get_u32(tb[CORDON_ACT_CLASS]),
		.op = nla_get_u32(tb[CORDON_ACT_OP]),
		.family = number(tb[CORDON_ACT_FAMILY]),
		.type = number(tb[CORDON_ACT_TYPE]),
		.protocol = number(tb[CORDON_ACT_PROTOCOL]),
		.port = number(tb[CORDON_ACT_PORT]),
		.cid = number(tb[CORDON_ACT_CID]),
		.has_port = tb[CORDON_ACT_PORT],
		.has_cid = tb[CORDON_ACT_CID],
		.own = tb[CORDON_ACT_OWN],
	};
	if (path) {
		act->path = nla_data(path);
		act->path_len = nla_len(path);
	}
	if (tb[CORDON_ACT_ADDR]) {
		act->ip = nla_data(tb[CORDON_ACT_ADDR]);
		act->ip_len = nla_len(tb[CORDON_ACT_ADDR]);
	}
}

static int take_act(struct genl_info *info, struct query *query)
{
	struct nlattr *nest = info->attrs[CORDON_A_ACT];
	struct nlattr *tb[CORDON_ACT_MAX + 1];
	const char *why = NULL;
	struct act act;
	int ret;

	if (!nest || !info->attrs[CORDON_A_TENANT_NAME])
		return request_missing(info, "tenant name or act");
	ret = nla_parse_nested(tb, CORDON_ACT_MAX, nest, cordon_act_nla_policy,
			       info->extack);
	if (ret)
		return ret;
	if (!tb[CORDON_ACT_CLASS] || !tb[CORDON_ACT_OP])
		return request_missing(info, "class or op");
	ret = check_fields(info, tb);
	if (ret)
		return ret;
	read_act(&act, tb);
	ret = query_make(query, &act, &why);
	return ret == -EINVAL ? request_refuse(info, nest, ret, why) : ret;
}

/* Looks at all rules, which may take a while. */
static int look_at_rules(struct explanation *e)
{
	const struct ruleset *rules = &e->policy->rules;
	u32 i;
	int ret;

	e->finding = query_rules(rules, &e->query);
	ret = matches_begin(&e->matches, rules, &e->query, e->finding);
	for (i = 0; !ret && i < rules->rules.count; i++) {
		matches_add(&e->matches, i);
		cond_resched();
		if (fatal_signal_pending(current))
			ret = -EINTR;
	}
	matches_end(&e->matches);
	return ret;
}

static int judge(struct explanation *e)
{
	if (e->query.class != CORDON_CLASS_GUARD)
		return look_at_rules(e);
	e->finding = query_guard(e->policy->guard_denied, &e->query);
	e->matches.decider = MATCH_NONE;
	e->matches.lifter = MATCH_NONE;
	return 0;
}

/* A pattern that is told, or NULL. */
static const char *told_pattern(const struct ruleset *rules,
				const struct match *match)
{
	const char *text;

	if (match->pattern == RULESET_NONE)
		return NULL;
	text = ruleset_text(rules, match->pattern);
	return strlen(text) <= CORDON_PATTERN_TOLD_MAX ? text : NULL;
}

static int put_candidate(struct sk_buff *skb, int type,
			 const struct ruleset *rules, const struct match *match)
{
	const char *pattern = told_pattern(rules, match);
	const struct rule *rule;
	struct nlattr *nest;

	if (match->rule == RULESET_NONE)
		return 0;
	rule = ruleset_rule(rules, match->rule);
	nest = nla_nest_start(skb, type);
	if (!nest || nla_put_u32(skb, CORDON_CANDIDATE_RULE, match->rule) ||
	    nla_put_string(skb, CORDON_CANDIDATE_ORIGIN,
			   ruleset_text(rules, rule->origin)) ||
	    nla_put_u32(skb, CORDON_CANDIDATE_ACTION, rule->action) ||
	    nla_put_u32(skb, CORDON_CANDIDATE_OPS, rule->ops) ||
	    nla_put_u32(skb, CORDON_CANDIDATE_MISSES, match->misses) ||
	    nla_put_u32(skb, CORDON_CANDIDATE_AGREES, match->agrees) ||
	    (pattern && nla_put_string(skb, CORDON_CANDIDATE_PATTERN, pattern)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_rules(struct sk_buff *skb, const struct explanation *e)
{
	const struct matches *matches = &e->matches;
	const struct ruleset *rules = &e->policy->rules;
	int ret = put_candidate(skb, CORDON_ANSWER_RULE, rules,
				&matches->decider);
	u32 i;

	if (!ret)
		ret = put_candidate(skb, CORDON_ANSWER_LIFTS, rules,
				    &matches->lifter);
	for (i = 0; !ret && i < matches->kept; i++)
		ret = put_candidate(skb, CORDON_ANSWER_NEAR, rules,
				    &matches->near[i]);
	if (!ret)
		ret = nla_put_u32(skb, CORDON_ANSWER_NEAR_COUNT,
				  matches->count);
	return ret;
}

static const char *origin_of(const struct explanation *e)
{
	const struct ruleset *rules = &e->policy->rules;
	u32 rule = e->matches.decider.rule;

	if (rule != RULESET_NONE)
		return ruleset_text(rules, ruleset_rule(rules, rule)->origin);
	return e->policy->origin ?: "";
}

static int put_answer(struct sk_buff *skb, const struct explanation *e)
{
	struct nlattr *nest;
	int ret;

	if (nla_put_string(skb, CORDON_A_TENANT_NAME, e->tenant->name))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, CORDON_A_ANSWER);
	if (!nest ||
	    nla_put_u32(skb, CORDON_ANSWER_RULING, e->finding.ruling) ||
	    nla_put_u32(skb, CORDON_ANSWER_BASIS, e->finding.basis) ||
	    nla_put_u32(skb, CORDON_ANSWER_MODE, e->policy->mode) ||
	    nla_put_u64_64bit(skb, CORDON_ANSWER_GENERATION,
			      e->policy->generation, PAD) ||
	    nla_put_string(skb, CORDON_ANSWER_ORIGIN, origin_of(e)) ||
	    (e->finding.condition &&
	     nla_put_u32(skb, CORDON_ANSWER_CONDITION, e->finding.condition)))
		return -EMSGSIZE;
	ret = put_rules(skb, e);
	if (!ret)
		nla_nest_end(skb, nest);
	return ret;
}

static size_t candidate_size(const struct ruleset *rules,
			     const struct match *match)
{
	const char *pattern = told_pattern(rules, match);

	return CANDIDATE_BYTES + CORDON_ORIGIN_MAX +
	       (pattern ? strlen(pattern) : 0);
}

static size_t answer_size(const struct explanation *e)
{
	const struct matches *matches = &e->matches;
	const struct ruleset *rules = &e->policy->rules;
	size_t size = ANSWER_BYTES + CORDON_NAME_MAX + CORDON_ORIGIN_MAX +
		      candidate_size(rules, &matches->decider) +
		      candidate_size(rules, &matches->lifter);
	u32 i;

	for (i = 0; i < matches->kept; i++)
		size += candidate_size(rules, &matches->near[i]);
	return size;
}

static struct sk_buff *make_answer(struct genl_info *info,
				   const struct explanation *e)
{
	struct sk_buff *skb = genlmsg_new(answer_size(e), GFP_KERNEL);
	void *header;

	if (!skb)
		return NULL;
	header = genlmsg_put_reply(skb, info, &cordon_family, 0,
				   info->genlhdr->cmd);
	if (!header || put_answer(skb, e)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

/* The answer about a tenant, or NULL with @ret set. */
static struct sk_buff *answer_locked(struct genl_info *info,
				     struct explanation *e, int *ret)
{
	const struct nlattr *name = info->attrs[CORDON_A_TENANT_NAME];
	struct sk_buff *skb;

	e->tenant = enrolled_find(nla_data(name));
	if (!e->tenant) {
		*ret = request_refuse(info, name, -ENOENT,
				      "there is no tenant of that name");
		return NULL;
	}
	e->policy = policy_locked(e->tenant);
	*ret = judge(e);
	if (*ret)
		return NULL;
	skb = make_answer(info, e);
	*ret = skb ? 0 : -ENOMEM;
	return skb;
}

/**
 * explain - handler of explain
 * @skb: the request
 * @info: the request
 *
 * Context: may sleep.
 * Return: 0, -EINVAL, -ENOENT when there is no such tenant, -EINTR or -ENOMEM.
 */
int explain(struct sk_buff *skb, struct genl_info *info)
{
	struct explanation *e = kzalloc(sizeof(*e), GFP_KERNEL);
	struct sk_buff *answer = NULL;
	int ret;

	if (!e)
		return -ENOMEM;
	ret = take_act(info, &e->query);
	if (!ret)
		ret = mutex_lock_killable(&policy_mutex);
	if (!ret) {
		answer = answer_locked(info, e, &ret);
		mutex_unlock(&policy_mutex);
	}
	query_clear(&e->query);
	kfree(e);
	return ret ? ret : genlmsg_reply(answer, info);
}
