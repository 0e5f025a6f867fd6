/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which task belongs to which tenant.
 *
 * Kept beside the tasks and not in their credentials or cgroups, so that
 * nothing a task does to those can lift it.
 */
#ifndef CORDON_MEMBER_H
#define CORDON_MEMBER_H

#include <linux/hash.h>
#include <linux/rculist.h>
#include <linux/sched.h>

#include "tenant.h"

/**
 * struct member - a task that belongs to a tenant
 * @node: in its bucket
 * @task: the task; the entry goes when the task is freed, so no other task can
 * have this address while the entry is there
 * @tenant: the tenant, of which a reference is held
 * @generation: the commit that was going on or in force when it, or the
 * ancestor that it inherits from, joined
 * @joining: the task is executing its first program as a member and becomes
 * one at the point of no return
 * @asked: it asked for that, and joins whatever its cgroup and uid; while it is
 * @joining only
 * @killed: it asked in vain and is being killed
 * @mnt: the mount that the task asked for write access to last; see hook_attr.c
 * @sb: its superblock; like @mnt it is only touched by the task itself
 * @rcu: frees it
 */
struct member {
	struct hlist_node node;
	struct task_struct *task;
	struct tenant *tenant;
	u64 generation;
	bool joining;
	bool asked;
	bool killed;
	struct vfsmount *mnt;
	struct super_block *sb;
	struct rcu_head rcu;
};

/**
 * struct member_table - all members
 * @buckets: by hash of the address of the task
 * @bits: binary logarithm of the number of buckets
 * @shift: a hash of 64 bits shifted right by that is the number of a bucket
 * @max: bound on the number of members
 * @count: number of members
 */
struct member_table {
	struct hlist_head *buckets;
	u32 bits;
	u32 shift;
	u32 max;
	atomic_t count;
};

extern struct member_table member_table;

/* What hash_ptr() says, without working out the shift each time. */
static inline struct hlist_head *member_bucket(const struct task_struct *task)
{
	return &member_table.buckets[((unsigned long)task * GOLDEN_RATIO_64) >>
				     member_table.shift];
}

/**
 * member_hint - where the entry of a task would be
 * @task: the task; current, or one that the caller keeps from being freed
 *
 * The quick way out for tasks that are no members, without the RCU lock.
 *
 * Context: any.
 * Return: the bucket, or NULL when the task is certainly no member.
 */
static inline struct hlist_head *member_hint(const struct task_struct *task)
{
	struct hlist_head *bucket = member_bucket(task);

	return unlikely(!hlist_empty(bucket)) ? bucket : NULL;
}

/**
 * member_maybe - whether a task can be a member
 * @task: the task, as for member_hint()
 *
 * Context: any.
 * Return: false when it is certainly none.
 */
static __always_inline bool member_maybe(const struct task_struct *task)
{
	return unlikely(member_hint(task));
}

static inline struct member *member_find_in(const struct hlist_head *bucket,
					    const struct task_struct *task)
{
	struct member *member;

	hlist_for_each_entry_rcu(member, bucket, node, rcu_read_lock_any_held())
		if (member->task == task)
			return member;
	return NULL;
}

/**
 * member_find - the entry of a task
 * @task: the task
 *
 * Context: inside rcu_read_lock().
 * Return: the entry, also of a task that is still joining, or NULL.
 */
static inline struct member *member_find(const struct task_struct *task)
{
	return member_find_in(member_bucket(task), task);
}

/**
 * member_asked - the tenant whose next program current is to execute
 *
 * Context: inside rcu_read_lock().
 * Return: the tenant, or NULL when it did not ask for one.
 */
static inline struct tenant *member_asked(void)
{
	const struct member *member = member_find(current);

	return member && member->asked ? member->tenant : NULL;
}

int member_add(struct task_struct *task, struct tenant *tenant, u64 generation,
	       bool joining);
int member_ask(struct tenant *tenant);
void member_drop(const struct task_struct *task);
void member_confirm(const struct task_struct *task);
struct tenant *member_match(struct task_struct *task);
int member_scan(void);
void member_drop_generation(u64 generation);
void member_drop_tenants(void);
int member_visit(u32 bucket, int (*visit)(const struct member *, void *),
		 void *arg);
int member_init(u32 max);
void member_exit(void);

/**
 * member_tenant_in - the tenant of a task
 * @bucket: what member_hint() said of it
 * @task: the task
 *
 * Context: inside rcu_read_lock() or rcu_read_lock_sched().
 * Return: the tenant, or NULL when it is no member.
 */
static inline struct tenant *member_tenant_in(const struct hlist_head *bucket,
					      const struct task_struct *task)
{
	const struct member *member = member_find_in(bucket, task);

	return member && !READ_ONCE(member->joining) ? member->tenant : NULL;
}

/**
 * member_tenant - the tenant of a task
 * @task: the task
 *
 * Context: inside rcu_read_lock().
 * Return: the tenant, or NULL when it is no member.
 */
static inline struct tenant *member_tenant(const struct task_struct *task)
{
	return member_tenant_in(member_bucket(task), task);
}

#endif /* CORDON_MEMBER_H */
