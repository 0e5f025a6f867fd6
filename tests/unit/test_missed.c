// SPDX-License-Identifier: GPL-2.0
/* Gaps in the sequence of events. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "missed.h"

static void test_gaps(void **state)
{
	struct missed missed = { 0 };
	char *said = NULL;
	size_t len;
	FILE *out = open_memstream(&said, &len);

	(void)state;
	missed_overrun(&missed, out);
	/* What came before the first event is not for us. */
	missed_note(&missed, 7, out);
	missed_note(&missed, 8, out);
	missed_note(&missed, 10, out);
	missed_overrun(&missed, out);
	missed_note(&missed, 20, out);
	/* The module was loaded anew. */
	missed_note(&missed, 1, out);
	missed_note(&missed, 2, out);
	fclose(out);
	assert_string_equal(said,
			    "cordonctl: events were missed: they came faster than they were read\n"
			    "cordonctl: 1 events were missed (sequence 9 to 9)\n"
			    "cordonctl: events after sequence 10 were missed: they came faster than they were read\n"
			    "cordonctl: 9 events were missed (sequence 11 to 19)\n");
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
	};

	return cmocka_run_group_tests_name("missed", tests, NULL, NULL);
}
