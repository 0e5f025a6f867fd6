// SPDX-License-Identifier: GPL-2.0
/* Collecting rules: what is refused, and which rule is named. */
#include "support.h"

#include <stdio.h>
#include <string.h>

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

/**
 * struct refused_rule - a rule and why it is refused
 */
struct refused_rule {
	struct rule rule;
	int ret;
	const char *why;
};

static void test_refused_rules(void **state)
{
	static const struct refused_rule cases[] = {
		{ { FILE_RULE }, -EINVAL, "rule names no operation" },
		{ { SOCKET_RULE }, -EINVAL, "rule names no operation" },
		{ { FILE_RULE, .ops = __CORDON_FILE_OP_LAST },
		  -EOPNOTSUPP,
		  "operation is not enforced by this version" },
		{ { SOCKET_RULE, .ops = __CORDON_SOCKET_OP_LAST },
		  -EOPNOTSUPP,
		  "operation is not enforced by this version" },
		{ { SOCKET_RULE,
		    .ops = CORDON_SOCKET_OP_BIND | __CORDON_SOCKET_OP_LAST },
		  -EOPNOTSUPP,
		  "operation is not enforced by this version" },
		{ { FILE_RULE, .ops = 1, .families = 1 },
		  -EINVAL,
		  "family, type, protocol or peer in a file rule" },
		{ { FILE_RULE, .ops = 1, .protos = 1 },
		  -EINVAL,
		  "family, type, protocol or peer in a file rule" },
		{ { FILE_RULE, .ops = 1, .peer = CORDON_PEER_SELF },
		  -EINVAL,
		  "family, type, protocol or peer in a file rule" },
		{ { .class = CORDON_CLASS_SOCKET,
		    .action = CORDON_ACTION_DENY,
		    .ops = CORDON_SOCKET_OP_CONNECT,
		    .peer = CORDON_PEER_SELF },
		  -EINVAL,
		  "'peer' is for allow rules" },
		{ { SOCKET_RULE, .ops = CORDON_SOCKET_OP_CONNECT,
		    .peer = CORDON_PEER_SELF },
		  -EINVAL,
		  "'peer' needs 'default: deny'; nothing else is left to allow" },
		{ { .class = CORDON_CLASS_FILE,
		    .action = CORDON_ACTION_DENY,
		    .ops = 1,
		    .log = CORDON_LOG_ALWAYS },
		  -EINVAL,
		  "'log: always' is for allow rules" },
		{ { SOCKET_RULE, .ops = CORDON_SOCKET_OP_BIND,
		    .log = CORDON_LOG_NEVER },
		  -EINVAL,
		  "'log: never' is for deny rules" },
	};
	struct ruleset set;
	size_t wrong = 0;
	size_t i;

	(void)state;
	begin(&set);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ruleset_error error = { .why = "accepted" };
		int ret = ruleset_add(&set, &cases[i].rule, "t:1", &error);

		if (ret == cases[i].ret && !strcmp(error.why, cases[i].why) &&
		    error.rule == RULESET_NONE)
			continue;
		print_error("case %zu: %d, %s\n", i, ret, error.why);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(set.rules.count, 0);
	ruleset_destroy(&set);
}

static void test_class_that_is_not_mediated(void **state)
{
	static const char why[] =
		"rule of a class that the tenant does not mediate";
	struct ruleset_error error;
	struct ruleset set;

	(void)state;
	begin(&set);
	set.file_default = 0;
	assert_int_equal(ruleset_add(&set, &file_rule, "t:1", &error), -EINVAL);
	assert_string_equal(error.why, why);
	add(&set, &socket_rule);
	ruleset_destroy(&set);
	begin(&set);
	set.socket_default = 0;
	assert_int_equal(ruleset_add(&set, &socket_rule, "t:1", &error),
			 -EINVAL);
	assert_string_equal(error.why, why);
	add(&set, &file_rule);
	ruleset_destroy(&set);
}

static void test_too_many_rules(void **state)
{
	struct ruleset_error error;
	struct ruleset set;
	u32 i;

	(void)state;
	begin(&set);
	for (i = 0; i < RULESET_RULES_MAX; i++)
		add(&set, &file_rule);
	assert_int_equal(ruleset_add(&set, &file_rule, "t:1", &error), -E2BIG);
	assert_string_equal(error.why, "tenant has too many rules");
	assert_int_equal(set.rules.count, RULESET_RULES_MAX);
	ruleset_destroy(&set);
}

static void test_refused_paths(void **state)
{
	struct ruleset_error error = { 0 };
	struct ruleset set;

	(void)state;
	begin(&set);
	assert_int_equal(ruleset_add_path(&set, "/a", &error), -EINVAL);
	assert_int_equal(error.rule, RULESET_NONE);
	assert_string_equal(error.why, "path without a rule");
	add(&set, &socket_rule);
	assert_int_equal(ruleset_add_path(&set, "memfd:a", &error), -EINVAL);
	assert_string_equal(error.why, "pattern does not begin with '/'");
	assert_int_equal(error.rule, 0);
	add_path(&set, "/a");
	assert_int_equal(ruleset_add_path(&set, "/ab//c", &error), -EINVAL);
	assert_string_equal(error.why, "empty component");
	assert_int_equal(error.rule, 1);
	assert_int_equal(error.at, 4);
	assert_int_equal(ruleset_rule(&set, 1)->paths.count, 1);
	assert_int_equal(set.paths.count, 1);
	ruleset_destroy(&set);
}

/**
 * struct refused_prefix - an address prefix and why it is refused
 */
struct refused_prefix {
	u8 bytes[16];
	u32 len;
	u32 prefix_len;
	const char *why;
};

static void test_refused_prefixes(void **state)
{
	static const struct refused_prefix cases[] = {
		{ { 10 }, 0, 0, "address has neither 4 nor 16 bytes" },
		{ { 10 }, 3, 8, "address has neither 4 nor 16 bytes" },
		{ { 10 }, 8, 8, "address has neither 4 nor 16 bytes" },
		{ { 10 }, 17, 8, "address has neither 4 nor 16 bytes" },
		{ { 10 }, 4, 33, "prefix is longer than the address" },
		{ { 10 }, 4, U32_MAX, "prefix is longer than the address" },
		{ { 10 }, 16, 129, "prefix is longer than the address" },
		{ { 10, 0, 0, 1 },
		  4,
		  8,
		  "address has bits set behind its prefix" },
		{ { 10, 0, 0, 1 },
		  4,
		  31,
		  "address has bits set behind its prefix" },
		{ { 1 }, 4, 0, "address has bits set behind its prefix" },
		{ { [15] = 1 },
		  16,
		  127,
		  "address has bits set behind its prefix" },
		{ { [8] = 1 },
		  16,
		  64,
		  "address has bits set behind its prefix" },
		{ { [10] = 0xff, [11] = 0xff },
		  16,
		  96,
		  "IPv4-mapped prefix: write it as IPv4" },
		{ { [10] = 0xff, [11] = 0xff, [12] = 10 },
		  16,
		  104,
		  "IPv4-mapped prefix: write it as IPv4" },
	};
	struct ruleset set;
	size_t wrong = 0;
	size_t i;

	(void)state;
	begin(&set);
	add(&set, &file_rule);
	add(&set, &socket_rule);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ruleset_error error = { .why = "accepted" };
		int ret = ruleset_add_prefix(&set, cases[i].bytes, cases[i].len,
					     cases[i].prefix_len, &error);

		if (ret == -EINVAL && !strcmp(error.why, cases[i].why) &&
		    error.rule == 1)
			continue;
		print_error("case %zu: %d, %s\n", i, ret, error.why);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(set.prefixes.count, 0);
	ruleset_destroy(&set);
}

static void test_accepted_prefixes(void **state)
{
	static const struct refused_prefix cases[] = {
		{ { 0 }, 4, 0, NULL },
		{ { 10, 0, 0, 1 }, 4, 32, NULL },
		{ { 128 }, 4, 1, NULL },
		{ { 0 }, 16, 0, NULL },
		{ { [15] = 1 }, 16, 128, NULL },
		/* More than the mapped addresses. */
		{ { [10] = 0xff, [11] = 0xfe }, 16, 95, NULL },
		{ { [9] = 1, [10] = 0xff, [11] = 0xff }, 16, 96, NULL },
	};
	struct ruleset_error error;
	struct ruleset set;
	size_t i;

	(void)state;
	begin(&set);
	add(&set, &socket_rule);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(ruleset_add_prefix(&set, cases[i].bytes,
						    cases[i].len,
						    cases[i].prefix_len,
						    &error),
				 0);
	assert_int_equal(ruleset_rule(&set, 0)->prefixes.count,
			 ARRAY_SIZE(cases));
	ruleset_destroy(&set);
}

/**
 * struct refused_ports - a range of ports and why it is refused, or NULL
 */
struct refused_ports {
	u32 first;
	u32 last;
	const char *why;
};

static void test_ports(void **state)
{
	static const struct refused_ports cases[] = {
		{ 0, 0, "port is not in 1 to 65535" },
		{ 0, 80, "port is not in 1 to 65535" },
		{ 1, 65536, "port is not in 1 to 65535" },
		{ 65536, 65536, "port is not in 1 to 65535" },
		{ 1, U32_MAX, "port is not in 1 to 65535" },
		{ 65537, 1, "port range is reversed" },
		{ 2, 1, "port range is reversed" },
		{ 65535, 1, "port range is reversed" },
		{ 1, 1, NULL },
		{ 1, 65535, NULL },
		{ 65535, 65535, NULL },
	};
	struct ruleset set;
	size_t wrong = 0;
	size_t i;

	(void)state;
	begin(&set);
	add(&set, &socket_rule);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ruleset_error error = { .why = NULL };
		const char *why = cases[i].why;
		int ret = ruleset_add_ports(&set, cases[i].first, cases[i].last,
					    &error);

		if (!why && !ret)
			continue;
		if (why && ret == -EINVAL && !strcmp(error.why, why) &&
		    !error.rule)
			continue;
		print_error("%u-%u: %d\n", cases[i].first, cases[i].last, ret);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(ruleset_rule(&set, 0)->ports.count, 3);
	ruleset_destroy(&set);
}

static void test_ends_of_another_class(void **state)
{
	static const u8 bytes[4];
	struct ruleset_error error;
	struct ruleset set;

	(void)state;
	begin(&set);
	assert_int_equal(ruleset_add_ports(&set, 1, 1, &error), -EINVAL);
	assert_int_equal(error.rule, RULESET_NONE);
	add(&set, &socket_rule);
	add(&set, &file_rule);
	assert_int_equal(ruleset_add_prefix(&set, bytes, 4, 0, &error),
			 -EINVAL);
	assert_string_equal(error.why, "address in a file rule");
	assert_int_equal(error.rule, 1);
	assert_int_equal(ruleset_add_ports(&set, 1, 1, &error), -EINVAL);
	assert_string_equal(error.why, "port in a file rule");
	assert_int_equal(error.rule, 1);
	ruleset_destroy(&set);
}

static void test_origins(void **state)
{
	struct ruleset_error error;
	struct ruleset set;
	u32 i;

	(void)state;
	begin(&set);
	for (i = 0; i < 100; i++) {
		char origin[16];

		snprintf(origin, sizeof(origin), "t.yaml:%u", i / 3);
		assert_int_equal(ruleset_add(&set, &file_rule, origin, &error),
				 0);
	}
	for (i = 0; i < 100; i++) {
		char origin[16];

		snprintf(origin, sizeof(origin), "t.yaml:%u", i / 3);
		assert_string_equal(ruleset_text(&set,
						 ruleset_rule(&set, i)->origin),
				    origin);
	}
	ruleset_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_rules),
		cmocka_unit_test(test_class_that_is_not_mediated),
		cmocka_unit_test(test_too_many_rules),
		cmocka_unit_test(test_refused_paths),
		cmocka_unit_test(test_refused_prefixes),
		cmocka_unit_test(test_accepted_prefixes),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_ends_of_another_class),
		cmocka_unit_test(test_origins),
	};

	return cmocka_run_group_tests_name("ruleset", tests, NULL, NULL);
}
