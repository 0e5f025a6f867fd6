// SPDX-License-Identifier: GPL-2.0
/* Whatever a tenant could have chosen goes through print_escaped(). */
#include "print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "names.h"
#include "text.h"
#include "tree.h"

#define NANOSECONDS UINT64_C(1000000000)

static void print_escaped(FILE *out, const char *bytes, size_t len)
{
	char *safe = text_escape(bytes, len);

	fputs(safe, out);
	free(safe);
}

/* Of a line that programs divide at spaces. */
static void print_word(FILE *out, const char *bytes, size_t len)
{
	char *safe = text_escape_word(bytes, len);

	fputs(safe, out);
	free(safe);
}

static void print_text(FILE *out, const char *text)
{
	if (text)
		print_escaped(out, text, strlen(text));
}

static void print_name(FILE *out, const struct name *table, uint32_t value)
{
	const char *name = names_text(table, value);

	if (name)
		fputs(name, out);
	else
		fprintf(out, "%" PRIu32, value);
}

static void print_flags(FILE *out, const struct name *table, uint32_t flags)
{
	char *list = names_list(table, flags, ",");

	fputs(list, out);
	free(list);
}

static void print_default(FILE *out, const char *class, uint32_t action)
{
	fprintf(out, "  %-10s", class);
	if (action) {
		fputs("default ", out);
		print_name(out, names_action, action);
	} else {
		fputs("not mediated", out);
	}
	fputc('\n', out);
}

static void print_range(FILE *out, uint32_t first, uint32_t last)
{
	fprintf(out, "%" PRIu32, first);
	if (last != first)
		fprintf(out, "-%" PRIu32, last);
}

static void print_counters(FILE *out, const struct counters *events)
{
	fprintf(out,
		"%" PRIu64 " generated, %" PRIu64 " sent, %" PRIu64
		" suppressed, %" PRIu64 " lost, %" PRIu64 " pending\n",
		events->generated, events->sent, events->suppressed,
		events->lost, events->pending);
}

/**
 * print_tenant - print a tenant without its rules
 * @state: the tenant
 * @out: where to
 */
void print_tenant(const struct tenant_state *state, FILE *out)
{
	const struct policy_tenant *tenant = &state->tenant;
	size_t i;

	fputs("tenant ", out);
	print_text(out, tenant->name);
	fputs("\n  mode      ", out);
	print_name(out, names_mode, tenant->mode);
	fputs("\n  origin    ", out);
	print_text(out, tenant->origin);
	fputc('\n', out);
	for (i = 0; i < tenant->selector_count; i++) {
		const struct selector *selector = &tenant->selectors[i];

		fputs(i ? "            " : "  select    ", out);
		if (selector->cgroup) {
			fputs("cgroup ", out);
			print_text(out, selector->cgroup);
		} else {
			fputs("uid ", out);
			print_range(out, selector->uid_first,
				    selector->uid_last);
		}
		fputc('\n', out);
	}
	for (i = 0; i < tenant->setup_count; i++) {
		fputs(i ? "            " : "  setup     ", out);
		print_text(out, tenant->setup[i].text);
		fputc('\n', out);
	}
	print_default(out, "file", tenant->file_default);
	print_default(out, "socket", tenant->socket_default);
	fputs("  guard     allows ", out);
	if (tenant->guard_allow)
		print_flags(out, names_guard_op, tenant->guard_allow);
	else
		fputs("nothing", out);
	fputs(tenant->revoke ? "\n  revoke    yes\n" : "\n", out);
	fprintf(out,
		"  limit     %" PRIu32 " events a second, %" PRIu32
		" at once\n",
		tenant->event_rate, tenant->event_burst);
	if (tenant->event_self)
		fputs("  reads     its own events\n", out);
	if (state->sealed)
		fputs("  sealed    until the next boot\n", out);
	fprintf(out, "  rules     %" PRIu32 "\n", state->rules);
	fprintf(out, "  members   %" PRIu32 "\n", state->members);
	fprintf(out, "  memory    %" PRIu64 " bytes\n", state->bytes);
	fputs("  events    ", out);
	print_counters(out, &state->events);
}

static void print_set(FILE *out, const char *what, const struct name *table,
		      uint64_t set)
{
	char *list;

	if (!set)
		return;
	list = names_set(table, set, ",");
	fprintf(out, "%s%s", what, list);
	free(list);
}

static void print_socket_part(const struct policy_rule *rule, FILE *out)
{
	size_t i;

	print_set(out, " family ", names_family, rule->families);
	print_set(out, " type ", names_socket_type, rule->types);
	for (i = 0; i < rule->protocol_count; i++) {
		fputs(i ? "," : " protocol ", out);
		print_name(out, names_protocol_in(rule->families),
			   rule->protocols[i]);
	}
	for (i = 0; i < rule->cid_count; i++) {
		fputs(i ? "," : " cid ", out);
		print_range(out, rule->cids[i].first, rule->cids[i].last);
	}
	if (rule->protos) {
		fputs(" proto ", out);
		print_flags(out, names_proto, rule->protos);
	}
	if (rule->peer) {
		fputs(" peer ", out);
		print_name(out, names_peer, rule->peer);
	}
	for (i = 0; i < rule->address_count; i++) {
		char *prefix = text_prefix(&rule->addresses[i]);

		fprintf(out, "%s%s", i ? "," : " addr ", prefix);
		free(prefix);
	}
	for (i = 0; i < rule->port_count; i++) {
		fputs(i ? "," : " port ", out);
		print_range(out, rule->ports[i].first, rule->ports[i].last);
	}
}

/**
 * print_rule - print a rule in one line
 * @rule: the rule
 * @out: where to
 */
void print_rule(const struct policy_rule *rule, FILE *out)
{
	size_t i;

	fputs("    ", out);
	print_text(out, rule->origin);
	fputs(": ", out);
	print_name(out, names_class, rule->class);
	fputc(' ', out);
	print_name(out, names_action, rule->action);
	fputc(' ', out);
	print_flags(out, names_ops_of_class(rule->class), rule->ops);
	for (i = 0; i < rule->pattern_count; i++) {
		bool first = !i || rule->patterns[i].abstract !=
					   rule->patterns[i - 1].abstract;

		fputs(!first			 ? " " :
		      rule->patterns[i].abstract ? " abstract " :
						   " path ",
		      out);
		print_text(out, rule->patterns[i].text);
	}
	print_socket_part(rule, out);
	if (rule->log != CORDON_LOG_AUTO) {
		fputs(" log ", out);
		print_name(out, names_log, rule->log);
	}
	fputc('\n', out);
}

static void print_room(const struct status *status, FILE *out)
{
	fprintf(out,
		"backlog     %" PRIu64 " waiting, room for %" PRIu32
		", %" PRIu64 " bytes\n",
		status->events.pending, status->backlog_max,
		status->backlog_bytes);
	fprintf(out,
		"history     %" PRIu32 " of at most %" PRIu32 ", %" PRIu64
		" bytes",
		status->history, status->history_max, status->history_bytes);
	if (status->history_first)
		fprintf(out, ", since %" PRIu64, status->history_first);
	fprintf(out, "\naudit       %" PRIu64 " logged, %" PRIu64 " missed\n",
		status->audit_logged, status->audit_missed);
}

static void print_digest(const struct status *status, FILE *out)
{
	char *text;

	if (!status->digest.known)
		return;
	text = text_hex(status->digest.bytes, sizeof(status->digest.bytes));
	fprintf(out, "digest      %s\n", text);
	free(text);
}

static void print_seal(const struct status *status, FILE *out)
{
	if (status->sealed)
		fputs("sealed      until the next boot: no load, unload or flush\n",
		      out);
	else if (status->sealed_tenants)
		fprintf(out,
			"sealed      %" PRIu32
			" tenants until the next boot: no load, unload or flush of them\n",
			status->sealed_tenants);
	else
		fputs("sealed      nothing\n", out);
}

/**
 * print_status - print the state of the module
 * @status: the state
 * @out: where to
 */
void print_status(const struct status *status, FILE *out)
{
	size_t i;

	fputs("module      ", out);
	print_text(out, status->version);
	fprintf(out, "\nloaded      %" PRIu64 ".%03u seconds after boot\n",
		status->loaded / NANOSECONDS,
		(unsigned int)(status->loaded % NANOSECONDS / 1000000));
	fprintf(out, "generation  %" PRIu64 "\n", status->generation);
	print_digest(status, out);
	print_seal(status, out);
	fprintf(out, "tenants     %" PRIu32 "\n", status->tenants);
	fprintf(out, "rules       %" PRIu32 "\n", status->rules);
	fprintf(out, "members     %" PRIu32 " of at most %" PRIu32 "\n",
		status->members, status->members_max);
	fprintf(out, "sockets     %" PRIu32 " of at most %" PRIu32 "\n",
		status->sockets, status->sockets_max);
	fprintf(out,
		"memory      %" PRIu64 " of at most %" PRIu64 " bytes, %" PRIu64
		" a rule\n",
		status->policy_bytes, status->policy_bytes_max,
		status_bytes_per_rule(status));
	fputs("events      ", out);
	print_counters(out, &status->events);
	print_room(status, out);
	fprintf(out, "hooks       %zu attached\n", status->hook_count);
	for (i = 0; i < status->hook_count; i++) {
		fputs("  ", out);
		print_text(out, status->hooks[i]);
		fputc('\n', out);
	}
}

/* Deeper trees are shown as if they were no deeper than that. */
#define DEPTH_MAX 32

static void print_member(const struct tree_row *row, FILE *out)
{
	const struct member *member = row->member;
	char *tenant = text_escape(member->tenant, strlen(member->tenant));
	size_t depth = row->depth < DEPTH_MAX ? row->depth : DEPTH_MAX;

	fprintf(out, "%10" PRIu32 " %10" PRIu32 " %-20s %*s", member->tgid,
		member->pid, tenant, 2 * (int)depth, "");
	print_text(out, member->comm);
	fputc('\n', out);
	free(tenant);
}

/**
 * print_members - print tasks as trees, those of each tenant together
 * @list: the tasks
 * @out: where to
 */
void print_members(const struct member_list *list, FILE *out)
{
	struct tree_row *rows = tree_rows(list);
	size_t i;

	fprintf(out, "%10s %10s %-20s %s\n", "PID", "TID", "TENANT", "COMMAND");
	for (i = 0; i < list->count; i++)
		print_member(&rows[i], out);
	free(rows);
}

static void print_end(FILE *out, const char *what,
		      const struct endpoint_address *end)
{
	char *ip;

	if (end->has_cid)
		fprintf(out, " %scid %" PRIu32 " port %" PRIu32, what, end->cid,
			end->port);
	if (!end->len)
		return;
	ip = text_address(end->ip, end->len);
	fprintf(out, end->len == 16 ? " %s[%s]:%" PRIu32 : " %s%s:%" PRIu32,
		what, ip, end->port);
	free(ip);
}

/* What a socket is: of IP and netlink the protocol says all. */
static void print_kind(const struct event *event, FILE *out)
{
	const struct name *protocols = names_protocol_of(event->family);

	fputc(' ', out);
	print_name(out, names_family, event->family);
	if (protocols->text) {
		fputc(' ', out);
		print_name(out, protocols, event->protocol);
		return;
	}
	if (event->type) {
		fputc(' ', out);
		print_name(out, names_socket_type, event->type);
	}
	if (event->protocol)
		fprintf(out, " protocol %" PRIu32, event->protocol);
}

static void print_admin(const struct event *event, FILE *out)
{
	if (event->generation != event->generation_before)
		fprintf(out, " generation %" PRIu64 " -> %" PRIu64,
			event->generation_before, event->generation);
	if (event->path) {
		fputs(" (", out);
		print_escaped(out, event->path, event->path_len);
		fputc(')', out);
	}
}

static void print_object(const struct event *event, FILE *out)
{
	if (event->class == CORDON_CLASS_FILE) {
		fputc(' ', out);
		if (event->path)
			print_word(out, event->path, event->path_len);
		else
			fputs("(no path)", out);
		return;
	}
	if (event->class == CORDON_CLASS_ADMIN) {
		print_admin(event, out);
		return;
	}
	if (event->class != CORDON_CLASS_SOCKET) {
		if (event->target_pid)
			fprintf(out, " of %" PRIu32, event->target_pid);
		return;
	}
	print_kind(event, out);
	if (event->path) {
		fputc(' ', out);
		print_word(out, event->path, event->path_len);
	}
	print_end(out, "", &event->remote);
	print_end(out, event->remote.len ? "from " : "", &event->local);
}

/* How wide columns are at least. */
enum {
	VERDICT_WIDTH = 10,
	TENANT_WIDTH = 12,
	CLASS_WIDTH = 6,
	OP_WIDTH = 10,
	OBJECT_WIDTH = 32,
	ERROR_WIDTH = 6,
	ORIGIN_WIDTH = 16,
};

/**
 * struct verdict_style - how a verdict is shown to people
 * @word: what it is called
 * @colour: number of its colour on a terminal
 */
struct verdict_style {
	const char *word;
	int colour;
};

static const struct verdict_style verdict_styles[] = {
	[CORDON_VERDICT_DENIED] = { "DENIED", 31 },
	[CORDON_VERDICT_WOULD_DENY] = { "WOULD-DENY", 33 },
	[CORDON_VERDICT_ALLOWED] = { "ALLOWED", 32 },
	[CORDON_VERDICT_NOTED] = { "NOTED", 36 },
};

/* In characters, each of which is taken to be as wide as any other. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void print_column(FILE *out, enum print_style style, const char *text,
			 int width)
{
	int rest = style == PRINT_PLAIN ? 0 : width - width_of(text);

	fprintf(out, "%s%*s ", text, rest > 0 ? rest : 0, "");
}

/* Like print_column(), of a text that it frees. */
static void print_taken(FILE *out, enum print_style style, char *text,
			int width)
{
	print_column(out, style, text, width);
	free(text);
}

static void print_verdict(FILE *out, enum print_style style, uint32_t verdict)
{
	const struct verdict_style *found = NULL;

	if (verdict < sizeof(verdict_styles) / sizeof(verdict_styles[0]))
		found = &verdict_styles[verdict];
	if (!found || !found->word) {
		print_taken(out, style, alloc_printf("VERDICT-%u", verdict),
			    VERDICT_WIDTH);
		return;
	}
	if (style == PRINT_COLOURED)
		fprintf(out, "\033[%dm", found->colour);
	print_column(out, style, found->word, VERDICT_WIDTH);
	if (style == PRINT_COLOURED)
		fputs("\033[0m", out);
}

/* The object of an event, or "". */
static char *object_text(const struct event *event)
{
	char *text = NULL;
	size_t len;
	FILE *out = alloc_stream(&text, &len);

	if (event->class == CORDON_CLASS_STREAM)
		fprintf(out, " %" PRIu64, event->suppressed);
	print_object(event, out);
	alloc_stream_end(out);
	/* What is printed begins with a space, if it is anything. */
	if (*text)
		memmove(text, text + 1, len);
	return text;
}

static void print_decision(const struct event *event, enum print_style style,
			   FILE *out)
{
	const char *tenant = *event->tenant ? event->tenant : "-";
	const char *class = names_text(names_class, event->class);
	char *object = object_text(event);

	print_verdict(out, style, event->verdict);
	print_taken(out, style, text_escape(tenant, strlen(tenant)),
		    TENANT_WIDTH);
	print_taken(out, style,
		    class ? alloc_printf("%s", class) :
			    alloc_printf("%u", event->class),
		    CLASS_WIDTH);
	print_taken(out, style,
		    names_list(names_ops_of_class(event->class), event->op,
			       ","),
		    OP_WIDTH);
	if (*object || style != PRINT_PLAIN)
		print_column(out, style, object, OBJECT_WIDTH);
	free(object);
}

static void print_cause(const struct event *event, enum print_style style,
			FILE *out)
{
	print_taken(out, style, text_errno(event->error), ERROR_WIDTH);
	print_taken(out, style,
		    text_escape_word(event->origin, strlen(event->origin)),
		    ORIGIN_WIDTH);
	if (event->reason != CORDON_REASON_RULE &&
	    event->reason != CORDON_REASON_DEFAULT) {
		fputs("reason=", out);
		print_name(out, names_reason, event->reason);
		fputc(' ', out);
	}
}

/**
 * print_event - print an event in one line
 * @event: the event
 * @style: how
 * @out: where to
 */
void print_event(const struct event *event, enum print_style style, FILE *out)
{
	char *when = text_time_local(event->time_wall);

	fprintf(out, "%s ", when);
	print_decision(event, style, out);
	print_cause(event, style, out);
	fprintf(out, "pid=%" PRIu32 " comm=", event->tgid);
	print_word(out, event->comm, strlen(event->comm));
	fprintf(out, " uid=%" PRIu32, event->uid);
	if (event->repeat > 1)
		fprintf(out, " repeat=%" PRIu32, event->repeat);
	fputc('\n', out);
	free(when);
}

/**
 * print_event_text - the line that a person reads, as text
 * @event: the event
 *
 * Return: the plain line without its end, for the caller to free.
 */
char *print_event_text(const struct event *event)
{
	char *line = NULL;
	size_t len;
	FILE *out = alloc_stream(&line, &len);

	print_event(event, PRINT_PLAIN, out);
	alloc_stream_end(out);
	line[len - 1] = '\0';
	return line;
}
