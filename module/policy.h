/* SPDX-License-Identifier: GPL-2.0 */
/* Drafts of policy, and the policy in force. */
#ifndef CORDON_POLICY_H
#define CORDON_POLICY_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>

#include "tenant.h"

/* Bounds on tenants, in a transaction and in force, and on each of them. */
#define POLICY_TENANTS_MAX 65536u
#define POLICY_SELECTORS_MAX 1024u

/* Room for the reason of a refusal. */
#define POLICY_WHY_SIZE 256

/**
 * struct draft_tenant - a tenant that a transaction defines or removes
 * @list: in the draft
 * @by_name: the same
 * @name: its name
 * @policy: what it gets; NULL when it is removed
 */
struct draft_tenant {
	struct list_head list;
	struct rb_node by_name;
	char name[CORDON_NAME_MAX + 1];
	struct policy *policy;
};

/**
 * struct draft - what a transaction has brought so far
 * @tenants: struct draft_tenant, in the order in which they came
 * @by_name: the same, to be found by their names
 * @count: how many
 * @bytes: memory that their rules take
 * @replace_all: tenants that are not named are removed
 * @dry_run: nothing is to change
 */
struct draft {
	struct list_head tenants;
	struct rb_root by_name;
	u32 count;
	u64 bytes;
	bool replace_all;
	bool dry_run;
};

/**
 * struct policy_totals - what is in force
 * @generation: its generation
 * @tenants: number of tenants
 * @rules: number of rules
 * @bytes: memory of all policies
 * @bytes_max: bound on it
 * @digest: of all policies, see digest.c
 */
struct policy_totals {
	u64 generation;
	u32 tenants;
	u32 rules;
	u64 bytes;
	u64 bytes_max;
	u8 digest[DIGEST_SIZE];
};

/* Protects the list of tenants and commits; taken before attach_mutex. */
extern struct mutex policy_mutex;
extern struct list_head policy_tenants;

void draft_init(struct draft *draft);
struct draft_tenant *draft_find(const struct draft *draft, const char *name);
struct draft_tenant *draft_add(struct draft *draft, const char *name);
void draft_destroy(struct draft *draft);

int policy_commit(struct draft *draft, const u64 *expected, u64 *generation,
		  char *why, size_t why_size);
int policy_seal(const char *const *names, u32 count, char *why,
		size_t why_size);
void policy_hold(void);
void policy_refused(int err, const char *why);
void policy_totals(struct policy_totals *totals);
u64 policy_bytes_max(void);
void policy_init(u64 bytes_max);

/**
 * policy_locked - the newest policy of a tenant, for who holds policy_mutex
 * @tenant: the tenant
 *
 * Return: the policy, or NULL.
 */
static inline struct policy *policy_locked(const struct tenant *tenant)
{
	return rcu_dereference_protected(tenant->policy,
					 lockdep_is_held(&policy_mutex));
}

#endif /* CORDON_POLICY_H */
