// SPDX-License-Identifier: GPL-2.0
/*
 * The table of tenants' sockets, which is kept like the one of members.
 *
 * An entry is made for a socket that a task is making, that it calls listen()
 * on, or that one of its descriptors holds; so the socket has not been freed.
 * It is removed by the hook on security_sk_free(), which is attached before the
 * table is opened and detached after it was closed.
 */
#include "socket_owner.h"

#include <linux/fdtable.h>
#include <linux/in.h>
#include <linux/log2.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "member.h"

#define LOCK_BITS 6

struct socket_owner_table socket_owner_table __read_mostly;

/* Taken with interrupts off, because sockets are freed in softirq context. */
static spinlock_t bucket_locks[1 << LOCK_BITS];
static struct kmem_cache *owner_cache;

static spinlock_t *lock_of(const struct sock *sk)
{
	/* The top bits of the bucket number: equal buckets, equal locks. */
	return &bucket_locks[hash_ptr(sk, socket_owner_table.bits) >>
			     (socket_owner_table.bits - LOCK_BITS)];
}

static struct hlist_head *bucket_of(const struct sock *sk)
{
	return &socket_owner_table
			.buckets[hash_ptr(sk, socket_owner_table.bits)];
}

static struct socket_owner *find_locked(const struct sock *sk)
{
	struct socket_owner *owner;

	lockdep_assert_held(lock_of(sk));
	hlist_for_each_entry(owner, bucket_of(sk), node)
		if (owner->sk == sk)
			return owner;
	return NULL;
}

static void free_owner(struct rcu_head *rcu)
{
	struct socket_owner *owner =
		container_of(rcu, struct socket_owner, rcu);

	tenant_put(owner->tenant);
	kmem_cache_free(owner_cache, owner);
}

static void give_place(struct tenant *tenant)
{
	atomic_dec(&tenant->sockets);
	atomic_dec(&socket_owner_table.count);
}

/*
 * A tenant takes a place while it has fewer than are free.  So one that takes all
 * it can get leaves half of the table to others, and a second one behind it half
 * of that.  Who comes at the same time as others may be refused the last ones.
 */
static bool take_place(struct tenant *tenant)
{
	const int mine = atomic_inc_return(&tenant->sockets);
	const int all = atomic_inc_return(&socket_owner_table.count);
	const int max = socket_owner_table.max;

	if (all <= max && mine - 1 <= max - all)
		return true;
	give_place(tenant);
	return false;
}

static void unlink_locked(struct socket_owner *owner)
{
	lockdep_assert_held(lock_of(owner->sk));
	hlist_del_rcu(&owner->node);
	give_place(owner->tenant);
	call_rcu(&owner->rcu, free_owner);
}

static struct socket_owner *new_owner(const struct sock *sk,
				      struct tenant *tenant)
{
	struct socket_owner *owner;

	/* Stop at the bound before memory is asked for. */
	if (!take_place(tenant))
		return ERR_PTR(-ENFILE);
	owner = kmem_cache_alloc(owner_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!owner) {
		give_place(tenant);
		return ERR_PTR(-ENOMEM);
	}
	tenant_get(tenant);
	owner->sk = sk;
	owner->tenant = tenant;
	owner->generation = READ_ONCE(policy_join_generation);
	return owner;
}

/* Frees one that nobody else has seen. */
static void free_new_owner(struct socket_owner *owner)
{
	give_place(owner->tenant);
	tenant_put(owner->tenant);
	kmem_cache_free(owner_cache, owner);
}

/**
 * socket_owner_add - make a socket a tenant's
 * @sk: the socket; see above on which may be given
 * @tenant: the tenant
 *
 * One that belongs to a tenant stays where it is.  Nothing happens while the
 * table is closed.
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: 0, -ENOMEM, or -ENFILE when the tenant has its share of the table.
 */
int socket_owner_add(const struct sock *sk, struct tenant *tenant)
{
	const struct hlist_head *bucket = socket_owner_hint(sk);
	struct socket_owner *owner;
	unsigned long flags;

	/* Pairs with the wait for RCU in socket_owner_close(). */
	if (!READ_ONCE(socket_owner_table.open))
		return 0;
	if (bucket && socket_owner_in(bucket, sk))
		return 0;
	owner = new_owner(sk, tenant);
	if (IS_ERR(owner))
		return PTR_ERR(owner);

	spin_lock_irqsave(lock_of(sk), flags);
	if (find_locked(sk)) {
		spin_unlock_irqrestore(lock_of(sk), flags);
		free_new_owner(owner);
		return 0;
	}
	hlist_add_head_rcu(&owner->node, bucket_of(sk));
	spin_unlock_irqrestore(lock_of(sk), flags);
	return 0;
}

/**
 * socket_owner_drop - forget a socket
 * @sk: the socket
 *
 * Context: any; does not sleep.
 */
void socket_owner_drop(const struct sock *sk)
{
	struct socket_owner *owner;
	unsigned long flags;

	spin_lock_irqsave(lock_of(sk), flags);
	owner = find_locked(sk);
	if (owner)
		unlink_locked(owner);
	spin_unlock_irqrestore(lock_of(sk), flags);
}

static bool is_tcp(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP;
}

static bool takes_datagrams(const struct sock *sk)
{
	return sk->sk_type == SOCK_DGRAM || sk->sk_type == SOCK_RAW;
}

/**
 * socket_owner_serves - whether a new socket is to be entered already
 * @sk: the socket
 * @kernel: it is made by the kernel in the course of a task's call
 *
 * Datagrams come without anything else being done.  The lower half of an MPTCP
 * or SMC socket listens without a hook being asked, so it is entered as well.
 *
 * Return: true when it is.
 */
bool socket_owner_serves(const struct sock *sk, bool kernel)
{
	if (sk->sk_family == AF_UNIX)
		return !kernel && socket_owner_peers() &&
		       sk->sk_type == SOCK_DGRAM;
	if (!socket_is_inet(sk))
		return false;
	if (kernel)
		return is_tcp(sk);
	return takes_datagrams(sk) || (socket_owner_peers() && is_tcp(sk));
}

/* Enters what a descriptor of a member's holds. */
static int adopt(const void *tenant, struct file *file, unsigned int fd)
{
	const struct socket *sock = sock_from_file(file);
	const struct sock *sk = sock ? READ_ONCE(sock->sk) : NULL;

	if (!sk || !socket_owner_concerns(sk))
		return 0;
	if (!socket_owner_serves(sk, false) &&
	    READ_ONCE(sk->sk_state) != TCP_LISTEN)
		return 0;
	return socket_owner_add(sk, (struct tenant *)tenant);
}

static int scan_task(struct task_struct *process, struct task_struct *task)
{
	struct tenant *tenant = member_tenant(task);
	int ret = 0;

	if (!tenant)
		return 0;
	/* The lock keeps the table of descriptors there, which threads share. */
	task_lock(task);
	if (task->files &&
	    (task == process || task->files != READ_ONCE(process->files) ||
	     member_tenant(process) != tenant))
		ret = iterate_fd(task->files, 0, adopt, tenant);
	task_unlock(task);
	return ret;
}

/**
 * socket_owner_scan - enter the sockets that members hold
 *
 * Those were made before the hooks were attached, or by others and given to
 * them.  Sockets that are made meanwhile are entered by the hooks.
 *
 * Context: does not sleep.
 * Return: 0, -ENOMEM or -ENFILE.
 */
int socket_owner_scan(void)
{
	struct task_struct *process, *task;
	int ret = 0;

	if (!socket_owner_table.open)
		return 0;
	rcu_read_lock();
	for_each_process_thread(process, task) {
		ret = scan_task(process, task);
		if (ret)
			goto out;
	}
out:
	rcu_read_unlock();
	return ret;
}

/* One pass over all entries: how many were dropped. */
static u32 drop_if(bool (*unwanted)(const struct socket_owner *owner, u64 arg),
		   u64 arg)
{
	u32 dropped = 0;
	u32 i;

	for (i = 0; i < 1u << socket_owner_table.bits; i++) {
		struct hlist_head *bucket = &socket_owner_table.buckets[i];
		spinlock_t *lock = &bucket_locks[i >> (socket_owner_table.bits -
						       LOCK_BITS)];
		struct socket_owner *owner;
		struct hlist_node *next;
		unsigned long flags;

		if (hlist_empty(bucket))
			continue;
		spin_lock_irqsave(lock, flags);
		hlist_for_each_entry_safe(owner, next, bucket, node) {
			if (!unwanted(owner, arg))
				continue;
			unlink_locked(owner);
			dropped++;
		}
		spin_unlock_irqrestore(lock, flags);
		cond_resched();
	}
	return dropped;
}

/*
 * Who found the tenant of current just before a pass may enter a socket behind
 * it.  So passes are made until one finds nothing, each after all such are done.
 */
static void drop_all(bool (*unwanted)(const struct socket_owner *owner,
				      u64 arg),
		     u64 arg)
{
	while (drop_if(unwanted, arg))
		synchronize_rcu();
}

static bool is_any(const struct socket_owner *owner, u64 unused)
{
	return true;
}

static bool is_of_generation(const struct socket_owner *owner, u64 generation)
{
	return owner->generation == generation;
}

static bool has_no_policy(const struct socket_owner *owner, u64 unused)
{
	return !rcu_access_pointer(owner->tenant->policy);
}

/**
 * socket_owner_open - let sockets be entered; the hooks are attached
 *
 * Context: any.
 */
void socket_owner_open(void)
{
	WRITE_ONCE(socket_owner_table.open, true);
}

/**
 * socket_owner_want_peers - say whether rules ask whose a peer is
 * @wanted: whether they do
 *
 * What is in the table by it may stay until it goes by itself.
 *
 * Context: any.
 */
void socket_owner_want_peers(bool wanted)
{
	WRITE_ONCE(socket_owner_table.peers, wanted);
}

/**
 * socket_owner_close - forget all sockets, before the hooks are detached
 *
 * Context: may sleep.
 */
void socket_owner_close(void)
{
	if (!socket_owner_table.open)
		return;
	WRITE_ONCE(socket_owner_table.open, false);
	/* Whoever saw it open has entered what he will. */
	synchronize_rcu();
	drop_if(is_any, 0);
}

/**
 * socket_owner_drop_generation - forget what was entered by a commit that failed
 * @generation: the generation that it would have been
 *
 * Context: may sleep.
 */
void socket_owner_drop_generation(u64 generation)
{
	drop_all(is_of_generation, generation);
}

/**
 * socket_owner_drop_tenants - forget the sockets of tenants without a policy
 *
 * Context: may sleep.
 */
void socket_owner_drop_tenants(void)
{
	drop_all(has_no_policy, 0);
}

/**
 * socket_owner_init - make the table
 * @max: bound on the number of sockets, from 1 to 2^24
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int socket_owner_init(u32 max)
{
	struct socket_owner_table *table = &socket_owner_table;
	u32 i;

	/* At least as many as locks, and as many as sockets. */
	table->bits = max_t(u32, ilog2(roundup_pow_of_two(max)), LOCK_BITS);
	table->max = max;
	for (i = 0; i < ARRAY_SIZE(bucket_locks); i++)
		spin_lock_init(&bucket_locks[i]);
	table->buckets = kvcalloc(1u << table->bits, sizeof(*table->buckets),
				  GFP_KERNEL);
	if (!table->buckets)
		return -ENOMEM;
	owner_cache = KMEM_CACHE(socket_owner, SLAB_ACCOUNT);
	if (!owner_cache) {
		kvfree(table->buckets);
		return -ENOMEM;
	}
	return 0;
}

/**
 * socket_owner_exit - free the table, which is closed
 *
 * Context: may sleep; no hook is attached any more.
 */
void socket_owner_exit(void)
{
	/* Entries are freed by RCU callbacks that are ours to wait for. */
	rcu_barrier();
	WARN_ON(atomic_read(&socket_owner_table.count));
	kmem_cache_destroy(owner_cache);
	kvfree(socket_owner_table.buckets);
}
