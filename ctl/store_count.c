// SPDX-License-Identifier: GPL-2.0
/*
 * A trigger that counted each event as it comes would cost a third of what
 * storing it does.
 */
#include "store_count.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

/* Place of the first whose name is not lower. */
static size_t find(const struct store_counts *counts, const char *tenant)
{
	size_t low = 0;
	size_t high = counts->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(counts->items[middle].tenant, tenant) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * store_counts_add - count an event
 * @counts: all counts
 * @tenant: name of the tenant that has one more
 */
void store_counts_add(struct store_counts *counts, const char *tenant)
{
	size_t place = find(counts, tenant);
	struct store_count *item;

	if (place == counts->count ||
	    strcmp(counts->items[place].tenant, tenant)) {
		array_push(counts->items, counts->count);
		item = &counts->items[place];
		memmove(item + 1, item,
			(counts->count - 1 - place) * sizeof(*item));
		item->tenant = alloc_text(tenant, strlen(tenant));
		item->events = 0;
	}
	counts->items[place].events++;
}

/**
 * store_counts_clear - forget all counts
 * @counts: all counts
 */
void store_counts_clear(struct store_counts *counts)
{
	size_t i;

	for (i = 0; i < counts->count; i++)
		free(counts->items[i].tenant);
	free(counts->items);
	memset(counts, 0, sizeof(*counts));
}
