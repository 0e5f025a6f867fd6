// SPDX-License-Identifier: GPL-2.0
/* Records in real databases, of events that no kernel made. */
#include "recorded.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "event_fields.h"
#include "field.h"
#include "store_schema.h"

static void test_fields(void **state)
{
	static const char *const cases[][2] = {
		{ "seq", "1" },
		{ "time", "2026-11-22T15:04:05.000000001Z" },
		{ "tenant", "acme" },
		{ "path", "/it's \"quoted\"" },
		{ "path_escaped", "0" },
		{ "ino", "18446744073709551615" },
		{ "errno", "13" },
		{ "remote_addr", "null" },
		{ "typeof(errno)", "integer" },
	};
	struct recorded *place = *state;
	size_t i;

	assert_int_equal(recorded_resume(place, BOOT, 1), 1);
	recorded_add(place, 1, 1, 1);
	assert_int_equal(record_idle(&place->record), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char sql[100];

		snprintf(sql, sizeof(sql), "SELECT %s FROM event", cases[i][0]);
		recorded_expect(place, sql, cases[i][1]);
	}
	recorded_expect(place, "SELECT boot_id FROM stream", BOOT);
	recorded_expect(place, "PRAGMA journal_mode", "wal");
	recorded_expect(place, "PRAGMA user_version", "3");
}

/* A column for each field, in the same order, behind the stream. */
static void test_columns(void **state)
{
	struct recorded *place = *state;
	char sql[100];
	size_t i;

	recorded_open(place);
	for (i = 0; fields[i].key; i++) {
		snprintf(sql, sizeof(sql),
			 "SELECT name FROM pragma_table_info('event')"
			 " WHERE cid = %zu",
			 i + 1);
		recorded_expect(place, sql, fields[i].key);
	}
	snprintf(sql, sizeof(sql), "%zu", i + 1);
	recorded_expect(place,
			"SELECT count(*) FROM pragma_table_info('event')", sql);
}

void __real_event_fields(const struct event *event, event_field_take take,
			 void *into);
void __wrap_event_fields(const struct event *event, event_field_take take,
			 void *into);

/* A field that events have as well, or NULL. */
static const char *additional;

/* Called by the linker's hand in the place of event_fields(). */
void __wrap_event_fields(const struct event *event, event_field_take take,
			 void *into)
{
	const struct event_field field = { .key = additional };

	__real_event_fields(event, take, into);
	if (additional)
		take(&field, into);
}

/* All that events have is stored; what has no column is not left out. */
static void test_all_fields(void **state)
{
	struct recorded *place = *state;
	struct event event;
	uint32_t value;
	int ret;

	recorded_resume(place, BOOT, 1);
	for (value = 1; value < __CORDON_CLASS_LAST; value++) {
		event = recorded_event(1, value);
		event.class = value;
		event.target_pid = 5;
		assert_int_equal(record_take(&event, &place->record), 0);
	}
	event = recorded_event(1, value);
	additional = "colour";
	ret = record_take(&event, &place->record);
	additional = NULL;
	assert_int_equal(ret, -EIO);
	assert_non_null(strstr(place->record.store.why, "'colour'"));
}

/* Who is killed loses what was not committed, and can have it again. */
static void test_crash(void **state)
{
	struct recorded *place = *state;

	assert_int_equal(recorded_resume(place, BOOT, 1), 1);
	recorded_add(place, 1, 1, 3);
	assert_int_equal(record_idle(&place->record), 0);
	recorded_add(place, 1, 4, 5);
	recorded_expect(place, EVENTS, "1:1 1:2 1:3");
	record_close(&place->record);
	assert_int_equal(recorded_resume(place, BOOT, 1), 4);
	recorded_add(place, 1, 4, 9);
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, EVENTS, "1:1 1:2 1:3 1:4 1:5 1:6 1:7 1:8 1:9");
	recorded_expect(place, GAPS, "");
	/* What was lost is not counted either, and the rest once. */
	recorded_expect(place, "SELECT name || ' ' || events FROM tenant",
			"acme 9");
	/* In a storm it is not idle, and yet much of it is on the disk. */
	recorded_add(place, 1, 10, 10000);
	recorded_expect(place, "SELECT count(*) >= 5000 FROM event", "1");
}

static void test_gaps(void **state)
{
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 4, 5);
	recorded_add(place, 1, 9, 9);
	assert_int_equal(record_idle(&place->record), 0);
	record_close(&place->record);
	/* All that it had is gone from the module. */
	assert_int_equal(recorded_resume(place, BOOT, 1), 10);
	recorded_add(place, 1, 20, 20);
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, EVENTS, "1:4 1:5 1:9 1:20");
	recorded_expect(place, GAPS, "1:1-3 1:6-8 1:10-19");
}

/* With another boot or another load of the module, numbers begin anew. */
static void test_streams(void **state)
{
	static const struct {
		const char *boot;
		uint64_t load;
		uint64_t next;
	} cases[] = {
		{ BOOT, 1, 1 },	      { BOOT, 1, 3 },
		{ BOOT, 2, 1 },	      { BOOT, 3, 1 },
		{ OTHER_BOOT, 3, 1 }, { OTHER_BOOT, 3, 3 },
		{ OTHER_BOOT, 1, 1 },
	};
	struct recorded *place = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		uint64_t next =
			recorded_resume(place, cases[i].boot, cases[i].load);

		assert_int_equal(next, cases[i].next);
		if (next == 1)
			recorded_add(place, cases[i].load, 1, 2);
		assert_int_equal(record_end(&place->record), 0);
		record_close(&place->record);
	}
	recorded_open(place);
	recorded_expect(place, EVENTS,
			"1:1 1:2 2:1 2:2 3:1 3:2 4:1 4:2 5:1 5:2");
	recorded_expect(place,
			"SELECT count(*) FROM stream WHERE boot_id = '" BOOT
			"'",
			"3");
}

/* What tells one load from another is not deleted with the events. */
static void test_load_pruned(void **state)
{
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 50);
	place->record.limits.events = 5;
	assert_int_equal(record_end(&place->record), 0);
	record_close(&place->record);
	/* It sent more by now than was recorded of the first. */
	place->record.limits.events = 0;
	assert_int_equal(recorded_resume(place, BOOT, 2), 1);
	recorded_expect(place, GAPS, "1:51-");
}

static void add_stop(struct recorded *place, uint64_t load, uint64_t seq)
{
	struct event event = recorded_event(load, seq);

	event.class = CORDON_CLASS_ADMIN;
	event.op = CORDON_ADMIN_OP_STOP;
	assert_int_equal(record_take(&event, &place->record), 0);
}

/* An end that nobody saw is a gap of which it is not known where it ends. */
static void test_left(void **state)
{
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 2);
	assert_int_equal(record_end(&place->record), 0);
	record_close(&place->record);
	recorded_resume(place, BOOT, 2);
	recorded_expect(place, GAPS, "1:3-");
	/* Of this one the end is seen, and what is sent behind it. */
	add_stop(place, 2, 1);
	recorded_add(place, 2, 2, 2);
	assert_int_equal(record_end(&place->record), 0);
	record_close(&place->record);
	recorded_resume(place, BOOT, 3);
	/* That it is gone is found out at once, and again later. */
	recorded_add(place, 3, 1, 1);
	assert_int_equal(record_end(&place->record), 0);
	assert_int_equal(record_leave(&place->record), 0);
	recorded_expect(place, GAPS, "1:3- 3:2-");
	record_close(&place->record);
	recorded_resume(place, OTHER_BOOT, 1);
	recorded_expect(place, GAPS, "1:3- 3:2-");
}

/* Expects that a record cannot be begun, and why. */
static void expect_refused(struct recorded *place, const char *path,
			   const char *why)
{
	assert_int_equal(record_open(&place->record, path), -EIO);
	assert_int_equal(place->record.error, -EIO);
	assert_non_null(strstr(place->record.store.why, why));
	record_close(&place->record);
}

static void test_refused(void **state)
{
	struct recorded *place = *state;

	recorded_open(place);
	record_close(&place->record);
	assert_int_equal(recorded_execute(place, "PRAGMA user_version = 4"),
			 SQLITE_OK);
	expect_refused(place, place->file,
		       "its schema has version 4, and this cordonctl knows versions 2 to 3 only");
	assert_int_equal(recorded_execute(place, "PRAGMA user_version = 3;"
						 "PRAGMA application_id = 7"),
			 SQLITE_OK);
	expect_refused(place, place->file, "another program");
	/* Nothing can be made there, not by root either. */
	expect_refused(place, "/proc/x.db", "No such file");
	expect_refused(place, TOP_DIR "/README.md", "not a database");
}

/* What version 2 had and version 3 has not. */
#define VERSION_2                                                              \
	"CREATE TRIGGER event_comes AFTER INSERT ON event"                     \
	" WHEN new.tenant IS NOT NULL BEGIN"                                   \
	" INSERT INTO tenant VALUES (new.tenant, 1)"                           \
	" ON CONFLICT DO UPDATE SET events = events + 1; END;"                 \
	"PRAGMA user_version = 2"

/* One of the version before is made one of this, and goes on. */
static void test_older(void **state)
{
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 5);
	assert_int_equal(record_end(&place->record), 0);
	record_close(&place->record);
	assert_int_equal(recorded_execute(place, VERSION_2), SQLITE_OK);
	assert_int_equal(recorded_resume(place, BOOT, 1), 6);
	recorded_add(place, 1, 6, 7);
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, "PRAGMA user_version", "3");
	recorded_expect(place, "SELECT events FROM tenant", "7");
	recorded_expect(place, "SELECT count(*) FROM event", "7");
	record_close(&place->record);
	/* What says so and is not, is left as it is. */
	assert_int_equal(recorded_execute(place, "PRAGMA user_version = 2"),
			 SQLITE_OK);
	expect_refused(place, place->file, "no such trigger");
	recorded_expect(place, "PRAGMA user_version", "2");
}

/* One that was cut off is said to be so, and nothing is added to it. */
static void test_cut_off(void **state)
{
	struct recorded *place = *state;
	struct stat about;
	off_t size;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 2000);
	assert_int_equal(record_end(&place->record), 0);
	record_close(&place->record);
	assert_int_equal(stat(place->file, &about), 0);
	size = about.st_size / 2 / 4096 * 4096;
	assert_int_equal(truncate(place->file, size), 0);
	expect_refused(place, place->file, "malformed");
	assert_int_equal(stat(place->file, &about), 0);
	assert_int_equal(about.st_size, size);
}

/* Names that are none, or that sqlite makes something else of. */
static void test_names(void **state)
{
	struct recorded *place = *state;
	static const char *const names[] = { ":memory:",
					     "file:x.db?mode=memory" };
	char before[PATH_MAX];
	size_t i;

	expect_refused(place, "", "no name of a file");
	expect_refused(place, "/dev/null", "no regular file");
	expect_refused(place, place->directory, "directory");
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(place->directory), 0);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(record_open(&place->record, names[i]), 0);
		record_close(&place->record);
		assert_int_equal(unlink(names[i]), 0);
	}
	assert_int_equal(chdir(before), 0);
}

/* Where there can be no log, readers would hold it up: on others' files. */
static void test_private(void **state)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	struct recorded *place = *state;
	struct stat about;
	char path[96];
	size_t i;

	umask(0);
	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 1);
	assert_int_equal(record_idle(&place->record), 0);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", place->file, ends[i]);
		assert_int_equal(stat(path, &about), 0);
		assert_int_equal(about.st_mode & 07777, 0600);
	}
}

static void read_all(const char *path, char *bytes, size_t size, size_t *len)
{
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	*len = fread(bytes, 1, size, file);
	fclose(file);
}

/* A database of others is left as it is, to the byte. */
static void test_untouched(void **state)
{
	static char before[65536];
	static char after[65536];
	struct recorded *place = *state;
	size_t len_before;
	size_t len_after;

	/* With another setting than ours. */
	assert_int_equal(recorded_execute(place, "PRAGMA auto_vacuum = FULL;"
						 "CREATE TABLE t (a)"),
			 SQLITE_OK);
	read_all(place->file, before, sizeof(before), &len_before);
	expect_refused(place, place->file, "another program");
	read_all(place->file, after, sizeof(after), &len_after);
	assert_int_equal(len_before, len_after);
	assert_memory_equal(before, after, len_before);
}

/* What is full is said, and what was there before stays. */
static void test_full(void **state)
{
	struct recorded *place = *state;
	struct rlimit before;
	struct rlimit limit;
	uint64_t seq;
	int ret = 0;

	signal(SIGXFSZ, SIG_IGN);
	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 3);
	assert_int_equal(record_idle(&place->record), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 512 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (seq = 4; !ret && seq < 100000; seq++) {
		struct event event = recorded_event(1, seq);

		ret = record_take(&event, &place->record);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(ret, -EIO);
	assert_int_equal(place->record.error, -EIO);
	assert_true(strstr(place->record.store.why, "full") ||
		    strstr(place->record.store.why, "I/O"));
	record_close(&place->record);
	/* With room again it goes on without a hole. */
	assert_int_equal(recorded_resume(place, BOOT, 1), 4);
	recorded_add(place, 1, 4, 5);
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, EVENTS, "1:1 1:2 1:3 1:4 1:5");
}

/* Of two who record to one database the second is told at once. */
static void test_two(void **state)
{
	struct recorded *place = *state;
	struct record second = { .store.file = -1 };

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 3);
	assert_int_equal(record_open(&second, place->file), -EIO);
	assert_non_null(strstr(second.store.why, "somebody else"));
	record_close(&second);
	/* That took nothing from the first. */
	recorded_add(place, 1, 4, 4);
	assert_int_equal(record_idle(&place->record), 0);
	recorded_expect(place, EVENTS, "1:1 1:2 1:3 1:4");
	record_close(&place->record);
	assert_int_equal(record_open(&second, place->file), 0);
	record_close(&second);
}

/* Who takes no notice of the lock is found out by the same number. */
static void test_two_unlocked(void **state)
{
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 3);
	assert_int_equal(record_idle(&place->record), 0);
	assert_int_equal(recorded_execute(place,
					  "UPDATE stream SET last_seq = 4"),
			 SQLITE_OK);
	recorded_add(place, 1, 4, 4);
	assert_int_equal(record_idle(&place->record), -EIO);
	assert_non_null(strstr(place->record.store.why, "somebody else"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_place(test_fields),	     in_place(test_columns),
		in_place(test_all_fields),   in_place(test_crash),
		in_place(test_gaps),	     in_place(test_streams),
		in_place(test_load_pruned),  in_place(test_left),
		in_place(test_refused),	     in_place(test_older),
		in_place(test_cut_off),	     in_place(test_names),
		in_place(test_private),	     in_place(test_untouched),
		in_place(test_full),	     in_place(test_two),
		in_place(test_two_unlocked),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
