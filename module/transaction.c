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
#include "request.h"

/* How many loaders may be at work at once. */
#define TRANSACTIONS_MAX 16

#define GUARD_OPS (__CORDON_GUARD_OP_LAST - 1)

/**
 * struct transaction - a policy on its way in
 * @list: among all transactions
 * @portid: port of its socket
 * @refused: a request of it was refused, so that it must not be committed
 * @draft: what it brought so far
 */
struct transaction {
	struct list_head list;
	u32 portid;
	bool refused;
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
		ret = request_refuse(info, NULL, -EALREADY,
				     "this socket has begun a transaction already");
	} else if (transaction_count == TRANSACTIONS_MAX) {
		ret = request_refuse(info, NULL, -EBUSY,
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
			return request_refuse(info, attr, -EINVAL,
					      "selector has both a cgroup and uids");
		return take_cgroup(info, tb[CORDON_SELECTOR_CGROUP], selector);
	}
	if (!first || !last)
		return request_refuse(info, attr, -EINVAL,
				      "selector has neither a cgroup nor two uids");
	selector->uid_first = nla_get_u32(first);
	selector->uid_last = nla_get_u32(last);
	if (selector->uid_first > selector->uid_last)
		return request_refuse(info, first, -EINVAL,
				      "uid range is reversed");
	/* (uid_t)-1 means "no user" and belongs to nobody. */
	if (selector->uid_last == U32_MAX)
		return request_refuse(info, last, -EINVAL,
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
		return request_refuse(info, nest, -EINVAL,
				      "tenant has no selector");
	if (count > POLICY_SELECTORS_MAX)
		return request_refuse(info, nest, -E2BIG,
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

/* Patterns of programs become the paths of one rule that allows them. */
static int take_setup(struct genl_info *info, struct nlattr *nest,
		      struct ruleset *setup)
{
	const struct rule rule = {
		.class = CORDON_CLASS_FILE,
		.action = CORDON_ACTION_ALLOW,
		.ops = CORDON_FILE_OP_EXEC,
	};
	struct ruleset_error error = {};
	struct nlattr *attr;
	int left;
	int ret;

	setup->file_default = CORDON_ACTION_DENY;
	nla_for_each_nested(attr, nest, left) {
		if (nla_type(attr) != CORDON_TENANT_SETUP)
			continue;
		ret = 0;
		if (!setup->rules.count)
			ret = ruleset_add(setup, &rule, "", &error);
		if (!ret)
			ret = ruleset_add_path(setup, nla_data(attr), &error);
		if (ret) {
			netlink_explain(info->extack, attr,
					"setup pattern: %s (at byte %zu)",
					error.why, error.at);
			return ret;
		}
	}
	return 0;
}

/* A number of a limit, which is in place of one that is there already. */
static int take_bound(struct genl_info *info, struct nlattr *attr, u32 max,
		      u32 *bound)
{
	u32 value = attr ? nla_get_u32(attr) : *bound;

	if (!value || value > max)
		return request_refuse(info, attr, -EINVAL,
				      "limit of events is 0 or too high");
	*bound = value;
	return 0;
}

static int take_limit(struct genl_info *info, struct nlattr **tb,
		      struct policy *policy)
{
	u32 rate = policy->rate;
	u32 burst = policy->burst;
	int ret = take_bound(info, tb[CORDON_TENANT_EVENT_RATE],
			     CORDON_EVENT_RATE_MAX, &rate);

	if (!ret)
		ret = take_bound(info, tb[CORDON_TENANT_EVENT_BURST],
				 CORDON_EVENT_BURST_MAX, &burst);
	if (!ret)
		policy_set_limit(policy, rate, burst);
	return ret;
}

static int take_policy(struct genl_info *info, struct nlattr *nest,
		       struct nlattr **tb, struct policy *policy)
{
	int ret;

	if (!tb[CORDON_TENANT_MODE])
		return request_missing(info, "mode");
	policy->mode = nla_get_u32(tb[CORDON_TENANT_MODE]);
	if (tb[CORDON_TENANT_FILE_DEFAULT])
		policy->rules.file_default =
			nla_get_u32(tb[CORDON_TENANT_FILE_DEFAULT]);
	if (tb[CORDON_TENANT_SOCKET_DEFAULT])
		policy->rules.socket_default =
			nla_get_u32(tb[CORDON_TENANT_SOCKET_DEFAULT]);
	policy->revoke = nla_get_flag(tb[CORDON_TENANT_REVOKE]);
	policy->event_self = nla_get_flag(tb[CORDON_TENANT_EVENT_SELF]);
	if (tb[CORDON_TENANT_GUARD_ALLOW] &&
	    (nla_get_u32(tb[CORDON_TENANT_GUARD_ALLOW]) & ~GUARD_OPS))
		return request_refuse(info, tb[CORDON_TENANT_GUARD_ALLOW],
				      -EINVAL, "unknown guard operations");
	/* Rules about paths need the guard, asked for or not. */
	if (tb[CORDON_TENANT_GUARD_ALLOW])
		policy->guard_denied =
			GUARD_OPS & ~nla_get_u32(tb[CORDON_TENANT_GUARD_ALLOW]);
	else if (policy->rules.file_default)
		policy->guard_denied = GUARD_OPS;
	if (policy->revoke && !policy->rules.file_default)
		return request_refuse(info, tb[CORDON_TENANT_REVOKE], -EINVAL,
				      "'revoke' without a file section");
	if (tb[CORDON_TENANT_ORIGIN]) {
		policy->origin = nla_strdup(tb[CORDON_TENANT_ORIGIN],
					    GFP_KERNEL_ACCOUNT);
		if (!policy->origin)
			return -ENOMEM;
	}
	ret = take_limit(info, tb, policy);
	if (!ret)
		ret = take_setup(info, nest, &policy->setup);
	return ret ? ret : take_selectors(info, nest, policy);
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
		return request_refuse(info, attr, -EEXIST,
				      "the transaction names this tenant already");
	if (draft->count == POLICY_TENANTS_MAX)
		return request_refuse(info, attr, -E2BIG,
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
		return request_missing(info, "tenant name");
	*name = nla_data(attr);
	if (!tenant_name_valid(*name))
		return request_refuse(info, attr, -EINVAL,
				      "tenant name is not letters, digits, '.', '_' and '-'");
	return 0;
}

/*
 * Whoever does not wait for the answers would commit the rest: a policy that
 * nobody wrote, with a denial missing perhaps.
 */
static void bar_commit(u32 portid)
{
	struct transaction *transaction;

	mutex_lock(&transaction_mutex);
	transaction = find_transaction(portid);
	if (transaction)
		transaction->refused = true;
	mutex_unlock(&transaction_mutex);
}

/* A policy that is refused in part is not going to be committed. */
static int told(struct genl_info *info, int ret)
{
	const struct netlink_ext_ack *extack = info->extack;

	if (!ret)
		return 0;
	bar_commit(info->snd_portid);
	policy_refused(ret, extack && extack->_msg ? extack->_msg : "");
	return ret;
}

static int take_tenant(struct genl_info *info)
{
	struct nlattr *nest = info->attrs[CORDON_A_TENANT];
	struct nlattr *tb[CORDON_TENANT_MAX + 1];
	struct policy *policy;
	const char *name;
	int ret;

	if (!nest)
		return request_missing(info, "tenant");
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

/**
 * transaction_add_tenant - handler of policy-add-tenant
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -E2BIG or -ENOMEM.
 */
int transaction_add_tenant(struct sk_buff *skb, struct genl_info *info)
{
	return told(info, take_tenant(info));
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
		ret = request_take_rule(info, attr, rules);
		draft->bytes += rules->bytes - before;
		if (ret)
			return ret;
		if (draft->bytes > policy_bytes_max())
			return request_refuse(info, attr, -E2BIG,
					      "policy is too big; see parameter policy_bytes_max");
	}
	return 0;
}

static int take_more_rules(struct genl_info *info)
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
		ret = request_refuse(info, attr, -ENOENT,
				     "the transaction does not define this tenant");
	else
		ret = take_rules(info, draft, &tenant->policy->rules);
	mutex_unlock(&transaction_mutex);
	return ret;
}

/**
 * transaction_add_rules - handler of policy-add-rules
 * @skb: the request
 * @info: the request
 *
 * After a refusal the rules in front of the one to blame are in the draft, which
 * cannot be committed any more.
 *
 * Return: 0, -ENOENT, -EINVAL, -EOPNOTSUPP, -E2BIG or -ENOMEM.
 */
int transaction_add_rules(struct sk_buff *skb, struct genl_info *info)
{
	return told(info, take_more_rules(info));
}

static int take_removal(struct genl_info *info)
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

/**
 * transaction_remove_tenant - handler of policy-remove-tenant
 * @skb: the request
 * @info: the request
 *
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -E2BIG or -ENOMEM.
 */
int transaction_remove_tenant(struct sk_buff *skb, struct genl_info *info)
{
	return told(info, take_removal(info));
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
 * Return: 0, -ENOENT without a transaction, -ECANCELED after a refusal in it, or
 * what policy_commit() returns.
 */
int transaction_commit(struct sk_buff *skb, struct genl_info *info)
{
	struct transaction *transaction = take_transaction(info);
	struct nlattr *attr = info->attrs[CORDON_A_EXPECT_GENERATION];
	char why[POLICY_WHY_SIZE];
	u64 expected = attr ? nla_get_u64(attr) : 0;
	u64 generation;
	int ret;

	if (!transaction)
		return -ENOENT;
	if (transaction->refused) {
		free_transaction(transaction);
		return request_refuse(info, NULL, -ECANCELED,
				      "a request of this transaction was refused");
	}
	transaction->draft.replace_all =
		nla_get_flag(info->attrs[CORDON_A_REPLACE_ALL]);
	transaction->draft.dry_run =
		nla_get_flag(info->attrs[CORDON_A_DRY_RUN]);
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
