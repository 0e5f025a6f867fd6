// SPDX-License-Identifier: GPL-2.0
/*
 * One audit record an event.  It reaches auditd when one runs and the kernel
 * log otherwise.  Type 1400 is the one that other MAC systems use.
 *
 * Events are read from the history, at the speed of the audit subsystem: one
 * that is stuck holds up nobody but this worker.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "audit.h"

#include <linux/audit.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/in6.h>
#include <linux/kdev_t.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/workqueue.h>

#include "bucket.h"
#include "event.h"
#include "history.h"
#include "names.h"
#include "pure.h"

/*
 * The backlog of the audit subsystem by default has room for 64 records, and is
 * everybody's.  So many are put into it at once and so many a second, however
 * often there is something new: it has to have time to pass them on.
 */
#define PACE_BURST 16
#define PACE_RATE 1600
#define PACE_MS 10

/* How long unloading waits for records that are left. */
#define STOP_MS 2000

/* The longest run of bytes that one %*phN prints. */
#define HEX_CHUNK 64

static bool is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isascii(text[i]) || !isgraph(text[i]) || text[i] == '"')
			return false;
	return true;
}

/*
 * A value that a tenant chose: quoted when it has only printable characters,
 * else in hexadecimal, which is how audit readers know what to undo.
 */
static void log_untrusted(struct audit_buffer *ab, const char *key,
			  const char *text, size_t len)
{
	size_t i;

	if (is_plain(text, len)) {
		audit_log_format(ab, " %s=\"%.*s\"", key, (int)len, text);
		return;
	}
	audit_log_format(ab, " %s=", key);
	for (i = 0; i < len; i += HEX_CHUNK)
		audit_log_format(ab, "%*phN",
				 (int)min_t(size_t, len - i, HEX_CHUNK),
				 text + i);
}

static void log_address(struct audit_buffer *ab, const char *what,
			const u8 *address, u8 len, u32 port)
{
	if (len == EVENT_CID_LEN)
		audit_log_format(ab, " %scid=%u %sport=%u", what,
				 get_unaligned((const u32 *)address), what,
				 port);
	else if (len == 4)
		audit_log_format(ab, " %saddr=%pI4 %sport=%u", what, address,
				 what, port);
	else if (len == 16)
		audit_log_format(ab, " %saddr=%pI6c %sport=%u", what, address,
				 what, port);
}

static void log_file(struct audit_buffer *ab, const struct event *event)
{
	const struct event_file *file = &event->object.file;

	log_untrusted(ab, "name", event_path(event), event->path_len);
	audit_log_format(ab, " dev=%u:%u ino=%llu", MAJOR(file->dev),
			 MINOR(file->dev), file->ino);
}

static void log_socket(struct audit_buffer *ab, const struct event *event)
{
	const struct event_socket *socket = &event->object.socket;

	audit_log_format(ab, " family=%u sock_type=%u protocol=%u",
			 socket->family, socket->type, socket->protocol);
	log_address(ab, "l", socket->local, socket->local_len,
		    socket->local_port);
	log_address(ab, "r", socket->remote, socket->remote_len,
		    socket->remote_port);
	if (event->path_len)
		log_untrusted(ab, "name", event_path(event), event->path_len);
}

static void log_admin(struct audit_buffer *ab, const struct event *event)
{
	const struct event_admin *admin = &event->object.admin;

	audit_log_format(ab, " auid=%u before=%llu", admin->loginuid,
			 admin->before);
	if (event->op != CORDON_ADMIN_OP_REQUEST)
		audit_log_format(ab, " old_digest=%*phN new_digest=%*phN",
				 DIGEST_SIZE, admin->digest_before, DIGEST_SIZE,
				 admin->digest);
	if (event->path_len)
		log_untrusted(ab, "why", event_path(event), event->path_len);
}

static void log_object(struct audit_buffer *ab, const struct event *event)
{
	const union event_object *object = &event->object;

	if (event->class == CORDON_CLASS_FILE)
		log_file(ab, event);
	else if (event->class == CORDON_CLASS_SOCKET)
		log_socket(ab, event);
	else if (event->class == CORDON_CLASS_STREAM)
		audit_log_format(ab, " suppressed=%llu", object->suppressed);
	else if (event->class == CORDON_CLASS_ADMIN)
		log_admin(ab, event);
	else if (object->target_pid)
		audit_log_format(ab, " opid=%u", object->target_pid);
}

static bool is_denial(const struct event *event)
{
	return event->verdict == CORDON_VERDICT_DENIED ||
	       event->verdict == CORDON_VERDICT_WOULD_DENY;
}

/*
 * How other MAC systems begin and end: ausearch and aureport read no other
 * records of this type.  To them a denial in audit mode is a permissive one.
 */
static void log_begin(struct audit_buffer *ab, const struct event *event)
{
	audit_log_format(ab, "avc:  %s  { %s } for  pid=%u ppid=%u uid=%u",
			 is_denial(event) ? "denied" : "granted",
			 name_op(event->class, event->op), event->tgid,
			 event->ppid, event->uid);
	log_untrusted(ab, "comm", event->comm,
		      strnlen(event->comm, sizeof(event->comm)));
}

static void log_end(struct audit_buffer *ab, const struct event *event)
{
	const char *tenant = event_tenant(event);

	/* No tenant has that for a name. */
	audit_log_format(ab, " scontext=%s tclass=%s", *tenant ? tenant : "-",
			 name_class(event->class));
	if (is_denial(event))
		audit_log_format(ab, " permissive=%u",
				 event->verdict == CORDON_VERDICT_WOULD_DENY);
}

static void log_decision(struct audit_buffer *ab, const struct event *event)
{
	audit_log_format(ab, " cordon=\"%s\" tenant=\"%s\"",
			 name_verdict(event->verdict), event_tenant(event));
	log_untrusted(ab, "rule", event_origin(event),
		      strlen(event_origin(event)));
	audit_log_format(ab, " errno=%u seq=%llu generation=%llu", event->error,
			 event->seq, event->generation);
	if (event->repeat > 1)
		audit_log_format(ab, " repeat=%u", event->repeat);
}

/*
 * Returns false when the audit subsystem does not take it.  While that has no
 * room this waits, as long as the administrator of audit says: whoever does not
 * wait may be what the kernel is set up to panic about.
 */
static bool log_event(const struct event *event)
{
	struct audit_buffer *ab = audit_log_start(NULL, GFP_KERNEL, AUDIT_AVC);

	if (!ab)
		return false;
	log_begin(ab, event);
	log_object(ab, event);
	log_decision(ab, event);
	log_end(ab, event);
	audit_log_end(ab);
	return true;
}

/**
 * struct auditor - how far events are logged
 * @next: how many were added to the history before the one that is next
 * @state: what became of those before it
 * @pace: has a token for each record that may be logged now
 * @end: from then on, in nanoseconds since boot, none is logged any more
 */
struct auditor {
	u64 next;
	struct audit_state state;
	struct bucket pace;
	u64 end;
};

static struct auditor auditor = { .end = U64_MAX };

/* Waits until a record may be logged; returns false when none may any more. */
static bool wait_for_turn(void)
{
	const struct bucket_limit limit = bucket_limit(PACE_RATE, PACE_BURST);
	u64 now = ktime_get_ns();

	while (now < READ_ONCE(auditor.end)) {
		if (bucket_take(&auditor.pace, &limit, now))
			return true;
		msleep(PACE_MS);
		now = ktime_get_ns();
	}
	return false;
}

/* Logs the next event; returns false when there is none. */
static bool log_next(void)
{
	u64 number = auditor.next;
	struct event *event = history_nth(&number);
	u64 missed = number - auditor.next;

	auditor.next = number;
	if (event) {
		auditor.next++;
		if (wait_for_turn() && log_event(event))
			WRITE_ONCE(auditor.state.logged,
				   auditor.state.logged + 1);
		else
			missed++;
		event_put(event);
	}
	WRITE_ONCE(auditor.state.missed, auditor.state.missed + missed);
	return event;
}

static void log_events(struct work_struct *work)
{
	while (log_next())
		;
}

static DECLARE_WORK(audit_work, log_events);

/**
 * audit_run - log what is new in the history
 * @workqueue: where
 *
 * Context: any; does not sleep.
 */
void audit_run(struct workqueue_struct *workqueue)
{
	queue_work(workqueue, &audit_work);
}

/**
 * audit_read - what became of events
 * @state: set to it
 *
 * Context: any; does not sleep.
 */
void audit_read(struct audit_state *state)
{
	state->logged = READ_ONCE(auditor.state.logged);
	state->missed = READ_ONCE(auditor.state.missed);
}

/**
 * audit_stop - log what is left, but not for long
 *
 * Context: any; does not sleep.
 */
void audit_stop(void)
{
	WRITE_ONCE(auditor.end, ktime_get_ns() + STOP_MS * NSEC_PER_MSEC);
}

/**
 * audit_exit - tell how many events were not logged
 *
 * Context: any; nothing is logged any more.
 */
void audit_exit(void)
{
	const struct audit_state *state = &auditor.state;

	if (state->missed)
		pr_notice("the audit subsystem did not get %llu of %llu events\n",
			  state->missed, state->missed + state->logged);
}
