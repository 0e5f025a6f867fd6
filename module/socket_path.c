// SPDX-License-Identifier: GPL-2.0
/* Decisions on unix sockets that are bound to files. */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "path.h"
#include "socket_check.h"
#include "socket_peer.h"
#include "socket_report.h"

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
	if (path_climb(path, names, ARRAY_SIZE(names), &name) != PATH_NAMED)
		return false;
	if (read_seqretry(&rename_lock, seq))
		return false;
	decision = decide_kind(rules, kind, &name, op);
	return !read_seqretry(&rename_lock, seq) && !decision.denied &&
	       !decision.loud;
}

/* Decides with renames locked out; whether there is anything to be said. */
static bool decide_locked(struct socket_report *r, const struct kind *kind,
			  const struct path *path, const struct sock *other)
{
	const struct ruleset *rules = &r->cause.policy->rules;
	struct whole_path whole UNINITIALIZED;
	struct decision decision = { .denied = r->cause.op };
	bool lifted = false;

	r->cause.rule = RULESET_NONE;
	read_seqlock_excl(&rename_lock);
	path_climb_whole(&whole, path);
	if (whole.kind == PATH_NAMED) {
		decision = decide_kind(rules, kind, &whole.name, r->cause.op);
		r->cause.rule = decide_kind_rule(rules, kind, &whole.name,
						 r->cause.op, decision.denied);
		r->cause.denied = decision.denied;
		lifted = socket_peer_lifts_unix(&r->cause, kind, &whole.name,
						other);
		r->text = path_copy(&whole.name, PATH_MAX, &r->text_len);
	} else {
		r->cause.denied = true;
		r->cause.reason = whole.kind == PATH_DEEP ?
					  CORDON_REASON_NO_MEMORY :
					  CORDON_REASON_NO_PATH;
	}
	read_sequnlock_excl(&rename_lock);
	path_end_whole(&whole);
	return !lifted && (decision.denied || decision.loud);
}

static noinline int decide_and_report(struct tenant *tenant,
				      const struct policy *policy,
				      const struct kind *kind,
				      const struct path *path,
				      const struct sock *other, u16 op)
{
	struct socket_report r = {
		.cause = { .tenant = tenant, .policy = policy, .op = op },
		.socket = socket_describe_kind(kind, op),
	};
	int ret = 0;

	if (decide_locked(&r, kind, path, other))
		ret = socket_report(&r);
	kfree(r.text);
	return ret;
}

/**
 * socket_check_path - decide on an operation of the current task on a unix
 * socket that is bound to a file
 * @bucket: what member_hint() said of the task
 * @kind: what the socket is
 * @path: the file
 * @other: the socket that is bound to it and would be talked to, or NULL
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int socket_check_path(const struct hlist_head *bucket, const struct kind *kind,
		      const struct path *path, const struct sock *other, u16 op)
{
	const struct policy *policy;
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant_in(bucket, current);
	policy = mediating_policy(tenant, op);
	if (policy && !is_plainly_allowed(&policy->rules, kind, path, op))
		ret = decide_and_report(tenant, policy, kind, path, other, op);
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
static bool decide_move_locked(struct socket_report *r, const struct path *from,
			       const struct path *to)
{
	const struct ruleset *rules = &r->cause.policy->rules;
	const struct kind kind = { .family = AF_UNIX };
	struct whole_path source UNINITIALIZED;
	struct whole_path target UNINITIALIZED;
	bool named;

	read_seqlock_excl(&rename_lock);
	path_climb_whole(&source, from);
	path_climb_whole(&target, to);
	named = source.kind == PATH_NAMED && target.kind == PATH_NAMED;
	if (named)
		r->cause.denied = !decide_socket_move(rules, &source.name,
						      &target.name,
						      d_is_dir(from->dentry));
	else
		r->cause.denied = true;
	if (named && r->cause.denied) {
		r->cause.op = gained_op(rules, &source.name, &target.name);
		r->cause.rule = decide_kind_rule(rules, &kind, &source.name,
						 r->cause.op, true);
		r->text = path_copy(&target.name, PATH_MAX, &r->text_len);
	}
	read_sequnlock_excl(&rename_lock);
	path_end_whole(&source);
	path_end_whole(&target);
	r->cause.reason = named ? CORDON_REASON_WIDENS : CORDON_REASON_NO_PATH;
	return r->cause.denied;
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
	struct socket_report r = {
		.cause = { .tenant = tenant,
			   .policy = policy,
			   .op = CORDON_SOCKET_OP_BIND,
			   .rule = RULESET_NONE },
		.socket = { .family = AF_UNIX },
	};
	int ret = 0;

	if (!policy || !ruleset_has_socket_paths(&policy->rules))
		return 0;
	if (!d_is_dir(from->dentry) &&
	    !S_ISSOCK(d_backing_inode(from->dentry)->i_mode))
		return 0;
	if (decide_move_locked(&r, from, to))
		ret = socket_report(&r);
	kfree(r.text);
	return ret;
}
