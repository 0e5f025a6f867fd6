// SPDX-License-Identifier: GPL-2.0
/* The grammar of patterns. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "pattern.h"

static void test_accepted(void **state)
{
	static const char *const patterns[] = {
		"/",
		"/a",
		"/a/b.c/d-e",
		"/usr/**",
		"/**",
		"/**/x",
		"/**/a/**/b",
		"/**/a/**/b/**",
		"/a*b?c",
		"/*.so.[0-9]",
		"/[!a-z]",
		"/[^]]",
		"/[]a]",
		"/[a-]",
		"/[\\]]",
		"/{a,b}",
		"/lib{32,64}/x",
		"/{[,],b}",
		"/a,b",
		"/\\*",
		"/\\{",
		"/...",
		"/.a",
		"/a b",
		"memfd:runc",
		"memfd:*",
		"memfd:[ab]",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct pattern_error error = { 0 };
		int ret = pattern_check(patterns[i], PATTERN_FILE, &error);

		if (ret)
			print_error("%s: %s at %zu\n", patterns[i], error.why,
				    error.at);
		assert_int_equal(ret, 0);
	}
}

/**
 * struct refused_case - a pattern, what is wrong and where
 */
struct refused_case {
	const char *pattern;
	const char *why;
	size_t at;
};

static void test_refused(void **state)
{
	static const struct refused_case cases[] = {
		{ "", "empty pattern", 0 },
		{ "a", "pattern does not begin with '/'", 0 },
		{ "a/b", "pattern does not begin with '/'", 0 },
		{ "//", "empty component", 1 },
		{ "/a//b", "empty component", 3 },
		{ "/a/", "trailing '/'", 2 },
		{ "/.", "'.' and '..' never match", 1 },
		{ "/a/../b", "'.' and '..' never match", 3 },
		{ "/a**", "'**' must be a whole component", 2 },
		{ "/**a", "'**' must be a whole component", 1 },
		{ "/***", "'**' must be a whole component", 1 },
		{ "/a[", "'[' without ']'", 2 },
		{ "/a[]", "'[' without ']'", 2 },
		{ "/a[b/c]", "'[' without ']'", 2 },
		{ "/a[b-", "'[' without ']'", 2 },
		{ "/a[b\\", "'[' without ']'", 2 },
		{ "/a[b-\\", "'[' without ']'", 2 },
		{ "/[z-a]", "range in '[]' is reversed", 1 },
		{ "/a\\", "'\\' escapes nothing", 2 },
		{ "/a\\/b", "'\\' escapes nothing", 2 },
		{ "/{a", "'{' without '}'", 1 },
		{ "/{a/b}", "'{' without '}'", 1 },
		{ "/a}", "'}' without '{'", 2 },
		{ "/\\{a,b}", "'}' without '{'", 6 },
		{ "/{a{b}}", "'{' inside '{}'", 3 },
		{ "/{}", "empty choice in '{}'", 2 },
		{ "/{a,}", "empty choice in '{}'", 4 },
		{ "/{,a}", "empty choice in '{}'", 2 },
		{ "/{a,,b}", "empty choice in '{}'", 4 },
		{ "/*a*b*c*d*e*f*g*h*i", "more than 8 '*' in one component",
		  17 },
		{ "/**/a/**/b/**/c",
		  "more than 2 '**' before the last component", 11 },
		{ "/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
		  "braces stand for more than 64 patterns", 0 },
		{ "memfd:", "empty memfd name", 6 },
		{ "memfd:a/b", "'/' in a memfd name", 7 },
	};
	size_t wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pattern_error error = { "accepted", 0 };
		int ret = pattern_check(cases[i].pattern, PATTERN_FILE, &error);

		if (ret == -EINVAL && !strcmp(error.why, cases[i].why) &&
		    error.at == cases[i].at)
			continue;
		print_error("%s: %s at %zu, not %s at %zu\n", cases[i].pattern,
			    error.why, error.at, cases[i].why, cases[i].at);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void test_cgroup_has_no_memfd(void **state)
{
	struct pattern_error error;

	(void)state;
	assert_int_equal(pattern_check("memfd:a", PATTERN_CGROUP, &error),
			 -EINVAL);
	assert_int_equal(pattern_check("/a/*", PATTERN_CGROUP, &error), 0);
}

/* Fills @text with a path of @len bytes whose components have @each. */
static void fill(char *text, size_t len, size_t each)
{
	size_t i;

	for (i = 0; i < len; i++)
		text[i] = i % (each + 1) ? 'a' : '/';
	text[len] = '\0';
}

static void test_lengths(void **state)
{
	char text[PATH_MAX + 2];
	struct pattern_error error;

	(void)state;
	fill(text, 256, 255);
	assert_int_equal(pattern_check(text, PATTERN_FILE, &error), 0);
	fill(text, 257, 256);
	assert_int_equal(pattern_check(text, PATTERN_FILE, &error), -EINVAL);
	assert_string_equal(error.why, "component is longer than 255 bytes");
	assert_int_equal(error.at, 1);
	fill(text, PATH_MAX - 1, 100);
	assert_int_equal(pattern_check(text, PATTERN_FILE, &error), 0);
	fill(text, PATH_MAX, 100);
	assert_int_equal(pattern_check(text, PATTERN_FILE, &error), -EINVAL);
	assert_string_equal(error.why, "pattern is longer than 4095 bytes");
	assert_int_equal(error.at, PATH_MAX - 1);
}

/**
 * struct choice_case - a pattern and what its braces stand for
 */
struct choice_case {
	const char *pattern;
	unsigned int count;
	const char *plain[6];
};

static void test_alternatives(void **state)
{
	static const struct choice_case cases[] = {
		{ "/a", 1, { "/a" } },
		{ "/{a,bc}/d", 2, { "/a/d", "/bc/d" } },
		{ "/{a,b}{1,2,3}",
		  6,
		  { "/a1", "/b1", "/a2", "/b2", "/a3", "/b3" } },
		{ "/{[,],x}y", 2, { "/[,]y", "/xy" } },
		{ "/{\\,,\\}}", 2, { "/,", "/}" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pattern_error error;
		char plain[64];
		unsigned int j;

		assert_int_equal(pattern_check(cases[i].pattern, PATTERN_FILE,
					       &error),
				 0);
		assert_int_equal(pattern_alternatives(cases[i].pattern),
				 cases[i].count);
		for (j = 0; j < cases[i].count; j++) {
			assert_int_equal(pattern_alternative(cases[i].pattern,
							     j, plain,
							     sizeof(plain)),
					 0);
			assert_string_equal(plain, cases[i].plain[j]);
		}
	}
}

static void test_small_buffer(void **state)
{
	char plain[5];

	(void)state;
	assert_int_equal(pattern_alternative("/{ab,c}d", 0, plain, 5), 0);
	assert_string_equal(plain, "/abd");
	assert_int_equal(pattern_alternative("/{ab,c}d", 0, plain, 4), -ENOSPC);
	assert_int_equal(pattern_alternative("/{ab,c}d", 1, plain, 4), 0);
	assert_string_equal(plain, "/cd");
}

/**
 * struct component_case - a component and how it matches
 */
struct component_case {
	const char *text;
	size_t len;
	enum component_kind kind;
};

static void test_components(void **state)
{
	static const struct component_case cases[] = {
		{ "usr/bin", 3, COMPONENT_LITERAL },
		{ "a\\*b", 4, COMPONENT_LITERAL },
		{ "*", 1, COMPONENT_GLOB },
		{ "a?/b", 2, COMPONENT_GLOB },
		{ "[]]x/", 4, COMPONENT_GLOB },
		{ "**", 2, COMPONENT_DEEP },
		{ "**/a", 2, COMPONENT_DEEP },
		{ "", 0, COMPONENT_LITERAL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		enum component_kind kind;

		assert_int_equal(pattern_component(cases[i].text, &kind),
				 cases[i].len);
		assert_int_equal(kind, cases[i].kind);
	}
}

static void test_unescape(void **state)
{
	char name[8];

	(void)state;
	assert_int_equal(pattern_unescape("a\\*\\\\b", 6, name), 4);
	assert_memory_equal(name, "a*\\b", 4);
	assert_int_equal(pattern_unescape("abc", 2, name), 2);
	assert_memory_equal(name, "ab", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cgroup_has_no_memfd),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_alternatives),
		cmocka_unit_test(test_small_buffer),
		cmocka_unit_test(test_components),
		cmocka_unit_test(test_unescape),
	};

	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
