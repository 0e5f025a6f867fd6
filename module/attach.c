// SPDX-License-Identifier: GPL-2.0
/*
 * The set of hooks that policies need, made the set of hooks attached.
 *
 * A hook is an ftrace direct call to a trampoline (trampoline_x86_64.S).  A
 * batch of hooks shares one ftrace_ops, because removing an ftrace_ops waits
 * until no task can be inside its trampoline (RCU tasks), which takes a tenth
 * of a second and cannot be shared between several.
 *
 * Why it is safe to free our text after attach_trim() and attach_exit():
 * unregistering waits for RCU tasks, so every task has since then slept of its
 * own accord or run in user mode; handlers and trampolines never sleep, and
 * nothing of them is on the stack while the hooked function runs.  Idle tasks
 * are not covered by RCU tasks, but one can be interrupted by a softirq that
 * calls a hooked function: security_task_free() and security_sk_free() where RCU
 * frees things, and those in hook_ingress.c for each packet.  From the call to
 * the end of the handler the softirq has bottom halves off, which
 * synchronize_rcu() waits for on every processor, idle ones that take an
 * interrupt included.  Where softirqs are threads those are tasks like others.
 */
#include "attach.h"

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>

#include "compat.h"
#include "hooks.h"

/**
 * struct hook - a kernel function that can be hooked
 * @name: its name
 * @address: where it is called from, 0 until it was looked up
 */
struct hook {
	const char *name;
	unsigned long address;
};

/**
 * struct batch - hooks that are attached together
 * @ops: what ftrace knows of them
 * @first: number of its first hook
 * @count: how many it has
 * @needs: attached while one of these is needed
 * @attached: whether they are
 */
struct batch {
	struct ftrace_ops ops;
	u32 first;
	u32 count;
	u32 needs;
	bool attached;
};

#define DEFINE_HOOK(function, arguments, handler) { .name = #function },
#define DEFINE_HOOKS(name, hooks, needs) hooks(DEFINE_HOOK)
static struct hook hooks[] = { HOOK_BATCHES(DEFINE_HOOKS) };

#define COUNT_HOOK(function, arguments, handler) (1) +
#define DEFINE_BATCH(name, hooks, need)                                        \
	{ .count = hooks(COUNT_HOOK) 0, .needs = need },
static struct batch batches[] = { HOOK_BATCHES(DEFINE_BATCH) };

/* Protects everything above and below; taken inside policy_mutex. */
static DEFINE_MUTEX(attach_mutex);

/*
 * A sysctl, kernel.ftrace_enabled, unhooks every direct call without a word.
 * ftrace refuses to change it while an ftrace_ops with the PERMANENT flag is
 * registered; the flag cannot be on the direct ones, for their registration
 * overwrites it.  So one that does nothing watches a function nobody calls.
 */
static noinline void guard_target(void)
{
	barrier();
}

static void notrace guard_called(unsigned long ip, unsigned long parent,
				 struct ftrace_ops *ops,
				 struct ftrace_regs *regs)
{
}

static struct ftrace_ops guard_ops = {
	.func = guard_called,
	.flags = FTRACE_OPS_FL_PERMANENT,
};

static bool guard_registered;

static int guard_register(const char **why)
{
	int ret;

	lockdep_assert_held(&attach_mutex);
	if (guard_registered)
		return 0;
	ret = register_ftrace_function(&guard_ops);
	if (ret) {
		*why = ret == -EBUSY ?
			       "cannot attach hooks: sysctl kernel.ftrace_enabled is 0" :
			       "cannot attach hooks: ftrace refuses the guard";
		return ret;
	}
	guard_registered = true;
	return 0;
}

static void guard_unregister(void)
{
	lockdep_assert_held(&attach_mutex);
	if (guard_registered)
		WARN_ON(unregister_ftrace_function(&guard_ops));
	guard_registered = false;
}

/*
 * Finds a function by name.  A kprobe that is registered disabled does nothing
 * but look the name up, check that the place can be probed, and remember it.
 */
static int find_function(struct hook *hook)
{
	struct kprobe probe = {
		.symbol_name = hook->name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int ret;

	if (hook->address)
		return 0;
	ret = register_kprobe(&probe);
	if (ret)
		return ret;
	hook->address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

/* A lone hook needs no telling apart. */
static unsigned long batch_entry(const struct batch *batch)
{
	if (batch->count == 1)
		return hook_trampolines[batch->first];
	return hook_entries[batch - batches];
}

static int filter_hook(struct ftrace_ops *ops, u32 number)
{
	struct hook *hook = &hooks[number];
	int ret = find_function(hook);

	if (ret == -ENOENT && !strcmp(hook->name, COMPAT_OPTIONAL_HOOK))
		return 0;
	if (ret)
		return ret;
	hook_returns[number] = hook->address + MCOUNT_INSN_SIZE;
	return ftrace_set_filter_ip(ops, hook->address, 0, 0);
}

/* Error text of a hook, kept for each since the reader gets a bare pointer. */
#define HOOK_TEXT(function, arguments, handler)                                \
	{                                                                      \
		"cannot attach hook " #function ": no such function to trace", \
		"cannot attach hook " #function                                \
		": another tracer (such as a BPF fentry program) holds it",    \
		"cannot attach hook " #function ": ftrace refused",            \
	},
#define HOOK_TEXTS(name, hooks, needs) hooks(HOOK_TEXT)
static const char *const hook_texts[][3] = { HOOK_BATCHES(HOOK_TEXTS) };

static const char *hook_text(u32 number, int err)
{
	if (err == -ENOENT || err == -EINVAL)
		return hook_texts[number][0];
	return hook_texts[number][err == -EBUSY ? 1 : 2];
}

/* Which hook of a batch cannot be attached: tries each on its own. */
static const char *find_obstacle(struct batch *batch, int err)
{
	u32 i;

	for (i = 0; i < batch->count; i++) {
		struct ftrace_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);
		int ret;

		if (!ops)
			return "cannot attach hooks: out of memory";
		ret = filter_hook(ops, batch->first + i);
		if (!ret && hooks[batch->first + i].address)
			ret = compat_register_direct(ops, batch_entry(batch));
		if (!ret && hooks[batch->first + i].address)
			ret = compat_unregister_direct(ops, batch_entry(batch));
		ftrace_free_filter(ops);
		kfree(ops);
		if (ret)
			return hook_text(batch->first + i, ret);
	}
	return hook_text(batch->first, err);
}

static int batch_attach(struct batch *batch, const char **why)
{
	int ret = 0;
	u32 i;

	lockdep_assert_held(&attach_mutex);
	for (i = 0; !ret && i < batch->count; i++) {
		ret = filter_hook(&batch->ops, batch->first + i);
		if (ret)
			*why = hook_text(batch->first + i, ret);
	}
	if (!ret) {
		ret = compat_register_direct(&batch->ops, batch_entry(batch));
		if (ret)
			*why = find_obstacle(batch, ret);
	}
	if (ret) {
		ftrace_free_filter(&batch->ops);
		memset(&batch->ops, 0, sizeof(batch->ops));
		return ret;
	}
	batch->attached = true;
	return 0;
}

static void batch_detach(struct batch *batch)
{
	lockdep_assert_held(&attach_mutex);
	/* It fails only for what is not registered, or when ftrace is broken. */
	WARN_ON(compat_unregister_direct(&batch->ops, batch_entry(batch)));
	ftrace_free_filter(&batch->ops);
	memset(&batch->ops, 0, sizeof(batch->ops));
	batch->attached = false;
}

static void trim(u32 needs)
{
	bool left = false;
	bool removed = false;
	u32 i;

	lockdep_assert_held(&attach_mutex);
	for (i = 0; i < ARRAY_SIZE(batches); i++) {
		if (batches[i].attached && !(batches[i].needs & needs)) {
			batch_detach(&batches[i]);
			removed = true;
		}
		left |= batches[i].attached;
	}
	if (!left)
		guard_unregister();
	if (removed)
		synchronize_rcu();
}

/**
 * attach_add - attach the hooks that are needed and not attached yet
 * @needs: NEED_* flags
 * @why: set to a static sentence when a hook cannot be attached
 *
 * On failure some may have been attached; attach_trim() puts things right.
 *
 * Context: may sleep, for seconds.
 * Return: 0, or -EBUSY, -ENOENT, -ENOMEM and what else ftrace has to say.
 */
int attach_add(u32 needs, const char **why)
{
	int ret = 0;
	u32 i;

	mutex_lock(&attach_mutex);
	if (needs)
		ret = guard_register(why);
	for (i = 0; !ret && i < ARRAY_SIZE(batches); i++)
		if ((batches[i].needs & needs) && !batches[i].attached)
			ret = batch_attach(&batches[i], why);
	mutex_unlock(&attach_mutex);
	return ret;
}

/**
 * attach_trim - detach the hooks that are not needed any more
 * @needs: NEED_* flags of those to keep
 *
 * Context: may sleep, for seconds.
 */
void attach_trim(u32 needs)
{
	mutex_lock(&attach_mutex);
	trim(needs);
	mutex_unlock(&attach_mutex);
}

/**
 * attach_name - name of an attached hook
 * @index: its number among those attached
 *
 * Context: may sleep.
 * Return: the name, or NULL when there are no more.
 */
const char *attach_name(u32 index)
{
	const char *name = NULL;
	u32 b, h;

	mutex_lock(&attach_mutex);
	for (b = 0; !name && b < ARRAY_SIZE(batches); b++) {
		if (!batches[b].attached)
			continue;
		for (h = 0; !name && h < batches[b].count; h++) {
			const struct hook *hook = &hooks[batches[b].first + h];

			if (hook->address && !index--)
				name = hook->name;
		}
	}
	mutex_unlock(&attach_mutex);
	return name;
}

/**
 * attach_init - number the hooks and prepare the guard
 *
 * Context: may sleep.
 * Return: 0 or a negative error number.
 */
int attach_init(void)
{
	u32 first = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(batches); i++) {
		batches[i].first = first;
		first += batches[i].count;
	}
	return ftrace_set_filter_ip(&guard_ops, (unsigned long)guard_target, 0,
				    0);
}

/**
 * attach_exit - detach everything and wait until no task is in our text
 *
 * Context: may sleep, for seconds.
 */
void attach_exit(void)
{
	attach_trim(0);
	ftrace_free_filter(&guard_ops);
}
