// SPDX-License-Identifier: GPL-2.0
/*
 * Proof before arming: two functions of our own are hooked as kernel functions
 * will be, and have to be seen denied, let through with their arguments whole,
 * told apart, and free again afterwards.
 */
#include "attach.h"
#include "hooks.h"

#include <linux/errno.h>
#include <linux/ftrace.h>

/* What the handlers deny, and what they refuse it with. */
#define FIRST_DENIED 11
#define SECOND_DENIED 22
#define FIRST_ERROR (-EACCES)
#define SECOND_ERROR (-EPERM)

static long all_arguments(long a, long b, long c, long d, long e, long f)
{
	return a + 2 * b + 4 * c + 8 * d + 16 * e + 32 * f;
}

/*
 * The two differ, lest the linker or the compiler make them one, and nothing
 * is known to the compiler of what they return.
 */
noinline long cordon_selftest_first(long a, long b, long c, long d, long e,
				    long f)
{
	OPTIMIZER_HIDE_VAR(a);
	return all_arguments(a, b, c, d, e, f);
}

noinline long cordon_selftest_second(long a, long b, long c, long d, long e,
				     long f)
{
	OPTIMIZER_HIDE_VAR(b);
	return all_arguments(a, b, c, d, e, f) + 1;
}

int hook_selftest_first(long a, long b, long c, long d, long e, long f)
{
	if (b != 2 || c != 3 || d != 4 || e != 5 || f != 6)
		return -EINVAL;
	return a == FIRST_DENIED ? FIRST_ERROR : 0;
}

int hook_selftest_second(long a, long b, long c, long d, long e, long f)
{
	if (b != 2 || c != 3 || d != 4 || e != 5 || f != 6)
		return -EINVAL;
	return a == SECOND_DENIED ? SECOND_ERROR : 0;
}

static bool call_is(long (*function)(long, long, long, long, long, long),
		    long a, long wanted)
{
	return (int)function(a, 2, 3, 4, 5, 6) == (int)wanted;
}

static bool all_are(long first_denied, long second_denied)
{
	long first = all_arguments(SECOND_DENIED, 2, 3, 4, 5, 6);
	long second = all_arguments(FIRST_DENIED, 2, 3, 4, 5, 6) + 1;

	return call_is(cordon_selftest_first, FIRST_DENIED, first_denied) &&
	       call_is(cordon_selftest_second, SECOND_DENIED, second_denied) &&
	       call_is(cordon_selftest_first, SECOND_DENIED, first) &&
	       call_is(cordon_selftest_second, FIRST_DENIED, second);
}

static bool all_go_on(void)
{
	return all_are(all_arguments(FIRST_DENIED, 2, 3, 4, 5, 6),
		       all_arguments(SECOND_DENIED, 2, 3, 4, 5, 6) + 1);
}

/**
 * attach_selftest - prove that hooks work on this kernel
 * @why: set to a static sentence when they do not
 *
 * Context: may sleep, for seconds.
 * Return: true when they do.
 */
bool attach_selftest(const char **why)
{
	bool denied;

	*why = "self-test: functions misbehave before they are hooked";
	if (!all_go_on())
		return false;
	if (attach_add(NEED_SELFTEST, why)) {
		attach_trim(0);
		return false;
	}
	denied = all_are(FIRST_ERROR, SECOND_ERROR);
	attach_trim(0);
	*why = "self-test: a hook was attached and did not do what it must";
	if (!denied)
		return false;
	*why = "self-test: a hook was detached and still acts";
	return all_go_on();
}
