// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on what comes in: requests for a connection, and datagrams.
 *
 * They run when a packet comes, mostly in a softirq that interrupted anybody, so
 * current has nothing to do with it; the tenant is that of the socket.  A packet
 * that is denied is dropped without an answer: no connection comes about, and
 * the one who asked for it gives up in the end.
 *
 * A request is judged when it comes (the SYN, or INIT of SCTP) before anything
 * is sent back, so fast open and SYN cookies make no difference; the packet that
 * brings a cookie back is judged again.
 */
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/inet_sock.h>
#include <net/sctp/structs.h>
#include <net/tcp_states.h>

#include "hooks.h"
#include "member.h"
#include "socket_check.h"
#include "socket_owner.h"

/* Whether its addresses were found; @packet is about @skb then. */
static bool read_addresses(struct packet *packet, const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		packet->len = 4;
		packet->remote = (const u8 *)&ip_hdr(skb)->saddr;
		packet->local = (const u8 *)&ip_hdr(skb)->daddr;
		return true;
	}
	if (skb->protocol != htons(ETH_P_IPV6))
		return false;
	packet->len = 16;
	packet->remote = (const u8 *)&ipv6_hdr(skb)->saddr;
	packet->local = (const u8 *)&ipv6_hdr(skb)->daddr;
	return true;
}

/* Where all protocols that have ports have that of the sender. */
static u16 source_port(const struct sk_buff *skb)
{
	return get_unaligned_be16(skb_transport_header(skb));
}

/* The port that a socket has; ping sockets keep another number there. */
static void read_ports(struct packet *packet, const struct sock *sk,
		       const struct sk_buff *skb)
{
	if (packet->proto == CORDON_PROTO_RAW ||
	    packet->proto == CORDON_PROTO_ICMP)
		return;
	packet->remote_port = source_port(skb);
	packet->local_port = inet_sk(sk)->inet_num;
}

/* Who asks for a connection may be a tenant's as well as who is asked. */
static noinline int check_packet(const struct hlist_head *bucket,
				 const struct sock *sk,
				 const struct sk_buff *skb, u8 proto, u16 op)
{
	struct packet packet = { .proto = proto };
	int ret = 0;

	/* Nothing else than IP comes to these sockets. */
	if (!read_addresses(&packet, skb))
		return 0;
	read_ports(&packet, sk, skb);
	packet.loopback = skb->skb_iif == LOOPBACK_IFINDEX;
	if (packet.loopback && (proto & RULESET_PEER_PROTOS) &&
	    op == CORDON_SOCKET_OP_ACCEPT && socket_owner_peers())
		ret = socket_check_client(sk, &packet);
	if (ret || !bucket)
		return ret;
	return socket_check_packet(bucket, sk, &packet, op);
}

/*
 * MPTCP has a TCP socket that listens for it; those who fall back to TCP come
 * to it as well.
 */
int hook_inet_conn_request(const struct sock *sk, struct sk_buff *skb)
{
	const struct hlist_head *bucket = socket_owner_hint(sk);

	if (likely(!bucket && !socket_owner_peers()))
		return 0;
	return check_packet(bucket, sk, skb, socket_outer_proto(sk),
			    CORDON_SOCKET_OP_ACCEPT);
}

int hook_sctp_assoc_request(struct sctp_association *association,
			    struct sk_buff *skb)
{
	const struct sock *sk = association->base.sk;
	const struct hlist_head *bucket = socket_owner_hint(sk);

	if (likely(!bucket))
		return 0;
	return check_packet(bucket, sk, skb, CORDON_PROTO_SCTP,
			    CORDON_SOCKET_OP_ACCEPT);
}

/*
 * Two on this host that ask each other for a connection get one, without a
 * request that is judged anywhere else.
 */
static noinline int check_crossing(const struct sock *sk,
				   const struct sk_buff *skb)
{
	const struct tcphdr *tcp = tcp_hdr(skb);

	if (skb->skb_iif != LOOPBACK_IFINDEX ||
	    sk->sk_protocol != IPPROTO_TCP ||
	    READ_ONCE(sk->sk_state) != TCP_SYN_SENT || !tcp->syn || tcp->ack)
		return 0;
	return check_packet(socket_owner_hint(sk), sk, skb,
			    socket_outer_proto(sk), CORDON_SOCKET_OP_ACCEPT);
}

/* Called for whatever a socket gets, each segment of TCP included. */
int hook_sock_rcv_skb(struct sock *sk, struct sk_buff *skb)
{
	const struct hlist_head *bucket = socket_owner_hint(sk);

	if (likely(!bucket && !socket_owner_peers()))
		return 0;
	if (sk->sk_type == SOCK_STREAM)
		return socket_owner_peers() ? check_crossing(sk, skb) : 0;
	if (!bucket || !socket_is_inet(sk) ||
	    (sk->sk_type != SOCK_DGRAM && sk->sk_type != SOCK_RAW))
		return 0;
	return check_packet(bucket, sk, skb,
			    socket_proto(sk->sk_type, sk->sk_protocol),
			    CORDON_SOCKET_OP_RECEIVE);
}

int hook_socket_post_create(struct socket *sock, int family, int type,
			    int protocol, int kern)
{
	const struct hlist_head *bucket = member_hint(current);

	if (likely(!bucket) || unlikely(!sock->sk))
		return 0;
	if (!socket_owner_serves(sock->sk, kern))
		return 0;
	return socket_take(bucket, sock->sk, CORDON_SOCKET_OP_CREATE);
}

int hook_sk_free(struct sock *sk)
{
	if (unlikely(socket_owner_hint(sk)))
		socket_owner_drop(sk);
	return 0;
}
