// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on listening.
 *
 * Nobody names an address when a socket is made to listen; it is the one that
 * the socket is bound to.  The hook of the system call is before the kernel
 * locks the socket, so another thread can still bind it elsewhere.  What has
 * connections as TCP does, MPTCP and SMC by a TCP socket of theirs, is judged
 * when the lock is held; SCTP cannot be.  What listens already is bound for good.
 */
#include <linux/in.h>
#include <linux/net.h>
#include <net/af_vsock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "hook_socket.h"
#include "hook_unix.h"
#include "hooks.h"
#include "socket_check.h"
#include "socket_owner.h"
#include "socket_report.h"

static int check_vsock(const struct hlist_head *bucket, struct sock *sk)
{
	struct kind kind = socket_kind(sk);

	kind.cid = vsock_sk(sk)->local_addr.svm_cid;
	kind.port = vsock_sk(sk)->local_addr.svm_port;
	return socket_check_kind(bucket, &kind, NULL, CORDON_SOCKET_OP_LISTEN);
}

/* Whether a socket listens to IPv4 as well; @settled: IPV6_V6ONLY stays. */
static bool listens_to_both(const struct sock *sk, bool settled)
{
	return sk->sk_family == AF_INET6 &&
	       ipv6_addr_any(&sk->sk_v6_rcv_saddr) &&
	       !(settled && sk->sk_ipv6only);
}

/* Listening at the address that a socket of IP is bound to. */
static int check_address(const struct hlist_head *bucket, const struct sock *sk,
			 bool settled)
{
	const u8 *bytes = (const u8 *)&inet_sk(sk)->inet_rcv_saddr;
	const u16 port = READ_ONCE(inet_sk(sk)->inet_num);
	const u8 proto = socket_outer_proto(sk);
	u8 len = 4;
	int ret;

	if (sk->sk_family == AF_INET6) {
		bytes = (const u8 *)&sk->sk_v6_rcv_saddr;
		len = 16;
	}
	ret = socket_check_address(bucket, sk, bytes, len, port, proto,
				   CORDON_SOCKET_OP_LISTEN);
	if (ret || !listens_to_both(sk, settled))
		return ret;
	return socket_check_any_ipv6(bucket, sk, port, proto,
				     CORDON_SOCKET_OP_LISTEN);
}

/* Who comes to it is judged for who made it listen. */
static int check_and_take(const struct hlist_head *bucket, struct sock *sk,
			  bool settled)
{
	int ret = check_address(bucket, sk, settled);

	return ret ? ret : socket_take(bucket, sk, CORDON_SOCKET_OP_LISTEN);
}

/* Called with the socket locked, when it does not listen yet. */
int hook_listen_start(struct sock *sk)
{
	const struct hlist_head *bucket = member_hint(current);

	if (likely(!bucket) || !in_task())
		return 0;
	return check_and_take(bucket, sk, true);
}

/* With a port IPV6_V6ONLY stays as it is, lock or not. */
static int check_inet(const struct hlist_head *bucket, struct sock *sk)
{
	const bool listens = READ_ONCE(sk->sk_state) == TCP_LISTEN &&
			     (sk->sk_protocol == IPPROTO_TCP ||
			      sk->sk_protocol == IPPROTO_MPTCP);

	if (!listens && sk->sk_protocol != IPPROTO_SCTP)
		return 0;
	return check_and_take(bucket, sk, READ_ONCE(inet_sk(sk)->inet_num));
}

static int check_unix(const struct hlist_head *bucket, struct sock *sk)
{
	int ret = unix_check_listen(bucket, sk);

	if (ret || !socket_owner_peers())
		return ret;
	return socket_take(bucket, sk, CORDON_SOCKET_OP_LISTEN);
}

int hook_socket_listen(struct socket *sock, int backlog)
{
	const struct hlist_head *bucket = member_hint(current);
	struct sock *sk = sock->sk;
	struct kind kind;

	if (likely(!bucket) || unlikely(!sk))
		return 0;
	if (socket_is_inet(sk))
		return check_inet(bucket, sk);
	if (sk->sk_family == AF_SMC)
		return 0;
	if (sk->sk_family == AF_UNIX)
		return check_unix(bucket, sk);
	if (sk->sk_family == AF_VSOCK)
		return check_vsock(bucket, sk);
	kind = socket_kind(sk);
	return socket_check_kind(bucket, &kind, NULL, CORDON_SOCKET_OP_LISTEN);
}
