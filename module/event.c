// SPDX-License-Identifier: GPL-2.0
/*
 * From a hook to whoever listens.
 *
 * A hook makes a record, without sleeping, and puts it into a bounded backlog.
 * A worker takes records out in order and hands each to the encoders.  Every
 * event is counted: sums hold whenever the lock of the backlog is free.
 */
#include "event.h"

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include <net/sock.h>

#include "audit.h"
#include "netlink.h"

/**
 * struct backlog - events that are not sent yet
 * @lock: protects all of it and the counters of tenants; interrupts are off
 * while it is held, since events may come from softirq context
 * @ring: the events
 * @max: size of @ring
 * @first: place of the oldest
 * @count: how many there are
 * @seq: number of the newest event ever
 * @total: sums over all tenants, those that are gone included
 * @work: sends them
 */
struct backlog {
	spinlock_t lock; /* see above */
	struct event **ring;
	u32 max;
	u32 first;
	u32 count;
	u64 seq;
	struct event_counters total;
	struct work_struct work;
};

static struct backlog backlog;
static struct workqueue_struct *event_workqueue;

/* Counts one event more, or one less, for its tenant and in all. */
static void count(struct tenant *tenant, enum event_fate fate, int step)
{
	lockdep_assert_held(&backlog.lock);
	tenant->counters.of[fate] += step;
	backlog.total.of[fate] += step;
}

/**
 * event_wanted - whether a decision is to be reported
 * @cause: the decision
 *
 * Context: inside rcu_read_lock().
 * Return: false when the rule that decided says "log: never".
 */
bool event_wanted(const struct event_cause *cause)
{
	if (cause->rule == RULESET_NONE)
		return true;
	return ruleset_rule(&cause->policy->rules, cause->rule)->log !=
	       CORDON_LOG_NEVER;
}

static const char *cause_origin(const struct event_cause *cause)
{
	const struct ruleset *rules = &cause->policy->rules;

	if (cause->rule == RULESET_NONE)
		return "default";
	return ruleset_text(rules, ruleset_rule(rules, cause->rule)->origin);
}

static u8 cause_verdict(const struct event_cause *cause)
{
	if (!cause->denied)
		return CORDON_VERDICT_ALLOWED;
	return cause->policy->mode == CORDON_MODE_ENFORCE ?
		       CORDON_VERDICT_DENIED :
		       CORDON_VERDICT_WOULD_DENY;
}

/*
 * No task did anything: what is known is whose socket the packet came for, and
 * where that was made.
 */
static void describe_socket(struct event *event, struct sock *sk)
{
	struct sock_cgroup_data *made_in = &sk->sk_cgrp_data;

	event->uid = from_kuid(&init_user_ns, READ_ONCE(sk->sk_uid));
	event->gid = EVENT_NOBODY;
	event->cgroup_id = cgroup_id(sock_cgroup_ptr(made_in));
}

static void describe_subject(struct event *event)
{
	event->pid = task_pid_nr(current);
	event->tgid = task_tgid_nr(current);
	event->ppid = task_tgid_nr(rcu_dereference(current->real_parent));
	event->uid = from_kuid(&init_user_ns, current_uid());
	event->gid = from_kgid(&init_user_ns, current_gid());
	event->cgroup_id = cgroup_id(task_dfl_cgroup(current));
	/*
	 * Not get_task_comm(): who asks to trace a task holds its lock, and two
	 * that ask to trace each other would wait for ours for ever.
	 */
	strscpy_pad(event->comm, current->comm, sizeof(event->comm));
}

/**
 * event_new - make the record of an event about current, or about a packet
 * @cause: what it is about
 * @path: path of the object, or NULL
 * @path_len: its length in bytes
 *
 * The caller fills in the object and calls event_queue().  When there is no
 * memory the event is counted as lost.
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: the event, or NULL.
 */
struct event *event_new(const struct event_cause *cause, const char *path,
			size_t path_len)
{
	const char *origin = cause_origin(cause);
	size_t origin_size = strlen(origin) + 1;
	struct event *event;

	event = kzalloc(struct_size(event, text, origin_size + path_len),
			GFP_ATOMIC | __GFP_NOWARN);
	if (!event) {
		event_drop(cause->tenant);
		return NULL;
	}
	event->tenant = cause->tenant;
	event->time_wall = ktime_get_real_ns();
	event->time_boot = ktime_get_boottime_ns();
	event->generation = cause->policy->generation;
	event->class = cause->class;
	event->op = cause->op;
	event->verdict = cause_verdict(cause);
	event->reason = cause->reason;
	if (event->verdict == CORDON_VERDICT_DENIED)
		event->error = cause->error;
	if (cause->packet_for)
		describe_socket(event, (struct sock *)cause->packet_for);
	else
		describe_subject(event);
	memcpy(event->text, origin, origin_size);
	if (path_len)
		memcpy(event->text + origin_size, path, path_len);
	event->path_len = path_len;
	return event;
}

/* Numbers an event; returns false when there is no room for it. */
static bool queue_locked(struct event *event)
{
	struct tenant *tenant = event->tenant;

	lockdep_assert_held(&backlog.lock);
	event->seq = ++backlog.seq;
	count(tenant, EVENT_GENERATED, 1);
	event->tenant_seq = tenant->counters.of[EVENT_GENERATED];
	if (backlog.count == backlog.max) {
		count(tenant, EVENT_LOST, 1);
		return false;
	}
	count(tenant, EVENT_PENDING, 1);
	tenant_get(tenant);
	backlog.ring[(backlog.first + backlog.count++) % backlog.max] = event;
	return true;
}

/**
 * event_queue - put an event into the backlog
 * @event: the event, which is taken over
 *
 * Context: any; does not sleep.
 */
void event_queue(struct event *event)
{
	unsigned long flags;
	bool queued;

	spin_lock_irqsave(&backlog.lock, flags);
	queued = queue_locked(event);
	spin_unlock_irqrestore(&backlog.lock, flags);
	if (queued)
		queue_work(event_workqueue, &backlog.work);
	else
		kfree(event);
}

/**
 * event_drop - count an event that could not be recorded
 * @tenant: its tenant
 *
 * It gets a number, too, so that listeners see that one is missing.
 *
 * Context: any; does not sleep.
 */
void event_drop(struct tenant *tenant)
{
	unsigned long flags;

	spin_lock_irqsave(&backlog.lock, flags);
	backlog.seq++;
	count(tenant, EVENT_GENERATED, 1);
	count(tenant, EVENT_LOST, 1);
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
	}
	spin_unlock_irqrestore(&backlog.lock, flags);
	return event;
}

static void settle_event(struct event *event, bool sent)
{
	unsigned long flags;

	spin_lock_irqsave(&backlog.lock, flags);
	count(event->tenant, EVENT_PENDING, -1);
	count(event->tenant, sent ? EVENT_SENT : EVENT_LOST, 1);
	spin_unlock_irqrestore(&backlog.lock, flags);
	tenant_put(event->tenant);
	kfree(event);
}

static void send_events(struct work_struct *work)
{
	struct event *event;

	while ((event = take_event())) {
		audit_event(event);
		settle_event(event, !netlink_send_event(event));
		cond_resched();
	}
}

/**
 * event_counters - read counters that belong together
 * @tenant: the tenant, or NULL for the sums over all
 * @counters: set to them
 *
 * Context: any; does not sleep.
 */
void event_counters(const struct tenant *tenant,
		    struct event_counters *counters)
{
	unsigned long flags;

	spin_lock_irqsave(&backlog.lock, flags);
	*counters = tenant ? tenant->counters : backlog.total;
	spin_unlock_irqrestore(&backlog.lock, flags);
}

/**
 * event_backlog_max - how many events the backlog holds
 *
 * Return: the number.
 */
u32 event_backlog_max(void)
{
	return backlog.max;
}

/**
 * event_init - make the backlog
 * @max: how many events it holds, at least 1
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int event_init(u32 max)
{
	spin_lock_init(&backlog.lock);
	INIT_WORK(&backlog.work, send_events);
	backlog.max = max;
	backlog.ring = kvcalloc(max, sizeof(*backlog.ring), GFP_KERNEL);
	if (!backlog.ring)
		return -ENOMEM;
	event_workqueue = alloc_workqueue("cordon", WQ_UNBOUND, 1);
	if (!event_workqueue) {
		kvfree(backlog.ring);
		return -ENOMEM;
	}
	return 0;
}

/**
 * event_exit - send what is left and free the backlog
 *
 * Context: may sleep; no hook is attached any more.
 */
void event_exit(void)
{
	destroy_workqueue(event_workqueue);
	WARN_ON(backlog.count);
	kvfree(backlog.ring);
}
