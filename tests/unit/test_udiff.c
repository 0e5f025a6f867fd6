// SPDX-License-Identifier: GPL-2.0
/* Differences: how they look, and that they lead from one text to the other. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "random.h"
#include "udiff.h"

static char *shown(const struct udiff *udiff)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	udiff_print(udiff, "old", "new", out);
	fclose(out);
	return text;
}

static void expect(const char *before, const char *after, const char *expected)
{
	struct udiff udiff = { 0 };
	char *text;

	udiff_add(&udiff, "part", before, after);
	text = shown(&udiff);
	assert_string_equal(text, expected);
	free(text);
	udiff_clear(&udiff);
}

#define HEADER "--- old\n+++ new\n"

static void test_look(void **state)
{
	(void)state;
	expect("", "", "");
	expect("a\nb\n", "a\nb\n", "");
	expect("", "a\n", HEADER "@@ -0,0 +1,1 @@ part\n+a\n");
	expect("a\n", "", HEADER "@@ -1,1 +0,0 @@ part\n-a\n");
	expect("a\n", "b\n", HEADER "@@ -1,1 +1,1 @@ part\n-a\n+b\n");
	expect("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
	       HEADER "@@ -2,7 +2,7 @@ part\n"
		      " 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
	expect("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n",
	       HEADER "@@ -1,7 +1,6 @@ part\n"
		      "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
}

/* Six lines between two changes are shown, seven are not. */
static void test_hunks(void **state)
{
	(void)state;
	expect("a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
	       HEADER "@@ -1,8 +1,6 @@ part\n"
		      "-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n");
	expect("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
	       HEADER "@@ -1,4 +1,3 @@ part\n-a\n 1\n 2\n 3\n"
		      "@@ -6,4 +5,3 @@ part\n 5\n 6\n 7\n-b\n");
}

/* A hunk is named after the part of the first line that differs. */
static void test_parts(void **state)
{
	struct udiff udiff = { 0 };
	char *text;

	(void)state;
	udiff_add(&udiff, "one", "a\nb\n", "a\nb\n");
	udiff_add(&udiff, "two", "c\n", "d\n");
	text = shown(&udiff);
	assert_string_equal(text, HEADER "@@ -1,3 +1,3 @@ two\n"
					 " a\n b\n-c\n+d\n");
	free(text);
	udiff_clear(&udiff);
}

/* Lines of few kinds, so that there is much to choose from. */
static char *random_text(struct random *random, size_t lines, uint32_t kinds)
{
	char *text = alloc_zeroed(2 * lines + 1, 1);
	size_t i;

	for (i = 0; i < lines; i++) {
		text[2 * i] = 'a' + random_below(random, kinds);
		text[2 * i + 1] = '\n';
	}
	return text;
}

/* One of the texts, put together from what is said of its lines. */
static char *side_of(const struct udiff *udiff, char other)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	size_t i;

	for (i = 0; i < udiff->count; i++)
		if (udiff->edits[i].kind != other)
			fprintf(out, "%.*s\n", (int)udiff->edits[i].len,
				udiff->edits[i].line);
	fclose(out);
	return text;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The most lines that both texts have in common, the slow way. */
static size_t common_lines(const char *a, size_t n, const char *b, size_t m)
{
	size_t *best = alloc_zeroed((n + 1) * (m + 1), sizeof(*best));
	size_t most;
	size_t i;
	size_t j;

	for (i = 1; i <= n; i++)
		for (j = 1; j <= m; j++)
			best[i * (m + 1) + j] =
				a[2 * i - 2] == b[2 * j - 2] ?
					best[(i - 1) * (m + 1) + j - 1] + 1 :
					larger(best[(i - 1) * (m + 1) + j],
					       best[i * (m + 1) + j - 1]);
	most = best[n * (m + 1) + m];
	free(best);
	return most;
}

static void expect_way(const char *a, const char *b, const struct udiff *udiff)
{
	char *before = side_of(udiff, '+');
	char *after = side_of(udiff, '-');

	assert_string_equal(before, a);
	assert_string_equal(after, b);
	free(before);
	free(after);
}

static void test_random(void **state)
{
	struct random random;
	int turn;

	(void)state;
	random_seed(&random, random_from_env("CORDON_SEED", 1), 0);
	for (turn = 0; turn < 2000; turn++) {
		uint32_t kinds = 1 + random_below(&random, 5);
		size_t n = random_below(&random, 30);
		size_t m = random_below(&random, 30);
		char *a = random_text(&random, n, kinds);
		char *b = random_text(&random, m, kinds);
		struct udiff udiff = { 0 };

		udiff_add(&udiff, "", a, b);
		expect_way(a, b, &udiff);
		assert_int_equal(udiff.changes,
				 n + m - 2 * common_lines(a, n, b, m));
		udiff_clear(&udiff);
		free(a);
		free(b);
	}
}

/* So many changes that the shortest way is not looked for. */
static void test_too_many(void **state)
{
	struct random random;
	struct udiff udiff = { 0 };
	char *a;
	char *b;

	(void)state;
	random_seed(&random, 1, 0);
	a = random_text(&random, 5000, 3);
	b = random_text(&random, 5000, 26);
	udiff_add(&udiff, "", a, b);
	expect_way(a, b, &udiff);
	assert_true(udiff.changes > 9000);
	udiff_clear(&udiff);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look),	 cmocka_unit_test(test_hunks),
		cmocka_unit_test(test_parts),	 cmocka_unit_test(test_random),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests_name("udiff", tests, NULL, NULL);
}
