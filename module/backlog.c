// SPDX-License-Identifier: GPL-2.0
/*
 * From a hook to whoever listens: a bounded ring that hooks put records into,
 * and a worker that takes them out in order and sends them.
 */
#include "backlog.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "audit.h"
#include "history.h"
#include "netlink.h"

/* Jiffies. */
#define SEND_DELAY 1

/**
 * struct backlog - events that are not sent yet
 * @lock: protects all of it and how many each tenant has in it; taken before
 * that of a tally; interrupts are off while it is held
 * @ring: the events
 * @max: size of @ring
 * @first: place of the oldest
 * @count: how many there are
 * @bytes: memory that they take
 * @seq: number of the newest event ever
 * @work: sends them, a moment after the first came, so that whoever made it goes
 * on first and the worker is woken for many at once
 */
struct backlog {
	spinlock_t lock; /* see above */
	struct event **ring;
	u32 max;
	u32 first;
	u32 count;
	u64 bytes;
	u64 seq;
	struct delayed_work work;
};

static struct backlog backlog;
static struct workqueue_struct *workqueue;

/*
 * A tenant may have half as many events in the ring as there are free places.
 * So a storm of one leaves two thirds to others, one of two tenants a half, and
 * as long as fewer tenants storm than there are places, there is room for an
 * event of one that does not.
 */
static bool has_room(const struct tally *tally)
{
	u32 free = backlog.max - backlog.count;

	return free && tally->queued <= (free - 1) / 2;
}

static void number(struct event *event)
{
	struct tally *tally = &event->tenant->tally;

	lockdep_assert_held(&tally->lock);
	event->seq = ++backlog.seq;
	event->tenant_seq = ++tally->records;
}

static void put_into_ring(struct event *event)
{
	lockdep_assert_held(&backlog.lock);
	event->tenant->tally.queued++;
	backlog.bytes += event->size;
	backlog.ring[(backlog.first + backlog.count++) % backlog.max] = event;
}

/* Numbers an event and queues it; @held: it is counted as pending already. */
static void add(struct event *event, bool held)
{
	struct tally *tally = &event->tenant->tally;
	unsigned long flags;
	bool room, hurry;

	spin_lock_irqsave(&backlog.lock, flags);
	room = has_room(tally);
	hurry = backlog.count && backlog.count == backlog.max / 4;
	spin_lock(&tally->lock);
	number(event);
	if (held && !room) {
		tally->counters.of[EVENT_PENDING]--;
		tally->counters.of[EVENT_LOST]++;
	} else if (!held) {
		tally_count(tally, room ? EVENT_PENDING : EVENT_LOST);
	}
	spin_unlock(&tally->lock);
	if (room)
		put_into_ring(event);
	spin_unlock_irqrestore(&backlog.lock, flags);
	if (!room)
		event_put(event);
	else if (hurry)
		mod_delayed_work(workqueue, &backlog.work, 0);
	else
		queue_delayed_work(workqueue, &backlog.work, SEND_DELAY);
}

/**
 * backlog_add - send an event, or count it as lost for want of room
 * @event: the event, which is taken over
 *
 * Context: any; does not sleep.
 */
void backlog_add(struct event *event)
{
	add(event, false);
}

/**
 * backlog_add_held - the same for one that is counted as pending already
 * @event: the event, which is taken over
 *
 * Context: any; does not sleep.
 */
void backlog_add_held(struct event *event)
{
	add(event, true);
}

/**
 * backlog_drop - count an event that could not be recorded
 * @tenant: its tenant
 *
 * It gets a number, too, so that listeners see that one is missing.
 *
 * Context: any; does not sleep.
 */
void backlog_drop(struct tenant *tenant)
{
	struct tally *tally = &tenant->tally;
	unsigned long flags;

	spin_lock_irqsave(&backlog.lock, flags);
	spin_lock(&tally->lock);
	backlog.seq++;
	tally->records++;
	tally_count(tally, EVENT_LOST);
	spin_unlock(&tally->lock);
	spin_unlock_irqrestore(&backlog.lock, flags);
}

/* Takes the oldest event out; it stays counted as pending. */
static struct event *take_event(void)
{
	struct event *event = NULL;
	unsigned long flags;

	spin_lock_irqsave(&backlog.lock, flags);
	if (backlog.count) {
		event = backlog.ring[backlog.first];
		backlog.first = (backlog.first + 1) % backlog.max;
		backlog.count--;
		backlog.bytes -= event->size;
		event->tenant->tally.queued--;
	}
	spin_unlock_irqrestore(&backlog.lock, flags);
	return event;
}

static void settle(struct event *event, enum event_fate fate)
{
	tally_move(&event->tenant->tally, EVENT_PENDING, fate);
	event_forget_tenant(event);
}

/*
 * It is in the history before anybody can learn from a later one that it is
 * missing.
 */
static void send_event(struct event *event)
{
	struct sk_buff *skb = netlink_event_message(event);

	if (!skb) {
		settle(event, EVENT_LOST);
		event_put(event);
		return;
	}
	history_add(event);
	netlink_send_event(skb);
	settle(event, EVENT_SENT);
	event_put(event);
}

static void send_events(struct work_struct *work)
{
	struct event *event;

	while ((event = take_event())) {
		send_event(event);
		audit_run(workqueue);
		cond_resched();
	}
}

/**
 * backlog_run - have work done on the queue of events
 * @work: the work
 * @delay: jiffies from now
 *
 * Context: any; does not sleep.
 */
void backlog_run(struct delayed_work *work, unsigned long delay)
{
	queue_delayed_work(workqueue, work, delay);
}

/**
 * backlog_read - how full the backlog is
 * @state: set to it
 *
 * Context: any; does not sleep.
 */
void backlog_read(struct backlog_state *state)
{
	unsigned long flags;

	spin_lock_irqsave(&backlog.lock, flags);
	state->max = backlog.max;
	state->bytes = backlog.bytes;
	spin_unlock_irqrestore(&backlog.lock, flags);
}

/**
 * backlog_flush - wait until all events are sent that were added before
 *
 * Context: may sleep.
 */
void backlog_flush(void)
{
	flush_delayed_work(&backlog.work);
}

/**
 * backlog_init - make the backlog
 * @max: how many events it holds, at least 1
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int backlog_init(u32 max)
{
	spin_lock_init(&backlog.lock);
	INIT_DELAYED_WORK(&backlog.work, send_events);
	backlog.max = max;
	backlog.ring = kvcalloc(max, sizeof(*backlog.ring), GFP_KERNEL);
	if (!backlog.ring)
		return -ENOMEM;
	workqueue = alloc_workqueue("cordon", WQ_UNBOUND, 0);
	if (!workqueue) {
		kvfree(backlog.ring);
		return -ENOMEM;
	}
	return 0;
}

/**
 * backlog_exit - send what is left and free the backlog
 *
 * Context: may sleep; nobody adds events any more.
 */
void backlog_exit(void)
{
	flush_delayed_work(&backlog.work);
	destroy_workqueue(workqueue);
	audit_exit();
	WARN_ON(backlog.count);
	kvfree(backlog.ring);
}
