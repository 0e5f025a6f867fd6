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

static const char *const admin_ops[] = {
	"start", "stop",    "load", "replace", "remove",
	"flush", "request", "seal", "run",
};

static_assert(__CORDON_ADMIN_OP_LAST == BIT(ARRAY_SIZE(admin_ops)));
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
		[CORDON_CLASS_ADMIN] = "admin",
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
	if (class == CORDON_CLASS_ADMIN && number < ARRAY_SIZE(admin_ops))
		return admin_ops[number];
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

/**
 * name_command - name of a request
 * @command: enum cordon_cmd
 *
 * Return: the name.
 */
const char *name_command(u8 command)
{
	static const char *const commands[] = {
		[CORDON_CMD_STATUS_GET] = "status-get",
		[CORDON_CMD_POLICY_BEGIN] = "policy-begin",
		[CORDON_CMD_POLICY_ADD_TENANT] = "policy-add-tenant",
		[CORDON_CMD_POLICY_ADD_RULES] = "policy-add-rules",
		[CORDON_CMD_POLICY_REMOVE_TENANT] = "policy-remove-tenant",
		[CORDON_CMD_POLICY_COMMIT] = "policy-commit",
		[CORDON_CMD_POLICY_ABORT] = "policy-abort",
		[CORDON_CMD_TENANT_GET] = "tenant-get",
		[CORDON_CMD_RULE_GET] = "rule-get",
		[CORDON_CMD_MEMBER_GET] = "member-get",
		[CORDON_CMD_EVENT_NTF] = "event-ntf",
		[CORDON_CMD_EVENT_GET] = "event-get",
		[CORDON_CMD_EVENT_SELF_GET] = "event-self-get",
		[CORDON_CMD_POLICY_SEAL] = "policy-seal",
		[CORDON_CMD_MEMBER_JOIN] = "member-join",
		[CORDON_CMD_EXPLAIN] = "explain",
	};

	static_assert(ARRAY_SIZE(commands) == CORDON_CMD_MAX + 1);
	return command < ARRAY_SIZE(commands) && command ? commands[command] :
							   "unknown";
}
