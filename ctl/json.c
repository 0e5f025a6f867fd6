// SPDX-License-Identifier: GPL-2.0
/*
 * Keys are stable: one that is there today stays, with its type.  Numbers are
 * numbers, and 64-bit ones are exact.
 */
#include "json.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "event_fields.h"
#include "names.h"
#include "text.h"

static struct json_object *must(struct json_object *object)
{
	if (!object)
		alloc_failed();
	return object;
}

/**
 * json_put - set a key of an object
 * @object: the object
 * @key: the key
 * @value: its value, taken over
 */
void json_put(struct json_object *object, const char *key,
	      struct json_object *value)
{
	if (json_object_object_add(object, key, value))
		alloc_failed();
}

static void append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value))
		alloc_failed();
}

/**
 * json_put_u64 - set a key to a number
 * @object: the object
 * @key: the key
 * @value: the number
 */
void json_put_u64(struct json_object *object, const char *key, uint64_t value)
{
	json_put(object, key, must(json_object_new_uint64(value)));
}

/**
 * json_text - a text as JSON
 * @text: the text; bytes that are not UTF-8 become \xNN
 *
 * Return: the value, for the caller to free.
 */
struct json_object *json_text(const char *text)
{
	struct json_object *value;
	char *safe;

	if (text_is_utf8(text, strlen(text)))
		return must(json_object_new_string(text));
	safe = text_escape(text, strlen(text));
	value = must(json_object_new_string(safe));
	free(safe);
	return value;
}

/**
 * json_put_text - set a key to a text
 * @object: the object
 * @key: the key
 * @text: the text, or NULL for null
 */
void json_put_text(struct json_object *object, const char *key,
		   const char *text)
{
	json_put(object, key, text ? json_text(text) : NULL);
}

/* A number that has no name is shown as a number. */
static struct json_object *json_name(const struct name *table, uint32_t value)
{
	const char *name = names_text(table, value);

	return name ? json_text(name) : must(json_object_new_uint64(value));
}

static void put_name(struct json_object *object, const char *key,
		     const struct name *table, uint32_t value)
{
	json_put(object, key, json_name(table, value));
}

static void put_flags(struct json_object *object, const char *key,
		      const struct name *table, uint32_t flags)
{
	struct json_object *array = must(json_object_new_array());

	for (; table->text; table++)
		if (flags & table->value)
			append(array, json_text(table->text));
	json_put(object, key, array);
}

static void put_set(struct json_object *object, const char *key,
		    const struct name *table, uint64_t set)
{
	struct json_object *array = must(json_object_new_array());
	uint32_t i;

	for (i = 0; i < 64; i++)
		if (set >> i & 1)
			append(array, json_name(table, i));
	json_put(object, key, array);
}

static void put_ranges(struct json_object *object, const char *key,
		       const struct ports *ranges, size_t count)
{
	struct json_object *array = must(json_object_new_array());
	size_t i;

	for (i = 0; i < count; i++) {
		struct json_object *range = must(json_object_new_object());

		json_put_u64(range, "first", ranges[i].first);
		json_put_u64(range, "last", ranges[i].last);
		append(array, range);
	}
	json_put(object, key, array);
}

static void put_counters(struct json_object *object,
			 const struct counters *events)
{
	struct json_object *counters = must(json_object_new_object());

	json_put_u64(counters, "generated", events->generated);
	json_put_u64(counters, "sent", events->sent);
	json_put_u64(counters, "suppressed", events->suppressed);
	json_put_u64(counters, "lost", events->lost);
	json_put_u64(counters, "pending", events->pending);
	json_put(object, "events", counters);
}

static struct json_object *json_selector(const struct selector *selector)
{
	struct json_object *object = must(json_object_new_object());

	if (selector->cgroup) {
		json_put_text(object, "cgroup", selector->cgroup);
	} else {
		json_put_u64(object, "uid_first", selector->uid_first);
		json_put_u64(object, "uid_last", selector->uid_last);
	}
	return object;
}

static void put_default(struct json_object *object, const char *key,
			uint32_t action)
{
	if (action)
		put_name(object, key, names_action, action);
	else
		json_put(object, key, NULL);
}

static void put_patterns(struct json_object *object, const char *key,
			 const struct policy_rule *rule, bool abstract)
{
	struct json_object *array = must(json_object_new_array());
	size_t i;

	for (i = 0; i < rule->pattern_count; i++)
		if (rule->patterns[i].abstract == abstract)
			append(array, json_text(rule->patterns[i].text));
	json_put(object, key, array);
}

static void put_socket_part(struct json_object *object,
			    const struct policy_rule *rule)
{
	const struct name *protocols = names_protocol_in(rule->families);
	struct json_object *numbers = must(json_object_new_array());
	struct json_object *addrs = must(json_object_new_array());
	size_t i;

	for (i = 0; i < rule->address_count; i++) {
		char *prefix = text_prefix(&rule->addresses[i]);

		append(addrs, json_text(prefix));
		free(prefix);
	}
	for (i = 0; i < rule->protocol_count; i++)
		append(numbers, json_name(protocols, rule->protocols[i]));
	put_set(object, "families", names_family, rule->families);
	put_set(object, "types", names_socket_type, rule->types);
	put_flags(object, "protos", names_proto, rule->protos);
	if (rule->peer)
		put_name(object, "peer", names_peer, rule->peer);
	else
		json_put(object, "peer", NULL);
	json_put(object, "protocols", numbers);
	json_put(object, "addrs", addrs);
	put_ranges(object, "ports", rule->ports, rule->port_count);
	put_ranges(object, "cids", rule->cids, rule->cid_count);
	put_patterns(object, "abstracts", rule, true);
}

/**
 * json_rule - a rule as JSON
 * @rule: the rule
 *
 * Return: the value, for the caller to free.
 */
struct json_object *json_rule(const struct policy_rule *rule)
{
	struct json_object *object = must(json_object_new_object());

	json_put_text(object, "origin", rule->origin);
	put_name(object, "class", names_class, rule->class);
	put_name(object, "action", names_action, rule->action);
	put_flags(object, "ops", names_ops_of_class(rule->class), rule->ops);
	put_name(object, "log", names_log, rule->log);
	put_patterns(object, "paths", rule, false);
	put_socket_part(object, rule);
	return object;
}

/**
 * json_tenant - a tenant as JSON
 * @state: the tenant
 * @with_rules: its rules were fetched and are to be shown
 *
 * Return: the value, for the caller to free.
 */
struct json_object *json_tenant(const struct tenant_state *state,
				bool with_rules)
{
	const struct policy_tenant *tenant = &state->tenant;
	struct json_object *object = must(json_object_new_object());
	struct json_object *select = must(json_object_new_array());
	struct json_object *setup = must(json_object_new_array());
	struct json_object *rules;
	size_t i;

	for (i = 0; i < tenant->selector_count; i++)
		append(select, json_selector(&tenant->selectors[i]));
	for (i = 0; i < tenant->setup_count; i++)
		append(setup, json_text(tenant->setup[i].text));
	json_put_text(object, "name", tenant->name);
	json_put_text(object, "origin", tenant->origin);
	put_name(object, "mode", names_mode, tenant->mode);
	json_put(object, "select", select);
	json_put(object, "setup", setup);
	put_default(object, "file_default", tenant->file_default);
	put_default(object, "socket_default", tenant->socket_default);
	put_flags(object, "guard_allow", names_guard_op, tenant->guard_allow);
	json_put(object, "revoke",
		 must(json_object_new_boolean(tenant->revoke)));
	json_put_u64(object, "event_rate", tenant->event_rate);
	json_put_u64(object, "event_burst", tenant->event_burst);
	json_put(object, "event_self",
		 must(json_object_new_boolean(tenant->event_self)));
	json_put_u64(object, "rule_count", state->rules);
	json_put_u64(object, "members", state->members);
	json_put_u64(object, "bytes", state->bytes);
	json_put(object, "sealed",
		 must(json_object_new_boolean(state->sealed)));
	put_counters(object, &state->events);
	if (!with_rules)
		return object;
	rules = must(json_object_new_array());
	for (i = 0; i < tenant->rule_count; i++)
		append(rules, json_rule(&tenant->rules[i]));
	json_put(object, "rules", rules);
	return object;
}

static void put_digest(struct json_object *object, const char *key,
		       const struct digest *digest)
{
	char *text = NULL;

	if (digest->known)
		text = text_hex(digest->bytes, sizeof(digest->bytes));
	json_put_text(object, key, text);
	free(text);
}

/**
 * json_status - the state of the module as JSON
 * @status: the state
 *
 * Return: the value, for the caller to free.
 */
struct json_object *json_status(const struct status *status)
{
	struct json_object *object = must(json_object_new_object());
	struct json_object *hooks = must(json_object_new_array());
	size_t i;

	for (i = 0; i < status->hook_count; i++)
		append(hooks, json_text(status->hooks[i]));
	json_put_text(object, "version", status->version);
	json_put_u64(object, "loaded_time_boot_ns", status->loaded);
	json_put_u64(object, "generation", status->generation);
	put_digest(object, "digest", &status->digest);
	json_put(object, "sealed",
		 must(json_object_new_boolean(status->sealed)));
	json_put_u64(object, "sealed_tenants", status->sealed_tenants);
	json_put_u64(object, "tenants", status->tenants);
	json_put_u64(object, "rules", status->rules);
	json_put_u64(object, "members", status->members);
	json_put_u64(object, "members_max", status->members_max);
	json_put_u64(object, "sockets", status->sockets);
	json_put_u64(object, "sockets_max", status->sockets_max);
	json_put_u64(object, "policy_bytes", status->policy_bytes);
	json_put_u64(object, "policy_bytes_max", status->policy_bytes_max);
	json_put_u64(object, "policy_bytes_per_rule",
		     status_bytes_per_rule(status));
	json_put_u64(object, "backlog_max", status->backlog_max);
	json_put_u64(object, "backlog_bytes", status->backlog_bytes);
	json_put_u64(object, "history", status->history);
	json_put_u64(object, "history_max", status->history_max);
	json_put_u64(object, "history_first", status->history_first);
	json_put_u64(object, "history_bytes", status->history_bytes);
	json_put_u64(object, "audit_logged", status->audit_logged);
	json_put_u64(object, "audit_missed", status->audit_missed);
	put_counters(object, &status->events);
	json_put(object, "hooks", hooks);
	return object;
}

/**
 * json_member - a task as JSON
 * @member: the task
 *
 * Return: the value, for the caller to free.
 */
struct json_object *json_member(const struct member *member)
{
	struct json_object *object = must(json_object_new_object());

	json_put_text(object, "tenant", member->tenant);
	json_put_u64(object, "pid", member->pid);
	json_put_u64(object, "tgid", member->tgid);
	json_put_u64(object, "ppid", member->ppid);
	json_put_text(object, "comm", member->comm);
	return object;
}

static void take_field(const struct event_field *field, void *into)
{
	struct json_object *value = NULL;

	switch (field->kind) {
	case EVENT_FIELD_NOTHING:
		break;
	case EVENT_FIELD_BOOLEAN:
		value = must(json_object_new_boolean(field->number));
		break;
	case EVENT_FIELD_NUMBER:
		value = must(json_object_new_uint64(field->number));
		break;
	case EVENT_FIELD_TEXT:
		value = json_object_new_string_len(field->text, field->len);
		must(value);
		break;
	}
	json_put(into, field->key, value);
}

/**
 * json_event - an event as JSON
 * @event: the event
 *
 * Return: the value, for the caller to free.
 */
struct json_object *json_event(const struct event *event)
{
	struct json_object *object = must(json_object_new_object());

	event_fields(event, take_field, object);
	return object;
}

/**
 * json_diag - findings about policy files as JSON
 * @diag: the findings
 *
 * Return: an array, for the caller to free.
 */
struct json_object *json_diag(const struct diag *diag)
{
	struct json_object *array = must(json_object_new_array());
	size_t i;

	for (i = 0; i < diag->count; i++) {
		const struct diag_item *item = &diag->items[i];
		struct json_object *object = must(json_object_new_object());

		json_put_text(object, "severity",
			      item->warning ? "warning" : "error");
		json_put_text(object, "file", item->at.source->name);
		json_put_u64(object, "line", item->at.line);
		json_put_u64(object, "column", item->at.column);
		json_put_text(object, "message", item->message);
		append(array, object);
	}
	return array;
}
