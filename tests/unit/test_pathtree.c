// SPDX-License-Identifier: GPL-2.0
/* Sets of path patterns: what they say, and who said it. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grove.h"
#include "pattern.h"

/**
 * struct path_expect - a path and the patterns that match it, as bits
 */
struct path_expect {
	const char *path;
	u64 matches;
};

static void check(const char *const *patterns, size_t pattern_count,
		  const struct path_expect *expects, size_t count)
{
	struct grove grove = { 0 };
	size_t wrong = 0;
	size_t i;

	for (i = 0; i < pattern_count; i++)
		grove_add(&grove, strdup(patterns[i]));
	assert_int_equal(grove_build(&grove), 0);
	for (i = 0; i < count; i++) {
		u64 word = grove_lookup(&grove, expects[i].path);
		u64 wanted = expects[i].matches;
		u32 first = wanted ? (u32)__builtin_ctzll(wanted) :
				     PATHTREE_NONE;
		u32 rule = grove_rule(&grove, expects[i].path, ~0ULL);

		if (word == wanted && rule == first)
			continue;
		print_error("%s: 0x%llx by rule %d, not 0x%llx by rule %d\n",
			    expects[i].path, (unsigned long long)word,
			    (int)rule, (unsigned long long)wanted, (int)first);
		wrong++;
	}
	grove_free(&grove);
	assert_int_equal(wrong, 0);
}

#define CHECK(patterns, expects)                                               \
	check(patterns, ARRAY_SIZE(patterns), expects, ARRAY_SIZE(expects))

static void test_literals(void **state)
{
	static const char *const patterns[] = { "/a", "/a/b", "/usr/lib/x",
						"/usr/lib64/x" };
	static const struct path_expect expects[] = {
		{ "/", 0 },
		{ "/a", 1 },
		{ "/b", 0 },
		{ "/a/b", 2 },
		{ "/a/a", 0 },
		{ "/a/b/c", 0 },
		{ "/b/a", 0 },
		{ "/usr", 0 },
		{ "/usr/lib", 0 },
		{ "/usr/lib/x", 4 },
		{ "/usr/lib64/x", 8 },
		{ "/usr/lib6/x", 0 },
		{ "/usr/lib/x/x", 0 },
		{ "/lib/x", 0 },
		{ "/A", 0 },
		{ "memfd:a", 0 },
	};

	(void)state;
	CHECK(patterns, expects);
}

static void test_root(void **state)
{
	static const char *const root[] = { "/" };
	static const char *const all[] = { "/**" };
	static const struct path_expect only_root[] = {
		{ "/", 1 },
		{ "/a", 0 },
		{ "memfd:a", 0 },
	};
	static const struct path_expect everything[] = {
		{ "/", 1 },
		{ "/a", 1 },
		{ "/a/b/c", 1 },
		{ "memfd:a", 0 },
	};

	(void)state;
	CHECK(root, only_root);
	CHECK(all, everything);
}

static void test_nothing(void **state)
{
	struct grove grove = { 0 };

	(void)state;
	assert_int_equal(grove_build(&grove), 0);
	assert_true(grove_lookup(&grove, "/") == 0);
	assert_true(grove_lookup(&grove, "/a") == 0);
	assert_true(grove_lookup(&grove, "memfd:a") == 0);
	assert_int_equal(grove_rule(&grove, "/a", ~0ULL), PATHTREE_NONE);
	assert_int_equal(grove.tree.bytes, 0);
	grove_free(&grove);
}

static void test_subtree(void **state)
{
	static const char *const patterns[] = { "/x/**", "/x", "/x/y/**",
						"/x/y/z", "/y/*/**" };
	static const struct path_expect expects[] = {
		{ "/", 0 },	  { "/x", 3 },	     { "/xx", 0 },
		{ "/x/a", 1 },	  { "/x/y", 5 },     { "/x/y/a", 5 },
		{ "/x/y/z", 13 }, { "/x/y/z/a", 5 }, { "/x/x", 1 },
		{ "/y", 0 },	  { "/y/a", 16 },    { "/y/a/b/c", 16 },
		{ "/z/x/a", 0 },
	};

	(void)state;
	CHECK(patterns, expects);
}

static void test_deep_begin(void **state)
{
	static const char *const patterns[] = { "/**/a", "/**/a/b", "/**/*.so",
						"/**/b/**" };
	static const struct path_expect expects[] = {
		{ "/", 0 },	      { "/a", 1 },     { "/a/a", 1 },
		{ "/a/a/a/a", 1 },    { "/a/b", 10 },  { "/a/a/b", 10 },
		{ "/x/y/a/b", 10 },   { "/a/x", 0 },   { "/c/d", 0 },
		{ "/x.so", 4 },	      { "/a/.so", 4 }, { "/a/b/x.so", 12 },
		{ "/a/x.so.1", 0 },   { "/b", 8 },     { "/x/b/y/a", 9 },
		{ "/x/b/y/a/b", 10 }, { "/bb/a", 1 },  { "memfd:a", 0 },
	};

	(void)state;
	CHECK(patterns, expects);
}

static void test_deep_middle(void **state)
{
	static const char *const patterns[] = { "/a/**/b", "/a/**/b/c",
						"/a/**/*", "/a/x/**/b" };
	static const struct path_expect expects[] = {
		{ "/a", 0 },	     { "/b", 0 },	 { "/a/b", 5 },
		{ "/a/b/b", 5 },     { "/a/x/y/b", 13 }, { "/a/x/b", 13 },
		{ "/a/b/c", 6 },     { "/a/x/b/c", 6 },	 { "/a/b/x", 4 },
		{ "/a/b/c/b", 5 },   { "/b/a/b", 0 },	 { "/a/x", 4 },
		{ "/a/b/b/b/c", 6 },
	};

	(void)state;
	CHECK(patterns, expects);
}

static void test_deep_twice(void **state)
{
	static const char *const patterns[] = { "/**/a/**/b", "/x/**/y/**/z",
						"/x/**/y/**/z/**" };
	static const struct path_expect expects[] = {
		{ "/a", 0 },	     { "/b", 0 },	  { "/a/b", 1 },
		{ "/b/a", 0 },	     { "/a/a/b", 1 },	  { "/a/b/a", 0 },
		{ "/a/b/b", 1 },     { "/c/a/c/c/b", 1 }, { "/x/y/z", 6 },
		{ "/x/y", 0 },	     { "/x/z/y", 0 },	  { "/x/a/y/a/z", 6 },
		{ "/x/y/y/z/z", 6 }, { "/x/y/z/a", 4 },	  { "/y/x/y/z", 0 },
	};

	(void)state;
	CHECK(patterns, expects);
}

static void test_globs_beside_literals(void **state)
{
	static const char *const patterns[] = { "/etc/*",      "/etc/passwd",
						"/etc/pass*",  "/etc/*/x",
						"/etc/[a-o]*", "/*/passwd",
						"/etc/p?sswd" };
	static const struct path_expect expects[] = {
		{ "/etc", 0 },	       { "/etc/passwd", 103 },
		{ "/etc/passwd-", 5 }, { "/etc/group", 17 },
		{ "/etc/group/x", 8 }, { "/etc/group/y", 0 },
		{ "/var/passwd", 32 }, { "/var/passwd/x", 0 },
		{ "/etc/pxsswd", 65 }, { "/passwd", 0 },
	};

	(void)state;
	CHECK(patterns, expects);
}

static void test_memfd(void **state)
{
	static const char *const patterns[] = { "memfd:a",  "memfd:*",
						"memfd:?b", "/memfd:a",
						"/**",	    "memfd:x[!0-9]" };
	static const struct path_expect expects[] = {
		{ "memfd:a", 3 },
		{ "memfd:", 2 },
		{ "memfd:b", 2 },
		{ "memfd:ab", 6 },
		{ "memfd:x1", 2 },
		{ "memfd:xa", 34 },
		{ "/memfd:a", 24 },
		{ "/a", 16 },
		/* The name of a memfd may have what no other name has. */
		{ "memfd:/b", 6 },
		{ "memfd:a/b", 2 },
	};

	(void)state;
	CHECK(patterns, expects);
}

static void test_escapes(void **state)
{
	static const char *const patterns[] = { "/\\*",	   "/a\\?b",
						"/\\[a]",  "/\\\\",
						"/\\a\\b", "/\\{a,b\\}",
						"/*\\*" };
	static const struct path_expect expects[] = {
		{ "/*", 65 },  { "/a", 0 },   { "/\\*", 64 },	{ "/a?b", 2 },
		{ "/axb", 0 }, { "/[a]", 4 }, { "/a", 0 },	{ "/\\", 8 },
		{ "/ab", 16 }, { "/\\a", 0 }, { "/{a,b}", 32 }, { "/a*", 64 },
		{ "/b", 0 },
	};

	(void)state;
	CHECK(patterns, expects);
}

/* Adds what the braces of a pattern stand for, all as one rule. */
static void grove_add_choices(struct grove *grove, const char *pattern)
{
	u32 rule = grove->count;
	unsigned int i;

	for (i = 0; i < pattern_alternatives(pattern); i++) {
		char *plain = malloc(strlen(pattern) + 1);

		assert_int_equal(pattern_alternative(pattern, i, plain,
						     strlen(pattern) + 1),
				 0);
		grove_add(grove, plain);
		grove->patterns[grove->count - 1].rule = rule;
		grove->patterns[grove->count - 1].access = 1;
	}
}

static void test_braces(void **state)
{
	static const struct path_expect expects[] = {
		{ "/lib/x", 1 },   { "/lib64/x", 1 },	    { "/lib/y", 1 },
		{ "/lib64/y", 1 }, { "/lib32/x", 0 },	    { "/lib/z", 0 },
		{ "/lib", 0 },	   { "/{lib,lib64}/x", 0 },
	};
	struct grove grove = { 0 };
	size_t i;

	(void)state;
	grove_add_choices(&grove, "/{lib,lib64}/{x,y}");
	assert_int_equal(grove.count, 4);
	assert_int_equal(grove_build(&grove), 0);
	for (i = 0; i < ARRAY_SIZE(expects); i++) {
		assert_true(grove_lookup(&grove, expects[i].path) ==
			    expects[i].matches);
		assert_int_equal(grove_rule(&grove, expects[i].path, 1),
				 expects[i].matches ? 0 : PATHTREE_NONE);
	}
	grove_free(&grove);
}

/* Two spellings of one pattern end at one node. */
static void test_same_pattern_twice(void **state)
{
	static const char *const patterns[] = { "/a/**", "/a/**", "/a", "/a" };
	static const struct path_expect expects[] = {
		{ "/a", 15 },
		{ "/a/b", 3 },
		{ "/b", 0 },
	};

	(void)state;
	CHECK(patterns, expects);
}

/* A name of @len bytes that differs from the others at @at only. */
static char *name_like_others(size_t len, size_t at, char byte)
{
	char *text = malloc(len + 2);

	assert_non_null(text);
	memset(text, 'n', len + 1);
	text[0] = '/';
	text[len + 1] = '\0';
	text[1 + at] = byte;
	return text;
}

/* Up to @count names side by side, and as many that are like them. */
static void check_names(size_t len, size_t at, unsigned int count)
{
	struct grove grove = { 0 };
	unsigned int i;

	for (i = 0; i < count; i++)
		grove_add(&grove, name_like_others(len, at, 0xa0 + i));
	assert_int_equal(grove_build(&grove), 0);
	assert_true(1ULL << (64 - grove.tree.nodes[0].shift) >= 2 * count);
	for (i = 0; i < 2 * count; i++) {
		char *path = name_like_others(len, at, 0xa0 + i);

		assert_true(grove_lookup(&grove, path) ==
			    (i < count ? 1ULL << i : 0));
		assert_int_equal(grove_rule(&grove, path, ~0ULL),
				 i < count ? i : PATHTREE_NONE);
		free(path);
	}
	grove_free(&grove);
}

static void test_names_that_share_bytes(void **state)
{
	static const size_t lens[] = { 1, 2, 7, 8, 9, 15, 16, 17, 255 };
	static const unsigned int counts[] = { 1, 2, 3, 4, 5, 6, 16, 33 };
	size_t l, c;

	(void)state;
	for (l = 0; l < ARRAY_SIZE(lens); l++) {
		for (c = 0; c < ARRAY_SIZE(counts); c++) {
			check_names(lens[l], 0, counts[c]);
			check_names(lens[l], lens[l] / 2, counts[c]);
			check_names(lens[l], lens[l] - 1, counts[c]);
		}
	}
}

/* Names of which each is the beginning of the next. */
static void test_names_that_begin_alike(void **state)
{
	struct grove grove = { 0 };
	unsigned int len;

	(void)state;
	for (len = 1; len <= 40; len++)
		grove_add(&grove, name_like_others(len, 0, 'n'));
	assert_int_equal(grove_build(&grove), 0);
	for (len = 1; len <= 60; len++) {
		char *path = name_like_others(len, 0, 'n');

		assert_true(grove_lookup(&grove, path) ==
			    (len <= 40 ? 1ULL << (len - 1) : 0));
		free(path);
	}
	grove_free(&grove);
}

/* The rule with the lowest number, however patterns are sorted. */
static void test_lowest_rule(void **state)
{
	static const char *const patterns[] = { "/z",	 "/**",	   "/*",   "/z",
						"/**/z", "/[a-z]", "/z/**" };
	struct grove grove = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(patterns); i++)
		grove_add(&grove, strdup(patterns[i]));
	assert_int_equal(grove_build(&grove), 0);
	assert_true(grove_lookup(&grove, "/z") == 127);
	for (i = 0; i < ARRAY_SIZE(patterns); i++) {
		u64 from_here = ~0ULL << i & 127;

		assert_int_equal(grove_rule(&grove, "/z", from_here), i);
		assert_int_equal(grove_rule(&grove, "/z", 1ULL << i), i);
	}
	assert_int_equal(grove_rule(&grove, "/z", 1ULL << 7), PATHTREE_NONE);
	assert_int_equal(grove_rule(&grove, "/z", 0), PATHTREE_NONE);
	assert_int_equal(grove_rule(&grove, "/y", ~0ULL), 1);
	assert_int_equal(grove_rule(&grove, "/y", 1), PATHTREE_NONE);
	assert_int_equal(grove_rule(&grove, "/a/z", ~2ULL), 4);
	grove_free(&grove);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_root),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_subtree),
		cmocka_unit_test(test_deep_begin),
		cmocka_unit_test(test_deep_middle),
		cmocka_unit_test(test_deep_twice),
		cmocka_unit_test(test_globs_beside_literals),
		cmocka_unit_test(test_memfd),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_braces),
		cmocka_unit_test(test_same_pattern_twice),
		cmocka_unit_test(test_names_that_share_bytes),
		cmocka_unit_test(test_names_that_begin_alike),
		cmocka_unit_test(test_lowest_rule),
	};

	return cmocka_run_group_tests_name("pathtree", tests, NULL, NULL);
}
