// SPDX-License-Identifier: GPL-2.0
/*
 * Member by member, save for where something was written and for what the
 * parser notes down for itself.
 */
#include "alike.h"

#include <string.h>

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Members of arrays that have no pointers in them. */
static bool same_bytes(const void *a, size_t a_count, const void *b,
		       size_t b_count, size_t size)
{
	return a_count == b_count &&
	       (!a_count || !memcmp(a, b, a_count * size));
}

/* The next pattern of a kind from an index on, or NULL. */
static const struct pattern *next_pattern(const struct pattern *patterns,
					  size_t count, bool abstract,
					  size_t *index)
{
	while (*index < count)
		if (patterns[(*index)++].abstract == abstract)
			return &patterns[*index - 1];
	return NULL;
}

/* A rule may have those of paths first or those of abstract names. */
static bool same_patterns(const struct pattern *a, size_t a_count,
			  const struct pattern *b, size_t b_count,
			  bool abstract)
{
	const struct pattern *left;
	const struct pattern *right;
	size_t i = 0;
	size_t j = 0;

	do {
		left = next_pattern(a, a_count, abstract, &i);
		right = next_pattern(b, b_count, abstract, &j);
		if (!left != !right ||
		    (left && strcmp(left->text, right->text)))
			return false;
	} while (left);
	return true;
}

static bool same_addresses(const struct policy_rule *a,
			   const struct policy_rule *b)
{
	size_t i;

	if (a->address_count != b->address_count)
		return false;
	for (i = 0; i < a->address_count; i++)
		if (memcmp(a->addresses[i].ip, b->addresses[i].ip, 16) ||
		    a->addresses[i].len != b->addresses[i].len ||
		    a->addresses[i].prefix_len != b->addresses[i].prefix_len)
			return false;
	return true;
}

static const char *rule_difference(const struct policy_rule *a,
				   const struct policy_rule *b)
{
	if (a->class != b->class || a->action != b->action || a->ops != b->ops)
		return "action or operations";
	if (a->log != b->log)
		return "log";
	if (a->families != b->families)
		return "family";
	if (a->types != b->types)
		return "type";
	if (a->protos != b->protos)
		return "proto";
	if (a->peer != b->peer)
		return "peer";
	if (!same_patterns(a->patterns, a->pattern_count, b->patterns,
			   b->pattern_count, false))
		return "path";
	if (!same_patterns(a->patterns, a->pattern_count, b->patterns,
			   b->pattern_count, true))
		return "abstract";
	if (!same_addresses(a, b))
		return "addr";
	if (!same_bytes(a->ports, a->port_count, b->ports, b->port_count,
			sizeof(*a->ports)))
		return "port";
	if (!same_bytes(a->protocols, a->protocol_count, b->protocols,
			b->protocol_count, sizeof(*a->protocols)))
		return "protocol";
	if (!same_bytes(a->cids, a->cid_count, b->cids, b->cid_count,
			sizeof(*a->cids)))
		return "cid";
	return NULL;
}

/* The next rule of a class from an index on, or NULL. */
static const struct policy_rule *next_rule(const struct policy_tenant *tenant,
					   uint32_t class, size_t *index)
{
	while (*index < tenant->rule_count)
		if (tenant->rules[(*index)++].class == class)
			return &tenant->rules[*index - 1];
	return NULL;
}

/* Sections can change places, rules within one do not. */
static const char *rules_difference(const struct policy_tenant *a,
				    const struct policy_tenant *b,
				    uint32_t class)
{
	const struct policy_rule *left;
	const struct policy_rule *right;
	const char *what;
	size_t i = 0;
	size_t j = 0;

	do {
		left = next_rule(a, class, &i);
		right = next_rule(b, class, &j);
		if (!left != !right)
			return "number of rules";
		what = left ? rule_difference(left, right) : NULL;
	} while (left && !what);
	return what;
}

static bool same_selectors(const struct policy_tenant *a,
			   const struct policy_tenant *b)
{
	size_t i;

	if (a->selector_count != b->selector_count)
		return false;
	for (i = 0; i < a->selector_count; i++)
		if (!same_text(a->selectors[i].cgroup,
			       b->selectors[i].cgroup) ||
		    a->selectors[i].uid_first != b->selectors[i].uid_first ||
		    a->selectors[i].uid_last != b->selectors[i].uid_last)
			return false;
	return true;
}

static const char *tenant_difference(const struct policy_tenant *a,
				     const struct policy_tenant *b)
{
	const char *what;

	if (strcmp(a->name, b->name))
		return "name";
	if (!same_selectors(a, b))
		return "select";
	if (!same_patterns(a->setup, a->setup_count, b->setup, b->setup_count,
			   false))
		return "setup";
	if (a->mode != b->mode)
		return "mode";
	if (a->file_default != b->file_default ||
	    a->socket_default != b->socket_default)
		return "default";
	if (a->has_guard != b->has_guard || a->guard_allow != b->guard_allow)
		return "guard";
	if (a->revoke != b->revoke)
		return "revoke";
	if (a->event_rate != b->event_rate ||
	    a->event_burst != b->event_burst || a->event_self != b->event_self)
		return "events";
	what = rules_difference(a, b, CORDON_CLASS_FILE);
	return what ? what : rules_difference(a, b, CORDON_CLASS_SOCKET);
}

/**
 * policy_difference - where two policies differ
 * @a: one
 * @b: the other
 *
 * Return: what differs first, or NULL when they mean the same.
 */
const char *policy_difference(const struct policy *a, const struct policy *b)
{
	const char *what = NULL;
	size_t i;

	if (a->count != b->count)
		return "number of tenants";
	for (i = 0; !what && i < a->count; i++)
		what = tenant_difference(&a->tenants[i], &b->tenants[i]);
	return what;
}
