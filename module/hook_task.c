// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on the life of tasks: joining at exec, inheriting at fork, leaving when
 * the task is freed.
 *
 * Whatever fails here fails closed: a task that should be a member and cannot
 * be made one, for want of memory or of room, does not come to run.
 */
#include "hook_task.h"

#include <linux/binfmts.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>

#include "file_check.h"
#include "hooks.h"
#include "member.h"
#include "seal.h"
#include "setup.h"

/*
 * Makes current a candidate for @tenant.  It was one already when an earlier
 * exec failed, or when a script brings its interpreter here as well.
 */
static int begin_joining(struct tenant *tenant)
{
	const struct member *member = member_find(current);

	if (member && member->tenant == tenant)
		return 0;
	if (member)
		member_drop(current);
	return member_add(current, tenant, READ_ONCE(policy_join_generation),
			  true);
}

/*
 * Whether a tenant that current asked for can be had: not while it is being
 * removed, nor when another has a right to current that is older than a seal.
 */
static bool may_be_had(const struct tenant *asked)
{
	const struct policy *policy = policy_of(asked);
	const struct tenant *other = member_match(current);

	if (!policy || policy->removes)
		return false;
	return !other || seal_rank_of(other) >= seal_rank_of(asked);
}

int hook_bprm_check(struct linux_binprm *bprm)
{
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_tenant(current);
	if (tenant) {
		ret = file_check(tenant, &bprm->file->f_path,
				 CORDON_FILE_OP_EXEC);
		goto out;
	}
	tenant = member_asked();
	if (tenant) {
		ret = may_be_had(tenant) ?
			      file_check(tenant, &bprm->file->f_path,
					 CORDON_FILE_OP_EXEC) :
			      -EACCES;
		goto out;
	}
	tenant = member_match(current);
	if (!tenant) {
		member_drop(current);
		goto out;
	}
	if (setup_exec(tenant, bprm, false)) {
		/* A script that is no set-up joins, whatever interprets it. */
		if (bprm->interp == bprm->filename)
			member_drop(current);
		goto out;
	}
	ret = file_check(tenant, &bprm->file->f_path, CORDON_FILE_OP_EXEC);
	if (!ret)
		ret = begin_joining(tenant);
out:
	rcu_read_unlock();
	return ret;
}

/* The point of no return of an exec: nothing can be refused any more. */
int hook_bprm_committing_creds(struct linux_binprm *bprm)
{
	struct tenant *tenant;
	int ret = 0;

	rcu_read_lock();
	tenant = member_asked();
	if (tenant && !may_be_had(tenant)) {
		ret = -EACCES;
	} else if (member_find(current)) {
		member_confirm(current);
	} else {
		/* Set-up, checked before the hook was attached, or just moved. */
		tenant = member_match(current);
		if (tenant && !setup_exec(tenant, bprm, true))
			ret = member_add(current, tenant,
					 READ_ONCE(policy_join_generation),
					 false);
	}
	rcu_read_unlock();
	if (ret && ret != -EEXIST)
		send_sig(SIGKILL, current, 1);
	return 0;
}

/* Makes @task what current is. */
static int inherit(struct task_struct *task)
{
	const struct member *member;
	int ret = 0;

	rcu_read_lock();
	member = member_find(current);
	if (member && !READ_ONCE(member->joining))
		ret = member_add(task, member->tenant, member->generation,
				 false);
	rcu_read_unlock();
	return ret == -EEXIST ? 0 : ret;
}

int hook_task_alloc(struct task_struct *task, unsigned long clone_flags)
{
	if (likely(!member_maybe(current)))
		return 0;
	return inherit(task);
}

int hook_task_free(struct task_struct *task)
{
	if (unlikely(member_maybe(task)))
		member_drop(task);
	return 0;
}

/*
 * Runs at the end of a fork, when the child is on the task list and has not
 * been woken.  Forks that were under way when the hook on security_task_alloc()
 * was attached, or when their parent was made a member, are caught here.
 */
static void new_task(void *data, struct task_struct *task,
		     unsigned long clone_flags)
{
	bool done;

	if (likely(!member_maybe(current)))
		return;
	rcu_read_lock();
	done = member_find(task);
	rcu_read_unlock();
	if (!done && inherit(task))
		send_sig(SIGKILL, task, 1);
}

static struct tracepoint *newtask_tracepoint;

static void find_newtask(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "task_newtask"))
		newtask_tracepoint = tracepoint;
}

/**
 * hook_task_init - watch the end of forks
 *
 * Context: may sleep.
 * Return: 0, or a negative error number.
 */
int hook_task_init(void)
{
	for_each_kernel_tracepoint(find_newtask, NULL);
	if (!newtask_tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(newtask_tracepoint, new_task, NULL);
}

/**
 * hook_task_exit - stop watching and wait for probes that run
 *
 * Context: may sleep.
 */
void hook_task_exit(void)
{
	tracepoint_probe_unregister(newtask_tracepoint, new_task, NULL);
	tracepoint_synchronize_unregister();
}
