// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "json.h"
#include "names.h"
#include "text.h"

/**
 * stats_fetch - ask the module what it counted
 * @session: an open session
 * @stats: becomes that; the caller clears it, also after an error
 *
 * Return: 0, or a negative errno.
 */
int stats_fetch(struct session *session, struct stats *stats)
{
	int ret;

	memset(stats, 0, sizeof(*stats));
	ret = fetch_status(session, &stats->status);
	if (!ret)
		ret = fetch_tenants(session, &stats->tenants);
	stats->up = !ret;
	return ret;
}

static void print_row(FILE *out, const char *name, const char *mode,
		      const struct tenant_state *state)
{
	fprintf(out,
		"%-20s %-8s %8" PRIu32 " %8" PRIu32 " %12" PRIu64 " %12" PRIu64
		" %12" PRIu64 " %12" PRIu64 " %12" PRIu64 " %8" PRIu64 "\n",
		name, mode, state->rules, state->members, state->bytes,
		state->events.generated, state->events.sent,
		state->events.suppressed, state->events.lost,
		state->events.pending);
}

static void print_tenant_row(FILE *out, const struct tenant_state *state)
{
	const char *mode = names_text(names_mode, state->tenant.mode);
	char *name =
		text_escape(state->tenant.name, strlen(state->tenant.name));

	print_row(out, name, mode ? mode : "?", state);
	free(name);
}

/**
 * stats_print - print what was counted as a table, the host last
 * @stats: what was
 * @out: where to
 */
void stats_print(const struct stats *stats, FILE *out)
{
	const struct tenant_state host = {
		.rules = stats->status.rules,
		.members = stats->status.members,
		.bytes = stats->status.policy_bytes,
		.events = stats->status.events,
	};
	size_t i;

	fprintf(out, "%-20s %-8s %8s %8s %12s %12s %12s %12s %12s %8s\n",
		"TENANT", "MODE", "RULES", "MEMBERS", "BYTES", "GENERATED",
		"SENT", "SUPPRESSED", "LOST", "PENDING");
	for (i = 0; i < stats->tenants.count; i++)
		print_tenant_row(out, &stats->tenants.items[i]);
	print_row(out, "(host)", "-", &host);
}

/**
 * stats_json - what was counted as JSON
 * @stats: what was
 *
 * Return: the value, for the caller to free.
 */
struct json_object *stats_json(const struct stats *stats)
{
	struct json_object *object = json_object_new_object();
	struct json_object *tenants = json_object_new_array();
	size_t i;

	if (!object || !tenants)
		alloc_failed();
	for (i = 0; i < stats->tenants.count; i++)
		if (json_object_array_add(tenants,
					  json_tenant(&stats->tenants.items[i],
						      false)))
			alloc_failed();
	json_put(object, "host", json_status(&stats->status));
	json_put(object, "tenants", tenants);
	return object;
}

/**
 * stats_clear - free what is held
 * @stats: what was counted
 */
void stats_clear(struct stats *stats)
{
	status_clear(&stats->status);
	tenant_list_clear(&stats->tenants);
}
