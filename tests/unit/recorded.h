/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of records share: a database, and events that no kernel made. */
#ifndef UNIT_RECORDED_H
#define UNIT_RECORDED_H

#include "support.h"

#include "record.h"

#define BOOT "00000000-0000-4000-8000-000000000001"
#define OTHER_BOOT "00000000-0000-4000-8000-000000000002"
#define SECOND 1000000000ULL
#define DAY (24 * 60 * 60ULL)

/* A directory of our own, and a record in it. */
struct recorded {
	char directory[64];
	char file[80];
	struct record record;
};

#define EVENTS                                                                 \
	"SELECT coalesce(group_concat(stream || ':' || seq, ' '), '') FROM"    \
	" (SELECT stream, seq FROM event ORDER BY stream, seq)"
#define GAPS                                                                   \
	"SELECT coalesce(group_concat(stream || ':' || first_seq || '-' ||"    \
	" coalesce(last_seq, ''), ' '), '') FROM"                              \
	" (SELECT * FROM gap ORDER BY 1, 2)"

int recorded_set_up(void **state);
int recorded_isolate(void **state);
void recorded_mount(const struct recorded *place, unsigned int mebibytes);
int recorded_set_up_room(void **state);
void recorded_remove(struct recorded *place);
int recorded_tear_down(void **state);
struct event recorded_event(uint64_t load, uint64_t seq);
void recorded_add(struct recorded *place, uint64_t load, uint64_t first,
		  uint64_t last);
void recorded_open(struct recorded *place);
struct load_id recorded_load(const char *boot, uint64_t number);
uint64_t recorded_resume(struct recorded *place, const char *boot,
			 uint64_t number);
int recorded_execute(const struct recorded *place, const char *sql);
void recorded_expect(const struct recorded *place, const char *sql,
		     const char *expected);

#define in_place(test)                                                         \
	cmocka_unit_test_setup_teardown(test, recorded_set_up,                 \
					recorded_tear_down)

#define in_room(test)                                                          \
	cmocka_unit_test_setup_teardown(test, recorded_set_up_room,            \
					recorded_tear_down)

#endif /* UNIT_RECORDED_H */
