// SPDX-License-Identifier: GPL-2.0
#include "proto.h"

#ifdef __KERNEL__
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#else
#include <netinet/in.h>
#endif

/* In kernels that have it below AF_INET; see hook_socket.c. */
#ifndef IPPROTO_SMC
#define IPPROTO_SMC 256
#endif

/**
 * socket_proto - the transport protocol of an internet socket
 * @type: its type
 * @protocol: its protocol number
 *
 * SMC is below families of its own and below these, and speaks TCP.
 *
 * Return: one protocol flag.
 */
u8 socket_proto(u16 type, u32 protocol)
{
	if (type == SOCK_RAW)
		return CORDON_PROTO_RAW;
	switch (protocol) {
	case IPPROTO_TCP:
	case IPPROTO_SMC:
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
	case IPPROTO_UDPLITE:
		return CORDON_PROTO_UDPLITE;
	default:
		return CORDON_PROTO_OTHER;
	}
}

/**
 * socket_kind_proto - the same for rules that go by what a socket is
 * @family: its family
 * @type: its type
 * @protocol: its protocol number
 *
 * Return: one protocol flag, or 0 in other families.
 */
u8 socket_kind_proto(u16 family, u16 type, u32 protocol)
{
	if (family != AF_INET && family != AF_INET6)
		return 0;
	return socket_proto(type, protocol);
}

/**
 * socket_resolve_protocol - the number of the protocol that a family takes for
 * none
 * @family: the family
 * @type: type of the socket
 * @protocol: the number that was asked for
 *
 * Return: the number; what no family has stays as it is.
 */
u32 socket_resolve_protocol(u32 family, u32 type, u32 protocol)
{
	if (protocol || (family != AF_INET && family != AF_INET6))
		return protocol;
	switch (type) {
	case SOCK_STREAM:
		return IPPROTO_TCP;
	case SOCK_DGRAM:
		return IPPROTO_UDP;
	case SOCK_SEQPACKET:
		return IPPROTO_SCTP;
	default:
		return protocol;
	}
}
