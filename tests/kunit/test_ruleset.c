// SPDX-License-Identifier: GPL-2.0
/* Rules: what is refused, and what the compiled ones say. */
#include "decide.h"
#include "support.h"

#define FILE CORDON_CLASS_FILE
#define SOCKET CORDON_CLASS_SOCKET
#define ALLOW CORDON_ACTION_ALLOW
#define DENY CORDON_ACTION_DENY
#define OP_READ CORDON_FILE_OP_READ
#define OP_WRITE CORDON_FILE_OP_WRITE
#define OP_BIND CORDON_SOCKET_OP_BIND
#define OP_CONNECT CORDON_SOCKET_OP_CONNECT

static const struct rule_spec file_rule = {
	.class = FILE,
	.action = ALLOW,
	.ops = OP_READ,
	.paths = { "/a" },
};

static const struct rule_spec socket_rule = {
	.class = SOCKET,
	.action = ALLOW,
	.ops = OP_CONNECT,
	.nets = { "10.0.0.0/8" },
};

/* A rule that is refused when it is added, and how. */
struct refused_case {
	struct rule_spec spec;
	int ret;
	const char *why;
};

static void test_refused(struct kunit *test)
{
	static const struct refused_case cases[] = {
		{ { FILE, ALLOW }, -EINVAL, "rule names no operation" },
		{ { FILE, ALLOW, __CORDON_FILE_OP_LAST | OP_READ },
		  -EOPNOTSUPP,
		  "operation is not enforced by this version" },
		{ { FILE, ALLOW, 0x8000 },
		  -EOPNOTSUPP,
		  "operation is not enforced by this version" },
		{ { SOCKET, ALLOW, __CORDON_SOCKET_OP_LAST },
		  -EOPNOTSUPP,
		  "operation is not enforced by this version" },
		{ { FILE, ALLOW, OP_READ, .protos = 1 },
		  -EINVAL,
		  "family, type, protocol or peer in a file rule" },
		{ { FILE, ALLOW, OP_READ, .families = 1 },
		  -EINVAL,
		  "family, type, protocol or peer in a file rule" },
		{ { FILE, DENY, OP_READ, CORDON_LOG_ALWAYS },
		  -EINVAL,
		  "'log: always' is for allow rules" },
		{ { FILE, ALLOW, OP_READ, CORDON_LOG_NEVER },
		  -EINVAL,
		  "'log: never' is for deny rules" },
		{ { FILE, ALLOW, OP_READ, .paths = { "a" } },
		  -EINVAL,
		  "pattern does not begin with '/'" },
		{ { FILE, ALLOW, OP_READ, .nets = { "10.0.0.0/8" } },
		  -EINVAL,
		  "address in a file rule" },
		{ { FILE, ALLOW, OP_READ, .ports = { { 1, 1 } } },
		  -EINVAL,
		  "port in a file rule" },
		{ { SOCKET, ALLOW, OP_CONNECT, .paths = { "memfd:a" } },
		  -EINVAL,
		  "pattern does not begin with '/'" },
		{ { SOCKET, ALLOW, OP_CONNECT, .ports = { { 2, 1 } } },
		  -EINVAL,
		  "port range is reversed" },
		{ { SOCKET, ALLOW, OP_CONNECT, .nets = { "10.0.0.0/33" } },
		  -EINVAL,
		  "prefix is longer than the address" },
		{ { SOCKET, ALLOW, OP_CONNECT, .nets = { "::/129" } },
		  -EINVAL,
		  "prefix is longer than the address" },
		{ { SOCKET, ALLOW, OP_CONNECT, .nets = { "10.0.0.1/8" } },
		  -EINVAL,
		  "address has bits set behind its prefix" },
		{ { SOCKET, ALLOW, OP_CONNECT, .nets = { "::1/127" } },
		  -EINVAL,
		  "address has bits set behind its prefix" },
		{ { SOCKET, ALLOW, OP_CONNECT,
		    .nets = { "::ffff:10.0.0.0/104" } },
		  -EINVAL,
		  "IPv4-mapped prefix: write it as IPv4" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ruleset set = {
			.file_default = DENY,
			.socket_default = DENY,
		};
		struct ruleset_error error = { .why = "" };

		KUNIT_EXPECT_EQ_MSG(test,
				    add_rule(&set, &cases[i].spec, &error),
				    cases[i].ret, "case %u", i);
		KUNIT_EXPECT_STREQ_MSG(test, error.why, cases[i].why, "case %u",
				       i);
		ruleset_destroy(&set);
	}
}

/* What add_rule() cannot get wrong, because its types are too small. */
static void test_refused_parts(struct kunit *test)
{
	struct ruleset set = { .socket_default = DENY };
	struct ruleset_error error = {};
	u8 bytes[16] = {};

	KUNIT_EXPECT_EQ(test, ruleset_add_ports(&set, 1, 1, &error), -EINVAL);
	KUNIT_EXPECT_EQ(test, ruleset_add_path(&set, "/a", &error), -EINVAL);
	KUNIT_EXPECT_EQ(test, error.rule, RULESET_NONE);
	KUNIT_ASSERT_EQ(test, add_rule(&set, &socket_rule, &error), 0);
	KUNIT_EXPECT_EQ(test, ruleset_add_ports(&set, 0, 1, &error), -EINVAL);
	KUNIT_EXPECT_EQ(test, error.rule, 0u);
	KUNIT_EXPECT_EQ(test, ruleset_add_ports(&set, 1, 65536, &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ruleset_add_ports(&set, U32_MAX, U32_MAX, &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ruleset_add_prefix(&set, bytes, 0, 0, &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ruleset_add_prefix(&set, bytes, 5, 0, &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ruleset_add_prefix(&set, bytes, 17, 0, &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			ruleset_add_prefix(&set, bytes, 4, U32_MAX, &error),
			-EINVAL);
	ruleset_destroy(&set);
}

static void test_unmediated_class(struct kunit *test)
{
	struct ruleset_error error = {};
	struct ruleset set = {};

	KUNIT_EXPECT_EQ(test, add_rule(&set, &file_rule, &error), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_rule(&set, &socket_rule, &error), -EINVAL);
	set.file_default = ALLOW;
	KUNIT_EXPECT_EQ(test, add_rule(&set, &file_rule, &error), 0);
	KUNIT_EXPECT_EQ(test, add_rule(&set, &socket_rule, &error), -EINVAL);
	KUNIT_EXPECT_STREQ(test, error.why,
			   "rule of a class that the tenant does not mediate");
	ruleset_destroy(&set);
}

/* A rule that can match nothing, found out when rules are compiled. */
static void test_without_effect(struct kunit *test)
{
	static const struct rule_spec specs[] = {
		{ FILE, ALLOW, OP_READ },
		{ SOCKET, ALLOW, OP_CONNECT, .families = BIT_ULL(AF_INET6),
		  .nets = { "10.0.0.0/8" } },
		{ SOCKET, ALLOW, OP_CONNECT, .families = BIT_ULL(AF_INET),
		  .nets = { "fd00::/8" } },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(specs); i++) {
		struct ruleset set = {
			.file_default = DENY,
			.socket_default = DENY,
		};
		struct ruleset_error error = {};

		KUNIT_ASSERT_EQ(test, add_rule(&set, &file_rule, &error), 0);
		KUNIT_ASSERT_EQ(test, add_rule(&set, &specs[i], &error), 0);
		KUNIT_EXPECT_EQ_MSG(test, ruleset_compile(&set, &error),
				    -EINVAL, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, error.rule, 1u, "case %u", i);
		ruleset_destroy(&set);
	}
}

/* Which operations a policy makes it necessary to look at. */
static void test_needs(struct kunit *test)
{
	static const struct rule_spec deny_write = {
		FILE,
		DENY,
		OP_WRITE,
		.paths = { "/a" },
	};
	static const struct rule_spec loud_bind = {
		SOCKET,
		ALLOW,
		OP_BIND,
		CORDON_LOG_ALWAYS,
	};
	struct ruleset set = { .file_default = ALLOW, .socket_default = ALLOW };
	struct ruleset_error error;

	KUNIT_ASSERT_EQ(test, add_rule(&set, &file_rule, &error), 0);
	KUNIT_ASSERT_EQ(test, add_rule(&set, &deny_write, &error), 0);
	KUNIT_ASSERT_EQ(test, add_rule(&set, &socket_rule, &error), 0);
	KUNIT_ASSERT_EQ(test, add_rule(&set, &loud_bind, &error), 0);
	KUNIT_ASSERT_EQ(test, ruleset_compile(&set, &error), 0);
	KUNIT_EXPECT_EQ(test, set.file_needs, (u16)OP_WRITE);
	KUNIT_EXPECT_EQ(test, set.socket_needs, (u16)OP_BIND);
	KUNIT_EXPECT_GT(test, set.bytes, (size_t)0);
	ruleset_destroy(&set);

	set.file_default = DENY;
	set.socket_default = DENY;
	KUNIT_ASSERT_EQ(test, ruleset_compile(&set, &error), 0);
	KUNIT_EXPECT_EQ(test, set.file_needs, (u16)RULESET_FILE_OPS);
	KUNIT_EXPECT_EQ(test, set.socket_needs, (u16)RULESET_SOCKET_OPS);
	ruleset_destroy(&set);
}

/* An operation on a path, and what becomes of it by which rule. */
struct file_case {
	const char *path;
	u16 ops;
	u16 denied;
	u16 loud;
	u32 rule;
};

static const struct rule_spec file_rules[] = {
	{ FILE, ALLOW, OP_READ, .paths = { "/usr/**", "/etc/{a,b}" } },
	{ FILE, ALLOW, OP_READ | OP_WRITE, CORDON_LOG_ALWAYS,
	  .paths = { "/srv/**" } },
	{ FILE, DENY, OP_READ | OP_WRITE, .paths = { "/srv/secret/**" } },
	{ FILE, DENY, OP_WRITE, .paths = { "/srv/secret/**", "memfd:*" } },
};

static void expect_file(struct kunit *test, const struct ruleset *set,
			const struct file_case *one)
{
	const struct pathname *path = make_path(test, one->path);
	struct decision decision = decide_file(set, path, one->ops);
	u16 op = one->denied ?: one->loud;

	KUNIT_EXPECT_EQ_MSG(test, decision.denied, one->denied, "%s %#x",
			    one->path, one->ops);
	KUNIT_EXPECT_EQ_MSG(test, decision.loud, one->loud, "%s %#x", one->path,
			    one->ops);
	if (op)
		KUNIT_EXPECT_EQ_MSG(test,
				    decide_file_rule(set, path, op,
						     one->denied),
				    one->rule, "%s %#x", one->path, one->ops);
}

static void test_decide_file(struct kunit *test)
{
	static const struct file_case cases[] = {
		{ "/", OP_READ, OP_READ, 0, RULESET_NONE },
		{ "/usr2", OP_READ, OP_READ, 0, RULESET_NONE },
		{ "/etc/c", OP_READ, OP_READ, 0, RULESET_NONE },
		{ "/etc/a/b", OP_READ, OP_READ, 0, RULESET_NONE },
		{ "/usr/bin/cat", OP_WRITE, OP_WRITE, 0, RULESET_NONE },
		{ "/usr/bin/cat", OP_READ | OP_WRITE, OP_WRITE, 0,
		  RULESET_NONE },
		{ "/srv/secret", OP_READ, OP_READ, 0, 2 },
		{ "/srv/secret/a/b", OP_READ, OP_READ, 0, 2 },
		{ "/srv/secret/a/b", OP_WRITE, OP_WRITE, 0, 2 },
		{ "memfd:a", OP_WRITE, OP_WRITE, 0, 3 },
		{ "memfd:a", OP_READ, OP_READ, 0, RULESET_NONE },
		{ "/usr/bin/cat", OP_READ, 0, 0 },
		{ "/etc/b", OP_READ, 0, 0 },
		{ "/srv", OP_READ, 0, OP_READ, 1 },
		{ "/srv/secrets", OP_WRITE, 0, OP_WRITE, 1 },
	};
	static const struct file_case open_cases[] = {
		{ "/srv/secret", OP_READ, OP_READ, 0, 2 },
		{ "/x", OP_READ | OP_WRITE, 0, 0 },
	};
	struct ruleset set = { .file_default = DENY };
	struct ruleset_error error;
	u32 i;

	KUNIT_ASSERT_EQ(test,
			add_rules(&set, file_rules, ARRAY_SIZE(file_rules),
				  &error),
			0);
	KUNIT_ASSERT_EQ(test, ruleset_compile(&set, &error), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		expect_file(test, &set, &cases[i]);
	/* The default of the class is asked where no rule says anything. */
	set.file_default = ALLOW;
	for (i = 0; i < ARRAY_SIZE(open_cases); i++)
		expect_file(test, &set, &open_cases[i]);
	ruleset_destroy(&set);
}

/* An address, and whether connecting to it is denied and by which rule. */
struct socket_case {
	const char *ip;
	u16 port;
	u8 proto;
	u16 op;
	bool denied;
	u32 rule;
};

static const struct rule_spec socket_rules[] = {
	{ SOCKET, ALLOW, OP_CONNECT, .protos = CORDON_PROTO_TCP,
	  .nets = { "10.0.0.0/8", "fd00::/8" },
	  .ports = { { 443, 443 }, { 8000, 8999 } } },
	{ SOCKET, DENY, OP_CONNECT | OP_BIND, .nets = { "10.6.6.0/24" } },
	{ SOCKET, ALLOW, OP_BIND, .families = BIT_ULL(AF_INET6),
	  .ports = { { 80, 80 } } },
};

#define TCP CORDON_PROTO_TCP
#define UDP CORDON_PROTO_UDP

static void expect_socket(struct kunit *test, const struct ruleset *set,
			  const struct socket_case *one)
{
	u8 bytes[16];
	u32 len = parse_ip(one->ip, bytes);
	struct endpoint endpoint =
		endpoint_make(bytes, len, one->port, one->proto);
	struct decision decision = decide_socket(set, &endpoint, one->op);
	u16 denied = one->denied ? one->op : 0;
	u32 rule;

	KUNIT_EXPECT_EQ_MSG(test, decision.denied, denied, "%s port %u",
			    one->ip, one->port);
	KUNIT_EXPECT_EQ(test, decision.loud, (u16)0);
	if (!denied)
		return;
	rule = decide_socket_rule(set, &endpoint, one->op, true);
	KUNIT_EXPECT_EQ_MSG(test, rule, one->rule, "%s port %u", one->ip,
			    one->port);
}

static void test_decide_socket(struct kunit *test)
{
	static const struct socket_case cases[] = {
		{ "11.0.0.1", 443, TCP, OP_CONNECT, true, RULESET_NONE },
		{ "10.0.0.1", 444, TCP, OP_CONNECT, true, RULESET_NONE },
		{ "10.0.0.1", 9000, TCP, OP_CONNECT, true, RULESET_NONE },
		{ "10.0.0.1", 443, UDP, OP_CONNECT, true, RULESET_NONE },
		{ "10.0.0.1", 443, TCP, OP_BIND, true, RULESET_NONE },
		{ "10.6.6.1", 443, TCP, OP_CONNECT, true, 1 },
		{ "10.6.6.1", 80, UDP, OP_BIND, true, 1 },
		{ "::ffff:10.6.6.1", 443, TCP, OP_CONNECT, true, 1 },
		{ "::10.0.0.1", 443, TCP, OP_CONNECT, true, RULESET_NONE },
		{ "fe80::1", 443, TCP, OP_CONNECT, true, RULESET_NONE },
		{ "0.0.0.0", 80, TCP, OP_BIND, true, RULESET_NONE },
		{ "10.0.0.1", 443, TCP, OP_CONNECT, false },
		{ "10.0.0.1", 8999, TCP, OP_CONNECT, false },
		{ "::ffff:10.0.0.1", 443, TCP, OP_CONNECT, false },
		{ "fd00::1", 443, TCP, OP_CONNECT, false },
		{ "::", 80, UDP, OP_BIND, false },
	};
	struct ruleset set = { .socket_default = DENY };
	struct ruleset_error error;
	u32 i;

	KUNIT_ASSERT_EQ(test,
			add_rules(&set, socket_rules, ARRAY_SIZE(socket_rules),
				  &error),
			0);
	KUNIT_ASSERT_EQ(test, ruleset_compile(&set, &error), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		expect_socket(test, &set, &cases[i]);
	ruleset_destroy(&set);
}

/* Adding: every fault is told, and rules that are there stay as they were. */
static void test_faults_add(struct kunit *test)
{
	struct faults faults = {};
	struct ruleset_error error;

	while (faults_begin(&faults)) {
		struct ruleset set = {
			.file_default = DENY,
			.socket_default = DENY,
		};
		int ret = add_rules(&set, file_rules, ARRAY_SIZE(file_rules),
				    &error);

		if (!ret)
			ret = add_rules(&set, socket_rules,
					ARRAY_SIZE(socket_rules), &error);
		faults_end(test, &faults, ret);
		if (ret)
			KUNIT_EXPECT_STREQ(test, error.why, "out of memory");
		ruleset_destroy(&set);
	}
	/* Text twice, rules, paths, prefixes, ports. */
	faults_done(test, &faults, 6);
}

static void test_faults_compile(struct kunit *test)
{
	struct faults faults = {};
	struct ruleset_error error;

	while (!faults.finished) {
		struct ruleset set = {
			.file_default = DENY,
			.socket_default = DENY,
		};
		int ret;

		KUNIT_ASSERT_EQ(test,
				add_rules(&set, file_rules,
					  ARRAY_SIZE(file_rules), &error),
				0);
		KUNIT_ASSERT_EQ(test,
				add_rules(&set, socket_rules,
					  ARRAY_SIZE(socket_rules), &error),
				0);
		faults_begin(&faults);
		ret = ruleset_compile(&set, &error);
		faults_end(test, &faults, ret);
		if (ret)
			KUNIT_EXPECT_STREQ(test, error.why, "out of memory");
		ruleset_destroy(&set);
	}
	/* Patterns and text, a tree of seven, two times four for addresses. */
	faults_done(test, &faults, 17);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_refused_parts),
	KUNIT_CASE(test_unmediated_class),
	KUNIT_CASE(test_without_effect),
	KUNIT_CASE(test_needs),
	KUNIT_CASE(test_decide_file),
	KUNIT_CASE(test_decide_socket),
	KUNIT_CASE(test_faults_add),
	KUNIT_CASE(test_faults_compile),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_ruleset",
	.test_cases = cases,
};

kunit_test_suite(suite);
