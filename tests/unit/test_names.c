// SPDX-License-Identifier: GPL-2.0
/* Tables of names against the module's own idea of what it enforces. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "ruleset.h"

static void test_enforced(void **state)
{
	(void)state;
	assert_int_equal(names_enforced(names_file_op), RULESET_FILE_OPS);
	assert_int_equal(names_enforced(names_socket_op), RULESET_SOCKET_OPS);
}

static void test_lookup(void **state)
{
	(void)state;
	assert_int_equal(names_find(names_file_op, "exec")->value,
			 CORDON_FILE_OP_EXEC);
	assert_null(names_find(names_file_op, "connect"));
	assert_string_equal(names_text(names_verdict,
				       CORDON_VERDICT_WOULD_DENY),
			    "would-deny");
	assert_null(names_text(names_verdict, 0));
	assert_null(names_ops_of_class(99)->text);
}

/**
 * struct near_case - what was written and what may have been meant
 */
struct near_case {
	const char *written;
	const char *meant;
};

static void test_nearest(void **state)
{
	static const struct near_case cases[] = {
		{ "raed", "read" },
		{ "rea", "read" },
		{ "reads", "read" },
		{ "wirte", "write" },
		{ "Delete", "delete" },
		{ "mapp", "map" },
		{ "connect", NULL },
		{ "x", NULL },
		{ "", NULL },
		{ "xyzzy", NULL },
		{ "a-name-that-is-longer-than-any-in-the-table", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *nearest =
			names_nearest(names_file_op, cases[i].written);

		if (cases[i].meant)
			assert_string_equal(nearest, cases[i].meant);
		else
			assert_null(nearest);
	}
}

static void test_list(void **state)
{
	char *list = names_list(names_file_op,
				CORDON_FILE_OP_READ | CORDON_FILE_OP_MAP, ",");

	(void)state;
	assert_string_equal(list, "read,map");
	free(list);
	list = names_list(names_socket_op, CORDON_SOCKET_OP_BIND | 1U << 30,
			  ", ");
	assert_string_equal(list, "bind, 0x40000000");
	free(list);
	list = names_list(names_file_op, 0, ",");
	assert_string_equal(list, "");
	free(list);
}

static void test_extend(void **state)
{
	struct name words[NAMES_MAX];

	(void)state;
	names_extend(words, names_socket_op, "all", 63);
	assert_string_equal(words[0].text, "all");
	assert_int_equal(names_find(words, "all")->value, 63);
	assert_int_equal(names_find(words, "accept")->value,
			 CORDON_SOCKET_OP_ACCEPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enforced), cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_nearest),	 cmocka_unit_test(test_list),
		cmocka_unit_test(test_extend),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
