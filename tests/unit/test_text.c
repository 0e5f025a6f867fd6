// SPDX-License-Identifier: GPL-2.0
/* What may reach a terminal. */
#include "support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "text.h"

/**
 * struct escape_case - bytes and how they are shown
 */
struct escape_case {
	const char *bytes;
	const char *shown;
};

static void test_escape(void **state)
{
	static const struct escape_case cases[] = {
		{ "", "" },
		{ "/etc/passwd", "/etc/passwd" },
		{ "a b~", "a b~" },
		{ "a\\x41", "a\\x5cx41" },
		{ "a\nb\tc\x1b[31m\x7f", "a\\x0ab\\x09c\\x1b[31m\\x7f" },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
		  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		/* C1 control, written as UTF-8. */
		{ "\xc2\x9b"
		  "31m",
		  "\\xc2\\x9b31m" },
		/* Right-to-left override, line separator, isolate. */
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "\xe2\x81\xa6", "\\xe2\\x81\\xa6" },
		/* Zero width space, left-to-right mark, Arabic letter mark. */
		{ "\xe2\x80\x8b", "\\xe2\\x80\\x8b" },
		{ "\xe2\x80\x8e", "\\xe2\\x80\\x8e" },
		{ "\xd8\x9c", "\\xd8\\x9c" },
		/* Word joiner, byte order mark, tag. */
		{ "\xe2\x81\xa0", "\\xe2\\x81\\xa0" },
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf" },
		{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81" },
		/* Their neighbours. */
		{ "\xe2\x80\x8a\xe2\x80\x90", "\xe2\x80\x8a\xe2\x80\x90" },
		/* Lone, cut off, overlong, surrogate, too large. */
		{ "\x80", "\\x80" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xc3(", "\\xc3(" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *shown =
			text_escape(cases[i].bytes, strlen(cases[i].bytes));

		assert_string_equal(shown, cases[i].shown);
		free(shown);
	}
}

static void test_escape_word(void **state)
{
	static const struct escape_case cases[] = {
		{ "a b~", "a\\x20b~" },
		{ " pid=1 ", "\\x20pid=1\\x20" },
		/* No-break space, thin space, ideographic space. */
		{ "\xc2\xa0", "\\xc2\\xa0" },
		{ "\xe2\x80\x89", "\\xe2\\x80\\x89" },
		{ "\xe3\x80\x80", "\\xe3\\x80\\x80" },
		{ "\xc3\xa4\n", "\xc3\xa4\\x0a" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *shown = text_escape_word(cases[i].bytes,
					       strlen(cases[i].bytes));

		assert_string_equal(shown, cases[i].shown);
		free(shown);
	}
}

static void test_escape_nul(void **state)
{
	char *shown = text_escape("a\0b", 3);

	(void)state;
	assert_string_equal(shown, "a\\x00b");
	free(shown);
}

static void test_is_utf8(void **state)
{
	(void)state;
	assert_true(text_is_utf8("", 0));
	assert_true(text_is_utf8("\xc3\xa4\n", 3));
	assert_false(text_is_utf8("\xc3", 1));
	assert_false(text_is_utf8("\xc3\xa4", 1));
	assert_false(text_is_utf8("a\0b", 3));
}

static void test_addresses(void **state)
{
	static const struct address prefix = { .ip = { 0xfd },
					       .len = 16,
					       .prefix_len = 8 };
	static const struct address single = { .ip = { 10, 0, 0, 1 },
					       .len = 4,
					       .prefix_len = 32 };
	char *text;

	(void)state;
	text = text_prefix(&prefix);
	assert_string_equal(text, "fd00::/8");
	free(text);
	text = text_prefix(&single);
	assert_string_equal(text, "10.0.0.1");
	free(text);
	text = text_address(prefix.ip, 7);
	assert_string_equal(text, "(address of 7 bytes)");
	free(text);
}

static void test_times(void **state)
{
	char *text = text_time_utc(1795359845123456789ULL);

	(void)state;
	assert_string_equal(text, "2026-11-22T15:04:05.123456789Z");
	free(text);
	text = text_time_utc(0);
	assert_string_equal(text, "1970-01-01T00:00:00.000000000Z");
	free(text);
	setenv("TZ", "UTC-2", 1);
	tzset();
	text = text_time_local(1795359845123456789ULL);
	assert_string_equal(text, "2026-11-22 17:04:05.123");
	free(text);
}

static void test_errno_names(void **state)
{
	char *text = text_errno(EACCES);

	(void)state;
	assert_string_equal(text, "EACCES");
	free(text);
	text = text_errno(0);
	assert_string_equal(text, "-");
	free(text);
	text = text_errno(4000000000U);
	assert_string_equal(text, "4000000000");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_word),
		cmocka_unit_test(test_escape_nul),
		cmocka_unit_test(test_is_utf8),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_errno_names),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
