// SPDX-License-Identifier: GPL-2.0
/* How findings are shown. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "diag.h"

/* Prints one error about a text. */
static void expect(const char *text, unsigned int line, unsigned int column,
		   const char *expected)
{
	struct source_list list = { 0 };
	struct source *source = source_list_add(&list, "t.yaml");
	struct position at = { source, line, column };
	struct diag diag = { 0 };
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	free(source->text);
	source->text = alloc_text(text, strlen(text));
	source->size = strlen(text);
	diag_error(&diag, &at, "wrong");
	diag_print(&diag, out);
	fclose(out);
	assert_string_equal(shown, expected);
	free(shown);
	diag_free(&diag);
	source_list_free(&list);
}

static void test_excerpt(void **state)
{
	(void)state;
	expect("one\ntwo\nthree", 2, 3,
	       "t.yaml:2:3: wrong\n    two\n      ^\n");
	expect("one\ntwo\nthree", 3, 1,
	       "t.yaml:3:1: wrong\n    three\n    ^\n");
}

static void test_places_outside(void **state)
{
	(void)state;
	expect("one\n", 0, 0, "t.yaml: wrong\n");
	expect("one\n", 2, 1, "t.yaml:2:1: wrong\n");
	expect("one\n", 9, 1, "t.yaml:9:1: wrong\n");
	expect("", 1, 1, "t.yaml:1:1: wrong\n");
}

/* What the file holds must not reach the terminal raw. */
static void test_hostile_excerpt(void **state)
{
	(void)state;
	expect("\x1b[2J\t\xc3\xa4\xff"
	       "x",
	       1, 8, "t.yaml:1:8: wrong\n    ?[2J \xc3\xa4?x\n           ^\n");
}

static void test_long_line(void **state)
{
	char text[501];
	char *expected;

	(void)state;
	memset(text, 'a', 500);
	text[299] = 'B';
	text[500] = '\0';
	expected =
		alloc_printf("t.yaml:1:300: wrong\n    %.*sB%.*s\n    %38s\n",
			     37, text, 38, text, "^");
	expect(text, 1, 300, expected);
	free(expected);
}

static void test_limits(void **state)
{
	struct source source = { .name = (char[]){ "t.yaml" } };
	struct position at = { &source, 0, 0 };
	struct diag diag = { 0 };
	const char *tail;
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);
	int i;

	(void)state;
	for (i = 0; i < 200; i++)
		diag_warn(&diag, &at, "odd");
	diag_error(&diag, &at, "wrong");
	assert_int_equal(diag.warnings, 200);
	assert_int_equal(diag.errors, 1);
	assert_int_equal(diag.count, DIAG_KEPT_MAX + 1);
	assert_string_equal(diag.items[DIAG_KEPT_MAX].message, "wrong");
	diag_print(&diag, out);
	fclose(out);
	tail = strstr(shown, "... and");
	assert_non_null(tail);
	assert_string_equal(tail,
			    "... and 150 more (1 error, 200 warnings in all)\n");
	free(shown);
	diag_free(&diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_excerpt),
		cmocka_unit_test(test_places_outside),
		cmocka_unit_test(test_hostile_excerpt),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
