// SPDX-License-Identifier: GPL-2.0
/*
 * The table of members.
 *
 * Readers are under RCU.  A bucket is changed under one of a few locks, chosen
 * by the bucket; they are taken with interrupts off, because tasks are freed
 * in softirq context.
 *
 * An entry is made for current, for a child that does not run yet, or by
 * member_scan() for a task found on the task list inside an RCU read section;
 * none of them can have been freed, and the entry is removed by the hook on
 * security_task_free(), which is attached before the first entry is made.
 */
#include "member.h"

#include <linux/log2.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "seal.h"
#include "selectors.h"

#define LOCK_BITS 6

struct member_table member_table __read_mostly;

static spinlock_t bucket_locks[1 << LOCK_BITS];
static struct kmem_cache *member_cache;

static spinlock_t *lock_of(const struct task_struct *task)
{
	/* The top bits of the bucket number: equal buckets, equal locks. */
	u32 bucket = hash_ptr(task, member_table.bits);

	return &bucket_locks[bucket >> (member_table.bits - LOCK_BITS)];
}

static struct member *find_locked(const struct task_struct *task)
{
	struct member *member;

	lockdep_assert_held(lock_of(task));
	hlist_for_each_entry(member, member_bucket(task), node)
		if (member->task == task)
			return member;
	return NULL;
}

static void free_member(struct rcu_head *rcu)
{
	struct member *member = container_of(rcu, struct member, rcu);

	tenant_put(member->tenant);
	kmem_cache_free(member_cache, member);
}

static void unlink_locked(struct member *member)
{
	lockdep_assert_held(lock_of(member->task));
	hlist_del_rcu(&member->node);
	atomic_dec(&member_table.count);
	if (!member->joining)
		atomic_dec(&member->tenant->members);
	call_rcu(&member->rcu, free_member);
}

/**
 * member_add - make a task a member
 * @task: the task; see above on which may be given
 * @tenant: the tenant
 * @generation: the one of the member that it inherits from, or
 * policy_join_generation
 * @joining: it becomes one only with member_confirm()
 *
 * A task that is a member stays where it is: membership is for life.
 *
 * Context: any; does not sleep.
 * Return: 0, -EEXIST when it is a member already, -ENOMEM, or -EAGAIN when
 * there are as many members as are allowed.
 */
int member_add(struct task_struct *task, struct tenant *tenant, u64 generation,
	       bool joining)
{
	struct member *member;
	unsigned long flags;

	/* Stop at the bound before memory is asked for. */
	if (atomic_inc_return(&member_table.count) > member_table.max) {
		atomic_dec(&member_table.count);
		return -EAGAIN;
	}
	member = kmem_cache_alloc(member_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!member) {
		atomic_dec(&member_table.count);
		return -ENOMEM;
	}
	tenant_get(tenant);
	member->task = task;
	member->tenant = tenant;
	member->generation = generation;
	member->joining = joining;
	member->asked = false;
	member->killed = false;
	member->mnt = NULL;
	member->sb = NULL;

	spin_lock_irqsave(lock_of(task), flags);
	if (find_locked(task)) {
		spin_unlock_irqrestore(lock_of(task), flags);
		atomic_dec(&member_table.count);
		tenant_put(tenant);
		kmem_cache_free(member_cache, member);
		return -EEXIST;
	}
	hlist_add_head_rcu(&member->node, member_bucket(task));
	if (!joining)
		atomic_inc(&tenant->members);
	spin_unlock_irqrestore(lock_of(task), flags);
	return 0;
}

/**
 * member_ask - have current become a member when it executes a program
 * @tenant: the tenant, which has a policy
 *
 * What it is a candidate for already, after an exec that failed, is forgotten.
 *
 * Context: may sleep; policy_mutex is held, so that the tenant stays until the
 * entry can be found by who removes it, and that current, which is no member,
 * is not made one meanwhile.
 * Return: 0, -ENOMEM or -EAGAIN.
 */
int member_ask(struct tenant *tenant)
{
	struct member *member;
	int ret;

	member_drop(current);
	ret = member_add(current, tenant, READ_ONCE(policy_join_generation),
			 true);
	if (ret)
		return ret;
	rcu_read_lock();
	/* Only current itself goes by it, and who holds policy_mutex. */
	member = member_find(current);
	member->asked = true;
	rcu_read_unlock();
	return 0;
}

/**
 * member_drop - forget a task
 * @task: the task
 *
 * Context: any; does not sleep.
 */
void member_drop(const struct task_struct *task)
{
	struct member *member;
	unsigned long flags;

	spin_lock_irqsave(lock_of(task), flags);
	member = find_locked(task);
	if (member)
		unlink_locked(member);
	spin_unlock_irqrestore(lock_of(task), flags);
}

/**
 * member_confirm - a task that was joining is a member from now on
 * @task: current
 *
 * Context: any; does not sleep.
 */
void member_confirm(const struct task_struct *task)
{
	struct member *member;
	unsigned long flags;

	spin_lock_irqsave(lock_of(task), flags);
	member = find_locked(task);
	if (member && member->joining) {
		WRITE_ONCE(member->joining, false);
		member->asked = false;
		atomic_inc(&member->tenant->members);
	}
	spin_unlock_irqrestore(lock_of(task), flags);
}

/*
 * The tenant of whoever is the first process of the PID namespace that a task
 * lives in, or of one around it.  That process outlives all others there, so
 * none of those can be the host's by right: they were forked by members, or
 * came in by setns() from outside, as with nsenter.
 */
static struct tenant *namespace_tenant(struct task_struct *task)
{
	struct pid_namespace *namespace = task_active_pid_ns(task);

	/* A task that has exited is in none. */
	while (namespace && namespace != &init_pid_ns) {
		struct tenant *tenant =
			member_tenant(READ_ONCE(namespace->child_reaper));

		if (tenant)
			return tenant;
		namespace = namespace->parent;
	}
	return NULL;
}

/**
 * member_match - the tenant that a task would join
 * @task: the task
 *
 * A selector counts more than a PID namespace, but for one that came after a seal.
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: the tenant, or NULL.
 */
struct tenant *member_match(struct task_struct *task)
{
	struct tenant *tenant = selectors_match(task);
	struct tenant *around = namespace_tenant(task);

	if (tenant && around && seal_rank_of(around) < seal_rank_of(tenant))
		return around;
	return tenant ? tenant : around;
}

static int scan_task(struct task_struct *task)
{
	const struct member *member;
	struct tenant *tenant;
	int ret;

	if (task->flags & PF_KTHREAD)
		return 0;
	member = member_find(task);
	/*
	 * Who has asked for a tenant is about to execute something, and shall not
	 * be free for it when this commit fails and takes back who joined.
	 */
	if (member && (!READ_ONCE(member->joining) || member->asked))
		return 0;
	tenant = member_match(task);
	if (!tenant)
		return 0;
	/*
	 * An exec that failed leaves a candidate, who may never execute anything
	 * again.  For one that is going on, it is member_confirm() that finds a
	 * member already.
	 */
	if (member)
		member_drop(task);
	ret = member_add(task, tenant, READ_ONCE(policy_join_generation),
			 false);
	if (ret == -EEXIST)
		return 0;
	return ret ? ret : 1;
}

/* One pass over all tasks: how many joined, or a negative error number. */
static int scan_once(void)
{
	struct task_struct *process, *task;
	int found = 0;
	int ret;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		ret = scan_task(task);
		if (ret < 0) {
			rcu_read_unlock();
			return ret;
		}
		found += ret;
	}
	rcu_read_unlock();
	return found;
}

/**
 * member_scan - make members of the running tasks that match
 *
 * With the hooks on fork and exec attached and the selectors in place, a task
 * can be missed by a pass only if its parent was found by that same pass: so
 * passes are made until one finds nothing.  A fork whose security_task_alloc()
 * ran before its parent was a member is caught at the end of the fork, by the
 * tracepoint in hook_task.c, unless that ran before as well, in which case the
 * child was on the task list before the parent was found.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM or -EAGAIN.
 */
int member_scan(void)
{
	int ret;

	do {
		ret = scan_once();
		cond_resched();
	} while (ret > 0);
	return ret;
}

/* One pass over all members: how many were dropped. */
static u32 drop_if(bool (*unwanted)(const struct member *member, u64 arg),
		   u64 arg)
{
	u32 dropped = 0;
	u32 i;

	for (i = 0; i < 1u << member_table.bits; i++) {
		spinlock_t *lock =
			&bucket_locks[i >> (member_table.bits - LOCK_BITS)];
		struct hlist_node *next;
		struct member *member;
		unsigned long flags;

		if (hlist_empty(&member_table.buckets[i]))
			continue;
		spin_lock_irqsave(lock, flags);
		hlist_for_each_entry_safe(member, next,
					  &member_table.buckets[i], node) {
			if (!unwanted(member, arg))
				continue;
			unlink_locked(member);
			dropped++;
		}
		spin_unlock_irqrestore(lock, flags);
		cond_resched();
	}
	return dropped;
}

/*
 * A fork that found its parent just before a pass dropped it may add the child
 * behind that pass.  So passes are made until one finds nothing, each after
 * all such forks, which hold the RCU lock, are done.
 */
static void drop_all(bool (*unwanted)(const struct member *member, u64 arg),
		     u64 arg)
{
	while (drop_if(unwanted, arg))
		synchronize_rcu();
}

static bool is_of_generation(const struct member *member, u64 generation)
{
	return member->generation == generation;
}

static bool has_no_policy(const struct member *member, u64 unused)
{
	return !rcu_access_pointer(member->tenant->policy);
}

/* A reference to one in a bucket that asked for what it cannot have any more. */
static struct task_struct *take_asker(u32 i)
{
	spinlock_t *lock = &bucket_locks[i >> (member_table.bits - LOCK_BITS)];
	struct task_struct *task = NULL;
	struct member *member;
	unsigned long flags;

	if (hlist_empty(&member_table.buckets[i]))
		return NULL;
	spin_lock_irqsave(lock, flags);
	hlist_for_each_entry(member, &member_table.buckets[i], node) {
		if (!member->asked || member->killed ||
		    !has_no_policy(member, 0) ||
		    !refcount_inc_not_zero(&member->task->usage))
			continue;
		member->killed = true;
		task = member->task;
		break;
	}
	spin_unlock_irqrestore(lock, flags);
	return task;
}

/*
 * Who asked for a tenant that is gone must not execute what was to be confined.
 * The signal is pending before the entry goes, which keeps the task from
 * coming back to user space.
 */
static void kill_askers(void)
{
	struct task_struct *task;
	u32 i;

	for (i = 0; i < 1u << member_table.bits; i++) {
		while ((task = take_asker(i))) {
			send_sig(SIGKILL, task, 1);
			put_task_struct(task);
		}
		cond_resched();
	}
}

/**
 * member_drop_generation - forget those who joined by a commit that failed
 * @generation: the generation that it would have been
 *
 * Context: may sleep.
 */
void member_drop_generation(u64 generation)
{
	drop_all(is_of_generation, generation);
}

/**
 * member_drop_tenants - forget the members of tenants that have no policy
 *
 * Context: may sleep; policy_mutex is held.
 */
void member_drop_tenants(void)
{
	kill_askers();
	drop_all(has_no_policy, 0);
}

/**
 * member_visit - call a function for each member in a bucket
 * @bucket: number of the bucket
 * @visit: the function; while it runs the task cannot be freed
 * @arg: for @visit
 *
 * Context: may not sleep; @visit may not either and is called with a lock held
 * and interrupts off.
 * Return: 0, or what @visit returned when that was not 0.
 */
int member_visit(u32 bucket, int (*visit)(const struct member *, void *),
		 void *arg)
{
	spinlock_t *lock =
		&bucket_locks[bucket >> (member_table.bits - LOCK_BITS)];
	struct member *member;
	unsigned long flags;
	int ret = 0;

	if (hlist_empty(&member_table.buckets[bucket]))
		return 0;
	spin_lock_irqsave(lock, flags);
	hlist_for_each_entry(member, &member_table.buckets[bucket], node) {
		ret = visit(member, arg);
		if (ret)
			break;
	}
	spin_unlock_irqrestore(lock, flags);
	return ret;
}

static int create_buckets(u32 max)
{
	u32 i;

	/* At least as many as locks, and as many as members. */
	member_table.bits =
		max_t(u32, ilog2(roundup_pow_of_two(max)), LOCK_BITS);
	member_table.max = max;
	member_table.shift = 64 - member_table.bits;
	member_table.buckets = kvcalloc(1u << member_table.bits,
					sizeof(*member_table.buckets),
					GFP_KERNEL);
	if (!member_table.buckets)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(bucket_locks); i++)
		spin_lock_init(&bucket_locks[i]);
	return 0;
}

/**
 * member_init - make the table
 * @max: bound on the number of members, from 1 to 2^24
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int member_init(u32 max)
{
	int ret = create_buckets(max);

	if (ret)
		return ret;
	member_cache = KMEM_CACHE(member, SLAB_ACCOUNT);
	if (!member_cache) {
		kvfree(member_table.buckets);
		return -ENOMEM;
	}
	return 0;
}

/**
 * member_exit - free the table, which is empty
 *
 * Context: may sleep; no hook is attached any more.
 */
void member_exit(void)
{
	/* Entries are freed by RCU callbacks that are ours to wait for. */
	rcu_barrier();
	WARN_ON(atomic_read(&member_table.count));
	kmem_cache_destroy(member_cache);
	kvfree(member_table.buckets);
}
