// SPDX-License-Identifier: GPL-2.0
/*
 * An event and how far the record got are in one transaction: after a crash
 * both are there or neither is, and what follows can be asked for again.
 */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "event_fields.h"
#include "field.h"
#include "store_log.h"
#include "store_schema.h"
#include "store_sql.h"

/* How long somebody else may keep the database locked, in milliseconds. */
#define PATIENCE 10000

/* Runs a statement that yields nothing. */
static int run(struct store *store, struct sqlite3_stmt *statement)
{
	int ret = sqlite3_step(statement) == SQLITE_DONE ?
			  0 :
			  store_fail(store, NULL);

	sqlite3_reset(statement);
	return ret;
}

/* All of it or nothing; @sql is freed. */
static int change_schema(struct store *store, char *sql)
{
	int ret = store_execute(store, "BEGIN IMMEDIATE");

	if (!ret)
		ret = store_execute(store, sql);
	if (!ret)
		ret = store_execute(store, "COMMIT");
	free(sql);
	return ret;
}

/*
 * What is there has to be ours, and of a version that is known: 0 when it is,
 * 1 when there is nothing.
 */
static int check(struct store *store)
{
	int64_t application;
	int64_t version;
	int64_t tables;
	char *why;
	int ret =
		store_ask_number(store, "PRAGMA application_id", &application);

	if (!ret)
		ret = store_ask_number(store, "PRAGMA user_version", &version);
	if (!ret)
		ret = store_ask_number(store,
				       "SELECT count(*) FROM sqlite_master",
				       &tables);
	if (ret)
		return ret;
	if (!application && !version && !tables)
		return 1;
	if (application != STORE_APPLICATION)
		return store_fail(store, "it is a database of another program");
	if (version == STORE_VERSION)
		return 0;
	if (version >= STORE_VERSION_FIRST && version < STORE_VERSION)
		return change_schema(store, store_upgrade());
	why = alloc_printf("its schema has version %" PRId64
			   ", and this cordonctl knows versions %d to %d only",
			   version, STORE_VERSION_FIRST, STORE_VERSION);
	ret = store_fail(store, why);
	free(why);
	return ret;
}

static int create(struct store *store)
{
	/* Only what is new can be made to give room back. */
	int ret = store_execute(store, "PRAGMA auto_vacuum = INCREMENTAL");

	return ret ? ret : change_schema(store, store_schema());
}

static int prepare_all(struct store *store)
{
	char *insert = store_insert();
	int ret = store_prepare(store, insert, &store->insert);

	free(insert);
	if (!ret)
		ret = store_prepare(store,
				    "UPDATE stream SET last_seq = ?,"
				    " last_time_boot_ns = ?, stopped = ?"
				    " WHERE id = ? AND last_seq = ?",
				    &store->advance);
	if (!ret)
		ret = store_prepare(store, "INSERT INTO gap VALUES (?, ?, ?)",
				    &store->gap);
	if (!ret)
		ret = store_prepare(store,
				    "INSERT INTO tenant VALUES (?, ?)"
				    " ON CONFLICT DO UPDATE"
				    " SET events = events + excluded.events",
				    &store->raise);
	return ret;
}

/*
 * Events are of no concern to other users, and one record at a time writes
 * them.  Closing the file would let go of what sqlite has locked, so that is
 * for when sqlite has closed it.
 */
static int hold(struct store *store, const char *path)
{
	struct stat about;

	if (!*path)
		return store_fail(store, "that is no name of a file");
	store->file =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
	if (store->file < 0 || fstat(store->file, &about))
		return store_fail(store, strerror(errno));
	if (!S_ISREG(about.st_mode))
		return store_fail(store, "it is no regular file");
	if (!flock(store->file, LOCK_EX | LOCK_NB))
		return 0;
	return store_fail(store, errno == EWOULDBLOCK ?
					 "somebody else records to it" :
					 strerror(errno));
}

/* Names that sqlite knows another meaning of do not begin like this. */
static int connect_to(struct store *store, const char *path)
{
	char *plain = alloc_printf(*path == '/' ? "%s" : "./%s", path);
	/* We have one thread, and locks for more are a tenth of the cost. */
	int bad = sqlite3_open_v2(plain, &store->db,
				  SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
				  NULL);

	free(plain);
	if (bad)
		return store_fail(store, store->db ? NULL : "no memory");
	sqlite3_busy_timeout(store->db, PATIENCE);
	return 0;
}

/**
 * store_open - open a database, or make one
 * @store: becomes the database; the caller closes it, also after an error
 * @path: its path
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_open(struct store *store, const char *path)
{
	int ret;

	memset(store, 0, sizeof(*store));
	store->file = -1;
	ret = hold(store, path);
	if (!ret)
		ret = connect_to(store, path);
	if (!ret)
		ret = check(store);
	if (ret > 0)
		ret = create(store);
	if (!ret)
		ret = store_use_log(store);
	/* What is committed survives us, and most of it a crash of the host. */
	if (!ret)
		ret = store_execute(store, "PRAGMA synchronous = NORMAL");
	return ret ? ret : prepare_all(store);
}

static int take_stream(struct store *store, struct sqlite3_stmt *statement)
{
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		store->stream = sqlite3_column_int64(statement, 0);
		store->last = sqlite3_column_int64(statement, 1);
		store->boot = sqlite3_column_int64(statement, 2);
		store->stopped = sqlite3_column_int64(statement, 3);
		store->committed = store->last;
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return store_fail(store, NULL);
	}
}

/**
 * store_resume - find where the record of this load of the module ended
 * @store: an open database
 * @load: which load it is
 *
 * Return: 1 when there is one, which events are added to from now on, 0 when
 * there is none, or -EIO when @store->why says what is wrong.
 */
int store_resume(struct store *store, const struct load_id *load)
{
	struct sqlite3_stmt *statement = NULL;
	int ret =
		store_prepare(store,
			      "SELECT id, last_seq, last_time_boot_ns, stopped"
			      " FROM stream WHERE boot_id = ?"
			      " AND load_time_boot_ns = ? ORDER BY id DESC LIMIT 1",
			      &statement);

	if (ret)
		return ret;
	sqlite3_bind_text(statement, 1, load->boot, -1, SQLITE_STATIC);
	sqlite3_bind_int64(statement, 2, load->time_boot);
	ret = take_stream(store, statement);
	sqlite3_finalize(statement);
	return ret;
}

/**
 * store_leave - note that it is not known how the newest stream went on
 * @store: a database that has no transaction
 * @first: becomes the number of the first event that may be missing
 *
 * Return: 1, or 0 when all of it is there, this was noted before or there is no
 * stream, or -EIO when @store->why says what is wrong.
 */
int store_leave(struct store *store, uint64_t *first)
{
	struct sqlite3_stmt *statement = NULL;
	int ret = store_prepare(store,
				"INSERT OR IGNORE INTO gap"
				" SELECT id, last_seq + 1, NULL FROM stream"
				" WHERE id = (SELECT max(id) FROM stream)"
				" AND NOT stopped RETURNING first_seq",
				&statement);

	if (ret)
		return ret;
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		*first = sqlite3_column_int64(statement, 0);
		ret = sqlite3_step(statement) == SQLITE_DONE ?
			      1 :
			      store_fail(store, NULL);
		break;
	case SQLITE_DONE:
		break;
	default:
		ret = store_fail(store, NULL);
	}
	sqlite3_finalize(statement);
	return ret;
}

/**
 * store_begin - begin a new stream
 * @store: an open database
 * @load: the load of the module that it is of
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_begin(struct store *store, const struct load_id *load)
{
	struct sqlite3_stmt *statement = NULL;
	int ret =
		store_prepare(store,
			      "INSERT INTO stream (boot_id, load_time_boot_ns,"
			      " last_seq, last_time_boot_ns) VALUES (?, ?, 0, 0)",
			      &statement);

	if (!ret) {
		sqlite3_bind_text(statement, 1, load->boot, -1, SQLITE_STATIC);
		sqlite3_bind_int64(statement, 2, load->time_boot);
		ret = run(store, statement);
	}
	sqlite3_finalize(statement);
	store->stream = sqlite3_last_insert_rowid(store->db);
	store->last = 0;
	store->boot = 0;
	store->stopped = false;
	store->committed = 0;
	return ret;
}

/**
 * struct row - an event that becomes a row
 * @store: where it is inserted
 * @next: the field that most likely comes next
 * @unknown: key of a field that there is no column for, or NULL
 * @bad: something could not be bound
 */
struct row {
	struct store *store;
	const struct field *next;
	const char *unknown;
	bool bad;
};

/*
 * Number of the parameter of a field, 0 when there is none.  They come nearly in
 * the order of the columns.
 */
static int find_parameter(struct row *row, const char *key)
{
	const struct field *field = row->next;
	const struct field *found;

	do {
		found = field++;
		if (!field->key)
			field = fields;
		if (!strcmp(found->key, key)) {
			row->next = field;
			return found - fields + 2;
		}
	} while (field != row->next);
	return 0;
}

/* Numbers that are too big for sqlite are stored as text, to the last digit. */
static int bind_number(struct sqlite3_stmt *statement, int parameter,
		       uint64_t number)
{
	char text[24];

	if (number <= INT64_MAX)
		return sqlite3_bind_int64(statement, parameter, number);
	snprintf(text, sizeof(text), "%" PRIu64, number);
	return sqlite3_bind_text(statement, parameter, text, -1,
				 SQLITE_TRANSIENT);
}

static void take_field(const struct event_field *field, void *into)
{
	struct row *row = into;
	struct sqlite3_stmt *statement = row->store->insert;
	int parameter = find_parameter(row, field->key);

	if (!parameter)
		row->unknown = field->key;
	if (!parameter || field->kind == EVENT_FIELD_NOTHING)
		return;
	row->store->bytes += field->len;
	row->bad |= field->kind == EVENT_FIELD_TEXT ?
			    sqlite3_bind_text(statement, parameter, field->text,
					      field->len,
					      field->stays ? SQLITE_STATIC :
							     SQLITE_TRANSIENT) :
			    bind_number(statement, parameter, field->number);
}

/* Evidence that nobody would miss until it is wanted. */
static int fail_unknown(struct store *store, const char *key)
{
	char *why = alloc_printf("events have '%s', and there is no column"
				 " for that",
				 key);
	int ret = store_fail(store, why);

	free(why);
	return ret;
}

/* The stream, then what the event has of the fields; the others are null. */
static int insert_event(struct store *store, const struct event *event)
{
	struct row row = { .store = store, .next = fields };

	sqlite3_clear_bindings(store->insert);
	row.bad = sqlite3_bind_int64(store->insert, 1, store->stream);
	event_fields(event, take_field, &row);
	if (row.unknown)
		return fail_unknown(store, row.unknown);
	return row.bad ? store_fail(store, NULL) : run(store, store->insert);
}

static int insert_gap(struct store *store, uint64_t first, uint64_t last)
{
	sqlite3_bind_int64(store->gap, 1, store->stream);
	sqlite3_bind_int64(store->gap, 2, first);
	sqlite3_bind_int64(store->gap, 3, last);
	return run(store, store->gap);
}

/**
 * store_add - add an event to the transaction, and the gap in front of it
 * @store: a database with a stream
 * @event: the event, whose number is higher than that of the last
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_add(struct store *store, const struct event *event)
{
	int ret = 0;

	if (!store->open) {
		ret = store_execute(store, "BEGIN IMMEDIATE");
		store->open = !ret;
	}
	if (!ret && event->seq > store->last + 1)
		ret = insert_gap(store, store->last + 1, event->seq - 1);
	if (!ret)
		ret = insert_event(store, event);
	if (ret)
		return ret;
	store->last = event->seq;
	store->boot = event->time_boot;
	store->stopped |= event->class == CORDON_CLASS_ADMIN &&
			  event->op == CORDON_ADMIN_OP_STOP;
	store->count++;
	store_counts_add(&store->counts, event->tenant);
	return 0;
}

static int advance(struct store *store)
{
	int ret;

	sqlite3_bind_int64(store->advance, 1, store->last);
	sqlite3_bind_int64(store->advance, 2, store->boot);
	sqlite3_bind_int64(store->advance, 3, store->stopped);
	sqlite3_bind_int64(store->advance, 4, store->stream);
	sqlite3_bind_int64(store->advance, 5, store->committed);
	ret = run(store, store->advance);
	if (!ret && sqlite3_changes(store->db) != 1)
		ret = store_fail(store, "somebody else records to it");
	return ret;
}

static int count_tenants(struct store *store)
{
	int ret = 0;
	size_t i;

	for (i = 0; !ret && i < store->counts.count; i++) {
		const struct store_count *item = &store->counts.items[i];

		sqlite3_bind_text(store->raise, 1, item->tenant, -1,
				  SQLITE_STATIC);
		sqlite3_bind_int64(store->raise, 2, item->events);
		ret = run(store, store->raise);
	}
	return ret;
}

/**
 * store_commit - put on the disk what was added
 * @store: a database
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_commit(struct store *store)
{
	int ret;

	if (!store->open)
		return 0;
	ret = advance(store);
	if (!ret)
		ret = count_tenants(store);
	if (!ret)
		ret = store_execute(store, "COMMIT");
	if (ret)
		return ret;
	store->open = false;
	store->count = 0;
	store->bytes = 0;
	store_counts_clear(&store->counts);
	store->committed = store->last;
	return 0;
}

/**
 * store_close - close a database; what was not committed is not there
 * @store: the database
 */
void store_close(struct store *store)
{
	sqlite3_finalize(store->insert);
	sqlite3_finalize(store->advance);
	sqlite3_finalize(store->gap);
	sqlite3_finalize(store->raise);
	store_counts_clear(&store->counts);
	sqlite3_close(store->db);
	if (store->file >= 0)
		close(store->file);
	free(store->why);
	memset(store, 0, sizeof(*store));
	store->file = -1;
}
