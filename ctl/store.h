/* SPDX-License-Identifier: GPL-2.0 */
/* Events in an SQLite database, whose schema is that of cordon-record(5). */
#ifndef CTL_STORE_H
#define CTL_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "decode.h"
#include "load_id.h"
#include "store_count.h"

struct sqlite3;
struct sqlite3_stmt;

/**
 * struct store - a database, and where in it events go
 * @file: its file, locked, or negative
 * @db: the database
 * @insert: adds an event
 * @advance: notes how far it got
 * @gap: adds a gap
 * @raise: adds to the events of a tenant
 * @stream: number of the stream that events are added to
 * @last: number of the last event in it
 * @boot: when that happened, in nanoseconds since boot
 * @stopped: an event said that the module is being unloaded
 * @committed: the number that @last was when it was on the disk
 * @open: there is a transaction
 * @count: how many events are in it
 * @bytes: how many bytes of text they have
 * @counts: and of whom
 * @page_size: size of a page in bytes
 * @unwritten: pages of the log that are to be written where they belong
 * @why: what went wrong, or NULL
 */
struct store {
	int file;
	struct sqlite3 *db;
	struct sqlite3_stmt *insert;
	struct sqlite3_stmt *advance;
	struct sqlite3_stmt *gap;
	struct sqlite3_stmt *raise;
	int64_t stream;
	uint64_t last;
	uint64_t boot;
	bool stopped;
	uint64_t committed;
	bool open;
	uint64_t count;
	uint64_t bytes;
	struct store_counts counts;
	uint64_t page_size;
	uint64_t unwritten;
	char *why;
};

/**
 * struct store_now - now, by two clocks, in nanoseconds
 * @wall: since the epoch, for what happened before the host was booted
 * @boot: since boot, which nobody sets
 */
struct store_now {
	uint64_t wall;
	uint64_t boot;
};

/**
 * struct store_limits - what may stay; 0 is no limit
 * @age: for how many seconds
 * @events: how many
 * @bytes: how much of the disk
 */
struct store_limits {
	uint64_t age;
	uint64_t events;
	uint64_t bytes;
};

int store_open(struct store *store, const char *path);
int store_resume(struct store *store, const struct load_id *load);
int store_leave(struct store *store, uint64_t *first);
int store_begin(struct store *store, const struct load_id *load);
int store_add(struct store *store, const struct event *event);
int store_commit(struct store *store);
int store_prune(struct store *store, const struct store_limits *limits,
		const struct store_now *now, uint64_t most);
int store_make_room(struct store *store, const struct store_limits *limits,
		    const struct store_now *now);
void store_close(struct store *store);

#endif /* CTL_STORE_H */
