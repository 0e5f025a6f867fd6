// SPDX-License-Identifier: GPL-2.0
/* What the module says of an event. */
#include <errno.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "decode_field.h"

static int take_end(struct nlattr *attr, struct endpoint_address *end)
{
	if (nla_len(attr) != 4 && nla_len(attr) != 16)
		return -EBADMSG;
	end->len = nla_len(attr);
	memcpy(end->ip, nla_data(attr), end->len);
	return 0;
}

static int take_cid(struct nlattr *attr, struct endpoint_address *end)
{
	end->has_cid = true;
	return decode_number(attr, UINT32_MAX, &end->cid);
}

static int take_of_event(struct nlattr *attr, void *into)
{
	struct event *event = into;

	switch (nla_type(attr)) {
	case CORDON_EVENT_LOCAL_CID:
		return take_cid(attr, &event->local);
	case CORDON_EVENT_REMOTE_CID:
		return take_cid(attr, &event->remote);
	case CORDON_EVENT_LOCAL_ADDR:
		return take_end(attr, &event->local);
	case CORDON_EVENT_REMOTE_ADDR:
		return take_end(attr, &event->remote);
	case CORDON_EVENT_DIGEST_BEFORE:
		return decode_digest(attr, &event->digest_before);
	case CORDON_EVENT_DIGEST:
		return decode_digest(attr, &event->digest);
	default:
		free(event->path);
		event->path_len = nla_len(attr);
		event->path = alloc_text(nla_data(attr), event->path_len);
		return 0;
	}
}

#define EVENT(name) offsetof(struct event, name)

static const struct field event_fields[] = {
	[CORDON_EVENT_SEQ] = { FIELD_U64, EVENT(seq) },
	[CORDON_EVENT_TENANT_SEQ] = { FIELD_U64, EVENT(tenant_seq) },
	[CORDON_EVENT_TIME_WALL] = { FIELD_U64, EVENT(time_wall) },
	[CORDON_EVENT_TIME_BOOT] = { FIELD_U64, EVENT(time_boot) },
	[CORDON_EVENT_TENANT] = { FIELD_TEXT, EVENT(tenant) },
	[CORDON_EVENT_GENERATION] = { FIELD_U64, EVENT(generation) },
	[CORDON_EVENT_CLASS] = { FIELD_U32, EVENT(class) },
	[CORDON_EVENT_OP] = { FIELD_U32, EVENT(op) },
	[CORDON_EVENT_VERDICT] = { FIELD_U32, EVENT(verdict) },
	[CORDON_EVENT_REASON] = { FIELD_U32, EVENT(reason) },
	[CORDON_EVENT_ERRNO] = { FIELD_U32, EVENT(error) },
	[CORDON_EVENT_ORIGIN] = { FIELD_TEXT, EVENT(origin) },
	[CORDON_EVENT_PID] = { FIELD_U32, EVENT(pid) },
	[CORDON_EVENT_TGID] = { FIELD_U32, EVENT(tgid) },
	[CORDON_EVENT_PPID] = { FIELD_U32, EVENT(ppid) },
	[CORDON_EVENT_COMM] = { FIELD_TEXT, EVENT(comm) },
	[CORDON_EVENT_UID] = { FIELD_U32, EVENT(uid) },
	[CORDON_EVENT_GID] = { FIELD_U32, EVENT(gid) },
	[CORDON_EVENT_CGROUP_ID] = { FIELD_U64, EVENT(cgroup_id) },
	[CORDON_EVENT_PATH] = { FIELD_OTHER },
	[CORDON_EVENT_DEV] = { FIELD_U64, EVENT(dev) },
	[CORDON_EVENT_INO] = { FIELD_U64, EVENT(ino) },
	[CORDON_EVENT_FAMILY] = { FIELD_U32, EVENT(family) },
	[CORDON_EVENT_TYPE] = { FIELD_U32, EVENT(type) },
	[CORDON_EVENT_PROTOCOL] = { FIELD_U32, EVENT(protocol) },
	[CORDON_EVENT_LOCAL_ADDR] = { FIELD_OTHER },
	[CORDON_EVENT_LOCAL_PORT] = { FIELD_U32, EVENT(local.port) },
	[CORDON_EVENT_REMOTE_ADDR] = { FIELD_OTHER },
	[CORDON_EVENT_REMOTE_PORT] = { FIELD_U32, EVENT(remote.port) },
	[CORDON_EVENT_TARGET_PID] = { FIELD_U32, EVENT(target_pid) },
	[CORDON_EVENT_REPEAT] = { FIELD_U32, EVENT(repeat) },
	[CORDON_EVENT_NAME] = { FIELD_OTHER },
	[CORDON_EVENT_LOCAL_CID] = { FIELD_OTHER },
	[CORDON_EVENT_REMOTE_CID] = { FIELD_OTHER },
	[CORDON_EVENT_SUPPRESSED] = { FIELD_U64, EVENT(suppressed) },
	[CORDON_EVENT_LOGINUID] = { FIELD_U32, EVENT(loginuid) },
	[CORDON_EVENT_GENERATION_BEFORE] = { FIELD_U64,
					     EVENT(generation_before) },
	[CORDON_EVENT_DIGEST_BEFORE] = { FIELD_OTHER },
	[CORDON_EVENT_DIGEST] = { FIELD_OTHER },
	[CORDON_EVENT_WHY] = { FIELD_OTHER },
};

/**
 * decode_event - an event
 * @header: the message
 * @event: becomes the event; the caller clears it, also after an error
 *
 * Return: 0, or -EBADMSG.
 */
int decode_event(struct nlmsghdr *header, struct event *event)
{
	struct nlattr *attr = decode_main(header, CORDON_A_EVENT);
	int ret;

	memset(event, 0, sizeof(*event));
	if (!attr)
		return -EBADMSG;
	ret = decode_fields(attr, event_fields, CORDON_EVENT_MAX, event,
			    take_of_event);
	if (!ret && (!event->tenant || !event->origin || !event->comm))
		return -EBADMSG;
	return ret;
}

/**
 * event_clear - free what an event holds
 * @event: the event
 */
void event_clear(struct event *event)
{
	free(event->tenant);
	free(event->origin);
	free(event->comm);
	free(event->path);
	memset(event, 0, sizeof(*event));
}
