// SPDX-License-Identifier: GPL-2.0
/* Metrics, and those who use them: page, alerts and dashboard. */
#include "support.h"

#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prometheus.h"
#include "stats.h"

/* A state in which no two numbers are the same. */
static struct stats make_stats(void)
{
	static struct tenant_state tenants[] = {
		{ .tenant = { .name = (char *)"acme",
			      .mode = CORDON_MODE_ENFORCE },
		  .rules = 101,
		  .members = 102,
		  .bytes = 103,
		  .events = { 110, 104, 105, 106, 107 } },
		{ .tenant = { .name = (char *)"a\"b\\c\n\xff",
			      .mode = CORDON_MODE_AUDIT },
		  .rules = 201,
		  .members = 202,
		  .bytes = UINT64_MAX,
		  .events = { 210, 204, 205, 206, 207 } },
	};
	const struct stats stats = {
		.up = true,
		.status = { .version = (char *)"0.1.0",
			    .hook_count = 1,
			    .generation = 18446744073709551614ULL,
			    .tenants = 2,
			    .rules = 3,
			    .members = 4,
			    .members_max = 5,
			    .sockets = 6,
			    .sockets_max = 7,
			    .backlog_max = 8,
			    .backlog_bytes = 9,
			    .history = 10,
			    .history_max = 11,
			    .history_first = 12,
			    .history_bytes = 13,
			    .audit_logged = 14,
			    .audit_missed = 15,
			    .policy_bytes = 16,
			    .policy_bytes_max = 17,
			    .events = { 18, 19, 20, 21, 22 } },
		.tenants = { tenants, 2 },
	};

	return stats;
}

/* What is written, for the caller to free. */
static char *text_of(const struct stats *stats)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	prometheus_write(stats, out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* The samples of what is written, without the comments. */
static char *samples_of(const struct stats *stats)
{
	char *text = text_of(stats);
	char *samples = calloc(1, strlen(text) + 1);
	char *line;

	assert_non_null(samples);
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (*line != '#')
			strcat(strcat(samples, line), "\n");
	free(text);
	return samples;
}

static void test_numbers(void **state)
{
	struct stats stats = make_stats();
	char *samples = samples_of(&stats);
	static const char expected[] =
		"cordon_up 1\n"
		"cordon_module_info{version=\"0.1.0\"} 1\n"
		"cordon_policy_generation 18446744073709551614\n"
		"cordon_tenants 2\n"
		"cordon_rules 3\n"
		"cordon_members 4\n"
		"cordon_members_limit 5\n"
		"cordon_sockets 6\n"
		"cordon_sockets_limit 7\n"
		"cordon_policy_bytes 16\n"
		"cordon_policy_limit_bytes 17\n"
		"cordon_hooks 1\n"
		"cordon_events_generated_total 18\n"
		"cordon_events_sent_total 19\n"
		"cordon_events_suppressed_total 20\n"
		"cordon_events_lost_total 21\n"
		"cordon_events_pending 22\n"
		"cordon_backlog_limit 8\n"
		"cordon_backlog_bytes 9\n"
		"cordon_history_events 10\n"
		"cordon_history_limit 11\n"
		"cordon_history_bytes 13\n"
		"cordon_audit_logged_total 14\n"
		"cordon_audit_missed_total 15\n"
		"cordon_tenant_rules{tenant=\"acme\"} 101\n"
		"cordon_tenant_rules{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 201\n"
		"cordon_tenant_members{tenant=\"acme\"} 102\n"
		"cordon_tenant_members{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 202\n"
		"cordon_tenant_policy_bytes{tenant=\"acme\"} 103\n"
		"cordon_tenant_policy_bytes{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 18446744073709551615\n"
		"cordon_tenant_events_generated_total{tenant=\"acme\"} 110\n"
		"cordon_tenant_events_generated_total{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 210\n"
		"cordon_tenant_events_sent_total{tenant=\"acme\"} 104\n"
		"cordon_tenant_events_sent_total{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 204\n"
		"cordon_tenant_events_suppressed_total{tenant=\"acme\"} 105\n"
		"cordon_tenant_events_suppressed_total{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 205\n"
		"cordon_tenant_events_lost_total{tenant=\"acme\"} 106\n"
		"cordon_tenant_events_lost_total{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 206\n"
		"cordon_tenant_events_pending{tenant=\"acme\"} 107\n"
		"cordon_tenant_events_pending{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 207\n"
		"cordon_tenant_enforcing{tenant=\"acme\"} 1\n"
		"cordon_tenant_enforcing{tenant=\"a\\\"b\\\\x5cc\\\\x0a\\\\xff\"} 0\n";

	(void)state;
	assert_string_equal(samples, expected);
	free(samples);
}

static void test_down(void **state)
{
	const struct stats down = { .up = false };
	char *samples = samples_of(&down);

	(void)state;
	assert_string_equal(samples, "cordon_up 0\n");
	free(samples);
}

static void test_no_tenants(void **state)
{
	struct stats stats = make_stats();
	char *text;

	(void)state;
	stats.tenants.count = 0;
	text = text_of(&stats);
	assert_null(strstr(text, "cordon_tenant_"));
	assert_non_null(strstr(text, "\ncordon_audit_missed_total 15\n"));
	free(text);
}

/* Prometheus' own tool has nothing against it. */
static void test_promtool(void **state)
{
	const char *promtool = getenv("PROMTOOL");
	struct stats stats = make_stats();
	char command[4096];
	FILE *pipe;

	(void)state;
	if (!promtool || !*promtool)
		skip();
	snprintf(command, sizeof(command), "'%s' check metrics 2>&1", promtool);
	pipe = popen(command, "w");
	assert_non_null(pipe);
	prometheus_write(&stats, pipe);
	assert_int_equal(pclose(pipe), 0);
}

/* Adds every name of a metric in a text to a set. */
static void collect_names(struct json_object *names, const char *text)
{
	const char *at = text;

	while ((at = strstr(at, "cordon_"))) {
		const char *end = at;
		char name[128];

		while (islower(*end) || *end == '_')
			end++;
		assert_true((size_t)(end - at) < sizeof(name));
		snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
		json_object_object_add(names, name, NULL);
		at = end;
	}
}

static struct json_object *names_of_code(void)
{
	struct json_object *names = json_object_new_object();
	struct stats stats = make_stats();
	char *samples = samples_of(&stats);

	collect_names(names, samples);
	free(samples);
	return names;
}

static struct json_object *names_of_file(const char *path)
{
	struct json_object *names = json_object_new_object();
	FILE *file = fopen(path, "r");
	char line[1024];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		collect_names(names, line);
	fclose(file);
	return names;
}

/* Alerts and dashboard are about metrics that exist. */
static void test_users(void **state)
{
	static const char *const files[] = {
		TOP_DIR "/ctl/prometheus/alerts.yml",
		TOP_DIR "/ctl/prometheus/dashboard.json",
	};
	struct json_object *names = names_of_code();
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		struct json_object *used = names_of_file(files[i]);

		assert_true(json_object_object_length(used) > 3);
		expect_within(used, names, "what is written");
		json_object_put(used);
	}
	json_object_put(names);
}

/* The page has all metrics, and no other. */
static void test_documented(void **state)
{
	static const char page[] = TOP_DIR "/ctl/cordon-metrics.5";
	struct json_object *documented = names_of_file(page);
	struct json_object *names = names_of_code();

	(void)state;
	expect_within(names, documented, page);
	expect_within(documented, names, "what is written");
	json_object_put(documented);
	json_object_put(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_down),
		cmocka_unit_test(test_no_tenants),
		cmocka_unit_test(test_promtool),
		cmocka_unit_test(test_users),
		cmocka_unit_test(test_documented),
	};

	return cmocka_run_group_tests_name("prometheus", tests, NULL, NULL);
}
