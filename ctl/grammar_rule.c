// SPDX-License-Identifier: GPL-2.0
/* The rules of a class section. */
#include "grammar.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "value.h"

static void take_op(const struct yaml_node *item, void *into, struct diag *diag)
{
	struct policy_rule *rule = into;
	const struct name *ops = names_ops_of_class(rule->class);
	struct name words[NAMES_MAX];
	uint32_t op = 0;

	names_extend(words, ops, "all", names_enforced(ops));
	if (!value_name(item, "operation", words, &op, diag))
		return;
	/* What it stands for on sockets depends on the rest of the rule. */
	if (rule->class == CORDON_CLASS_SOCKET && !strcmp(item->text, "all"))
		rule->all = true;
	else
		rule->ops |= op;
}

static void parse_action(const struct yaml_node *key,
			 const struct yaml_node *value, void *into,
			 struct diag *diag)
{
	struct policy_rule *rule = into;

	if (rule->action) {
		diag_error(diag, &key->at,
			   "a rule has either 'allow' or 'deny'; write two rules");
		return;
	}
	rule->action = names_find(names_action, key->text)->value;
	grammar_each(key, value, take_op, rule, diag);
}

static void parse_log(const struct yaml_node *key,
		      const struct yaml_node *value, void *into,
		      struct diag *diag)
{
	struct policy_rule *rule = into;

	if (grammar_is(key, value, YAML_TEXT, diag))
		value_name(value, "log", names_log, &rule->log, diag);
}

static void take_pattern(const struct yaml_node *item, struct policy_rule *rule,
			 enum pattern_kind kind, struct diag *diag)
{
	struct pattern *pattern;

	if (!value_pattern(item, kind, diag))
		return;
	pattern = array_push(rule->patterns, rule->pattern_count);
	pattern->at = item->at;
	pattern->text = alloc_text(item->text, strlen(item->text));
	pattern->abstract = kind == PATTERN_ABSTRACT;
}

static void take_path(const struct yaml_node *item, void *into,
		      struct diag *diag)
{
	struct policy_rule *rule = into;

	take_pattern(item, rule,
		     rule->class == CORDON_CLASS_FILE ? PATTERN_FILE :
							PATTERN_SOCKET,
		     diag);
}

static void parse_path(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	grammar_each(key, value, take_path, into, diag);
}

static void take_abstract(const struct yaml_node *item, void *into,
			  struct diag *diag)
{
	take_pattern(item, into, PATTERN_ABSTRACT, diag);
}

static void parse_abstract(const struct yaml_node *key,
			   const struct yaml_node *value, void *into,
			   struct diag *diag)
{
	grammar_each(key, value, take_abstract, into, diag);
}

static void take_family(const struct yaml_node *item, void *into,
			struct diag *diag)
{
	struct policy_rule *rule = into;
	uint32_t family = 0;

	if (value_name_or_number(item, "family", names_family, FAMILIES_MAX - 1,
				 &family, diag))
		rule->families |= BIT_ULL(family);
}

static void parse_family(const struct yaml_node *key,
			 const struct yaml_node *value, void *into,
			 struct diag *diag)
{
	grammar_each(key, value, take_family, into, diag);
}

static void take_type(const struct yaml_node *item, void *into,
		      struct diag *diag)
{
	struct policy_rule *rule = into;
	uint32_t type = 0;

	if (value_name(item, "socket type", names_socket_type, &type, diag))
		rule->types |= 1U << type;
}

static void parse_type(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	grammar_each(key, value, take_type, into, diag);
}

static void take_protocol(const struct yaml_node *item, void *into,
			  struct diag *diag)
{
	struct policy_rule *rule = into;
	uint32_t protocol = 0;

	if (!value_name_or_number(item, "protocol", names_netlink, UINT32_MAX,
				  &protocol, diag))
		return;
	*array_push(rule->protocols, rule->protocol_count) = protocol;
	if (names_find(names_netlink, item->text))
		rule->named_protocol = true;
}

static void parse_protocol(const struct yaml_node *key,
			   const struct yaml_node *value, void *into,
			   struct diag *diag)
{
	grammar_each(key, value, take_protocol, into, diag);
}

static void take_cids(const struct yaml_node *item, void *into,
		      struct diag *diag)
{
	struct policy_rule *rule = into;
	struct ports cids;

	if (value_cids(item, &cids, diag))
		*array_push(rule->cids, rule->cid_count) = cids;
}

static void parse_cids(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	grammar_each(key, value, take_cids, into, diag);
}

/* "any" is kept as all flags until the whole list is read. */
#define ANY_PROTO (__CORDON_PROTO_LAST - 1)

static void take_proto(const struct yaml_node *item, void *into,
		       struct diag *diag)
{
	struct policy_rule *rule = into;
	struct name words[NAMES_MAX];
	uint32_t proto = 0;

	names_extend(words, names_proto, "any", ANY_PROTO);
	if (value_name(item, "protocol", words, &proto, diag))
		rule->protos |= proto;
}

static void parse_proto(const struct yaml_node *key,
			const struct yaml_node *value, void *into,
			struct diag *diag)
{
	grammar_each(key, value, take_proto, into, diag);
}

/* Any protocol of IP is no protocol to choose, but it is of IP. */
static void settle_protos(struct policy_rule *rule)
{
	struct rule_shape shape;

	/* Where it does not go with the rest, that is to be told. */
	if (rule->protos != ANY_PROTO || rule->peer ||
	    (rule->families & ~FAMILIES_INET))
		return;
	rule->protos = 0;
	shape = rule_shape(rule);
	if (rulefit_families(&shape) & ~FAMILIES_INET)
		rule->families = FAMILIES_INET;
}

static void take_address(const struct yaml_node *item, void *into,
			 struct diag *diag)
{
	struct policy_rule *rule = into;
	struct address address;

	if (value_address(item, &address, diag))
		*array_push(rule->addresses, rule->address_count) = address;
}

static void parse_address(const struct yaml_node *key,
			  const struct yaml_node *value, void *into,
			  struct diag *diag)
{
	grammar_each(key, value, take_address, into, diag);
}

static void take_ports(const struct yaml_node *item, void *into,
		       struct diag *diag)
{
	struct policy_rule *rule = into;
	struct ports ports;

	if (value_ports(item, rule->wide_ports, &ports, diag))
		*array_push(rule->ports, rule->port_count) = ports;
}

static void parse_ports(const struct yaml_node *key,
			const struct yaml_node *value, void *into,
			struct diag *diag)
{
	grammar_each(key, value, take_ports, into, diag);
}

static void parse_peer(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	struct policy_rule *rule = into;

	if (grammar_is(key, value, YAML_TEXT, diag))
		value_name(value, "peer", names_peer, &rule->peer, diag);
}

static bool parse_file_rule(const struct yaml_node *item,
			    struct policy_rule *rule, struct diag *diag)
{
	static const struct name keys[] = {
		{ "allow", 0 }, { "deny", 0 }, { "log", 1 },
		{ "path", 2 },	{ NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_action },
		{ parse_log },
		{ parse_path, true },
	};

	return grammar_map(item, "a file rule", keys, parsers, rule, diag);
}

/*
 * Whether the rule is about vsock alone, whose ports have 32 bits.  That is told
 * by a key that may stand behind the ports.
 */
static bool has_wide_ports(const struct yaml_node *map)
{
	size_t i;

	for (i = 0; map->kind == YAML_MAP && i < map->count; i += 2) {
		const struct yaml_node *value = map->items[i + 1];

		if (strcmp(map->items[i]->text, "family"))
			continue;
		if (value->kind == YAML_LIST && value->count == 1)
			value = value->items[0];
		return value->kind == YAML_TEXT &&
		       (!strcmp(value->text, "vsock") ||
			!strcmp(value->text, "40"));
	}
	return false;
}

static bool parse_socket_rule(const struct yaml_node *item,
			      struct policy_rule *rule, struct diag *diag)
{
	static const struct name keys[] = {
		{ "allow", 0 },	 { "deny", 0 },	    { "log", 1 },
		{ "family", 2 }, { "proto", 3 },    { "addr", 4 },
		{ "port", 5 },	 { "path", 6 },	    { "abstract", 7 },
		{ "type", 8 },	 { "protocol", 9 }, { "cid", 10 },
		{ "peer", 11 },	 { NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_action },   { parse_log },	{ parse_family },
		{ parse_proto },    { parse_address },	{ parse_ports },
		{ parse_path },	    { parse_abstract }, { parse_type },
		{ parse_protocol }, { parse_cids },	{ parse_peer },
	};
	struct rule_shape shape;
	bool complete;

	rule->wide_ports = has_wide_ports(item);
	complete =
		grammar_map(item, "a socket rule", keys, parsers, rule, diag);
	settle_protos(rule);
	shape = rule_shape(rule);
	if (rule->all)
		rule->ops |= rulefit_ops(&shape) &
			     names_enforced(names_socket_op);
	return complete;
}

/**
 * grammar_rules - take over the rules of a class section
 * @list: the rules
 * @class: a cordon_class
 * @tenant: the rules are appended to it
 * @diag: where errors are reported
 */
void grammar_rules(const struct yaml_node *list, uint32_t class,
		   struct policy_tenant *tenant, struct diag *diag)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct yaml_node *item = list->items[i];
		struct policy_rule *rule =
			array_push(tenant->rules, tenant->rule_count);
		bool complete;

		rule->at = item->at;
		rule->origin = source_origin(&item->at);
		rule->class = class;
		if (class == CORDON_CLASS_FILE)
			complete = parse_file_rule(item, rule, diag);
		else
			complete = parse_socket_rule(item, rule, diag);
		if (complete && !rule->action)
			diag_error(diag, &item->at,
				   "a rule has neither 'allow' nor 'deny'");
	}
}
