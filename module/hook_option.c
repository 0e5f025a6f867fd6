// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on what goes beside addresses: options of sockets, and the control data
 * of messages.
 *
 * The first stop of a source route is where a packet goes to, whatever address
 * it was that was judged.  The kernel reads control data in one place for each
 * version of IP, and what comes so by way of other options in the same one.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/socket.h>
#include <net/sock.h>

#include "hooks.h"
#include "socket_check.h"

static bool is_source_route(int level, int option)
{
	if (level == SOL_IP)
		return option == IP_OPTIONS;
	return level == SOL_IPV6 && option == IPV6_RTHDR;
}

/* Which does what binding to groups does. */
static bool joins_group(const struct sock *sk, int level, int option)
{
	return sk->sk_family == AF_NETLINK && level == SOL_NETLINK &&
	       option == NETLINK_ADD_MEMBERSHIP;
}

int hook_socket_setsockopt(struct socket *sock, int level, int option)
{
	const struct hlist_head *bucket = member_hint(current);
	const struct sock *sk = sock->sk;
	struct kind kind;

	if (likely(!bucket) || unlikely(!sk))
		return 0;
	if (is_source_route(level, option))
		return socket_refuse_route(bucket, sk);
	if (!joins_group(sk, level, option))
		return 0;
	kind = socket_kind(sk);
	return socket_check_kind(bucket, &kind, NULL, CORDON_SOCKET_OP_BIND);
}

static bool is_route_control(const struct cmsghdr *cmsg)
{
	if (cmsg->cmsg_level == SOL_IP)
		return cmsg->cmsg_type == IP_RETOPTS;
	return cmsg->cmsg_level == SOL_IPV6 &&
	       (cmsg->cmsg_type == IPV6_RTHDR ||
		cmsg->cmsg_type == IPV6_2292RTHDR);
}

static bool has_route(struct msghdr *msg)
{
	struct cmsghdr *cmsg;

	for_each_cmsghdr(cmsg, msg) {
		/* The kernel refuses the whole of it. */
		if (!CMSG_OK(msg, cmsg))
			return false;
		if (is_route_control(cmsg))
			return true;
	}
	return false;
}

static int check_control(const struct sock *sk, struct msghdr *msg)
{
	const struct hlist_head *bucket = member_hint(current);

	if (likely(!bucket) || !has_route(msg))
		return 0;
	return socket_refuse_route(bucket, sk);
}

int hook_ip_cmsg_send(const struct sock *sk, struct msghdr *msg)
{
	return check_control(sk, msg);
}

int hook_ip6_datagram_send_ctl(const struct net *net, const struct sock *sk,
			       struct msghdr *msg)
{
	return check_control(sk, msg);
}
