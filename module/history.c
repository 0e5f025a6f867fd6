// SPDX-License-Identifier: GPL-2.0
/*
 * The events that were sent last, by their number.
 *
 * When there is no room for another, the tenant with the most of them loses its
 * oldest: whoever has fewer than others loses nothing by what they do.  Tenants
 * that are no more count as one, so that however many came and went, they take
 * no more room than one that is there.
 */
#include "history.h"

#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

/**
 * struct share - what there is of one tenant, which is one event at least
 * @node: in its bucket
 * @rank: in history.live or history.gone
 * @events: its events, in order
 * @tenant_id: id of the tenant
 * @count: how many events there are
 * @gone: the tenant is no more
 */
struct share {
	struct hlist_node node;
	struct rb_node rank;
	struct rb_root_cached events;
	u64 tenant_id;
	u32 count;
	bool gone;
};

/**
 * struct history - all of it
 * @lock: protects it; interrupts are off while it is held, since tenants can be
 * freed in softirq context
 * @events: the events, in the order of their numbers
 * @live: shares of tenants; the one that is to lose an event is first
 * @gone: the same of those that are no more
 * @gone_count: how many events those have
 * @shares: all shares, by hash of the id of the tenant
 * @bits: binary logarithm of the number of buckets of @shares
 * @max: bound on @count
 * @count: how many events there are
 * @added: how many there ever were
 * @bytes: memory that they take
 */
struct history {
	spinlock_t lock; /* see above */
	struct rb_root_cached events;
	struct rb_root_cached live;
	struct rb_root_cached gone;
	u32 gone_count;
	struct hlist_head *shares;
	u32 bits;
	u32 max;
	u32 count;
	u64 added;
	u64 bytes;
};

static struct history history = {
	.lock = __SPIN_LOCK_UNLOCKED(history.lock),
};

static struct event *event_at(const struct rb_node *node)
{
	return rb_entry(node, struct event, in_history);
}

static u64 seq_of(const struct rb_node *node)
{
	return event_at(node)->seq;
}

static u64 added_of(const struct rb_node *node)
{
	return event_at(node)->added;
}

static u64 tenant_seq_of(const struct rb_node *node)
{
	return rb_entry(node, struct event, in_share)->tenant_seq;
}

static bool is_older(struct rb_node *left, const struct rb_node *right)
{
	return seq_of(left) < seq_of(right);
}

static bool is_older_in_share(struct rb_node *left, const struct rb_node *right)
{
	return tenant_seq_of(left) < tenant_seq_of(right);
}

/* The first event whose number of some kind is at least that. */
static struct rb_node *first_from(const struct rb_root_cached *events,
				  u64 number,
				  u64 (*number_of)(const struct rb_node *))
{
	struct rb_node *node = events->rb_root.rb_node;
	struct rb_node *found = NULL;

	while (node) {
		if (number_of(node) < number) {
			node = node->rb_right;
		} else {
			found = node;
			node = node->rb_left;
		}
	}
	return found;
}

static struct event *oldest(const struct share *share)
{
	return rb_entry(rb_first_cached(&share->events), struct event,
			in_share);
}

static bool loses_first(struct rb_node *left, const struct rb_node *right)
{
	const struct share *a = rb_entry(left, struct share, rank);
	const struct share *b = rb_entry(right, struct share, rank);

	if (!a->gone && a->count != b->count)
		return a->count > b->count;
	return oldest(a)->seq < oldest(b)->seq;
}

static void rank(struct share *share)
{
	if (share->count)
		rb_add_cached(&share->rank,
			      share->gone ? &history.gone : &history.live,
			      loses_first);
}

/* Before anything changes that the rank depends on. */
static void unrank(struct share *share)
{
	if (share->count)
		rb_erase_cached(&share->rank,
				share->gone ? &history.gone : &history.live);
}

static struct hlist_head *bucket_of(u64 tenant_id)
{
	return &history.shares[hash_64(tenant_id, history.bits)];
}

static struct share *find_share(u64 tenant_id)
{
	struct share *share;

	hlist_for_each_entry(share, bucket_of(tenant_id), node)
		if (share->tenant_id == tenant_id)
			return share;
	return NULL;
}

static struct share *new_share(u64 tenant_id)
{
	struct share *share = kzalloc(sizeof(*share), GFP_KERNEL);

	if (share)
		share->tenant_id = tenant_id;
	return share;
}

static void link_event(struct event *event, struct share *share)
{
	lockdep_assert_held(&history.lock);
	if (!share->count)
		hlist_add_head(&share->node, bucket_of(share->tenant_id));
	unrank(share);
	rb_add_cached(&event->in_history, &history.events, is_older);
	rb_add_cached(&event->in_share, &share->events, is_older_in_share);
	share->count++;
	rank(share);
	history.count++;
	history.bytes += event->size;
}

static void unlink_event(struct event *event, struct share *share)
{
	lockdep_assert_held(&history.lock);
	unrank(share);
	rb_erase_cached(&event->in_history, &history.events);
	rb_erase_cached(&event->in_share, &share->events);
	share->count--;
	rank(share);
	history.count--;
	history.gone_count -= share->gone;
	history.bytes -= event->size;
	if (!share->count) {
		hlist_del(&share->node);
		kfree(share);
	}
}

/* There is an event. */
static struct share *find_loser(void)
{
	struct rb_node *live = rb_first_cached(&history.live);
	struct rb_node *gone = rb_first_cached(&history.gone);
	struct share *share;

	if (!live)
		return rb_entry(gone, struct share, rank);
	share = rb_entry(live, struct share, rank);
	if (gone && history.gone_count >= share->count)
		return rb_entry(gone, struct share, rank);
	return share;
}

/* Takes out an event, for the caller to put; never the newest of several. */
static struct event *take_one(void)
{
	struct share *share = find_loser();
	struct event *event = oldest(share);

	unlink_event(event, share);
	return event;
}

static struct event *get_event(const struct rb_node *node)
{
	struct event *event = node ? event_at(node) : NULL;

	if (event)
		refcount_inc(&event->refs);
	return event;
}

/**
 * history_add - keep an event, in place of another when there is no room
 * @event: the event, whose numbers are higher than those of any before it and
 * which still refers to its tenant
 *
 * Without memory it is one that was there and is not any more.
 *
 * Context: may sleep; called by one at a time.
 */
void history_add(struct event *event)
{
	/* Shares come and go here only, and this one stays that of a tenant. */
	struct share *share = find_share(event->tenant_id);
	struct event *lost = NULL;
	unsigned long flags;

	if (!share)
		share = new_share(event->tenant_id);
	spin_lock_irqsave(&history.lock, flags);
	event->added = history.added++;
	if (share) {
		refcount_inc(&event->refs);
		link_event(event, share);
		if (history.count > history.max)
			lost = take_one();
	}
	spin_unlock_irqrestore(&history.lock, flags);
	if (lost)
		event_put(lost);
}

/**
 * history_retire - a tenant is no more
 * @tenant_id: its id
 *
 * Context: any; does not sleep.
 */
void history_retire(u64 tenant_id)
{
	struct share *share;
	unsigned long flags;

	spin_lock_irqsave(&history.lock, flags);
	share = history.shares ? find_share(tenant_id) : NULL;
	if (share) {
		unrank(share);
		share->gone = true;
		history.gone_count += share->count;
		rank(share);
	}
	spin_unlock_irqrestore(&history.lock, flags);
}

/**
 * history_from - find an event
 * @seq: its number
 *
 * Context: any; does not sleep.
 * Return: the event with that number, or else the first one behind it, for the
 * caller to put; NULL when there is none.
 */
struct event *history_from(u64 seq)
{
	struct event *event;
	unsigned long flags;

	spin_lock_irqsave(&history.lock, flags);
	event = get_event(first_from(&history.events, seq, seq_of));
	spin_unlock_irqrestore(&history.lock, flags);
	return event;
}

/**
 * history_from_own - find an event of a tenant
 * @tenant_id: id of the tenant
 * @tenant_seq: number of the event in the tenant
 *
 * However many others have, it takes no longer for it.
 *
 * Context: any; does not sleep.
 * Return: the event with that number, or else the tenant's first one behind it,
 * for the caller to put; NULL when there is none.
 */
struct event *history_from_own(u64 tenant_id, u64 tenant_seq)
{
	struct event *event = NULL;
	struct share *share;
	struct rb_node *node;
	unsigned long flags;

	spin_lock_irqsave(&history.lock, flags);
	share = find_share(tenant_id);
	node = share ? first_from(&share->events, tenant_seq, tenant_seq_of) :
		       NULL;
	if (node) {
		event = rb_entry(node, struct event, in_share);
		refcount_inc(&event->refs);
	}
	spin_unlock_irqrestore(&history.lock, flags);
	return event;
}

/**
 * history_nth - find an event by how many were added before it
 * @number: how many; set to that of the first event behind it when it is gone
 * already
 *
 * Unlike their numbers, those have no gaps but by what is gone.
 *
 * Context: any; does not sleep.
 * Return: the event, for the caller to put; NULL when there is none yet.
 */
struct event *history_nth(u64 *number)
{
	struct event *event;
	unsigned long flags;

	spin_lock_irqsave(&history.lock, flags);
	event = get_event(first_from(&history.events, *number, added_of));
	*number = event ? event->added : history.added;
	spin_unlock_irqrestore(&history.lock, flags);
	return event;
}

/**
 * history_read - what the history holds
 * @state: set to it
 *
 * Context: any; does not sleep.
 */
void history_read(struct history_state *state)
{
	const struct rb_node *first;
	unsigned long flags;

	spin_lock_irqsave(&history.lock, flags);
	first = rb_first_cached(&history.events);
	state->max = history.max;
	state->count = history.count;
	state->first = first ? seq_of(first) : 0;
	state->bytes = history.bytes;
	spin_unlock_irqrestore(&history.lock, flags);
}

/**
 * history_init - make the history
 * @max: how many events it can hold, at least 1
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int history_init(u32 max)
{
	history.max = max;
	history.bits = max_t(u32, ilog2(roundup_pow_of_two(max)), 1);
	history.shares = kvcalloc(1u << history.bits, sizeof(*history.shares),
				  GFP_KERNEL);
	return history.shares ? 0 : -ENOMEM;
}

/**
 * history_exit - forget all events
 *
 * Tenants may be freed later.
 *
 * Context: may sleep; nobody asks for events any more.
 */
void history_exit(void)
{
	struct hlist_head *shares = history.shares;
	unsigned long flags;

	while (history.count) {
		struct event *event;

		spin_lock_irqsave(&history.lock, flags);
		event = take_one();
		spin_unlock_irqrestore(&history.lock, flags);
		event_put(event);
	}
	spin_lock_irqsave(&history.lock, flags);
	history.shares = NULL;
	spin_unlock_irqrestore(&history.lock, flags);
	kvfree(shares);
}
