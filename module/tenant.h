/* SPDX-License-Identifier: GPL-2.0 */
/* A tenant: what outlives its policies, and the policy in force. */
#ifndef CORDON_TENANT_H
#define CORDON_TENANT_H

#include <linux/atomic.h>
#include <linux/cordon.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

#include "bucket.h"
#include "digest.h"
#include "fold.h"
#include "ruleset.h"
#include "tally.h"

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
 * @rate: how many events are reported a second
 * @burst: how many are at once
 * @limit: both, as their bucket takes them
 * @event_self: its tasks may read its events
 * @revoke: file rules hold for each read and write of open files as well
 * @rank: which seals it came after, see seal.c
 * @guard_denied: guard operations that are denied
 * @removes: it stands for the removal of the tenant
 * @digest: of all that it says, see digest.c
 * @origin: where the tenant was defined
 * @rules: its rules
 * @setup: which programs of the host prepare what its tasks run in, as one
 * rule that allows to execute them; see setup.c
 * @selectors: which tasks join
 * @selector_count: how many
 *
 * Readers get it from policy_of() only, inside rcu_read_lock() or with preemption
 * off, which is the same to call_rcu(); or they hold policy_mutex.
 */
struct policy {
	u64 generation;
	struct policy *previous;
	u8 mode;
	u32 rate;
	u32 burst;
	struct bucket_limit limit;
	bool event_self;
	bool revoke;
	u8 rank;
	u16 guard_denied;
	bool removes;
	u8 digest[DIGEST_SIZE];
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
 * @tally: how many of its events had which fate
 * @fold: what its limit keeps back
 * @next: what the commit going on brings, or NULL; protected by policy_mutex
 * @sealed: its policy stays until the next boot; protected by policy_mutex
 * @list: among all tenants by name; protected by policy_mutex
 * @by_name: the same
 * @rcu: frees it
 * @id: a number that no other tenant had before
 * @name: its name
 */
struct tenant {
	struct policy __rcu *policy;
	refcount_t refs;
	atomic_t members;
	atomic_t sockets;
	struct tally tally;
	struct fold fold;
	struct policy *next;
	bool sealed;
	struct list_head list;
	struct rb_node by_name;
	struct rcu_head rcu;
	u64 id;
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

void tenant_free(struct tenant *tenant);

static inline void tenant_get(struct tenant *tenant)
{
	refcount_inc(&tenant->refs);
}

static inline void tenant_put(struct tenant *tenant)
{
	if (refcount_dec_and_test(&tenant->refs))
		tenant_free(tenant);
}

struct tenant *tenant_new(const char *name);
bool tenant_name_valid(const char *name);
struct policy *policy_new(void);
void policy_set_limit(struct policy *policy, u32 rate, u32 burst);
void policy_free(struct policy *policy);

#endif /* CORDON_TENANT_H */
