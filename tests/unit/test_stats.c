// SPDX-License-Identifier: GPL-2.0
/* What is counted, for people and programs. */
#include "support.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

static struct stats make_stats(void)
{
	static struct tenant_state tenants[] = {
		{ .tenant = { .name = (char *)"acme",
			      .mode = CORDON_MODE_ENFORCE },
		  .rules = 1,
		  .members = 2,
		  .bytes = 3,
		  .events = { 10, 4, 3, 2, 1 } },
		{ .tenant = { .name = (char *)"b\x1b[2J",
			      .mode = CORDON_MODE_AUDIT },
		  .events = { UINT32_MAX, UINT32_MAX, 0, 0, 0 } },
	};
	const struct stats stats = {
		.up = true,
		.status = { .version = (char *)"0.1.0",
			    .tenants = 2,
			    .rules = 1,
			    .members = 2,
			    .policy_bytes = 4096,
			    .events = { 50, 20, 15, 10, 5 } },
		.tenants = { tenants, 2 },
	};

	return stats;
}

static void test_print(void **state)
{
	struct stats stats = make_stats();
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	stats_print(&stats, out);
	fclose(out);
	assert_string_equal(text,
			    "TENANT               MODE        RULES  MEMBERS        BYTES    GENERATED         SENT   SUPPRESSED         LOST  PENDING\n"
			    "acme                 enforce         1        2            3           10            4            3            2        1\n"
			    "b\\x1b[2J             audit           0        0            0   4294967295   4294967295            0            0        0\n"
			    "(host)               -               1        2         4096           50           20           15           10        5\n");
	free(text);
}

static const char *text_at(struct json_object *object, const char *pointer)
{
	struct json_object *value = NULL;

	if (json_pointer_get(object, pointer, &value))
		return "nothing";
	return json_object_get_string(value);
}

static void test_json(void **state)
{
	struct stats stats = make_stats();
	struct json_object *object = stats_json(&stats);

	(void)state;
	assert_string_equal(text_at(object, "/host/version"), "0.1.0");
	assert_string_equal(text_at(object, "/host/events/generated"), "50");
	assert_string_equal(text_at(object, "/tenants/0/name"), "acme");
	assert_string_equal(text_at(object, "/tenants/0/events/suppressed"),
			    "3");
	assert_string_equal(text_at(object, "/tenants/1/mode"), "audit");
	assert_string_equal(text_at(object, "/tenants/2"), "nothing");
	json_object_put(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
