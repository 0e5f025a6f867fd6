/* SPDX-License-Identifier: GPL-2.0 */
/* A tenant: what outlives its policies, and the policy in force. */
#ifndef CORDON_TENANT_H
#define CORDON_TENANT_H

#include <linux/atomic.h>
#include <linux/cordon.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "ruleset.h"

/**
 * enum event_fate - what became of events
 * @EVENT_GENERATED: they happened
 * @EVENT_SENT: handed to the multicast group
 * @EVENT_SUPPRESSED: folded or held back on purpose
 * @EVENT_LOST: dropped for want of room or memory
 * @EVENT_PENDING: in the backlog
 * @EVENT_FATES: (internal) how many fates there are
 */
enum event_fate {
	EVENT_GENERATED,
	EVENT_SENT,
	EVENT_SUPPRESSED,
	EVENT_LOST,
	EVENT_PENDING,
	EVENT_FATES,
};

/**
 * struct event_counters - how many events had which fate
 * @of: by enum event_fate
 *
 * Those generated are the sum of all others, at every moment; they are
 * protected by the lock of the backlog.
 */
struct event_counters {
	u64 of[EVENT_FATES];
};

/**
 * struct selector - which tasks join a tenant
 * @cgroup: pattern of a cgroup path, or NULL for a range of uids
 * @uid_first: first real uid
 * @uid_last: last real uid
 */
struct selector {
	char *cgroup;
	u32 uid_first;
	u32 uid_last;
};

/**
 * struct policy - one tenant's rules, frozen
 * @generation: the commit that it came with
 * @previous: what is in force until that commit is published, or NULL
 * @mode: enum cordon_mode
 * @revoke: file rules hold for each read and write of open files as well
 * @guard_denied: guard operations that are denied
 * @removes: it stands for the removal of the tenant
 * @origin: where the tenant was defined
 * @rules: its rules
 * @setup: which programs of the host prepare what its tasks run in, as one
 * rule that allows to execute them; see setup.c
 * @selectors: which tasks join
 * @selector_count: how many
 *
 * Readers hold rcu_read_lock() and get it from policy_of() only.
 */
struct policy {
	u64 generation;
	struct policy *previous;
	u8 mode;
	bool revoke;
	u16 guard_denied;
	bool removes;
	char *origin;
	struct ruleset rules;
	struct ruleset setup;
	struct selector *selectors;
	u32 selector_count;
};

/**
 * struct tenant - a tenant
 * @policy: its newest policy
 * @refs: one for the list of tenants, one for each member, event and selector
 * @members: number of tasks that belong to it
 * @sockets: number of its sockets in the table of owners
 * @counters: its events
 * @next: what the commit going on brings, or NULL; protected by policy_mutex
 * @list: among all tenants by name; protected by policy_mutex
 * @rcu: frees it
 * @name: its name
 */
struct tenant {
	struct policy __rcu *policy;
	refcount_t refs;
	atomic_t members;
	atomic_t sockets;
	struct event_counters counters;
	struct policy *next;
	struct list_head list;
	struct rcu_head rcu;
	char name[CORDON_NAME_MAX + 1];
};

/* The generation in force; see policy_commit() for how it is published. */
extern u64 policy_generation;

/*
 * What a task that joins is marked with: the generation in force, or while a
 * commit is going on the one it will be, so that it can be taken back.
 */
extern u64 policy_join_generation;

/**
 * policy_of - the policy of a tenant that is in force
 * @tenant: the tenant
 *
 * A commit first hangs all its policies into their tenants and then raises
 * policy_generation, once, for all of them: until then a new policy yields to
 * the one before it.
 *
 * Context: inside rcu_read_lock() or rcu_read_lock_sched().
 * Return: the policy, or NULL when the tenant has none yet.
 */
static inline const struct policy *policy_of(const struct tenant *tenant)
{
	const struct policy *policy =
		rcu_dereference_check(tenant->policy, rcu_read_lock_any_held());

	if (policy &&
	    unlikely(policy->generation > READ_ONCE(policy_generation)))
		policy = policy->previous;
	return policy;
}

static inline void tenant_get(struct tenant *tenant)
{
	refcount_inc(&tenant->refs);
}

static inline void tenant_put(struct tenant *tenant)
{
	if (refcount_dec_and_test(&tenant->refs))
		kfree_rcu(tenant, rcu);
}

struct tenant *tenant_new(const char *name);
bool tenant_name_valid(const char *name);
struct policy *policy_new(void);
void policy_free(struct policy *policy);

#endif /* CORDON_TENANT_H */
