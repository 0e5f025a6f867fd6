// SPDX-License-Identifier: GPL-2.0
/* What of a record may stay, and what it costs to delete the rest. */
#include "recorded.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

static const struct store_now no_time = { 0, 0 };

static void prune(struct recorded *place, const struct store_limits *limits,
		  const struct store_now *now)
{
	assert_int_equal(store_prune(&place->record.store, limits, now, 10000),
			 0);
}

static void test_prune(void **state)
{
	const struct store_limits by_number = { .events = 3 };
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 3, 9);
	assert_int_equal(record_idle(&place->record), 0);
	prune(place, &by_number, &no_time);
	recorded_expect(place, EVENTS, "1:7 1:8 1:9");
	recorded_expect(place, GAPS, "");
	recorded_expect(place, "SELECT events FROM tenant WHERE name = 'acme'",
			"3");
	recorded_add(place, 1, 12, 20);
	place->record.limits.events = 4;
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place, EVENTS, "1:17 1:18 1:19 1:20");
	record_close(&place->record);
	/* Where it ended is not forgotten with the events. */
	assert_int_equal(recorded_execute(place, "DELETE FROM event"),
			 SQLITE_OK);
	assert_int_equal(recorded_resume(place, BOOT, 1), 21);
}

/* The clock of the host says nothing about events of this boot. */
static void test_prune_age(void **state)
{
	const struct store_limits by_age = { .age = DAY };
	struct store_now now = { 0, 1000000 + DAY * SECOND };
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 9);
	assert_int_equal(record_idle(&place->record), 0);
	/* It was 1970, and is not any more. */
	now.wall = UINT64_MAX / 2;
	prune(place, &by_age, &now);
	recorded_expect(place, "SELECT count(*) FROM event", "9");
	now.boot += 8;
	prune(place, &by_age, &now);
	recorded_expect(place, EVENTS, "1:8 1:9");
	now.wall = 0;
	now.boot += 100;
	prune(place, &by_age, &now);
	recorded_expect(place, EVENTS, "");
}

/* Of another boot it is the time between events that counts. */
static void test_prune_age_boots(void **state)
{
	const struct store_limits by_age = { .age = DAY };
	struct store_now now = { 1795359845 * SECOND, 5 };
	struct recorded *place = *state;
	struct event event;

	recorded_resume(place, BOOT, 0);
	event = recorded_event(0, 1);
	event.time_wall = 1;
	assert_int_equal(record_take(&event, &place->record), 0);
	event = recorded_event(0, 2);
	event.time_wall = 2;
	event.time_boot = 7 * SECOND;
	assert_int_equal(record_take(&event, &place->record), 0);
	/* Then the clock was set. */
	event = recorded_event(0, 3);
	event.time_boot = 10 * SECOND;
	assert_int_equal(record_take(&event, &place->record), 0);
	assert_int_equal(record_end(&place->record), 0);
	record_close(&place->record);
	recorded_resume(place, OTHER_BOOT, 0);
	prune(place, &by_age, &now);
	recorded_expect(place, EVENTS, "1:1 1:2 1:3");
	now.wall += (DAY - 5) * SECOND;
	prune(place, &by_age, &now);
	recorded_expect(place, EVENTS, "1:2 1:3");
	now.wall += 5 * SECOND;
	prune(place, &by_age, &now);
	recorded_expect(place, EVENTS, "1:3");
	recorded_expect(place, GAPS, "1:4-");
	now.wall += SECOND;
	prune(place, &by_age, &now);
	recorded_expect(place, EVENTS, "");
	/* Nothing is left of it. */
	recorded_expect(place, GAPS, "");
	recorded_expect(place, "SELECT group_concat(id) FROM stream", "2");
}

static void add_of(struct recorded *place, const char *tenant, uint64_t first,
		   uint64_t last)
{
	uint64_t seq;

	for (seq = first; seq <= last; seq++) {
		struct event event = recorded_event(1, seq);

		event.tenant = (char *)tenant;
		assert_int_equal(record_take(&event, &place->record), 0);
	}
}

#define BY_TENANT                                                              \
	"SELECT group_concat(tenant || ' ' || number, ', ') FROM"              \
	" (SELECT tenant, count(*) AS number FROM event GROUP BY 1 ORDER BY 1)"

/* A flood costs only those something who are in it. */
static void test_prune_shares(void **state)
{
	static const struct {
		uint64_t most;
		const char *kept;
	} cases[] = {
		{ 3000, "acme 1480, ebony 20, flood 1500" },
		{ 1020, "acme 500, ebony 20, flood 500" },
		{ 31, "acme 10, ebony 10, flood 10" },
	};
	struct recorded *place = *state;
	size_t i;

	recorded_resume(place, BOOT, 1);
	add_of(place, "ebony", 1, 20);
	add_of(place, "acme", 21, 1500);
	add_of(place, "flood", 1501, 9000);
	assert_int_equal(record_idle(&place->record), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct store_limits limits = { .events = cases[i].most };

		prune(place, &limits, &no_time);
		recorded_expect(place, BY_TENANT, cases[i].kept);
	}
	/* Of each the newest. */
	recorded_expect(place,
			"SELECT min(seq) FROM event WHERE tenant = 'ebony'",
			"11");
	recorded_expect(place,
			"SELECT min(seq) FROM event WHERE tenant = 'flood'",
			"8991");
}

static int count_step(void *into)
{
	++*(unsigned long *)into;
	return 0;
}

/* What it costs to delete the same number of events of so many. */
static unsigned long cost_of_prune(struct recorded *place,
				   const struct store_limits *limits,
				   uint64_t now_boot)
{
	const struct store_now now = { 0, now_boot };
	unsigned long steps = 0;

	sqlite3_progress_handler(place->record.store.db, 10, count_step,
				 &steps);
	assert_int_equal(store_prune(&place->record.store, limits, &now, 100),
			 1);
	sqlite3_progress_handler(place->record.store.db, 0, NULL, NULL);
	return steps;
}

/* A new database, in which the tenant with most came last. */
static void fill(struct recorded *place, uint64_t count)
{
	recorded_remove(place);
	recorded_resume(place, BOOT, 1);
	add_of(place, "ebony", 1, count);
	add_of(place, "acme", count + 1, 2 * count + 1);
	assert_int_equal(record_idle(&place->record), 0);
}

/* It depends on what is deleted, not on what is there. */
static void test_prune_cost(void **state)
{
	const struct store_limits limits[] = {
		{ .events = 1000 },
		{ .age = 1 },
		{ .bytes = 1 },
	};
	struct recorded *place = *state;
	unsigned long few[ARRAY_SIZE(limits)];
	size_t i;

	fill(place, 1000);
	for (i = 0; i < ARRAY_SIZE(limits); i++)
		few[i] = cost_of_prune(place, &limits[i], UINT64_MAX / 4);
	recorded_expect(place, "SELECT count(*) FROM event", "1701");
	fill(place, 20000);
	for (i = 0; i < ARRAY_SIZE(limits); i++)
		assert_in_range(cost_of_prune(place, &limits[i],
					      UINT64_MAX / 4),
				1, 2 * few[i]);
	recorded_expect(place, "SELECT count(*) FROM event", "39701");
}

static void prune_to_mebibyte(struct recorded *place)
{
	place->record.limits.bytes = 1 << 20;
	assert_int_equal(record_end(&place->record), 0);
	recorded_expect(place,
			"SELECT page_count * page_size <= 1 << 20"
			" FROM pragma_page_count, pragma_page_size",
			"1");
}

static void test_prune_size(void **state)
{
	struct recorded *place = *state;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 20000);
	assert_int_equal(record_idle(&place->record), 0);
	recorded_expect(place,
			"SELECT page_count * page_size > 3000000"
			" FROM pragma_page_count, pragma_page_size",
			"1");
	prune_to_mebibyte(place);
	recorded_expect(place,
			"SELECT max(seq) = 20000 AND count(*) > 1000 AND"
			" max(seq) - min(seq) + 1 = count(*) FROM event",
			"1");
}

/* Gaps are not what is kept instead of events. */
static void test_prune_gaps(void **state)
{
	struct recorded *place = *state;
	uint64_t seq;

	recorded_resume(place, BOOT, 1);
	add_of(place, "ebony", 1, 1);
	for (seq = 3; seq < 60000; seq += 2)
		add_of(place, "flood", seq, seq);
	assert_int_equal(record_idle(&place->record), 0);
	prune_to_mebibyte(place);
	recorded_expect(place, "SELECT count(*) > 1000 FROM event", "1");
	recorded_expect(place,
			"SELECT count(*) FROM event WHERE tenant = 'ebony'",
			"1");
	recorded_expect(place,
			"SELECT (SELECT min(first_seq) FROM gap) >"
			" (SELECT min(seq) FROM event WHERE tenant = 'flood')",
			"1");
}

/* Where there is more than one call deletes, it goes on when it is idle. */
static void test_prune_more(void **state)
{
	struct recorded *place = *state;
	int times = 0;
	int ret;

	recorded_resume(place, BOOT, 1);
	recorded_add(place, 1, 1, 30000);
	assert_int_equal(record_idle(&place->record), 0);
	record_close(&place->record);
	place->record.limits.events = 1000;
	recorded_resume(place, BOOT, 1);
	/* The first of them went at once, little by little. */
	recorded_expect(place, "SELECT count(*) FROM event", "25904");
	while ((ret = record_idle(&place->record)) > 0)
		times++;
	assert_int_equal(ret, 0);
	assert_in_range(times, 3, 6);
	recorded_expect(place, "SELECT count(*) FROM event", "1000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_room(test_prune),	       in_room(test_prune_age),
		in_room(test_prune_age_boots), in_room(test_prune_shares),
		in_room(test_prune_cost),      in_room(test_prune_size),
		in_room(test_prune_gaps),      in_room(test_prune_more),
	};

	return cmocka_run_group_tests_name("prune", tests, recorded_isolate,
					   NULL);
}
