// SPDX-License-Identifier: GPL-2.0
/*
 * One audit record an event.  It reaches auditd when one runs and the kernel
 * log otherwise.  Type 1400 is the one that other MAC systems use.
 */
#include "audit.h"

#include <linux/audit.h>
#include <linux/ctype.h>
#include <linux/in6.h>
#include <linux/kdev_t.h>

#include "names.h"
#include "pure.h"

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

static void log_object(struct audit_buffer *ab, const struct event *event)
{
	const struct event_socket *socket = &event->socket;

	if (event->class == CORDON_CLASS_FILE) {
		log_untrusted(ab, "name", event_path(event), event->path_len);
		audit_log_format(ab, " dev=%u:%u ino=%llu",
				 MAJOR(event->file.dev), MINOR(event->file.dev),
				 event->file.ino);
		return;
	}
	if (event->class == CORDON_CLASS_GUARD) {
		if (event->target_pid)
			audit_log_format(ab, " opid=%u", event->target_pid);
		return;
	}
	audit_log_format(ab, " family=%u sock_type=%u protocol=%u",
			 socket->family, socket->type, socket->protocol);
	log_address(ab, "l", socket->local, socket->local_len,
		    socket->local_port);
	log_address(ab, "r", socket->remote, socket->remote_len,
		    socket->remote_port);
	if (event->path_len)
		log_untrusted(ab, "name", event_path(event), event->path_len);
}

/**
 * audit_event - log an event
 * @event: the event
 *
 * Context: may sleep.
 */
void audit_event(const struct event *event)
{
	struct audit_buffer *ab = audit_log_start(NULL, GFP_KERNEL, AUDIT_AVC);

	/* Auditing is off, or its own backlog is full: it counts that itself. */
	if (!ab)
		return;
	audit_log_format(ab,
			 "cordon=\"%s\" tenant=\"%s\" class=\"%s\" operation=\"%s\"",
			 name_verdict(event->verdict), event->tenant->name,
			 name_class(event->class),
			 name_op(event->class, event->op));
	log_untrusted(ab, "rule", event_origin(event),
		      strlen(event_origin(event)));
	audit_log_format(ab,
			 " errno=%u seq=%llu generation=%llu pid=%u ppid=%u uid=%u",
			 event->error, event->seq, event->generation,
			 event->tgid, event->ppid, event->uid);
	log_untrusted(ab, "comm", event->comm,
		      strnlen(event->comm, sizeof(event->comm)));
	log_object(ab, event);
	audit_log_end(ab);
}
