// SPDX-License-Identifier: GPL-2.0
/* Files that say how far events were taken. */
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"

#define BOOT "00000000000040008000000000000001"
#define STREAM "abcdef00000040008000000000000002"
#define WHOLE                                                                  \
	"cordonctl place 2\nboot " BOOT "\nmodule 77\nstream " STREAM          \
	"\nseq 18446744073709551615\n"

static const struct place now = { .boot = BOOT,
				  .module = 77,
				  .stream =
					  "11111111111111111111111111111111" };

static int set_up(void **state)
{
	static char directory[32];

	strcpy(directory, "/tmp/cordon-unit-XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	*state = directory;
	return chdir(directory);
}

static int tear_down(void **state)
{
	unlink("state");
	return chdir("/") || rmdir(*state);
}

static void write_state(const char *text, size_t size)
{
	FILE *file = fopen("state", "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* What follows from a file, and that it is followed only if it is 1. */
static void expect(const char *text, size_t size, int expected)
{
	struct place place = now;

	write_state(text, size);
	assert_int_equal(place_resume(&place, "state"), expected);
	if (expected != 1)
		assert_memory_equal(&place, &now, sizeof(now));
}

static void test_resume(void **state)
{
	struct place place = now;

	(void)state;
	write_state(WHOLE, strlen(WHOLE));
	assert_int_equal(place_resume(&place, "state"), 1);
	assert_string_equal(place.stream, STREAM);
	assert_true(place.seq == UINT64_MAX);
}

static void test_saved(void **state)
{
	struct place place = now;
	struct place again = now;
	struct stat stat_buffer;

	(void)state;
	place.seq = 12;
	assert_int_equal(place_save(&place, "state"), 0);
	place.seq = 13;
	assert_int_equal(place_save(&place, "state"), 0);
	assert_int_equal(place_resume(&again, "state"), 1);
	assert_string_equal(again.stream, place.stream);
	assert_true(again.seq == 13);
	/* The stream is secret. */
	assert_int_equal(stat("state", &stat_buffer), 0);
	assert_int_equal(stat_buffer.st_mode & 0777, 0600);
}

/* Of another boot or another load of the module it says nothing. */
static void test_other(void **state)
{
	struct place place = now;

	(void)state;
	assert_int_equal(place_resume(&place, "state"), 0);
	place.module = 78;
	assert_int_equal(place_save(&place, "state"), 0);
	place = now;
	assert_int_equal(place_resume(&place, "state"), 0);
	place.boot[0] = '1';
	assert_int_equal(place_save(&place, "state"), 0);
	place = now;
	assert_int_equal(place_resume(&place, "state"), 0);
	assert_memory_equal(&place, &now, sizeof(now));
}

/* By which load of which boot, under a name that nobody can guess. */
static void test_begin(void **state)
{
	const struct load_id load = { "00000000-0000-4000-8000-000000000001",
				      77 };
	struct place place = { .seq = 5 };
	struct place other;

	(void)state;
	assert_int_equal(place_begin(&place, &load), 0);
	assert_string_equal(place.boot, BOOT);
	assert_int_equal(place.module, 77);
	assert_int_equal(place.seq, 0);
	assert_int_equal(strlen(place.stream), PLACE_ID_SIZE - 1);
	assert_int_equal(place_begin(&other, &load), 0);
	assert_string_not_equal(other.stream, place.stream);
}

/* After a crash of the host a file can be empty, or as long and all zero. */
static void test_crashed(void **state)
{
	static const char zeros[64];

	(void)state;
	expect("", 0, 0);
	expect(zeros, sizeof(zeros), 0);
}

/* The one of an earlier version is no state, and no other file either. */
static void test_earlier(void **state)
{
	static const char text[] = "cordonctl place 1\nboot " BOOT
				   "\nmodule 77\nstream " STREAM "\nseq 5\n";

	(void)state;
	expect(text, strlen(text), -ESTALE);
}

/* What somebody named by mistake is not replaced. */
static void test_bad(void **state)
{
	static const char *const texts[] = {
		"root:x:0:0:root:/root:/bin/sh\n",
		"cordonctl place 3\nboot " BOOT "\nmodule 77\nstream " STREAM
		"\nseq 1\n",
		"cordonctl place 2\nboot " BOOT "0\nmodule 77\nstream " STREAM
		"\nseq 1\n",
		"cordonctl place 2\nboot " BOOT "\nmodule 77\nstream ABCDEF"
		"00000040008000000000000002\nseq 1\n",
		"cordonctl place 2\nboot " BOOT "\nmodule -77\nstream " STREAM
		"\nseq 1\n",
		"cordonctl place 2\nboot " BOOT "\nmodule 77\nstream " STREAM
		"\nseq 18446744073709551616\n",
		"cordonctl place 2\nboot " BOOT "\nstream " STREAM
		"\nmodule 77\nseq 1\n",
		WHOLE "\n",
		WHOLE WHOLE,
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		expect(texts[i], strlen(texts[i]), -EBADMSG);
	for (i = 1; i < strlen(WHOLE); i++)
		expect(WHOLE, i, -EBADMSG);
}

static void test_refused(void **state)
{
	struct place place = now;

	(void)state;
	assert_int_equal(place_save(&place, "nowhere/state"), -ENOENT);
	assert_int_equal(place_resume(&place, "/proc/self/mem"), -EIO);
	assert_int_equal(place_save(&place, "."), -EBUSY);
	assert_int_equal(unlink("..new"), 0);
}

int main(void)
{
	const struct CMUnitTest place[] = {
		cmocka_unit_test_setup_teardown(test_begin, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_resume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_saved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crashed, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_earlier, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_bad, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(place, NULL, NULL);
}
