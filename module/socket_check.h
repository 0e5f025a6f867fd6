/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions on sockets. */
#ifndef CORDON_SOCKET_CHECK_H
#define CORDON_SOCKET_CHECK_H

#include <linux/path.h>
#include <linux/socket.h>
#include <net/sock.h>

#include "decide.h"
#include "member.h"

/**
 * struct ip_address - an internet address and a port, checked
 * @bytes: the address in network order
 * @len: 4 or 16
 * @proto: the protocol that will read it, as one protocol flag
 * @port: the port in host order, 0 where there are none
 */
struct ip_address {
	const u8 *bytes;
	u8 len;
	u8 proto;
	u16 port;
};

int socket_report_address(struct tenant *tenant, const struct policy *policy,
			  const struct sock *sk, const struct ip_address *ip,
			  bool denied, u16 op);
int socket_check_kind(const struct hlist_head *bucket, const struct kind *kind,
		      u16 op);
int socket_check_path(const struct hlist_head *bucket, const struct kind *kind,
		      const struct path *path, u16 op);
int socket_check_move(struct tenant *tenant, const struct path *from,
		      const struct path *to);
u8 socket_proto(u16 type, u32 protocol);
u8 socket_kind_proto(u16 family, u16 type, u32 protocol);

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

	rcu_read_lock();
	tenant = member_tenant_in(bucket, current);
	policy = likely(tenant) ? policy_of(tenant) : NULL;
	if (likely(policy && (policy->rules.socket_needs & op))) {
		const struct endpoint endpoint =
			endpoint_make(bytes, len, port, proto);
		const struct decision decision =
			decide_socket(&policy->rules, &endpoint, op);

		if (unlikely(decision.denied | decision.loud)) {
			const struct ip_address ip = { bytes, len, proto,
						       port };

			ret = socket_report_address(tenant, policy, sk, &ip,
						    decision.denied, op);
		}
	}
	rcu_read_unlock();
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
