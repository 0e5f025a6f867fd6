// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on files: what the kernel is about to do, as operations on a path.
 *
 * A decision is first sought without any lock, which finds most to be allowed
 * and not worth a word.  Everything else is decided once more with renames
 * locked out, so that verdict, rule and path in the report are of one moment.
 */
#include "hook_file.h"

#include <linux/binfmts.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include <linux/slab.h>

#include "decide.h"
#include "event.h"
#include "hooks.h"
#include "member.h"
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

static enum answer try_lockless(const struct ruleset *rules,
				const struct path *path, u16 ops)
{
	struct component names[PATH_DEPTH_INLINE] UNINITIALIZED;
	struct pathname name UNINITIALIZED;
	struct decision decision;
	enum path_kind kind;
	unsigned int seq;

	seq = read_seqbegin(&rename_lock);
	kind = path_climb(path, names, ARRAY_SIZE(names), &name);
	if (unlikely(read_seqretry(&rename_lock, seq)))
		return ANSWER_DISTURBED;
	if (unlikely(kind != PATH_NAMED && kind != PATH_MEMFD))
		return kind == PATH_NO_FILE ? ANSWER_ALLOWED : ANSWER_OTHER;
	decision = decide_file(rules, &name, ops);
	if (unlikely(read_seqretry(&rename_lock, seq)))
		return ANSWER_DISTURBED;
	return decision.denied || decision.loud ? ANSWER_OTHER : ANSWER_ALLOWED;
}

/**
 * struct file_case - a decision that has to be reported
 * @ops: the operations asked for
 * @cause: for the event
 * @text: the path, or NULL for want of memory
 * @text_len: its length in bytes
 * @decided: whether there is anything to report at all
 */
struct file_case {
	u16 ops;
	struct event_cause cause;
	char *text;
	size_t text_len;
	bool decided;
};

static void deny_unnamed(struct file_case *c, u8 reason)
{
	c->cause.denied = true;
	c->cause.reason = reason;
	c->cause.rule = RULESET_NONE;
	c->cause.op = c->ops & -c->ops;
	c->decided = true;
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
	if (c->text)
		c->text_len = path_write(name, c->text, PATH_MAX);
}

/* Decides with renames locked out. */
static void decide_locked(struct file_case *c, const struct path *path)
{
	struct component names[PATH_DEPTH_INLINE] UNINITIALIZED;
	struct component *more = NULL;
	struct pathname name;
	enum path_kind kind;

	read_seqlock_excl(&rename_lock);
	kind = path_climb(path, names, ARRAY_SIZE(names), &name);
	if (kind == PATH_DEEP) {
		more = kmalloc_array(PATH_DEPTH_MAX, sizeof(*more),
				     GFP_ATOMIC | __GFP_NOWARN);
		if (more)
			kind = path_climb(path, more, PATH_DEPTH_MAX, &name);
	}
	if (kind == PATH_NAMED || kind == PATH_MEMFD)
		decide_named(c, &name);
	else if (kind == PATH_DEEP && !more)
		deny_unnamed(c, CORDON_REASON_NO_MEMORY);
	else if (kind != PATH_NO_FILE)
		deny_unnamed(c, CORDON_REASON_NO_PATH);
	read_sequnlock_excl(&rename_lock);
	kfree(more);
}

static void report(const struct file_case *c, const struct path *path)
{
	const struct inode *inode = d_backing_inode(path->dentry);
	struct event *event;

	if (!event_wanted(&c->cause))
		return;
	if (!c->text) {
		event_drop(c->cause.tenant);
		return;
	}
	event = event_new(&c->cause, c->text, c->text_len);
	if (!event)
		return;
	event->file.dev = path->dentry->d_sb->s_dev;
	event->file.ino = inode ? inode->i_ino : 0;
	event_queue(event);
}

static noinline int decide_and_report(struct tenant *tenant,
				      const struct policy *policy,
				      const struct path *path, u16 ops)
{
	struct file_case c = {
		.ops = ops,
		.cause = {
			.tenant = tenant,
			.policy = policy,
			.class = CORDON_CLASS_FILE,
		},
		.text = kmalloc(PATH_MAX, GFP_ATOMIC | __GFP_NOWARN),
	};

	decide_locked(&c, path);
	if (c.decided)
		report(&c, path);
	kfree(c.text);
	return event_result(policy, c.cause.denied, -EACCES);
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

/* The same for current, which may be no member. */
static noinline int check_current(const struct path *path, u16 ops)
{
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant(current);
	if (tenant)
		ret = file_check(tenant, path, ops);
	rcu_read_unlock();
	return ret;
}

/* A name in a directory that is about to come or go. */
static int check_name(const struct path *dir, struct dentry *dentry, u16 ops)
{
	const struct path path = { .mnt = dir->mnt, .dentry = dentry };

	return check_current(&path, ops);
}

/*
 * What an open asks for.  The kernel marks opens of programs to execute and of
 * their interpreters; those are not read by the task.  Access mode 3 gives a
 * descriptor for ioctl only, and needs both permissions.
 */
static u16 open_ops(const struct file *file)
{
	u16 ops = (__force u32)(file->f_mode & (FMODE_READ | FMODE_WRITE));

	static_assert((__force u32)FMODE_READ == CORDON_FILE_OP_READ);
	static_assert((__force u32)FMODE_WRITE == CORDON_FILE_OP_WRITE);
	if (file->f_flags & __FMODE_EXEC)
		return CORDON_FILE_OP_EXEC;
	if (!ops)
		ops = CORDON_FILE_OP_READ | CORDON_FILE_OP_WRITE;
	if (file->f_flags & __O_TMPFILE)
		ops |= CORDON_FILE_OP_CREATE;
	return ops;
}

int hook_file_open(struct file *file)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_current(&file->f_path, open_ops(file));
}

int hook_path_truncate(const struct path *path)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_current(path, CORDON_FILE_OP_WRITE);
}

int hook_path_symlink(const struct path *dir, struct dentry *dentry,
		      const char *target)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_name(dir, dentry, CORDON_FILE_OP_CREATE);
}

int hook_path_mkdir(const struct path *dir, struct dentry *dentry, umode_t mode)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_name(dir, dentry, CORDON_FILE_OP_CREATE);
}

int hook_path_mknod(const struct path *dir, struct dentry *dentry, umode_t mode,
		    unsigned int dev)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_name(dir, dentry, CORDON_FILE_OP_CREATE);
}

int hook_path_rmdir(const struct path *dir, struct dentry *dentry)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_name(dir, dentry, CORDON_FILE_OP_DELETE);
}

int hook_path_unlink(const struct path *dir, struct dentry *dentry)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_name(dir, dentry, CORDON_FILE_OP_DELETE);
}

/*
 * With the personality READ_IMPLIES_EXEC the kernel maps what is asked to be
 * readable as executable too, unless the mount forbids it, but does so behind
 * the hooked function's entry.
 */
static bool read_implies_exec(const struct file *file, unsigned long prot)
{
	if (!(prot & PROT_READ) || !(current->personality & READ_IMPLIES_EXEC))
		return false;
	return !(file->f_path.mnt->mnt_flags & MNT_NOEXEC) &&
	       !(file->f_path.mnt->mnt_sb->s_iflags & SB_I_NOEXEC);
}

int hook_mmap_file(struct file *file, unsigned long prot, unsigned long flags)
{
	if (likely(!member_maybe(current)) || !file)
		return 0;
	if (!(prot & PROT_EXEC) && !read_implies_exec(file, prot))
		return 0;
	return check_current(&file->f_path, CORDON_FILE_OP_MAP);
}

int hook_file_mprotect(struct vm_area_struct *vma, unsigned long asked,
		       unsigned long prot)
{
	if (likely(!member_maybe(current)))
		return 0;
	if (!vma->vm_file || !(prot & PROT_EXEC) || (vma->vm_flags & VM_EXEC))
		return 0;
	return check_current(&vma->vm_file->f_path, CORDON_FILE_OP_MAP);
}
