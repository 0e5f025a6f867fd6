/* SPDX-License-Identifier: GPL-2.0 */
/* Tenants by what happens to them now: what 'top' shows, whatever shows it. */
#ifndef CTL_TOP_H
#define CTL_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats.h"

/**
 * enum top_column - the columns, which can be sorted by
 * @TOP_TENANT: name of the tenant
 * @TOP_MODE: its mode
 * @TOP_TASKS: how many tasks belong to it
 * @TOP_RATE: events a second
 * @TOP_SUPPRESSED_RATE: suppressed a second
 * @TOP_LOST_RATE: lost a second
 * @TOP_EVENTS: events in all
 * @TOP_SUPPRESSED: suppressed in all
 * @TOP_LOST: lost in all
 * @TOP_PENDING: not sent yet
 * @TOP_COLUMNS: how many columns there are
 */
enum top_column {
	TOP_TENANT,
	TOP_MODE,
	TOP_TASKS,
	TOP_RATE,
	TOP_SUPPRESSED_RATE,
	TOP_LOST_RATE,
	TOP_EVENTS,
	TOP_SUPPRESSED,
	TOP_LOST,
	TOP_PENDING,
	TOP_COLUMNS
};

/* Bytes that a filter can have. */
#define TOP_FILTER_MAX 32

/**
 * struct top_row - a tenant
 * @name: its name, safe to print
 * @mode: its mode
 * @tasks: how many tasks belong to it
 * @counters: what became of its events
 * @known: there are rates: it was there the last time, too
 * @rate: events a second
 * @suppressed: suppressed a second
 * @lost: lost a second
 */
struct top_row {
	char *name;
	uint32_t mode;
	uint32_t tasks;
	struct counters counters;
	bool known;
	double rate;
	double suppressed;
	double lost;
};

/**
 * struct top_sample - what was counted at a moment
 * @rows: the tenants
 * @count: how many
 * @host: all of them, and what is no tenant's
 * @generation: of policy
 * @time: when, in milliseconds of the monotonic clock
 */
struct top_sample {
	struct top_row *rows;
	size_t count;
	struct top_row host;
	uint64_t generation;
	uint64_t time;
};

/**
 * struct top - what is shown, and how
 * @sample: the last sample
 * @shown: those of its rows that are shown, in order
 * @shown_count: how many
 * @sort: column that they are sorted by
 * @reverse: in the other direction
 * @filter: what names have to contain
 * @first: index of the first that is on the screen
 */
struct top {
	struct top_sample sample;
	const struct top_row **shown;
	size_t shown_count;
	enum top_column sort;
	bool reverse;
	char filter[TOP_FILTER_MAX + 1];
	size_t first;
};

void top_init(struct top *top);
void top_take(struct top *top, const struct stats *stats, uint64_t time);
void top_sort_by(struct top *top, enum top_column column);
void top_sort_next(struct top *top, int step);
void top_reverse(struct top *top);
void top_filter_add(struct top *top, char character);
void top_filter_cut(struct top *top, bool all);
void top_scroll(struct top *top, long step, size_t room);
void top_clear(struct top *top);

#endif /* CTL_TOP_H */
