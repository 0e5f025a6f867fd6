// SPDX-License-Identifier: GPL-2.0
/*
 * Each set of attributes is described by a table: where a value goes and how
 * wide it is.  A value of another length is refused, unknown attributes are
 * skipped so that an older tool reads a newer module.
 */
#include "decode.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"

/**
 * enum field_kind - how an attribute is stored
 * @FIELD_NONE: not at all
 * @FIELD_U32: in a uint32_t
 * @FIELD_U64: in a uint64_t
 * @FIELD_TEXT: as a char pointer to a copy
 * @FIELD_OTHER: by a function of the caller
 */
enum field_kind {
	FIELD_NONE,
	FIELD_U32,
	FIELD_U64,
	FIELD_TEXT,
	FIELD_OTHER,
};

/**
 * struct field - where an attribute goes
 * @kind: how
 * @offset: offset in the struct
 */
struct field {
	enum field_kind kind;
	size_t offset;
};

typedef int (*take_other)(struct nlattr *attr, void *into);

static int take_text(const struct nlattr *attr, char **text)
{
	const char *data = nla_data(attr);
	int len = nla_len(attr);

	if (len < 1 || strnlen(data, len) != (size_t)len - 1)
		return -EBADMSG;
	free(*text);
	*text = alloc_text(data, len - 1);
	return 0;
}

static int take(const struct field *field, struct nlattr *attr, void *into,
		take_other other)
{
	char *at = (char *)into + field->offset;

	switch (field->kind) {
	case FIELD_U32:
		if (nla_len(attr) != sizeof(uint32_t))
			return -EBADMSG;
		*(uint32_t *)at = nla_get_u32(attr);
		return 0;
	case FIELD_U64:
		if (nla_len(attr) != sizeof(uint64_t))
			return -EBADMSG;
		*(uint64_t *)at = nla_get_u64(attr);
		return 0;
	case FIELD_TEXT:
		return take_text(attr, (char **)at);
	case FIELD_OTHER:
		return other(attr, into);
	default:
		return 0;
	}
}

static int take_all(struct nlattr *nested, const struct field *fields, int max,
		    void *into, take_other other)
{
	struct nlattr *attr;
	int rest;
	int ret;

	nla_for_each_nested(attr, nested, rest) {
		if (nla_type(attr) > max)
			continue;
		ret = take(&fields[nla_type(attr)], attr, into, other);
		if (ret)
			return ret;
	}
	return 0;
}

/* The attribute of the main set that a message is about. */
static struct nlattr *find_main(struct nlmsghdr *header, int type)
{
	if (!genlmsg_valid_hdr(header, 0))
		return NULL;
	return nlmsg_find_attr(header, GENL_HDRLEN, type);
}

/**
 * decode_generation - the generation in the reply to a commit
 * @header: the message
 * @generation: becomes the generation
 *
 * Return: 0, or -EBADMSG.
 */
int decode_generation(struct nlmsghdr *header, uint64_t *generation)
{
	struct nlattr *attr = find_main(header, CORDON_A_GENERATION);

	if (!attr || nla_len(attr) != sizeof(*generation))
		return -EBADMSG;
	*generation = nla_get_u64(attr);
	return 0;
}

static const struct field selector_fields[] = {
	[CORDON_SELECTOR_CGROUP] = { FIELD_TEXT,
				     offsetof(struct selector, cgroup) },
	[CORDON_SELECTOR_UID_FIRST] = { FIELD_U32,
					offsetof(struct selector, uid_first) },
	[CORDON_SELECTOR_UID_LAST] = { FIELD_U32,
				       offsetof(struct selector, uid_last) },
};

static int take_digest(struct nlattr *attr, struct digest *digest)
{
	if (nla_len(attr) != sizeof(digest->bytes))
		return -EBADMSG;
	memcpy(digest->bytes, nla_data(attr), sizeof(digest->bytes));
	digest->known = true;
	return 0;
}

static int take_of_tenant(struct nlattr *attr, void *into)
{
	struct tenant_state *state = into;
	struct policy_tenant *tenant = &state->tenant;

	if (nla_type(attr) == CORDON_TENANT_REVOKE) {
		tenant->revoke = true;
		return 0;
	}
	if (nla_type(attr) == CORDON_TENANT_EVENT_SELF) {
		tenant->event_self = true;
		return 0;
	}
	if (nla_type(attr) == CORDON_TENANT_SETUP)
		return take_text(attr,
				 &array_push(tenant->setup, tenant->setup_count)
					  ->text);
	return take_all(attr, selector_fields, CORDON_SELECTOR_MAX,
			array_push(tenant->selectors, tenant->selector_count),
			NULL);
}

#define TENANT(name) offsetof(struct tenant_state, name)

static const struct field tenant_fields[] = {
	[CORDON_TENANT_NAME] = { FIELD_TEXT, TENANT(tenant.name) },
	[CORDON_TENANT_ORIGIN] = { FIELD_TEXT, TENANT(tenant.origin) },
	[CORDON_TENANT_MODE] = { FIELD_U32, TENANT(tenant.mode) },
	[CORDON_TENANT_FILE_DEFAULT] = { FIELD_U32,
					 TENANT(tenant.file_default) },
	[CORDON_TENANT_SOCKET_DEFAULT] = { FIELD_U32,
					   TENANT(tenant.socket_default) },
	[CORDON_TENANT_GUARD_ALLOW] = { FIELD_U32, TENANT(tenant.guard_allow) },
	[CORDON_TENANT_REVOKE] = { FIELD_OTHER },
	[CORDON_TENANT_SELECTOR] = { FIELD_OTHER },
	[CORDON_TENANT_SETUP] = { FIELD_OTHER },
	[CORDON_TENANT_RULES] = { FIELD_U32, TENANT(rules) },
	[CORDON_TENANT_MEMBERS] = { FIELD_U32, TENANT(members) },
	[CORDON_TENANT_GENERATED] = { FIELD_U64, TENANT(events.generated) },
	[CORDON_TENANT_SENT] = { FIELD_U64, TENANT(events.sent) },
	[CORDON_TENANT_SUPPRESSED] = { FIELD_U64, TENANT(events.suppressed) },
	[CORDON_TENANT_LOST] = { FIELD_U64, TENANT(events.lost) },
	[CORDON_TENANT_PENDING] = { FIELD_U64, TENANT(events.pending) },
	[CORDON_TENANT_EVENT_RATE] = { FIELD_U32, TENANT(tenant.event_rate) },
	[CORDON_TENANT_EVENT_BURST] = { FIELD_U32, TENANT(tenant.event_burst) },
	[CORDON_TENANT_EVENT_SELF] = { FIELD_OTHER },
	[CORDON_TENANT_BYTES] = { FIELD_U64, TENANT(bytes) },
};

/**
 * decode_tenant - a tenant of a dump
 * @header: the message
 * @state: becomes the tenant; the caller clears @state->tenant, also after an
 * error
 *
 * Return: 0, or -EBADMSG.
 */
int decode_tenant(struct nlmsghdr *header, struct tenant_state *state)
{
	struct nlattr *attr = find_main(header, CORDON_A_TENANT);
	int ret;

	memset(state, 0, sizeof(*state));
	if (!attr)
		return -EBADMSG;
	ret = take_all(attr, tenant_fields, CORDON_TENANT_MAX, state,
		       take_of_tenant);
	return !ret && !state->tenant.name ? -EBADMSG : ret;
}

/**
 * struct wire_address - an address as the wire has it
 * @address: its bytes
 * @prefix_len: length of its prefix
 */
struct wire_address {
	struct address address;
	uint32_t prefix_len;
};

static int take_ip(struct nlattr *attr, void *into)
{
	struct wire_address *wire = into;

	if (nla_len(attr) != 4 && nla_len(attr) != 16)
		return -EBADMSG;
	wire->address.len = nla_len(attr);
	memcpy(wire->address.ip, nla_data(attr), nla_len(attr));
	return 0;
}

static int take_address(struct nlattr *attr, struct policy_rule *rule)
{
	static const struct field fields[] = {
		[CORDON_ADDR_IP] = { FIELD_OTHER },
		[CORDON_ADDR_PREFIX_LEN] = { FIELD_U32,
					     offsetof(struct wire_address,
						      prefix_len) },
	};
	struct wire_address wire = { 0 };
	int ret = take_all(attr, fields, CORDON_ADDR_MAX, &wire, take_ip);

	if (ret || !wire.address.len || wire.prefix_len > wire.address.len * 8U)
		return -EBADMSG;
	wire.address.prefix_len = wire.prefix_len;
	*array_push(rule->addresses, rule->address_count) = wire.address;
	return 0;
}

static int take_range(struct nlattr *attr, struct ports *ports)
{
	static const struct field fields[] = {
		[CORDON_PORT_FIRST] = { FIELD_U32,
					offsetof(struct ports, first) },
		[CORDON_PORT_LAST] = { FIELD_U32,
				       offsetof(struct ports, last) },
	};

	return take_all(attr, fields, CORDON_PORT_MAX, ports, NULL);
}

static int take_number(struct nlattr *attr, uint32_t most, uint32_t *number)
{
	if (nla_len(attr) != sizeof(*number) || nla_get_u32(attr) > most)
		return -EBADMSG;
	*number = nla_get_u32(attr);
	return 0;
}

static int take_name(struct nlattr *attr, struct policy_rule *rule)
{
	struct pattern *pattern =
		array_push(rule->patterns, rule->pattern_count);

	pattern->abstract = nla_type(attr) == CORDON_RULE_ABSTRACT;
	return take_text(attr, &pattern->text);
}

static int take_of_rule(struct nlattr *attr, void *into)
{
	struct policy_rule *rule = into;
	uint32_t number = 0;
	int ret;

	switch (nla_type(attr)) {
	case CORDON_RULE_PATH:
	case CORDON_RULE_ABSTRACT:
		return take_name(attr, rule);
	case CORDON_RULE_ADDR:
		return take_address(attr, rule);
	case CORDON_RULE_FAMILY:
		ret = take_number(attr, FAMILIES_MAX - 1, &number);
		rule->families |= ret ? 0 : BIT_ULL(number);
		return ret;
	case CORDON_RULE_TYPE:
		ret = take_number(attr, 15, &number);
		rule->types |= ret ? 0 : 1U << number;
		return ret;
	case CORDON_RULE_PROTOCOL:
		return take_number(attr, UINT32_MAX,
				   array_push(rule->protocols,
					      rule->protocol_count));
	case CORDON_RULE_CID:
		return take_range(attr,
				  array_push(rule->cids, rule->cid_count));
	default:
		return take_range(attr,
				  array_push(rule->ports, rule->port_count));
	}
}

#define RULE(name) offsetof(struct policy_rule, name)

static const struct field rule_fields[] = {
	[CORDON_RULE_CLASS] = { FIELD_U32, RULE(class) },
	[CORDON_RULE_ACTION] = { FIELD_U32, RULE(action) },
	[CORDON_RULE_OPS] = { FIELD_U32, RULE(ops) },
	[CORDON_RULE_LOG] = { FIELD_U32, RULE(log) },
	[CORDON_RULE_ORIGIN] = { FIELD_TEXT, RULE(origin) },
	[CORDON_RULE_PATH] = { FIELD_OTHER },
	[CORDON_RULE_FAMILY] = { FIELD_OTHER },
	[CORDON_RULE_PROTO] = { FIELD_U32, RULE(protos) },
	[CORDON_RULE_ADDR] = { FIELD_OTHER },
	[CORDON_RULE_PORT] = { FIELD_OTHER },
	[CORDON_RULE_ABSTRACT] = { FIELD_OTHER },
	[CORDON_RULE_TYPE] = { FIELD_OTHER },
	[CORDON_RULE_PROTOCOL] = { FIELD_OTHER },
	[CORDON_RULE_CID] = { FIELD_OTHER },
	[CORDON_RULE_PEER] = { FIELD_U32, RULE(peer) },
};

/**
 * decode_rules - the rules in a message
 * @header: the message
 * @tenant: the rules are appended to it
 *
 * Return: 0, or -EBADMSG.
 */
int decode_rules(struct nlmsghdr *header, struct policy_tenant *tenant)
{
	struct nlattr *attr;
	int rest;
	int ret;

	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	nlmsg_for_each_attr(attr, header, GENL_HDRLEN, rest) {
		struct policy_rule *rule;

		if (nla_type(attr) != CORDON_A_RULE)
			continue;
		rule = array_push(tenant->rules, tenant->rule_count);
		ret = take_all(attr, rule_fields, CORDON_RULE_MAX, rule,
			       take_of_rule);
		if (ret)
			return ret;
	}
	return 0;
}

static int take_of_status(struct nlattr *attr, void *into)
{
	struct status *status = into;

	if (nla_type(attr) == CORDON_STATUS_DIGEST)
		return take_digest(attr, &status->digest);
	return take_text(attr, array_push(status->hooks, status->hook_count));
}

#define STATUS(name) offsetof(struct status, name)

static const struct field status_fields[] = {
	[CORDON_STATUS_VERSION] = { FIELD_TEXT, STATUS(version) },
	[CORDON_STATUS_GENERATION] = { FIELD_U64, STATUS(generation) },
	[CORDON_STATUS_TENANTS] = { FIELD_U32, STATUS(tenants) },
	[CORDON_STATUS_RULES] = { FIELD_U32, STATUS(rules) },
	[CORDON_STATUS_MEMBERS] = { FIELD_U32, STATUS(members) },
	[CORDON_STATUS_MEMBERS_MAX] = { FIELD_U32, STATUS(members_max) },
	[CORDON_STATUS_POLICY_BYTES] = { FIELD_U64, STATUS(policy_bytes) },
	[CORDON_STATUS_POLICY_BYTES_MAX] = { FIELD_U64,
					     STATUS(policy_bytes_max) },
	[CORDON_STATUS_BACKLOG_MAX] = { FIELD_U32, STATUS(backlog_max) },
	[CORDON_STATUS_GENERATED] = { FIELD_U64, STATUS(events.generated) },
	[CORDON_STATUS_SENT] = { FIELD_U64, STATUS(events.sent) },
	[CORDON_STATUS_SUPPRESSED] = { FIELD_U64, STATUS(events.suppressed) },
	[CORDON_STATUS_LOST] = { FIELD_U64, STATUS(events.lost) },
	[CORDON_STATUS_PENDING] = { FIELD_U64, STATUS(events.pending) },
	[CORDON_STATUS_BACKLOG_BYTES] = { FIELD_U64, STATUS(backlog_bytes) },
	[CORDON_STATUS_HISTORY] = { FIELD_U32, STATUS(history) },
	[CORDON_STATUS_HISTORY_MAX] = { FIELD_U32, STATUS(history_max) },
	[CORDON_STATUS_HISTORY_FIRST] = { FIELD_U64, STATUS(history_first) },
	[CORDON_STATUS_HISTORY_BYTES] = { FIELD_U64, STATUS(history_bytes) },
	[CORDON_STATUS_AUDIT_LOGGED] = { FIELD_U64, STATUS(audit_logged) },
	[CORDON_STATUS_AUDIT_MISSED] = { FIELD_U64, STATUS(audit_missed) },
	[CORDON_STATUS_HOOK] = { FIELD_OTHER },
	[CORDON_STATUS_DIGEST] = { FIELD_OTHER },
	[CORDON_STATUS_SOCKETS] = { FIELD_U32, STATUS(sockets) },
	[CORDON_STATUS_SOCKETS_MAX] = { FIELD_U32, STATUS(sockets_max) },
};

/**
 * decode_status - the state of the module
 * @header: the message
 * @status: becomes the state; the caller clears it, also after an error
 *
 * Return: 0, or -EBADMSG.
 */
int decode_status(struct nlmsghdr *header, struct status *status)
{
	struct nlattr *attr = find_main(header, CORDON_A_STATUS);
	int ret;

	memset(status, 0, sizeof(*status));
	if (!attr)
		return -EBADMSG;
	ret = take_all(attr, status_fields, CORDON_STATUS_MAX, status,
		       take_of_status);
	return !ret && !status->version ? -EBADMSG : ret;
}

#define MEMBER(name) offsetof(struct member, name)

static const struct field member_fields[] = {
	[CORDON_MEMBER_TENANT] = { FIELD_TEXT, MEMBER(tenant) },
	[CORDON_MEMBER_PID] = { FIELD_U32, MEMBER(pid) },
	[CORDON_MEMBER_TGID] = { FIELD_U32, MEMBER(tgid) },
	[CORDON_MEMBER_COMM] = { FIELD_TEXT, MEMBER(comm) },
};

/**
 * decode_member - a task of a dump
 * @header: the message
 * @member: becomes the task; the caller clears it, also after an error
 *
 * Return: 0, or -EBADMSG.
 */
int decode_member(struct nlmsghdr *header, struct member *member)
{
	struct nlattr *attr = find_main(header, CORDON_A_MEMBER);
	int ret;

	memset(member, 0, sizeof(*member));
	if (!attr)
		return -EBADMSG;
	ret = take_all(attr, member_fields, CORDON_MEMBER_MAX, member, NULL);
	return !ret && (!member->tenant || !member->comm) ? -EBADMSG : ret;
}

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
	return take_number(attr, UINT32_MAX, &end->cid);
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
		return take_digest(attr, &event->digest_before);
	case CORDON_EVENT_DIGEST:
		return take_digest(attr, &event->digest);
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
	struct nlattr *attr = find_main(header, CORDON_A_EVENT);
	int ret;

	memset(event, 0, sizeof(*event));
	if (!attr)
		return -EBADMSG;
	ret = take_all(attr, event_fields, CORDON_EVENT_MAX, event,
		       take_of_event);
	if (!ret && (!event->tenant || !event->origin || !event->comm))
		return -EBADMSG;
	return ret;
}

/**
 * status_clear - free what a status holds
 * @status: the status
 */
void status_clear(struct status *status)
{
	size_t i;

	for (i = 0; i < status->hook_count; i++)
		free(status->hooks[i]);
	free(status->hooks);
	free(status->version);
	memset(status, 0, sizeof(*status));
}

/**
 * member_clear - free what a member holds
 * @member: the member
 */
void member_clear(struct member *member)
{
	free(member->tenant);
	free(member->comm);
	memset(member, 0, sizeof(*member));
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
