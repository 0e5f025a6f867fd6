// SPDX-License-Identifier: GPL-2.0
/*
 * The guard: hooks on what would let a task step around its policy.  Paths
 * mean nothing to one that can rearrange mounts, and a tenant means nothing to
 * one that can write into tasks outside of it.
 */
#include "guard.h"

#include <linux/cred.h>
#include <linux/fcntl.h>
#include <linux/kdev_t.h>
#include <linux/kernel_read_file.h>
#include <linux/mount.h>
#include <linux/perf_event.h>
#include <linux/ptrace.h>
#include <linux/stat.h>
#include <uapi/linux/mount.h>

#include <asm/syscall.h>

#include "hooks.h"
#include "member.h"
#include "report.h"

/**
 * struct question - what is to be decided
 * @op: the operation
 * @target: the task that it is done to, or NULL
 * @silent: whether a denial is no event
 * @error: positive error number that the caller gets
 */
struct question {
	u16 op;
	struct task_struct *target;
	bool silent;
	int error;
};

static void report(struct tenant *tenant, const struct policy *policy,
		   const struct question *q)
{
	const struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.class = CORDON_CLASS_GUARD,
		.op = q->op,
		.reason = CORDON_REASON_GUARD,
		.rule = RULESET_NONE,
		.denied = true,
		.error = q->error,
		.object.target_pid = q->target ? task_tgid_nr(q->target) : 0,
	};

	report_event(&cause);
}

static noinline int decide(const struct question *q)
{
	const struct policy *policy;
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant(current);
	policy = tenant ? policy_of(tenant) : NULL;
	if (!policy || !(policy->guard_denied & q->op))
		goto out;
	if (q->target && member_tenant(q->target) == tenant)
		goto out;
	if (!q->silent)
		report(tenant, policy, q);
	ret = event_result(policy, true, -EPERM);
out:
	rcu_read_unlock();
	return ret;
}

/**
 * guard_check - decide on an operation of current
 * @op: the operation
 *
 * Context: does not sleep.
 * Return: 0 to go on, or -EPERM.
 */
int guard_check(u16 op)
{
	const struct question q = { .op = op, .error = EPERM };

	if (likely(!member_maybe(current)))
		return 0;
	return decide(&q);
}

/**
 * guard_check_task - decide on what current does to another task
 * @op: the operation
 * @target: the task, or NULL for all that there are
 * @error: the error that current gets to see, 0 if it cannot be told
 *
 * Context: inside rcu_read_lock() or with a reference on @target; does not
 * sleep.
 * Return: 0 to go on, or -EPERM.
 */
int guard_check_task(u16 op, struct task_struct *target, int error)
{
	const struct question q = { .op = op,
				    .target = target,
				    .error = error };

	if (likely(!member_maybe(current)))
		return 0;
	return decide(&q);
}

int hook_sb_mount(void)
{
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

int hook_sb_umount(void)
{
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

int hook_sb_remount(void)
{
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

int hook_sb_pivotroot(void)
{
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

int hook_move_mount(void)
{
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

/* Another mount namespace has other files at the same paths. */
int hook_mntns_install(void)
{
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

/* System calls that do nothing but change mounts, or make new ones. */
int hook_mount_call(void)
{
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

/*
 * open_tree() clones mounts, or only opens a path, as O_PATH does; which flags
 * that leaves is known, and what newer kernels add is not.
 */
int hook_open_tree(struct pt_regs *regs)
{
	const unsigned long harmless = OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
				       AT_RECURSIVE | AT_NO_AUTOMOUNT |
				       AT_SYMLINK_NOFOLLOW;
	unsigned long args[6];

	syscall_get_arguments(current, regs, args);
	if (!((u32)args[2] & ~harmless))
		return 0;
	return guard_check(CORDON_GUARD_OP_MOUNT);
}

int hook_create_user_ns(const struct cred *cred)
{
	return guard_check(CORDON_GUARD_OP_USERNS);
}

/* Who enters one that is there has every privilege in it as well. */
int hook_userns_install(void)
{
	return guard_check(CORDON_GUARD_OP_USERNS);
}

/* Also asked when a task only looks at another in /proc, then without a word. */
int hook_ptrace_access_check(struct task_struct *child, unsigned int mode)
{
	const struct question q = {
		.op = CORDON_GUARD_OP_PTRACE,
		.target = child,
		.silent = mode & PTRACE_MODE_NOAUDIT,
		.error = EPERM,
	};

	if (likely(!member_maybe(current)))
		return 0;
	return decide(&q);
}

/*
 * Kernels from 7 on let a task that may watch performance read the memory of
 * others although it may not trace them, and ask for both in that order.  What
 * the caller sees is what it sees of a denial to trace.
 */
int hook_mm_access(struct task_struct *task, unsigned int mode)
{
	const struct mm_struct *mm = READ_ONCE(task->mm);
	const struct question q = {
		.op = CORDON_GUARD_OP_PTRACE,
		.target = task,
		.silent = mode & PTRACE_MODE_NOAUDIT,
		.error = EPERM,
	};

	if (likely(!member_maybe(current)) || !mm || mm == current->mm)
		return 0;
	return decide(&q) ? -EACCES : 0;
}

/*
 * A privileged task may sample registers and stacks of others, or of all on a
 * processor, without being asked whether it may trace them.  A child's event
 * that follows from its parent's is not asked for by anybody.
 */
int hook_perf_event_alloc(struct perf_event *event)
{
	if (event->parent)
		return 0;
	return guard_check_task(CORDON_GUARD_OP_PTRACE, event->hw.target,
				EPERM);
}

int hook_kernel_module_request(char *name)
{
	return guard_check(CORDON_GUARD_OP_MODULE);
}

/*
 * Whether the kernel is to run what it reads.  What is not known here is taken
 * for such: later kernels tell kinds of modules apart.
 */
static bool is_code(int id)
{
	switch (id) {
	case READING_FIRMWARE:
	case READING_POLICY:
	case READING_X509_CERTIFICATE:
		return false;
	default:
		return true;
	}
}

int hook_kernel_read_file(struct file *file, int id, bool contents)
{
	return is_code(id) ? guard_check(CORDON_GUARD_OP_MODULE) : 0;
}

int hook_kernel_load_data(int id, bool contents)
{
	static_assert((int)LOADING_MODULE == (int)READING_MODULE);
	return is_code(id) ? guard_check(CORDON_GUARD_OP_MODULE) : 0;
}

/* Forced, it takes away modules that are in use: this one, for instance. */
int hook_delete_module(void)
{
	return guard_check(CORDON_GUARD_OP_MODULE);
}

int hook_bpf(int cmd, void *attr, unsigned int size)
{
	return guard_check(CORDON_GUARD_OP_BPF);
}

/* Its caller would be told of a stale handle by what is hooked below. */
int hook_open_by_handle_at(void)
{
	return guard_check(CORDON_GUARD_OP_HANDLE);
}

/*
 * Filesystems have calls of their own to open handles.  Overlayfs finds its
 * layers' files by handle as well, with credentials of its own in place of the
 * task's.
 */
int hook_exportfs_decode_fh_raw(void)
{
	if (current->cred != current->real_cred)
		return 0;
	return guard_check(CORDON_GUARD_OP_HANDLE);
}

/**
 * guard_check_node - decide on making a node
 * @mode: its type and mode
 * @dev: its device
 *
 * A device node in a place where a tenant may write would be a way to a device
 * that the tenant may not open.  The whiteout of overlayfs is not a device.
 *
 * Context: may not sleep; current may be a member.
 * Return: 0 to go on, or -EPERM.
 */
int guard_check_node(umode_t mode, unsigned int dev)
{
	if (!S_ISBLK(mode) && !(S_ISCHR(mode) && dev))
		return 0;
	return guard_check(CORDON_GUARD_OP_DEVICE);
}
