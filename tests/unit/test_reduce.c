// SPDX-License-Identifier: GPL-2.0
/*
 * The oracles agree, so reducing runs only on the day when somebody needs it.
 * Here cases "fail" for reasons that are made up.
 */
#include "support.h"

#include <string.h>

#include "case_addr.h"
#include "case_path.h"
#include "reduce.h"

/* Fails when a rule about writing has an x in it and the path a y. */
static bool path_fails(const void *a_case)
{
	const struct path_case *it = a_case;
	unsigned int i;

	if (!path_case_is_valid(it) || !strchr(it->path, 'y'))
		return false;
	for (i = 0; i < it->count; i++)
		if ((it->rules[i].ops & CORDON_FILE_OP_WRITE) &&
		    strchr(it->rules[i].pattern, 'x'))
			return true;
	return false;
}

static void test_path(void **state)
{
	static struct path_case it = {
		.count = 4,
		.rules = {
			{ .ops = CORDON_FILE_OP_READ, .pattern = "/x" },
			{ .ops = CORDON_FILE_OP_WRITE, .pattern = "/a/**" },
			{ .ops = CORDON_FILE_OP_WRITE,
			  .pattern = "/a/b/axb/c" },
			{ .ops = CORDON_FILE_OP_WRITE, .pattern = "/d" },
		},
		.path = "/a/bbybb/c/d",
	};

	(void)state;
	reduce(&it, sizeof(it), path_case_simpler, path_fails);
	assert_int_equal(it.count, 1);
	assert_string_equal(it.rules[0].pattern, "/x");
	assert_string_equal(it.path, "/y");
}

/* Fails while the last name of the path is one of the first rule's, too. */
static bool alike_fails(const void *a_case)
{
	const struct path_case *it = a_case;

	return path_case_is_valid(it) && it->count && strlen(it->path) > 1 &&
	       strstr(it->rules[0].pattern, strrchr(it->path, '/'));
}

static void test_names_that_are_alike(void **state)
{
	static struct path_case it = {
		.count = 1,
		.rules = { { .pattern = "/**/same-name/**" } },
		.path = "/same-name/other/same-name",
	};

	(void)state;
	reduce(&it, sizeof(it), path_case_simpler, alike_fails);
	assert_int_equal(it.count, 1);
	assert_int_equal(strlen(it.path), 2);
	assert_string_equal(it.rules[0].pattern, it.path);
}

/* A step that changes nothing would be taken for ever. */
static void test_nothing_to_take_away(void **state)
{
	static struct path_case it = { .count = 1,
				       .rules = { { .pattern = "/" } },
				       .path = "/" };
	static struct path_case next;
	unsigned int n;

	(void)state;
	for (n = 0; path_case_simpler(&it, n, &next); n++)
		assert_true(!path_case_is_valid(&next) || !next.count);
	assert_int_equal(n, 6);
}

/* Fails when a rule about 10.0.0.0/8 meets an address with a 7 in it. */
static bool addr_fails(const void *a_case)
{
	const struct addr_case *it = a_case;
	unsigned int i, p;

	if (!memchr(it->query.bytes, 7, it->query.len))
		return false;
	for (i = 0; i < it->count; i++)
		for (p = 0; p < it->rules[i].prefix_count; p++)
			if (it->rules[i].prefixes[p].bytes[0] == 10)
				return true;
	return false;
}

static void test_address(void **state)
{
	static struct addr_case it = {
		.count = 3,
		.rules = {
			{ .ops = RULESET_SOCKET_OPS },
			{ .ops = RULESET_SOCKET_OPS,
			  .loud = true,
			  .families = 3,
			  .protos = 3,
			  .prefix_count = 3,
			  .prefixes = { { { 1 }, 4, 8 },
					{ { 10 }, 4, 8 },
					{ { 2 }, 16, 8 } },
			  .port_count = 2,
			  .ports = { { 1, 2 }, { 3, 4 } } },
			{ .deny = true, .ops = RULESET_SOCKET_OPS },
		},
		.query = { .bytes = { 10, 1, 7, 1 }, .len = 4 },
	};
	static const uint8_t bytes[4] = { 0, 0, 7, 0 };
	const struct addr_rule *rule = &it.rules[0];

	(void)state;
	reduce(&it, sizeof(it), addr_case_simpler, addr_fails);
	assert_int_equal(it.count, 1);
	assert_int_equal(rule->prefix_count, 1);
	assert_int_equal(rule->prefixes[0].bytes[0], 10);
	assert_int_equal(rule->port_count, 0);
	assert_int_equal(rule->families | rule->protos | rule->loud, 0);
	assert_int_equal(rule->ops & (rule->ops - 1), 0);
	assert_memory_equal(it.query.bytes, bytes, sizeof(bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_names_that_are_alike),
		cmocka_unit_test(test_nothing_to_take_away),
		cmocka_unit_test(test_address),
	};

	return cmocka_run_group_tests_name("reduce", tests, NULL, NULL);
}
