// SPDX-License-Identifier: GPL-2.0
/* From a decision on a socket to an event. */
#include "socket_report.h"

#include <linux/net.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "report.h"
#include "socket_check.h"
#include "socket_owner.h"

/**
 * socket_report - report a decision
 * @report: the decision; its class, and what is left out of error and reason,
 * are filled in
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: what the hook is to return.
 */
int socket_report(struct socket_report *report)
{
	struct event_cause *cause = &report->cause;

	cause->class = CORDON_CLASS_SOCKET;
	if (!cause->error)
		cause->error = EACCES;
	if (!cause->reason)
		cause->reason = cause->rule == RULESET_NONE ?
					CORDON_REASON_DEFAULT :
					CORDON_REASON_RULE;
	cause->object.socket = report->socket;
	cause->path = report->text;
	cause->path_len = report->text_len;
	report_event(cause);
	return event_result(cause->policy, cause->denied, -(int)cause->error);
}

/**
 * socket_describe - what is told of any socket
 * @sk: the socket
 *
 * Context: any.
 * Return: that, with no addresses yet.
 */
struct event_socket socket_describe(const struct sock *sk)
{
	return (struct event_socket){
		.family = sk->sk_family,
		.type = sk->sk_type,
		.protocol = socket_outer_proto(sk) == CORDON_PROTO_MPTCP ?
				    IPPROTO_MPTCP :
				    sk->sk_protocol,
	};
}

/**
 * socket_describe_local - fill in where an internet socket is bound
 * @socket: what is told of it
 * @sk: the socket
 *
 * Context: any.
 */
void socket_describe_local(struct event_socket *socket, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	/* SMC keeps its addresses in a TCP socket of its own. */
	if (!socket_is_inet(sk))
		return;
	socket->local_port = inet->inet_num;
	if (sk->sk_family == AF_INET) {
		socket->local_len = 4;
		memcpy(socket->local, &inet->inet_rcv_saddr, 4);
	} else {
		socket->local_len = 16;
		memcpy(socket->local, &sk->sk_v6_rcv_saddr, 16);
	}
}

/**
 * socket_describe_kind - what is told of a socket that has no internet address
 * @kind: what it is
 * @op: one socket operation flag
 *
 * Context: any.
 * Return: that.
 */
struct event_socket socket_describe_kind(const struct kind *kind, u16 op)
{
	struct event_socket socket = {
		.family = kind->family,
		.type = kind->type,
		.protocol = kind->protocol,
	};

	if (kind->family != AF_VSOCK || op == CORDON_SOCKET_OP_CREATE)
		return socket;
	if (is_about_local(op)) {
		socket.local_len = EVENT_CID_LEN;
		memcpy(socket.local, &kind->cid, sizeof(kind->cid));
		socket.local_port = kind->port;
	} else {
		socket.remote_len = EVENT_CID_LEN;
		memcpy(socket.remote, &kind->cid, sizeof(kind->cid));
		socket.remote_port = kind->port;
	}
	return socket;
}
