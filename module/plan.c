// SPDX-License-Identifier: GPL-2.0
/*
 * What a commit is going to bring: compiled, bounded, and added up, without
 * anything of it being in force.
 */
#include "plan.h"

#include <linux/slab.h>

#include "enrolled.h"
#include "hooks.h"
#include "seal.h"
#include "selectors.h"

/**
 * commit_refuse - say why a commit is refused
 * @commit: the commit
 * @err: the negative error number
 * @format: format of a sentence
 *
 * Return: @err.
 */
int commit_refuse(struct commit *commit, int err, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vscnprintf(commit->why, commit->why_size, format, arguments);
	va_end(arguments);
	return err;
}

/* Most tenants list no set-up. */
static int compile_setup(struct commit *commit, struct draft_tenant *tenant)
{
	struct ruleset_error error = { .rule = RULESET_NONE };
	struct ruleset *setup = &tenant->policy->setup;
	int ret = setup->rules.count ? ruleset_compile(setup, &error) : 0;

	if (ret)
		commit_refuse(commit, ret, "tenant %s: setup: %s", tenant->name,
			      error.why);
	return ret;
}

static int compile_tenant(struct commit *commit, struct draft_tenant *tenant)
{
	struct ruleset_error error = { .rule = RULESET_NONE };
	struct ruleset *rules = &tenant->policy->rules;
	int ret = compile_setup(commit, tenant);

	if (ret)
		return ret;
	ret = ruleset_compile(rules, &error);
	if (!ret)
		return 0;
	if (error.rule == RULESET_NONE)
		return commit_refuse(commit, ret, "tenant %s: %s", tenant->name,
				     error.why);
	return commit_refuse(commit, ret, "%s: %s",
			     ruleset_text(rules, ruleset_rule(rules, error.rule)
							 ->origin),
			     error.why);
}

/* Gives each tenant that the draft names its next policy. */
static int plan_tenant(struct commit *commit, struct draft_tenant *drafted)
{
	struct tenant *tenant = enrolled_find(drafted->name);
	int ret = tenant ? seal_check_tenant(commit, tenant) : 0;

	if (ret)
		return ret;
	if (!drafted->policy) {
		if (!tenant)
			return commit_refuse(commit, -ENOENT,
					     "tenant %s: there is none of that name",
					     drafted->name);
		tenant->next = policy_new();
		if (!tenant->next)
			return commit_refuse(commit, -ENOMEM, "out of memory");
		tenant->next->removes = true;
		return 0;
	}
	ret = compile_tenant(commit, drafted);
	if (ret)
		return ret;
	if (!tenant) {
		tenant = tenant_new(drafted->name);
		if (!tenant)
			return commit_refuse(commit, -ENOMEM, "out of memory");
		enrol(tenant);
	}
	digest_policy(drafted->policy);
	drafted->policy->rank = seal_rank();
	tenant->next = drafted->policy;
	drafted->policy = NULL;
	cond_resched();
	return 0;
}

/* With replace_all, tenants without a next policy are to go. */
static int plan_removals(struct commit *commit)
{
	struct tenant *tenant;
	int ret;

	list_for_each_entry(tenant, &policy_tenants, list) {
		if (tenant->next)
			continue;
		ret = seal_check_tenant(commit, tenant);
		if (ret)
			return ret;
		tenant->next = policy_new();
		if (!tenant->next)
			return commit_refuse(commit, -ENOMEM, "out of memory");
		tenant->next->removes = true;
	}
	return 0;
}

/**
 * plan_make - give each tenant the policy that it is to have next
 * @commit: the commit
 *
 * Context: may sleep; policy_mutex is held.
 * Return: 0, or what policy_commit() returns; plan_drop() takes it back.
 */
int plan_make(struct commit *commit)
{
	struct draft_tenant *drafted;
	int ret = 0;

	list_for_each_entry(drafted, &commit->draft->tenants, list) {
		ret = plan_tenant(commit, drafted);
		if (ret)
			return ret;
	}
	if (commit->draft->replace_all)
		ret = plan_removals(commit);
	return ret;
}

/**
 * plan_coming_policy - what a tenant will have when the commit is done
 * @tenant: the tenant
 *
 * Context: policy_mutex is held.
 * Return: the policy, or NULL.
 */
const struct policy *plan_coming_policy(const struct tenant *tenant)
{
	if (!tenant->next)
		return policy_locked(tenant);
	return tenant->next->removes ? NULL : tenant->next;
}

static u32 policy_needs(const struct policy *policy)
{
	u32 needs = NEED_FILE(policy->rules.file_needs) |
		    NEED_SOCKET(policy->rules.socket_needs) |
		    NEED_GUARD(policy->guard_denied);

	if (policy->revoke)
		needs |= NEED_REVOKE;
	if (ruleset_has_socket_paths(&policy->rules))
		needs |= NEED_UNIX_MOVE;
	if (policy->rules.unix_needs & CORDON_SOCKET_OP_BIND)
		needs |= NEED_UNIX_BIND;
	if (policy->rules.unix_needs & CORDON_SOCKET_OP_CONNECT)
		needs |= NEED_UNIX_CONNECT;

	if (policy->rules.self_ops)
		needs |= NEED_PEERS;

	/* Joining is a matter of exec and fork whatever is mediated. */
	return needs | NEED_MEMBERS;
}

/* Sums up what will be in force and checks it against the bounds. */
static int sum_up(struct commit *commit, struct selectors_source *sources,
		  u32 *count)
{
	struct policy_totals *totals = &commit->totals;
	struct tenant *tenant;

	list_for_each_entry(tenant, &policy_tenants, list) {
		const struct policy *policy = plan_coming_policy(tenant);

		if (!policy)
			continue;
		totals->tenants++;
		totals->rules += policy->rules.rules.count;
		totals->bytes += policy->rules.bytes + policy->setup.bytes;
		commit->needs |= policy_needs(policy);
		sources[*count].tenant = tenant;
		sources[(*count)++].policy = policy;
	}
	digest_all(totals->digest, &policy_tenants, plan_coming_policy);
	if (totals->tenants > POLICY_TENANTS_MAX)
		return commit_refuse(commit, -E2BIG, "more than %u tenants",
				     POLICY_TENANTS_MAX);
	if (totals->bytes > policy_bytes_max())
		return commit_refuse(commit, -E2BIG,
				     "policy takes %llu bytes; policy_bytes_max allows %llu",
				     totals->bytes, policy_bytes_max());
	return 0;
}

/**
 * plan_selectors - check the sum of what will be in force and find its selectors
 * @commit: the commit
 *
 * Context: may sleep; policy_mutex is held.
 * Return: 0, or what policy_commit() returns.
 */
int plan_selectors(struct commit *commit)
{
	struct selectors_source *sources;
	struct list_head *at;
	const char *why;
	u32 count = 0;
	u32 room = 0;
	int ret;

	list_for_each(at, &policy_tenants) room++;
	sources = kvcalloc(room + 1, sizeof(*sources), GFP_KERNEL);
	if (!sources)
		return commit_refuse(commit, -ENOMEM, "out of memory");
	ret = sum_up(commit, sources, &count);
	/* Without tenants there are no selectors either. */
	if (!ret && count) {
		ret = selectors_build(&commit->selectors, sources, count, &why);
		if (ret)
			commit_refuse(commit, ret, "selectors: %s", why);
	}
	kvfree(sources);
	return ret;
}

/**
 * plan_needs_in_force - what to go back to when a commit fails
 *
 * Context: policy_mutex is held.
 * Return: NEED_* flags.
 */
u32 plan_needs_in_force(void)
{
	struct tenant *tenant;
	u32 needs = 0;

	list_for_each_entry(tenant, &policy_tenants, list) {
		const struct policy *policy = policy_locked(tenant);

		if (policy)
			needs |= policy_needs(policy);
	}
	return needs;
}

/**
 * plan_drop - take back what plan_make() did
 *
 * Context: may sleep; policy_mutex is held.
 */
void plan_drop(void)
{
	struct tenant *tenant, *next;

	list_for_each_entry_safe(tenant, next, &policy_tenants, list) {
		policy_free(tenant->next);
		tenant->next = NULL;
		if (policy_locked(tenant))
			continue;
		unenrol(tenant);
	}
}
