/* SPDX-License-Identifier: GPL-2.0 */
/* How many events of a tenant had which fate. */
#ifndef CORDON_TALLY_H
#define CORDON_TALLY_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "bucket.h"

/**
 * enum event_fate - what became of events
 * @EVENT_GENERATED: they happened
 * @EVENT_SENT: handed to the multicast group
 * @EVENT_SUPPRESSED: folded or held back on purpose
 * @EVENT_LOST: dropped for want of room or memory
 * @EVENT_PENDING: in the backlog, or held until it is known how often they
 * were repeated
 * @EVENT_FATES: (internal) how many fates there are
 */
enum event_fate {
	EVENT_GENERATED,
	EVENT_SENT,
	EVENT_SUPPRESSED,
	EVENT_LOST,
	EVENT_PENDING,
	EVENT_FATES,
};

/**
 * struct event_counters - how many events had which fate
 * @of: by enum event_fate
 *
 * Those generated are the sum of all others, at every moment.
 */
struct event_counters {
	u64 of[EVENT_FATES];
};

/**
 * enum event_lane - events that are limited by themselves
 * @LANE_DENIED: of files and sockets what is denied, which nothing came of and
 * which is easily made
 * @LANE_DONE: all else: what was done and is to be known, and what is refused
 * whatever the rules say.  Denials cannot hide it
 * @LANES: (internal) how many there are
 */
enum event_lane {
	LANE_DENIED,
	LANE_DONE,
	LANES,
};

/**
 * struct tally - the account of one tenant
 * @lock: protects all but @queued and @list; interrupts are off while it is
 * held, since events may come from softirq context
 * @counters: its events
 * @records: number of the newest record of its stream
 * @buckets: what it may still report at once, by enum event_lane
 * @queued: how many of its events are in the ring; see backlog.c
 * @list: among all tallies; see tally.c
 *
 * No lock is shared between tenants, so that what one suppresses costs another
 * nothing.
 */
struct tally {
	spinlock_t lock; /* see above */
	struct event_counters counters;
	u64 records;
	struct bucket buckets[LANES];
	u32 queued;
	struct list_head list;
};

void tally_init(struct tally *tally);
void tally_exit(struct tally *tally);
void tally_move(struct tally *tally, enum event_fate from, enum event_fate to);
bool tally_admits(struct tally *tally, const struct bucket_limit *limit,
		  enum event_lane lane);
void tally_read(struct tally *tally, struct event_counters *counters);

/**
 * tally_count - count an event that happened
 * @tally: the account
 * @fate: what becomes of it
 *
 * Context: @tally->lock is held.
 */
static inline void tally_count(struct tally *tally, enum event_fate fate)
{
	lockdep_assert_held(&tally->lock);
	tally->counters.of[EVENT_GENERATED]++;
	tally->counters.of[fate]++;
}

#endif /* CORDON_TALLY_H */
