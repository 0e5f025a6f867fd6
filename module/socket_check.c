// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions on sockets: from a socket, an operation and what it is about to a
 * verdict and a report.
 */
#include "socket_check.h"

#include <linux/dcache.h>
#include <linux/in.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/un.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "path.h"
#include "report.h"
#include "socket_owner.h"

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

static int report(struct event_cause *cause)
{
	cause->class = CORDON_CLASS_SOCKET;
	if (!cause->error)
		cause->error = EACCES;
	if (!cause->reason)
		cause->reason = cause->rule == RULESET_NONE ?
					CORDON_REASON_DEFAULT :
					CORDON_REASON_RULE;
	report_event(cause);
	return event_result(cause->policy, cause->denied, -(int)cause->error);
}

static void describe_local(struct event_socket *socket, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	/* SMC keeps its addresses in a TCP socket of its own. */
	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
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

static bool is_about_local(u16 op)
{
	return op & (CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN);
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
	struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.op = op,
		.denied = denied,
		.rule = decide_socket_rule(&policy->rules, &endpoint,
					   op, denied),
		.object.socket = {
			.family = sk->sk_family,
			.type = sk->sk_type,
			.protocol = sk->sk_protocol,
		},
	};
	int ret;

	if (is_about_local(op)) {
		cause.object.socket.local_len = len;
		memcpy(cause.object.socket.local, bytes, len);
		cause.object.socket.local_port = port;
	} else {
		describe_local(&cause.object.socket, sk);
		cause.object.socket.remote_len = len;
		memcpy(cause.object.socket.remote, bytes, len);
		cause.object.socket.remote_port = port;
	}
	/* For the parent of current. */
	rcu_read_lock();
	ret = report(&cause);
	rcu_read_unlock();
	return ret;
}

static const struct policy *mediating_policy(const struct tenant *tenant,
					     u16 op)
{
	const struct policy *policy = tenant ? policy_of(tenant) : NULL;

	return policy && (policy->rules.socket_needs & op) ? policy : NULL;
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
	struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.op = op,
		.denied = decision.denied,
		.rule = decide_socket_rule(&policy->rules, &endpoint,
					   op, decision.denied),
		.packet_for = sk,
		.object.socket = {
			.family = sk->sk_family,
			.type = sk->sk_type,
			.protocol = sk->sk_protocol,
			.local_len = packet->len,
			.local_port = packet->local_port,
			.remote_len = packet->len,
			.remote_port = packet->remote_port,
		},
	};

	/* To send there was allowed when the socket was connected. */
	if (op == CORDON_SOCKET_OP_RECEIVE && cause.rule == RULESET_NONE &&
	    is_answer(sk, packet))
		return 0;
	memcpy(cause.object.socket.local, packet->local, packet->len);
	memcpy(cause.object.socket.remote, packet->remote, packet->len);
	return report(&cause);
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

/* A socket that cannot be told to be the tenant's must not come to be used. */
static int report_untaken(struct tenant *tenant, const struct sock *sk, u16 op)
{
	struct event_cause cause = {
		.tenant = tenant,
		.policy = policy_of(tenant),
		.op = op,
		.denied = true,
		.rule = RULESET_NONE,
		.reason = CORDON_REASON_NO_MEMORY,
		.error = ENOMEM,
		.object.socket = {
			.family = sk->sk_family,
			.type = sk->sk_type,
			.protocol = sk->sk_protocol,
		},
	};

	return cause.policy ? report(&cause) : 0;
}

/**
 * socket_take - make a socket the tenant's of current
 * @bucket: what member_hint() said of current
 * @sk: the socket
 * @op: in the course of which operation
 *
 * Context: any; does not sleep.
 * Return: 0, or -ENOMEM when there is no room for it.
 */
int socket_take(const struct hlist_head *bucket, const struct sock *sk, u16 op)
{
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant_in(bucket, current);
	if (tenant && socket_owner_add(sk, tenant))
		ret = report_untaken(tenant, sk, op);
	rcu_read_unlock();
	return ret;
}

static struct event_socket describe_kind(const struct kind *kind, u16 op)
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

static noinline int report_kind(struct tenant *tenant,
				const struct policy *policy,
				const struct kind *kind, u16 op, bool denied)
{
	char text[1 + UNIX_PATH_MAX] UNINITIALIZED;
	struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.op = op,
		.denied = denied,
		.rule = decide_kind_rule(&policy->rules, kind, NULL, op,
					 denied),
		.object.socket = describe_kind(kind, op),
	};

	if (kind->abstract) {
		text[0] = '@';
		memcpy(text + 1, kind->abstract, kind->abstract_len);
		cause.path = text;
		cause.path_len = 1 + kind->abstract_len;
	}
	return report(&cause);
}

/**
 * socket_check_kind - decide on an operation of the current task on a socket by
 * what that is
 * @bucket: what member_hint() said of the task
 * @kind: what it is
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int socket_check_kind(const struct hlist_head *bucket, const struct kind *kind,
		      u16 op)
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
			ret = report_kind(tenant, policy, kind, op,
					  decision.denied);
	}
	rcu_read_unlock();
	return ret;
}

/* Whether it is certain without a lock that there is nothing to be said. */
static bool is_plainly_allowed(const struct ruleset *rules,
			       const struct kind *kind, const struct path *path,
			       u16 op)
{
	struct component names[PATH_DEPTH_INLINE] UNINITIALIZED;
	struct pathname name UNINITIALIZED;
	struct decision decision;
	unsigned int seq;

	seq = read_seqbegin(&rename_lock);
	if (path_climb_quick(path, names, ARRAY_SIZE(names), &name) !=
	    PATH_NAMED)
		return false;
	if (read_seqretry(&rename_lock, seq))
		return false;
	decision = decide_kind(rules, kind, &name, op);
	return !read_seqretry(&rename_lock, seq) && !decision.denied &&
	       !decision.loud;
}

/* Decides with renames locked out; whether there is anything to be said. */
static bool decide_locked(struct event_cause *cause, const struct kind *kind,
			  const struct path *path, char *text)
{
	const struct ruleset *rules = &cause->policy->rules;
	struct whole_path whole UNINITIALIZED;
	struct decision decision = { .denied = cause->op };

	cause->rule = RULESET_NONE;
	read_seqlock_excl(&rename_lock);
	path_climb_whole(&whole, path);
	if (whole.kind == PATH_NAMED) {
		decision = decide_kind(rules, kind, &whole.name, cause->op);
		cause->rule = decide_kind_rule(rules, kind, &whole.name,
					       cause->op, decision.denied);
		if (text)
			cause->path_len =
				path_write(&whole.name, text, PATH_MAX);
	} else {
		cause->reason = whole.kind == PATH_DEEP ?
					CORDON_REASON_NO_MEMORY :
					CORDON_REASON_NO_PATH;
	}
	read_sequnlock_excl(&rename_lock);
	path_end_whole(&whole);
	cause->denied = decision.denied;
	return decision.denied || decision.loud;
}

static noinline int decide_and_report(struct tenant *tenant,
				      const struct policy *policy,
				      const struct kind *kind,
				      const struct path *path, u16 op)
{
	char *text = kmalloc(PATH_MAX, GFP_ATOMIC | __GFP_NOWARN);
	struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.op = op,
		.object.socket = describe_kind(kind, op),
		.path = text,
	};
	int ret = 0;

	if (decide_locked(&cause, kind, path, text))
		ret = report(&cause);
	kfree(text);
	return ret;
}

/**
 * socket_check_path - decide on an operation of the current task on a unix
 * socket that is bound to a file
 * @bucket: what member_hint() said of the task
 * @kind: what the socket is
 * @path: the file
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int socket_check_path(const struct hlist_head *bucket, const struct kind *kind,
		      const struct path *path, u16 op)
{
	const struct policy *policy;
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant_in(bucket, current);
	policy = mediating_policy(tenant, op);
	if (policy && !is_plainly_allowed(&policy->rules, kind, path, op))
		ret = decide_and_report(tenant, policy, kind, path, op);
	rcu_read_unlock();
	return ret;
}

/* An operation that there is at the new path only, or the first of all. */
static u16 gained_op(const struct ruleset *rules, const struct pathname *from,
		     const struct pathname *to)
{
	const struct kind kind = { .family = AF_UNIX };
	u16 before =
		~decide_kind(rules, &kind, from, RULESET_SOCKET_OPS).denied;
	u16 after = ~decide_kind(rules, &kind, to, RULESET_SOCKET_OPS).denied;
	u16 gained = after & ~before & RULESET_SOCKET_OPS;

	return gained ? gained & -gained : CORDON_SOCKET_OP_BIND;
}

/* Decides with renames locked out; whether there is anything to be said. */
static bool decide_move_locked(struct event_cause *cause,
			       const struct path *from, const struct path *to,
			       char *text)
{
	const struct ruleset *rules = &cause->policy->rules;
	const struct kind kind = { .family = AF_UNIX };
	struct whole_path source UNINITIALIZED;
	struct whole_path target UNINITIALIZED;
	bool named;

	read_seqlock_excl(&rename_lock);
	path_climb_whole(&source, from);
	path_climb_whole(&target, to);
	named = source.kind == PATH_NAMED && target.kind == PATH_NAMED;
	if (named)
		cause->denied = !decide_socket_move(rules, &source.name,
						    &target.name,
						    d_is_dir(from->dentry));
	else
		cause->denied = true;
	if (named && cause->denied) {
		cause->op = gained_op(rules, &source.name, &target.name);
		cause->rule = decide_kind_rule(rules, &kind, &source.name,
					       cause->op, true);
		if (text)
			cause->path_len =
				path_write(&target.name, text, PATH_MAX);
	}
	read_sequnlock_excl(&rename_lock);
	path_end_whole(&source);
	path_end_whole(&target);
	cause->reason = named ? CORDON_REASON_WIDENS : CORDON_REASON_NO_PATH;
	return cause->denied;
}

/**
 * socket_check_move - decide on giving a unix socket another path
 * @tenant: the tenant
 * @from: what is to be renamed; a directory may have sockets in it
 * @to: the path that it would get
 *
 * Otherwise a socket could be reached by moving it to where one may connect.
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int socket_check_move(struct tenant *tenant, const struct path *from,
		      const struct path *to)
{
	const struct policy *policy = policy_of(tenant);
	struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.op = CORDON_SOCKET_OP_BIND,
		.rule = RULESET_NONE,
		.object.socket = { .family = AF_UNIX },
	};
	char *text;
	int ret = 0;

	if (!policy || !policy->rules.sockets.node_count)
		return 0;
	if (!d_is_dir(from->dentry) &&
	    !S_ISSOCK(d_backing_inode(from->dentry)->i_mode))
		return 0;
	text = kmalloc(PATH_MAX, GFP_ATOMIC | __GFP_NOWARN);
	cause.path = text;
	if (decide_move_locked(&cause, from, to, text))
		ret = report(&cause);
	kfree(text);
	return ret;
}
