/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which socket belongs to which tenant, for what comes in: no task that a packet
 * interrupts has anything to do with it.
 *
 * Only sockets that will be asked about are in here: those that datagrams come
 * to from the moment when they are made, others from when they listen.  While
 * rules ask whose a peer is, unix sockets are as well, and what connects by TCP.
 */
#ifndef CORDON_SOCKET_OWNER_H
#define CORDON_SOCKET_OWNER_H

#include <linux/hash.h>
#include <linux/rculist.h>
#include <net/sock.h>

#include "tenant.h"

/**
 * struct socket_owner - a socket that belongs to a tenant
 * @node: in its bucket
 * @sk: the socket; the entry goes when the socket is freed, so no other one can
 * have this address while the entry is there
 * @tenant: the tenant, of which a reference is held
 * @generation: the commit that was going on or in force when it was entered
 * @rcu: frees it
 */
struct socket_owner {
	struct hlist_node node;
	const struct sock *sk;
	struct tenant *tenant;
	u64 generation;
	struct rcu_head rcu;
};

/**
 * struct socket_owner_table - all of them
 * @buckets: by hash of the address of the socket
 * @bits: binary logarithm of the number of buckets
 * @max: bound on the number of sockets
 * @count: number of sockets
 * @open: whether sockets may be entered
 * @peers: whether it matters to rules whose the socket at the other end is
 */
struct socket_owner_table {
	struct hlist_head *buckets;
	u32 bits;
	u32 max;
	atomic_t count;
	bool open;
	bool peers;
};

extern struct socket_owner_table socket_owner_table;

/**
 * socket_owner_hint - where the entry of a socket would be
 * @sk: the socket, which the caller keeps from being freed
 *
 * Context: any.
 * Return: the bucket, or NULL when the socket certainly belongs to no tenant.
 */
static inline struct hlist_head *socket_owner_hint(const struct sock *sk)
{
	struct hlist_head *bucket =
		&socket_owner_table
			 .buckets[hash_ptr(sk, socket_owner_table.bits)];

	return unlikely(!hlist_empty(bucket)) ? bucket : NULL;
}

/**
 * socket_owner_in - the tenant of a socket
 * @bucket: what socket_owner_hint() said of it
 * @sk: the socket
 *
 * Context: inside rcu_read_lock() or rcu_read_lock_sched().
 * Return: the tenant, or NULL when it belongs to none.
 */
static inline struct tenant *socket_owner_in(const struct hlist_head *bucket,
					     const struct sock *sk)
{
	const struct socket_owner *owner;

	hlist_for_each_entry_rcu(owner, bucket, node, rcu_read_lock_any_held())
		if (owner->sk == sk)
			return owner->tenant;
	return NULL;
}

/**
 * socket_owner - the tenant of a socket
 * @sk: the socket, which the caller keeps from being freed
 *
 * Context: inside rcu_read_lock().
 * Return: the tenant, or NULL when it belongs to none.
 */
static inline struct tenant *socket_owner(const struct sock *sk)
{
	const struct hlist_head *bucket = socket_owner_hint(sk);

	return bucket ? socket_owner_in(bucket, sk) : NULL;
}

static inline bool socket_is_inet(const struct sock *sk)
{
	return sk->sk_family == AF_INET || sk->sk_family == AF_INET6;
}

/* Whether it matters to rules whose the socket at the other end is. */
static inline bool socket_owner_peers(void)
{
	return unlikely(READ_ONCE(socket_owner_table.peers));
}

/* Whether rules may ever ask whose a socket is. */
static inline bool socket_owner_concerns(const struct sock *sk)
{
	return socket_is_inet(sk) ||
	       (sk->sk_family == AF_UNIX && socket_owner_peers());
}

int socket_owner_add(const struct sock *sk, struct tenant *tenant);
void socket_owner_drop(const struct sock *sk);
bool socket_owner_serves(const struct sock *sk, bool kernel);
int socket_owner_scan(void);
void socket_owner_open(void);
void socket_owner_want_peers(bool wanted);
void socket_owner_close(void);
void socket_owner_drop_generation(u64 generation);
void socket_owner_drop_tenants(void);
int socket_owner_init(u32 max);
void socket_owner_exit(void);

#endif /* CORDON_SOCKET_OWNER_H */
