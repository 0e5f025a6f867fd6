// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading: the order of things, and parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "admin.h"
#include "attach.h"
#include "audit.h"
#include "backlog.h"
#include "event.h"
#include "fold.h"
#include "history.h"
#include "hook_task.h"
#include "member.h"
#include "netlink.h"
#include "path.h"
#include "policy.h"
#include "socket_owner.h"
#include "version.h"

static uint members_max = 65536;
module_param(members_max, uint, 0444);
MODULE_PARM_DESC(members_max,
		 "Most tasks that can belong to tenants (1 to 16777216)");

static uint sockets_max = 65536;
module_param(sockets_max, uint, 0444);
MODULE_PARM_DESC(sockets_max,
		 "Most sockets of tenants that take packets (1 to 16777216)");

static uint backlog_max = 8192;
module_param(backlog_max, uint, 0444);
MODULE_PARM_DESC(backlog_max,
		 "Most events that can wait to be sent (1 to 1048576)");

static uint history_max = 8192;
module_param(history_max, uint, 0444);
MODULE_PARM_DESC(history_max, "Most sent events that are kept (1 to 1048576)");

static ulong policy_bytes = 256ul << 20;
module_param_named(policy_bytes_max, policy_bytes, ulong, 0444);
MODULE_PARM_DESC(policy_bytes_max,
		 "Most bytes of kernel memory that policy can take");

static bool __init is_in_range(const char *name, u32 value, u32 max)
{
	if (value && value <= max)
		return true;
	pr_err("%s is %u, which is not from 1 to %u\n", name, value, max);
	return false;
}

static int __init check_parameters(void)
{
	if (!is_in_range("members_max", members_max, 1u << 24) ||
	    !is_in_range("sockets_max", sockets_max, 1u << 24) ||
	    !is_in_range("backlog_max", backlog_max, 1u << 20) ||
	    !is_in_range("history_max", history_max, 1u << 20))
		return -EINVAL;
	return 0;
}

static int __init prove_mechanisms(void)
{
	const char *why;
	int ret = path_init();

	if (ret) {
		pr_err("refusing to load: this kernel keeps mounts in another way than is known (%d)\n",
		       ret);
		return ret;
	}
	if (!attach_selftest(&why)) {
		pr_err("refusing to load: %s\n", why);
		return -EOPNOTSUPP;
	}
	return 0;
}

static int __init cordon_init(void)
{
	int ret = check_parameters();

	if (ret)
		return ret;
	policy_init(policy_bytes);
	ret = member_init(members_max);
	if (ret)
		return ret;
	ret = socket_owner_init(sockets_max);
	if (ret)
		goto free_members;
	event_init();
	ret = admin_init();
	if (ret)
		goto free_owners;
	ret = history_init(history_max);
	if (ret)
		goto free_admin;
	ret = backlog_init(backlog_max);
	if (ret)
		goto free_history;
	ret = attach_init();
	if (ret)
		goto free_backlog;
	ret = prove_mechanisms();
	if (ret)
		goto detach;
	ret = hook_task_init();
	if (ret)
		goto detach;
	ret = netlink_init();
	if (ret)
		goto stop_tasks;
	admin_note_module(CORDON_ADMIN_OP_START);
	pr_info("version %s ready; no policy is loaded and nothing is hooked\n",
		CORDON_VERSION);
	return 0;

stop_tasks:
	hook_task_exit();
detach:
	attach_exit();
free_backlog:
	backlog_exit();
free_history:
	history_exit();
free_admin:
	admin_exit();
free_owners:
	socket_owner_exit();
free_members:
	member_exit();
	return ret;
}

static void __exit cordon_exit(void)
{
	policy_hold();
	admin_note_module(CORDON_ADMIN_OP_STOP);
	/* Listeners are to have what is kept back while they can be reached. */
	fold_exit();
	backlog_flush();
	netlink_exit();
	hook_task_exit();
	attach_exit();
	fold_exit();
	audit_stop();
	backlog_exit();
	history_exit();
	admin_exit();
	socket_owner_exit();
	member_exit();
	pr_info("unloaded\n");
}

module_init(cordon_init);
module_exit(cordon_exit);

MODULE_DESCRIPTION("Per-tenant file and socket policy");
MODULE_LICENSE("GPL");
MODULE_VERSION(CORDON_VERSION);
