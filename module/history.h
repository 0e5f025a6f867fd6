/* SPDX-License-Identifier: GPL-2.0 */
/* Events that were sent, for those who missed them. */
#ifndef CORDON_HISTORY_H
#define CORDON_HISTORY_H

#include "event.h"

/**
 * struct history_state - what the history holds
 * @max: how many events it can hold
 * @count: how many it does
 * @first: number of the oldest, 0 when there is none
 * @bytes: memory that they take
 */
struct history_state {
	u32 max;
	u32 count;
	u64 first;
	u64 bytes;
};

void history_add(struct event *event);
void history_retire(u64 tenant_id);
struct event *history_from(u64 seq);
struct event *history_from_own(u64 tenant_id, u64 tenant_seq);
struct event *history_nth(u64 *number);
void history_read(struct history_state *state);
int history_init(u32 max);
void history_exit(void);

#endif /* CORDON_HISTORY_H */
