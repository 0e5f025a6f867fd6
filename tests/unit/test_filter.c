// SPDX-License-Identifier: GPL-2.0
/* Which events are wanted. */
#include "support.h"

#include <string.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wants),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
