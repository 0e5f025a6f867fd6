// SPDX-License-Identifier: GPL-2.0
/*
 * One audit record an event.  It reaches auditd when one runs and the kernel
 * log otherwise.  Type 1400 is the one that other MAC systems use.
 *
 * Events are read from the history, at the speed of the audit subsystem: one
 * that is stuck holds up nobody but this worker.
 */
#include "audit.h"

#include <linux/audit.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/in6.h>
#include <linux/kdev_t.h>
#include <linux/workqueue.h>

#include "event.h"
#include "history.h"
#include "names.h"
#include "pure.h"

/*
 * So many records are put into the backlog of the audit subsystem, which by
 * default has room for 64 and is everybody's, before it has time to pass them
 * on.
 */
#define PACE_RECORDS 16
#define PACE_MS 10

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

/* Returns false when the audit subsystem does not take it. */
static bool log_event(const struct event *event, gfp_t flags)
{
	struct audit_buffer *ab = audit_log_start(NULL, flags, AUDIT_AVC);

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
 * @stopping: it is to wait for nothing
 */
struct auditor {
	u64 next;
	struct audit_state state;
	bool stopping;
};

static struct auditor auditor;

/* Logs the next event; returns false when there is none. */
static bool log_next(void)
{
	bool hurry = READ_ONCE(auditor.stopping);
	u64 number = auditor.next;
	struct event *event = history_nth(&number);
	u64 missed = number - auditor.next;

	auditor.next = number;
	if (event) {
		auditor.next++;
		if (log_event(event, hurry ? GFP_NOWAIT : GFP_KERNEL))
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
	u32 logged = 0;

	while (log_next())
		if (++logged % PACE_RECORDS == 0 &&
		    !READ_ONCE(auditor.stopping))
			msleep(PACE_MS);
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
 * audit_stop - from now on log what the audit subsystem takes at once
 *
 * Context: any; does not sleep.
 */
void audit_stop(void)
{
	WRITE_ONCE(auditor.stopping, true);
}
