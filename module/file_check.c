// SPDX-License-Identifier: GPL-2.0
/*
 * Decisions on files: from a path and operations to a verdict and a report.
 *
 * A decision is first sought without any lock, which finds most to be allowed
 * and not worth a word.  Everything else is decided once more with renames
 * locked out, so that verdict, rule and path in the report are of one moment.
 *
 * What is quickest calls nothing and keeps nothing: whoever it has no answer for
 * begins anew.
 */
#include "file_check.h"

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include "decide.h"
#include "report.h"
#include "path.h"

/* How often a lockless decision is tried before renames are locked out. */
#define LOCKLESS_TRIES 2

/**
 * enum answer - what one lockless try says
 * @ANSWER_ALLOWED: all operations are allowed, and none is to be reported
 * @ANSWER_OTHER: something is to be denied or reported
 * @ANSWER_DISTURBED: a rename came between
 */
enum answer {
	ANSWER_ALLOWED,
	ANSWER_OTHER,
	ANSWER_DISTURBED,
};

/*
 * Whether it may be done to what is no file.  Programs are files: what is in
 * memory is found by a name that the mapping has in /proc.
 */
static bool is_beyond_policy(enum path_kind kind, u16 ops)
{
	return kind == PATH_NO_FILE ||
	       (kind == PATH_MEMORY && !(ops & CORDON_FILE_OP_EXEC));
}

static enum answer try_lockless(const struct ruleset *rules,
				const struct path *path, u16 ops)
{
	struct component names[PATH_DEPTH_INLINE] UNINITIALIZED;
	struct pathname name UNINITIALIZED;
	enum path_kind kind;
	unsigned int seq;
	bool plain;

	seq = read_seqbegin(&rename_lock);
	kind = path_climb(path, names, ARRAY_SIZE(names), &name);
	if (unlikely(read_seqretry(&rename_lock, seq)))
		return ANSWER_DISTURBED;
	if (kind == PATH_NAMED || kind == PATH_MEMFD)
		plain = decide_file_plain(rules, &name, ops);
	else
		plain = is_beyond_policy(kind, ops);
	if (unlikely(read_seqretry(&rename_lock, seq)))
		return ANSWER_DISTURBED;
	return plain ? ANSWER_ALLOWED : ANSWER_OTHER;
}

/**
 * struct file_case - a decision that has to be reported
 * @ops: the operations asked for
 * @cause: for the event
 * @text: the path, where it has one and there is memory for it
 * @text_len: its length in bytes
 * @decided: whether there is anything to report at all
 * @unnamed: whether there is no memory for the path
 */
struct file_case {
	u16 ops;
	struct event_cause cause;
	char *text;
	size_t text_len;
	bool decided;
	bool unnamed;
};

static void deny_unnamed(struct file_case *c, u8 reason)
{
	c->cause.denied = true;
	c->cause.reason = reason;
	c->cause.rule = RULESET_NONE;
	c->cause.op = c->ops & -c->ops;
	c->decided = true;
}

static void name_case(struct file_case *c, const struct pathname *name)
{
	c->text = path_copy(name, PATH_MAX, &c->text_len);
	c->unnamed = !c->text;
}

static void decide_named(struct file_case *c, const struct pathname *name)
{
	const struct ruleset *rules = &c->cause.policy->rules;
	struct decision decision = decide_file(rules, name, c->ops);
	u16 ops = decision.denied ? decision.denied : decision.loud;

	if (!ops)
		return;
	c->decided = true;
	c->cause.denied = decision.denied;
	c->cause.op = ops & -ops;
	c->cause.rule =
		decide_file_rule(rules, name, c->cause.op, c->cause.denied);
	c->cause.reason = c->cause.rule == RULESET_NONE ?
				  CORDON_REASON_DEFAULT :
				  CORDON_REASON_RULE;
	name_case(c, name);
}

static void decide_nameless(struct file_case *c, enum path_kind kind)
{
	if (kind == PATH_DEEP)
		deny_unnamed(c, CORDON_REASON_NO_MEMORY);
	else if (!is_beyond_policy(kind, c->ops))
		deny_unnamed(c, CORDON_REASON_NO_PATH);
}

/* Decides with renames locked out. */
static void decide_locked(struct file_case *c, const struct path *path)
{
	struct whole_path whole UNINITIALIZED;

	read_seqlock_excl(&rename_lock);
	path_climb_whole(&whole, path);
	if (path_has_name(&whole))
		decide_named(c, &whole.name);
	else
		decide_nameless(c, whole.kind);
	read_sequnlock_excl(&rename_lock);
	path_end_whole(&whole);
}

static void report(struct file_case *c, const struct path *path)
{
	const struct inode *inode = d_backing_inode(path->dentry);

	if (c->unnamed) {
		report_unnamed(&c->cause);
		return;
	}
	c->cause.path = c->text;
	c->cause.path_len = c->text_len;
	c->cause.object.file.dev = path->dentry->d_sb->s_dev;
	c->cause.object.file.ino = inode ? inode->i_ino : 0;
	report_event(&c->cause);
}

static void begin_case(struct file_case *c, struct tenant *tenant,
		       const struct policy *policy, u16 ops)
{
	memset(c, 0, sizeof(*c));
	c->ops = ops;
	c->cause.tenant = tenant;
	c->cause.policy = policy;
	c->cause.class = CORDON_CLASS_FILE;
	c->cause.error = EACCES;
}

/* Reports what was decided about @path; returns what the hook is to return. */
static int end_case(struct file_case *c, const struct path *path)
{
	if (c->decided)
		report(c, path);
	kfree(c->text);
	return event_result(c->cause.policy, c->cause.denied, -EACCES);
}

static noinline int decide_and_report(struct tenant *tenant,
				      const struct policy *policy,
				      const struct path *path, u16 ops)
{
	struct file_case c UNINITIALIZED;

	begin_case(&c, tenant, policy, ops);
	decide_locked(&c, path);
	return end_case(&c, path);
}

/**
 * file_check - decide on operations of a tenant on a file
 * @tenant: the tenant
 * @path: the file
 * @ops: the operations, as file operation flags
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int file_check(struct tenant *tenant, const struct path *path, u16 ops)
{
	const struct policy *policy = policy_of(tenant);
	enum answer answer;
	u32 tries = 0;

	if (!policy || !(policy->rules.file_needs & ops))
		return 0;
	do {
		answer = try_lockless(&policy->rules, path, ops);
		if (likely(answer == ANSWER_ALLOWED))
			return 0;
	} while (answer == ANSWER_DISTURBED && ++tries < LOCKLESS_TRIES);
	return decide_and_report(tenant, policy, path, ops);
}

/*
 * Waits for RCU wait for sections without preemption as well, and to begin and
 * end one takes two instructions where rcu_read_lock() is a call.  With
 * PREEMPT_RT reading rename_lock may sleep.
 */
static __always_inline void begin_quick(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		rcu_read_lock();
	else
		rcu_read_lock_sched();
}

static __always_inline void end_quick(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		rcu_read_unlock();
	else
		rcu_read_unlock_sched();
}

/* try_lockless() for a file in a mount, laid out so that it takes the least. */
static __always_inline bool try_quickly(const struct ruleset *rules,
					const struct path *path, u16 ops)
{
	struct component names[PATH_DEPTH_INLINE] UNINITIALIZED;
	enum path_kind kind;
	unsigned int seq = read_seqbegin(&rename_lock);
	bool plain;
	u32 count;

	kind = path_climb_quick(path, names, ARRAY_SIZE(names), &count);
	if (unlikely(read_seqretry(&rename_lock, seq)))
		return false;
	if (unlikely(kind != PATH_NAMED))
		return is_beyond_policy(kind, ops);
	plain = decide_file_plain(rules,
				  &(struct pathname){ .count = count,
						      .at = names },
				  ops);
	return likely(!read_seqretry(&rename_lock, seq)) && plain;
}

static __always_inline bool is_plainly_allowed(const struct hlist_head *bucket,
					       const struct path *path, u16 ops)
{
	const struct policy *policy;
	struct tenant *tenant;
	bool plain = true;

	begin_quick();
	tenant = member_tenant_in(bucket, current);
	policy = likely(tenant) ? policy_of(tenant) : NULL;
	if (likely(policy && (policy->rules.file_needs & ops)))
		plain = likely(path_is_mounted(path)) &&
			try_quickly(&policy->rules, path, ops);
	end_quick();
	return plain;
}

static noinline int check_anew(const struct hlist_head *bucket,
			       const struct path *path, u16 ops)
{
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant_in(bucket, current);
	if (tenant)
		ret = file_check(tenant, path, ops);
	rcu_read_unlock();
	return ret;
}

/**
 * file_check_member - decide on operations of the current task on a file
 * @bucket: what member_hint() said of the task
 * @path: the file
 * @ops: the operations, as file operation flags
 *
 * Context: any; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int file_check_member(const struct hlist_head *bucket, const struct path *path,
		      u16 ops)
{
	if (likely(is_plainly_allowed(bucket, path, ops)))
		return 0;
	return check_anew(bucket, path, ops);
}

/**
 * file_covers - whether rules allow operations on a file, without any report
 * @rules: the rules
 * @path: the file
 * @ops: the operations, as file operation flags
 * @kind: set to what the path is
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: true when it has a name and they do.
 */
bool file_covers(const struct ruleset *rules, const struct path *path, u16 ops,
		 enum path_kind *kind)
{
	struct whole_path whole UNINITIALIZED;
	bool covers = false;

	read_seqlock_excl(&rename_lock);
	path_climb_whole(&whole, path);
	if (path_has_name(&whole))
		covers = !decide_file(rules, &whole.name, ops).denied;
	read_sequnlock_excl(&rename_lock);
	path_end_whole(&whole);
	*kind = whole.kind;
	return covers;
}

/* What the tenant could do at the new path only, as one operation. */
static u16 gained_op(const struct ruleset *rules, const struct pathname *from,
		     const struct pathname *to)
{
	u16 before = ~decide_file(rules, from, RULESET_FILE_OPS).denied;
	u16 after = ~decide_file(rules, to, RULESET_FILE_OPS).denied;
	u16 gained = after & ~before & RULESET_FILE_OPS;

	/* None is gained by the object itself when rules differ below it. */
	return gained ? gained & -gained : CORDON_FILE_OP_CREATE;
}

static void decide_move_named(struct file_case *c, const struct pathname *from,
			      const struct pathname *to, bool directory)
{
	const struct ruleset *rules = &c->cause.policy->rules;
	u16 op;

	if (decide_move(rules, from, to, directory))
		return;
	op = gained_op(rules, from, to);
	c->decided = true;
	c->cause.denied = true;
	c->cause.reason = CORDON_REASON_WIDENS;
	c->cause.op = op;
	c->cause.rule = decide_file_rule(rules, from, op, true);
	name_case(c, to);
}

static void decide_move_locked(struct file_case *c, const struct path *from,
			       const struct path *to, bool directory)
{
	struct whole_path source UNINITIALIZED;
	struct whole_path target UNINITIALIZED;

	read_seqlock_excl(&rename_lock);
	path_climb_whole(&source, from);
	path_climb_whole(&target, to);
	if (!path_has_name(&source))
		decide_nameless(c, source.kind);
	else if (!path_has_name(&target))
		decide_nameless(c, target.kind);
	else
		decide_move_named(c, &source.name, &target.name, directory);
	read_sequnlock_excl(&rename_lock);
	path_end_whole(&source);
	path_end_whole(&target);
}

/**
 * file_check_move - decide on giving an object another path
 * @tenant: the tenant
 * @from: the object
 * @to: the path that it would get
 * @directory: whether it is a directory
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
int file_check_move(struct tenant *tenant, const struct path *from,
		    const struct path *to, bool directory)
{
	const struct policy *policy = policy_of(tenant);
	struct file_case c UNINITIALIZED;

	if (!policy || !policy->rules.file_needs)
		return 0;
	begin_case(&c, tenant, policy, CORDON_FILE_OP_CREATE);
	decide_move_locked(&c, from, to, directory);
	return end_case(&c, to);
}
