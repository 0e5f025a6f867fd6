// SPDX-License-Identifier: GPL-2.0
/* Gaps in the sequence of events. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "missed.h"

/* Notes a number; its answers on the way are what they should be. */
static void note(struct missed *missed, uint64_t seq, bool known, bool gap)
{
	assert_int_equal(missed_is_known(missed, seq), known);
	assert_int_equal(missed_is_gap(missed, seq), gap);
	if (!known)
		missed_note(missed, seq);
}

static void expect(struct missed *missed, const char *expected)
{
	char *said = NULL;
	size_t len;
	FILE *out = open_memstream(&said, &len);

	missed_report(missed, out);
	fclose(out);
	assert_string_equal(said, expected);
	free(said);
}

static void test_gaps(void **state)
{
	struct missed missed = { 0 };

	(void)state;
	/* What came before the first event is not for us. */
	note(&missed, 7, false, false);
	note(&missed, 8, false, false);
	expect(&missed, "");
	note(&missed, 10, false, true);
	expect(&missed,
	       "cordonctl: 1 events were missed and cannot be had any more (sequence 9 to 9)\n");
	expect(&missed, "");
	note(&missed, 10, true, false);
	note(&missed, 9, true, false);
	/* Of what was missed some is to be had. */
	note(&missed, 13, false, true);
	note(&missed, 14, false, false);
	note(&missed, 20, false, true);
	expect(&missed,
	       "cordonctl: 7 events were missed and cannot be had any more (sequence 11 to 19)\n");
	note(&missed, UINT64_MAX, false, true);
}

static void test_begin(void **state)
{
	struct missed missed = { 0 };

	(void)state;
	missed_begin(&missed, 1);
	note(&missed, 1, false, false);
	note(&missed, 2, false, false);
	expect(&missed, "");
	missed = (struct missed){ 0 };
	missed_begin(&missed, 5);
	note(&missed, 4, true, false);
	note(&missed, 7, false, true);
	expect(&missed,
	       "cordonctl: 2 events were missed and cannot be had any more (sequence 5 to 6)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_begin),
	};

	return cmocka_run_group_tests_name("missed", tests, NULL, NULL);
}
