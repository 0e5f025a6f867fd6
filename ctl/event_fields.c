// SPDX-License-Identifier: GPL-2.0
/*
 * Keys are stable: one that is there today stays, with its type.  Numbers are
 * exact; what has no name is told as its number.
 */
#include "event_fields.h"

#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "names.h"
#include "text.h"

/* What a task that never logged in has for a uid. */
#define NO_LOGIN UINT32_MAX

/**
 * struct teller - tells of one event
 * @event: the event
 * @take: who is told
 * @into: its last argument
 */
struct teller {
	const struct event *event;
	event_field_take take;
	void *into;
};

static void tell(const struct teller *teller, const char *key,
		 enum event_field_kind kind, uint64_t number)
{
	const struct event_field field = { .key = key,
					   .kind = kind,
					   .number = number };

	teller->take(&field, teller->into);
}

static void tell_nothing(const struct teller *teller, const char *key)
{
	tell(teller, key, EVENT_FIELD_NOTHING, 0);
}

static void tell_boolean(const struct teller *teller, const char *key,
			 bool value)
{
	tell(teller, key, EVENT_FIELD_BOOLEAN, value);
}

static void tell_number(const struct teller *teller, const char *key,
			uint64_t number)
{
	tell(teller, key, EVENT_FIELD_NUMBER, number);
}

/* Nothing where an event has no such thing. */
static void tell_optional(const struct teller *teller, const char *key,
			  bool has, uint64_t number)
{
	if (has)
		tell_number(teller, key, number);
	else
		tell_nothing(teller, key);
}

static void tell_text(const struct teller *teller, const char *key,
		      const char *text, size_t len, bool stays)
{
	const struct event_field field = { .key = key,
					   .kind = EVENT_FIELD_TEXT,
					   .text = text,
					   .len = len,
					   .stays = stays };

	teller->take(&field, teller->into);
}

/* A text that was made for this, or NULL, which is freed. */
static void tell_made(const struct teller *teller, const char *key, char *text)
{
	if (text)
		tell_text(teller, key, text, strlen(text), false);
	else
		tell_nothing(teller, key);
	free(text);
}

/* Bytes that are not UTF-8 are escaped, all of them; whether they were. */
static bool tell_bytes(const struct teller *teller, const char *key,
		       const char *bytes, size_t len)
{
	bool escaped = bytes && !text_is_utf8(bytes, len);

	if (!bytes)
		tell_nothing(teller, key);
	else if (escaped)
		tell_made(teller, key, text_escape(bytes, len));
	else
		tell_text(teller, key, bytes, len, true);
	return escaped;
}

static void tell_string(const struct teller *teller, const char *key,
			const char *text)
{
	tell_bytes(teller, key, text, text ? strlen(text) : 0);
}

static void tell_name(const struct teller *teller, const char *key,
		      const struct name *table, uint32_t value)
{
	const char *name = names_text(table, value);

	if (name)
		tell_text(teller, key, name, strlen(name), true);
	else
		tell_number(teller, key, value);
}

static void tell_digest(const struct teller *teller, const char *key,
			const struct digest *digest)
{
	tell_made(teller, key,
		  digest->known ?
			  text_hex(digest->bytes, sizeof(digest->bytes)) :
			  NULL);
}

static void tell_path(const struct teller *teller, const char *key,
		      const char *escaped)
{
	const struct event *event = teller->event;

	tell_boolean(teller, escaped,
		     tell_bytes(teller, key, event->path, event->path_len));
}

/* A number of the host's, of which a tenant is told none of its own events. */
static void tell_host_number(const struct teller *teller, const char *key,
			     uint64_t number)
{
	tell_optional(teller, key, teller->event->seq, number);
}

static void tell_decision(const struct teller *teller)
{
	const struct event *event = teller->event;

	tell_string(teller, "tenant", event->tenant);
	tell_host_number(teller, "generation", event->generation);
	tell_name(teller, "class", names_class, event->class);
	tell_name(teller, "op", names_ops_of_class(event->class), event->op);
	tell_name(teller, "verdict", names_verdict, event->verdict);
	tell_name(teller, "reason", names_reason, event->reason);
	tell_number(teller, "errno", event->error);
	tell_made(teller, "errno_name",
		  event->error ? text_errno(event->error) : NULL);
	tell_string(teller, "origin", event->origin);
}

static void tell_task(const struct teller *teller)
{
	const struct event *event = teller->event;

	tell_number(teller, "pid", event->pid);
	tell_number(teller, "tgid", event->tgid);
	tell_number(teller, "ppid", event->ppid);
	tell_boolean(teller, "comm_escaped",
		     tell_bytes(teller, "comm", event->comm,
				strlen(event->comm)));
	tell_number(teller, "uid", event->uid);
	tell_number(teller, "gid", event->gid);
	tell_number(teller, "cgroup_id", event->cgroup_id);
}

static void tell_file(const struct teller *teller)
{
	const struct event *event = teller->event;

	tell_path(teller, "path", "path_escaped");
	tell_number(teller, "dev_major", event->dev >> 32);
	tell_number(teller, "dev_minor", (uint32_t)event->dev);
	tell_number(teller, "ino", event->ino);
}

/**
 * struct end_keys - what the parts of one end of a socket are called
 * @addr: the IP address
 * @cid: the vsock context id
 * @port: the port
 */
struct end_keys {
	const char *addr;
	const char *cid;
	const char *port;
};

static void tell_end(const struct teller *teller, const struct end_keys *keys,
		     const struct endpoint_address *end)
{
	tell_made(teller, keys->addr,
		  end->len ? text_address(end->ip, end->len) : NULL);
	tell_optional(teller, keys->cid, end->has_cid, end->cid);
	tell_optional(teller, keys->port, end->len || end->has_cid, end->port);
}

static void tell_socket(const struct teller *teller)
{
	static const struct end_keys local = { "local_addr", "local_cid",
					       "local_port" };
	static const struct end_keys remote = { "remote_addr", "remote_cid",
						"remote_port" };
	const struct event *event = teller->event;

	tell_name(teller, "family", names_family, event->family);
	if (event->type)
		tell_name(teller, "type", names_socket_type, event->type);
	else
		tell_nothing(teller, "type");
	tell_name(teller, "protocol", names_protocol_of(event->family),
		  event->protocol);
	tell_end(teller, &local, &event->local);
	tell_end(teller, &remote, &event->remote);
	tell_path(teller, "name", "name_escaped");
}

static void tell_admin(const struct teller *teller)
{
	const struct event *event = teller->event;

	tell_optional(teller, "loginuid",
		      event->seq && event->loginuid != NO_LOGIN,
		      event->loginuid);
	tell_host_number(teller, "generation_before", event->generation_before);
	tell_digest(teller, "digest_before", &event->digest_before);
	tell_digest(teller, "digest", &event->digest);
	tell_path(teller, "why", "why_escaped");
}

static void tell_object(const struct teller *teller)
{
	const struct event *event = teller->event;

	switch (event->class) {
	case CORDON_CLASS_FILE:
		tell_file(teller);
		break;
	case CORDON_CLASS_SOCKET:
		tell_socket(teller);
		break;
	case CORDON_CLASS_STREAM:
		tell_number(teller, "suppressed", event->suppressed);
		break;
	case CORDON_CLASS_ADMIN:
		tell_admin(teller);
		break;
	default:
		if (event->target_pid)
			tell_number(teller, "target_pid", event->target_pid);
	}
}

/**
 * event_fields - tell all that an event has
 * @event: the event
 * @take: called for every field, in the order in which people are told
 * @into: its last argument
 */
void event_fields(const struct event *event, event_field_take take, void *into)
{
	const struct teller teller = { event, take, into };

	tell_made(&teller, "time", text_time_utc(event->time_wall));
	tell_number(&teller, "time_boot_ns", event->time_boot);
	tell_host_number(&teller, "seq", event->seq);
	tell_number(&teller, "tenant_seq", event->tenant_seq);
	tell_decision(&teller);
	tell_task(&teller);
	tell_object(&teller);
	tell_number(&teller, "repeat", event->repeat);
}
