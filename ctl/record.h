/* SPDX-License-Identifier: GPL-2.0 */
/* The stream of events goes into a database. */
#ifndef CTL_RECORD_H
#define CTL_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "store.h"

/**
 * struct record - a record that is being written
 * @store: where to
 * @limits: what may stay there
 * @tight: the disk is nearly full
 * @added: how many events were added since it was looked at
 * @more: there is more to delete
 * @pruned: when that was, in milliseconds of the monotonic clock
 * @error: what the database answered, or 0
 */
struct record {
	struct store store;
	struct store_limits limits;
	bool tight;
	uint64_t added;
	bool more;
	uint64_t pruned;
	int error;
};

int record_open(struct record *record, const char *path);
int record_resume(struct record *record, const struct load_id *load);
int record_take(const struct event *event, void *into);
int record_idle(void *into);
int record_leave(struct record *record);
int record_end(struct record *record);
void record_close(struct record *record);

#endif /* CTL_RECORD_H */
