// SPDX-License-Identifier: GPL-2.0
#include "tenant.h"

#include <linux/ctype.h>
#include <linux/slab.h>

#include "history.h"

/**
 * tenant_name_valid - whether a name may be a tenant's
 * @name: the name
 *
 * Letters, digits, dot, underscore and hyphen, beginning with a letter or
 * digit: names go into logs unescaped.
 *
 * Return: true when it may.
 */
bool tenant_name_valid(const char *name)
{
	if (!isascii(*name) || !isalnum(*name))
		return false;
	if (strnlen(name, CORDON_NAME_MAX + 1) > CORDON_NAME_MAX)
		return false;
	for (; *name; name++)
		if (!isascii(*name) || (!isalnum(*name) && *name != '.' &&
					*name != '_' && *name != '-'))
			return false;
	return true;
}

static atomic64_t last_id;

/**
 * tenant_new - make a tenant without a policy
 * @name: its name, which tenant_name_valid() accepts
 *
 * Context: may sleep.
 * Return: the tenant with one reference, or NULL.
 */
struct tenant *tenant_new(const char *name)
{
	struct tenant *tenant = kzalloc(sizeof(*tenant), GFP_KERNEL_ACCOUNT);

	if (!tenant)
		return NULL;
	refcount_set(&tenant->refs, 1);
	tenant->id = atomic64_inc_return(&last_id);
	INIT_LIST_HEAD(&tenant->list);
	strscpy(tenant->name, name, sizeof(tenant->name));
	tally_init(&tenant->tally);
	return tenant;
}

/**
 * tenant_free - free a tenant that nobody refers to any more
 * @tenant: the tenant
 *
 * Context: any; does not sleep.
 */
void tenant_free(struct tenant *tenant)
{
	tally_exit(&tenant->tally);
	/* No event refers to it, so no other of its will be kept. */
	history_retire(tenant->id);
	kfree_rcu(tenant, rcu);
}

/**
 * policy_new - make an empty policy
 *
 * It mediates no class: as such it is what a removed tenant gets, so that its
 * members are free at the moment of the commit.
 *
 * Context: may sleep.
 * Return: the policy, or NULL.
 */
struct policy *policy_new(void)
{
	struct policy *policy = kzalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);

	if (policy)
		policy_set_limit(policy, CORDON_EVENT_RATE_DEFAULT,
				 CORDON_EVENT_BURST_DEFAULT);
	return policy;
}

/**
 * policy_set_limit - set how many events are reported
 * @policy: the policy
 * @rate: a second, from 1 to CORDON_EVENT_RATE_MAX
 * @burst: at once, from 1 to CORDON_EVENT_BURST_MAX
 */
void policy_set_limit(struct policy *policy, u32 rate, u32 burst)
{
	policy->rate = rate;
	policy->burst = burst;
	policy->limit = bucket_limit(rate, burst);
}

/**
 * policy_free - free a policy that no reader can see any more
 * @policy: the policy, or NULL
 *
 * Context: may sleep.
 */
void policy_free(struct policy *policy)
{
	u32 i;

	if (!policy)
		return;
	for (i = 0; i < policy->selector_count; i++)
		kvfree(policy->selectors[i].cgroup);
	kvfree(policy->selectors);
	kfree(policy->origin);
	ruleset_destroy(&policy->rules);
	ruleset_destroy(&policy->setup);
	kfree(policy);
}
