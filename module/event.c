// SPDX-License-Identifier: GPL-2.0
/* Records of events, made without sleeping. */
#include "event.h"

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/sock.h>

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

/**
 * event_cause_origin - which rule decided
 * @cause: the decision
 *
 * Return: its origin, or "default".
 */
const char *event_cause_origin(const struct event_cause *cause)
{
	const struct ruleset *rules = &cause->policy->rules;

	if (cause->rule == RULESET_NONE)
		return "default";
	return ruleset_text(rules, ruleset_rule(rules, cause->rule)->origin);
}

/**
 * event_verdict - what becomes of what a decision is about
 * @cause: the decision
 *
 * Return: enum cordon_verdict.
 */
u8 event_verdict(const struct event_cause *cause)
{
	/* What administration may do is no matter of a tenant's mode. */
	if (cause->class == CORDON_CLASS_ADMIN)
		return cause->denied ? CORDON_VERDICT_DENIED :
				       CORDON_VERDICT_NOTED;
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

/**
 * event_generation - which policy an event is about
 * @cause: the decision
 *
 * Return: its generation.
 */
u64 event_generation(const struct event_cause *cause)
{
	if (cause->class == CORDON_CLASS_ADMIN)
		return READ_ONCE(policy_generation);
	return cause->policy->generation;
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

/* Nobody's to know, so that no two events can be made that only seem alike. */
static siphash_key_t key __ro_after_init;

/* When numbers began, in nanoseconds since boot: tells this load from others. */
static u64 began;

/**
 * event_init - choose the key of digests, and note when numbers begin
 */
void __init event_init(void)
{
	get_random_bytes(&key, sizeof(key));
	began = ktime_get_boottime_ns();
}

/**
 * event_began - when the module was loaded
 *
 * Return: nanoseconds since boot, no more than of any event.
 */
u64 event_began(void)
{
	return began;
}

/**
 * struct likeness - what makes two events the same, but for the moment and what they
 * are about
 * @generation: the policy that decided
 * @rule: its rule
 * @tgid: the process
 * @op: the operation
 * @class: its class
 * @reason: why
 * @denied: the verdict
 * @packet: whether it was a packet
 */
struct likeness {
	u64 generation;
	u32 rule;
	u32 tgid;
	u16 op;
	u8 class;
	u8 reason;
	u8 denied;
	u8 packet;
};

static_assert(sizeof(struct event_socket) ==
	      offsetofend(struct event_socket, remote_len));

static u64 digest_object(const struct event_cause *cause)
{
	const union event_object *object = &cause->object;

	if (cause->class == CORDON_CLASS_SOCKET)
		return siphash(&object->socket, sizeof(object->socket), &key);
	if (cause->class == CORDON_CLASS_FILE)
		return siphash_2u64(object->file.dev, object->file.ino, &key);
	/* Of requests only those are folded that nobody heeded. */
	if (cause->class == CORDON_CLASS_ADMIN)
		return object->admin.loginuid;
	return object->target_pid;
}

/**
 * event_digest - a number that only events of one kind have
 * @cause: what an event is about
 *
 * The same process did the same to the same object, and the same rule decided.
 *
 * Context: any; does not sleep.
 * Return: the number.
 */
u64 event_digest(const struct event_cause *cause)
{
	struct likeness like;

	/* What lies between members counts too. */
	memset(&like, 0, sizeof(like));
	like.generation = cause->policy->generation;
	like.rule = cause->rule;
	like.op = cause->op;
	like.class = cause->class;
	like.reason = cause->reason;
	like.denied = cause->denied;
	if (cause->packet_for)
		like.packet = 1;
	else
		like.tgid = task_tgid_nr(current);
	return siphash_3u64(siphash(&like, sizeof(like), &key),
			    siphash(cause->path, cause->path_len, &key),
			    digest_object(cause), &key);
}

/* A record with its texts; the rest of it is zero. */
static struct event *make(struct tenant *tenant, const char *origin,
			  const char *path, size_t path_len, gfp_t flags)
{
	size_t name_size = strlen(tenant->name) + 1;
	size_t origin_size = strlen(origin) + 1;
	struct event *event;
	size_t size;

	size = struct_size(event, text, name_size + origin_size + path_len);
	event = kzalloc(size, flags | __GFP_NOWARN);
	if (!event)
		return NULL;
	refcount_set(&event->refs, 1);
	tenant_get(tenant);
	event->tenant = tenant;
	event->tenant_id = tenant->id;
	event->size = size;
	event->repeat = 1;
	event->time_wall = ktime_get_real_ns();
	event->time_boot = ktime_get_boottime_ns();
	event->origin_at = name_size;
	event->path_at = name_size + origin_size;
	event->path_len = path_len;
	memcpy(event->text, tenant->name, name_size);
	memcpy(event->text + event->origin_at, origin, origin_size);
	if (path_len)
		memcpy(event->text + event->path_at, path, path_len);
	return event;
}

/**
 * event_new - make the record of an event about current, or about a packet
 * @cause: what it is about
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: the event, or NULL.
 */
struct event *event_new(const struct event_cause *cause)
{
	struct event *event = make(cause->tenant, event_cause_origin(cause),
				   cause->path, cause->path_len, GFP_ATOMIC);

	if (!event)
		return NULL;
	event->generation = event_generation(cause);
	event->class = cause->class;
	event->op = cause->op;
	event->verdict = event_verdict(cause);
	event->reason = cause->reason;
	if (event->verdict == CORDON_VERDICT_DENIED)
		event->error = cause->error;
	if (cause->packet_for)
		describe_socket(event, (struct sock *)cause->packet_for);
	else
		describe_subject(event);
	event->object = cause->object;
	return event;
}

/**
 * event_new_summary - make the record that says how many were suppressed
 * @tenant: the tenant
 * @suppressed: how many
 *
 * Context: may sleep.
 * Return: the event, or NULL.
 */
struct event *event_new_summary(struct tenant *tenant, u64 suppressed)
{
	struct event *event = make(tenant, "default", NULL, 0, GFP_KERNEL);

	if (!event)
		return NULL;
	event->generation = READ_ONCE(policy_generation);
	event->class = CORDON_CLASS_STREAM;
	event->op = CORDON_STREAM_OP_SUPPRESSED;
	event->verdict = CORDON_VERDICT_NOTED;
	event->reason = CORDON_REASON_LIMIT;
	event->uid = EVENT_NOBODY;
	event->gid = EVENT_NOBODY;
	event->object.suppressed = suppressed;
	return event;
}

/**
 * event_forget_tenant - let go of the tenant, whose name the event keeps
 * @event: the event
 *
 * Context: any; does not sleep.
 */
void event_forget_tenant(struct event *event)
{
	if (event->tenant)
		tenant_put(event->tenant);
	event->tenant = NULL;
}

/**
 * event_put - let go of an event
 * @event: the event
 *
 * Context: any; does not sleep.
 */
void event_put(struct event *event)
{
	if (!refcount_dec_and_test(&event->refs))
		return;
	event_forget_tenant(event);
	kfree(event);
}
