// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the one direct call that a kernel function can have, as a BPF fentry
 * program would, and does nothing with it.
 */
#include <linux/ftrace.h>
#include <linux/module.h>

#include "compat.h"

static char *function = "security_path_mkdir";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "Name of the function to hold");

/*
 * Called where the function begins, with the function's arguments in their
 * registers: all that it may do is return.
 */
static noinline notrace __aligned(16) void return_at_once(void)
{
}

static struct ftrace_ops ops;

static int __init holder_init(void)
{
	int ret = ftrace_set_filter(&ops, function, strlen(function), 0);

	if (!ret)
		ret = compat_register_direct(&ops,
					     (unsigned long)return_at_once);
	if (ret)
		ftrace_free_filter(&ops);
	return ret;
}

static void __exit holder_exit(void)
{
	WARN_ON(compat_unregister_direct(&ops, (unsigned long)return_at_once));
	ftrace_free_filter(&ops);
}

module_init(holder_init);
module_exit(holder_exit);

MODULE_DESCRIPTION("Holds a function's direct call, for tests");
MODULE_LICENSE("GPL");
