/* SPDX-License-Identifier: GPL-2.0 */
/* How many events of each tenant a transaction adds. */
#ifndef CTL_STORE_COUNT_H
#define CTL_STORE_COUNT_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct store_count - of one tenant
 * @tenant: its name
 * @events: how many
 */
struct store_count {
	char *tenant;
	uint64_t events;
};

/**
 * struct store_counts - of all that have any
 * @items: each, in the order of their names
 * @count: how many
 */
struct store_counts {
	struct store_count *items;
	size_t count;
};

void store_counts_add(struct store_counts *counts, const char *tenant);
void store_counts_clear(struct store_counts *counts);

#endif /* CTL_STORE_COUNT_H */
