// SPDX-License-Identifier: GPL-2.0
/*
 * The file, its tenants and their sections.  Every map is a table of keys and
 * a table of what parses them; a bad value is reported and the rest is parsed
 * all the same, so that one run names every mistake.
 */
#include "grammar.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "network.h"
#include "text.h"
#include "value.h"

/**
 * grammar_is - check the kind of a value
 * @key: the key that it belongs to
 * @value: the value
 * @kind: what it must be
 * @diag: where an error is reported
 *
 * Return: true when it is.
 */
bool grammar_is(const struct yaml_node *key, const struct yaml_node *value,
		enum yaml_kind kind, struct diag *diag)
{
	static const char *const expected[] = {
		[YAML_TEXT] = "a single value",
		[YAML_LIST] = "a list",
		[YAML_MAP] = "a map",
	};

	if (value->kind == kind)
		return true;
	diag_error(diag, &value->at, "'%s' must be %s, not %s", key->text,
		   expected[kind], node_kind_text(value));
	return false;
}

/**
 * grammar_each - take a value that may be a single one or a list
 * @key: the key that it belongs to
 * @value: the value or list
 * @take: called for each single value
 * @into: its second argument
 * @diag: where errors are reported
 */
void grammar_each(const struct yaml_node *key, const struct yaml_node *value,
		  void (*take)(const struct yaml_node *item, void *into,
			       struct diag *diag),
		  void *into, struct diag *diag)
{
	size_t i;

	if (value->kind == YAML_MAP) {
		diag_error(diag, &value->at,
			   "'%s' must be a single value or a list, not a map",
			   key->text);
		return;
	}
	if (value->kind == YAML_TEXT) {
		take(value, into, diag);
		return;
	}
	if (!value->count)
		diag_error(diag, &value->at,
			   "'%s' is an empty list; write a value or leave the key out",
			   key->text);
	for (i = 0; i < value->count; i++)
		if (grammar_is(key, value->items[i], YAML_TEXT, diag))
			take(value->items[i], into, diag);
}

/* The entry of a key in a table, or NULL when it was reported. */
static const struct name *find_key(const struct yaml_node *key,
				   const char *what, const struct name *keys,
				   struct diag *diag)
{
	const struct name *name = names_find(keys, key->text);
	char *where;

	if (name && key->first) {
		diag_error(diag, &key->at,
			   "duplicate key '%s'; it is also at line %u",
			   name->text, key->first->at.line);
		return NULL;
	}
	if (!name) {
		where = alloc_printf(" in %s", what);
		diag_unknown(diag, &key->at, "key", where, key->text, keys);
		free(where);
		return NULL;
	}
	if (name->later) {
		diag_error(diag, &key->at,
			   "section '%s' is not enforced by this version of cordon",
			   name->text);
		return NULL;
	}
	return name;
}

/**
 * grammar_map - parse a map by a table
 * @map: the map
 * @what: what it is, such as "a tenant"
 * @keys: names of the keys; the value of each is its index in @parsers
 * @parsers: what to do with the value of each
 * @into: their third argument
 * @diag: where errors are reported
 *
 * Return: true when it is a map that has every required key.
 */
bool grammar_map(const struct yaml_node *map, const char *what,
		 const struct name *keys, const struct key_parser *parsers,
		 void *into, struct diag *diag)
{
	uint64_t seen = 0;
	bool complete = true;
	size_t i;

	if (map->kind != YAML_MAP) {
		diag_error(diag, &map->at, "%s must be a map, not %s", what,
			   node_kind_text(map));
		return false;
	}
	for (i = 0; i < map->count; i += 2) {
		const struct name *name =
			find_key(map->items[i], what, keys, diag);

		if (!name)
			continue;
		seen |= 1ULL << name->value;
		parsers[name->value].parse(map->items[i], map->items[i + 1],
					   into, diag);
	}
	for (; keys->text; keys++) {
		if (keys->later || !parsers[keys->value].required ||
		    seen & 1ULL << keys->value)
			continue;
		diag_error(diag, &map->at, "%s has no '%s'", what, keys->text);
		complete = false;
	}
	return complete;
}

static void parse_mode(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	struct policy_tenant *tenant = into;

	if (grammar_is(key, value, YAML_TEXT, diag))
		value_name(value, "mode", names_mode, &tenant->mode, diag);
}

static void parse_cgroup(const struct yaml_node *key,
			 const struct yaml_node *value, void *into,
			 struct diag *diag)
{
	struct selector *selector = into;

	if (!grammar_is(key, value, YAML_TEXT, diag) ||
	    !value_pattern(value, PATTERN_CGROUP, diag))
		return;
	free(selector->cgroup);
	selector->cgroup = alloc_text(value->text, strlen(value->text));
	selector->at = value->at;
}

static void parse_uid(const struct yaml_node *key,
		      const struct yaml_node *value, void *into,
		      struct diag *diag)
{
	struct selector *selector = into;

	if (grammar_is(key, value, YAML_TEXT, diag) &&
	    value_uids(value, selector, diag))
		selector->at = value->at;
}

static void parse_selector(const struct yaml_node *item,
			   struct policy_tenant *tenant, struct diag *diag)
{
	static const struct name keys[] = {
		{ "cgroup", 0 },
		{ "uid", 1 },
		{ NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_cgroup },
		{ parse_uid },
	};
	struct selector *selector;

	if (item->kind == YAML_MAP && item->count != 2) {
		diag_error(diag, &item->at,
			   "a selector has one key, 'cgroup' or 'uid'; write one list element for each");
		return;
	}
	selector = array_push(tenant->selectors, tenant->selector_count);
	selector->at = item->at;
	grammar_map(item, "a selector", keys, parsers, selector, diag);
}

static void parse_select(const struct yaml_node *key,
			 const struct yaml_node *value, void *into,
			 struct diag *diag)
{
	size_t i;

	if (!grammar_is(key, value, YAML_LIST, diag))
		return;
	if (!value->count)
		diag_error(diag, &value->at,
			   "'select' is empty; without 'cgroup' or 'uid' no task would join");
	for (i = 0; i < value->count; i++)
		parse_selector(value->items[i], into, diag);
}

static void take_setup(const struct yaml_node *item, void *into,
		       struct diag *diag)
{
	struct policy_tenant *tenant = into;
	struct pattern *pattern;

	if (!value_pattern(item, PATTERN_FILE, diag))
		return;
	pattern = array_push(tenant->setup, tenant->setup_count);
	pattern->at = item->at;
	pattern->text = alloc_text(item->text, strlen(item->text));
}

static void parse_setup(const struct yaml_node *key,
			const struct yaml_node *value, void *into,
			struct diag *diag)
{
	grammar_each(key, value, take_setup, into, diag);
}

/**
 * struct section - a class section while it is parsed
 * @tenant: the tenant that it belongs to
 * @class: which
 */
struct section {
	struct policy_tenant *tenant;
	uint32_t class;
};

static uint32_t *default_of(const struct section *section)
{
	return section->class == CORDON_CLASS_FILE ?
		       &section->tenant->file_default :
		       &section->tenant->socket_default;
}

static void parse_default(const struct yaml_node *key,
			  const struct yaml_node *value, void *into,
			  struct diag *diag)
{
	struct section *section = into;
	uint32_t *action = default_of(section);
	uint32_t preset = *action;

	if (!grammar_is(key, value, YAML_TEXT, diag) ||
	    !value_name(value, "default", names_action, action, diag))
		return;
	if (preset && *action != preset)
		diag_error(diag, &value->at,
			   "'default: %s' contradicts 'network', which denies what it does not name; leave 'default' out, or write rules instead of 'network'",
			   value->text);
}

static void parse_rules(const struct yaml_node *key,
			const struct yaml_node *value, void *into,
			struct diag *diag)
{
	struct section *section = into;

	if (grammar_is(key, value, YAML_LIST, diag))
		grammar_rules(value, section->class, section->tenant, diag);
}

static void parse_section(const struct yaml_node *key,
			  const struct yaml_node *value, void *into,
			  struct diag *diag)
{
	static const struct name keys[] = {
		{ "default", 0 },
		{ "rules", 1 },
		{ NULL },
	};
	struct section section = {
		.tenant = into,
		.class = names_find(names_class, key->text)->value,
	};
	/* Where there is a network, the default of sockets is known. */
	const struct key_parser parsers[] = {
		{ parse_default, !*default_of(&section) },
		{ parse_rules },
	};
	char *what = alloc_printf("section '%s'", key->text);

	grammar_map(value, what, keys, parsers, &section, diag);
	free(what);
}

static void take_guard_op(const struct yaml_node *item, void *into,
			  struct diag *diag)
{
	struct policy_tenant *tenant = into;
	struct name words[NAMES_MAX];
	uint32_t op = 0;

	names_extend(words, names_guard_op, "all",
		     names_enforced(names_guard_op));
	if (value_name(item, "operation", words, &op, diag))
		tenant->guard_allow |= op;
}

static void parse_guard_allow(const struct yaml_node *key,
			      const struct yaml_node *value, void *into,
			      struct diag *diag)
{
	grammar_each(key, value, take_guard_op, into, diag);
}

static void parse_guard(const struct yaml_node *key,
			const struct yaml_node *value, void *into,
			struct diag *diag)
{
	static const struct name keys[] = {
		{ "allow", 0 },
		{ NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_guard_allow, true },
	};
	struct policy_tenant *tenant = into;

	(void)key;
	tenant->has_guard = true;
	grammar_map(value, "section 'guard'", keys, parsers, tenant, diag);
}

/* True or false, of a key that is false unless it says otherwise. */
static bool parse_truth(const struct yaml_node *key,
			const struct yaml_node *value, struct diag *diag)
{
	static const struct name words[] = {
		{ "false", 0 },
		{ "true", 1 },
		{ NULL },
	};
	uint32_t truth = 0;

	if (grammar_is(key, value, YAML_TEXT, diag))
		value_name(value, key->text, words, &truth, diag);
	return truth;
}

static void parse_revoke(const struct yaml_node *key,
			 const struct yaml_node *value, void *into,
			 struct diag *diag)
{
	struct policy_tenant *tenant = into;

	tenant->revoke = parse_truth(key, value, diag);
}

static void parse_rate(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	struct policy_tenant *tenant = into;

	if (grammar_is(key, value, YAML_TEXT, diag))
		value_bound(key, value, CORDON_EVENT_RATE_MAX,
			    &tenant->event_rate, diag);
}

static void parse_burst(const struct yaml_node *key,
			const struct yaml_node *value, void *into,
			struct diag *diag)
{
	struct policy_tenant *tenant = into;

	if (grammar_is(key, value, YAML_TEXT, diag))
		value_bound(key, value, CORDON_EVENT_BURST_MAX,
			    &tenant->event_burst, diag);
}

static void parse_self(const struct yaml_node *key,
		       const struct yaml_node *value, void *into,
		       struct diag *diag)
{
	struct policy_tenant *tenant = into;

	tenant->event_self = parse_truth(key, value, diag);
}

static void parse_events(const struct yaml_node *key,
			 const struct yaml_node *value, void *into,
			 struct diag *diag)
{
	static const struct name keys[] = {
		{ "rate", 0 },
		{ "burst", 1 },
		{ "self", 2 },
		{ NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_rate },
		{ parse_burst },
		{ parse_self },
	};

	(void)key;
	grammar_map(value, "section 'events'", keys, parsers, into, diag);
}

/*
 * Rules of files in front of those of sockets, as they are written out: which
 * section stands first in a file means nothing.
 */
static void order_rules(struct policy_tenant *tenant)
{
	static const uint32_t classes[] = { CORDON_CLASS_FILE,
					    CORDON_CLASS_SOCKET };
	struct policy_rule *ordered = NULL;
	size_t count = 0;
	size_t i;
	size_t j;

	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		for (j = 0; j < tenant->rule_count; j++)
			if (tenant->rules[j].class == classes[i])
				*array_push(ordered, count) = tenant->rules[j];
	free(tenant->rules);
	tenant->rules = ordered;
}

/* For what a key means to others that may stand in front of it. */
static bool has_key(const struct yaml_node *map, const char *text)
{
	size_t i;

	for (i = 0; map->kind == YAML_MAP && i < map->count; i += 2)
		if (!strcmp(map->items[i]->text, text))
			return true;
	return false;
}

static void parse_tenant(const struct yaml_node *name,
			 const struct yaml_node *value, struct policy *policy,
			 struct diag *diag)
{
	static const struct name keys[] = {
		{ "select", 0 }, { "mode", 1 },	  { "file", 2 },
		{ "socket", 2 }, { "guard", 3 },  { "revoke", 4 },
		{ "setup", 5 },	 { "events", 6 }, { "network", 7 },
		{ NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_select, true }, { parse_mode },	   { parse_section },
		{ parse_guard },	{ parse_revoke },  { parse_setup },
		{ parse_events },	{ network_parse },
	};
	struct policy_tenant *tenant;

	if (!value_tenant_name(name, diag))
		return;
	if (name->first) {
		diag_error(diag, &name->at,
			   "duplicate tenant '%s'; it is also defined at line %u",
			   name->text, name->first->at.line);
		return;
	}
	tenant = array_push(policy->tenants, policy->count);
	tenant->at = name->at;
	tenant->name = alloc_text(name->text, strlen(name->text));
	tenant->origin = source_origin(&name->at);
	tenant->mode = CORDON_MODE_ENFORCE;
	if (has_key(value, "network"))
		tenant->socket_default = CORDON_ACTION_DENY;
	grammar_map(value, "a tenant", keys, parsers, tenant, diag);
	order_rules(tenant);
	if (tenant->revoke && !tenant->file_default)
		diag_error(diag, &name->at,
			   "'revoke' needs a section 'file', whose rules it is about");
}

static void parse_tenants(const struct yaml_node *key,
			  const struct yaml_node *value, void *into,
			  struct diag *diag)
{
	size_t i;

	if (!grammar_is(key, value, YAML_MAP, diag))
		return;
	if (!value->count)
		diag_error(diag, &value->at,
			   "'tenants' is empty; 'cordonctl flush' removes all tenants");
	for (i = 0; i < value->count; i += 2)
		parse_tenant(value->items[i], value->items[i + 1], into, diag);
}

static void parse_version(const struct yaml_node *key,
			  const struct yaml_node *value, void *into,
			  struct diag *diag)
{
	char *found;

	(void)into;
	if (!grammar_is(key, value, YAML_TEXT, diag) ||
	    !strcmp(value->text, "1"))
		return;
	found = text_escape(value->text, strnlen(value->text, 32));
	diag_error(diag, &value->at,
		   "version '%s' of the policy format is not known; write 1",
		   found);
	free(found);
}

/**
 * grammar_policy - take over the tenants of a file
 * @root: the tree of the file
 * @policy: the tenants are appended to it
 * @diag: where errors are reported
 */
void grammar_policy(const struct yaml_node *root, struct policy *policy,
		    struct diag *diag)
{
	static const struct name keys[] = {
		{ "version", 0 },
		{ "tenants", 1 },
		{ NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_version, true },
		{ parse_tenants, true },
	};

	grammar_map(root, "a policy file", keys, parsers, policy, diag);
}
