// SPDX-License-Identifier: GPL-2.0
/* Output for people, word for word. */
#include "support.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "print.h"

/* Collects what is printed. */
struct capture {
	char *text;
	size_t len;
	FILE *out;
};

static void start(struct capture *capture)
{
	capture->out = open_memstream(&capture->text, &capture->len);
	assert_non_null(capture->out);
}

static void expect(struct capture *capture, const char *expected)
{
	fclose(capture->out);
	assert_string_equal(capture->text, expected);
	free(capture->text);
}

static struct event file_event(void)
{
	struct event event = denied_read();

	event.tgid = 123;
	event.uid = 0;

	return event;
}

static void test_file_event(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	start(&capture);
	print_event(&event, PRINT_PLAIN, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 DENIED acme file read /etc/shadow EACCES acme.yaml:14 pid=123 comm=cat uid=0\n");
}

/* Where all parts fit, they are below each other; else the line gets longer. */
static void test_aligned_event(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	start(&capture);
	print_event(&event, PRINT_ALIGNED, capture.out);
	event.verdict = CORDON_VERDICT_WOULD_DENY;
	event.path = (char *)"/\xc3\xa4\xc3\xb6\xc3\xbc";
	event.path_len = strlen(event.path);
	event.error = 0;
	print_event(&event, PRINT_ALIGNED, capture.out);
	event.tenant = (char *)"a-tenant-with-a-long-name";
	event.class = CORDON_CLASS_GUARD;
	event.op = CORDON_GUARD_OP_USERNS;
	event.reason = CORDON_REASON_GUARD;
	print_event(&event, PRINT_ALIGNED, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 DENIED     acme         file   read       /etc/shadow                      EACCES acme.yaml:14     pid=123 comm=cat uid=0\n"
	       "2026-11-22 15:04:05.123 WOULD-DENY acme         file   read       /\xc3\xa4\xc3\xb6\xc3\xbc                             -      acme.yaml:14     pid=123 comm=cat uid=0\n"
	       "2026-11-22 15:04:05.123 WOULD-DENY a-tenant-with-a-long-name guard  userns                                      -      acme.yaml:14     reason=guard pid=123 comm=cat uid=0\n");
}

/* No object is no space either, as long as nothing is in columns. */
static void test_event_without_object(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	event.class = CORDON_CLASS_GUARD;
	event.op = CORDON_GUARD_OP_USERNS;
	event.reason = CORDON_REASON_GUARD;
	event.path = NULL;
	start(&capture);
	print_event(&event, PRINT_PLAIN, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 DENIED acme guard userns EACCES acme.yaml:14 reason=guard pid=123 comm=cat uid=0\n");
}

static void test_coloured_event(void **state)
{
	static const struct {
		uint32_t verdict;
		const char *shown;
	} cases[] = {
		{ CORDON_VERDICT_DENIED, " \033[31mDENIED     \033[0macme " },
		{ CORDON_VERDICT_WOULD_DENY,
		  " \033[33mWOULD-DENY \033[0macme " },
		{ CORDON_VERDICT_ALLOWED, " \033[32mALLOWED    \033[0macme " },
		{ CORDON_VERDICT_NOTED, " \033[36mNOTED      \033[0macme " },
		{ 0, " VERDICT-0  acme " },
		{ 77, " VERDICT-77 acme " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event event = file_event();
		struct capture capture;

		event.verdict = cases[i].verdict;
		start(&capture);
		print_event(&event, PRINT_COLOURED, capture.out);
		fclose(capture.out);
		assert_non_null(strstr(capture.text, cases[i].shown));
		free(capture.text);
	}
}

/* A tenant that tries to fake a line of its own. */
static void test_hostile_event(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	event.path = (char *)"/a\n2026 ALLOWED \\\xff";
	event.path_len = strlen("/a\n2026 ALLOWED \\\xff");
	event.comm = (char *)"x uid=0\x1b[2J";
	event.uid = 20001;
	event.repeat = 7;
	start(&capture);
	print_event(&event, PRINT_PLAIN, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 DENIED acme file read /a\\x0a2026\\x20ALLOWED\\x20\\x5c\\xff EACCES acme.yaml:14 pid=123 comm=x\\x20uid=0\\x1b[2J uid=20001 repeat=7\n");
}

static void test_socket_event(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	event.class = CORDON_CLASS_SOCKET;
	event.op = CORDON_SOCKET_OP_CONNECT;
	event.verdict = CORDON_VERDICT_WOULD_DENY;
	event.reason = CORDON_REASON_DEFAULT;
	event.error = 0;
	event.origin = (char *)"default";
	event.family = AF_INET6;
	event.type = SOCK_STREAM;
	event.protocol = IPPROTO_TCP;
	event.path = NULL;
	event.remote = (struct endpoint_address){ { 0xfd, [15] = 1 }, 16, 443 };
	start(&capture);
	print_event(&event, PRINT_PLAIN, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 WOULD-DENY acme socket connect inet6 tcp [fd00::1]:443 - default pid=123 comm=cat uid=0\n");
}

static void test_admin_event(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	event.class = CORDON_CLASS_ADMIN;
	event.op = CORDON_ADMIN_OP_LOAD;
	event.verdict = CORDON_VERDICT_NOTED;
	event.reason = CORDON_REASON_ADMIN;
	event.error = 0;
	event.tenant = (char *)"";
	event.origin = (char *)"default";
	event.path = NULL;
	event.generation_before = 6;
	event.generation = 7;
	start(&capture);
	print_event(&event, PRINT_PLAIN, capture.out);
	event.verdict = CORDON_VERDICT_DENIED;
	event.op = CORDON_ADMIN_OP_REQUEST;
	event.reason = CORDON_REASON_PERMISSION;
	event.error = EPERM;
	event.tenant = (char *)"acme";
	event.path = (char *)"no\n";
	event.path_len = 3;
	event.generation = 6;
	print_event(&event, PRINT_PLAIN, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 NOTED - admin load generation 6 -> 7 - default reason=admin pid=123 comm=cat uid=0\n"
	       "2026-11-22 15:04:05.123 DENIED acme admin request (no\\x0a) EPERM default reason=permission pid=123 comm=cat uid=0\n");
}

/**
 * struct socket_line - the object of a socket event, and how it is printed
 */
struct socket_line {
	uint32_t family;
	uint32_t type;
	uint32_t protocol;
	const char *name;
	struct endpoint_address remote;
	const char *text;
};

static void test_other_sockets(void **state)
{
	static const struct socket_line cases[] = {
		{ AF_UNIX,
		  SOCK_STREAM,
		  0,
		  "/run/a\nb",
		  { { 0 } },
		  "unix stream /run/a\\x0ab" },
		{ AF_UNIX,
		  SOCK_DGRAM,
		  0,
		  "@x y",
		  { { 0 } },
		  "unix dgram @x\\x20y" },
		{ AF_UNIX, 0, 0, "/run/a", { { 0 } }, "unix /run/a" },
		{ AF_VSOCK,
		  SOCK_STREAM,
		  0,
		  NULL,
		  { .cid = 2, .has_cid = true, .port = 1024 },
		  "vsock stream cid 2 port 1024" },
		{ AF_NETLINK, SOCK_RAW, 9, NULL, { { 0 } }, "netlink audit" },
		{ AF_PACKET,
		  SOCK_RAW,
		  3,
		  NULL,
		  { { 0 } },
		  "packet raw protocol 3" },
		{ 63, 1, 0, NULL, { { 0 } }, "63 stream" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct event event = file_event();
		struct capture capture;
		char line[200];

		event.class = CORDON_CLASS_SOCKET;
		event.op = CORDON_SOCKET_OP_CONNECT;
		event.family = cases[i].family;
		event.type = cases[i].type;
		event.protocol = cases[i].protocol;
		event.path = (char *)cases[i].name;
		if (event.path)
			event.path_len = strlen(event.path);
		else
			event.path_len = 0;
		event.remote = cases[i].remote;
		start(&capture);
		print_event(&event, PRINT_PLAIN, capture.out);
		snprintf(line, sizeof(line), " socket connect %s EACCES ",
			 cases[i].text);
		fflush(capture.out);
		assert_non_null(strstr(capture.text, line));
		fclose(capture.out);
		free(capture.text);
	}
}

static void test_summary(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	event.class = CORDON_CLASS_STREAM;
	event.op = CORDON_STREAM_OP_SUPPRESSED;
	event.verdict = CORDON_VERDICT_NOTED;
	event.reason = CORDON_REASON_LIMIT;
	event.error = 0;
	event.origin = (char *)"default";
	event.suppressed = UINT64_MAX;
	start(&capture);
	print_event(&event, PRINT_PLAIN, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 NOTED acme stream suppressed 18446744073709551615 - default reason=limit pid=123 comm=cat uid=0\n");
}

static void test_event_without_path(void **state)
{
	struct event event = file_event();
	struct capture capture;

	(void)state;
	event.path = NULL;
	event.reason = CORDON_REASON_NO_PATH;
	event.verdict = 99;
	event.op = 1U << 20;
	start(&capture);
	print_event(&event, PRINT_PLAIN, capture.out);
	expect(&capture,
	       "2026-11-22 15:04:05.123 VERDICT-99 acme file 0x100000 (no path) EACCES acme.yaml:14 reason=no-path pid=123 comm=cat uid=0\n");
}

static void test_rules(void **state)
{
	struct input input;
	struct capture capture;
	size_t i;

	(void)state;
	input_good(&input, FILE_HEAD
		   "        - {allow: [read, exec], path: [/a, '/b c'], log: always}\n"
		   "    socket:\n"
		   "      default: deny\n"
		   "      rules:\n"
		   "        - {deny: bind, proto: [tcp, udp], family: inet, addr: [10.0.0.0/8, 192.0.2.1], port: [1, 5-9]}\n");
	start(&capture);
	for (i = 0; i < 2; i++)
		print_rule(&input.policy.tenants[0].rules[i], capture.out);
	expect(&capture,
	       "    t.yaml:9: file allow read,exec path /a /b c log always\n"
	       "    t.yaml:13: socket deny bind family inet proto tcp,udp addr 10.0.0.0/8,192.0.2.1 port 1,5-9\n");
	input_clear(&input);
}

static void test_tenant(void **state)
{
	struct selector selectors[] = {
		{ .cgroup = (char *)"/tenants/acme" },
		{ .uid_first = 5, .uid_last = 5 },
		{ .uid_first = 7, .uid_last = 9 },
	};
	struct pattern setup[] = {
		{ .text = (char *)"/sbin/a" },
		{ .text = (char *)"memfd:b" },
	};
	const struct tenant_state tenant = {
		.tenant = { .name = (char *)"acme",
			    .origin = (char *)"a.yaml:3",
			    .mode = CORDON_MODE_ENFORCE,
			    .file_default = CORDON_ACTION_DENY,
			    .event_rate = 100,
			    .event_burst = 1000,
			    .setup = setup,
			    .setup_count = 2,
			    .selectors = selectors,
			    .selector_count = 3 },
		.rules = 14,
		.members = 3,
		.bytes = 4096,
		.events = { 10, 4, 3, 2, 1 },
	};
	struct capture capture;

	(void)state;
	start(&capture);
	print_tenant(&tenant, capture.out);
	expect(&capture,
	       "tenant acme\n"
	       "  mode      enforce\n"
	       "  origin    a.yaml:3\n"
	       "  select    cgroup /tenants/acme\n"
	       "            uid 5\n"
	       "            uid 7-9\n"
	       "  setup     /sbin/a\n"
	       "            memfd:b\n"
	       "  file      default deny\n"
	       "  socket    not mediated\n"
	       "  guard     allows nothing\n"
	       "  limit     100 events a second, 1000 at once\n"
	       "  rules     14\n"
	       "  members   3\n"
	       "  memory    4096 bytes\n"
	       "  events    10 generated, 4 sent, 3 suppressed, 2 lost, 1 pending\n");
}

static void test_status(void **state)
{
	char *hook = (char *)"security_file_open";
	const struct status status = {
		.sealed_tenants = 3,
		.version = (char *)"0.1.0",
		.hooks = &hook,
		.hook_count = 1,
		.loaded = 12045000000,
		.generation = 18446744073709551615ULL,
		.tenants = 2,
		.rules = 14,
		.members = 3,
		.members_max = 65536,
		.sockets = 5,
		.sockets_max = 64,
		.backlog_max = 4096,
		.policy_bytes = 100,
		.policy_bytes_max = 200,
		.events = { 10, 4, 3, 2, 1 },
		.backlog_bytes = 300,
		.history = 5,
		.history_max = 8192,
		.history_first = 77,
		.history_bytes = 1500,
		.audit_logged = 3,
		.audit_missed = 1,
	};
	struct capture capture;

	(void)state;
	start(&capture);
	print_status(&status, capture.out);
	expect(&capture,
	       "module      0.1.0\n"
	       "loaded      12.045 seconds after boot\n"
	       "generation  18446744073709551615\n"
	       "sealed      3 tenants until the next boot: no load, unload or flush of them\n"
	       "tenants     2\n"
	       "rules       14\n"
	       "members     3 of at most 65536\n"
	       "sockets     5 of at most 64\n"
	       "memory      100 of at most 200 bytes, 7 a rule\n"
	       "events      10 generated, 4 sent, 3 suppressed, 2 lost, 1 pending\n"
	       "backlog     1 waiting, room for 4096, 300 bytes\n"
	       "history     5 of at most 8192, 1500 bytes, since 77\n"
	       "audit       3 logged, 1 missed\n"
	       "hooks       1 attached\n"
	       "  security_file_open\n");
}

static void test_members(void **state)
{
	struct member members[] = {
		{ (char *)"acme", (char *)"sh\n", 8, 7 },
		{ (char *)"acme", (char *)"cat", 9, 9, 10 },
		{ (char *)"acme", (char *)"sh", 10, 10, 1 },
	};
	const struct member_list list = { members, ARRAY_SIZE(members) };
	struct capture capture;

	(void)state;
	start(&capture);
	print_members(&list, capture.out);
	expect(&capture, "       PID        TID TENANT               COMMAND\n"
			 "         7          8 acme                 sh\\x0a\n"
			 "        10         10 acme                 sh\n"
			 "         9          9 acme                   cat\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file_event),
		cmocka_unit_test(test_aligned_event),
		cmocka_unit_test(test_event_without_object),
		cmocka_unit_test(test_coloured_event),
		cmocka_unit_test(test_hostile_event),
		cmocka_unit_test(test_socket_event),
		cmocka_unit_test(test_admin_event),
		cmocka_unit_test(test_other_sockets),
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_event_without_path),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_tenant),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_members),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
