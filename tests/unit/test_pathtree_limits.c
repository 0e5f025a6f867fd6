// SPDX-License-Identifier: GPL-2.0
/* Sets of path patterns: how wide, how deep, and without memory. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "grove.h"

static char *text_of(const char *format, unsigned int number)
{
	char *text;

	assert_true(asprintf(&text, format, number) > 0);
	return text;
}

/* As many globs that match one name as a lookup can follow, and one more. */
static void test_width_of_globs(void **state)
{
	struct grove grove = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < PATHTREE_WIDTH_MAX; i++)
		grove_add(&grove, text_of("/*[ab%u]", i + 1000));
	assert_int_equal(grove_build(&grove), 0);
	assert_true(grove_lookup(&grove, "/xa") == (1ULL << 48) - 1);
	assert_true(grove_lookup(&grove, "/xz") == 0);
	pathtree_destroy(&grove.tree);
	grove_add(&grove, strdup("/*[ab]"));
	grove_add(&grove, strdup("/aaa/b"));
	assert_int_equal(grove_build(&grove), -E2BIG);
	assert_int_not_equal(grove.culprit, PATHTREE_WIDTH_MAX + 1);
	grove_free(&grove);
}

/* A double star with @height names behind it, which all may match at once. */
static char *chain(unsigned int height)
{
	char *text = calloc(1, 4 + 2 * height);

	assert_non_null(text);
	strcpy(text, "/**");
	while (height--)
		strcat(text, "/*");
	return text;
}

static char *path_of_depth(unsigned int depth)
{
	char *text = calloc(1, 2 * depth + 1);

	assert_non_null(text);
	while (depth--)
		strcat(text, "/a");
	return text;
}

/* The root, the double star, and a node for each name. */
static void test_width_of_levels(void **state)
{
	const unsigned int most = PATHTREE_WIDTH_MAX - 2;
	struct grove grove = { 0 };
	unsigned int depth;

	(void)state;
	grove_add(&grove, chain(most));
	assert_int_equal(grove_build(&grove), 0);
	for (depth = most - 2; depth < 2 * most; depth++) {
		char *path = path_of_depth(depth);

		assert_true(grove_lookup(&grove, path) == (depth >= most));
		free(path);
	}
	grove_free(&grove);
	grove_add(&grove, strdup("/a"));
	grove_add(&grove, chain(most + 1));
	grove_add(&grove, strdup("/b/**"));
	assert_int_equal(grove_build(&grove), -E2BIG);
	assert_int_equal(grove.culprit, 1);
	grove_free(&grove);
}

/* However often the first double star leads to the second. */
static void test_deep_paths(void **state)
{
	static const char *const patterns[] = { "/**/a/**/b", "/**/*/**/c",
						"/**/a/**/a/c" };
	struct grove grove = { 0 };
	unsigned int depth;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		grove_add(&grove, strdup(patterns[i]));
	assert_int_equal(grove_build(&grove), 0);
	for (depth = 1; depth < 400; depth++) {
		char *path = path_of_depth(depth);
		char *to_b;

		assert_true(grove_lookup(&grove, path) == 0);
		assert_true(asprintf(&to_b, "%s/b", path) > 0);
		assert_true(grove_lookup(&grove, to_b) == 1);
		assert_int_equal(grove_rule(&grove, to_b, ~0ULL), 0);
		free(to_b);
		free(path);
	}
	grove_free(&grove);
}

static void plant(struct grove *grove)
{
	unsigned int i;

	for (i = 0; i < 12; i++)
		grove_add(grove, text_of("/usr/share/%u", i));
	grove_add(grove, strdup("/**/*.so"));
	grove_add(grove, strdup("memfd:*"));
}

static void test_no_memory(void **state)
{
	struct grove grove = { 0 };
	unsigned int n = 0;
	bool failed;

	(void)state;
	plant(&grove);
	do {
		size_t before = fault_memory_in_use();
		int ret;

		fault_after(n++);
		ret = grove_build(&grove);
		failed = fault_disarm();
		assert_int_equal(ret, failed ? -ENOMEM : 0);
		if (!failed)
			assert_true(grove_lookup(&grove, "/usr/share/11") ==
				    1 << 11);
		pathtree_destroy(&grove.tree);
		assert_int_equal(fault_memory_in_use(), before);
	} while (failed);
	/* Three while it grows and four that stay. */
	assert_int_equal(n, 8);
	grove_free(&grove);
}

static void test_bytes_are_counted(void **state)
{
	struct grove grove = { 0 };
	size_t before;

	(void)state;
	plant(&grove);
	before = fault_memory_in_use();
	assert_int_equal(grove_build(&grove), 0);
	assert_int_equal(fault_memory_in_use() - before, grove.tree.bytes);
	grove_free(&grove);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width_of_globs),
		cmocka_unit_test(test_width_of_levels),
		cmocka_unit_test(test_deep_paths),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_bytes_are_counted),
	};

	return cmocka_run_group_tests_name("pathtree_limits", tests, NULL,
					   NULL);
}
