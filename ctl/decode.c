// SPDX-License-Identifier: GPL-2.0
/* What the module says of policy, of itself and of members. */
#include "decode.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "decode_field.h"

/**
 * decode_generation - the generation in the reply to a commit
 * @header: the message
 * @generation: becomes the generation
 *
 * Return: 0, or -EBADMSG.
 */
int decode_generation(struct nlmsghdr *header, uint64_t *generation)
{
	struct nlattr *attr = decode_main(header, CORDON_A_GENERATION);

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

static int take_of_tenant(struct nlattr *attr, void *into)
{
	struct tenant_state *state = into;
	struct policy_tenant *tenant = &state->tenant;

	if (nla_type(attr) == CORDON_TENANT_SETUP)
		return decode_text(attr, &array_push(tenant->setup,
						     tenant->setup_count)
						  ->text);
	return decode_fields(attr, selector_fields, CORDON_SELECTOR_MAX,
			     array_push(tenant->selectors,
					tenant->selector_count),
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
	[CORDON_TENANT_REVOKE] = { FIELD_FLAG, TENANT(tenant.revoke) },
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
	[CORDON_TENANT_EVENT_SELF] = { FIELD_FLAG, TENANT(tenant.event_self) },
	[CORDON_TENANT_SEALED] = { FIELD_FLAG, TENANT(sealed) },
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
	struct nlattr *attr = decode_main(header, CORDON_A_TENANT);
	int ret;

	memset(state, 0, sizeof(*state));
	if (!attr)
		return -EBADMSG;
	state->tenant.has_guard = true;
	ret = decode_fields(attr, tenant_fields, CORDON_TENANT_MAX, state,
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
	int ret = decode_fields(attr, fields, CORDON_ADDR_MAX, &wire, take_ip);

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

	return decode_fields(attr, fields, CORDON_PORT_MAX, ports, NULL);
}

static int take_name(struct nlattr *attr, struct policy_rule *rule)
{
	struct pattern *pattern =
		array_push(rule->patterns, rule->pattern_count);

	pattern->abstract = nla_type(attr) == CORDON_RULE_ABSTRACT;
	return decode_text(attr, &pattern->text);
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
		ret = decode_number(attr, FAMILIES_MAX - 1, &number);
		rule->families |= ret ? 0 : BIT_ULL(number);
		return ret;
	case CORDON_RULE_TYPE:
		ret = decode_number(attr, 15, &number);
		rule->types |= ret ? 0 : 1U << number;
		return ret;
	case CORDON_RULE_PROTOCOL:
		return decode_number(attr, UINT32_MAX,
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
		ret = decode_fields(attr, rule_fields, CORDON_RULE_MAX, rule,
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
		return decode_digest(attr, &status->digest);
	return decode_text(attr, array_push(status->hooks, status->hook_count));
}

#define STATUS(name) offsetof(struct status, name)

static const struct field status_fields[] = {
	[CORDON_STATUS_VERSION] = { FIELD_TEXT, STATUS(version) },
	[CORDON_STATUS_LOADED] = { FIELD_U64, STATUS(loaded) },
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
	[CORDON_STATUS_SEALED] = { FIELD_FLAG, STATUS(sealed) },
	[CORDON_STATUS_SEALED_TENANTS] = { FIELD_U32, STATUS(sealed_tenants) },
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
	struct nlattr *attr = decode_main(header, CORDON_A_STATUS);
	int ret = -EBADMSG;

	memset(status, 0, sizeof(*status));
	if (attr)
		ret = decode_fields(attr, status_fields, CORDON_STATUS_MAX,
				    status, take_of_status);
	return !ret && !status->version ? -EBADMSG : ret;
}

#define MEMBER(name) offsetof(struct member, name)

static const struct field member_fields[] = {
	[CORDON_MEMBER_TENANT] = { FIELD_TEXT, MEMBER(tenant) },
	[CORDON_MEMBER_PID] = { FIELD_U32, MEMBER(pid) },
	[CORDON_MEMBER_TGID] = { FIELD_U32, MEMBER(tgid) },
	[CORDON_MEMBER_COMM] = { FIELD_TEXT, MEMBER(comm) },
	[CORDON_MEMBER_PPID] = { FIELD_U32, MEMBER(ppid) },
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
	struct nlattr *attr = decode_main(header, CORDON_A_MEMBER);
	int ret;

	memset(member, 0, sizeof(*member));
	if (!attr)
		return -EBADMSG;
	ret = decode_fields(attr, member_fields, CORDON_MEMBER_MAX, member,
			    NULL);
	return !ret && (!member->tenant || !member->comm) ? -EBADMSG : ret;
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
