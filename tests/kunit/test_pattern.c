// SPDX-License-Identifier: GPL-2.0
/* The grammar of patterns. */
#include <kunit/test.h>
#include <linux/slab.h>

#include "pattern.h"

/* A pattern and where it goes wrong. */
struct refused_case {
	const char *text;
	size_t at;
};

/*
 * Checks a pattern that lies at the very end of its memory: what reads behind
 * it is seen by KASAN.
 */
static int check_tight(struct kunit *test, const char *text,
		       enum pattern_kind kind, struct pattern_error *error)
{
	char *tight = kstrdup(text, GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, tight);
	ret = pattern_check(tight, kind, error);
	kfree(tight);
	return ret;
}

static void test_refused(struct kunit *test)
{
	static const struct refused_case cases[] = {
		{ "", 0 },
		{ "a", 0 },
		{ "a/b", 0 },
		{ "//", 1 },
		{ "/a//b", 3 },
		{ "/a/", 2 },
		{ "/.", 1 },
		{ "/a/../b", 3 },
		{ "/a**", 2 },
		{ "/**a", 1 },
		{ "/***", 1 },
		{ "/a[", 2 },
		{ "/a[]", 2 },
		{ "/a[b/c]", 2 },
		{ "/a[b-", 2 },
		{ "/a[b\\", 2 },
		{ "/a[b-\\", 2 },
		{ "/[z-a]", 1 },
		{ "/a\\", 2 },
		{ "/a\\/b", 2 },
		{ "/{a", 1 },
		{ "/{a/b}", 1 },
		{ "/a}", 2 },
		{ "/\\{a,b}", 6 },
		{ "/{a{b}}", 3 },
		{ "/{}", 2 },
		{ "/{a,}", 4 },
		{ "/{,a}", 2 },
		{ "/{a,,b}", 4 },
		{ "/*a*b*c*d*e*f*g*h*i", 17 },
		{ "memfd:", 6 },
		{ "memfd:a/b", 7 },
		{ "memf:a", 0 },
		{ "/**/a/**/b/**/c", 11 },
		{ "/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pattern_error error = {};
		int ret =
			check_tight(test, cases[i].text, PATTERN_FILE, &error);

		KUNIT_EXPECT_EQ_MSG(test, ret, -EINVAL, "%s", cases[i].text);
		KUNIT_EXPECT_EQ_MSG(test, error.at, cases[i].at, "%s",
				    cases[i].text);
		KUNIT_EXPECT_NOT_NULL(test, error.why);
	}
}

static void test_accepted(struct kunit *test)
{
	static const char *const cases[] = {
		"/",
		"/a",
		"/a/b.c/d-e",
		"/usr/**",
		"/**",
		"/**/x",
		"/a*b?c",
		"/*.so.[0-9]",
		"/[!a-z]",
		"/[^]]",
		"/[]a]",
		"/[a-]",
		"/[\\]]",
		"/{a,b}",
		"/{[,],b}",
		"/\\*",
		"/...",
		"/.a",
		"memfd:runc",
		"memfd:*",
		"/**/a/**/b/**",
		"/lib{32,64}/x",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct pattern_error error = {};

		KUNIT_EXPECT_EQ_MSG(test,
				    check_tight(test, cases[i], PATTERN_FILE,
						&error),
				    0, "%s: %s", cases[i], error.why);
	}
}

static void test_cgroup_has_no_memfd(struct kunit *test)
{
	struct pattern_error error;

	KUNIT_EXPECT_EQ(test,
			check_tight(test, "memfd:a", PATTERN_CGROUP, &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, check_tight(test, "/a/*", PATTERN_CGROUP, &error),
			0);
}

/* A path of @len bytes whose components have @each. */
static char *make_long(struct kunit *test, size_t len, size_t each)
{
	char *text = kunit_kzalloc(test, len + 1, GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 0; i < len; i++)
		text[i] = i % (each + 1) ? 'a' : '/';
	return text;
}

static void test_lengths(struct kunit *test)
{
	struct pattern_error error = {};

	KUNIT_EXPECT_EQ(test,
			pattern_check(make_long(test, 256, 255), PATTERN_FILE,
				      &error),
			0);
	KUNIT_EXPECT_EQ(test,
			pattern_check(make_long(test, 257, 256), PATTERN_FILE,
				      &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			pattern_check(make_long(test, PATH_MAX - 1, 100),
				      PATTERN_FILE, &error),
			0);
	KUNIT_EXPECT_EQ(test,
			pattern_check(make_long(test, PATH_MAX, 100),
				      PATTERN_FILE, &error),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, error.at, (size_t)PATH_MAX - 1);
}

/* A pattern and what its braces stand for. */
struct choice_case {
	const char *text;
	u32 count;
	const char *plain[6];
};

/* Into a buffer of the size that always suffices, and one that never does. */
static void expect_choice(struct kunit *test, const char *text, u32 index,
			  const char *plain)
{
	size_t size = strlen(text) + 1;
	char *buffer = kmalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	KUNIT_ASSERT_EQ(test, pattern_alternative(text, index, buffer, size),
			0);
	KUNIT_EXPECT_STREQ(test, buffer, plain);
	kfree(buffer);
	size = strlen(plain);
	buffer = kmalloc(size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buffer);
	KUNIT_EXPECT_EQ_MSG(test,
			    pattern_alternative(text, index, buffer, size),
			    -ENOSPC, "%s", text);
	kfree(buffer);
}

static void test_alternatives(struct kunit *test)
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
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, pattern_alternatives(cases[i].text),
				    cases[i].count, "%s", cases[i].text);
		for (j = 0; j < cases[i].count; j++)
			expect_choice(test, cases[i].text, j,
				      cases[i].plain[j]);
	}
}

static void test_unescape(struct kunit *test)
{
	char name[8] = {};

	KUNIT_EXPECT_EQ(test, pattern_unescape("a\\*\\\\b", 6, name),
			(size_t)4);
	KUNIT_EXPECT_STREQ(test, name, "a*\\b");
	memset(name, 0, sizeof(name));
	KUNIT_EXPECT_EQ(test, pattern_unescape("abc", 2, name), (size_t)2);
	KUNIT_EXPECT_STREQ(test, name, "ab");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_accepted),
	KUNIT_CASE(test_cgroup_has_no_memfd),
	KUNIT_CASE(test_lengths),
	KUNIT_CASE(test_alternatives),
	KUNIT_CASE(test_unescape),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_pattern",
	.test_cases = cases,
};

kunit_test_suite(suite);
