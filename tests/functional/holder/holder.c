// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the one direct call that a kernel function can have, as a BPF fentry
 * program would, and does nothing with it.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/objtool.h>
#include <linux/version.h>

static char *function = "security_path_mkdir";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "Name of the function to hold");

void holder_trampoline(void);

/* Returns into the function that was called. */
asm(".pushsection .text, \"ax\", @progbits\n"
    ".balign 16\n"
    ".type holder_trampoline, @function\n"
    ".globl holder_trampoline\n"
    "holder_trampoline:\n"
    ASM_ENDBR
    ASM_RET
    ".size holder_trampoline, .-holder_trampoline\n"
    ".popsection\n");

static struct ftrace_ops ops;

static int register_direct(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return register_ftrace_direct(&ops, (unsigned long)holder_trampoline);
#else
	return register_ftrace_direct_multi(&ops,
					    (unsigned long)holder_trampoline);
#endif
}

static int __init holder_init(void)
{
	int ret = ftrace_set_filter(&ops, function, strlen(function), 0);

	if (!ret)
		ret = register_direct();
	if (ret)
		ftrace_free_filter(&ops);
	return ret;
}

static void __exit holder_exit(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	unregister_ftrace_direct(&ops, (unsigned long)holder_trampoline, true);
#else
	unregister_ftrace_direct_multi(&ops, (unsigned long)holder_trampoline);
	ftrace_free_filter(&ops);
#endif
}

module_init(holder_init);
module_exit(holder_exit);

MODULE_DESCRIPTION("Holds a function's direct call, for tests");
MODULE_LICENSE("GPL");
