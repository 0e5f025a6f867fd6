// SPDX-License-Identifier: GPL-2.0
/*
 * Transactions: what one socket has sent between begin and commit.
 *
 * A transaction is known by the port of its socket.  The core tells us when
 * that socket is closed, before its port can be given to another.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "netlink.h"
#include "netlink_policy.h"
#include "pattern.h"
#include "policy.h"

/* How many loaders may be at work at once. */
#define TRANSACTIONS_MAX 16

#define GUARD_OPS (__CORDON_GUARD_OP_LAST - 1)

/* A rule must come back in one attribute of a dump, a little longer. */
#define RULE_SIZE_MAX 60000

/**
 * struct transaction - a policy on its way in
 * @list: among all transactions
 * @portid: port of its socket
 * @draft: what it brought so far
 */
struct transaction {
	struct list_head list;
	u32 portid;
	struct draft draft;
};

/* Protects the list and all drafts on it; never held during a commit. */
static DEFINE_MUTEX(transaction_mutex);
static LIST_HEAD(transactions);
static u32 transaction_count;

static struct transaction *find_transaction(u32 portid)
{
	struct transaction *transaction;

	lockdep_assert_held(&transaction_mutex);
	list_for_each_entry(transaction, &transactions, list)
		if (transaction->portid == portid)
			return transaction;
	return NULL;
}

static void unlink_transaction(struct transaction *transaction)
{
	lockdep_assert_held(&transaction_mutex);
	list_del(&transaction->list);
	transaction_count--;
}

static void free_transaction(struct transaction *transaction)
{
	draft_destroy(&transaction->draft);
	kfree(transaction);
}

static int refuse(struct genl_info *info, const struct nlattr *attr, int err,
		  const char *why)
{
	netlink_explain(info->extack, attr, "%s", why);
	return err;
}

static int refuse_missing(struct genl_info *info, const char *what)
{
	netlink_explain(info->extack, NULL, "attribute '%s' is missing", what);
	return -EINVAL;
}

/**
 * transaction_begin - handler of policy-begin
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -EALREADY, -EBUSY or -ENOMEM.
 */
int transaction_begin(struct sk_buff *skb, struct genl_info *info)
{
	struct transaction *transaction;
	int ret = 0;

	transaction = kzalloc(sizeof(*transaction), GFP_KERNEL_ACCOUNT);
	if (!transaction)
		return -ENOMEM;
	transaction->portid = info->snd_portid;
	draft_init(&transaction->draft);
	mutex_lock(&transaction_mutex);
	if (find_transaction(info->snd_portid)) {
		ret = refuse(info, NULL, -EALREADY,
			     "this socket has begun a transaction already");
	} else if (transaction_count == TRANSACTIONS_MAX) {
		ret = refuse(info, NULL, -EBUSY,
			     "too many transactions are open");
	} else {
		list_add(&transaction->list, &transactions);
		transaction_count++;
	}
	mutex_unlock(&transaction_mutex);
	if (ret)
		kfree(transaction);
	return ret;
}

static int take_cgroup(struct genl_info *info, struct nlattr *attr,
		       struct selector *selector)
{
	const char *pattern = nla_data(attr);
	struct pattern_error error = {};

	if (pattern_check(pattern, PATTERN_CGROUP, &error)) {
		netlink_explain(info->extack, attr,
				"cgroup pattern: %s (at byte %zu)", error.why,
				error.at);
		return -EINVAL;
	}
	selector->cgroup = kvmalloc(strlen(pattern) + 1, GFP_KERNEL_ACCOUNT);
	if (!selector->cgroup)
		return -ENOMEM;
	strcpy(selector->cgroup, pattern);
	return 0;
}

static int take_selector(struct genl_info *info, struct nlattr *attr,
			 struct selector *selector)
{
	struct nlattr *tb[CORDON_SELECTOR_MAX + 1];
	struct nlattr *first, *last;
	int ret;

	ret = nla_parse_nested(tb, CORDON_SELECTOR_MAX, attr,
			       cordon_selector_nla_policy, info->extack);
	if (ret)
		return ret;
	first = tb[CORDON_SELECTOR_UID_FIRST];
	last = tb[CORDON_SELECTOR_UID_LAST];
	if (tb[CORDON_SELECTOR_CGROUP]) {
		if (first || last)
			return refuse(info, attr, -EINVAL,
				      "selector has both a cgroup and uids");
		return take_cgroup(info, tb[CORDON_SELECTOR_CGROUP], selector);
	}
	if (!first || !last)
		return refuse(info, attr, -EINVAL,
			      "selector has neither a cgroup nor two uids");
	selector->uid_first = nla_get_u32(first);
	selector->uid_last = nla_get_u32(last);
	if (selector->uid_first > selector->uid_last)
		return refuse(info, first, -EINVAL, "uid range is reversed");
	/* (uid_t)-1 means "no user" and belongs to nobody. */
	if (selector->uid_last == U32_MAX)
		return refuse(info, last, -EINVAL,
			      "uid 4294967295 is no user's");
	return 0;
}

static int take_selectors(struct genl_info *info, struct nlattr *nest,
			  struct policy *policy)
{
	struct nlattr *attr;
	u32 count = 0;
	int left;
	int ret;

	nla_for_each_nested(attr, nest, left)
		count += nla_type(attr) == CORDON_TENANT_SELECTOR;
	if (!count)
		return refuse(info, nest, -EINVAL, "tenant has no selector");
	if (count > POLICY_SELECTORS_MAX)
		return refuse(info, nest, -E2BIG,
			      "tenant has more than 1024 selectors");
	policy->selectors =
		kvcalloc(count, sizeof(*policy->selectors), GFP_KERNEL_ACCOUNT);
	if (!policy->selectors)
		return -ENOMEM;
	nla_for_each_nested(attr, nest, left) {
		if (nla_type(attr) != CORDON_TENANT_SELECTOR)
			continue;
		ret = take_selector(info, attr,
				    &policy->selectors[policy->selector_count]);
		if (ret)
			return ret;
		policy->selector_count++;
	}
	return 0;
}

static int take_policy(struct genl_info *info, struct nlattr *nest,
		       struct nlattr **tb, struct policy *policy)
{
	if (!tb[CORDON_TENANT_MODE])
		return refuse_missing(info, "mode");
	policy->mode = nla_get_u32(tb[CORDON_TENANT_MODE]);
	if (tb[CORDON_TENANT_FILE_DEFAULT])
		policy->rules.file_default =
			nla_get_u32(tb[CORDON_TENANT_FILE_DEFAULT]);
	if (tb[CORDON_TENANT_SOCKET_DEFAULT])
		policy->rules.socket_default =
			nla_get_u32(tb[CORDON_TENANT_SOCKET_DEFAULT]);
	policy->revoke = nla_get_flag(tb[CORDON_TENANT_REVOKE]);
	if (tb[CORDON_TENANT_GUARD_ALLOW] &&
	    (nla_get_u32(tb[CORDON_TENANT_GUARD_ALLOW]) & ~GUARD_OPS))
		return refuse(info, tb[CORDON_TENANT_GUARD_ALLOW], -EINVAL,
			      "unknown guard operations");
	/* Rules about paths need the guard, asked for or not. */
	if (tb[CORDON_TENANT_GUARD_ALLOW])
		policy->guard_denied =
			GUARD_OPS & ~nla_get_u32(tb[CORDON_TENANT_GUARD_ALLOW]);
	else if (policy->rules.file_default)
		policy->guard_denied = GUARD_OPS;
	if (policy->revoke && !policy->rules.file_default)
		return refuse(info, tb[CORDON_TENANT_REVOKE], -EINVAL,
			      "'revoke' without a file section");
	if (tb[CORDON_TENANT_ORIGIN]) {
		policy->origin = nla_strdup(tb[CORDON_TENANT_ORIGIN],
					    GFP_KERNEL_ACCOUNT);
		if (!policy->origin)
			return -ENOMEM;
	}
	return take_selectors(info, nest, policy);
}

/* Finds the transaction of a request; transaction_mutex is held. */
static struct draft *request_draft(struct genl_info *info)
{
	struct transaction *transaction = find_transaction(info->snd_portid);

	if (transaction)
		return &transaction->draft;
	netlink_explain(info->extack, NULL,
			"this socket has not begun a transaction");
	return NULL;
}

static int add_tenant(struct genl_info *info, const char *name,
		      const struct nlattr *attr, struct policy *policy)
{
	struct draft *draft = request_draft(info);
	struct draft_tenant *tenant;

	if (!draft)
		return -ENOENT;
	if (draft_find(draft, name))
		return refuse(info, attr, -EEXIST,
			      "the transaction names this tenant already");
	if (draft->count == POLICY_TENANTS_MAX)
		return refuse(info, attr, -E2BIG,
			      "the transaction has too many tenants");
	tenant = draft_add(draft, name);
	if (!tenant)
		return -ENOMEM;
	tenant->policy = policy;
	return 0;
}

static int take_name(struct genl_info *info, const struct nlattr *attr,
		     const char **name)
{
	if (!attr)
		return refuse_missing(info, "tenant name");
	*name = nla_data(attr);
	if (!tenant_name_valid(*name))
		return refuse(info, attr, -EINVAL,
			      "tenant name is not letters, digits, '.', '_' and '-'");
	return 0;
}

/**
 * transaction_add_tenant - handler of policy-add-tenant
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -E2BIG or -ENOMEM.
 */
int transaction_add_tenant(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *nest = info->attrs[CORDON_A_TENANT];
	struct nlattr *tb[CORDON_TENANT_MAX + 1];
	struct policy *policy;
	const char *name;
	int ret;

	if (!nest)
		return refuse_missing(info, "tenant");
	ret = nla_parse_nested(tb, CORDON_TENANT_MAX, nest,
			       cordon_tenant_nla_policy, info->extack);
	if (!ret)
		ret = take_name(info, tb[CORDON_TENANT_NAME], &name);
	if (ret)
		return ret;
	policy = policy_new();
	if (!policy)
		return -ENOMEM;
	ret = take_policy(info, nest, tb, policy);
	if (!ret) {
		mutex_lock(&transaction_mutex);
		ret = add_tenant(info, name, tb[CORDON_TENANT_NAME], policy);
		mutex_unlock(&transaction_mutex);
	}
	if (ret)
		policy_free(policy);
	return ret;
}

/* Only the bits of @known may be set. */
static int take_flags(struct genl_info *info, const struct nlattr *attr,
		      u32 known, u8 *flags)
{
	if (!attr)
		return 0;
	if (!nla_get_u32(attr) || (nla_get_u32(attr) & ~known))
		return refuse(info, attr, -EINVAL, "unknown flags");
	*flags = nla_get_u32(attr);
	return 0;
}

static int take_rule_head(struct genl_info *info, struct nlattr **tb,
			  struct rule *rule)
{
	int ret;

	if (tb[CORDON_RULE_CLASS] &&
	    nla_get_u32(tb[CORDON_RULE_CLASS]) == CORDON_CLASS_GUARD)
		return refuse(info, tb[CORDON_RULE_CLASS], -EINVAL,
			      "the guard has no rules");
	if (!tb[CORDON_RULE_CLASS] || !tb[CORDON_RULE_ACTION] ||
	    !tb[CORDON_RULE_OPS] || !tb[CORDON_RULE_ORIGIN])
		return refuse_missing(info, "class, action, ops or origin");
	rule->class = nla_get_u32(tb[CORDON_RULE_CLASS]);
	rule->action = nla_get_u32(tb[CORDON_RULE_ACTION]);
	if (nla_get_u32(tb[CORDON_RULE_OPS]) > U16_MAX)
		return refuse(info, tb[CORDON_RULE_OPS], -EINVAL,
			      "unknown operations");
	rule->ops = nla_get_u32(tb[CORDON_RULE_OPS]);
	if (tb[CORDON_RULE_LOG])
		rule->log = nla_get_u32(tb[CORDON_RULE_LOG]);
	ret = take_flags(info, tb[CORDON_RULE_FAMILY], __CORDON_FAMILY_LAST - 1,
			 &rule->families);
	if (ret)
		return ret;
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
		return refuse_missing(info, "ip or prefix-len");
	return ruleset_add_prefix(rules, nla_data(tb[CORDON_ADDR_IP]),
				  nla_len(tb[CORDON_ADDR_IP]),
				  nla_get_u32(tb[CORDON_ADDR_PREFIX_LEN]),
				  error);
}

static int take_port(struct genl_info *info, struct nlattr *attr,
		     struct ruleset *rules, struct ruleset_error *error)
{
	struct nlattr *tb[CORDON_PORT_MAX + 1];
	int ret;

	ret = nla_parse_nested(tb, CORDON_PORT_MAX, attr,
			       cordon_port_nla_policy, info->extack);
	if (ret)
		return ret;
	if (!tb[CORDON_PORT_FIRST] || !tb[CORDON_PORT_LAST])
		return refuse_missing(info, "first or last port");
	return ruleset_add_ports(rules, nla_get_u32(tb[CORDON_PORT_FIRST]),
				 nla_get_u32(tb[CORDON_PORT_LAST]), error);
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

static int take_rule(struct genl_info *info, struct nlattr *nest,
		     struct ruleset *rules)
{
	struct nlattr *tb[CORDON_RULE_MAX + 1];
	struct ruleset_error error = {};
	struct rule rule = {};
	struct nlattr *attr;
	int left;
	int ret;

	if (nla_len(nest) > RULE_SIZE_MAX)
		return refuse(info, nest, -EMSGSIZE,
			      "rule is too long; split it");
	ret = nla_parse_nested(tb, CORDON_RULE_MAX, nest,
			       cordon_rule_nla_policy, info->extack);
	if (!ret)
		ret = take_rule_head(info, tb, &rule);
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

static int take_rules(struct genl_info *info, struct draft *draft,
		      struct ruleset *rules)
{
	struct nlattr *attr;
	int left;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		size_t before = rules->bytes;
		int ret;

		if (nla_type(attr) != CORDON_A_RULE)
			continue;
		ret = take_rule(info, attr, rules);
		draft->bytes += rules->bytes - before;
		if (ret)
			return ret;
		if (draft->bytes > policy_bytes_max())
			return refuse(info, attr, -E2BIG,
				      "policy is too big; see parameter policy_bytes_max");
	}
	return 0;
}

/**
 * transaction_add_rules - handler of policy-add-rules
 * @skb: the request
 * @info: the request
 *
 * After a refusal the rules in front of the one to blame are in the draft; the
 * sender is expected to abort.
 *
 * Return: 0, -ENOENT, -EINVAL, -EOPNOTSUPP, -E2BIG or -ENOMEM.
 */
int transaction_add_rules(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[CORDON_A_TENANT_NAME];
	struct draft_tenant *tenant;
	struct draft *draft;
	const char *name;
	int ret;

	ret = take_name(info, attr, &name);
	if (ret)
		return ret;
	mutex_lock(&transaction_mutex);
	draft = request_draft(info);
	tenant = draft ? draft_find(draft, name) : NULL;
	if (!draft)
		ret = -ENOENT;
	else if (!tenant || !tenant->policy)
		ret = refuse(info, attr, -ENOENT,
			     "the transaction does not define this tenant");
	else
		ret = take_rules(info, draft, &tenant->policy->rules);
	mutex_unlock(&transaction_mutex);
	return ret;
}

/**
 * transaction_remove_tenant - handler of policy-remove-tenant
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -E2BIG or -ENOMEM.
 */
int transaction_remove_tenant(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[CORDON_A_TENANT_NAME];
	const char *name;
	int ret;

	ret = take_name(info, attr, &name);
	if (ret)
		return ret;
	mutex_lock(&transaction_mutex);
	ret = add_tenant(info, name, attr, NULL);
	mutex_unlock(&transaction_mutex);
	return ret;
}

/* Takes the transaction of a request off the list. */
static struct transaction *take_transaction(struct genl_info *info)
{
	struct transaction *transaction;

	mutex_lock(&transaction_mutex);
	transaction = find_transaction(info->snd_portid);
	if (transaction)
		unlink_transaction(transaction);
	mutex_unlock(&transaction_mutex);
	if (!transaction)
		netlink_explain(info->extack, NULL,
				"this socket has not begun a transaction");
	return transaction;
}

static int put_generation(struct sk_buff *skb, const void *generation)
{
	return nla_put_u64_64bit(skb, CORDON_A_GENERATION,
				 *(const u64 *)generation, CORDON_A_UNSPEC);
}

/**
 * transaction_commit - handler of policy-commit
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -ENOENT without a transaction, or what policy_commit() returns.
 */
int transaction_commit(struct sk_buff *skb, struct genl_info *info)
{
	struct transaction *transaction = take_transaction(info);
	struct nlattr *attr = info->attrs[CORDON_A_EXPECT_GENERATION];
	char why[256];
	u64 expected = attr ? nla_get_u64(attr) : 0;
	u64 generation;
	int ret;

	if (!transaction)
		return -ENOENT;
	transaction->draft.replace_all =
		nla_get_flag(info->attrs[CORDON_A_REPLACE_ALL]);
	why[0] = '\0';
	ret = policy_commit(&transaction->draft, attr ? &expected : NULL,
			    &generation, why, sizeof(why));
	free_transaction(transaction);
	if (ret) {
		netlink_explain(info->extack, NULL, "%s", why);
		return ret;
	}
	return netlink_reply(info, put_generation, &generation);
}

/**
 * transaction_abort - handler of policy-abort
 * @skb: the request
 * @info: the request
 *
 * Return: 0, or -ENOENT without a transaction.
 */
int transaction_abort(struct sk_buff *skb, struct genl_info *info)
{
	struct transaction *transaction = take_transaction(info);

	if (!transaction)
		return -ENOENT;
	free_transaction(transaction);
	return 0;
}

/**
 * transaction_release - forget the transaction of a socket
 * @portid: its port, or 0 for all transactions
 *
 * Context: may sleep.
 */
void transaction_release(u32 portid)
{
	struct transaction *transaction, *next;

	mutex_lock(&transaction_mutex);
	list_for_each_entry_safe(transaction, next, &transactions, list) {
		if (portid && transaction->portid != portid)
			continue;
		unlink_transaction(transaction);
		free_transaction(transaction);
	}
	mutex_unlock(&transaction_mutex);
}
