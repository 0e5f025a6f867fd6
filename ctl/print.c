// SPDX-License-Identifier: GPL-2.0
/* Whatever a tenant could have chosen goes through print_escaped(). */
#include "print.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "text.h"

static void print_escaped(FILE *out, const char *bytes, size_t len)
{
	char *safe = text_escape(bytes, len);

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
	fprintf(out, "\ngeneration  %" PRIu64 "\n", status->generation);
	print_digest(status, out);
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

/**
 * print_members - print tasks as a table
 * @list: the tasks
 * @out: where to
 */
void print_members(const struct member_list *list, FILE *out)
{
	size_t i;

	fprintf(out, "%10s %10s %-20s %s\n", "PID", "TID", "TENANT", "COMMAND");
	for (i = 0; i < list->count; i++) {
		const struct member *member = &list->items[i];
		char *tenant =
			text_escape(member->tenant, strlen(member->tenant));

		fprintf(out, "%10" PRIu32 " %10" PRIu32 " %-20s ", member->tgid,
			member->pid, tenant);
		print_text(out, member->comm);
		fputc('\n', out);
		free(tenant);
	}
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
			print_escaped(out, event->path, event->path_len);
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
		print_escaped(out, event->path, event->path_len);
	}
	print_end(out, "", &event->remote);
	print_end(out, event->remote.len ? "from " : "", &event->local);
}

static void print_verdict(FILE *out, uint32_t verdict)
{
	static const char *const words[] = {
		[CORDON_VERDICT_DENIED] = "DENIED",
		[CORDON_VERDICT_WOULD_DENY] = "WOULD-DENY",
		[CORDON_VERDICT_ALLOWED] = "ALLOWED",
		[CORDON_VERDICT_NOTED] = "NOTED",
	};

	if (verdict < sizeof(words) / sizeof(words[0]) && words[verdict])
		fputs(words[verdict], out);
	else
		fprintf(out, "VERDICT-%" PRIu32, verdict);
}

/**
 * print_event - print an event in one line
 * @event: the event
 * @out: where to
 */
void print_event(const struct event *event, FILE *out)
{
	char *when = text_time_local(event->time_wall);
	char *error = text_errno(event->error);

	fprintf(out, "%s ", when);
	print_verdict(out, event->verdict);
	fputc(' ', out);
	print_text(out, *event->tenant ? event->tenant : "-");
	fputc(' ', out);
	print_name(out, names_class, event->class);
	fputc(' ', out);
	print_flags(out, names_ops_of_class(event->class), event->op);
	if (event->class == CORDON_CLASS_STREAM)
		fprintf(out, " %" PRIu64, event->suppressed);
	print_object(event, out);
	fprintf(out, " %s ", error);
	print_text(out, event->origin);
	if (event->reason != CORDON_REASON_RULE &&
	    event->reason != CORDON_REASON_DEFAULT) {
		fputs(" reason=", out);
		print_name(out, names_reason, event->reason);
	}
	fprintf(out, " pid=%" PRIu32 " comm=", event->tgid);
	print_text(out, event->comm);
	fprintf(out, " uid=%" PRIu32, event->uid);
	if (event->repeat > 1)
		fprintf(out, " repeat=%" PRIu32, event->repeat);
	fputc('\n', out);
	free(when);
	free(error);
}
