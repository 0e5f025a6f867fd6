// SPDX-License-Identifier: GPL-2.0
#include "names.h"

#include <linux/bitops.h>
#include <linux/cordon.h>
#include <linux/kernel.h>

static const char *const file_ops[] = {
	"read", "write", "exec", "map", "create", "delete", "setattr", "ioctl",
};

static const char *const socket_ops[] = {
	"create", "bind", "listen", "connect", "accept", "receive",
};

static const char *const guard_ops[] = {
	"mount",  "userns", "ptrace", "signal",
	"module", "bpf",    "handle", "device",
};

static const char *const stream_ops[] = {
	"suppressed",
};

static_assert(__CORDON_STREAM_OP_LAST == BIT(ARRAY_SIZE(stream_ops)));
static_assert(__CORDON_GUARD_OP_LAST == BIT(ARRAY_SIZE(guard_ops)));
static_assert(__CORDON_FILE_OP_LAST == BIT(ARRAY_SIZE(file_ops)));
static_assert(__CORDON_SOCKET_OP_LAST == BIT(ARRAY_SIZE(socket_ops)));

static const char *const verdicts[] = {
	[CORDON_VERDICT_DENIED] = "denied",
	[CORDON_VERDICT_WOULD_DENY] = "would-deny",
	[CORDON_VERDICT_ALLOWED] = "allowed",
	[CORDON_VERDICT_NOTED] = "noted",
};

static_assert(ARRAY_SIZE(verdicts) == __CORDON_VERDICT_LAST);

/**
 * name_class - name of a class
 * @class: enum cordon_class
 *
 * Return: the name.
 */
const char *name_class(u8 class)
{
	static const char *const classes[] = {
		[CORDON_CLASS_FILE] = "file",
		[CORDON_CLASS_SOCKET] = "socket",
		[CORDON_CLASS_GUARD] = "guard",
		[CORDON_CLASS_STREAM] = "stream",
	};

	static_assert(ARRAY_SIZE(classes) == __CORDON_CLASS_LAST);
	return class < ARRAY_SIZE(classes) && class ? classes[class] :
						      "unknown";
}

/**
 * name_op - name of an operation
 * @class: enum cordon_class
 * @op: one operation flag of the class
 *
 * Return: the name.
 */
const char *name_op(u8 class, u16 op)
{
	u32 number = op ? __ffs(op) : 0;

	if (class == CORDON_CLASS_FILE && number < ARRAY_SIZE(file_ops))
		return file_ops[number];
	if (class == CORDON_CLASS_SOCKET && number < ARRAY_SIZE(socket_ops))
		return socket_ops[number];
	if (class == CORDON_CLASS_GUARD && number < ARRAY_SIZE(guard_ops))
		return guard_ops[number];
	if (class == CORDON_CLASS_STREAM && number < ARRAY_SIZE(stream_ops))
		return stream_ops[number];
	return "unknown";
}

/**
 * name_verdict - name of a verdict
 * @verdict: enum cordon_verdict
 *
 * Return: the name.
 */
const char *name_verdict(u8 verdict)
{
	if (!verdict || verdict >= ARRAY_SIZE(verdicts))
		return "unknown";
	return verdicts[verdict];
}
