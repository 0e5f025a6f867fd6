// SPDX-License-Identifier: GPL-2.0
/*
 * Names are stable, and are those of cordon-metrics(5).  The only label that
 * has as many values as a host has tenants is "tenant"; nothing that a task of
 * a tenant can choose is in a label.
 */
#include "prometheus.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "stats.h"
#include "text.h"

/**
 * struct place - where a number is in a struct
 * @offset: its offset
 * @size: its size, four or eight bytes
 */
struct place {
	size_t offset;
	size_t size;
};

/**
 * struct metric - a number of a struct, and what it is called
 * @name: its name
 * @type: its type
 * @help: what it is
 * @place: where it is
 */
struct metric {
	const char *name;
	const char *type;
	const char *help;
	struct place place;
};

#define PLACE(of, member)                                                      \
	{                                                                      \
		offsetof(of, member), sizeof(((of *)NULL)->member)             \
	}
#define HOST(member) PLACE(struct status, member)
#define TENANT(member) PLACE(struct tenant_state, member)

static const struct metric host_metrics[] = {
	{ "cordon_policy_generation", "gauge",
	  "Generation of the policy in force.", HOST(generation) },
	{ "cordon_tenants", "gauge", "Tenants in force.", HOST(tenants) },
	{ "cordon_rules", "gauge", "Rules in force.", HOST(rules) },
	{ "cordon_members", "gauge", "Tasks that belong to tenants.",
	  HOST(members) },
	{ "cordon_members_limit", "gauge", "Most tasks that can.",
	  HOST(members_max) },
	{ "cordon_sockets", "gauge", "Sockets that packets are judged for.",
	  HOST(sockets) },
	{ "cordon_sockets_limit", "gauge", "Most sockets that can be.",
	  HOST(sockets_max) },
	{ "cordon_policy_bytes", "gauge", "Kernel memory of all policy.",
	  HOST(policy_bytes) },
	{ "cordon_policy_limit_bytes", "gauge",
	  "Most kernel memory that policy can take.", HOST(policy_bytes_max) },
	{ "cordon_hooks", "gauge", "Kernel functions that are hooked.",
	  HOST(hook_count) },
	{ "cordon_events_generated_total", "counter", "Events that happened.",
	  HOST(events.generated) },
	{ "cordon_events_sent_total", "counter",
	  "Events that were sent to whoever listened.", HOST(events.sent) },
	{ "cordon_events_suppressed_total", "counter",
	  "Events that were held back by the limit of a tenant.",
	  HOST(events.suppressed) },
	{ "cordon_events_lost_total", "counter",
	  "Events that were dropped for want of room.", HOST(events.lost) },
	{ "cordon_events_pending", "gauge", "Events that are not sent yet.",
	  HOST(events.pending) },
	{ "cordon_backlog_limit", "gauge", "Most events that can wait.",
	  HOST(backlog_max) },
	{ "cordon_backlog_bytes", "gauge", "Kernel memory of events that wait.",
	  HOST(backlog_bytes) },
	{ "cordon_history_events", "gauge",
	  "Events that are kept after they were sent.", HOST(history) },
	{ "cordon_history_limit", "gauge", "Most events that are kept.",
	  HOST(history_max) },
	{ "cordon_history_bytes", "gauge",
	  "Kernel memory of events that are kept.", HOST(history_bytes) },
	{ "cordon_audit_logged_total", "counter",
	  "Events that the audit subsystem took.", HOST(audit_logged) },
	{ "cordon_audit_missed_total", "counter",
	  "Events that the audit subsystem did not take.", HOST(audit_missed) },
};

static const struct metric tenant_metrics[] = {
	{ "cordon_tenant_rules", "gauge", "Rules of the tenant.",
	  TENANT(rules) },
	{ "cordon_tenant_members", "gauge", "Tasks that belong to the tenant.",
	  TENANT(members) },
	{ "cordon_tenant_policy_bytes", "gauge",
	  "Kernel memory of the policy of the tenant.", TENANT(bytes) },
	{ "cordon_tenant_events_generated_total", "counter",
	  "Events of the tenant that happened.", TENANT(events.generated) },
	{ "cordon_tenant_events_sent_total", "counter",
	  "Events of the tenant that were sent to whoever listened.",
	  TENANT(events.sent) },
	{ "cordon_tenant_events_suppressed_total", "counter",
	  "Events of the tenant that were held back by its limit.",
	  TENANT(events.suppressed) },
	{ "cordon_tenant_events_lost_total", "counter",
	  "Events of the tenant that were dropped for want of room.",
	  TENANT(events.lost) },
	{ "cordon_tenant_events_pending", "gauge",
	  "Events of the tenant that are not sent yet.",
	  TENANT(events.pending) },
};

static uint64_t number_of(const void *from, const struct metric *metric)
{
	const char *place = (const char *)from + metric->place.offset;
	uint64_t number;
	uint32_t small;

	if (metric->place.size == sizeof(number)) {
		memcpy(&number, place, sizeof(number));
		return number;
	}
	memcpy(&small, place, sizeof(small));
	return small;
}
static_assert(sizeof(size_t) == sizeof(uint64_t),
	      "the number of hooks is read like other numbers");

static void write_head(FILE *out, const char *name, const char *type,
		       const char *help)
{
	fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* The value of a label: UTF-8 in which three characters are escaped. */
static void write_label(FILE *out, const char *text)
{
	char *safe = text_escape(text, strlen(text));
	const char *at;

	for (at = safe; *at; at++) {
		if (*at == '\\' || *at == '"')
			fputc('\\', out);
		fputc(*at, out);
	}
	free(safe);
}

static void write_of_tenant(FILE *out, const char *name,
			    const struct tenant_state *state, uint64_t number)
{
	fprintf(out, "%s{tenant=\"", name);
	write_label(out, state->tenant.name);
	fprintf(out, "\"} %" PRIu64 "\n", number);
}

static void write_tenants(const struct tenant_list *list, FILE *out)
{
	static const char enforcing[] = "cordon_tenant_enforcing";
	const struct metric *end =
		tenant_metrics +
		sizeof(tenant_metrics) / sizeof(tenant_metrics[0]);
	const struct metric *metric;
	size_t i;

	if (!list->count)
		return;
	for (metric = tenant_metrics; metric < end; metric++) {
		write_head(out, metric->name, metric->type, metric->help);
		for (i = 0; i < list->count; i++)
			write_of_tenant(out, metric->name, &list->items[i],
					number_of(&list->items[i], metric));
	}
	write_head(out, enforcing, "gauge",
		   "1 where what is denied fails, 0 in audit mode.");
	for (i = 0; i < list->count; i++)
		write_of_tenant(out, enforcing, &list->items[i],
				list->items[i].tenant.mode ==
					CORDON_MODE_ENFORCE);
}

static void write_host(const struct status *status, FILE *out)
{
	static const char info[] = "cordon_module_info";
	size_t i;

	write_head(out, info, "gauge", "Version of the module; always 1.");
	fprintf(out, "%s{version=\"", info);
	write_label(out, status->version);
	fputs("\"} 1\n", out);
	for (i = 0; i < sizeof(host_metrics) / sizeof(host_metrics[0]); i++) {
		const struct metric *metric = &host_metrics[i];

		write_head(out, metric->name, metric->type, metric->help);
		fprintf(out, "%s %" PRIu64 "\n", metric->name,
			number_of(status, metric));
	}
}

/**
 * prometheus_write - write what was counted as metrics
 * @stats: what was counted
 * @out: where to
 */
void prometheus_write(const struct stats *stats, FILE *out)
{
	write_head(out, "cordon_up", "gauge", "1 when the module is loaded.");
	fprintf(out, "cordon_up %d\n", stats->up);
	if (!stats->up)
		return;
	write_host(&stats->status, out);
	write_tenants(&stats->tenants, out);
}
