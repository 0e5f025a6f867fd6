// SPDX-License-Identifier: GPL-2.0
/* Which events are wanted. */
#include "support.h"

#include <string.h>
#include <unistd.h>

#include "filter.h"

static bool parse(struct filter *filter, int option, const char *value)
{
	struct arguments arguments = { .options = { NULL } };

	arguments.options[option] = value;
	return filter_parse(filter, &arguments);
}

/* A filter, and which of two events it lets through. */
struct filter_case {
	int option;
	const char *value;
	bool first;
	bool second;
};

static void test_wants(void **state)
{
	static const struct filter_case cases[] = {
		{ FILTER_JSON, "", true, true },
		{ FILTER_SINCE, "1", true, true },
		{ FILTER_SINCE, "8", false, true },
		{ FILTER_SINCE, "9", false, false },
		{ FILTER_TENANT, "acme", true, false },
		{ FILTER_TENANT, "acm", false, false },
		{ FILTER_CLASS, "file", true, false },
		{ FILTER_CLASS, "stream", false, true },
		{ FILTER_VERDICT, "denied", true, false },
		{ FILTER_VERDICT, "would-deny", false, false },
	};
	const struct event first = { .seq = 7,
				     .tenant = (char *)"acme",
				     .class = CORDON_CLASS_FILE,
				     .verdict = CORDON_VERDICT_DENIED };
	const struct event second = { .seq = 8,
				      .tenant = (char *)"globex",
				      .class = CORDON_CLASS_STREAM,
				      .verdict = CORDON_VERDICT_NOTED };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter filter;

		assert_true(parse(&filter, cases[i].option, cases[i].value));
		assert_int_equal(filter_wants(&filter, &first), cases[i].first);
		assert_int_equal(filter_wants(&filter, &second),
				 cases[i].second);
	}
}

static void test_refused(void **state)
{
	static const struct filter_case cases[] = {
		{ FILTER_SINCE, "0" },	    { FILTER_SINCE, "-1" },
		{ FILTER_SINCE, "" },	    { FILTER_CLASS, "files" },
		{ FILTER_CLASS, "" },	    { FILTER_VERDICT, "Denied" },
		{ FILTER_VERDICT, "none" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct filter filter;

		assert_false(parse(&filter, cases[i].option, cases[i].value));
	}
}

static void test_formats(void **state)
{
	static const struct {
		const char *json;
		const char *format;
		bool good;
		enum format result;
	} cases[] = {
		{ NULL, NULL, true, FORMAT_TEXT },
		{ "", NULL, true, FORMAT_JSON },
		{ NULL, "text", true, FORMAT_TEXT },
		{ NULL, "json", true, FORMAT_JSON },
		{ "", "json", true, FORMAT_JSON },
		{ NULL, "falco", true, FORMAT_FALCO },
		{ "", "falco", false, 0 },
		{ "", "text", false, 0 },
		{ NULL, "xml", false, 0 },
		{ NULL, "", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct arguments arguments = { .options = { NULL } };
		struct filter filter;

		arguments.options[FILTER_JSON] = cases[i].json;
		arguments.options[FILTER_FORMAT] = cases[i].format;
		assert_int_equal(filter_parse(&filter, &arguments),
				 cases[i].good);
		if (cases[i].good)
			assert_int_equal(filter.format, cases[i].result);
	}
}

static void test_host(void **state)
{
	char name[HOST_NAME_MAX + 1] = "";
	struct filter filter;

	(void)state;
	assert_int_equal(gethostname(name, sizeof(name)), 0);
	assert_true(parse(&filter, FILTER_FORMAT, "falco"));
	assert_string_equal(filter.host, name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
