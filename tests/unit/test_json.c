// SPDX-License-Identifier: GPL-2.0
/* Output for programs: every key, and numbers to the last digit. */
#include "support.h"

#include <errno.h>
#include <json-c/json.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static void expect(struct json_object *object, const char *expected)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(json_write(object, true, out), 0);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
}

static struct event make_event(void)
{
	struct event event = denied_read();

	event.seq = UINT64_MAX;
	event.time_boot = 9007199254740993ULL;
	event.path = NULL;
	event.path_len = 0;

	return event;
}

#define EVENT_HEAD                                                             \
	"{\"time\":\"2026-11-22T15:04:05.123456789Z\","                        \
	"\"time_boot_ns\":9007199254740993,\"seq\":18446744073709551615,"      \
	"\"tenant_seq\":2,\"tenant\":\"acme\",\"generation\":3,"

static void test_file_event(void **state)
{
	struct event event = make_event();

	(void)state;
	event.path = (char *)"/a\"b\\\n";
	event.path_len = strlen("/a\"b\\\n");
	expect(json_event(&event), EVENT_HEAD
	       "\"class\":\"file\",\"op\":\"read\",\"verdict\":\"denied\","
	       "\"reason\":\"rule\",\"errno\":13,\"errno_name\":\"EACCES\","
	       "\"origin\":\"acme.yaml:14\",\"pid\":11,\"tgid\":10,\"ppid\":9,"
	       "\"comm\":\"cat\",\"comm_escaped\":false,\"uid\":20000,"
	       "\"gid\":100,\"cgroup_id\":4,\"path\":\"/a\\\"b\\\\\\n\","
	       "\"path_escaped\":false,\"dev_major\":8,\"dev_minor\":1,"
	       "\"ino\":5,\"repeat\":1}\n");
}

/* A value of an object as text; NULL when it is null. */
static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value ? json_object_get_string(value) : NULL;
}

static void test_socket_event(void **state)
{
	struct event event = make_event();

	(void)state;
	event.class = CORDON_CLASS_SOCKET;
	event.op = CORDON_SOCKET_OP_CONNECT;
	event.error = 0;
	event.verdict = CORDON_VERDICT_ALLOWED;
	event.family = AF_INET;
	event.type = SOCK_DGRAM;
	event.protocol = 250;
	event.path = NULL;
	event.remote = (struct endpoint_address){ { 10, 0, 0, 1 }, 4, 53 };
	expect(json_event(&event), EVENT_HEAD
	       "\"class\":\"socket\",\"op\":\"connect\",\"verdict\":\"allowed\","
	       "\"reason\":\"rule\",\"errno\":0,\"errno_name\":null,"
	       "\"origin\":\"acme.yaml:14\",\"pid\":11,\"tgid\":10,\"ppid\":9,"
	       "\"comm\":\"cat\",\"comm_escaped\":false,\"uid\":20000,"
	       "\"gid\":100,\"cgroup_id\":4,\"family\":\"inet\","
	       "\"type\":\"dgram\",\"protocol\":250,\"local_addr\":null,"
	       "\"local_cid\":null,\"local_port\":null,"
	       "\"remote_addr\":\"10.0.0.1\",\"remote_cid\":null,"
	       "\"remote_port\":53,\"name\":null,\"name_escaped\":false,"
	       "\"repeat\":1}\n");
}

/* Names of unix sockets are escaped like paths. */
static void test_unix_event(void **state)
{
	struct event event = make_event();
	struct json_object *object;

	(void)state;
	event.class = CORDON_CLASS_SOCKET;
	event.op = CORDON_SOCKET_OP_BIND;
	event.family = AF_UNIX;
	event.path = (char *)"@a\0\xff";
	event.path_len = 4;
	object = json_event(&event);
	assert_string_equal(text_of(object, "name"), "@a\\x00\\xff");
	assert_string_equal(text_of(object, "name_escaped"), "true");
	assert_null(text_of(object, "type"));
	json_object_put(object);
}

static void test_vsock_event(void **state)
{
	struct event event = make_event();
	struct json_object *object;

	(void)state;
	event.class = CORDON_CLASS_SOCKET;
	event.op = CORDON_SOCKET_OP_CONNECT;
	event.family = AF_VSOCK;
	event.type = SOCK_STREAM;
	event.path = NULL;
	event.remote = (struct endpoint_address){ .cid = UINT32_MAX,
						  .has_cid = true,
						  .port = 1 };
	object = json_event(&event);
	assert_string_equal(text_of(object, "remote_cid"), "4294967295");
	assert_string_equal(text_of(object, "remote_port"), "1");
	assert_null(text_of(object, "remote_addr"));
	assert_null(text_of(object, "local_cid"));
	json_object_put(object);
}

/* Bytes that JSON cannot have are escaped, and the reader is told. */
static void test_escaped_path(void **state)
{
	struct event event = make_event();
	struct json_object *object;
	struct json_object *value;

	(void)state;
	event.path = (char *)"/\xff\\";
	event.path_len = strlen("/\xff\\");
	event.comm = (char *)"\xc3";
	object = json_event(&event);
	assert_true(json_object_object_get_ex(object, "path", &value));
	assert_string_equal(json_object_get_string(value), "/\\xff\\x5c");
	assert_true(json_object_object_get_ex(object, "path_escaped", &value));
	assert_true(json_object_get_boolean(value));
	assert_true(json_object_object_get_ex(object, "comm", &value));
	assert_string_equal(json_object_get_string(value), "\\xc3");
	assert_true(json_object_object_get_ex(object, "comm_escaped", &value));
	assert_true(json_object_get_boolean(value));
	json_object_put(object);
}

static struct event make_admin_event(void)
{
	struct event event = make_event();

	event.tenant = (char *)"";
	event.origin = (char *)"default";
	event.class = CORDON_CLASS_ADMIN;
	event.op = CORDON_ADMIN_OP_REPLACE;
	event.reason = CORDON_REASON_ADMIN;
	event.error = EINVAL;
	event.path = (char *)"a.yaml:3: no";
	event.path_len = strlen("a.yaml:3: no");
	event.generation_before = 2;
	event.loginuid = 1000;
	event.digest.known = true;
	memset(event.digest.bytes, 0xa5, sizeof(event.digest.bytes));
	return event;
}

static void test_admin_event(void **state)
{
	struct event event = make_admin_event();
	struct json_object *object = json_event(&event);

	(void)state;
	assert_string_equal(text_of(object, "tenant"), "");
	assert_string_equal(text_of(object, "class"), "admin");
	assert_string_equal(text_of(object, "op"), "replace");
	assert_string_equal(text_of(object, "reason"), "admin");
	assert_string_equal(text_of(object, "loginuid"), "1000");
	assert_string_equal(text_of(object, "generation_before"), "2");
	assert_string_equal(text_of(object, "generation"), "3");
	assert_null(text_of(object, "digest_before"));
	assert_string_equal(text_of(object, "digest"),
			    "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
	assert_string_equal(text_of(object, "why"), "a.yaml:3: no");
	assert_string_equal(text_of(object, "why_escaped"), "false");
	json_object_put(object);
	event.loginuid = UINT32_MAX;
	object = json_event(&event);
	assert_null(text_of(object, "loginuid"));
	json_object_put(object);
}

/* What a tenant is not told of its own events is null, not some number. */
static void test_own_event(void **state)
{
	struct event event = make_admin_event();
	struct json_object *object;

	(void)state;
	event.seq = 0;
	event.loginuid = 0;
	object = json_event(&event);
	assert_null(text_of(object, "seq"));
	assert_null(text_of(object, "generation"));
	assert_null(text_of(object, "generation_before"));
	assert_null(text_of(object, "loginuid"));
	assert_string_equal(text_of(object, "tenant_seq"), "2");
	json_object_put(object);
}

/* Adds the keys of an event of a class to a set. */
static void collect_keys(struct json_object *keys, uint32_t class)
{
	struct event event = make_event();
	struct json_object *object;

	event.class = class;
	event.path = NULL;
	event.target_pid = 7;
	object = json_event(&event);
	json_object_object_foreach(object, key, value)
	{
		(void)value;
		json_object_object_add(keys, key, NULL);
	}
	json_object_put(object);
}

/* Adds the words of a line of a list of the man page. */
static void collect_words(struct json_object *keys, char *line)
{
	static const char item[] = ".It Li ";
	char *word;

	if (strncmp(line, item, strlen(item)))
		return;
	for (word = strtok(line + strlen(item), " ,\n"); word;
	     word = strtok(NULL, " ,\n"))
		json_object_object_add(keys, word, NULL);
}

/* Every key is in the table of the man page, and nothing else is. */
static void test_documented(void **state)
{
	struct json_object *keys = json_object_new_object();
	struct json_object *documented = json_object_new_object();
	FILE *page = fopen(TOP_DIR "/ctl/cordon-events.5", "r");
	bool inside = false;
	char line[512];
	uint32_t number;

	(void)state;
	assert_non_null(page);
	while (fgets(line, sizeof(line), page)) {
		if (!strncmp(line, ".Sh ", 4))
			inside = !strcmp(line, ".Sh FIELDS\n");
		if (inside)
			collect_words(documented, line);
	}
	fclose(page);
	for (number = 1; number < __CORDON_CLASS_LAST; number++)
		collect_keys(keys, number);
	expect_within(keys, documented, TOP_DIR "/ctl/cordon-events.5");
	expect_within(documented, keys, "the events");
	assert_int_equal(json_object_object_length(keys),
			 json_object_object_length(documented));
	json_object_put(keys);
	json_object_put(documented);
}

static void test_rule(void **state)
{
	struct input input;

	(void)state;
	input_good(&input, SOCKET_HEAD
		   "        - {allow: [connect, accept], proto: tcp, addr: 10.0.0.0/8, port: 5-9, peer: self}\n");
	expect(json_rule(&input.policy.tenants[0].rules[0]),
	       "{\"origin\":\"t.yaml:9\",\"class\":\"socket\","
	       "\"action\":\"allow\",\"ops\":[\"connect\",\"accept\"],"
	       "\"log\":\"auto\",\"paths\":[],\"families\":[],\"types\":[],"
	       "\"protos\":[\"tcp\"],\"peer\":\"self\",\"protocols\":[],"
	       "\"addrs\":[\"10.0.0.0/8\"],"
	       "\"ports\":[{\"first\":5,\"last\":9}],\"cids\":[],"
	       "\"abstracts\":[]}\n");
	input_clear(&input);
}

static void test_tenant(void **state)
{
	struct selector selectors[] = {
		{ .cgroup = (char *)"/a" },
		{ .uid_first = 7, .uid_last = 9 },
	};
	struct pattern setup[] = { { .text = (char *)"/b" } };
	const struct tenant_state tenant = {
		.tenant = { .name = (char *)"acme",
			    .origin = (char *)"a.yaml:3",
			    .mode = CORDON_MODE_AUDIT,
			    .socket_default = CORDON_ACTION_ALLOW,
			    .event_rate = 100,
			    .event_burst = 1000,
			    .event_self = true,
			    .setup = setup,
			    .setup_count = 1,
			    .selectors = selectors,
			    .selector_count = 2 },
		.rules = 1,
		.members = 2,
		.bytes = 3,
		.sealed = true,
		.events = { 10, 4, 3, 2, 1 },
	};

	(void)state;
	expect(json_tenant(&tenant, true),
	       "{\"name\":\"acme\",\"origin\":\"a.yaml:3\",\"mode\":\"audit\","
	       "\"select\":[{\"cgroup\":\"/a\"},"
	       "{\"uid_first\":7,\"uid_last\":9}],\"setup\":[\"/b\"],"
	       "\"file_default\":null,"
	       "\"socket_default\":\"allow\",\"guard_allow\":[],"
	       "\"revoke\":false,\"event_rate\":100,\"event_burst\":1000,"
	       "\"event_self\":true,"
	       "\"rule_count\":1,\"members\":2,"
	       "\"bytes\":3,\"sealed\":true,\"events\":{\"generated\":10,\"sent\":4,"
	       "\"suppressed\":3,\"lost\":2,\"pending\":1},\"rules\":[]}\n");
}

static void test_status(void **state)
{
	char *hook = (char *)"security_file_open";
	const struct status status = {
		.version = (char *)"0.1.0",
		.hooks = &hook,
		.hook_count = 1,
		.loaded = 12045000000,
		.generation = UINT64_MAX,
		.sealed = true,
		.sealed_tenants = 2,
		.backlog_bytes = UINT64_MAX,
		.history = 1,
		.history_max = 2,
		.history_first = 3,
		.history_bytes = 4,
		.audit_logged = 5,
		.audit_missed = 6,
	};

	(void)state;
	expect(json_status(&status),
	       "{\"version\":\"0.1.0\",\"loaded_time_boot_ns\":12045000000,"
	       "\"generation\":18446744073709551615,\"digest\":null,"
	       "\"sealed\":true,\"sealed_tenants\":2,"
	       "\"tenants\":0,\"rules\":0,\"members\":0,\"members_max\":0,"
	       "\"sockets\":0,\"sockets_max\":0,"
	       "\"policy_bytes\":0,\"policy_bytes_max\":0,"
	       "\"policy_bytes_per_rule\":0,\"backlog_max\":0,"
	       "\"backlog_bytes\":18446744073709551615,\"history\":1,"
	       "\"history_max\":2,\"history_first\":3,\"history_bytes\":4,"
	       "\"audit_logged\":5,\"audit_missed\":6,"
	       "\"events\":{\"generated\":0,\"sent\":0,\"suppressed\":0,"
	       "\"lost\":0,\"pending\":0},\"hooks\":[\"security_file_open\"]}\n");
}

static void test_findings(void **state)
{
	struct input input;

	(void)state;
	input_from_text(&input, HEAD "    mode: enforced\n");
	expect(json_diag(&input.diag),
	       "[{\"severity\":\"error\",\"file\":\"t.yaml\",\"line\":6,"
	       "\"column\":11,\"message\":\"unknown mode 'enforced'; did you mean 'enforce'?\"}]\n");
	input_clear(&input);
}

/* What a terminal would obey is written so that it does not, and is the same. */
static void test_sly(void **state)
{
	static const char *const cases[][2] = {
		{ "\xc2\x9b"
		  "31m",
		  "\\u009b31m" },
		{ "\x7f", "\\u007f" },
		{ "\xe2\x80\xae", "\\u202e" },
		{ "\xd8\x9c", "\\u061c" },
		{ "\xe2\x80\x8b", "\\u200b" },
		{ "\xf3\xa0\x81\x81", "\\udb40\\udc41" },
		{ "\x1b\n", "\\u001b\\n" },
		{ "\xc3\xa4 \xf0\x9f\x98\x80", "\xc3\xa4 \xf0\x9f\x98\x80" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct json_object *back;
		char expected[64];

		snprintf(expected, sizeof(expected), "\"%s\"\n", cases[i][1]);
		expect(json_object_new_string(cases[i][0]), expected);
		back = json_tokener_parse(expected);
		assert_string_equal(json_object_get_string(back), cases[i][0]);
		json_object_put(back);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_event),
		cmocka_unit_test(test_socket_event),
		cmocka_unit_test(test_unix_event),
		cmocka_unit_test(test_vsock_event),
		cmocka_unit_test(test_escaped_path),
		cmocka_unit_test(test_admin_event),
		cmocka_unit_test(test_own_event),
		cmocka_unit_test(test_documented),
		cmocka_unit_test(test_rule),
		cmocka_unit_test(test_tenant),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_sly),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
