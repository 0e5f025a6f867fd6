// SPDX-License-Identifier: GPL-2.0
/*
 * The guard: hooks on what would let a task step around its policy.  Paths
 * mean nothing to one that can rearrange mounts, and a tenant means nothing to
 * one that can write into tasks outside of it.
 */
#include "guard.h"

#include <linux/cred.h>
#include <linux/kdev_t.h>
#include <linux/kernel_read_file.h>
#include <linux/ptrace.h>
#include <linux/stat.h>

#include "event.h"
#include "hooks.h"
#include "member.h"

static int report(struct tenant *tenant, const struct policy *policy, u16 op,
		  pid_t target)
{
	const struct event_cause cause = {
		.tenant = tenant,
		.policy = policy,
		.class = CORDON_CLASS_GUARD,
		.op = op,
		.reason = CORDON_REASON_GUARD,
		.rule = RULESET_NONE,
		.denied = true,
		.error = EPERM,
	};
	struct event *event = event_new(&cause, NULL, 0);

	if (event) {
		event->target_pid = target;
		event_queue(event);
	}
	return event_result(policy, true, -EPERM);
}

/* Decides on an operation, on another task where there is one. */
static noinline int check(u16 op, struct task_struct *target, bool silent)
{
	const struct policy *policy;
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant(current);
	policy = tenant ? policy_of(tenant) : NULL;
	if (!policy || !(policy->guard_denied & op))
		goto out;
	if (target && member_tenant(target) == tenant)
		goto out;
	if (silent)
		ret = event_result(policy, true, -EPERM);
	else
		ret = report(tenant, policy, op,
			     target ? task_tgid_nr(target) : 0);
out:
	rcu_read_unlock();
	return ret;
}

static int check_op(u16 op)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check(op, NULL, false);
}

int hook_sb_mount(void)
{
	return check_op(CORDON_GUARD_OP_MOUNT);
}

int hook_sb_umount(void)
{
	return check_op(CORDON_GUARD_OP_MOUNT);
}

int hook_sb_remount(void)
{
	return check_op(CORDON_GUARD_OP_MOUNT);
}

int hook_sb_pivotroot(void)
{
	return check_op(CORDON_GUARD_OP_MOUNT);
}

int hook_move_mount(void)
{
	return check_op(CORDON_GUARD_OP_MOUNT);
}

int hook_mntns_install(void)
{
	return check_op(CORDON_GUARD_OP_MOUNT);
}

int hook_create_user_ns(const struct cred *cred)
{
	return check_op(CORDON_GUARD_OP_USERNS);
}

/* Also asked when a task only looks at another in /proc, then without a word. */
int hook_ptrace_access_check(struct task_struct *child, unsigned int mode)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check(CORDON_GUARD_OP_PTRACE, child, mode & PTRACE_MODE_NOAUDIT);
}

/* Signal 0 only asks whether there is such a task. */
int hook_task_kill(struct task_struct *task, struct kernel_siginfo *info,
		   int sig, const struct cred *cred)
{
	if (likely(!member_maybe(current)) || !sig)
		return 0;
	return check(CORDON_GUARD_OP_SIGNAL, task, false);
}

int hook_kernel_module_request(char *name)
{
	return check_op(CORDON_GUARD_OP_MODULE);
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
	return is_code(id) ? check_op(CORDON_GUARD_OP_MODULE) : 0;
}

int hook_kernel_load_data(int id, bool contents)
{
	static_assert((int)LOADING_MODULE == (int)READING_MODULE);
	return is_code(id) ? check_op(CORDON_GUARD_OP_MODULE) : 0;
}

int hook_bpf(int cmd, void *attr, unsigned int size)
{
	return check_op(CORDON_GUARD_OP_BPF);
}

/*
 * Overlayfs finds its layers' files by handle as well, with credentials of its
 * own in place of the task's; open_by_handle_at() uses the task's.
 */
int hook_exportfs_decode_fh_raw(void)
{
	if (current->cred != current->real_cred)
		return 0;
	return check_op(CORDON_GUARD_OP_HANDLE);
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
	return check_op(CORDON_GUARD_OP_DEVICE);
}
