/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions on sockets. */
#ifndef CORDON_SOCKET_CHECK_H
#define CORDON_SOCKET_CHECK_H

#include <linux/path.h>
#include <linux/socket.h>
#include <net/sock.h>

#include "decide.h"
#include "member.h"
#include "proto.h"

/**
 * struct packet - what came in for a socket
 * @remote: address of the sender, in network order
 * @local: address that it was sent to
 * @len: their length in bytes, 4 or 16
 * @proto: one protocol flag
 * @remote_port: port of the sender in host order, 0 where there are none
 * @local_port: port of the socket
 * @loopback: it came by the loopback device
 */
struct packet {
	const u8 *remote;
	const u8 *local;
	u8 len;
	u8 proto;
	u16 remote_port;
	u16 local_port;
	bool loopback;
};

int socket_check_packet(const struct hlist_head *bucket, const struct sock *sk,
			const struct packet *packet, u16 op);
int socket_refuse_route(const struct hlist_head *bucket, const struct sock *sk);
int socket_check_client(const struct sock *sk, const struct packet *packet);
int socket_take(const struct hlist_head *bucket, const struct sock *sk, u16 op);
int socket_report_address(struct tenant *tenant, const struct policy *policy,
			  const struct sock *sk, const u8 *bytes, u8 len,
			  u16 port, u8 proto, bool denied, u16 op);
int socket_check_kind(const struct hlist_head *bucket, const struct kind *kind,
		      const struct sock *other, u16 op);
int socket_check_path(const struct hlist_head *bucket, const struct kind *kind,
		      const struct path *path, const struct sock *other,
		      u16 op);
int socket_check_move(struct tenant *tenant, const struct path *from,
		      const struct path *to);
u8 socket_outer_proto(const struct sock *sk);

/* Each version of IP in line by itself: the one has no second half. */
static __always_inline struct decision socket_decide(const struct ruleset *rules,
						     const u8 *bytes, u8 len,
						     u16 port, u8 proto, u16 op)
{
	struct endpoint endpoint UNINITIALIZED;

	if (len == 4) {
		endpoint = endpoint_make(bytes, 4, port, proto);
		return decide_socket(rules, &endpoint, op);
	}
	endpoint = endpoint_make(bytes, 16, port, proto);
	return decide_socket(rules, &endpoint, op);
}

/**
 * socket_check_address - decide on an operation of the current task with an
 * internet address
 * @bucket: what member_hint() said of the task
 * @sk: the socket
 * @bytes: the address in network order
 * @len: its length in bytes, 4 or 16
 * @port: the port in host order, 0 where there are none
 * @proto: the protocol that will read it, as one protocol flag
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
static __always_inline int socket_check_address(const struct hlist_head *bucket,
						const struct sock *sk,
						const u8 *bytes, u8 len,
						u16 port, u8 proto, u16 op)
{
	const struct policy *policy;
	struct tenant *tenant;
	int ret = 0;

	/*
	 * Waits for RCU wait for this as well, and where kernels can be
	 * preempted it costs a tenth of rcu_read_lock().
	 */
	rcu_read_lock_sched();
	tenant = member_tenant_in(bucket, current);
	policy = likely(tenant) ? policy_of(tenant) : NULL;
	if (likely(policy && (policy->rules.socket_needs & op))) {
		const struct decision decision = socket_decide(&policy->rules,
							       bytes, len, port,
							       proto, op);

		/* In registers: what has an address slows all down. */
		if (unlikely(decision.denied | decision.loud))
			ret = socket_report_address(tenant, policy, sk, bytes,
						    len, port, proto,
						    decision.denied, op);
	}
	rcu_read_unlock_sched();
	return ret;
}

/* What a socket is, for rules that go by that. */
static inline struct kind socket_kind(const struct sock *sk)
{
	return (struct kind){
		.family = sk->sk_family,
		.type = sk->sk_type,
		.protocol = sk->sk_protocol,
		.proto = socket_kind_proto(sk->sk_family, sk->sk_type,
					   sk->sk_protocol),
	};
}

#endif /* CORDON_SOCKET_CHECK_H */
