// SPDX-License-Identifier: GPL-2.0
/* Records on disks of little room. */
#include "recorded.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEBIBYTE (1ULL << 20)

/*
 * The longest path that there is, of bytes that take four characters each.
 * Ends before @last where one cannot be stored.
 */
static int add_long(struct recorded *place, uint64_t first, uint64_t last)
{
	static char path[4095];
	int ret = 0;

	memset(path, 0x80, sizeof(path));
	for (; !ret && first <= last; first++) {
		struct event event = recorded_event(1, first);

		event.path = path;
		event.path_len = sizeof(path);
		ret = record_take(&event, &place->record);
	}
	if (ret)
		print_message("%s\n", place->record.store.why);
	return ret;
}

/* However long they are, those of a transaction fit where it may be begun. */
static void test_long_paths(void **state)
{
	struct recorded *place = *state;

	recorded_mount(place, 80);
	place->record.limits.bytes = 16 * MEBIBYTE;
	recorded_resume(place, BOOT, 1);
	assert_int_equal(add_long(place, 1, 5000), 0);
	assert_int_equal(record_end(&place->record), 0);
	record_close(&place->record);
	assert_int_equal(recorded_resume(place, BOOT, 1), 5001);
	recorded_expect(place,
			"SELECT count(*) > 100 AND max(seq) = 5000 FROM event",
			"1");
	recorded_expect(place, GAPS, "");
}

/* What is committed from now on, this reader does not see. */
static sqlite3 *hold_snapshot(const struct recorded *place)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(place->file, &db, SQLITE_OPEN_READONLY,
					 NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM event",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	return db;
}

static void begin(struct recorded *place)
{
	place->record.limits.bytes = 16 * MEBIBYTE;
	recorded_resume(place, BOOT, 1);
	assert_int_equal(add_long(place, 1, 10), 0);
	assert_int_equal(record_idle(&place->record), 0);
}

/* Who reads for too long ends the record while it can still go on later. */
static void test_reader_stays(void **state)
{
	struct recorded *place = *state;
	sqlite3 *reader;
	uint64_t next;

	recorded_mount(place, 120);
	begin(place);
	reader = hold_snapshot(place);
	assert_int_equal(add_long(place, 11, 100000), -EIO);
	assert_non_null(strstr(place->record.store.why, "reads it"));
	record_close(&place->record);
	/* That it is the last one to close it gives no room back. */
	sqlite3_close(reader);
	next = recorded_resume(place, BOOT, 1);
	assert_true(next > 11);
	assert_int_equal(add_long(place, next, next + 5000), 0);
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, GAPS, "");
	recorded_expect(place, "PRAGMA integrity_check", "ok");
}

static unsigned long room(const struct recorded *place)
{
	struct statvfs disk;

	assert_int_equal(statvfs(place->directory, &disk), 0);
	return disk.f_bavail;
}

/* Reads until nothing has been written for a while. */
static void read_until_still(const struct recorded *place, int ready)
{
	sqlite3 *reader = hold_snapshot(place);
	unsigned long all = room(place);
	unsigned long before = 0;
	int still = 0;

	assert_int_equal(write(ready, "", 1), 1);
	while (still < 10) {
		unsigned long now = room(place);

		still = now == before && now < all / 3 * 2 ? still + 1 : 0;
		before = now;
		usleep(100000);
	}
	sqlite3_close(reader);
}

/*
 * Another process, lest locks be its own, which reads once it is told to and then
 * says so.  No database is open yet: none may be across a fork().
 */
static pid_t start_reader(const struct recorded *place, int *line)
{
	int ends[2];
	pid_t child;
	char byte;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(ends[0]);
		if (read(ends[1], &byte, 1) == 1)
			read_until_still(place, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	*line = ends[0];
	return child;
}

/* Who leaves meanwhile is waited for. */
static void test_reader_leaves(void **state)
{
	struct recorded *place = *state;
	int status;
	pid_t child;
	char byte;
	int line;

	recorded_mount(place, 120);
	child = start_reader(place, &line);
	begin(place);
	assert_int_equal(write(line, "", 1), 1);
	assert_int_equal(read(line, &byte, 1), 1);
	assert_int_equal(add_long(place, 11, 8000), 0);
	close(line);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, "SELECT max(seq) FROM event", "8000");
	recorded_expect(place, GAPS, "");
}

/* Who ends is waited for, and deletes no more than that allows. */
static void test_end(void **state)
{
	struct recorded *place = *state;

	recorded_mount(place, 40);
	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 20000);
	assert_int_equal(record_idle(&place->record), 0);
	place->record.limits.events = 10;
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, "SELECT count(*) FROM event", "11808");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_place(test_long_paths),
		in_place(test_reader_stays),
		in_place(test_reader_leaves),
		in_place(test_end),
	};

	return cmocka_run_group_tests_name("disk", tests, recorded_isolate,
					   NULL);
}
