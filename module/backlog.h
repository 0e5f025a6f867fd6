/* SPDX-License-Identifier: GPL-2.0 */
/* Events on their way from hooks to listeners. */
#ifndef CORDON_BACKLOG_H
#define CORDON_BACKLOG_H

#include "event.h"

/**
 * struct backlog_state - how full the backlog is
 * @max: how many events it holds
 * @bytes: memory of those that it holds
 */
struct backlog_state {
	u32 max;
	u64 bytes;
};

void backlog_add(struct event *event);
void backlog_add_held(struct event *event);
void backlog_drop(struct tenant *tenant);
void backlog_run(struct delayed_work *work, unsigned long delay);
void backlog_read(struct backlog_state *state);
void backlog_flush(void);
int backlog_init(u32 max);
void backlog_exit(void);

#endif /* CORDON_BACKLOG_H */
