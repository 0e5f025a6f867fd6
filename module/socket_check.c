// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions on sockets: from a socket, an operation and what it is about to a
 * verdict and a report.
 */
#include "socket_check.h"

#include <linux/in.h>
#include <linux/net.h>
#include <linux/un.h>
#include <net/inet_sock.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>
#include <net/mptcp.h>
#include <net/tcp_states.h>

#include "event.h"
#include "socket_owner.h"
#include "socket_peer.h"
#include "socket_report.h"

/**
 * socket_outer_proto - the transport protocol that tasks know a socket of IP by
 * @sk: the socket
 *
 * A socket of TCP can be part of one of MPTCP.
 *
 * Return: one protocol flag.
 */
u8 socket_outer_proto(const struct sock *sk)
{
	if (socket_is_inet(sk) && sk->sk_type == SOCK_STREAM &&
	    sk->sk_protocol == IPPROTO_TCP && sk_is_mptcp(sk))
		return CORDON_PROTO_MPTCP;
	return socket_proto(sk->sk_type, sk->sk_protocol);
}

static void put_local(struct event_socket *socket, const u8 *bytes, u8 len,
		      u16 port)
{
	socket->local_len = len;
	memcpy(socket->local, bytes, len);
	socket->local_port = port;
}

static void put_remote(struct event_socket *socket, const u8 *bytes, u8 len,
		       u16 port)
{
	socket->remote_len = len;
	memcpy(socket->remote, bytes, len);
	socket->remote_port = port;
}

/**
 * socket_report_address - report a decision on an internet address
 * @tenant: the tenant
 * @policy: its policy
 * @sk: the socket
 * @bytes: the address in network order
 * @len: its length in bytes, 4 or 16
 * @port: the port in host order
 * @proto: one protocol flag
 * @denied: whether it is denied, or allowed and to be reported
 * @op: one socket operation flag
 *
 * Context: inside rcu_read_lock_sched(); does not sleep.
 * Return: what the hook is to return.
 */
noinline int socket_report_address(struct tenant *tenant,
				   const struct policy *policy,
				   const struct sock *sk, const u8 *bytes,
				   u8 len, u16 port, u8 proto, bool denied,
				   u16 op)
{
	const struct endpoint endpoint = endpoint_make(bytes, len, port, proto);
	struct socket_report r = {
		.cause = {
			.tenant = tenant,
			.policy = policy,
			.op = op,
			.denied = denied,
			.rule = decide_socket_rule(&policy->rules, &endpoint,
						   op, denied),
		},
		.socket = socket_describe(sk),
	};
	int ret = 0;

	/* For the parent of current, and for whose the other end is. */
	rcu_read_lock();
	if (socket_peer_lifts_connect(&r.cause, &endpoint, sk, bytes, len,
				      &ret))
		goto out;
	if (is_about_local(op)) {
		put_local(&r.socket, bytes, len, port);
	} else {
		socket_describe_local(&r.socket, sk);
		put_remote(&r.socket, bytes, len, port);
	}
	ret = socket_report(&r);
out:
	rcu_read_unlock();
	return ret;
}

/*
 * Whether a packet is from where the socket is connected to.  Ping sockets that
 * are connected get the answers of others as well.
 */
static bool is_answer(const struct sock *sk, const struct packet *packet)
{
	const void *peer = &inet_sk(sk)->inet_daddr;

	if (READ_ONCE(sk->sk_state) != TCP_ESTABLISHED)
		return false;
	if (packet->len == 16)
		peer = &sk->sk_v6_daddr;
	return !memcmp(peer, packet->remote, packet->len);
}

static noinline int report_packet(struct tenant *tenant,
				  const struct policy *policy,
				  const struct sock *sk,
				  const struct packet *packet, u16 op,
				  struct decision decision)
{
	const struct endpoint endpoint =
		endpoint_make(packet->remote, packet->len, packet->local_port,
			      packet->proto);
	struct socket_report r = {
		.cause = {
			.tenant = tenant,
			.policy = policy,
			.op = op,
			.denied = decision.denied,
			.rule = decide_socket_rule(&policy->rules, &endpoint,
						   op, decision.denied),
			.packet_for = sk,
		},
		.socket = socket_describe(sk),
	};

	/* To send there was allowed when the socket was connected. */
	if (op == CORDON_SOCKET_OP_RECEIVE && r.cause.rule == RULESET_NONE &&
	    is_answer(sk, packet))
		return 0;
	if (socket_peer_lifts_accept(&r.cause, &endpoint, sk, packet))
		return 0;
	put_local(&r.socket, packet->local, packet->len, packet->local_port);
	put_remote(&r.socket, packet->remote, packet->len, packet->remote_port);
	return socket_report(&r);
}

/**
 * socket_check_packet - decide on a packet that came for a socket
 * @bucket: what socket_owner_hint() said of the socket
 * @sk: the socket
 * @packet: what is known of the packet
 * @op: CORDON_SOCKET_OP_ACCEPT or CORDON_SOCKET_OP_RECEIVE
 *
 * Context: any, current is whoever was interrupted; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int socket_check_packet(const struct hlist_head *bucket, const struct sock *sk,
			const struct packet *packet, u16 op)
{
	const struct policy *policy;
	struct decision decision;
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = socket_owner_in(bucket, sk);
	policy = mediating_policy(tenant, op);
	if (policy) {
		decision = socket_decide(&policy->rules, packet->remote,
					 packet->len, packet->local_port,
					 packet->proto, op);
		if (decision.denied || decision.loud)
			ret = report_packet(tenant, policy, sk, packet, op,
					    decision);
	}
	rcu_read_unlock();
	return ret;
}

/* The request of @client, who may connect to its own tenant's sockets only. */
static int check_client(struct tenant *tenant, const struct policy *policy,
			const struct sock *client, const struct packet *packet)
{
	const struct endpoint endpoint =
		endpoint_make(packet->local, packet->len, packet->local_port,
			      socket_outer_proto(client));
	const u16 op = CORDON_SOCKET_OP_CONNECT;
	struct socket_report r = {
		.cause = {
			.tenant = tenant,
			.policy = policy,
			.op = op,
			.denied = decide_socket(&policy->rules, &endpoint,
						op).denied,
			.rule = decide_socket_rule(&policy->rules, &endpoint,
						   op, true),
			.packet_for = client,
		},
		.socket = socket_describe(client),
	};

	/* What other rules say of it was said when it was connected. */
	if (!r.cause.denied || r.cause.rule != RULESET_NONE ||
	    decide_self(&policy->rules, &endpoint, op) == RULESET_NONE)
		return 0;
	put_local(&r.socket, packet->remote, packet->len, packet->remote_port);
	put_remote(&r.socket, packet->local, packet->len, packet->local_port);
	return socket_report(&r);
}

/**
 * socket_check_client - decide on a request for the one who sent it
 * @sk: the socket that listens
 * @packet: the request, which came by the loopback device
 *
 * The tenant of the other socket may be allowed to connect to its own sockets
 * only, and this one came to listen here after it was asked for.
 *
 * Context: any, current is whoever was interrupted; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int socket_check_client(const struct sock *sk, const struct packet *packet)
{
	const struct policy *policy;
	struct tenant *tenant;
	struct sock *client;
	int ret = 0;

	rcu_read_lock();
	client = socket_peer_client(sk, packet);
	if (!client)
		goto out;
	tenant = socket_owner(client);
	policy = mediating_policy(tenant, CORDON_SOCKET_OP_CONNECT);
	/* In audit mode it was reported then. */
	if (policy && policy->mode == CORDON_MODE_ENFORCE &&
	    socket_owner(sk) != tenant)
		ret = check_client(tenant, policy, client, packet);
	sock_gen_put(client);
out:
	rcu_read_unlock();
	return ret;
}

/* A socket that cannot be told to be the tenant's must not come to be used. */
static int report_untaken(struct tenant *tenant, const struct sock *sk, u16 op,
			  int err)
{
	struct socket_report r = {
		.cause = {
			.tenant = tenant,
			.policy = policy_of(tenant),
			.op = op,
			.denied = true,
			.rule = RULESET_NONE,
			.reason = err == -ENFILE ? CORDON_REASON_LIMIT :
						   CORDON_REASON_NO_MEMORY,
			.error = -err,
		},
		.socket = socket_describe(sk),
	};

	return r.cause.policy ? socket_report(&r) : 0;
}

/**
 * socket_refuse_route - refuse current to say by which way its packets go
 * @bucket: what member_hint() said of current
 * @sk: the socket
 *
 * Context: any; does not sleep.
 * Return: 0 where connecting is not mediated, or -EACCES.
 */
int socket_refuse_route(const struct hlist_head *bucket, const struct sock *sk)
{
	const u16 op = CORDON_SOCKET_OP_CONNECT;
	struct socket_report r = {
		.cause = { .op = op,
			   .denied = true,
			   .rule = RULESET_NONE,
			   .reason = CORDON_REASON_REDIRECTS },
		.socket = socket_describe(sk),
	};
	int ret = 0;

	rcu_read_lock();
	r.cause.tenant = member_tenant_in(bucket, current);
	r.cause.policy = mediating_policy(r.cause.tenant, op);
	if (r.cause.policy) {
		socket_describe_local(&r.socket, sk);
		ret = socket_report(&r);
	}
	rcu_read_unlock();
	return ret;
}

/**
 * socket_take - make a socket the tenant's of current
 * @bucket: what member_hint() said of current
 * @sk: the socket
 * @op: in the course of which operation
 *
 * Context: any; does not sleep.
 * Return: 0, -ENFILE when the tenant has its share, or -ENOMEM.
 */
int socket_take(const struct hlist_head *bucket, const struct sock *sk, u16 op)
{
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant_in(bucket, current);
	if (tenant)
		ret = socket_owner_add(sk, tenant);
	if (ret)
		ret = report_untaken(tenant, sk, op, ret);
	rcu_read_unlock();
	return ret;
}

static noinline int report_kind(struct tenant *tenant,
				const struct policy *policy,
				const struct kind *kind,
				const struct sock *other, u16 op, bool denied)
{
	char text[1 + UNIX_PATH_MAX] UNINITIALIZED;
	struct socket_report r = {
		.cause = {
			.tenant = tenant,
			.policy = policy,
			.op = op,
			.denied = denied,
			.rule = decide_kind_rule(&policy->rules, kind, NULL,
						 op, denied),
		},
		.socket = socket_describe_kind(kind, op),
	};

	if (socket_peer_lifts_unix(&r.cause, kind, NULL, other))
		return 0;
	if (kind->abstract) {
		text[0] = '@';
		memcpy(text + 1, kind->abstract, kind->abstract_len);
		r.text = text;
		r.text_len = 1 + kind->abstract_len;
	}
	return socket_report(&r);
}

/**
 * socket_check_kind - decide on an operation of the current task on a socket by
 * what that is
 * @bucket: what member_hint() said of the task
 * @kind: what it is
 * @other: the unix socket that it would talk to, or NULL
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int socket_check_kind(const struct hlist_head *bucket, const struct kind *kind,
		      const struct sock *other, u16 op)
{
	const struct policy *policy;
	struct decision decision;
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant_in(bucket, current);
	policy = mediating_policy(tenant, op);
	if (policy) {
		decision = decide_kind(&policy->rules, kind, NULL, op);
		if (decision.denied || decision.loud)
			ret = report_kind(tenant, policy, kind, other, op,
					  decision.denied);
	}
	rcu_read_unlock();
	return ret;
}
