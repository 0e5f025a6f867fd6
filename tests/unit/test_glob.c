// SPDX-License-Identifier: GPL-2.0
/* One name against one component of a pattern. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "glob.h"

/**
 * struct glob_case - a component, a name, and whether they match
 */
struct glob_case {
	const char *glob;
	const char *name;
	bool matches;
};

/* Without a NUL behind it, in memory that ends where the text does. */
static char *exact(const char *text)
{
	size_t len = strlen(text);
	char *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, text, len);
	return copy;
}

static void check(const struct glob_case *cases, size_t count)
{
	size_t wrong = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct glob_case *it = &cases[i];
		char *glob = exact(it->glob);
		char *name = exact(it->name);

		if (glob_match(glob, strlen(it->glob), name,
			       strlen(it->name)) != it->matches) {
			print_error("'%s' should %smatch '%s'\n", it->glob,
				    it->matches ? "" : "not ", it->name);
			wrong++;
		}
		free(glob);
		free(name);
	}
	assert_int_equal(wrong, 0);
}

static void test_bytes(void **state)
{
	static const struct glob_case cases[] = {
		{ "a", "a", true },	   { "a", "b", false },
		{ "a", "A", false },	   { "a", "aa", false },
		{ "aa", "a", false },	   { "ab", "ba", false },
		{ "\\*", "*", true },	   { "\\*", "a", false },
		{ "\\*", "\\*", false },   { "\\\\", "\\", true },
		{ "\\\\", "\\\\", false }, { "\\a", "a", true },
		{ "\xff", "\xff", true },  { "\xff", "\x7f", false },
		{ ".", "a", false },
	};

	(void)state;
	check(cases, ARRAY_SIZE(cases));
}

static void test_question_mark(void **state)
{
	static const struct glob_case cases[] = {
		{ "?", "a", true },
		{ "?", ".", true },
		{ "?", "?", true },
		{ "?", "\x80", true },
		{ "?", "aa", false },
		/* One character of UTF-8, but two bytes. */
		{ "?", "\xc3\xa9", false },
		{ "??", "\xc3\xa9", true },
		{ "a?", "a", false },
		{ "?a", "ab", false },
		{ "?b", "ab", true },
		{ "???", "ab", false },
		{ "???", "abcd", false },
	};

	(void)state;
	check(cases, ARRAY_SIZE(cases));
}

static void test_star(void **state)
{
	static const struct glob_case cases[] = {
		{ "*", "a", true },
		{ "*", ".a", true },
		{ "*", "*", true },
		{ "*", "", true },
		{ "*a", "a", true },
		{ "*a", "ba", true },
		{ "*a", "ab", false },
		{ "a*", "a", true },
		{ "a*", "ba", false },
		{ "a*b", "ab", true },
		{ "a*b", "abb", true },
		{ "a*b", "aba", false },
		{ "a*b", "a", false },
		{ "*.so", "libc.so", true },
		{ "*.so", ".so", true },
		{ "*.so", "libc.so.6", false },
		{ "*.so*", "libc.so.6", true },
		{ "*ab", "aab", true },
		{ "*ab*", "aaab", true },
		{ "*aab", "aaab", true },
		{ "*aab", "aaba", false },
		{ "*a*b*c*", "xaxbxcx", true },
		{ "*a*b*c*", "xaxcxbx", false },
		{ "*?", "", false },
		{ "*?", "a", true },
		{ "?*?", "a", false },
		{ "?*?", "ab", true },
		{ "a*?b", "ab", false },
		{ "a*?b", "axb", true },
		{ "*\\*", "a*", true },
		{ "*\\*", "a*b", false },
		{ "*\\*", "ab", false },
	};

	(void)state;
	check(cases, ARRAY_SIZE(cases));
}

static void test_set(void **state)
{
	static const struct glob_case cases[] = {
		{ "[ab]", "a", true },	       { "[ab]", "b", true },
		{ "[ab]", "c", false },	       { "[ab]", "ab", false },
		{ "[ab]", "[", false },	       { "[ab]", "]", false },
		{ "[a-c]", "b", true },	       { "[a-c]", "-", false },
		{ "[a-c]", "d", false },       { "[a-c]", "`", false },
		{ "[b-b]", "b", true },	       { "[b-b]", "a", false },
		{ "[a-]", "-", true },	       { "[a-]", "b", false },
		{ "[-a]", "-", true },	       { "[+--]", ",", true },
		{ "[+--]", ".", false },       { "[]]", "]", true },
		{ "[]a]", "a", true },	       { "[]a]", "[", false },
		{ "[]-a]", "_", true },	       { "[]-a]", "-", false },
		{ "[\\]]", "]", true },	       { "[\\]]", "\\", false },
		{ "[\\\\]", "\\", true },      { "[a\\-c]", "-", true },
		{ "[a\\-c]", "b", false },     { "[\\a-\\c]", "b", true },
		{ "[*]", "*", true },	       { "[*]", "a", false },
		{ "[?]", "a", false },	       { "[\x80-\xff]", "\xc3", true },
		{ "[\x80-\xff]", "a", false }, { "[a-z]x", "bx", true },
		{ "[a-z]x", "b", false },      { "x[a-z]", "xb", true },
		{ "x[a-z]", "b", false },      { "*[0-9]", "tty1", true },
		{ "*[0-9]", "tty", false },
	};

	(void)state;
	check(cases, ARRAY_SIZE(cases));
}

static void test_negated_set(void **state)
{
	static const struct glob_case cases[] = {
		{ "[!a]", "b", true },
		{ "[!a]", "a", false },
		{ "[!a]", "!", true },
		{ "[!a]", "", false },
		{ "[^a]", "b", true },
		{ "[^a]", "a", false },
		{ "[^a]", "^", true },
		{ "[!a-c]", "b", false },
		{ "[!a-c]", "d", true },
		{ "[!]]", "]", false },
		{ "[!]]", "a", true },
		{ "[!]a]", "a", false },
		{ "[!!]", "!", false },
		{ "[!!]", "a", true },
		{ "[a!]", "!", true },
		{ "[a!]", "b", false },
		{ "[a^]", "^", true },
		{ "[!\x80-\xff]", "\xff", false },
		{ "[!\x80-\xff]", "a", true },
	};

	(void)state;
	check(cases, ARRAY_SIZE(cases));
}

/* The most stars that are allowed, on the longest name. */
static void test_work_is_bounded(void **state)
{
	static const char glob[] = "*a*a*a*a*a*a*a*b";
	char name[NAME_MAX];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_false(glob_match(glob, strlen(glob), name, sizeof(name)));
	name[NAME_MAX - 1] = 'b';
	assert_true(glob_match(glob, strlen(glob), name, sizeof(name)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_question_mark),
		cmocka_unit_test(test_star),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_negated_set),
		cmocka_unit_test(test_work_is_bounded),
	};

	return cmocka_run_group_tests_name("glob", tests, NULL, NULL);
}
