// SPDX-License-Identifier: GPL-2.0
/* Names of numbers: each value, and those that have none. */
#include <kunit/test.h>

#include <linux/cordon.h>

#include "names.h"

/* An operation and its name. */
struct op_case {
	u8 class;
	u16 op;
	const char *name;
};

static void test_ops(struct kunit *test)
{
	static const struct op_case cases[] = {
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_READ, "read" },
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_WRITE, "write" },
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_EXEC, "exec" },
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_MAP, "map" },
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_CREATE, "create" },
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_DELETE, "delete" },
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_SETATTR, "setattr" },
		{ CORDON_CLASS_FILE, CORDON_FILE_OP_IOCTL, "ioctl" },
		{ CORDON_CLASS_SOCKET, CORDON_SOCKET_OP_CREATE, "create" },
		{ CORDON_CLASS_SOCKET, CORDON_SOCKET_OP_BIND, "bind" },
		{ CORDON_CLASS_SOCKET, CORDON_SOCKET_OP_LISTEN, "listen" },
		{ CORDON_CLASS_SOCKET, CORDON_SOCKET_OP_CONNECT, "connect" },
		{ CORDON_CLASS_SOCKET, CORDON_SOCKET_OP_ACCEPT, "accept" },
		{ CORDON_CLASS_SOCKET, CORDON_SOCKET_OP_RECEIVE, "receive" },
		{ CORDON_CLASS_STREAM, CORDON_STREAM_OP_SUPPRESSED,
		  "suppressed" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_START, "start" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_STOP, "stop" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_LOAD, "load" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_REPLACE, "replace" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_REMOVE, "remove" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_FLUSH, "flush" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_REQUEST, "request" },
		{ CORDON_CLASS_ADMIN, CORDON_ADMIN_OP_RUN, "run" },
		{ CORDON_CLASS_ADMIN, __CORDON_ADMIN_OP_LAST, "unknown" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_MOUNT, "mount" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_USERNS, "userns" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_PTRACE, "ptrace" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_SIGNAL, "signal" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_MODULE, "module" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_BPF, "bpf" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_HANDLE, "handle" },
		{ CORDON_CLASS_GUARD, CORDON_GUARD_OP_DEVICE, "device" },
		{ CORDON_CLASS_FILE, __CORDON_FILE_OP_LAST, "unknown" },
		{ CORDON_CLASS_GUARD, __CORDON_GUARD_OP_LAST, "unknown" },
		{ CORDON_CLASS_FILE, 0x8000, "unknown" },
		{ CORDON_CLASS_SOCKET, __CORDON_SOCKET_OP_LAST, "unknown" },
		{ CORDON_CLASS_SOCKET, 0x8000, "unknown" },
		{ 0, CORDON_FILE_OP_READ, "unknown" },
		{ __CORDON_CLASS_LAST, CORDON_FILE_OP_READ, "unknown" },
		{ 255, 0x8000, "unknown" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_STREQ_MSG(test,
				       name_op(cases[i].class, cases[i].op),
				       cases[i].name, "class %u, op %#x",
				       cases[i].class, cases[i].op);
}

static void test_verdicts(struct kunit *test)
{
	u32 verdict;

	KUNIT_EXPECT_STREQ(test, name_verdict(CORDON_VERDICT_DENIED), "denied");
	KUNIT_EXPECT_STREQ(test, name_verdict(CORDON_VERDICT_WOULD_DENY),
			   "would-deny");
	KUNIT_EXPECT_STREQ(test, name_verdict(CORDON_VERDICT_ALLOWED),
			   "allowed");
	KUNIT_EXPECT_STREQ(test, name_verdict(0), "unknown");
	for (verdict = __CORDON_VERDICT_LAST; verdict < 256; verdict++)
		KUNIT_EXPECT_STREQ(test, name_verdict(verdict), "unknown");
}

static void test_classes(struct kunit *test)
{
	u32 number;

	KUNIT_EXPECT_STREQ(test, name_class(CORDON_CLASS_FILE), "file");
	KUNIT_EXPECT_STREQ(test, name_class(CORDON_CLASS_SOCKET), "socket");
	KUNIT_EXPECT_STREQ(test, name_class(CORDON_CLASS_GUARD), "guard");
	KUNIT_EXPECT_STREQ(test, name_class(CORDON_CLASS_ADMIN), "admin");
	KUNIT_EXPECT_STREQ(test, name_class(0), "unknown");
	for (number = __CORDON_CLASS_LAST; number < 256; number++)
		KUNIT_EXPECT_STREQ(test, name_class(number), "unknown");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_ops),
	KUNIT_CASE(test_verdicts),
	KUNIT_CASE(test_classes),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_names",
	.test_cases = cases,
};

kunit_test_suite(suite);
