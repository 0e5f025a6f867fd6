// SPDX-License-Identifier: GPL-2.0
/* Rates, order, filter and layout of 'top', without a terminal. */
#include "support.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"
#include "top_layout.h"

/* What is counted of a tenant at a moment. */
struct count {
	const char *name;
	uint64_t events;
	uint64_t suppressed;
	uint64_t lost;
};

#define COUNTS_MAX 32

static void take(struct top *top, uint64_t time, const struct count *counts,
		 size_t count)
{
	struct tenant_state states[COUNTS_MAX] = { 0 };
	struct stats stats = { .up = true, .tenants = { states, count } };
	size_t i;

	for (i = 0; i < count; i++) {
		states[i].tenant.name = (char *)counts[i].name;
		states[i].tenant.mode = CORDON_MODE_ENFORCE;
		states[i].members = i;
		states[i].events.generated = counts[i].events;
		states[i].events.suppressed = counts[i].suppressed;
		states[i].events.lost = counts[i].lost;
		stats.status.events.generated += counts[i].events;
	}
	top_take(top, &stats, time);
}

/* The names that are shown, in order. */
static void expect_names(const struct top *top, const char *expected)
{
	char text[256] = "";
	size_t i;

	for (i = 0; i < top->shown_count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, top->shown[i]->name);
	}
	assert_string_equal(text, expected);
}

static void expect_rates(const struct top *top, size_t index, double rate,
			 double suppressed, double lost)
{
	const struct top_row *row = top->shown[index];

	assert_true(row->known);
	assert_true(row->rate == rate);
	assert_true(row->suppressed == suppressed);
	assert_true(row->lost == lost);
}

static const struct count first[] = {
	{ "acme", 100, 10, 1 },
	{ "beta", 5, 0, 0 },
	{ "gamma", 5, 0, 0 },
};

static void test_rates(void **state)
{
	static const struct count second[] = {
		{ "acme", 110, 10, 1 },
		{ "beta", 1005, 500, 4 },
		{ "new", 7, 0, 0 },
	};
	struct top top;

	(void)state;
	top_init(&top);
	take(&top, 1000, first, ARRAY_SIZE(first));
	assert_false(top.shown[0]->known);
	assert_false(top.sample.host.known);
	take(&top, 3000, second, ARRAY_SIZE(second));
	expect_names(&top, "beta acme new");
	expect_rates(&top, 0, 500, 250, 2);
	expect_rates(&top, 1, 5, 0, 0);
	assert_false(top.shown[2]->known);
	assert_true(top.sample.host.rate == (1122 - 110) / 2.0);
	top_clear(&top);
}

/* Loaded again, or defined anew, it counts from 0; so no time passes twice. */
static void test_anew(void **state)
{
	static const struct count less[] = { { "acme", 4, 0, 0 },
					     { "beta", 6, 0, 0 } };
	struct top top;

	(void)state;
	top_init(&top);
	take(&top, 1000, first, ARRAY_SIZE(first));
	take(&top, 2000, less, ARRAY_SIZE(less));
	expect_names(&top, "beta acme");
	expect_rates(&top, 0, 1, 0, 0);
	assert_false(top.shown[1]->known);
	take(&top, 2000, less, ARRAY_SIZE(less));
	assert_false(top.shown[0]->known);
	top_clear(&top);
}

static void test_sort(void **state)
{
	static const struct count counts[] = {
		{ "d", 9, 1, 1 },
		{ "B", 9, 3, 0 },
		{ "a", 20, 2, 1 },
	};
	static const struct {
		enum top_column column;
		const char *order;
		const char *reverse;
	} cases[] = {
		{ TOP_TENANT, "B a d", "d a B" },
		/* Where all is equal names go on in their order. */
		{ TOP_MODE, "B a d", "B a d" },
		{ TOP_TASKS, "a B d", "d B a" },
		{ TOP_EVENTS, "a B d", "B d a" },
		{ TOP_SUPPRESSED, "B a d", "d a B" },
		{ TOP_LOST, "a d B", "B a d" },
	};
	struct top top;
	size_t i;

	(void)state;
	top_init(&top);
	take(&top, 1, counts, ARRAY_SIZE(counts));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		top_sort_by(&top, cases[i].column);
		expect_names(&top, cases[i].order);
		top_reverse(&top);
		expect_names(&top, cases[i].reverse);
	}
	top_sort_by(&top, TOP_TENANT);
	top_sort_next(&top, -1);
	assert_int_equal(top.sort, TOP_PENDING);
	top_sort_next(&top, 1);
	assert_int_equal(top.sort, TOP_TENANT);
	top_clear(&top);
}

static void type(struct top *top, const char *text)
{
	for (; *text; text++)
		top_filter_add(top, *text);
}

static void test_filter(void **state)
{
	struct top top;

	(void)state;
	top_init(&top);
	take(&top, 1, first, ARRAY_SIZE(first));
	type(&top, "MA");
	expect_names(&top, "gamma");
	top_filter_cut(&top, false);
	expect_names(&top, "acme gamma");
	/* It holds for the next sample, too. */
	take(&top, 2, first, ARRAY_SIZE(first));
	expect_names(&top, "acme gamma");
	type(&top, "0123456789012345678901234567890123456789");
	assert_int_equal(strlen(top.filter), TOP_FILTER_MAX);
	expect_names(&top, "");
	top_filter_cut(&top, true);
	expect_names(&top, "acme beta gamma");
	top_filter_cut(&top, false);
	assert_string_equal(top.filter, "");
	top_clear(&top);
}

static void test_scroll(void **state)
{
	static const struct {
		long step;
		size_t room;
		size_t first;
	} cases[] = {
		{ 1, 2, 1 },  { 5, 2, 1 },  { -1, 2, 0 },
		{ -9, 2, 0 }, { 1, 10, 0 }, { LONG_MAX / 2, 0, 3 },
		{ 0, 1, 2 },
	};
	struct top top;
	size_t i;

	(void)state;
	top_init(&top);
	take(&top, 1, first, ARRAY_SIZE(first));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		top_scroll(&top, cases[i].step, cases[i].room);
		assert_int_equal(top.first, cases[i].first);
	}
	top_clear(&top);
}

/* Expects a line that fits, and frees it. */
static void expect_line(char *line, int width, const char *expected)
{
	assert_string_equal(line, expected);
	assert_true((int)strlen(line) <= width);
	free(line);
}

static void test_layout(void **state)
{
	static const struct {
		int width;
		const char *heading;
		const char *line;
	} cases[] = {
		{ 100,
		  "TENANT      MODE  TASKS *EVENTS/S   SUPPR/S   LOST/S      EVENTS  SUPPRESSED     LOST  PENDING",
		  "acme     enforce      0      10.0       0.0      0.0        1010          10        1        0" },
		{ 60,
		  "TENANT   *EVENTS/S   SUPPR/S   LOST/S      EVENTS     LOST",
		  "acme          10.0       0.0      0.0        1010        1" },
		{ 20, "TENANT   *EVENTS/S", "acme          10.0" },
		{ 8, "TENANT  ", "acme    " },
		{ 3, "TEN", "acm" },
		{ 0, "", "" },
	};
	static const struct count second[] = { { "acme", 1010, 10, 1 } };
	struct top_layout layout;
	struct top top;
	size_t i;

	(void)state;
	top_init(&top);
	take(&top, 1000, first, 1);
	take(&top, 92000, second, 1);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		top_layout(&layout, &top, cases[i].width);
		expect_line(top_heading(&layout, &top), cases[i].width,
			    cases[i].heading);
		expect_line(top_line(&layout, top.shown[0]), cases[i].width,
			    cases[i].line);
	}
	top_clear(&top);
}

/* Names of any length and bytes, and numbers of any size, keep the columns. */
static void test_wide(void **state)
{
	static const struct count counts[] = {
		{ "a-name-that-is-so-long-that-it-cannot-be-in-any-column",
		  UINT64_MAX, UINT64_MAX, UINT64_MAX },
		{ "\xc3\xa4\x1b[2J\xff", 1, 0, 0 },
	};
	struct top_layout layout;
	struct top top;
	int width;

	(void)state;
	top_init(&top);
	take(&top, 1, counts, ARRAY_SIZE(counts));
	take(&top, 2, counts, ARRAY_SIZE(counts));
	for (width = 0; width < 200; width++) {
		char *line;

		top_layout(&layout, &top, width);
		line = top_line(&layout, top.shown[0]);
		assert_true((int)strlen(line) <= width);
		free(line);
		line = top_line(&layout, top.shown[1]);
		/* One character has two bytes. */
		assert_true((int)strlen(line) <= width + 1);
		assert_null(strchr(line, '\x1b'));
		free(line);
	}
	expect_line(top_summary(&top), 80,
		    "cordon: 2 tenants, generation 0, 0 tasks, 0.0 events/s, 0 lost");
	top_clear(&top);
}

static void test_one(void **state)
{
	static const struct count only[] = { { "acme", 1, 0, 0 } };
	struct top top;

	(void)state;
	top_init(&top);
	take(&top, 1, only, ARRAY_SIZE(only));
	take(&top, 2, only, ARRAY_SIZE(only));
	expect_line(top_summary(&top), 80,
		    "cordon: 1 tenant, generation 0, 0 tasks, 0.0 events/s, 0 lost");
	top_clear(&top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),  cmocka_unit_test(test_anew),
		cmocka_unit_test(test_sort),   cmocka_unit_test(test_filter),
		cmocka_unit_test(test_scroll), cmocka_unit_test(test_layout),
		cmocka_unit_test(test_wide),   cmocka_unit_test(test_one),
	};

	return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}
