/* SPDX-License-Identifier: GPL-2.0 */
/* Telling of decisions on sockets. */
#ifndef CORDON_SOCKET_REPORT_H
#define CORDON_SOCKET_REPORT_H

#include "decide.h"
#include "event.h"

/**
 * struct socket_report - a decision that has to be reported
 * @cause: for the event
 * @socket: for the event
 * @text: name of a unix socket, or NULL
 * @text_len: its length in bytes
 */
struct socket_report {
	struct event_cause cause;
	struct event_socket socket;
	const char *text;
	size_t text_len;
};

int socket_report(struct socket_report *report);
void socket_describe_local(struct event_socket *socket, const struct sock *sk);
struct event_socket socket_describe_kind(const struct kind *kind, u16 op);

struct event_socket socket_describe(const struct sock *sk);

/* Whether an operation is about a socket's own address, and not its peer's. */
static inline bool is_about_local(u16 op)
{
	return op & (CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN);
}

/* What decides on an operation of a tenant's, or NULL when nothing does. */
static inline const struct policy *mediating_policy(const struct tenant *tenant,
						    u16 op)
{
	const struct policy *policy = tenant ? policy_of(tenant) : NULL;

	return policy && (policy->rules.socket_needs & op) ? policy : NULL;
}

#endif /* CORDON_SOCKET_REPORT_H */
