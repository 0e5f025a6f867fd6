// SPDX-License-Identifier: GPL-2.0
/*
 * What somebody still reads is not overwritten, so the log grows for as long, and
 * all of it may need as much room again in the tables.  When that room is gone
 * nothing gets out of the log any more, not when the reader has left either: so
 * nothing is written before.
 */
#include "store_log.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "alloc.h"
#include "store_sql.h"

/* Pages that the log has when it is time to empty it. */
#define LOG_PAGES 1000

/* What it keeps of the disk when it was larger, in bytes. */
#define LOG_KEPT (8 << 20)

/*
 * What a transaction of the largest size may take, in the log and in the tables,
 * and the log of those before it.  By far the most is that each of 4096 events
 * is of another tenant, and so in another page of the index: 16 MiB, and as much
 * when the clock of the host jumps all the time; their texts have 4 MiB.  A
 * deletion of 6144 events takes 50 MiB at most, of the log only.
 */
#define TIGHT (64ULL << 20)

/*
 * The same of the small ones on a disk that is nearly full: 64 events of 17 KiB at
 * most, or deleting as many and moving 512 pages.
 */
#define SCARCE (8ULL << 20)

/* How long somebody who reads is waited for, in steps of so many microseconds. */
#define STEP 100000
#define STEPS 100

/* Whether fewer bytes are left than what the log is still to bring, and @more. */
static bool has_less(const struct store *store, uint64_t more)
{
	struct statvfs disk;
	uint64_t wanted = more + store->unwritten * store->page_size;

	return !fstatvfs(store->file, &disk) && disk.f_frsize &&
	       disk.f_bavail < wanted / disk.f_frsize;
}

/**
 * store_checkpoint - write what is in the log where it belongs
 * @store: a database that has no transaction
 *
 * What comes next is written over it then.  As much as somebody still reads the
 * state before it stays, which @store->unwritten tells.
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_checkpoint(struct store *store)
{
	int frames = 0;
	int written = 0;
	int result = sqlite3_wal_checkpoint_v2(store->db, NULL,
					       SQLITE_CHECKPOINT_PASSIVE,
					       &frames, &written);

	/* Another one who is at it is no error. */
	if (result && result != SQLITE_BUSY)
		return store_fail(store, NULL);
	if (frames >= 0 && written >= 0)
		store->unwritten = frames - written;
	return 0;
}

/*
 * A transaction is over, and the log has so many pages.  That it cannot be
 * emptied is no reason to say that the transaction failed.
 */
static int note_commit(void *into, struct sqlite3 *db, const char *name,
		       int frames)
{
	struct store *store = into;

	(void)db;
	(void)name;
	store->unwritten = frames;
	if (frames >= LOG_PAGES)
		store_checkpoint(store);
	return SQLITE_OK;
}

/* In another mode, readers and writers would wait for each other. */
static int set_mode(struct store *store)
{
	struct sqlite3_stmt *statement = NULL;
	int ret = store_prepare(store, "PRAGMA journal_mode = WAL", &statement);
	const unsigned char *mode = NULL;

	if (!ret && sqlite3_step(statement) == SQLITE_ROW)
		mode = sqlite3_column_text(statement, 0);
	else if (!ret)
		ret = store_fail(store, NULL);
	if (!ret && (!mode || strcmp((const char *)mode, "wal")))
		ret = store_fail(store, "it cannot have a write-ahead log");
	sqlite3_finalize(statement);
	return ret;
}

/**
 * store_use_log - have a write-ahead log, and know how long it is
 * @store: a database
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_use_log(struct store *store)
{
	char *limit = alloc_printf("PRAGMA journal_size_limit = %d", LOG_KEPT);
	int64_t page_size = 0;
	int ret = set_mode(store);

	if (!ret)
		ret = store_ask_number(store, "PRAGMA page_size", &page_size);
	if (!ret)
		ret = store_execute(store, limit);
	free(limit);
	store->page_size = page_size;
	if (!ret)
		sqlite3_wal_hook(store->db, note_commit, store);
	return ret;
}

/**
 * store_is_tight - whether the disk may be too full for a large transaction
 * @store: a database
 *
 * Return: true when it may.
 */
bool store_is_tight(const struct store *store)
{
	return has_less(store, TIGHT);
}

/**
 * store_is_stuck - whether a small one may take what the log needs of the disk
 * @store: a database, after store_checkpoint()
 *
 * That is so only while somebody reads what is older than the log.
 *
 * Return: true when it may.
 */
bool store_is_stuck(const struct store *store)
{
	return store->unwritten && has_less(store, SCARCE);
}

/**
 * store_wait_for_readers - empty the log where there is no room for more of it
 * @store: a database that has no transaction
 *
 * Return: 0 when there is room, or when nobody reads what is older, or -EIO when
 * @store->why says what is wrong.
 */
int store_wait_for_readers(struct store *store)
{
	int steps = STEPS;
	int ret = store_checkpoint(store);

	while (!ret && store_is_stuck(store) && steps--) {
		usleep(STEP);
		ret = store_checkpoint(store);
	}
	if (!ret && store_is_stuck(store))
		ret = store_fail(store,
				 "the disk is nearly full, and somebody who reads it keeps the log from being emptied");
	return ret;
}
