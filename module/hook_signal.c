// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on signals: those that a task sends, and those that it has the kernel
 * send when there is something to read, which can be any signal (F_SETSIG).
 */
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "guard.h"
#include "hooks.h"
#include "member.h"

/*
 * Signal 0 only asks whether there is such a task.  Drivers signal with the
 * credentials of whoever asked them to, and current has no part in it.
 */
int hook_task_kill(struct task_struct *task, struct kernel_siginfo *info,
		   int sig, const struct cred *cred)
{
	if (!sig || cred)
		return 0;
	return guard_check_task(CORDON_GUARD_OP_SIGNAL, task, EPERM);
}

/* A group gets it as a whole. */
static int check_group(struct pid *pid)
{
	struct task_struct *task;
	int ret;

	if (!pid)
		return 0;
	hlist_for_each_entry_rcu(task, &pid->tasks[PIDTYPE_PGID],
				 pid_links[PIDTYPE_PGID]) {
		ret = guard_check_task(CORDON_GUARD_OP_SIGNAL, task, 0);
		if (ret)
			return ret;
	}
	return 0;
}

static noinline int check_owner(struct pid *pid, enum pid_type type)
{
	struct task_struct *task;
	int ret = 0;

	rcu_read_lock();
	if (type > PIDTYPE_TGID) {
		ret = check_group(pid);
	} else {
		task = pid_task(pid, PIDTYPE_PID);
		if (task)
			ret = guard_check_task(CORDON_GUARD_OP_SIGNAL, task, 0);
	}
	rcu_read_unlock();
	return ret;
}

/*
 * All ways to become the owner of a file meet here, behind the last place where
 * an error could be returned: what is denied is not done, but the caller hears
 * nothing of it.
 */
int hook_f_setown(struct file *file, struct pid *pid, enum pid_type type)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_owner(pid, type);
}
