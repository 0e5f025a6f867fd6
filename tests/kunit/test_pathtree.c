// SPDX-License-Identifier: GPL-2.0
/* Trees of patterns, and paths as strings. */
#include <linux/fs.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "path.h"
#include "pattern.h"
#include "support.h"

#define PATTERNS_MAX 40
#define RANDOM_TREES 150
#define RANDOM_PATHS 30

/* Builds a tree in which pattern I has the bit I and is of the rule I. */
static int build(struct pathtree *tree, const char *const *texts, u32 count)
{
	struct tree_pattern patterns[PATTERNS_MAX];
	u32 culprit;
	u32 i;

	for (i = 0; i < count; i++) {
		patterns[i].text = texts[i];
		patterns[i].access = BIT_ULL(i);
		patterns[i].rule = i;
	}
	return pathtree_build(tree, patterns, count, &culprit);
}

static u64 look_up(struct kunit *test, const struct pathtree *tree,
		   const char *path)
{
	return pathtree_lookup(tree, make_path(test, path));
}

/* A pattern, a path and whether it matches. */
struct match_case {
	const char *pattern;
	const char *path;
	bool match;
};

static void expect_match(struct kunit *test, const struct match_case *one)
{
	const struct pathname *path = make_path(test, one->path);
	struct pathtree tree = {};
	u64 access;
	u32 rule;

	KUNIT_ASSERT_EQ(test, build(&tree, &one->pattern, 1), 0);
	access = pathtree_lookup(&tree, path);
	rule = pathtree_rule(&tree, path, 1);
	KUNIT_EXPECT_EQ_MSG(test, access, (u64)one->match, "%s against %s",
			    one->pattern, one->path);
	KUNIT_EXPECT_EQ_MSG(test, rule, one->match ? 0 : PATHTREE_NONE,
			    "%s against %s", one->pattern, one->path);
	pathtree_destroy(&tree);
}

static void test_paths(struct kunit *test)
{
	static const struct match_case cases[] = {
		{ "/", "/a", false },
		{ "/a", "/", false },
		{ "/a", "/a/b", false },
		{ "/a/b", "/a", false },
		{ "/a", "/A", false },
		{ "/abcdefg", "/abcdefgh", false },
		{ "/abcdefgh", "/abcdefg", false },
		{ "/abcdefgh", "/abcdefghi", false },
		{ "/abcdefghi", "/abcdefgh", false },
		{ "/abcdefghX", "/abcdefghY", false },
		{ "/a/**", "/b", false },
		{ "/a/**", "/ab", false },
		{ "/**/x", "/x/y", false },
		{ "/**/x/y", "/x/z/y", false },
		{ "/a/*", "/a", false },
		{ "/a/*", "/a/b/c", false },
		{ "/*/b", "/b", false },
		{ "memfd:a", "/memfd:a", false },
		{ "memfd:a", "memfd:b", false },
		{ "/**", "memfd:a", false },
		{ "memfd:*", "/a", false },
		{ "/", "/", true },
		{ "/a", "/a", true },
		{ "/abcdefgh", "/abcdefgh", true },
		{ "/abcdefghi", "/abcdefghi", true },
		{ "/**", "/", true },
		{ "/a/**", "/a", true },
		{ "/a/**", "/a/b/c/d", true },
		{ "/**/x", "/x", true },
		{ "/**/x", "/a/b/x", true },
		{ "/**/x/**/y", "/x/x/a/y", true },
		{ "/*/b", "/a/b", true },
		{ "memfd:*", "memfd:runc", true },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		expect_match(test, &cases[i]);
}

static void test_globs(struct kunit *test)
{
	static const struct match_case cases[] = {
		{ "/?", "/ab", false },	      { "/a?", "/a", false },
		{ "/a*", "/ba", false },      { "/*a", "/ab", false },
		{ "/*a*", "/bcd", false },    { "/a*b*c", "/acb", false },
		{ "/[a-c]", "/d", false },    { "/[!a-c]", "/b", false },
		{ "/[^a]", "/a", false },     { "/[]]", "/[", false },
		{ "/[a-]", "/b", false },     { "/\\*", "/a", false },
		{ "/?\\*", "/ab", false },    { "/[\\]]", "/\\", false },
		{ "/a*b", "/a\xff", false },  { "/[a-c]", "/\xe1", false },
		{ "/*.so", "/.s", false },    { "/?", "/\xff", true },
		{ "/*", "/abc", true },	      { "/a*", "/a", true },
		{ "/*b*b", "/abab", true },   { "/*ab", "/aab", true },
		{ "/a*b*c", "/aXbYc", true }, { "/[a-c]", "/b", true },
		{ "/[!a-c]", "/d", true },    { "/[^a]", "/b", true },
		{ "/[]]", "/]", true },	      { "/[a-]", "/-", true },
		{ "/\\*", "/*", true },	      { "/?\\*", "/a*", true },
		{ "/[\\]]", "/]", true },     { "/[\x80-\xff]", "/\xe1", true },
		{ "/*?a", "/xxa", true },     { "/*.so", "/a.so.so", true },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		expect_match(test, &cases[i]);
}

static void test_empty_tree(struct kunit *test)
{
	struct pathtree tree = {};

	KUNIT_EXPECT_EQ(test, build(&tree, NULL, 0), 0);
	KUNIT_EXPECT_EQ(test, look_up(test, &tree, "/a"), 0ULL);
	KUNIT_EXPECT_EQ(test, pathtree_rule(&tree, make_path(test, "/"), ~0ULL),
			PATHTREE_NONE);
	pathtree_destroy(&tree);
}

/* More names than are compared one by one, some alike for eight bytes. */
static void test_hashed_names(struct kunit *test)
{
	static const char *const texts[] = {
		"/name-0001", "/name-0002", "/name-0003",  "/name-000", "/n",
		"/name-00",   "/name-0",    "/name-00010", "/m",	"/o/x",
	};
	struct pathtree tree = {};
	u32 i;

	KUNIT_ASSERT_EQ(test, build(&tree, texts, ARRAY_SIZE(texts)), 0);
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		KUNIT_EXPECT_EQ_MSG(test, look_up(test, &tree, texts[i]),
				    BIT_ULL(i), "%s", texts[i]);
	KUNIT_EXPECT_EQ(test, look_up(test, &tree, "/name-0004"), 0ULL);
	KUNIT_EXPECT_EQ(test, look_up(test, &tree, "/name-0001x"), 0ULL);
	KUNIT_EXPECT_EQ(test, look_up(test, &tree, "/name-"), 0ULL);
	KUNIT_EXPECT_EQ(test, look_up(test, &tree, "/o"), 0ULL);
	pathtree_destroy(&tree);
}

/* Each "**" in front of a name keeps one more place of the tree active. */
static void test_too_wide(struct kunit *test)
{
	struct tree_pattern *patterns;
	struct pathtree tree = {};
	u32 count = PATHTREE_WIDTH_MAX + 1;
	u32 culprit = U32_MAX;
	u32 i;

	patterns = kunit_kcalloc(test, count, sizeof(*patterns), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, patterns);
	for (i = 0; i < count; i++) {
		char *text = kunit_kzalloc(test, 16, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, text);
		snprintf(text, 16, "/*%u*/**/x", i);
		patterns[i].text = text;
		patterns[i].access = 1;
	}
	KUNIT_EXPECT_EQ(test, pathtree_build(&tree, patterns, count, &culprit),
			-E2BIG);
	KUNIT_EXPECT_LT(test, culprit, count);
	pathtree_destroy(&tree);
}

static void test_first_rule(struct kunit *test)
{
	static const char *const texts[] = { "/b/**", "/**", "/*/c", "/b/c" };
	const struct pathname *path = make_path(test, "/b/c");
	struct pathtree tree = {};

	KUNIT_ASSERT_EQ(test, build(&tree, texts, ARRAY_SIZE(texts)), 0);
	KUNIT_EXPECT_EQ(test, pathtree_lookup(&tree, path), 0xfULL);
	KUNIT_EXPECT_EQ(test, pathtree_rule(&tree, path, 0xf), 0u);
	KUNIT_EXPECT_EQ(test, pathtree_rule(&tree, path, 0xe), 1u);
	KUNIT_EXPECT_EQ(test, pathtree_rule(&tree, path, 0xc), 2u);
	KUNIT_EXPECT_EQ(test, pathtree_rule(&tree, path, 0x8), 3u);
	KUNIT_EXPECT_EQ(test, pathtree_rule(&tree, path, 0x10), PATHTREE_NONE);
	KUNIT_EXPECT_EQ(test, pathtree_rule(&tree, path, 0), PATHTREE_NONE);
	pathtree_destroy(&tree);
}

/* Whether a pattern of a, b, * and ** alone matches, the plainest way. */
static bool matches(const char *pattern, const char *path)
{
	if (!*pattern)
		return !*path || !strcmp(path, "/");
	if (!strncmp(pattern, "/**", 3)) {
		if (matches(pattern + 3, path))
			return true;
		return path[0] == '/' && path[1] && matches(pattern, path + 2);
	}
	if (path[0] != '/' || !path[1])
		return false;
	if (pattern[1] != '*' && pattern[1] != path[1])
		return false;
	return matches(pattern + 2, path + 2);
}

static void random_text(struct rnd_state *random, char *text,
			const char *const *pieces, u32 count, u32 longest)
{
	u32 len = prandom_u32_state(random) % longest + 1;
	u32 deep = 0;

	*text = '\0';
	while (len--) {
		const char *piece = pieces[prandom_u32_state(random) % count];

		if (!strcmp(piece, "/**") && deep++ == PATTERN_DEEP_MAX)
			piece = "/a";
		strcat(text, piece);
	}
}

static void try_random_tree(struct kunit *test, struct rnd_state *random)
{
	static const char *const pieces[] = { "/a", "/b", "/*", "/**", "/a" };
	char texts[12][24];
	const char *pointers[12];
	struct pathtree tree = {};
	char path[24];
	u32 i, p;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		random_text(random, texts[i], pieces, 5, 5);
		pointers[i] = texts[i];
	}
	KUNIT_ASSERT_EQ(test, build(&tree, pointers, ARRAY_SIZE(texts)), 0);
	for (p = 0; p < RANDOM_PATHS; p++) {
		u64 expected = 0;

		random_text(random, path, pieces, 2, 7);
		for (i = 0; i < ARRAY_SIZE(texts); i++)
			if (matches(texts[i], path))
				expected |= BIT_ULL(i);
		KUNIT_EXPECT_EQ_MSG(test, look_up(test, &tree, path), expected,
				    "%s", path);
	}
	pathtree_destroy(&tree);
}

/* The tree says the same as the patterns one by one. */
static void test_random_trees(struct kunit *test)
{
	struct rnd_state random;
	u32 i;

	prandom_seed_state(&random, 1);
	for (i = 0; i < RANDOM_TREES; i++)
		try_random_tree(test, &random);
}

static void test_faults(struct kunit *test)
{
	static const char *const texts[] = { "/a/**", "/*/b", "/a/c", "/d" };
	struct faults faults = {};

	while (faults_begin(&faults)) {
		struct pathtree tree = {};
		int ret = build(&tree, texts, ARRAY_SIZE(texts));

		faults_end(test, &faults, ret);
		if (!ret)
			KUNIT_EXPECT_EQ(test, look_up(test, &tree, "/a/b"),
					3ULL);
		pathtree_destroy(&tree);
	}
	/* Three for the draft, four for the tree. */
	faults_done(test, &faults, 7);
}

/* To every length: cut off where it ends, and not a byte behind. */
static void expect_written(struct kunit *test, const char *text,
			   const char *written)
{
	const struct pathname *path = make_path(test, text);
	size_t len = strlen(written);
	size_t size;

	for (size = 0; size <= len + 2; size++) {
		size_t used;
		char *buffer = path_copy(path, size, &used);

		KUNIT_ASSERT_NOT_NULL(test, buffer);
		KUNIT_EXPECT_EQ_MSG(test, used, min(len, size), "%s, size %zu",
				    text, size);
		KUNIT_EXPECT_EQ_MSG(test,
				    memcmp(buffer, written, min(len, size)), 0,
				    "%s, size %zu", text, size);
		kfree(buffer);
	}
}

static void test_path_copy(struct kunit *test)
{
	expect_written(test, "/", "/");
	expect_written(test, "/a", "/a");
	expect_written(test, "/usr/lib/a-long-name.so.1",
		       "/usr/lib/a-long-name.so.1");
	expect_written(test, "memfd:runc", "memfd:runc");
	expect_written(test, "/\x01\xff/\"", "/\x01\xff/\"");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_paths),	       KUNIT_CASE(test_globs),
	KUNIT_CASE(test_empty_tree),   KUNIT_CASE(test_hashed_names),
	KUNIT_CASE(test_too_wide),     KUNIT_CASE(test_first_rule),
	KUNIT_CASE(test_random_trees), KUNIT_CASE(test_faults),
	KUNIT_CASE(test_path_copy),    {},
};

static struct kunit_suite suite = {
	.name = "cordon_pathtree",
	.test_cases = cases,
};

kunit_test_suite(suite);
