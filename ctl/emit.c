// SPDX-License-Identifier: GPL-2.0
/*
 * Everything is written out: what a key stands for appears as what it means, so
 * that the text says the same to every reader.  Where YAML needs quotes, and
 * which, libyaml knows.
 */
#include "emit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "alloc.h"
#include "names.h"
#include "text.h"

/* What a policy file begins with. */
static const char head[] = "version: 1\ntenants:\n";
static const char no_tenants[] = "version: 1\ntenants: {}\n";

/**
 * struct emitter - the state of writing one file
 * @yaml: libyaml's
 * @good: nothing went wrong so far
 */
struct emitter {
	yaml_emitter_t yaml;
	bool good;
};

/* Takes the event over; @made is what its initializer returned. */
static void emit(struct emitter *to, yaml_event_t *event, int made)
{
	if (!made)
		alloc_failed();
	if (!to->good) {
		yaml_event_delete(event);
		return;
	}
	to->good = yaml_emitter_emit(&to->yaml, event);
	if (to->yaml.error == YAML_MEMORY_ERROR)
		alloc_failed();
}

static void emit_scalar(struct emitter *to, const char *text,
			yaml_scalar_style_t style)
{
	yaml_event_t event;

	emit(to, &event,
	     yaml_scalar_event_initialize(&event, NULL, NULL,
					  (const yaml_char_t *)text,
					  strlen(text), 1, 1, style));
}

/* A word or number of this program's own. */
static void emit_text(struct emitter *to, const char *text)
{
	emit_scalar(to, text, YAML_ANY_SCALAR_STYLE);
}

/*
 * What other readers of YAML may take for a number, a time, a truth value or
 * nothing at all, if it is not in quotes.  No number has a slash or two dots.
 */
static bool is_like_value(const char *text)
{
	static const char *const words[] = {
		"~", "null", "true", "false", "yes", "no",
		"y", "n",    "on",   "off",   "=",   "<<",
	};
	const char *dot = strchr(text, '.');
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcasecmp(text, words[i]))
			return true;
	return text[0] && strchr("0123456789+-.", text[0]) &&
	       !strchr(text, '/') && !(dot && strchr(dot + 1, '.'));
}

/* A name, a pattern or an address, which is nothing but text. */
static void emit_name_of_user(struct emitter *to, const char *text)
{
	/* From the kernel, which takes any bytes; YAML has no way to say them. */
	if (!text_is_utf8(text, strlen(text)))
		to->good = false;
	else
		emit_scalar(to, text,
			    is_like_value(text) ?
				    YAML_SINGLE_QUOTED_SCALAR_STYLE :
				    YAML_ANY_SCALAR_STYLE);
}

static void emit_pair(struct emitter *to, const char *key, const char *text)
{
	emit_text(to, key);
	emit_text(to, text);
}

static void begin_map(struct emitter *to)
{
	yaml_event_t event;

	emit(to, &event,
	     yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
						 YAML_BLOCK_MAPPING_STYLE));
}

static void end_map(struct emitter *to)
{
	yaml_event_t event;

	emit(to, &event, yaml_mapping_end_event_initialize(&event));
}

static void begin_list(struct emitter *to, yaml_sequence_style_t style)
{
	yaml_event_t event;

	emit(to, &event,
	     yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
						  style));
}

static void end_list(struct emitter *to)
{
	yaml_event_t event;

	emit(to, &event, yaml_sequence_end_event_initialize(&event));
}

/* The few values that a key can have; a single one needs no list. */
static void begin_values(struct emitter *to, size_t count)
{
	if (count != 1)
		begin_list(to, YAML_FLOW_SEQUENCE_STYLE);
}

/* Any number of values, one a line: one more or less is a line of a diff. */
static void begin_lines(struct emitter *to, size_t count)
{
	if (count != 1)
		begin_list(to, YAML_BLOCK_SEQUENCE_STYLE);
}

static void end_values(struct emitter *to, size_t count)
{
	if (count != 1)
		end_list(to);
}

/* A number goes by its name where it has one. */
static void emit_name(struct emitter *to, const struct name *table,
		      uint32_t value)
{
	const char *name = names_text(table, value);
	char *number;

	if (name) {
		emit_text(to, name);
		return;
	}
	number = alloc_printf("%u", value);
	emit_text(to, number);
	free(number);
}

static void emit_named(struct emitter *to, const char *key,
		       const struct name *table, uint32_t value)
{
	emit_text(to, key);
	emit_name(to, table, value);
}

static void emit_flags(struct emitter *to, const struct name *table,
		       uint32_t flags)
{
	size_t count = __builtin_popcount(flags);

	begin_values(to, count);
	for (; flags; flags &= flags - 1)
		emit_name(to, table, flags & -flags);
	end_values(to, count);
}

static void emit_set(struct emitter *to, const char *key,
		     const struct name *table, uint64_t set)
{
	size_t count = __builtin_popcountll(set);

	if (!count)
		return;
	emit_text(to, key);
	begin_values(to, count);
	for (; set; set &= set - 1)
		emit_name(to, table, __builtin_ctzll(set));
	end_values(to, count);
}

static void emit_range(struct emitter *to, uint32_t first, uint32_t last)
{
	char *text = first == last ? alloc_printf("%u", first) :
				     alloc_printf("%u-%u", first, last);

	emit_text(to, text);
	free(text);
}

static void emit_ranges(struct emitter *to, const char *key,
			const struct ports *ranges, size_t count)
{
	size_t i;

	if (!count)
		return;
	emit_text(to, key);
	begin_lines(to, count);
	for (i = 0; i < count; i++)
		emit_range(to, ranges[i].first, ranges[i].last);
	end_values(to, count);
}

static void emit_addresses(struct emitter *to, const struct policy_rule *rule)
{
	size_t i;

	if (!rule->address_count)
		return;
	emit_text(to, "addr");
	begin_lines(to, rule->address_count);
	for (i = 0; i < rule->address_count; i++) {
		char *text = text_prefix(&rule->addresses[i]);

		emit_name_of_user(to, text);
		free(text);
	}
	end_values(to, rule->address_count);
}

static void emit_protocols(struct emitter *to, const struct policy_rule *rule)
{
	size_t i;

	if (!rule->protocol_count)
		return;
	emit_text(to, "protocol");
	begin_values(to, rule->protocol_count);
	for (i = 0; i < rule->protocol_count; i++)
		emit_name(to, names_protocol_in(rule->families),
			  rule->protocols[i]);
	end_values(to, rule->protocol_count);
}

/* Of a rule's patterns those of paths, or those of abstract names. */
static void emit_patterns(struct emitter *to, const char *key,
			  const struct pattern *patterns, size_t count,
			  bool abstract)
{
	size_t wanted = 0;
	size_t i;

	for (i = 0; i < count; i++)
		wanted += patterns[i].abstract == abstract;
	if (!wanted)
		return;
	emit_text(to, key);
	begin_lines(to, wanted);
	for (i = 0; i < count; i++)
		if (patterns[i].abstract == abstract)
			emit_name_of_user(to, patterns[i].text);
	end_values(to, wanted);
}

static void emit_rule(struct emitter *to, const struct policy_rule *rule)
{
	begin_map(to);
	emit_name(to, names_action, rule->action);
	emit_flags(to, names_ops_of_class(rule->class), rule->ops);
	emit_set(to, "family", names_family, rule->families);
	emit_set(to, "type", names_socket_type, rule->types);
	emit_protocols(to, rule);
	if (rule->protos) {
		emit_text(to, "proto");
		emit_flags(to, names_proto, rule->protos);
	}
	if (rule->peer)
		emit_named(to, "peer", names_peer, rule->peer);
	emit_addresses(to, rule);
	emit_ranges(to, "cid", rule->cids, rule->cid_count);
	emit_ranges(to, "port", rule->ports, rule->port_count);
	emit_patterns(to, "path", rule->patterns, rule->pattern_count, false);
	emit_patterns(to, "abstract", rule->patterns, rule->pattern_count,
		      true);
	if (rule->log != CORDON_LOG_AUTO)
		emit_named(to, "log", names_log, rule->log);
	end_map(to);
}

static void emit_section(struct emitter *to, const struct policy_tenant *tenant,
			 uint32_t class, uint32_t action)
{
	size_t count = 0;
	size_t i;

	if (!action)
		return;
	for (i = 0; i < tenant->rule_count; i++)
		count += tenant->rules[i].class == class;
	emit_name(to, names_class, class);
	begin_map(to);
	emit_named(to, "default", names_action, action);
	if (count) {
		emit_text(to, "rules");
		begin_list(to, YAML_BLOCK_SEQUENCE_STYLE);
		for (i = 0; i < tenant->rule_count; i++)
			if (tenant->rules[i].class == class)
				emit_rule(to, &tenant->rules[i]);
		end_list(to);
	}
	end_map(to);
}

static void emit_selectors(struct emitter *to,
			   const struct policy_tenant *tenant)
{
	size_t i;

	emit_text(to, "select");
	begin_list(to, YAML_BLOCK_SEQUENCE_STYLE);
	for (i = 0; i < tenant->selector_count; i++) {
		const struct selector *selector = &tenant->selectors[i];

		begin_map(to);
		if (selector->cgroup) {
			emit_text(to, "cgroup");
			emit_name_of_user(to, selector->cgroup);
		} else {
			emit_text(to, "uid");
			emit_range(to, selector->uid_first, selector->uid_last);
		}
		end_map(to);
	}
	end_list(to);
}

static void emit_events(struct emitter *to, const struct policy_tenant *tenant)
{
	if (!tenant->event_rate && !tenant->event_burst && !tenant->event_self)
		return;
	emit_text(to, "events");
	begin_map(to);
	if (tenant->event_rate) {
		emit_text(to, "rate");
		emit_range(to, tenant->event_rate, tenant->event_rate);
	}
	if (tenant->event_burst) {
		emit_text(to, "burst");
		emit_range(to, tenant->event_burst, tenant->event_burst);
	}
	if (tenant->event_self)
		emit_pair(to, "self", "true");
	end_map(to);
}

static void emit_tenant(struct emitter *to, const struct policy_tenant *tenant)
{
	emit_name_of_user(to, tenant->name);
	begin_map(to);
	emit_selectors(to, tenant);
	emit_patterns(to, "setup", tenant->setup, tenant->setup_count, false);
	emit_named(to, "mode", names_mode, tenant->mode);
	if (tenant->revoke)
		emit_pair(to, "revoke", "true");
	emit_events(to, tenant);
	emit_section(to, tenant, CORDON_CLASS_FILE, tenant->file_default);
	emit_section(to, tenant, CORDON_CLASS_SOCKET, tenant->socket_default);
	if (tenant->guard_allow || tenant->has_guard) {
		emit_text(to, "guard");
		begin_map(to);
		emit_text(to, "allow");
		emit_flags(to, names_guard_op, tenant->guard_allow);
		end_map(to);
	}
	end_map(to);
}

static void emit_alone(struct emitter *to, const void *from)
{
	begin_map(to);
	emit_pair(to, "version", "1");
	emit_text(to, "tenants");
	begin_map(to);
	emit_tenant(to, from);
	end_map(to);
	end_map(to);
}

static bool are_harmless(const struct pattern *patterns, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!text_is_harmless(patterns[i].text))
			return false;
	return true;
}

static bool is_harmless(const struct policy_tenant *tenant)
{
	size_t i;

	for (i = 0; i < tenant->selector_count; i++)
		if (tenant->selectors[i].cgroup &&
		    !text_is_harmless(tenant->selectors[i].cgroup))
			return false;
	for (i = 0; i < tenant->rule_count; i++)
		if (!are_harmless(tenant->rules[i].patterns,
				  tenant->rules[i].pattern_count))
			return false;
	return text_is_harmless(tenant->name) &&
	       are_harmless(tenant->setup, tenant->setup_count);
}

/*
 * A file of one document, which @body fills.  Letters beyond ASCII are written
 * as such or not at all, and there is only one way for all of them.
 */
static bool emit_file(void (*body)(struct emitter *to, const void *from),
		      const void *from, bool letters, FILE *out)
{
	struct emitter to = { .good = true };
	yaml_event_t event;

	if (!yaml_emitter_initialize(&to.yaml))
		alloc_failed();
	yaml_emitter_set_output_file(&to.yaml, out);
	yaml_emitter_set_unicode(&to.yaml, letters);
	/* Lines are what diffs are made of, so none is folded. */
	yaml_emitter_set_width(&to.yaml, -1);
	emit(&to, &event,
	     yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
	emit(&to, &event,
	     yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
	body(&to, from);
	emit(&to, &event, yaml_document_end_event_initialize(&event, 1));
	emit(&to, &event, yaml_stream_end_event_initialize(&event));
	yaml_emitter_delete(&to.yaml);
	return to.good;
}

/* The same in memory, or NULL where it is not UTF-8. */
static char *emit_file_text(void (*body)(struct emitter *to, const void *from),
			    const void *from, bool letters)
{
	char *text = NULL;
	size_t len;
	FILE *out = alloc_stream(&text, &len);
	bool good = emit_file(body, from, letters, out);

	alloc_stream_end(out);
	if (good)
		return text;
	free(text);
	return NULL;
}

/**
 * emit_tenant_text - the lines of a tenant in a policy file
 * @tenant: a tenant without errors
 *
 * Return: the lines, for the caller to free, or NULL when a text is not UTF-8.
 */
char *emit_tenant_text(const struct policy_tenant *tenant)
{
	char *text = emit_file_text(emit_alone, tenant, is_harmless(tenant));

	if (text)
		memmove(text, text + strlen(head),
			strlen(text) - strlen(head) + 1);
	return text;
}

/**
 * emit_policy - write a policy as the text of a policy file
 * @policy: a policy without errors
 * @out: where to
 *
 * Return: true when all was written; false after an error of @out, or when a
 * text is not UTF-8 and YAML cannot hold it.
 */
bool emit_policy(const struct policy *policy, FILE *out)
{
	size_t i;

	if (fputs(policy->count ? head : no_tenants, out) < 0)
		return false;
	for (i = 0; i < policy->count; i++) {
		char *text = emit_tenant_text(&policy->tenants[i]);
		bool good = text && fputs(text, out) >= 0;

		free(text);
		if (!good)
			return false;
	}
	return true;
}

static void emit_rule_alone(struct emitter *to, const void *from)
{
	const struct policy_rule *rule = from;

	begin_map(to);
	emit_name(to, names_class, rule->class);
	emit_rule(to, rule);
	end_map(to);
}

/**
 * emit_rule_text - a rule with its class, which rules that mean the same share
 * @rule: a rule without errors
 *
 * Return: the text, for the caller to free, or NULL when it is not UTF-8.
 */
char *emit_rule_text(const struct policy_rule *rule)
{
	return emit_file_text(emit_rule_alone, rule,
			      are_harmless(rule->patterns,
					   rule->pattern_count));
}
