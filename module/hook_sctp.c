// SPDX-License-Identifier: GPL-2.0
/*
 * The hook on lists of addresses, which SCTP alone has: one socket is bound to
 * several addresses, and one association leads to several of a peer.
 */
#include <asm/syscall.h>
#include <linux/compat.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/preempt.h>
#include <linux/sctp.h>
#include <linux/socket.h>
#include <linux/unistd.h>

#include "hook_socket.h"
#include "hooks.h"
#include "socket_check.h"

static int check_list(const struct hlist_head *bucket, struct sock *sk,
		      struct sockaddr *first, int len, u16 op)
{
	u8 *at = (u8 *)first;
	int ret = 0;

	while (!ret && len > 0) {
		struct sockaddr *address = (struct sockaddr *)at;
		int size;

		if (len < (int)offsetofend(struct sockaddr, sa_family))
			return -EINVAL;
		if (address->sa_family == AF_INET)
			size = sizeof(struct sockaddr_in);
		else if (address->sa_family == AF_INET6)
			size = sizeof(struct sockaddr_in6);
		else
			return -EINVAL;
		if (len < size)
			return -EINVAL;
		ret = socket_check_sockaddr(bucket, sk, address, size,
					    address->sa_family, op);
		at += size;
		len -= size;
	}
	return ret;
}

/*
 * A message may name further addresses for the association that it begins.  The
 * hook on sending sees them, but sendmmsg() does not call it for messages behind
 * the first that go to the same name.  There are several ways to that call for
 * 32-bit programs, so that none of theirs begins one.
 */
static bool may_be_unseen(void)
{
	return in_compat_syscall() ||
	       syscall_get_nr(current, current_pt_regs()) == __NR_sendmmsg;
}

/*
 * Other options choose among addresses that the association has.  What the peer
 * asks for comes in a softirq that interrupted anybody, and is about who the
 * peer is.
 */
int hook_sctp_bind_connect(struct sock *sk, int optname,
			   struct sockaddr *address, int len)
{
	const struct hlist_head *bucket = member_hint(current);

	if (likely(!bucket) || !in_task())
		return 0;
	if (optname == SCTP_SOCKOPT_BINDX_ADD)
		return check_list(bucket, sk, address, len,
				  CORDON_SOCKET_OP_BIND);
	if (optname == SCTP_SOCKOPT_CONNECTX)
		return check_list(bucket, sk, address, len,
				  CORDON_SOCKET_OP_CONNECT);
	if (optname == SCTP_SENDMSG_CONNECT && may_be_unseen())
		return socket_refuse_route(bucket, sk);
	return 0;
}

/**
 * sctp_check_more - decide on the addresses in the control data of a message
 * @bucket: what member_hint() said of current
 * @sk: the socket
 * @msg: the message
 * @port: the port of its name
 *
 * A message that begins an association can name more addresses of the peer.
 *
 * Return: 0 to go on, -EACCES or -EINVAL.
 */
int sctp_check_more(const struct hlist_head *bucket, struct sock *sk,
		    struct msghdr *msg, u16 port)
{
	struct cmsghdr *cmsg;
	int ret = 0;

	for_each_cmsghdr(cmsg, msg) {
		u8 len;

		if (!CMSG_OK(msg, cmsg))
			return -EINVAL;
		if (cmsg->cmsg_level != IPPROTO_SCTP ||
		    (cmsg->cmsg_type != SCTP_DSTADDRV4 &&
		     cmsg->cmsg_type != SCTP_DSTADDRV6))
			continue;
		len = cmsg->cmsg_type == SCTP_DSTADDRV4 ? 4 : 16;
		if (cmsg->cmsg_len < CMSG_LEN(len))
			return -EINVAL;
		ret = socket_check_address(bucket, sk, CMSG_DATA(cmsg), len,
					   port, CORDON_PROTO_SCTP,
					   CORDON_SOCKET_OP_CONNECT);
		if (ret)
			break;
	}
	return ret;
}
