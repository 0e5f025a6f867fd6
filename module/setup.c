// SPDX-License-Identifier: GPL-2.0
/*
 * Set-up: what a container runtime or service manager still executes of itself
 * when it is in the cgroup of the container already.  It mounts, and opens what
 * the container may not, so it must not be held to the policy of the tenant;
 * what it executes in the end must.
 *
 * Three things tell them apart.  The policy names the programs.  Set-up is
 * executed in the initial mount namespace, where the paths are those of the
 * host; what the image of a container brings is executed in a namespace of its
 * own, whatever its path, be it /proc/self/exe, which is the runtime again.
 * And who sets something up there may mount there: a tenant's user, who has a
 * say in what is executed for him, as by cron, may not, and neither may a
 * container that shares the namespace.
 *
 * A runtime may execute a copy of itself, so that the container cannot write to
 * the original: either through a mount of that one file, which is detached and
 * gives no path, or from memory.  The former is the very file that the task is
 * running; the latter has a name that the policy must list.
 */
#include "setup.h"

#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "file_check.h"
#include "path_layout.h"

/* Whether the program is the one that current runs, and a listed one. */
static bool runs_already(const struct ruleset *setup,
			 const struct file *program)
{
	struct file *running;
	enum path_kind kind;
	bool listed;

	/* What the kernel executes by itself has no memory yet. */
	if (!current->mm)
		return false;
	running = compat_exe_file(current->mm);
	if (!running)
		return false;
	listed = file_inode(running) == file_inode(program) &&
		 file_covers(setup, &running->f_path, CORDON_FILE_OP_EXEC,
			     &kind);
	fput(running);
	return listed;
}

/* Whether current may rearrange what the paths of the host mean. */
static bool may_set_up(void)
{
	return current->nsproxy->mnt_ns == path_layout.host_namespace &&
	       ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

/**
 * setup_exec - whether an exec in the cgroup of a tenant is set-up
 * @tenant: the tenant; current is no member of it
 * @bprm: the exec
 * @late: the exec is past the point of no return; when it was checked it was
 * set-up, or current was not in the cgroup yet
 *
 * What current ran before cannot be seen any more when it is @late.  All that
 * has no path is then taken for a copy: current has executed nothing in the
 * cgroup yet, and what it executes next is judged.
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: true when current is not to join.
 */
bool setup_exec(const struct tenant *tenant, const struct linux_binprm *bprm,
		bool late)
{
	const struct policy *policy = policy_of(tenant);
	enum path_kind kind;

	if (!policy || !policy->setup.rules.count)
		return false;
	if (!may_set_up())
		return false;
	if (file_covers(&policy->setup, &bprm->file->f_path,
			CORDON_FILE_OP_EXEC, &kind))
		return true;
	if (late)
		return kind == PATH_NONE || kind == PATH_MEMFD;
	return kind == PATH_NONE && runs_already(&policy->setup, bprm->file);
}
