// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on sockets: making them, binding, and everything that sends to an
 * address.
 *
 * The kernel hands over its own copy of an address, so nobody can change it
 * after it was judged.  It is read as the socket's protocol is going to read it,
 * see peer_family(); one that is too short is refused here already.
 */
#include "hook_socket.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/socket.h>
#include <linux/vm_sockets.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "hook_unix.h"
#include "hooks.h"
#include "socket_check.h"
#include "socket_owner.h"
#include "socket_report.h"

/* The transport protocol of a socket that has internet addresses. */
static __always_inline u8 address_proto(const struct sock *sk)
{
	if (likely(sk->sk_type != SOCK_RAW)) {
		if (likely(sk->sk_protocol == IPPROTO_TCP))
			return CORDON_PROTO_TCP;
		if (likely(sk->sk_protocol == IPPROTO_UDP))
			return CORDON_PROTO_UDP;
	}
	/* All of SMC is TCP to those at the other end. */
	if (sk->sk_family == AF_SMC)
		return CORDON_PROTO_TCP;
	return socket_proto(sk->sk_type, sk->sk_protocol);
}

/**
 * socket_check_any_ipv6 - what being at :: says about IPv4
 * @bucket: what member_hint() said of current
 * @sk: the socket
 * @port: the port
 * @proto: one protocol flag
 * @op: bind or listen
 *
 * A socket that is bound to any address of IPv6 gets what comes by IPv4 as well.
 * A rule that denies binding to 0.0.0.0 would be worth nothing if that were no
 * matter.  The default is another thing: where it is to deny, and a rule allows
 * to bind to ::, it is accept and receive that decide who is let in, and rules
 * about IPv6 do not let in who comes by IPv4; most servers that are for IPv6
 * alone do not care to say so.
 *
 * Those that do, by IPV6_V6ONLY, are treated like the others: until the kernel
 * locks the socket, which is after this, another thread can take that back.
 *
 * Context: does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
noinline int socket_check_any_ipv6(const struct hlist_head *bucket,
				   const struct sock *sk, u16 port, u8 proto,
				   u16 op)
{
	static const u8 any[4];
	const struct policy *policy;
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock_sched();
	tenant = member_tenant_in(bucket, current);
	policy = mediating_policy(tenant, op);
	if (policy &&
	    decide_any_ipv6(&policy->rules, port, proto, op) != RULESET_NONE)
		ret = socket_report_address(tenant, policy, sk, any, 4, port,
					    proto, true, op);
	rcu_read_unlock_sched();
	return ret;
}

static __be32 own_or_loopback(const struct sock *sk)
{
	const __be32 own = socket_is_inet(sk) ? inet_sk(sk)->inet_saddr : 0;

	return own ?: htonl(INADDR_LOOPBACK);
}

/*
 * To any address is to this host: to the address that a socket is bound to, or
 * to loopback.  That is put in its place, so that what is judged is what the
 * kernel takes, even if another thread binds the socket meanwhile.
 */
static noinline void name_this_host(const struct sock *sk, void *address,
				    u16 family)
{
	struct sockaddr_in *in = address;
	struct sockaddr_in6 *in6 = address;

	/* What is of another family the kernel refuses. */
	if (in->sin_family != family && in->sin_family != AF_UNSPEC)
		return;
	if (family == AF_INET)
		in->sin_addr.s_addr = own_or_loopback(sk);
	else if (ipv6_addr_v4mapped(&in6->sin6_addr))
		ipv6_addr_set_v4mapped(own_or_loopback(sk), &in6->sin6_addr);
	else if (sk->sk_family == AF_INET6 &&
		 ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		ipv6_addr_set_v4mapped(htonl(INADDR_LOOPBACK), &in6->sin6_addr);
	else
		in6->sin6_addr = in6addr_loopback;
}

static __always_inline bool is_any_address(const u8 *bytes, u8 len)
{
	const struct in6_addr *in6 = (const struct in6_addr *)bytes;

	if (len == 4)
		return !get_unaligned((const u32 *)bytes);
	return ipv6_addr_any(in6) ||
	       (ipv6_addr_v4mapped(in6) && !in6->s6_addr32[3]);
}

/* The address, which is the kernel's own copy, is read as one of @family. */
static __always_inline int check_sockaddr(const struct hlist_head *bucket,
					  const struct sock *sk,
					  struct sockaddr *address, int len,
					  u16 family, u16 op)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	const u8 *bytes = (const u8 *)&in->sin_addr;
	const u8 proto = address_proto(sk);
	/* Both structures begin with the family and the port. */
	u16 port = ntohs(in->sin_port);
	u8 size = 4;

	if (unlikely(family != AF_INET)) {
		bytes = (const u8 *)&in6->sin6_addr;
		size = 16;
	}
	/* The scope id at the end of the other came later and may be missing. */
	if (len < (size == 4 ? (int)sizeof(*in) : SIN6_LEN_RFC2133))
		return -EINVAL;
	if (unlikely(!proto_has_ports(proto)))
		port = 0;
	if (op == CORDON_SOCKET_OP_CONNECT &&
	    unlikely(is_any_address(bytes, size)))
		name_this_host(sk, address, family);
	return socket_check_address(bucket, sk, bytes, size, port, proto, op);
}

/**
 * socket_check_sockaddr - decide on an operation with an internet address
 * @bucket: what member_hint() said of current
 * @sk: the socket
 * @address: the address
 * @len: its length
 * @family: the family as which it is read
 * @op: one socket operation flag
 *
 * Return: 0 to go on, -EACCES, or -EINVAL when it is too short.
 */
noinline int socket_check_sockaddr(const struct hlist_head *bucket,
				   const struct sock *sk,
				   struct sockaddr *address, int len,
				   u16 family, u16 op)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	int ret = check_sockaddr(bucket, sk, address, len, family, op);

	if (ret || family != AF_INET6 || op != CORDON_SOCKET_OP_BIND ||
	    !ipv6_addr_any(&in6->sin6_addr))
		return ret;
	return socket_check_any_ipv6(bucket, sk, ntohs(in6->sin6_port),
				     address_proto(sk), op);
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
static __always_inline u16 peer_family(const struct sock *sk,
				       const struct sockaddr *address)
{
	if (sk->sk_family == AF_INET6 && address->sa_family == AF_INET)
		return AF_INET;
	return sk->sk_family;
}

/*
 * SMC makes a TCP socket of the family that its own protocol number stands for,
 * and hands addresses down to it, behind the back of the hooks.
 */
static int check_smc(const struct hlist_head *bucket, const struct sock *sk,
		     struct sockaddr *address, int len, u16 op)
{
	if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
		return -EINVAL;
	return socket_check_sockaddr(bucket, sk, address, len,
				     address->sa_family, op);
}

static int check_vsock(const struct hlist_head *bucket, const struct sock *sk,
		       struct sockaddr *address, int len, u16 op)
{
	const struct sockaddr_vm *vm = (const struct sockaddr_vm *)address;
	struct kind kind = socket_kind(sk);

	if (len < (int)sizeof(*vm))
		return -EINVAL;
	kind.cid = vm->svm_cid;
	kind.port = vm->svm_port;
	return socket_check_kind(bucket, &kind, NULL, op);
}

/*
 * Sending to the kernel, which is where a netlink socket sends without a name,
 * is what such a socket is made for.
 */
static bool is_to_kernel(const struct sockaddr *address, int len)
{
	const struct sockaddr_nl *nl = (const struct sockaddr_nl *)address;

	return len >= (int)sizeof(*nl) && !nl->nl_pid && !nl->nl_groups;
}

/* Binding and connecting in families that have no internet addresses. */
static noinline int check_other(const struct hlist_head *bucket,
				const struct sock *sk, struct sockaddr *address,
				int len, u16 op)
{
	struct kind kind;

	switch (sk->sk_family) {
	case AF_SMC:
		return check_smc(bucket, sk, address, len, op);
	case AF_VSOCK:
		return check_vsock(bucket, sk, address, len, op);
	case AF_UNIX:
		/* Who is at the other end is judged when it was found. */
		if (op == CORDON_SOCKET_OP_CONNECT)
			return 0;
		return unix_check_bind(bucket, sk, address, len);
	case AF_NETLINK:
		if (op == CORDON_SOCKET_OP_CONNECT &&
		    is_to_kernel(address, len))
			return 0;
		break;
	}
	kind = socket_kind(sk);
	return socket_check_kind(bucket, &kind, NULL, op);
}

/* Which families take a connect to no family for the end of an association. */
static bool dissolves(const struct sock *sk)
{
	switch (sk->sk_family) {
	case AF_INET:
	case AF_INET6:
	case AF_UNIX:
	case AF_VSOCK:
	case AF_NETLINK:
	case AF_TIPC:
		return true;
	default:
		return false;
	}
}

/* The kernel makes sockets for itself, be it in the course of a call. */
int hook_socket_create(int family, int type, int protocol, int kern)
{
	const struct hlist_head *bucket = member_hint(current);
	struct kind kind;

	if (likely(!bucket) || kern)
		return 0;
	kind = (struct kind){
		.family = family,
		.type = type,
		.protocol = socket_resolve_protocol(family, type, protocol),
	};
	kind.proto = socket_kind_proto(family, type, kind.protocol);
	return socket_check_kind(bucket, &kind, NULL, CORDON_SOCKET_OP_CREATE);
}

/* Of those over IPv6 only SCTP takes the other family. */
static u16 bind_family_ipv6(const struct sock *sk,
			    const struct sockaddr *address)
{
	return sk->sk_protocol == IPPROTO_SCTP ? peer_family(sk, address) :
						 AF_INET6;
}

static noinline int check_bind(const struct hlist_head *bucket,
			       const struct sock *sk, struct sockaddr *address,
			       int len)
{
	if (unlikely(!sk))
		return 0;
	if (lacks_family(len))
		return -EINVAL;
	if (likely(sk->sk_family == AF_INET))
		return check_sockaddr(bucket, sk, address, len, AF_INET,
				      CORDON_SOCKET_OP_BIND);
	if (sk->sk_family == AF_INET6)
		return socket_check_sockaddr(bucket, sk, address, len,
					     bind_family_ipv6(sk, address),
					     CORDON_SOCKET_OP_BIND);
	return check_other(bucket, sk, address, len, CORDON_SOCKET_OP_BIND);
}

int hook_socket_bind(struct socket *sock, struct sockaddr *address, int len)
{
	const struct hlist_head *bucket = member_hint(current);

	return likely(!bucket) ? 0 : check_bind(bucket, sock->sk, address, len);
}

static noinline int check_connect(const struct hlist_head *bucket,
				  const struct sock *sk,
				  struct sockaddr *address, int len)
{
	if (unlikely(!sk))
		return 0;
	if (lacks_family(len))
		return -EINVAL;
	/* This ends an association and reaches nobody. */
	if (unlikely(address->sa_family == AF_UNSPEC) && dissolves(sk))
		return 0;
	if (unlikely(!socket_is_inet(sk)))
		return check_other(bucket, sk, address, len,
				   CORDON_SOCKET_OP_CONNECT);
	return check_sockaddr(bucket, sk, address, len,
			      peer_family(sk, address),
			      CORDON_SOCKET_OP_CONNECT);
}

int hook_socket_connect(struct socket *sock, struct sockaddr *address, int len)
{
	const struct hlist_head *bucket = member_hint(current);

	if (likely(!bucket))
		return 0;
	return check_connect(bucket, sock->sk, address, len);
}

/* Families whose stream sockets take no name, or IP, where SCTP alone does. */
static bool streams_have_no_name(const struct sock *sk)
{
	switch (sk->sk_family) {
	case AF_INET:
	case AF_INET6:
		return sk->sk_protocol != IPPROTO_SCTP;
	case AF_UNIX:
	case AF_VSOCK:
	case AF_SMC:
		return true;
	default:
		return false;
	}
}

/*
 * Whether a stream socket ignores the address of a message: TCP and the like
 * do unless the message is to open the connection.
 */
static __always_inline bool ignores_name(const struct sock *sk,
					 const struct msghdr *msg)
{
	return sk->sk_type == SOCK_STREAM && !(msg->msg_flags & MSG_FASTOPEN) &&
	       streams_have_no_name(sk);
}

/* An address of no bytes is none at all to these. */
static bool takes_no_bytes_for_none(const struct sock *sk)
{
	return sk->sk_family == AF_UNIX || sk->sk_family == AF_NETLINK;
}

/*
 * To datagrams over IPv6 this means no address: the peer that the socket was
 * connected to is used.  Raw ones do not look at the family.
 */
static bool means_no_address(const struct sock *sk,
			     const struct sockaddr *address)
{
	return address->sa_family == AF_UNSPEC && sk->sk_family == AF_INET6 &&
	       sk->sk_type == SOCK_DGRAM &&
	       (sk->sk_protocol == IPPROTO_UDP ||
		sk->sk_protocol == IPPROTO_UDPLITE);
}

static noinline int check_sctp(const struct hlist_head *bucket, struct sock *sk,
			       struct msghdr *msg)
{
	struct sockaddr *address = msg->msg_name;
	int ret = socket_check_sockaddr(bucket, sk, address, msg->msg_namelen,
					peer_family(sk, address),
					CORDON_SOCKET_OP_CONNECT);

	if (ret)
		return ret;
	return sctp_check_more(bucket, sk, msg,
			       ntohs(((const struct sockaddr_in *)address)
					     ->sin_port));
}

/* What most messages with a name go by; there is less to be told apart. */
static __always_inline bool is_udp_ipv4(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_UDP && sk->sk_type == SOCK_DGRAM &&
	       sk->sk_family == AF_INET;
}

/* Any family that is written in the address is read as IPv4, or refused. */
static __always_inline int check_udp_ipv4(const struct hlist_head *bucket,
					  const struct sock *sk,
					  const struct msghdr *msg)
{
	const struct sockaddr_in *in = msg->msg_name;

	if (msg->msg_namelen < (int)sizeof(*in))
		return -EINVAL;
	if (unlikely(!in->sin_addr.s_addr))
		name_this_host(sk, msg->msg_name, AF_INET);
	return socket_check_address(bucket, sk, (const u8 *)&in->sin_addr, 4,
				    ntohs(in->sin_port), CORDON_PROTO_UDP,
				    CORDON_SOCKET_OP_CONNECT);
}

/* The name of a message is an address to connect to, for whoever reads it. */
static noinline int check_name(const struct hlist_head *bucket, struct sock *sk,
			       struct msghdr *msg)
{
	struct sockaddr *address = msg->msg_name;

	if (unlikely(!sk))
		return 0;
	if (likely(is_udp_ipv4(sk)))
		return check_udp_ipv4(bucket, sk, msg);
	if (ignores_name(sk, msg))
		return 0;
	if (!msg->msg_namelen && takes_no_bytes_for_none(sk))
		return 0;
	if (lacks_family(msg->msg_namelen))
		return -EINVAL;
	if (unlikely(!socket_is_inet(sk)))
		return check_other(bucket, sk, address, msg->msg_namelen,
				   CORDON_SOCKET_OP_CONNECT);
	if (means_no_address(sk, address)) {
		/*
		 * It goes, lest it be one after all: another thread may make
		 * this a socket of IPv4 before the kernel looks at it, to
		 * which the same bytes are an address.
		 */
		msg->msg_name = NULL;
		msg->msg_namelen = 0;
		return 0;
	}
	if (unlikely(sk->sk_protocol == IPPROTO_SCTP))
		return check_sctp(bucket, sk, msg);
	return check_sockaddr(bucket, sk, address, msg->msg_namelen,
			      peer_family(sk, address),
			      CORDON_SOCKET_OP_CONNECT);
}

int hook_socket_sendmsg(struct socket *sock, struct msghdr *msg, int size)
{
	const struct hlist_head *bucket;

	if (!msg->msg_name)
		return 0;
	bucket = member_hint(current);
	return likely(!bucket) ? 0 : check_name(bucket, sock->sk, msg);
}
