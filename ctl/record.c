// SPDX-License-Identifier: GPL-2.0
#include "record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "follow.h"
#include "store_log.h"

/* Events of one transaction at most; it ends when there are none to take. */
#define BATCH 4096

/* Bytes of their texts after which it ends: names of files have up to 16 KiB. */
#define BATCH_BYTES (4 << 20)

/* The same where the disk is nearly full: it goes on as long as any fit. */
#define BATCH_TIGHT 64

/* After so many events, or milliseconds, it is looked whether any may go. */
#define PRUNE_EVERY (4 * BATCH)
#define PRUNE_INTERVAL 600000

/* As many at once, which must be more than come meanwhile. */
#define PRUNE_AT_ONCE (3 * BATCH / 2)

/* Who ends is waited for, so that is for the next time if it is much. */
#define PRUNE_AT_END 16

/* The same where it goes little by little. */
#define PRUNE_AT_END_TIGHT 2

/* Notes that it was the database. */
static int note(struct record *record, int ret)
{
	if (ret < 0)
		record->error = ret;
	return ret;
}

static uint64_t read_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static struct store_now read_clocks(void)
{
	const struct store_now now = { read_clock(CLOCK_REALTIME),
				       read_clock(CLOCK_BOOTTIME) };

	return now;
}

/**
 * record_open - open a database, or make one
 * @record: becomes the record but for its limits; the caller closes it, also
 *          after an error
 * @path: path of the database
 *
 * Return: 0, or -EIO when @record->store.why says what is wrong.
 */
int record_open(struct record *record, const char *path)
{
	record->tight = false;
	record->added = 0;
	record->more = false;
	record->pruned = follow_now();
	record->error = 0;
	return note(record, store_open(&record->store, path));
}

/**
 * record_leave - note that what followed the last event is not known
 * @record: a record whose events are on the disk
 *
 * Does so, and says so, unless the newest stream is known to have ended there.
 *
 * Return: 0, or -EIO when @record->store.why says what is wrong.
 */
int record_leave(struct record *record)
{
	uint64_t first;
	int ret = store_leave(&record->store, &first);

	if (ret > 0)
		fprintf(stderr,
			"cordonctl: the module went unseen: events from number %" PRIu64
			" on may have been missed\n",
			first);
	return note(record, ret < 0 ? ret : 0);
}

static int prune(struct record *record)
{
	const struct store_now now = read_clocks();
	int ret = store_prune(&record->store, &record->limits, &now,
			      PRUNE_AT_ONCE);

	record->added = 0;
	record->pruned = follow_now();
	record->more = ret > 0;
	return note(record, ret < 0 ? ret : 0);
}

static int make_room(struct record *record)
{
	const struct store_now now = read_clocks();
	int ret = store_make_room(&record->store, &record->limits, &now);

	record->added = 0;
	record->pruned = follow_now();
	record->more = ret > 0;
	return note(record, ret < 0 ? ret : 0);
}

/**
 * record_resume - go on where the record of this load of the module ended
 * @record: an open record
 * @load: which load it is
 *
 * Where there is none, it begins with all that the module has.  What is wanted
 * next is the number behind @record->store.last.
 *
 * Return: 0, or -EIO when @record->store.why says what is wrong.
 */
int record_resume(struct record *record, const struct load_id *load)
{
	int ret = note(record, store_wait_for_readers(&record->store));

	if (ret)
		return ret;
	record->tight = store_is_tight(&record->store);
	ret = note(record, store_resume(&record->store, load));
	if (!ret)
		ret = record_leave(record);
	else if (ret > 0)
		return make_room(record);
	if (!ret)
		ret = note(record, store_begin(&record->store, load));
	return ret ? ret : make_room(record);
}

static bool is_due(const struct record *record)
{
	return record->more || record->added >= PRUNE_EVERY ||
	       follow_now() - record->pruned >= PRUNE_INTERVAL;
}

/*
 * On a disk that is nearly full, what may go goes before anything else comes, and
 * the log is not let grow.
 */
static int squeeze(struct record *record)
{
	int ret = note(record, store_wait_for_readers(&record->store));

	return ret ? ret : make_room(record);
}

static int commit(struct record *record)
{
	uint64_t count = record->store.count;
	int ret;

	record->added += count;
	ret = note(record, store_commit(&record->store));
	if (ret)
		return ret;
	record->tight = store_is_tight(&record->store);
	if (record->tight && (count || record->more))
		return squeeze(record);
	return is_due(record) ? prune(record) : 0;
}

/**
 * record_take - add an event
 * @event: the event
 * @into: the record
 *
 * Return: 0, or -EIO when @record->store.why says what is wrong.
 */
int record_take(const struct event *event, void *into)
{
	struct record *record = into;
	const struct store *store = &record->store;
	uint64_t most = record->tight ? BATCH_TIGHT : BATCH;
	int ret = note(record, store_add(&record->store, event));

	if (ret || (store->count < most && store->bytes < BATCH_BYTES))
		return ret;
	return commit(record);
}

/**
 * record_idle - there is nothing to take for now
 * @into: the record
 *
 * Return: 0, 1 when there is more to do, or -EIO when @record->store.why says
 * what is wrong.
 */
int record_idle(void *into)
{
	const struct record *record = into;
	int ret = commit(into);

	return ret ? ret : record->more;
}

/**
 * record_end - put on the disk what was taken, and delete what may not stay
 * @record: the record
 *
 * Return: 0, or -EIO when @record->store.why says what is wrong.
 */
int record_end(struct record *record)
{
	int times = record->tight ? PRUNE_AT_END_TIGHT : PRUNE_AT_END;
	int ret;

	record->more = true;
	do
		ret = commit(record);
	while (!ret && record->more && --times);
	return ret;
}

/**
 * record_close - close a record; what was not committed can be had again
 * @record: the record
 */
void record_close(struct record *record)
{
	store_close(&record->store);
}
