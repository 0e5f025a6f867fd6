// SPDX-License-Identifier: GPL-2.0
/*
 * Seals.
 *
 * A seal is never lifted: what is sealed stays until the next boot, whoever asks.
 * When all is sealed no commit goes through, and the module cannot be removed.
 * A sealed tenant cannot be changed or removed while others can.
 *
 * Those others could take a sealed tenant's tasks away from it, by selectors that
 * match deeper.  So policies have ranks: each is of the rank that was counted
 * when it was loaded, which a seal raises when policy has changed since the last
 * one, and selectors of a lower rank come first, however deep the others match.
 */
#include "seal.h"

#include <linux/module.h>

static bool all;
static u32 sealed_tenants;
static u8 rank;
/* The generation in force when the rank was raised last. */
static u64 rank_generation;

/**
 * seal_check - whether a seal forbids every commit
 * @commit: the commit
 *
 * Context: policy_mutex is held.
 * Return: 0 or -EPERM.
 */
int seal_check(struct commit *commit)
{
	lockdep_assert_held(&policy_mutex);
	if (!all)
		return 0;
	return commit_refuse(commit, -EPERM,
			     "all policy is sealed until the next boot");
}

/**
 * seal_check_tenant - whether a seal forbids to change or remove a tenant
 * @commit: the commit that is to
 * @tenant: the tenant
 *
 * Context: policy_mutex is held.
 * Return: 0 or -EPERM.
 */
int seal_check_tenant(struct commit *commit, const struct tenant *tenant)
{
	lockdep_assert_held(&policy_mutex);
	if (!tenant->sealed)
		return 0;
	return commit_refuse(commit, -EPERM,
			     "tenant %s is sealed until the next boot",
			     tenant->name);
}

/**
 * seal_rank - the rank of a policy that is loaded now
 *
 * Context: policy_mutex is held.
 * Return: the rank, below SEAL_RANKS_MAX.
 */
u8 seal_rank(void)
{
	lockdep_assert_held(&policy_mutex);
	return rank;
}

/**
 * seal_rank_of - the rank of a tenant's policy
 * @tenant: the tenant
 *
 * Context: inside rcu_read_lock().
 * Return: the rank; that of a policy loaded now when it has none in force yet.
 */
u8 seal_rank_of(const struct tenant *tenant)
{
	const struct policy *policy = policy_of(tenant);

	return policy ? policy->rank : READ_ONCE(rank);
}

static bool are_sealed(struct tenant *const *tenants, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!tenants[i]->sealed)
			return false;
	return true;
}

/**
 * seal_all - seal all policy in force
 * @commit: where to say why it fails
 *
 * Context: policy_mutex is held.
 * Return: 0, or -ESHUTDOWN when the module is being removed.
 */
int seal_all(struct commit *commit)
{
	lockdep_assert_held(&policy_mutex);
	/* Also where there is no policy: that none can come is a policy, too. */
	if (!all && !try_module_get(THIS_MODULE))
		return commit_refuse(commit, -ESHUTDOWN,
				     "the module is being removed");
	all = true;
	return 0;
}

/**
 * seal_tenants - seal the policy in force of some tenants
 * @commit: where to say why it fails
 * @tenants: the tenants
 * @count: how many
 *
 * Context: policy_mutex is held.
 * Return: 0, or -ENOSPC, in which case none was sealed.
 */
int seal_tenants(struct commit *commit, struct tenant *const *tenants,
		 u32 count)
{
	u32 i;

	lockdep_assert_held(&policy_mutex);
	if (are_sealed(tenants, count))
		return 0;
	/* Some policy is in force, so this is not 0, which the rank began with. */
	if (rank_generation != policy_generation) {
		if (rank + 1 == SEAL_RANKS_MAX)
			return commit_refuse(commit, -ENOSPC,
					     "policy was changed between seals too often; seal all of it");
		WRITE_ONCE(rank, rank + 1);
		rank_generation = policy_generation;
	}
	for (i = 0; i < count; i++) {
		sealed_tenants += !tenants[i]->sealed;
		tenants[i]->sealed = true;
	}
	return 0;
}

/**
 * seal_read - what is sealed
 * @state: set to it
 *
 * Context: policy_mutex is held.
 */
void seal_read(struct seal_state *state)
{
	lockdep_assert_held(&policy_mutex);
	state->all = all;
	state->tenants = sealed_tenants;
}
