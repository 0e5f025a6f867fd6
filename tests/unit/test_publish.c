// SPDX-License-Identifier: GPL-2.0
/* Files that are replaced as a whole or not at all. */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "publish.h"

/* A directory of our own, with a file in it. */
struct place {
	char directory[64];
	char file[80];
};

static int set_up(void **state)
{
	static struct place only;
	struct place *place = &only;

	memset(place, 0, sizeof(*place));
	strcpy(place->directory, "/tmp/cordon-unit-XXXXXX");
	if (!mkdtemp(place->directory))
		return -1;
	snprintf(place->file, sizeof(place->file), "%s/x.prom",
		 place->directory);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->file);
	rmdir(place->file);
	return rmdir(place->directory);
}

static void expect_content(const struct place *place, const char *expected)
{
	FILE *file = fopen(place->file, "r");
	char text[64] = "";

	assert_non_null(file);
	(void)!fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	assert_string_equal(text, expected);
}

static void expect_files(const struct place *place, int expected)
{
	DIR *directory = opendir(place->directory);
	int count = -2;

	assert_non_null(directory);
	while (readdir(directory))
		count++;
	closedir(directory);
	assert_int_equal(count, expected);
}

static int write_file(const struct place *place, const char *text)
{
	struct publish publish;
	int ret = publish_begin(&publish, place->file);

	assert_int_equal(ret, 0);
	fputs(text, publish.out);
	return publish_end(&publish);
}

static void test_replaced(void **state)
{
	const struct place *place = *state;
	struct publish publish;
	struct stat stat_now;

	umask(077);
	assert_int_equal(write_file(place, "old\n"), 0);
	assert_int_equal(publish_begin(&publish, place->file), 0);
	fputs("new\n", publish.out);
	fflush(publish.out);
	/* Who reads now gets what was there before. */
	expect_content(place, "old\n");
	assert_int_equal(publish_end(&publish), 0);
	expect_content(place, "new\n");
	expect_files(place, 1);
	assert_int_equal(stat(place->file, &stat_now), 0);
	assert_int_equal(stat_now.st_mode & 07777, 0644);
}

/* What is begun does not end like what collectors look for. */
static void test_temporary(void **state)
{
	const struct place *place = *state;
	struct publish publish;
	const char *dot;

	assert_int_equal(publish_begin(&publish, place->file), 0);
	dot = strrchr(publish.temporary, '.');
	assert_non_null(dot);
	assert_string_not_equal(dot, ".prom");
	assert_int_equal(strncmp(publish.temporary, place->directory,
				 strlen(place->directory)),
			 0);
	assert_int_equal(publish_end(&publish), 0);
}

static void test_no_directory(void **state)
{
	struct publish publish;

	(void)state;
	assert_int_equal(publish_begin(&publish, "/nonexistent/x.prom"),
			 -ENOENT);
}

/* A disk that is full: what was there stays, and nothing else does. */
static void test_full(void **state)
{
	const struct place *place = *state;
	struct publish publish;
	FILE *full = fopen("/dev/full", "w");
	FILE *own;

	assert_non_null(full);
	assert_int_equal(write_file(place, "old\n"), 0);
	assert_int_equal(publish_begin(&publish, place->file), 0);
	own = publish.out;
	publish.out = full;
	fputs("new\n", publish.out);
	assert_int_equal(publish_end(&publish), -ENOSPC);
	fclose(own);
	expect_content(place, "old\n");
	expect_files(place, 1);
}

static void test_is_directory(void **state)
{
	const struct place *place = *state;

	assert_int_equal(mkdir(place->file, 0700), 0);
	assert_int_equal(write_file(place, "new\n"), -EISDIR);
	expect_files(place, 1);
}

/* What is no file is written to, and stays what it is. */
static void test_special(void **state)
{
	const struct place *place = *state;
	char text[8] = "";
	struct stat stat_now;
	int pipe;

	assert_int_equal(mkfifo(place->file, 0600), 0);
	pipe = open(place->file, O_RDWR | O_NONBLOCK);
	assert_true(pipe >= 0);
	assert_int_equal(write_file(place, "new\n"), 0);
	assert_int_equal(stat(place->file, &stat_now), 0);
	assert_true(S_ISFIFO(stat_now.st_mode));
	assert_int_equal(read(pipe, text, sizeof(text) - 1), 4);
	assert_string_equal(text, "new\n");
	close(pipe);
	expect_files(place, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_replaced, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_temporary, set_up,
						tear_down),
		cmocka_unit_test(test_no_directory),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_is_directory, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_special, set_up,
						tear_down),
	};

	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
