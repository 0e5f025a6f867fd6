// SPDX-License-Identifier: GPL-2.0
/*
 * Events beyond a tenant's limit.
 *
 * Of each kind the first is held and counts those that are like it; those for
 * which there is no place are only counted.  After a second what is held is
 * sent, and a summary says how many were suppressed.  So a storm costs a few
 * records a second, however fast it is, and no memory beyond those.
 */
#include "fold.h"

#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "backlog.h"
#include "event.h"

/* How long events are kept back. */
#define PERIOD HZ

static atomic_t held;

/* Tenants that have something to sum up, a reference to each is held. */
static DEFINE_SPINLOCK(open_lock);
static LIST_HEAD(open_folds);

static void close_folds(struct work_struct *work);
static DECLARE_DELAYED_WORK(close_work, close_folds);

static bool is_known(const struct fold *fold, u64 digest, u32 *place)
{
	for (*place = 0; *place < fold->count; ++*place)
		if (fold->digests[*place] == digest)
			return true;
	return false;
}

/* Only counts an event; returns false if it is the first one of its kind. */
static bool count_known(struct tenant *tenant, u64 digest)
{
	struct fold *fold = &tenant->fold;
	u32 place;

	lockdep_assert_held(&tenant->tally.lock);
	if (is_known(fold, digest, &place)) {
		struct event *event = fold->held[place];

		event->repeat += event->repeat != U32_MAX;
	} else if (fold->count < FOLD_KINDS) {
		return false;
	}
	fold->suppressed++;
	tally_count(&tenant->tally, EVENT_SUPPRESSED);
	return true;
}

static bool try_known(struct tenant *tenant, u64 digest)
{
	unsigned long flags;
	bool known;

	spin_lock_irqsave(&tenant->tally.lock, flags);
	known = count_known(tenant, digest);
	spin_unlock_irqrestore(&tenant->tally.lock, flags);
	return known;
}

/* Lets go of one that is not held after all. */
static void drop(struct event *event)
{
	atomic_dec(&held);
	event_put(event);
}

/*
 * Holds the first event of a kind.  It is only counted when there is no room or
 * memory for it, or when another task was faster.
 */
static void hold(struct tenant *tenant, struct event *event, u64 digest)
{
	struct fold *fold = &tenant->fold;
	unsigned long flags;

	spin_lock_irqsave(&tenant->tally.lock, flags);
	if (!event) {
		fold->suppressed++;
		tally_count(&tenant->tally, EVENT_SUPPRESSED);
	} else if (!count_known(tenant, digest)) {
		fold->digests[fold->count] = digest;
		fold->held[fold->count++] = event;
		tally_count(&tenant->tally, EVENT_PENDING);
		event = NULL;
	}
	spin_unlock_irqrestore(&tenant->tally.lock, flags);
	if (event)
		drop(event);
}

static struct event *make(const struct event_cause *cause)
{
	struct event *event = NULL;

	if (atomic_inc_return(&held) <= FOLD_HELD_MAX)
		event = event_new(cause);
	if (!event)
		atomic_dec(&held);
	return event;
}

/* Sees to it that what is kept back is summed up. */
static void open_fold(struct tenant *tenant)
{
	struct fold *fold = &tenant->fold;
	unsigned long flags;
	bool opened;

	if (READ_ONCE(fold->open))
		return;
	spin_lock_irqsave(&open_lock, flags);
	opened = !fold->open;
	if (opened) {
		WRITE_ONCE(fold->open, true);
		tenant_get(tenant);
		list_add_tail(&fold->list, &open_folds);
	}
	spin_unlock_irqrestore(&open_lock, flags);
	if (opened)
		backlog_run(&close_work, PERIOD);
}

/**
 * fold_event - take an event that is beyond its tenant's limit
 * @cause: what it is about
 *
 * Context: inside rcu_read_lock(); does not sleep.
 */
void fold_event(const struct event_cause *cause)
{
	struct tenant *tenant = cause->tenant;
	u64 digest = event_digest(cause);

	if (!try_known(tenant, digest))
		hold(tenant, make(cause), digest);
	open_fold(tenant);
}

/**
 * fold_unrecorded - the same for one that cannot be recorded
 * @tenant: its tenant
 *
 * Context: any; does not sleep.
 */
void fold_unrecorded(struct tenant *tenant)
{
	hold(tenant, NULL, 0);
	open_fold(tenant);
}

/* Empties a fold; what it had is in @was. */
static void take(struct tenant *tenant, struct fold *was)
{
	struct fold *fold = &tenant->fold;
	unsigned long flags;

	spin_lock_irqsave(&tenant->tally.lock, flags);
	*was = *fold;
	fold->suppressed = 0;
	fold->count = 0;
	spin_unlock_irqrestore(&tenant->tally.lock, flags);
}

static void close_fold(struct tenant *tenant)
{
	struct event *summary;
	struct fold was;
	u32 i;

	take(tenant, &was);
	for (i = 0; i < was.count; i++)
		backlog_add_held(was.held[i]);
	atomic_sub(was.count, &held);
	if (!was.suppressed)
		return;
	summary = event_new_summary(tenant, was.suppressed);
	if (summary)
		backlog_add(summary);
	else
		backlog_drop(tenant);
}

/* From now on the tenant's next event that is kept back opens it anew. */
static struct tenant *take_first(struct list_head *folds)
{
	struct tenant *tenant;
	unsigned long flags;

	spin_lock_irqsave(&open_lock, flags);
	tenant = list_first_entry_or_null(folds, struct tenant, fold.list);
	if (tenant) {
		list_del(&tenant->fold.list);
		WRITE_ONCE(tenant->fold.open, false);
	}
	spin_unlock_irqrestore(&open_lock, flags);
	return tenant;
}

static void close_folds(struct work_struct *work)
{
	struct tenant *tenant;
	LIST_HEAD(due);

	/* Those that open meanwhile have their own period. */
	spin_lock_irq(&open_lock);
	list_splice_init(&open_folds, &due);
	spin_unlock_irq(&open_lock);
	while ((tenant = take_first(&due))) {
		close_fold(tenant);
		tenant_put(tenant);
		cond_resched();
	}
}

/**
 * fold_exit - sum up all that is kept back
 *
 * Context: may sleep; nobody adds events any more.
 */
void fold_exit(void)
{
	cancel_delayed_work_sync(&close_work);
	close_folds(NULL);
}
