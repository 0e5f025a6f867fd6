// SPDX-License-Identifier: GPL-2.0
/* Verdicts: deny overrides allow, defaults, what is loud, and who decided. */
#include "support.h"

#include <arpa/inet.h>
#include <string.h>

#include "decide.h"
#include "trail.h"

#define ALLOW CORDON_ACTION_ALLOW
#define DENY CORDON_ACTION_DENY
#define READ CORDON_FILE_OP_READ
#define WRITE CORDON_FILE_OP_WRITE
#define EXEC CORDON_FILE_OP_EXEC
#define BIND CORDON_SOCKET_OP_BIND
#define CONNECT CORDON_SOCKET_OP_CONNECT
#define TCP CORDON_PROTO_TCP
#define UDP CORDON_PROTO_UDP

/**
 * struct file_rule - a rule with one pattern; its number is its place
 */
struct file_rule {
	u8 action;
	u8 log;
	u16 ops;
	const char *pattern;
};

/**
 * struct file_expect - operations on a path, and what becomes of them
 * @path: the path
 * @ops: the operations
 * @denied: those that are denied
 * @loud: those that are allowed and reported
 * @rule: the rule behind it, for one operation
 */
struct file_expect {
	const char *path;
	u16 ops;
	u16 denied;
	u16 loud;
	u32 rule;
};

static void file_rules(struct ruleset *set, u8 file_default,
		       const struct file_rule *rules, size_t count)
{
	struct ruleset_error error;
	size_t i;

	memset(set, 0, sizeof(*set));
	set->file_default = file_default;
	for (i = 0; i < count; i++) {
		const struct rule rule = {
			.class = CORDON_CLASS_FILE,
			.action = rules[i].action,
			.log = rules[i].log,
			.ops = rules[i].ops,
		};

		assert_int_equal(ruleset_add(set, &rule, "t:1", &error), 0);
		assert_int_equal(ruleset_add_path(set, rules[i].pattern,
						  &error),
				 0);
	}
	assert_int_equal(ruleset_compile(set, &error), 0);
}

static bool file_is(const struct ruleset *set, const struct file_expect *expect)
{
	struct decision decision;
	struct trail trail;
	u32 rule;

	trail_make(&trail, expect->path);
	decision = decide_file(set, &trail.path, expect->ops);
	rule = decide_file_rule(set, &trail.path, expect->ops, decision.denied);
	trail_free(&trail);
	return decision.denied == expect->denied &&
	       decision.loud == expect->loud &&
	       (expect->ops & (expect->ops - 1) || rule == expect->rule);
}

static void check_files(u8 file_default, const struct file_rule *rules,
			size_t rule_count, const struct file_expect *expects,
			size_t count)
{
	struct ruleset set;
	size_t wrong = 0;
	size_t i;

	file_rules(&set, file_default, rules, rule_count);
	for (i = 0; i < count; i++) {
		if (!file_is(&set, &expects[i])) {
			print_error("%s, operations 0x%x\n", expects[i].path,
				    expects[i].ops);
			wrong++;
		}
	}
	ruleset_destroy(&set);
	assert_int_equal(wrong, 0);
}

#define CHECK_FILES(otherwise, rules, expects)                                 \
	check_files(otherwise, rules, ARRAY_SIZE(rules), expects,              \
		    ARRAY_SIZE(expects))

static void test_file_default_deny(void **state)
{
	static const struct file_rule rules[] = {
		{ ALLOW, 0, READ | EXEC, "/usr/**" },
		{ ALLOW, CORDON_LOG_ALWAYS, READ | WRITE, "/srv/**" },
		{ DENY, 0, RULESET_FILE_OPS, "/srv/secret/**" },
		{ DENY, CORDON_LOG_NEVER, WRITE, "/usr/lib/**" },
		{ ALLOW, 0, WRITE, "/srv/secret/not/**" },
	};
	static const struct file_expect expects[] = {
		{ "/", READ, READ, 0, RULESET_NONE },
		{ "/etc/x", READ, READ, 0, RULESET_NONE },
		{ "/usr/x", READ, 0, 0, RULESET_NONE },
		{ "/usr/x", WRITE, WRITE, 0, RULESET_NONE },
		{ "/usr/x", READ | WRITE | EXEC, WRITE, 0, 0 },
		{ "/usr/lib/x", WRITE, WRITE, 0, 3 },
		{ "/usr/lib/x", READ, 0, 0, RULESET_NONE },
		{ "/srv/x", READ, 0, READ, 1 },
		{ "/srv/x", READ | WRITE | EXEC, EXEC, READ | WRITE, 0 },
		{ "/srv/secret", READ, READ, 0, 2 },
		{ "/srv/secret/x", READ | WRITE, READ | WRITE, 0, 0 },
		{ "/srv/secret/not/x", WRITE, WRITE, 0, 2 },
		{ "memfd:x", EXEC, EXEC, 0, RULESET_NONE },
		{ "/usr/x", 0, 0, 0, RULESET_NONE },
	};

	(void)state;
	CHECK_FILES(DENY, rules, expects);
}

static void test_file_default_allow(void **state)
{
	static const struct file_rule rules[] = {
		{ DENY, 0, WRITE, "/etc/**" },
		{ DENY, 0, WRITE | READ, "/etc/shadow" },
		{ ALLOW, CORDON_LOG_ALWAYS, READ | WRITE, "/etc/**" },
		{ ALLOW, 0, READ, "/etc/shadow" },
	};
	static const struct file_expect expects[] = {
		{ "/x", READ | WRITE, 0, 0, 0 },
		{ "/x", READ, 0, 0, RULESET_NONE },
		{ "memfd:x", EXEC, 0, 0, RULESET_NONE },
		{ "/etc/x", WRITE, WRITE, 0, 0 },
		{ "/etc/x", READ, 0, READ, 2 },
		{ "/etc/x", EXEC, 0, 0, RULESET_NONE },
		{ "/etc/shadow", READ, READ, 0, 1 },
		{ "/etc/shadow", WRITE, WRITE, 0, 0 },
		{ "/etc/shadow", READ | WRITE | EXEC, READ | WRITE, 0, 0 },
	};

	(void)state;
	CHECK_FILES(ALLOW, rules, expects);
}

/* No rule at all is no reason to allow, and none to deny. */
static void test_file_without_rules(void **state)
{
	static const struct file_expect denied[] = {
		{ "/", READ, READ, 0, RULESET_NONE },
		{ "/a", RULESET_FILE_OPS, RULESET_FILE_OPS, 0, 0 },
		{ "memfd:a", EXEC, EXEC, 0, RULESET_NONE },
	};
	static const struct file_expect allowed[] = {
		{ "/", READ, 0, 0, RULESET_NONE },
		{ "/a", RULESET_FILE_OPS, 0, 0, 0 },
		{ "memfd:a", EXEC, 0, 0, RULESET_NONE },
	};

	(void)state;
	check_files(DENY, NULL, 0, denied, ARRAY_SIZE(denied));
	check_files(ALLOW, NULL, 0, allowed, ARRAY_SIZE(allowed));
}

/**
 * struct socket_rule - a rule with one prefix and one port range at most
 */
struct socket_rule {
	u8 action;
	u8 log;
	u16 ops;
	u64 families;
	u8 protos;
	const char *prefix;
	u8 prefix_len;
	u16 first;
	u16 last;
};

/**
 * struct socket_expect - an operation on an address, and what becomes of it
 */
struct socket_expect {
	const char *address;
	u16 port;
	u8 proto;
	u16 op;
	bool denied;
	bool loud;
	u32 rule;
};

static u32 bytes_of(const char *text, u8 *bytes)
{
	bool v6 = strchr(text, ':');

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text, bytes), 1);
	return v6 ? 16 : 4;
}

static void add_socket_rule(struct ruleset *set, const struct socket_rule *from)
{
	const struct rule rule = {
		.class = CORDON_CLASS_SOCKET,
		.action = from->action,
		.log = from->log,
		.ops = from->ops,
		.families = from->families,
		.protos = from->protos,
	};
	struct ruleset_error error;
	u8 bytes[16];
	u32 len;

	assert_int_equal(ruleset_add(set, &rule, "t:1", &error), 0);
	if (from->prefix) {
		len = bytes_of(from->prefix, bytes);
		assert_int_equal(ruleset_add_prefix(set, bytes, len,
						    from->prefix_len, &error),
				 0);
	}
	if (from->last)
		assert_int_equal(ruleset_add_ports(set, from->first, from->last,
						   &error),
				 0);
}

static bool socket_is(const struct ruleset *set,
		      const struct socket_expect *expect)
{
	struct endpoint endpoint;
	struct decision decision;
	u8 bytes[16];
	u32 len = bytes_of(expect->address, bytes);

	endpoint = endpoint_make(bytes, len, expect->port, expect->proto);
	decision = decide_socket(set, &endpoint, expect->op);
	return decision.denied == (expect->denied ? expect->op : 0) &&
	       decision.loud == (expect->loud ? expect->op : 0) &&
	       decide_socket_rule(set, &endpoint, expect->op, expect->denied) ==
		       expect->rule;
}

static void check_sockets(u8 socket_default, const struct socket_rule *rules,
			  size_t rule_count,
			  const struct socket_expect *expects, size_t count)
{
	struct ruleset set = { .socket_default = socket_default };
	struct ruleset_error error;
	size_t wrong = 0;
	size_t i;

	for (i = 0; i < rule_count; i++)
		add_socket_rule(&set, &rules[i]);
	assert_int_equal(ruleset_compile(&set, &error), 0);
	for (i = 0; i < count; i++) {
		if (!socket_is(&set, &expects[i])) {
			print_error("%s port %u, protocol %u, operation %u\n",
				    expects[i].address, expects[i].port,
				    expects[i].proto, expects[i].op);
			wrong++;
		}
	}
	ruleset_destroy(&set);
	assert_int_equal(wrong, 0);
}

#define CHECK_SOCKETS(otherwise, rules, expects)                               \
	check_sockets(otherwise, rules, ARRAY_SIZE(rules), expects,            \
		      ARRAY_SIZE(expects))

static void test_socket_default_deny(void **state)
{
	static const struct socket_rule rules[] = {
		{ ALLOW, 0, CONNECT, 0, TCP, "10.0.0.0", 8, 443, 443 },
		{ DENY, 0, CONNECT, 0, 0, "10.6.6.6", 32, 0, 0 },
		{ ALLOW, CORDON_LOG_ALWAYS, CONNECT | BIND, 0, UDP, "10.0.0.0",
		  8, 0, 0 },
		{ ALLOW, 0, BIND, BIT_ULL(AF_INET6), TCP, NULL, 0, 80, 80 },
	};
	static const struct socket_expect expects[] = {
		{ "10.0.0.1", 443, TCP, CONNECT, false, false, RULESET_NONE },
		{ "10.0.0.1", 444, TCP, CONNECT, true, false, RULESET_NONE },
		{ "11.0.0.1", 443, TCP, CONNECT, true, false, RULESET_NONE },
		{ "10.0.0.1", 443, TCP, BIND, true, false, RULESET_NONE },
		{ "10.0.0.1", 443, UDP, CONNECT, false, true, 2 },
		{ "10.0.0.1", 0, UDP, BIND, false, true, 2 },
		{ "10.6.6.6", 443, TCP, CONNECT, true, false, 1 },
		{ "10.6.6.6", 443, UDP, CONNECT, true, false, 1 },
		{ "10.6.6.6", 443, CORDON_PROTO_OTHER, CONNECT, true, false,
		  1 },
		{ "10.6.6.6", 443, UDP, BIND, false, true, 2 },
		{ "::", 80, TCP, BIND, false, false, RULESET_NONE },
		{ "0.0.0.0", 80, TCP, BIND, true, false, RULESET_NONE },
		{ "::", 81, TCP, BIND, true, false, RULESET_NONE },
		{ "::", 80, UDP, BIND, true, false, RULESET_NONE },
	};

	(void)state;
	CHECK_SOCKETS(DENY, rules, expects);
}

static void test_socket_default_allow(void **state)
{
	static const struct socket_rule rules[] = {
		{ DENY, 0, CONNECT, 0, TCP, "0.0.0.0", 0, 25, 25 },
		{ DENY, 0, CONNECT, 0, 0, "169.254.169.254", 32, 0, 0 },
		{ ALLOW, CORDON_LOG_ALWAYS, CONNECT, 0, 0, NULL, 0, 25, 25 },
	};
	static const struct socket_expect expects[] = {
		{ "10.0.0.1", 25, TCP, CONNECT, true, false, 0 },
		{ "10.0.0.1", 25, UDP, CONNECT, false, true, 2 },
		{ "10.0.0.1", 26, TCP, CONNECT, false, false, RULESET_NONE },
		{ "10.0.0.1", 25, TCP, BIND, false, false, RULESET_NONE },
		{ "169.254.169.254", 80, TCP, CONNECT, true, false, 1 },
		{ "169.254.169.254", 25, TCP, CONNECT, true, false, 0 },
		{ "169.254.169.255", 80, TCP, CONNECT, false, false,
		  RULESET_NONE },
		{ "fdaa::1", 25, TCP, CONNECT, false, true, 2 },
	};

	(void)state;
	CHECK_SOCKETS(ALLOW, rules, expects);
}

/* ::ffff:a.b.c.d is IPv4 to rules of either family; the likes of it are not. */
static void test_mapped(void **state)
{
	static const struct socket_rule rules[] = {
		{ DENY, 0, CONNECT, 0, 0, "10.0.0.0", 8, 0, 0 },
		{ DENY, 0, CONNECT, 0, 0, "2001:db8::", 32, 0, 0 },
		{ DENY, 0, BIND, BIT_ULL(AF_INET6), 0, NULL, 0, 0, 0 },
		{ DENY, 0, BIND, 0, 0, "::", 0, 0, 0 },
	};
	static const struct socket_expect expects[] = {
		{ "::ffff:10.0.0.1", 1, TCP, CONNECT, true, false, 0 },
		{ "::ffff:11.0.0.1", 1, TCP, CONNECT, false, false,
		  RULESET_NONE },
		{ "::10.0.0.1", 1, TCP, CONNECT, false, false, RULESET_NONE },
		{ "::fffe:10.0.0.1", 1, TCP, CONNECT, false, false,
		  RULESET_NONE },
		{ "::1:ffff:10.0.0.1", 1, TCP, CONNECT, false, false,
		  RULESET_NONE },
		{ "1::ffff:10.0.0.1", 1, TCP, CONNECT, false, false,
		  RULESET_NONE },
		{ "2001:db8::1", 1, TCP, CONNECT, true, false, 1 },
		{ "::ffff:10.0.0.1", 1, TCP, BIND, false, false, RULESET_NONE },
		{ "10.0.0.1", 1, TCP, BIND, false, false, RULESET_NONE },
		{ "::10.0.0.1", 1, TCP, BIND, true, false, 2 },
		{ "::", 1, TCP, BIND, true, false, 2 },
	};

	(void)state;
	CHECK_SOCKETS(ALLOW, rules, expects);
}

static void test_endpoint(void **state)
{
	static const u8 mapped[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 };
	struct endpoint one = endpoint_make(mapped, 16, 80, TCP);
	struct endpoint other = endpoint_make(mapped + 12, 4, 80, TCP);

	(void)state;
	assert_int_equal(one.version, IP_V4);
	assert_int_equal(other.version, IP_V4);
	assert_true(one.ip.high == 0xc000020100000000ULL && !one.ip.low);
	assert_memory_equal(&one.ip, &other.ip, sizeof(one.ip));
	assert_int_equal(one.port, 80);
	assert_int_equal(one.proto, TCP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_default_deny),
		cmocka_unit_test(test_file_default_allow),
		cmocka_unit_test(test_file_without_rules),
		cmocka_unit_test(test_socket_default_deny),
		cmocka_unit_test(test_socket_default_allow),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_endpoint),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
