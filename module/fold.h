/* SPDX-License-Identifier: GPL-2.0 */
/* What a tenant's limit keeps back, until it is summed up. */
#ifndef CORDON_FOLD_H
#define CORDON_FOLD_H

#include <linux/list.h>
#include <linux/types.h>

struct event;
struct event_cause;
struct tenant;

/* How many kinds of events are told apart among those that are kept back. */
#define FOLD_KINDS 8
/* So many are held of all tenants together, some 4 kB each at most. */
#define FOLD_HELD_MAX 1024

/**
 * struct fold - what is kept back of one tenant
 * @suppressed: how many events, those that @held repeats included
 * @held: the first event of each kind, which counts the others
 * @digests: of their kinds, see event_digest()
 * @count: how many kinds
 * @open: there is something to sum up
 * @list: among those who have; see fold.c
 *
 * Protected by the lock of the tenant's tally, but for @list.
 */
struct fold {
	u64 suppressed;
	struct event *held[FOLD_KINDS];
	u64 digests[FOLD_KINDS];
	u32 count;
	bool open;
	struct list_head list;
};

void fold_event(const struct event_cause *cause);
void fold_unrecorded(struct tenant *tenant);
void fold_exit(void);

#endif /* CORDON_FOLD_H */
