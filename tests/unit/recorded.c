// SPDX-License-Identifier: GPL-2.0
#include "recorded.h"

#include <errno.h>
#include <sched.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "alloc.h"

int recorded_set_up(void **state)
{
	static struct recorded only;
	struct recorded *place = &only;

	memset(place, 0, sizeof(*place));
	strcpy(place->directory, "/tmp/cordon-unit-XXXXXX");
	if (!mkdtemp(place->directory))
		return -1;
	snprintf(place->file, sizeof(place->file), "%s/x.db", place->directory);
	*state = place;
	return 0;
}

static bool write_own(const char *name, char *text)
{
	char path[64];
	FILE *file;
	bool good;

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	file = fopen(path, "w");
	good = file && fputs(text, file) >= 0 && !fclose(file);
	free(text);
	return good;
}

/* Who is not root is root in a name space of his own. */
static int become_root(void)
{
	char *user = alloc_printf("0 %u 1", geteuid());
	char *group = alloc_printf("0 %u 1", getegid());
	bool good = !unshare(CLONE_NEWUSER);

	good = write_own("uid_map", user) && good;
	good = write_own("setgroups", alloc_printf("deny")) && good;
	return write_own("gid_map", group) && good ? 0 : -1;
}

/* Afterwards file systems can be mounted. */
int recorded_isolate(void **state)
{
	(void)state;
	if (geteuid() && become_root())
		return -1;
	return unshare(CLONE_NEWNS) ||
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/* Has the directory on a disk of its own. */
void recorded_mount(const struct recorded *place, unsigned int mebibytes)
{
	char options[32];

	snprintf(options, sizeof(options), "size=%um", mebibytes);
	assert_int_equal(mount("none", place->directory, "tmpfs", 0, options),
			 0);
}

/* The same, and there is room on it, however full the host is. */
int recorded_set_up_room(void **state)
{
	int ret = recorded_set_up(state);

	if (!ret)
		recorded_mount(*state, 256);
	return ret;
}

/* What is there of a database, which may be open. */
void recorded_remove(struct recorded *place)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	char path[96];
	size_t i;

	if (place->record.store.db)
		record_close(&place->record);
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		snprintf(path, sizeof(path), "%s%s", place->file, ends[i]);
		unlink(path);
	}
}

int recorded_tear_down(void **state)
{
	struct recorded *place = *state;

	recorded_remove(place);
	/* Most have none. */
	umount(place->directory);
	return rmdir(place->directory);
}

/* Load number @load of the module began at @load * 1,000,000 ns. */
struct event recorded_event(uint64_t load, uint64_t seq)
{
	struct event event = denied_read();

	event.seq = seq;
	event.tenant_seq = seq;
	event.time_wall = 1795359845000000000ULL + seq;
	event.time_boot = load * 1000000 + seq;
	event.ino = UINT64_MAX;
	event.path = (char *)"/it's \"quoted\"";
	event.path_len = strlen(event.path);

	return event;
}

void recorded_add(struct recorded *place, uint64_t load, uint64_t first,
		  uint64_t last)
{
	uint64_t seq;

	for (seq = first; seq <= last; seq++) {
		struct event event = recorded_event(load, seq);

		assert_int_equal(record_take(&event, &place->record), 0);
	}
}

void recorded_open(struct recorded *place)
{
	assert_int_equal(record_open(&place->record, place->file), 0);
}

/* Load number @number of the module in a boot. */
struct load_id recorded_load(const char *boot, uint64_t number)
{
	struct load_id load = { .time_boot = number * 1000000 };

	snprintf(load.boot, sizeof(load.boot), "%s", boot);
	return load;
}

/* Opens it and goes on, and says which number is wanted next. */
uint64_t recorded_resume(struct recorded *place, const char *boot,
			 uint64_t number)
{
	const struct load_id load = recorded_load(boot, number);

	recorded_open(place);
	assert_int_equal(record_resume(&place->record, &load), 0);
	return place->record.store.last + 1;
}

int recorded_execute(const struct recorded *place, const char *sql)
{
	sqlite3 *db;
	int ret;

	assert_int_equal(sqlite3_open(place->file, &db), SQLITE_OK);
	ret = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return ret;
}

/* The first column of the first row, as a reader sees it. */
void recorded_expect(const struct recorded *place, const char *sql,
		     const char *expected)
{
	const char *text = "nothing";
	sqlite3_stmt *statement;
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(place->file, &db, SQLITE_OPEN_READONLY,
					 NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL),
			 SQLITE_OK);
	if (sqlite3_step(statement) == SQLITE_ROW)
		text = (const char *)sqlite3_column_text(statement, 0);
	assert_string_equal(text ? text : "null", expected);
	sqlite3_finalize(statement);
	sqlite3_close(db);
}
