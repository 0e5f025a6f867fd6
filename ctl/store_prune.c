// SPDX-License-Identifier: GPL-2.0
/*
 * What is too old goes, and of what is too much the oldest of the tenants that
 * have most: a flood of one costs no other tenant its evidence.  Who prunes has
 * a kernel to listen to, so a call deletes a bounded number of rows, which it
 * finds by keys.
 */
#include "store.h"

#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "alloc.h"
#include "store_log.h"
#include "store_sql.h"

#define NANOSECONDS 1000000000ULL

/* A database that is too big loses this part of its events at once. */
#define PART 16

/* On a full disk there is room for the log of few rows. */
#define SMALL 64
#define SMALL_TIMES 64

/* Pages that are given back to the file system at once, per event and in all. */
#define PAGES_OF_EVENT 8
#define PAGES 4096

/**
 * struct holder - who has events
 * @name: the tenant, or "" for what is no tenant's
 * @events: how many
 */
struct holder {
	char *name;
	uint64_t events;
};

/**
 * struct holders - all of them
 * @items: each
 * @count: how many
 * @total: their events
 */
struct holders {
	struct holder *items;
	size_t count;
	uint64_t total;
};

/**
 * struct spot - where in the order of all events
 * @stream: the stream
 * @seq: the number in it
 */
struct spot {
	int64_t stream;
	int64_t seq;
};

/*
 * Runs SQL whose parameters are a text, or NULL, and up to three numbers.  Of
 * what it yields the first row goes into @spot, as far as there are columns.
 *
 * Return: 1 when there is a row, 0 when there is none, or -EIO.
 */
static int ask(struct store *store, const char *sql, const char *name,
	       const int64_t numbers[3], struct spot *spot)
{
	struct sqlite3_stmt *statement = NULL;
	int parameter;
	int ret;

	if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL))
		return store_fail(store, NULL);
	if (name)
		sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
	for (parameter = name ? 2 : 1;
	     parameter <= sqlite3_bind_parameter_count(statement); parameter++)
		sqlite3_bind_int64(statement, parameter, *numbers++);
	switch (sqlite3_step(statement)) {
	case SQLITE_ROW:
		spot->stream = sqlite3_column_int64(statement, 0);
		spot->seq = sqlite3_column_int64(statement, 1);
		ret = 1;
		break;
	case SQLITE_DONE:
		ret = 0;
		break;
	default:
		ret = store_fail(store, NULL);
	}
	sqlite3_finalize(statement);
	return ret;
}

/* Deletes, and takes what was deleted from @rest. */
static int forget(struct store *store, const char *sql, const char *name,
		  struct spot end, uint64_t *rest)
{
	const int64_t numbers[3] = { end.stream, end.seq };
	struct spot none;
	int ret = ask(store, sql, name, numbers, &none);
	uint64_t gone = sqlite3_changes(store->db);

	*rest -= gone < *rest ? gone : *rest;
	return ret;
}

/* The oldest events of a stream, and the gaps between them. */
static int forget_of_stream(struct store *store, struct spot end,
			    uint64_t *rest)
{
	uint64_t unbounded = 0;
	int ret = forget(store,
			 "DELETE FROM event WHERE stream = ? AND seq < ?", NULL,
			 end, rest);

	return ret ? ret :
		     forget(store,
			    "DELETE FROM gap WHERE stream = ? AND last_seq < ?",
			    NULL, end, &unbounded);
}

/* The oldest events of a tenant, and the gaps between them. */
static int forget_of_tenant(struct store *store, const char *name,
			    uint64_t count, uint64_t *rest)
{
	const int64_t numbers[3] = { count };
	struct spot end = { 0 };
	uint64_t unbounded = 0;
	int ret = ask(store,
		      "SELECT stream, seq FROM event WHERE tenant = ?"
		      " ORDER BY stream, seq LIMIT 1 OFFSET ?",
		      name, numbers, &end);

	if (ret < 0)
		return ret;
	if (!ret)
		return forget(store, "DELETE FROM event WHERE tenant = ?", name,
			      end, rest);
	ret = forget(store,
		     "DELETE FROM event WHERE tenant = ?"
		     " AND (stream, seq) < (?, ?)",
		     name, end, rest);
	return ret ? ret :
		     forget(store,
			    "DELETE FROM gap WHERE stream < ?1"
			    " OR stream = ?1 AND last_seq < ?2",
			    NULL, end, &unbounded);
}

static int read_holders(struct store *store, struct holders *holders)
{
	struct sqlite3_stmt *statement = NULL;
	struct holder *holder;
	int result;

	if (sqlite3_prepare_v2(store->db,
			       "SELECT name, events FROM tenant"
			       " WHERE events > 0",
			       -1, &statement, NULL))
		return store_fail(store, NULL);
	while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
		holder = array_push(holders->items, holders->count);
		holder->name =
			alloc_printf("%s",
				     (const char *)
					     sqlite3_column_text(statement, 0));
		holder->events = sqlite3_column_int64(statement, 1);
		holders->total += holder->events;
	}
	sqlite3_finalize(statement);
	return result == SQLITE_DONE ? 0 : store_fail(store, NULL);
}

static void clear_holders(struct holders *holders)
{
	size_t i;

	for (i = 0; i < holders->count; i++)
		free(holders->items[i].name);
	free(holders->items);
}

/* How many events there are when nobody has more than @level. */
static uint64_t count_below(const struct holders *holders, uint64_t level)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < holders->count; i++)
		sum += holders->items[i].events < level ?
			       holders->items[i].events :
			       level;
	return sum;
}

/* How many each may have, lest there are more than @most. */
static uint64_t find_level(const struct holders *holders, uint64_t most)
{
	uint64_t low = 0;
	uint64_t high = most;

	while (low < high) {
		uint64_t middle = low + (high - low + 1) / 2;

		if (count_below(holders, middle) <= most)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static int forget_above(struct store *store, const struct holders *holders,
			uint64_t level, uint64_t *rest)
{
	int ret = 0;
	size_t i;

	for (i = 0; !ret && *rest && i < holders->count; i++) {
		const struct holder *holder = &holders->items[i];
		uint64_t more =
			holder->events > level ? holder->events - level : 0;

		if (more)
			ret = forget_of_tenant(store, holder->name,
					       more < *rest ? more : *rest,
					       rest);
	}
	return ret;
}

static int forget_beyond(struct store *store, uint64_t most, uint64_t *rest)
{
	struct holders holders = { 0 };
	int ret = read_holders(store, &holders);

	if (!ret && holders.total > most)
		ret = forget_above(store, &holders, find_level(&holders, most),
				   rest);
	clear_holders(&holders);
	return ret;
}

/* Without the pages that are free, as the next events go there. */
static int is_bigger(struct store *store, uint64_t bytes)
{
	const int64_t numbers[3] = { bytes };
	struct spot spot;

	return ask(store,
		   "SELECT 1, 1 FROM pragma_page_count, pragma_freelist_count,"
		   " pragma_page_size"
		   " WHERE (page_count - freelist_count) * page_size > ?",
		   NULL, numbers, &spot);
}

/* A part of all events, or of the gaps when there are no events any more. */
static int forget_part(struct store *store, uint64_t *rest)
{
	struct spot total = { 0 };
	int ret = ask(store, "SELECT coalesce(sum(events), 0), 0 FROM tenant",
		      NULL, NULL, &total);
	uint64_t count = total.stream;
	uint64_t part = count / PART + 1;

	if (ret < 0)
		return ret;
	if (count)
		return forget_beyond(store,
				     count - (part < *rest ? part : *rest),
				     rest);
	*rest = 0;
	return store_execute(store, "DELETE FROM gap");
}

static int forget_bigger(struct store *store, uint64_t bytes, uint64_t *rest)
{
	int ret = is_bigger(store, bytes);

	while (ret > 0 && *rest) {
		ret = forget_part(store, rest);
		if (!ret)
			ret = is_bigger(store, bytes);
	}
	return ret < 0 ? ret : 0;
}

/**
 * struct age - what is too old
 * @most: for how many nanoseconds an event may stay
 * @now: by the clocks of the host
 */
struct age {
	uint64_t most;
	const struct store_now *now;
};

/*
 * Since which time of its boot events of a stream may stay.  Of this boot that
 * is known; of others, events are as much older than the newest one as they
 * happened before it, whatever the clock was then.
 */
static int find_limit(struct store *store, int64_t stream,
		      const struct age *age, int64_t *limit)
{
	const int64_t of_this[3] = { stream, store->stream };
	const int64_t newest[3] = { stream };
	struct spot found = { 0 };
	uint64_t older;
	int ret = ask(store,
		      "SELECT 0, 0 FROM stream AS a, stream AS b"
		      " WHERE a.id = ? AND b.id = ? AND a.boot_id = b.boot_id",
		      NULL, of_this, &found);

	if (ret < 0)
		return ret;
	*limit = age->now->boot > age->most ? age->now->boot - age->most : 0;
	if (ret)
		return 0;
	ret = ask(store,
		  "SELECT strftime('%s', time), time_boot_ns FROM event"
		  " WHERE stream = ? ORDER BY seq DESC LIMIT 1",
		  NULL, newest, &found);
	if (ret <= 0)
		return ret;
	older = age->now->wall > found.stream * NANOSECONDS ?
			age->now->wall - found.stream * NANOSECONDS :
			0;
	*limit = found.seq + 1;
	if (older <= age->most)
		*limit = found.seq - (int64_t)(age->most - older);
	return 0;
}

/* The first event of a stream that may stay, or where @most rows end. */
static int find_end(struct store *store, int64_t stream, int64_t limit,
		    uint64_t most, int64_t *end)
{
	const int64_t young[3] = { stream, most, limit };
	const int64_t beyond[3] = { stream, most };
	struct spot found = { .seq = INT64_MAX };
	int ret = ask(store,
		      "SELECT 0, seq FROM (SELECT seq, time_boot_ns FROM event"
		      " WHERE stream = ? ORDER BY seq LIMIT ?)"
		      " WHERE time_boot_ns >= ? ORDER BY seq LIMIT 1",
		      NULL, young, &found);

	if (!ret)
		ret = ask(store,
			  "SELECT 0, seq FROM event WHERE stream = ?"
			  " ORDER BY seq LIMIT 1 OFFSET ?",
			  NULL, beyond, &found);
	*end = found.seq;
	return ret < 0 ? ret : 0;
}

static int forget_old_of(struct store *store, int64_t stream,
			 const struct age *age, uint64_t *rest)
{
	struct spot end = { .stream = stream };
	int64_t limit;
	int ret = find_limit(store, stream, age, &limit);

	if (!ret)
		ret = find_end(store, stream, limit, *rest, &end.seq);
	return ret ? ret : forget_of_stream(store, end, rest);
}

static int forget_old(struct store *store, const struct age *age,
		      uint64_t *rest)
{
	struct spot at = { 0 };
	int ret = 1;

	while (ret > 0 && *rest) {
		const int64_t numbers[3] = { at.stream };

		ret = ask(store,
			  "SELECT id, 0 FROM stream WHERE id > ?"
			  " ORDER BY id LIMIT 1",
			  NULL, numbers, &at);
		if (ret > 0)
			ret = forget_old_of(store, at.stream, age, rest) ?: 1;
	}
	return ret < 0 ? ret : 0;
}

/* What tells of events that are gone goes too, but not where a record ended. */
static int tidy(struct store *store)
{
	const int64_t numbers[3] = { store->stream };
	struct spot none;
	int ret = ask(store,
		      "DELETE FROM gap WHERE stream <"
		      " (SELECT coalesce(min(stream), ?) FROM event)",
		      NULL, numbers, &none);

	if (!ret)
		ret = ask(store,
			  "DELETE FROM stream WHERE id < ? AND NOT EXISTS"
			  " (SELECT * FROM event WHERE stream = id)"
			  " AND NOT EXISTS"
			  " (SELECT * FROM gap WHERE stream = id)",
			  NULL, numbers, &none);
	if (!ret)
		ret = store_execute(store,
				    "DELETE FROM tenant WHERE events <= 0");
	return ret;
}

static int forget_all(struct store *store, const struct store_limits *limits,
		      const struct store_now *now, uint64_t *rest)
{
	const struct age age = { limits->age * NANOSECONDS, now };
	uint64_t before = *rest;
	int ret = 0;

	if (limits->age)
		ret = forget_old(store, &age, rest);
	if (!ret && limits->events && *rest)
		ret = forget_beyond(store, limits->events, rest);
	if (!ret && limits->bytes && *rest)
		ret = forget_bigger(store, limits->bytes, rest);
	return ret || *rest == before ? ret : tidy(store);
}

/* Gives the disk back what is free. */
static int shrink(struct store *store, uint64_t events)
{
	uint64_t pages = events < PAGES / PAGES_OF_EVENT ?
				 events * PAGES_OF_EVENT :
				 PAGES;
	char *sql =
		alloc_printf("PRAGMA incremental_vacuum(%" PRIu64 ")", pages);
	int ret = store_execute(store, sql);

	free(sql);
	return ret;
}

/**
 * store_prune - delete what is more than may stay
 * @store: a database that has a stream and no transaction
 * @limits: what may
 * @now: by the clocks of the host
 * @most: about how many events to delete at most
 *
 * Where the newest stream ended is known also when its events are gone.
 *
 * Return: 0, or 1 when there may be more to delete, or -EIO when @store->why
 * says what is wrong.
 */
int store_prune(struct store *store, const struct store_limits *limits,
		const struct store_now *now, uint64_t most)
{
	uint64_t rest = most;
	int ret;

	if (!limits->age && !limits->events && !limits->bytes)
		return 0;
	ret = store_execute(store, "BEGIN IMMEDIATE");
	if (ret)
		return ret;
	ret = forget_all(store, limits, now, &rest);
	if (!ret)
		ret = store_execute(store, "COMMIT");
	if (ret) {
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
		return ret;
	}
	ret = shrink(store, most);
	return ret ? ret : !rest;
}

/**
 * store_make_room - delete some of what is more than may stay
 * @store: a database that has a stream and no transaction
 * @limits: what may
 * @now: by the clocks of the host
 *
 * Little by little: so it also works where the disk is all but full.  It ends
 * where the log cannot be emptied and takes the rest of the disk.
 *
 * Return: 0, or 1 when there may be more to delete, or -EIO when @store->why
 * says what is wrong.
 */
int store_make_room(struct store *store, const struct store_limits *limits,
		    const struct store_now *now)
{
	int times = SMALL_TIMES;
	int ret = 1;

	while (ret > 0 && times--) {
		ret = store_prune(store, limits, now, SMALL);
		/* What was in the log is overwritten, not added to. */
		if (ret > 0 && store_checkpoint(store))
			ret = -EIO;
		if (ret > 0 && store_is_stuck(store))
			break;
	}
	return ret;
}
