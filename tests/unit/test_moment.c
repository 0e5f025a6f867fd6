// SPDX-License-Identifier: GPL-2.0
/* Moments, the axis that they are on, and numbers beside it. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "moment.h"
#include "report_chart.h"

/* 2026-11-22T15:04:05 */
#define NOW 1795359845

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int64_t moment;
	} cases[] = {
		{ "0s", NOW },
		{ "90m", NOW - 5400 },
		{ "24h", NOW - 86400 },
		{ "7d", NOW - 604800 },
		{ "2w", NOW - 1209600 },
		{ "2026-11-22", NOW - 15 * 3600 - 4 * 60 - 5 },
		{ "2026-11-22T15:04", NOW - 5 },
		{ "2026-11-22 15:04:05", NOW },
		{ "2026-11-22T15:04:05Z", NOW },
		{ "1970-01-01", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t moment = -1;

		assert_true(moment_parse(cases[i].text, NOW, &moment));
		assert_int_equal(moment, cases[i].moment);
	}
}

static void test_parse_bad(void **state)
{
	static const char *const cases[] = {
		"",
		"h",
		"-1h",
		"1",
		"1x",
		"1hh",
		"01h",
		"1000001d",
		"99999999999999999999d",
		"today",
		"2026-02-30",
		"2026-13-01",
		"2026-11-22x",
		"1969-12-31",
		"2026-11-22T25:00",
		" 1h",
		"2026-11-22TZ",
	};
	int64_t moment;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (moment_parse(cases[i], NOW, &moment))
			print_error("'%s' was taken\n", cases[i]);
		assert_false(moment_parse(cases[i], NOW, &moment));
	}
}

/* Expects a text, and frees it. */
static void expect(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

static void test_text(void **state)
{
	(void)state;
	expect(moment_text(NOW), "2026-11-22T15:04:05");
	expect(moment_text(253402300799), "9999-12-31T23:59:59");
	expect(moment_short(NOW, 60), "11-22 15:04");
	expect(moment_short(NOW, 30), "15:04:05");
	expect(moment_length(1), "1 second");
	expect(moment_length(90), "90 seconds");
	expect(moment_length(60), "1 minute");
	expect(moment_length(900), "15 minutes");
	expect(moment_length(86400), "1 day");
	expect(moment_length(1209600), "2 weeks");
	expect(chart_number(0), "0");
	expect(chart_number(999), "999");
	expect(chart_number(1000), "1,000");
	expect(chart_number(UINT64_MAX), "18,446,744,073,709,551,615");
}

/* Whatever the range, all of it is on the axis, and not much else. */
static void test_axis(void **state)
{
	static const int64_t lengths[] = {
		0, 1, 95, 96, 86400, 604800, 31536000, NOW, 253402300799 - NOW
	};
	struct chart_axis axis;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		int64_t last = NOW + lengths[i];

		chart_span(&axis, NOW, last);
		assert_true(axis.columns >= 1 && axis.columns <= CHART_COLUMNS);
		assert_true(lengths[i] < 96 || axis.columns > 20);
		assert_int_equal(chart_column(&axis, NOW), 0);
		assert_int_equal(chart_column(&axis, last), axis.columns - 1);
		assert_int_equal(chart_column(&axis, axis.first - 1), -1);
		assert_int_equal(chart_column(&axis,
					      axis.first +
						      axis.step * axis.columns),
				 -1);
	}
}

static char *html(const char *text, size_t most)
{
	char *page = NULL;
	size_t len;
	FILE *out = open_memstream(&page, &len);

	assert_non_null(out);
	if (most)
		html_short(out, text, most);
	else
		html_text(out, text);
	fclose(out);
	return page;
}

static void test_html(void **state)
{
	(void)state;
	expect(html("a<b>&\"'\\x3c", 0), "a&lt;b&gt;&amp;&quot;&#39;\\x3c");
	expect(html("\n\xff\\\xc3\xa4\xc3", 0), "\\x0a\\xff\\\xc3\xa4\\xc3");
	expect(html("0123456789", 10), "0123456789");
	expect(html("0123456789a", 10), "01234<i>[1 bytes]</i>6789a");
	/* No character is cut in two. */
	expect(html("\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 6),
	       "\xc3\xa4<i>[2 bytes]</i>\xc3\xa4\xc3\xa4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_parse_bad),
		cmocka_unit_test(test_text),  cmocka_unit_test(test_axis),
		cmocka_unit_test(test_html),
	};

	return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}
