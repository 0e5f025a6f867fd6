// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on sockets: bind, and everything that sends to an address.
 *
 * The kernel hands over its own copy of an address, so nobody can change it
 * after it was judged.  It is read as the socket's protocol is going to read it,
 * see peer_family(); one that is too short is refused here already.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "decide.h"
#include "event.h"
#include "hooks.h"
#include "member.h"

/**
 * struct ip_address - an address from user space, checked
 * @bytes: the address in network order
 * @len: 4 or 16
 * @port: the port in host order
 */
struct ip_address {
	const u8 *bytes;
	u8 len;
	u16 port;
};

/* The protocol of a socket as rules name it. */
static u8 socket_proto(const struct sock *sk)
{
	if (sk->sk_type == SOCK_RAW)
		return CORDON_PROTO_RAW;
	switch (sk->sk_protocol) {
	case IPPROTO_TCP:
		return CORDON_PROTO_TCP;
	case IPPROTO_UDP:
		return CORDON_PROTO_UDP;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return CORDON_PROTO_ICMP;
	case IPPROTO_SCTP:
		return CORDON_PROTO_SCTP;
	case IPPROTO_MPTCP:
		return CORDON_PROTO_MPTCP;
	default:
		return CORDON_PROTO_OTHER;
	}
}

static bool has_ports(u8 proto)
{
	return proto != CORDON_PROTO_RAW && proto != CORDON_PROTO_ICMP;
}

/*
 * Reads an address of @len bytes as one of @family.  Both structures begin with
 * the family and the port.
 */
static int read_address(const struct sockaddr *address, int len, u16 family,
			u8 proto, struct ip_address *ip)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;

	if (family == AF_INET) {
		if (len < (int)sizeof(*in))
			return -EINVAL;
		ip->bytes = (const u8 *)&in->sin_addr;
		ip->len = 4;
		ip->port = ntohs(in->sin_port);
	} else {
		/* The scope id at the end came later and may be missing. */
		if (len < SIN6_LEN_RFC2133)
			return -EINVAL;
		ip->bytes = (const u8 *)&in6->sin6_addr;
		ip->len = 16;
		ip->port = ntohs(in6->sin6_port);
	}
	if (!has_ports(proto))
		ip->port = 0;
	return 0;
}

/**
 * struct socket_case - a decision about a socket
 * @sk: the socket
 * @op: one socket operation flag
 * @ip: the address that it is about
 * @endpoint: the same as rules see it
 */
struct socket_case {
	const struct sock *sk;
	u16 op;
	struct ip_address ip;
	struct endpoint endpoint;
};

static void describe_local(struct event_socket *socket, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	socket->local_port = inet->inet_num;
	if (sk->sk_family == AF_INET) {
		socket->local_len = 4;
		memcpy(socket->local, &inet->inet_rcv_saddr, 4);
	} else {
		socket->local_len = 16;
		memcpy(socket->local, &sk->sk_v6_rcv_saddr, 16);
	}
}

static void describe_socket(struct event_socket *socket,
			    const struct socket_case *c)
{
	socket->family = c->sk->sk_family;
	socket->type = c->sk->sk_type;
	socket->protocol = c->sk->sk_protocol;
	if (c->op == CORDON_SOCKET_OP_BIND) {
		socket->local_len = c->ip.len;
		memcpy(socket->local, c->ip.bytes, c->ip.len);
		socket->local_port = c->ip.port;
		return;
	}
	describe_local(socket, c->sk);
	socket->remote_len = c->ip.len;
	memcpy(socket->remote, c->ip.bytes, c->ip.len);
	socket->remote_port = c->ip.port;
}

static noinline int report(struct tenant *tenant, const struct policy *policy,
			   const struct socket_case *c, bool denied)
{
	struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.class = CORDON_CLASS_SOCKET,
		.op = c->op,
		.denied = denied,
		.error = EACCES,
		.rule = decide_socket_rule(&policy->rules, &c->endpoint, c->op,
					   denied),
	};
	struct event *event;

	cause.reason = cause.rule == RULESET_NONE ? CORDON_REASON_DEFAULT :
						    CORDON_REASON_RULE;
	if (event_wanted(&cause)) {
		event = event_new(&cause, NULL, 0);
		if (event) {
			describe_socket(&event->socket, c);
			event_queue(event);
		}
	}
	return event_result(policy, denied, -EACCES);
}

static int decide_case(struct tenant *tenant, const struct socket_case *c)
{
	const struct policy *policy = policy_of(tenant);
	struct decision decision;

	if (!policy || !(policy->rules.socket_needs & c->op))
		return 0;
	decision = decide_socket(&policy->rules, &c->endpoint, c->op);
	if (likely(!decision.denied && !decision.loud))
		return 0;
	return report(tenant, policy, c, decision.denied);
}

/* Whether current has to do with policy on internet sockets at all. */
static bool is_mediated(const struct socket *sock)
{
	return member_maybe(current) && sock->sk &&
	       (sock->sk->sk_family == AF_INET ||
		sock->sk->sk_family == AF_INET6);
}

static noinline int check_address(struct socket *sock,
				  const struct sockaddr *address, int len,
				  u16 family, u16 op)
{
	struct socket_case c = { .sk = sock->sk, .op = op };
	u8 proto = socket_proto(sock->sk);
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant(current);
	if (tenant) {
		ret = read_address(address, len, family, proto, &c.ip);
		if (!ret) {
			c.endpoint = endpoint_make(c.ip.bytes, c.ip.len,
						   c.ip.port, proto);
			ret = decide_case(tenant, &c);
		}
	}
	rcu_read_unlock();
	return ret;
}

/* Whether an address is too short to even have a family. */
static bool lacks_family(int len)
{
	return len < (int)offsetofend(struct sockaddr, sa_family);
}

/*
 * The family as which the socket's protocol reads the address of a peer.  Not
 * all look at the family that is written there: raw sockets take any, or none,
 * for their own.  Only IPv6 can take an address of the other family, IPv4.
 */
static u16 peer_family(const struct sock *sk, const struct sockaddr *address)
{
	if (sk->sk_family == AF_INET6 && address->sa_family == AF_INET)
		return AF_INET;
	return sk->sk_family;
}

int hook_socket_bind(struct socket *sock, struct sockaddr *address, int len)
{
	if (likely(!is_mediated(sock)))
		return 0;
	if (lacks_family(len))
		return -EINVAL;
	return check_address(sock, address, len, sock->sk->sk_family,
			     CORDON_SOCKET_OP_BIND);
}

int hook_socket_connect(struct socket *sock, struct sockaddr *address, int len)
{
	if (likely(!is_mediated(sock)))
		return 0;
	if (lacks_family(len))
		return -EINVAL;
	/* This ends an association and reaches nobody. */
	if (address->sa_family == AF_UNSPEC)
		return 0;
	return check_address(sock, address, len, peer_family(sock->sk, address),
			     CORDON_SOCKET_OP_CONNECT);
}

/*
 * Whether a stream socket ignores the address of a message: TCP and the like
 * do unless the message is to open the connection; SCTP connects by it.
 */
static bool ignores_name(const struct sock *sk, const struct msghdr *msg)
{
	return sk->sk_type == SOCK_STREAM && sk->sk_protocol != IPPROTO_SCTP &&
	       !(msg->msg_flags & MSG_FASTOPEN);
}

int hook_socket_sendmsg(struct socket *sock, struct msghdr *msg, int size)
{
	const struct sockaddr *address = msg->msg_name;
	const struct sock *sk;

	if (likely(!is_mediated(sock)) || !address)
		return 0;
	sk = sock->sk;
	if (ignores_name(sk, msg))
		return 0;
	if (lacks_family(msg->msg_namelen))
		return -EINVAL;
	/*
	 * To UDP over IPv6 this means no address: the peer that the socket was
	 * connected to is used.  Others over IPv6 do not look at the family.
	 */
	if (address->sa_family == AF_UNSPEC && sk->sk_family == AF_INET6 &&
	    (sk->sk_protocol == IPPROTO_UDP ||
	     sk->sk_protocol == IPPROTO_UDPLITE))
		return 0;
	return check_address(sock, address, msg->msg_namelen,
			     peer_family(sk, address),
			     CORDON_SOCKET_OP_CONNECT);
}
