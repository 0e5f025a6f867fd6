// SPDX-License-Identifier: GPL-2.0
/*
 * Accounts of tenants, and the sum of all.
 *
 * The sum is worked out when somebody asks: keeping it would be one more lock
 * for every event.  Each account adds up by itself, so their sum does.
 */
#include "tally.h"

#include <linux/rculist.h>
#include <linux/seqlock.h>
#include <linux/timekeeping.h>

/* Changes to the list and to what those had that are off it. */
static DEFINE_SEQLOCK(tallies_lock);
static LIST_HEAD(tallies);
static struct event_counters gone;

static void add(struct event_counters *sum, const struct event_counters *more)
{
	u32 i;

	for (i = 0; i < EVENT_FATES; i++)
		sum->of[i] += more->of[i];
}

/**
 * tally_init - open an account
 * @tally: all zero; becomes part of the sum
 *
 * Context: any; does not sleep.
 */
void tally_init(struct tally *tally)
{
	unsigned long flags;

	spin_lock_init(&tally->lock);
	write_seqlock_irqsave(&tallies_lock, flags);
	list_add_rcu(&tally->list, &tallies);
	write_sequnlock_irqrestore(&tallies_lock, flags);
}

/**
 * tally_exit - close an account; what it had stays in the sum
 * @tally: the account, whose memory has to stay for a grace period of RCU
 *
 * Context: any; does not sleep.
 */
void tally_exit(struct tally *tally)
{
	unsigned long flags;

	WARN_ON_ONCE(tally->counters.of[EVENT_PENDING]);
	write_seqlock_irqsave(&tallies_lock, flags);
	list_del_rcu(&tally->list);
	add(&gone, &tally->counters);
	write_sequnlock_irqrestore(&tallies_lock, flags);
}

/**
 * tally_move - change the fate of an event
 * @tally: the account
 * @from: what it was
 * @to: what it becomes
 *
 * Context: any; does not sleep.
 */
void tally_move(struct tally *tally, enum event_fate from, enum event_fate to)
{
	unsigned long flags;

	spin_lock_irqsave(&tally->lock, flags);
	tally->counters.of[from]--;
	tally->counters.of[to]++;
	spin_unlock_irqrestore(&tally->lock, flags);
}

/**
 * tally_admits - whether one more event may be reported now
 * @tally: the account
 * @limit: of the tenant's policy
 * @lane: what kind of event it is
 *
 * Context: any; does not sleep.
 * Return: false when it has to be suppressed.
 */
bool tally_admits(struct tally *tally, const struct bucket_limit *limit,
		  enum event_lane lane)
{
	u64 now = ktime_get_coarse_boottime_ns();
	unsigned long flags;
	bool admits;

	spin_lock_irqsave(&tally->lock, flags);
	admits = bucket_take(&tally->buckets[lane], limit, now);
	spin_unlock_irqrestore(&tally->lock, flags);
	return admits;
}

static void read_one(struct tally *tally, struct event_counters *counters)
{
	unsigned long flags;

	spin_lock_irqsave(&tally->lock, flags);
	*counters = tally->counters;
	spin_unlock_irqrestore(&tally->lock, flags);
}

static void sum_up(struct event_counters *sum)
{
	struct event_counters one;
	struct tally *tally;

	rcu_read_lock();
	list_for_each_entry_rcu(tally, &tallies, list) {
		read_one(tally, &one);
		add(sum, &one);
	}
	rcu_read_unlock();
}

/**
 * tally_read - read counters that belong together
 * @tally: the account, or NULL for the sum of all since the module was loaded
 * @counters: set to them
 *
 * Context: may sleep.
 */
void tally_read(struct tally *tally, struct event_counters *counters)
{
	u32 begun;

	if (tally) {
		read_one(tally, counters);
		return;
	}
	do {
		cond_resched();
		begun = read_seqbegin(&tallies_lock);
		*counters = gone;
		sum_up(counters);
	} while (read_seqretry(&tallies_lock, begun));
}
