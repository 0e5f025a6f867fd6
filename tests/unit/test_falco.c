// SPDX-License-Identifier: GPL-2.0
/* Events as Falco writes them, and what fields are called elsewhere. */
#include "support.h"

#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "falco.h"
#include "field.h"
#include "json.h"

#define PAGE TOP_DIR "/ctl/cordon-events.5"

static void expect(const struct event *event, const char *expected)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(json_write(falco_event(event, "web1"), true, out), 0);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static void test_file(void **state)
{
	struct event event = denied_read();

	(void)state;
	expect(&event,
	       "{\"time\":\"2026-11-22T15:04:05.123456789Z\","
	       "\"rule\":\"cordon file read denied\",\"priority\":\"Warning\","
	       "\"source\":\"cordon\",\"hostname\":\"web1\","
	       "\"output\":\"2026-11-22 15:04:05.123 DENIED acme file read /etc/shadow EACCES acme.yaml:14 pid=10 comm=cat uid=20000\","
	       "\"tags\":[\"cordon\",\"file\"],"
	       "\"output_fields\":{"
	       "\"evt.time.iso8601\":\"2026-11-22T15:04:05.123456789Z\","
	       "\"cordon.time_boot_ns\":42,\"evt.num\":7,\"cordon.tenant_seq\":2,"
	       "\"cordon.tenant\":\"acme\",\"cordon.generation\":3,"
	       "\"cordon.class\":\"file\",\"cordon.op\":\"read\","
	       "\"cordon.verdict\":\"denied\",\"cordon.reason\":\"rule\","
	       "\"cordon.errno\":13,\"evt.res\":\"EACCES\","
	       "\"cordon.origin\":\"acme.yaml:14\",\"thread.tid\":11,"
	       "\"proc.pid\":10,\"proc.ppid\":9,\"proc.name\":\"cat\","
	       "\"cordon.comm_escaped\":false,\"user.uid\":20000,"
	       "\"group.gid\":100,\"cordon.cgroup_id\":4,"
	       "\"fd.name\":\"/etc/shadow\",\"cordon.path_escaped\":false,"
	       "\"fd.dev.major\":8,\"fd.dev.minor\":1,\"fd.ino\":5,"
	       "\"cordon.repeat\":1}}\n");
}

/* The text of a field, which the caller need not free; NULL without it. */
static const char *field_of(struct json_object *object, const char *name)
{
	struct json_object *output =
		json_object_object_get(object, "output_fields");

	return json_object_get_string(json_object_object_get(output, name));
}

static const char *text_of(struct json_object *object, const char *key)
{
	return json_object_get_string(json_object_object_get(object, key));
}

static void test_socket(void **state)
{
	struct event event = denied_read();
	struct json_object *output;
	struct json_object *object;

	(void)state;
	event.class = CORDON_CLASS_SOCKET;
	event.op = CORDON_SOCKET_OP_CONNECT;
	event.family = AF_INET6;
	event.type = SOCK_STREAM;
	event.protocol = IPPROTO_TCP;
	event.path = NULL;
	event.remote = (struct endpoint_address){ { 0xfd, [15] = 1 }, 16, 443 };
	object = falco_event(&event, "web1");
	assert_string_equal(field_of(object, "fd.rip"), "fd00::1");
	assert_string_equal(field_of(object, "fd.rport"), "443");
	assert_string_equal(field_of(object, "fd.l4proto"), "tcp");
	/* What it does not have is not there, not even as null. */
	output = json_object_object_get(object, "output_fields");
	assert_false(json_object_object_get_ex(output, "fd.lip", NULL));
	json_object_put(object);
	/* 9 is a protocol of netlink, but none that Falco has. */
	event.family = AF_NETLINK;
	event.protocol = 9;
	object = falco_event(&event, "web1");
	assert_null(field_of(object, "fd.l4proto"));
	assert_string_equal(field_of(object, "cordon.protocol"), "audit");
	json_object_put(object);
}

/* What tenants choose is text like any other, and cannot end it. */
static void test_hostile(void **state)
{
	struct event event = denied_read();
	struct json_object *object;

	(void)state;
	event.path = (char *)"/a\"}\n\xff";
	event.path_len = strlen(event.path);
	event.comm = (char *)"x\",\"rule\":\"y\x1b";
	object = falco_event(&event, "web1");
	assert_string_equal(text_of(object, "rule"), "cordon file read denied");
	assert_string_equal(field_of(object, "fd.name"), "/a\"}\\x0a\\xff");
	assert_string_equal(field_of(object, "cordon.path_escaped"), "true");
	assert_string_equal(text_of(object, "output"),
			    "2026-11-22 15:04:05.123 DENIED acme file read /a\"}\\x0a\\xff EACCES acme.yaml:14 pid=10 comm=x\",\"rule\":\"y\\x1b uid=20000");
	json_object_put(object);
}

static void test_priorities(void **state)
{
	static const struct {
		uint32_t class;
		uint32_t verdict;
		const char *priority;
	} cases[] = {
		{ CORDON_CLASS_FILE, CORDON_VERDICT_DENIED, "Warning" },
		{ CORDON_CLASS_SOCKET, CORDON_VERDICT_DENIED, "Warning" },
		{ CORDON_CLASS_GUARD, CORDON_VERDICT_DENIED, "Error" },
		{ CORDON_CLASS_ADMIN, CORDON_VERDICT_DENIED, "Error" },
		{ CORDON_CLASS_GUARD, CORDON_VERDICT_WOULD_DENY, "Notice" },
		{ CORDON_CLASS_STREAM, CORDON_VERDICT_NOTED, "Notice" },
		{ CORDON_CLASS_ADMIN, CORDON_VERDICT_NOTED, "Notice" },
		{ CORDON_CLASS_FILE, CORDON_VERDICT_ALLOWED, "Informational" },
		{ 99, 99, "Informational" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event event = denied_read();
		struct json_object *object;

		event.class = cases[i].class;
		event.verdict = cases[i].verdict;
		object = falco_event(&event, "web1");
		assert_string_equal(text_of(object, "priority"),
				    cases[i].priority);
		json_object_put(object);
	}
}

/* All keys that events of any class have, as a set. */
static struct json_object *keys_of_code(void)
{
	struct json_object *keys = json_object_new_object();
	uint32_t number;

	for (number = 1; number < __CORDON_CLASS_LAST; number++) {
		struct event event = denied_read();
		struct json_object *object;

		event.class = number;
		event.target_pid = 7;
		object = json_event(&event);
		json_object_object_foreach(object, key, value)
		{
			(void)value;
			json_object_object_add(keys, key, NULL);
		}
		json_object_put(object);
	}
	return keys;
}

/* The table has every key once, and no other. */
static void test_table(void **state)
{
	struct json_object *keys = keys_of_code();
	size_t i;

	(void)state;
	for (i = 0; fields[i].key; i++) {
		if (!json_object_object_get_ex(keys, fields[i].key, NULL))
			fail_msg("no event has '%s', or it is there twice",
				 fields[i].key);
		json_object_object_del(keys, fields[i].key);
		assert_non_null(fields[i].falco);
		assert_non_null(fields[i].ecs);
	}
	json_object_object_foreach(keys, key, value)
	{
		(void)value;
		fail_msg("'%s' is not in the table of fields", key);
	}
	json_object_put(keys);
}

static void expect_distinct(struct json_object *event)
{
	struct json_object *names = json_object_new_object();
	size_t i;

	for (i = 0; fields[i].key; i++) {
		if (!json_object_object_get_ex(event, fields[i].key, NULL))
			continue;
		if (json_object_object_get_ex(names, fields[i].falco, NULL))
			fail_msg("'%s' is there twice", fields[i].falco);
		json_object_object_add(names, fields[i].falco, NULL);
	}
	json_object_put(names);
}

/* Two fields of one event must not get the same name. */
static void test_distinct(void **state)
{
	uint32_t number;

	(void)state;
	for (number = 1; number < __CORDON_CLASS_LAST; number++) {
		struct event event = denied_read();
		struct json_object *object;

		event.class = number;
		event.target_pid = 7;
		object = json_event(&event);
		expect_distinct(object);
		json_object_put(object);
	}
}

/* The page has the same table, in the same order. */
static void test_documented(void **state)
{
	const struct field *field = fields;
	FILE *page = fopen(PAGE, "r");
	bool inside = false;
	char line[512];

	(void)state;
	assert_non_null(page);
	while (fgets(line, sizeof(line), page)) {
		char key[64];
		char falco[64];
		char ecs[64];

		if (!strncmp(line, ".Sh ", 4))
			inside = !strcmp(line, ".Sh NAMES ELSEWHERE\n");
		if (!inside || sscanf(line, ".It Li %63s Ta Li %63s Ta Li %63s",
				      key, falco, ecs) != 3)
			continue;
		assert_non_null(field->key);
		assert_string_equal(key, field->key);
		assert_string_equal(falco, field->falco);
		assert_string_equal(ecs, field->ecs);
		field++;
	}
	fclose(page);
	assert_null(field->key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_socket),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_priorities),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_distinct),
		cmocka_unit_test(test_documented),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests_name("falco", tests, NULL, NULL);
}
