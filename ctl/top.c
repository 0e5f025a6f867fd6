// SPDX-License-Identifier: GPL-2.0
/* Rates are the difference of two samples; a counter that fell began anew. */
#include "top.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

static void clear_sample(struct top_sample *sample)
{
	size_t i;

	for (i = 0; i < sample->count; i++)
		free(sample->rows[i].name);
	free(sample->rows);
	free(sample->host.name);
	memset(sample, 0, sizeof(*sample));
}

/**
 * top_init - begin without a sample
 * @top: becomes that; the caller clears it
 */
void top_init(struct top *top)
{
	memset(top, 0, sizeof(*top));
	top->sort = TOP_RATE;
}

static const struct top_row *find_row(const struct top_sample *sample,
				      const char *name)
{
	size_t i;

	for (i = 0; i < sample->count; i++)
		if (!strcmp(sample->rows[i].name, name))
			return &sample->rows[i];
	return NULL;
}

/* What there was before the module or the tenant began anew is not known. */
static bool goes_on(const struct counters *old, const struct counters *now)
{
	return now->generated >= old->generated &&
	       now->suppressed >= old->suppressed && now->lost >= old->lost;
}

static void set_rates(struct top_row *row, const struct top_row *old,
		      uint64_t milliseconds)
{
	const struct counters *now = &row->counters;
	double seconds = milliseconds / 1000.0;

	if (!old || !milliseconds || !goes_on(&old->counters, now))
		return;
	row->known = true;
	row->rate = (now->generated - old->counters.generated) / seconds;
	row->suppressed =
		(now->suppressed - old->counters.suppressed) / seconds;
	row->lost = (now->lost - old->counters.lost) / seconds;
}

static void fill_row(struct top_row *row, const struct tenant_state *state)
{
	const char *name = state->tenant.name;

	row->name = text_escape(name, strlen(name));
	row->mode = state->tenant.mode;
	row->tasks = state->members;
	row->counters = state->events;
}

static void fill_host(struct top_sample *sample, const struct status *status)
{
	sample->host.name = alloc_text("(host)", 6);
	sample->host.tasks = status->members;
	sample->host.counters = status->events;
	sample->generation = status->generation;
}

static double value_of(const struct top_row *row, enum top_column column)
{
	switch (column) {
	case TOP_MODE:
		return row->mode;
	case TOP_TASKS:
		return row->tasks;
	case TOP_RATE:
		return row->rate;
	case TOP_SUPPRESSED_RATE:
		return row->suppressed;
	case TOP_LOST_RATE:
		return row->lost;
	case TOP_EVENTS:
		return row->counters.generated;
	case TOP_SUPPRESSED:
		return row->counters.suppressed;
	case TOP_LOST:
		return row->counters.lost;
	case TOP_PENDING:
		return row->counters.pending;
	default:
		return 0;
	}
}

/* Numbers from the highest, names from the first; names where all is equal. */
static int compare(const void *left, const void *right, void *with)
{
	const struct top_row *a = *(const struct top_row *const *)left;
	const struct top_row *b = *(const struct top_row *const *)right;
	const struct top *top = with;
	double x = value_of(a, top->sort);
	double y = value_of(b, top->sort);
	int order = (x < y) - (x > y);

	if (!order && top->sort != TOP_TENANT)
		return strcmp(a->name, b->name);
	if (!order)
		order = strcmp(a->name, b->name);
	return top->reverse ? -order : order;
}

static void arrange(struct top *top)
{
	size_t i;

	free(top->shown);
	top->shown = alloc_zeroed(top->sample.count + 1, sizeof(*top->shown));
	top->shown_count = 0;
	for (i = 0; i < top->sample.count; i++)
		if (strcasestr(top->sample.rows[i].name, top->filter))
			top->shown[top->shown_count++] = &top->sample.rows[i];
	qsort_r(top->shown, top->shown_count, sizeof(*top->shown), compare,
		top);
}

/**
 * top_take - take a sample
 * @top: what is shown
 * @stats: what was counted
 * @time: when, in milliseconds of the monotonic clock
 */
void top_take(struct top *top, const struct stats *stats, uint64_t time)
{
	struct top_sample old = top->sample;
	struct top_sample *now = &top->sample;
	uint64_t since = old.time ? time - old.time : 0;
	size_t i;

	memset(now, 0, sizeof(*now));
	now->time = time;
	now->count = stats->tenants.count;
	now->rows = alloc_zeroed(now->count + 1, sizeof(*now->rows));
	for (i = 0; i < now->count; i++) {
		fill_row(&now->rows[i], &stats->tenants.items[i]);
		set_rates(&now->rows[i], find_row(&old, now->rows[i].name),
			  since);
	}
	fill_host(now, &stats->status);
	set_rates(&now->host, old.host.name ? &old.host : NULL, since);
	clear_sample(&old);
	arrange(top);
}

/**
 * top_sort_by - sort by a column
 * @top: what is shown
 * @column: the column
 */
void top_sort_by(struct top *top, enum top_column column)
{
	top->sort = column;
	top->reverse = false;
	top->first = 0;
	arrange(top);
}

/**
 * top_sort_next - sort by another column
 * @top: what is shown
 * @step: how many columns it is to the right
 */
void top_sort_next(struct top *top, int step)
{
	top_sort_by(top, (top->sort + TOP_COLUMNS + step) % TOP_COLUMNS);
}

/**
 * top_reverse - sort in the other direction
 * @top: what is shown
 */
void top_reverse(struct top *top)
{
	top->reverse = !top->reverse;
	arrange(top);
}

/**
 * top_filter_add - make the filter longer
 * @top: what is shown
 * @character: what is put behind it, if there is room
 */
void top_filter_add(struct top *top, char character)
{
	size_t len = strlen(top->filter);

	if (len == TOP_FILTER_MAX)
		return;
	top->filter[len] = character;
	top->filter[len + 1] = '\0';
	top->first = 0;
	arrange(top);
}

/**
 * top_filter_cut - make the filter shorter
 * @top: what is shown
 * @all: nothing of it is left; else its last character goes
 */
void top_filter_cut(struct top *top, bool all)
{
	size_t len = strlen(top->filter);

	if (len)
		top->filter[all ? 0 : len - 1] = '\0';
	top->first = 0;
	arrange(top);
}

/**
 * top_scroll - show other rows
 * @top: what is shown
 * @step: how many rows further down
 * @room: how many rows fit; the last of them is not empty if it need not be
 */
void top_scroll(struct top *top, long step, size_t room)
{
	size_t most = top->shown_count > room ? top->shown_count - room : 0;
	long first = (long)top->first + step;

	top->first = first < 0 ? 0 : (size_t)first;
	if (top->first > most)
		top->first = most;
}

/**
 * top_clear - free what is held
 * @top: what was shown
 */
void top_clear(struct top *top)
{
	clear_sample(&top->sample);
	free(top->shown);
}
