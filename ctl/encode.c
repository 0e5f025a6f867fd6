// SPDX-License-Identifier: GPL-2.0
/*
 * Messages have room to spare by construction, so a put that fails is a
 * mistake of this file: it ends the program rather than send half a rule.
 */
#include "encode.h"

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "slice.h"

static void must(int error)
{
	if (!error)
		return;
	fprintf(stderr, "cordonctl: internal error: a message is too long\n");
	abort();
}

static void put_text(struct nl_msg *message, int type, const char *text)
{
	must(nla_put_string(message, type, text));
}

static void put_u32(struct nl_msg *message, int type, uint32_t value)
{
	must(nla_put_u32(message, type, value));
}

/* The kernel's strict validation insists on the flag of nested attributes. */
static struct nlattr *nest(struct nl_msg *message, int type)
{
	struct nlattr *start = nla_nest_start(message, type | NLA_F_NESTED);

	must(!start);
	return start;
}

/**
 * encode_command - begin a message
 * @family: number of the family
 * @command: a cordon_cmd
 * @flags: NLM_F_DUMP or 0
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_command(int family, uint8_t command, int flags)
{
	struct nl_msg *message = nlmsg_alloc_size(ENCODE_MESSAGE_ROOM);

	if (!message ||
	    !genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags,
			 command, CORDON_PROTOCOL_VERSION))
		alloc_failed();
	return message;
}

static void put_selector(struct nl_msg *message,
			 const struct selector *selector)
{
	struct nlattr *start = nest(message, CORDON_TENANT_SELECTOR);

	if (selector->cgroup) {
		put_text(message, CORDON_SELECTOR_CGROUP, selector->cgroup);
	} else {
		put_u32(message, CORDON_SELECTOR_UID_FIRST,
			selector->uid_first);
		put_u32(message, CORDON_SELECTOR_UID_LAST, selector->uid_last);
	}
	nla_nest_end(message, start);
}

/**
 * encode_tenant - a message that defines a tenant, without its rules
 * @family: number of the family
 * @tenant: the tenant
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_tenant(int family, const struct policy_tenant *tenant)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_POLICY_ADD_TENANT, 0);
	struct nlattr *start = nest(message, CORDON_A_TENANT);
	size_t i;

	put_text(message, CORDON_TENANT_NAME, tenant->name);
	put_text(message, CORDON_TENANT_ORIGIN, tenant->origin);
	put_u32(message, CORDON_TENANT_MODE, tenant->mode);
	if (tenant->file_default)
		put_u32(message, CORDON_TENANT_FILE_DEFAULT,
			tenant->file_default);
	if (tenant->socket_default)
		put_u32(message, CORDON_TENANT_SOCKET_DEFAULT,
			tenant->socket_default);
	if (tenant->has_guard)
		put_u32(message, CORDON_TENANT_GUARD_ALLOW,
			tenant->guard_allow);
	if (tenant->revoke)
		must(nla_put_flag(message, CORDON_TENANT_REVOKE));
	if (tenant->event_rate)
		put_u32(message, CORDON_TENANT_EVENT_RATE, tenant->event_rate);
	if (tenant->event_burst)
		put_u32(message, CORDON_TENANT_EVENT_BURST,
			tenant->event_burst);
	if (tenant->event_self)
		must(nla_put_flag(message, CORDON_TENANT_EVENT_SELF));
	for (i = 0; i < tenant->setup_count; i++)
		put_text(message, CORDON_TENANT_SETUP, tenant->setup[i].text);
	for (i = 0; i < tenant->selector_count; i++)
		put_selector(message, &tenant->selectors[i]);
	nla_nest_end(message, start);
	return message;
}

static void put_address(struct nl_msg *message, const struct address *address)
{
	struct nlattr *start = nest(message, CORDON_RULE_ADDR);

	must(nla_put(message, CORDON_ADDR_IP, address->len, address->ip));
	put_u32(message, CORDON_ADDR_PREFIX_LEN, address->prefix_len);
	nla_nest_end(message, start);
}

static void put_range(struct nl_msg *message, int type,
		      const struct ports *ports)
{
	struct nlattr *start = nest(message, type);

	put_u32(message, CORDON_PORT_FIRST, ports->first);
	put_u32(message, CORDON_PORT_LAST, ports->last);
	nla_nest_end(message, start);
}

static void put_set(struct nl_msg *message, int type, uint64_t set)
{
	uint32_t i;

	for (i = 0; i < 64; i++)
		if (set >> i & 1)
			put_u32(message, type, i);
}

static void put_rule(struct nl_msg *message, const struct slice *slice)
{
	const struct policy_rule *rule = slice->rule;
	struct nlattr *start = nest(message, CORDON_A_RULE);
	size_t i;

	put_u32(message, CORDON_RULE_CLASS, rule->class);
	put_u32(message, CORDON_RULE_ACTION, rule->action);
	put_u32(message, CORDON_RULE_OPS, rule->ops);
	put_u32(message, CORDON_RULE_LOG, rule->log);
	put_text(message, CORDON_RULE_ORIGIN, rule->origin);
	put_set(message, CORDON_RULE_FAMILY, rule->families);
	put_set(message, CORDON_RULE_TYPE, rule->types);
	for (i = 0; i < rule->protocol_count; i++)
		put_u32(message, CORDON_RULE_PROTOCOL, rule->protocols[i]);
	for (i = 0; i < rule->cid_count; i++)
		put_range(message, CORDON_RULE_CID, &rule->cids[i]);
	if (rule->protos)
		put_u32(message, CORDON_RULE_PROTO, rule->protos);
	if (rule->peer)
		put_u32(message, CORDON_RULE_PEER, rule->peer);
	for (i = slice->from.pattern; i < slice->to.pattern; i++)
		put_text(message,
			 rule->patterns[i].abstract ? CORDON_RULE_ABSTRACT :
						      CORDON_RULE_PATH,
			 rule->patterns[i].text);
	for (i = slice->from.address; i < slice->to.address; i++)
		put_address(message, &rule->addresses[i]);
	for (i = slice->from.port; i < slice->to.port; i++)
		put_range(message, CORDON_RULE_PORT, &rule->ports[i]);
	nla_nest_end(message, start);
}

/**
 * encode_rules - a message with the next rules of a tenant
 * @family: number of the family
 * @tenant: the tenant
 * @cursor: how far its rules are encoded; zeroed before the first call
 *
 * Return: the message, for the caller to free; NULL when no rule is left.
 */
struct nl_msg *encode_rules(int family, const struct policy_tenant *tenant,
			    struct rule_cursor *cursor)
{
	struct nl_msg *message;
	size_t rules = 0;

	if (cursor->rule >= tenant->rule_count)
		return NULL;
	message = encode_command(family, CORDON_CMD_POLICY_ADD_RULES, 0);
	put_text(message, CORDON_A_TENANT_NAME, tenant->name);
	while (cursor->rule < tenant->rule_count) {
		struct slice slice =
			slice_rule(&tenant->rules[cursor->rule], cursor);

		if (rules && nlmsg_hdr(message)->nlmsg_len + slice.bytes >
				     ENCODE_MESSAGE_FULL)
			break;
		put_rule(message, &slice);
		slice_advance(cursor, &slice);
		rules++;
	}
	return message;
}

/**
 * encode_removal - a message that removes a tenant
 * @family: number of the family
 * @name: its name, of at most CORDON_NAME_MAX bytes
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_removal(int family, const char *name)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_POLICY_REMOVE_TENANT, 0);

	put_text(message, CORDON_A_TENANT_NAME, name);
	return message;
}

/**
 * encode_join - a message that makes the next program of the sender a tenant's
 * @family: number of the family
 * @name: name of the tenant, of at most CORDON_NAME_MAX bytes
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_join(int family, const char *name)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_MEMBER_JOIN, 0);

	put_text(message, CORDON_A_TENANT_NAME, name);
	return message;
}

/**
 * encode_commit - a message that puts a transaction in force
 * @family: number of the family
 * @generation: generation that must be in force, or NULL
 * @replace_all: remove tenants that the transaction does not name
 * @dry_run: only check
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_commit(int family, const uint64_t *generation,
			     bool replace_all, bool dry_run)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_POLICY_COMMIT, 0);

	if (generation)
		must(nla_put_u64(message, CORDON_A_EXPECT_GENERATION,
				 *generation));
	if (replace_all)
		must(nla_put_flag(message, CORDON_A_REPLACE_ALL));
	if (dry_run)
		must(nla_put_flag(message, CORDON_A_DRY_RUN));
	return message;
}

/**
 * encode_seal - a message that seals policy
 * @family: number of the family
 * @names: the tenants
 * @count: how many, or 0 for all policy
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_seal(int family, char *const *names, size_t count)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_POLICY_SEAL, 0);
	size_t i;

	for (i = 0; i < count; i++)
		must(nla_put_string(message, CORDON_A_SEAL_TENANT, names[i]));
	return message;
}

/**
 * encode_rule_dump - a message that asks for the rules of a tenant
 * @family: number of the family
 * @tenant: its name
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_rule_dump(int family, const char *tenant)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_RULE_GET, NLM_F_DUMP);

	put_text(message, CORDON_A_TENANT_NAME, tenant);
	return message;
}

/**
 * encode_event_dump - a message that asks for events that were sent
 * @family: number of the family
 * @since: number of the first that is wanted
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_event_dump(int family, uint64_t since)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_EVENT_GET, NLM_F_DUMP);

	must(nla_put_u64(message, CORDON_A_SINCE, since));
	return message;
}

/**
 * encode_own_events - a request for events of the caller's own tenant
 * @family: number of the family
 * @since: number in the tenant of the first that is wanted
 *
 * Return: the message, for the caller to free.
 */
struct nl_msg *encode_own_events(int family, uint64_t since)
{
	struct nl_msg *message =
		encode_command(family, CORDON_CMD_EVENT_SELF_GET, 0);

	must(nla_put_u64(message, CORDON_A_SINCE, since));
	return message;
}

/**
 * encode_origin_at - where the rule at an offset of a message was written
 * @message: a message with rules
 * @offset: as the kernel tells it about the offending attribute
 *
 * Return: the origin, for the caller to free, or NULL when there is none.
 */
char *encode_origin_at(struct nl_msg *message, uint32_t offset)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, header, GENL_HDRLEN, rest) {
		uint32_t start = (char *)attr - (char *)header;
		struct nlattr *origin;

		if (nla_type(attr) != CORDON_A_RULE || offset < start ||
		    offset >= start + attr->nla_len)
			continue;
		origin = nla_find(nla_data(attr), nla_len(attr),
				  CORDON_RULE_ORIGIN);
		return origin ? nla_strdup(origin) : NULL;
	}
	return NULL;
}
