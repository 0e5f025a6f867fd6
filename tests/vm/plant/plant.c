// SPDX-License-Identifier: GPL-2.0
/*
 * Bugs on purpose, one for each detector that guest runs rely on: a detector
 * that is silent here would be silent about cordon too.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *bug = "";
module_param(bug, charp, 0400);
MODULE_PARM_DESC(bug, "warn, panic, oob, shift, leak, atomic or lock");

static unsigned int distance = 40;
module_param(distance, uint, 0400);
MODULE_PARM_DESC(distance, "how far shift and oob go");

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spin);

static noinline void read_out_of_bounds(void)
{
	char *memory = kmalloc(distance, GFP_KERNEL);

	if (!memory)
		return;
	OPTIMIZER_HIDE_VAR(memory);
	pr_info("plant: %d\n", READ_ONCE(memory[distance]));
	kfree(memory);
}

static noinline void shift_too_far(void)
{
	int one = 1;

	OPTIMIZER_HIDE_VAR(one);
	pr_info("plant: %d\n", one << distance);
}

static noinline void leak_memory(void)
{
	char *memory;
	int i;

	/* Some may be found by chance through stale words on a stack. */
	for (i = 0; i < 10; i++) {
		memory = kmalloc(200, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(memory);
	}
}

static noinline void sleep_in_atomic(void)
{
	spin_lock(&spin);
	might_sleep();
	spin_unlock(&spin);
}

static noinline void lock_both_ways(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static int __init plant_init(void)
{
	if (!strcmp(bug, "warn"))
		WARN(1, "planted\n");
	else if (!strcmp(bug, "panic"))
		panic("planted");
	else if (!strcmp(bug, "oob"))
		read_out_of_bounds();
	else if (!strcmp(bug, "shift"))
		shift_too_far();
	else if (!strcmp(bug, "leak"))
		leak_memory();
	else if (!strcmp(bug, "atomic"))
		sleep_in_atomic();
	else if (!strcmp(bug, "lock"))
		lock_both_ways();
	else
		return -EINVAL;
	return 0;
}

static void __exit plant_exit(void)
{
}

module_init(plant_init);
module_exit(plant_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Bugs on purpose");
