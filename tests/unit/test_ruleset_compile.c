// SPDX-License-Identifier: GPL-2.0
/* Compiling rules: what is refused, what is needed, and without memory. */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "ruleset.h"

#define FILE_RULE .class = CORDON_CLASS_FILE, .action = CORDON_ACTION_ALLOW
#define SOCKET_RULE .class = CORDON_CLASS_SOCKET, .action = CORDON_ACTION_ALLOW

static const struct rule file_rule = { FILE_RULE, .ops = CORDON_FILE_OP_READ };
static const struct rule socket_rule = { SOCKET_RULE,
					 .ops = CORDON_SOCKET_OP_BIND };

static void begin(struct ruleset *set)
{
	memset(set, 0, sizeof(*set));
	set->file_default = CORDON_ACTION_ALLOW;
	set->socket_default = CORDON_ACTION_ALLOW;
}

static void add(struct ruleset *set, const struct rule *rule)
{
	struct ruleset_error error;

	assert_int_equal(ruleset_add(set, rule, "t.yaml:1", &error), 0);
}

static void add_path(struct ruleset *set, const char *pattern)
{
	struct ruleset_error error;

	add(set, &file_rule);
	assert_int_equal(ruleset_add_path(set, pattern, &error), 0);
}

static void expect_compile(struct ruleset *set, int ret, const char *why,
			   u32 rule)
{
	struct ruleset_error error = { .why = "accepted", .rule = 77 };

	assert_int_equal(ruleset_compile(set, &error), ret);
	assert_string_equal(error.why, why);
	assert_int_equal(error.rule, rule);
	ruleset_destroy(set);
}

static void test_rules_without_effect(void **state)
{
	static const struct rule only_v4 = { SOCKET_RULE,
					     .ops = CORDON_SOCKET_OP_BIND,
					     .families = BIT_ULL(AF_INET) };
	static const u8 bytes[16];
	struct ruleset_error error;
	struct ruleset set;

	(void)state;
	begin(&set);
	add_path(&set, "/a");
	add(&set, &file_rule);
	add_path(&set, "/b");
	expect_compile(&set, -EINVAL, "file rule without a path", 1);
	begin(&set);
	add(&set, &socket_rule);
	add(&set, &only_v4);
	add(&set, &only_v4);
	assert_int_equal(ruleset_add_prefix(&set, bytes, 16, 0, &error), 0);
	expect_compile(&set, -EINVAL, "no address of the rule is of its family",
		       2);
}

/* The rule that is named is one with the globs, not one beside them. */
static void test_too_wide(void **state)
{
	struct ruleset set;
	unsigned int i;

	(void)state;
	begin(&set);
	add_path(&set, "/a/b/c");
	add(&set, &file_rule);
	for (i = 0; i <= PATHTREE_WIDTH_MAX; i++) {
		struct ruleset_error error;
		char pattern[32];

		snprintf(pattern, sizeof(pattern), "/x/*%u*", i);
		assert_int_equal(ruleset_add_path(&set, pattern, &error), 0);
	}
	add_path(&set, "/z/**");
	expect_compile(&set, -E2BIG,
		       "too many patterns with '**' or globs can match at once",
		       1);
}

static void test_too_many_patterns(void **state)
{
	struct ruleset_error error;
	struct ruleset set;
	u32 i;

	(void)state;
	begin(&set);
	add(&set, &file_rule);
	for (i = 0; i <= RULESET_EXPANDED_MAX / 64; i++)
		assert_int_equal(ruleset_add_path(&set,
						  "/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
						  &error),
				 0);
	expect_compile(&set, -E2BIG, "tenant has too many patterns",
		       RULESET_NONE);
}

/* One rule of 1,024 prefixes and 257 ranges of ports. */
static void test_too_many_ends(void **state)
{
	struct ruleset_error error;
	struct ruleset set;
	u32 i;

	(void)state;
	begin(&set);
	add(&set, &socket_rule);
	add(&set, &socket_rule);
	for (i = 0; i < 1024; i++) {
		const u8 bytes[4] = { 10, i >> 8, i, 1 };

		assert_int_equal(ruleset_add_prefix(&set, bytes, 4, 32, &error),
				 0);
	}
	for (i = 0; i <= RULESET_EXPANDED_MAX / 1024; i++)
		assert_int_equal(ruleset_add_ports(&set, i + 1, i + 1, &error),
				 0);
	expect_compile(&set, -E2BIG, "tenant has too many prefixes and ports",
		       1);
}

static void test_too_much_overlap(void **state)
{
	struct ruleset_error error;
	struct ruleset set;
	u32 i;

	(void)state;
	begin(&set);
	add(&set, &socket_rule);
	for (i = 1; i <= 4097; i++)
		assert_int_equal(ruleset_add_ports(&set, i, 65535 - i, &error),
				 0);
	expect_compile(&set, -E2BIG, "too many port ranges overlap",
		       RULESET_NONE);
}

/**
 * struct needs_case - defaults, one rule of each class, and what is needed
 */
struct needs_case {
	u8 file_default;
	u8 socket_default;
	u8 action;
	u8 log;
	u16 file_needs;
	u16 socket_needs;
};

static void test_needs(void **state)
{
	enum {
		ALLOW = CORDON_ACTION_ALLOW,
		DENY = CORDON_ACTION_DENY
	};
	static const u16 file = CORDON_FILE_OP_WRITE;
	static const u16 socket = CORDON_SOCKET_OP_CONNECT;
	const struct needs_case cases[] = {
		{ ALLOW, ALLOW, ALLOW, CORDON_LOG_AUTO, 0, 0 },
		{ ALLOW, ALLOW, ALLOW, CORDON_LOG_ALWAYS, file, socket },
		{ ALLOW, ALLOW, DENY, CORDON_LOG_AUTO, file, socket },
		{ ALLOW, ALLOW, DENY, CORDON_LOG_NEVER, file, socket },
		{ DENY, ALLOW, ALLOW, CORDON_LOG_AUTO, RULESET_FILE_OPS, 0 },
		{ ALLOW, DENY, ALLOW, CORDON_LOG_AUTO, 0, RULESET_SOCKET_OPS },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct rule rule = { .action = cases[i].action,
				     .log = cases[i].log };
		struct ruleset_error error;
		struct ruleset set;

		begin(&set);
		set.file_default = cases[i].file_default;
		set.socket_default = cases[i].socket_default;
		rule.class = CORDON_CLASS_SOCKET;
		rule.ops = socket;
		add(&set, &rule);
		rule.class = CORDON_CLASS_FILE;
		rule.ops = file;
		add(&set, &rule);
		assert_int_equal(ruleset_add_path(&set, "/a", &error), 0);
		assert_int_equal(ruleset_compile(&set, &error), 0);
		assert_int_equal(set.file_needs, cases[i].file_needs);
		assert_int_equal(set.socket_needs, cases[i].socket_needs);
		ruleset_destroy(&set);
	}
}

/**
 * struct let_in_case - a rule that may let in whatever comes
 * @rule: the rule
 * @second: another one, where it has operations
 * @freed: operations that need not be asked about
 */
struct let_in_case {
	struct rule rule;
	struct rule second;
	u16 freed;
};

#define IN (CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE)
#define A_RULE(verdict, ...)                                                   \
	{                                                                      \
		.class = CORDON_CLASS_SOCKET,                                  \
		.action = CORDON_ACTION_##verdict, __VA_ARGS__                 \
	}

static const struct let_in_case let_in_cases[] = {
	{ A_RULE(ALLOW, .ops = IN), .freed = IN },
	{ A_RULE(ALLOW, .ops = RULESET_SOCKET_OPS), .freed = IN },
	{ A_RULE(ALLOW, .ops = CORDON_SOCKET_OP_ACCEPT),
	  .freed = CORDON_SOCKET_OP_ACCEPT },
	{ A_RULE(ALLOW, .ops = CORDON_SOCKET_OP_ACCEPT),
	  A_RULE(ALLOW, .ops = CORDON_SOCKET_OP_RECEIVE), .freed = IN },
	{ A_RULE(ALLOW, .ops = IN, .families = FAMILIES_INET), .freed = IN },
	{ A_RULE(ALLOW, .ops = IN, .families = BIT_ULL(AF_INET6)) },
	{ A_RULE(ALLOW, .ops = IN, .protos = CORDON_PROTO_TCP) },
	{ A_RULE(ALLOW, .ops = CORDON_SOCKET_OP_CONNECT) },
	{ A_RULE(ALLOW, .ops = IN, .log = CORDON_LOG_ALWAYS) },
	{ A_RULE(DENY, .ops = IN) },
	{ A_RULE(ALLOW, .ops = IN),
	  A_RULE(DENY, .ops = CORDON_SOCKET_OP_RECEIVE,
		 .protos = CORDON_PROTO_UDP),
	  .freed = CORDON_SOCKET_OP_ACCEPT },
	{ A_RULE(ALLOW, .ops = IN),
	  A_RULE(ALLOW, .ops = CORDON_SOCKET_OP_CONNECT,
		 .peer = CORDON_PEER_SELF) },
};

/* Hooks on packets cost the whole host, so they stay away where they can. */
static void test_let_in(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(let_in_cases); i++) {
		const struct let_in_case *at = &let_in_cases[i];
		struct ruleset_error error;
		struct ruleset set;

		begin(&set);
		set.socket_default = CORDON_ACTION_DENY;
		add(&set, &at->rule);
		if (at->second.ops)
			add(&set, &at->second);
		assert_int_equal(ruleset_compile(&set, &error), 0);
		assert_int_equal(set.socket_needs | at->freed,
				 RULESET_SOCKET_OPS);
		assert_int_equal(set.socket_needs & at->freed, 0);
		ruleset_destroy(&set);
	}
}

/* Classes that are not mediated need nothing. */
static void test_needs_nothing(void **state)
{
	struct ruleset_error error;
	struct ruleset set = { 0 };

	(void)state;
	assert_int_equal(ruleset_compile(&set, &error), 0);
	assert_int_equal(set.file_needs | set.socket_needs, 0);
	assert_int_equal(set.bytes, 0);
	ruleset_destroy(&set);
}

static int build(struct ruleset *set, struct ruleset_error *error)
{
	static const u8 bytes[4] = { 10 };
	char origin[32] = "";
	u32 i;
	int ret = 0;

	begin(set);
	for (i = 0; !ret && i < 20; i++) {
		snprintf(origin, sizeof(origin), "a-longer-name.yaml:%u", i);
		ret = ruleset_add(set, &file_rule, origin, error);
		if (!ret)
			ret = ruleset_add_path(set, "/{a,b}/**", error);
		if (!ret)
			ret = ruleset_add(set, &socket_rule, origin, error);
		if (!ret)
			ret = ruleset_add_prefix(set, bytes, 4, 8, error);
		if (!ret)
			ret = ruleset_add_ports(set, 1, 2, error);
	}
	return ret ? ret : ruleset_compile(set, error);
}

static void test_no_memory(void **state)
{
	size_t before = fault_memory_in_use();
	unsigned int n = 0;
	bool failed;

	(void)state;
	do {
		struct ruleset_error error = { .why = "" };
		struct ruleset set;
		int ret;

		fault_after(n++);
		ret = build(&set, &error);
		failed = fault_disarm();
		assert_int_equal(ret, failed ? -ENOMEM : 0);
		assert_string_equal(error.why, failed ? "out of memory" : "");
		/* Sets of addresses have an entry to spare, not counted. */
		if (!failed)
			assert_int_equal(fault_memory_in_use() - before,
					 set.bytes +
						 WHOSE_SETS * IP_VERSIONS *
							 sizeof(struct addr_entry));
		ruleset_destroy(&set);
		assert_int_equal(fault_memory_in_use(), before);
	} while (failed);
	assert_true(n > 40);
}

/* After a failure everything is as before, and goes on as before. */
static void test_goes_on_without_memory(void **state)
{
	struct ruleset_error error;
	struct ruleset set;
	u32 added = 0;

	(void)state;
	begin(&set);
	while (added < 30) {
		fault_after(0);
		if (ruleset_add(&set, &file_rule, "t:1", &error)) {
			assert_true(fault_disarm());
			assert_int_equal(set.rules.count, added);
			add(&set, &file_rule);
		}
		fault_disarm();
		assert_int_equal(set.rules.count, ++added);
		assert_int_equal(ruleset_add_path(&set, "/a", &error), 0);
	}
	assert_int_equal(ruleset_compile(&set, &error), 0);
	ruleset_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_without_effect),
		cmocka_unit_test(test_too_wide),
		cmocka_unit_test(test_too_many_patterns),
		cmocka_unit_test(test_too_many_ends),
		cmocka_unit_test(test_too_much_overlap),
		cmocka_unit_test(test_needs),
		cmocka_unit_test(test_let_in),
		cmocka_unit_test(test_needs_nothing),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_goes_on_without_memory),
	};

	return cmocka_run_group_tests_name("ruleset_compile", tests, NULL,
					   NULL);
}
