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
	if (value_name(item, "operation", words, &op, diag))
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

static void take_path(const struct yaml_node *item, void *into,
		      struct diag *diag)
{
	struct policy_rule *rule = into;
	struct pattern *pattern;

	if (!value_pattern(item, PATTERN_FILE, diag))
		return;
	pattern = array_push(rule->patterns, rule->pattern_count);
	pattern->at = item->at;
	pattern->text = alloc_text(item->text, strlen(item->text));
}

static void parse_path(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	grammar_each(key, value, take_path, into, diag);
}

static void take_family(const struct yaml_node *item, void *into,
			struct diag *diag)
{
	struct policy_rule *rule = into;
	uint32_t family = 0;

	if (value_name(item, "family", names_family, &family, diag))
		rule->families |= family;
}

static void parse_family(const struct yaml_node *key,
			 const struct yaml_node *value, void *into,
			 struct diag *diag)
{
	grammar_each(key, value, take_family, into, diag);
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
	struct policy_rule *rule = into;

	grammar_each(key, value, take_proto, rule, diag);
	if (rule->protos == ANY_PROTO)
		rule->protos = 0;
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

	if (value_ports(item, &ports, diag))
		*array_push(rule->ports, rule->port_count) = ports;
}

static void parse_ports(const struct yaml_node *key,
			const struct yaml_node *value, void *into,
			struct diag *diag)
{
	grammar_each(key, value, take_ports, into, diag);
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

static bool parse_socket_rule(const struct yaml_node *item,
			      struct policy_rule *rule, struct diag *diag)
{
	static const struct name keys[] = {
		{ "allow", 0 }, { "deny", 0 }, { "log", 1 },  { "family", 2 },
		{ "proto", 3 }, { "addr", 4 }, { "port", 5 }, { NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_action }, { parse_log },     { parse_family },
		{ parse_proto },  { parse_address }, { parse_ports },
	};

	return grammar_map(item, "a socket rule", keys, parsers, rule, diag);
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
