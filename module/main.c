// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading: the order of things, and parameters. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "attach.h"
#include "event.h"
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

static ulong policy_bytes = 256ul << 20;
module_param_named(policy_bytes_max, policy_bytes, ulong, 0444);
MODULE_PARM_DESC(policy_bytes_max,
		 "Most bytes of kernel memory that policy can take");

static int __init check_parameters(void)
{
	if (!members_max || members_max > 1u << 24) {
		pr_err("members_max is %u, which is not from 1 to 16777216\n",
		       members_max);
		return -EINVAL;
	}
	if (!sockets_max || sockets_max > 1u << 24) {
		pr_err("sockets_max is %u, which is not from 1 to 16777216\n",
		       sockets_max);
		return -EINVAL;
	}
	if (!backlog_max || backlog_max > 1u << 20) {
		pr_err("backlog_max is %u, which is not from 1 to 1048576\n",
		       backlog_max);
		return -EINVAL;
	}
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
	ret = event_init(backlog_max);
	if (ret)
		goto free_owners;
	ret = attach_init();
	if (ret)
		goto free_events;
	ret = prove_mechanisms();
	if (ret)
		goto detach;
	ret = hook_task_init();
	if (ret)
		goto detach;
	ret = netlink_init();
	if (ret)
		goto stop_tasks;
	pr_info("version %s ready; no policy is loaded and nothing is hooked\n",
		CORDON_VERSION);
	return 0;

stop_tasks:
	hook_task_exit();
detach:
	attach_exit();
free_events:
	event_exit();
free_owners:
	socket_owner_exit();
free_members:
	member_exit();
	return ret;
}

static void __exit cordon_exit(void)
{
	netlink_exit();
	hook_task_exit();
	attach_exit();
	event_exit();
	socket_owner_exit();
	member_exit();
	pr_info("unloaded\n");
}

module_init(cordon_init);
module_exit(cordon_exit);

MODULE_DESCRIPTION("Per-tenant file and socket policy");
MODULE_LICENSE("GPL");
MODULE_VERSION(CORDON_VERSION);
