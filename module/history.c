// SPDX-License-Identifier: GPL-2.0
/* A ring of the events that were sent last, by their number. */
#include "history.h"

#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>

/**
 * struct history - the ring
 * @lock: protects it; only those who may sleep use it
 * @ring: the events, in the order of their numbers
 * @max: size of @ring
 * @first: place of the oldest
 * @count: how many there are
 * @added: how many there ever were
 * @bytes: memory that they take
 */
struct history {
	struct mutex lock; /* see above */
	struct event **ring;
	u32 max;
	u32 first;
	u32 count;
	u64 added;
	u64 bytes;
};

static struct history history;

/* The event that has so many older ones. */
static struct event *nth(u32 n)
{
	return history.ring[(history.first + n) % history.max];
}

static void drop_first(void)
{
	struct event *event = nth(0);

	history.first = (history.first + 1) % history.max;
	history.count--;
	history.bytes -= event->size;
	event_put(event);
}

/**
 * history_add - keep an event in place of the oldest one
 * @event: the event, whose number is higher than that of any before it
 *
 * Context: may sleep.
 */
void history_add(struct event *event)
{
	refcount_inc(&event->refs);
	mutex_lock(&history.lock);
	if (history.count == history.max)
		drop_first();
	history.ring[(history.first + history.count++) % history.max] = event;
	history.bytes += event->size;
	history.added++;
	mutex_unlock(&history.lock);
}

/**
 * history_from - find an event
 * @seq: its number
 *
 * Context: may sleep.
 * Return: the event with that number, or else the first one behind it, for the
 * caller to put; NULL when there is none.
 */
struct event *history_from(u64 seq)
{
	struct event *event = NULL;
	u32 low = 0;
	u32 high;

	mutex_lock(&history.lock);
	high = history.count;
	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (nth(middle)->seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < history.count) {
		event = nth(low);
		refcount_inc(&event->refs);
	}
	mutex_unlock(&history.lock);
	return event;
}

/**
 * history_nth - find an event by how many were added before it
 * @number: how many; set to that of the oldest event when it is gone already
 *
 * Unlike their numbers, those have no gaps.
 *
 * Context: may sleep.
 * Return: the event, for the caller to put; NULL when there is none yet.
 */
struct event *history_nth(u64 *number)
{
	struct event *event = NULL;
	u64 gone;

	mutex_lock(&history.lock);
	gone = history.added - history.count;
	*number = max(*number, gone);
	if (*number < history.added) {
		event = nth(*number - gone);
		refcount_inc(&event->refs);
	}
	mutex_unlock(&history.lock);
	return event;
}

/**
 * history_read - what the history holds
 * @state: set to it
 *
 * Context: may sleep.
 */
void history_read(struct history_state *state)
{
	mutex_lock(&history.lock);
	state->max = history.max;
	state->count = history.count;
	state->first = history.count ? nth(0)->seq : 0;
	state->bytes = history.bytes;
	mutex_unlock(&history.lock);
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
	mutex_init(&history.lock);
	history.max = max;
	history.ring = kvcalloc(max, sizeof(*history.ring), GFP_KERNEL);
	return history.ring ? 0 : -ENOMEM;
}

/**
 * history_exit - forget all events
 *
 * Context: may sleep; nobody uses it any more.
 */
void history_exit(void)
{
	while (history.count)
		drop_first();
	kvfree(history.ring);
}
