// SPDX-License-Identifier: GPL-2.0
/*
 * A suggestion names all that an act has and rules can go by, and nothing that
 * it has not: the path itself, the address itself, the one port.
 */
#include "suggest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "emit.h"
#include "names.h"
#include "pattern.h"

/* The pattern that matches a text, and no other. */
static char *literal(const char *text, size_t len)
{
	char *pattern = alloc_zeroed(2 * len + 1, 1);
	char *to = pattern;

	for (; len; len--) {
		if (strchr("*?[]{},\\", *text))
			*to++ = '\\';
		*to++ = *text++;
	}
	return pattern;
}

static void add_pattern(struct policy_rule *rule, char *text, bool abstract)
{
	struct pattern *pattern =
		array_push(rule->patterns, rule->pattern_count);

	pattern->text = text;
	pattern->abstract = abstract;
}

static void take_address(struct policy_rule *rule, const struct endpoint *to,
			 bool has_ports)
{
	struct address *address =
		array_push(rule->addresses, rule->address_count);
	size_t i;

	address->len = to->version == IP_V4 ? 4 : 16;
	address->prefix_len = 8 * address->len;
	for (i = 0; i < 8; i++) {
		address->ip[i] = to->ip.high >> (56 - 8 * i);
		address->ip[8 + i] = to->ip.low >> (56 - 8 * i);
	}
	if (has_ports && to->port)
		*array_push(rule->ports, rule->port_count) =
			(struct ports){ to->port, to->port };
}

static void take_name(struct policy_rule *rule, const struct act *act)
{
	rule->families = BIT_ULL(AF_UNIX);
	if (!act->path)
		return;
	if (*act->path == '/')
		add_pattern(rule, literal(act->path, act->path_len), false);
	else if (act->path_len > 1)
		add_pattern(rule, literal(act->path + 1, act->path_len - 1),
			    true);
	else
		add_pattern(rule, alloc_text("*", 1), true);
}

static void take_kind(struct policy_rule *rule, const struct act *act)
{
	rule->families = BIT_ULL(act->family);
	if (act->family != AF_NETLINK)
		rule->types = act->type ? 1U << act->type : 0;
	if (act->family == AF_NETLINK ||
	    (act->protocol && act->family != AF_PACKET &&
	     rule->ops == CORDON_SOCKET_OP_CREATE))
		*array_push(rule->protocols, rule->protocol_count) =
			act->protocol;
	if (act->has_cid) {
		*array_push(rule->cids, rule->cid_count) =
			(struct ports){ act->cid, act->cid };
		*array_push(rule->ports, rule->port_count) =
			(struct ports){ act->port, act->port };
	}
}

static void take_socket(struct policy_rule *rule, const struct act *act,
			const struct query *query)
{
	bool inet = act->family == AF_INET || act->family == AF_INET6;

	if (query->addressed) {
		rule->protos = query->endpoint.proto;
		take_address(rule, &query->endpoint, true);
	} else if (inet) {
		rule->families = BIT_ULL(act->family);
		rule->protos = query->kind.proto;
	} else if (act->family == AF_UNIX &&
		   rule->ops != CORDON_SOCKET_OP_CREATE) {
		take_name(rule, act);
	} else {
		take_kind(rule, act);
	}
}

/* An item of a list, of what emit_rule_text() gives below a class. */
static char *as_item(const char *text)
{
	const char *line = strchr(text, '\n');
	char *item;

	if (!line)
		return NULL;
	item = alloc_text(line + 1, strlen(line + 1));
	if (!strncmp(item, "  ", 2))
		*item = '-';
	return item;
}

/* Whether a rule can name what the act is about. */
static bool check_patterns(struct suggestion *suggestion,
			   const struct policy_rule *rule)
{
	size_t i;

	for (i = 0; i < rule->pattern_count; i++) {
		enum pattern_kind kind =
			rule->patterns[i].abstract	 ? PATTERN_ABSTRACT :
			rule->class == CORDON_CLASS_FILE ? PATTERN_FILE :
							   PATTERN_SOCKET;
		struct pattern_error error = { NULL };

		if (pattern_check(rule->patterns[i].text, kind, &error)) {
			suggestion->why = error.why;
			return false;
		}
	}
	return true;
}

static void write_rule(struct suggestion *suggestion,
		       const struct policy_rule *rule)
{
	char *text;

	if (!check_patterns(suggestion, rule))
		return;
	text = emit_rule_text(rule);
	if (text)
		suggestion->yaml = as_item(text);
	else
		suggestion->why =
			"its name is not UTF-8, which YAML cannot say";
	free(text);
}

/**
 * suggest_rule - suggest a rule on files or sockets
 * @suggestion: becomes the suggestion; the caller clears it
 * @act: an act that no rule is about, and that query_make() takes
 * @ops: the operations that are denied
 */
void suggest_rule(struct suggestion *suggestion, const struct act *act,
		  uint32_t ops)
{
	struct policy_rule rule = { .class = act->class,
				    .action = CORDON_ACTION_ALLOW,
				    .ops = ops };
	struct query query;
	const char *why;

	suggestion->section = names_text(names_class, act->class);
	if (query_make(&query, act, &why)) {
		suggestion->why = "it cannot be asked about";
	} else if (act->class == CORDON_CLASS_FILE) {
		add_pattern(&rule, literal(act->path, act->path_len), false);
		suggest_warn_file(suggestion, act, ops);
		write_rule(suggestion, &rule);
	} else {
		take_socket(&rule, act, &query);
		suggest_warn_socket(suggestion, act, ops);
		write_rule(suggestion, &rule);
	}
	query_clear(&query);
	rule_clear(&rule);
}

/**
 * suggest_guard - suggest what the guard of a tenant should be
 * @suggestion: becomes the suggestion; the caller clears it
 * @allow: what it allows now
 * @ops: what it should allow as well
 */
void suggest_guard(struct suggestion *suggestion, uint32_t allow, uint32_t ops)
{
	char *list = names_list(names_guard_op, allow | ops, ", ");

	suggestion->section = names_text(names_class, CORDON_CLASS_GUARD);
	suggestion->yaml = alloc_printf("guard:\n  allow: [%s]\n", list);
	suggest_warn_guard(suggestion, ops);
	free(list);
}

/* A suggestion is a piece of a file; all else is a comment in it. */
static void print_yaml(const struct suggestion *suggestion, FILE *out)
{
	if (suggestion->yaml[0] == '-')
		fprintf(out,
			"# add to 'rules' in section '%s' of the tenant:\n",
			suggestion->section);
	else
		fprintf(out, "# in place of section '%s' of the tenant:\n",
			suggestion->section);
	fputs(suggestion->yaml, out);
}

/**
 * suggestion_print - print a suggestion for people
 * @suggestion: the suggestion
 * @out: where to
 */
void suggestion_print(const struct suggestion *suggestion, FILE *out)
{
	size_t i;

	if (!suggestion->yaml) {
		fprintf(out, "# no suggestion: %s\n", suggestion->why);
		return;
	}
	for (i = 0; i < suggestion->count; i++)
		fprintf(out, "# WARNING: %s\n", suggestion->warnings[i]);
	print_yaml(suggestion, out);
}

/**
 * suggestion_clear - free what a suggestion holds
 * @suggestion: the suggestion; it is all zero afterwards
 */
void suggestion_clear(struct suggestion *suggestion)
{
	size_t i;

	for (i = 0; i < suggestion->count; i++)
		free(suggestion->warnings[i]);
	free(suggestion->warnings);
	free(suggestion->yaml);
	memset(suggestion, 0, sizeof(*suggestion));
}
