// SPDX-License-Identifier: GPL-2.0
/* Policy files that are right, and what they mean. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

static void test_whole_policy(void **state)
{
	static const char text[] =
		"# comment\n"
		"version: 1\n"
		"tenants:\n"
		"  acme:\n"
		"    select:\n"
		"      - cgroup: /tenants/acme\n"
		"      - uid: 20000-20999\n"
		"    setup: [/usr/sbin/runc, 'memfd:runc_*']\n"
		"    events: {rate: 7, burst: 1000000, self: true}\n"
		"    mode: audit\n"
		"    file:\n"
		"      default: deny\n"
		"      rules:\n"
		"        - allow: [read, exec, map]\n"
		"          path: [/usr/**, '/opt/{a,b}/*']\n"
		"          log: always\n"
		"        - path: memfd:runc\n"
		"          deny: all\n"
		"          log: never\n"
		"  b-2.c_d:\n"
		"    select: [{uid: 0}]\n"
		"    socket: {default: allow}\n";
	const struct policy_tenant *acme;
	const struct policy_tenant *other;
	struct input input;

	(void)state;
	input_good(&input, text);
	assert_int_equal(input.policy.count, 2);
	acme = &input.policy.tenants[0];
	assert_string_equal(acme->name, "acme");
	assert_string_equal(acme->origin, "t.yaml:4");
	assert_int_equal(acme->mode, CORDON_MODE_AUDIT);
	assert_int_equal(acme->file_default, CORDON_ACTION_DENY);
	assert_int_equal(acme->socket_default, 0);
	assert_int_equal(acme->selector_count, 2);
	assert_string_equal(acme->selectors[0].cgroup, "/tenants/acme");
	assert_null(acme->selectors[1].cgroup);
	assert_int_equal(acme->selectors[1].uid_first, 20000);
	assert_int_equal(acme->selectors[1].uid_last, 20999);
	assert_int_equal(acme->setup_count, 2);
	assert_string_equal(acme->setup[0].text, "/usr/sbin/runc");
	assert_string_equal(acme->setup[1].text, "memfd:runc_*");
	assert_int_equal(acme->rule_count, 2);
	assert_int_equal(acme->event_rate, 7);
	assert_int_equal(acme->event_burst, 1000000);
	assert_true(acme->event_self);

	assert_string_equal(acme->rules[0].origin, "t.yaml:14");
	assert_int_equal(acme->rules[0].class, CORDON_CLASS_FILE);
	assert_int_equal(acme->rules[0].action, CORDON_ACTION_ALLOW);
	assert_int_equal(acme->rules[0].ops, CORDON_FILE_OP_READ |
						     CORDON_FILE_OP_EXEC |
						     CORDON_FILE_OP_MAP);
	assert_int_equal(acme->rules[0].log, CORDON_LOG_ALWAYS);
	assert_int_equal(acme->rules[0].pattern_count, 2);
	assert_string_equal(acme->rules[0].patterns[0].text, "/usr/**");
	assert_string_equal(acme->rules[0].patterns[1].text, "/opt/{a,b}/*");

	assert_string_equal(acme->rules[1].origin, "t.yaml:17");
	assert_int_equal(acme->rules[1].action, CORDON_ACTION_DENY);
	assert_int_equal(acme->rules[1].ops, 255);
	assert_int_equal(acme->rules[1].log, CORDON_LOG_NEVER);

	other = &input.policy.tenants[1];
	assert_string_equal(other->name, "b-2.c_d");
	assert_int_equal(other->setup_count, 0);
	assert_int_equal(other->mode, CORDON_MODE_ENFORCE);
	assert_int_equal(other->file_default, 0);
	assert_int_equal(other->socket_default, CORDON_ACTION_ALLOW);
	assert_int_equal(other->rule_count, 0);
	assert_int_equal(model_rule_count(&input.policy), 2);
	input_clear(&input);
}

/* Parses a policy with one socket rule. */
static const struct policy_rule *socket_rule(struct input *input,
					     const char *lines)
{
	char *text =
		alloc_printf(SOCKET_HEAD "        - allow: all\n%s", lines);

	input_good(input, text);
	free(text);
	assert_int_equal(input->policy.tenants[0].rule_count, 1);
	return &input->policy.tenants[0].rules[0];
}

#define PACKET_OPS (CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE)
#define NAME_OPS                                                               \
	(CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN |                     \
	 CORDON_SOCKET_OP_CONNECT)
#define ADDRESS_OPS (NAME_OPS | PACKET_OPS)
#define ALL_SOCKET_OPS (ADDRESS_OPS | CORDON_SOCKET_OP_CREATE)
#define OTHER_OPS (NAME_OPS | CORDON_SOCKET_OP_CREATE)

static void test_bare_socket_rule(void **state)
{
	struct input input;
	const struct policy_rule *rule = socket_rule(&input, "");

	(void)state;
	assert_int_equal(rule->class, CORDON_CLASS_SOCKET);
	assert_int_equal(rule->ops, ALL_SOCKET_OPS);
	assert_int_equal(rule->families, 0);
	assert_int_equal(rule->protos, 0);
	assert_int_equal(rule->address_count, 0);
	assert_int_equal(rule->port_count, 0);
	input_clear(&input);
}

/**
 * struct proto_case - a value of "proto" and what it means
 */
struct proto_case {
	const char *text;
	uint32_t protos;
};

static void test_protocols(void **state)
{
	static const struct proto_case cases[] = {
		{ "tcp", CORDON_PROTO_TCP },
		{ "udp", CORDON_PROTO_UDP },
		{ "[tcp, udp]", CORDON_PROTO_TCP | CORDON_PROTO_UDP },
		{ "any", 0 },
		{ "[tcp, any]", 0 },
		{ "[any, udp]", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *line =
			alloc_printf("          proto: %s\n", cases[i].text);
		struct input input;

		assert_int_equal(socket_rule(&input, line)->protos,
				 cases[i].protos);
		input_clear(&input);
		free(line);
	}
}

/**
 * struct address_case - a value of "addr" and what it means
 */
struct address_case {
	const char *text;
	uint8_t len;
	uint8_t prefix_len;
	uint8_t ip[16];
};

static void test_addresses(void **state)
{
	static const struct address_case cases[] = {
		{ "10.1.0.0/16", 4, 16, { 10, 1 } },
		{ "192.0.2.1", 4, 32, { 192, 0, 2, 1 } },
		{ "0.0.0.0/0", 4, 0, { 0 } },
		{ "fdaa:0:ac::/48", 16, 48, { 0xfd, 0xaa, 0, 0, 0, 0xac } },
		{ "'::1'", 16, 128, { [15] = 1 } },
		{ "'::/0'", 16, 0, { 0 } },
		{ "2001:db8::/127", 16, 127, { 0x20, 1, 0xd, 0xb8 } },
		{ "'::ffff:10.0.0.0/104'", 4, 8, { 10 } },
		{ "'::ffff:192.0.2.1'", 4, 32, { 192, 0, 2, 1 } },
		{ "'::ffff:0:0/96'", 4, 0, { 0 } },
		{ "'::fffe:0:0/95'", 16, 95, { [10] = 0xff, [11] = 0xfe } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *line =
			alloc_printf("          addr: %s\n", cases[i].text);
		const struct policy_rule *rule;
		struct input input;

		rule = socket_rule(&input, line);
		assert_int_equal(rule->address_count, 1);
		assert_int_equal(rule->addresses[0].len, cases[i].len);
		assert_int_equal(rule->addresses[0].prefix_len,
				 cases[i].prefix_len);
		assert_memory_equal(rule->addresses[0].ip, cases[i].ip, 16);
		input_clear(&input);
		free(line);
	}
}

static void test_address_list_and_family(void **state)
{
	struct input input;
	const struct policy_rule *rule =
		socket_rule(&input, "          family: [inet, inet6]\n"
				    "          addr: [10.0.0.0/8, fd00::/8]\n");

	(void)state;
	assert_int_equal(rule->families, BIT_ULL(AF_INET) | BIT_ULL(AF_INET6));
	assert_int_equal(rule->address_count, 2);
	input_clear(&input);
}

static void test_ports(void **state)
{
	struct input input;
	const struct policy_rule *rule =
		socket_rule(&input,
			    "          port: [443, 1-65535, 8000-8999, 7-7]\n");
	static const struct ports expected[] = {
		{ 443, 443 },
		{ 1, 65535 },
		{ 8000, 8999 },
		{ 7, 7 },
	};

	(void)state;
	assert_int_equal(rule->port_count, 4);
	assert_memory_equal(rule->ports, expected, sizeof(expected));
	input_clear(&input);
}

/* What "all" stands for depends on what else is in the rule. */
static void test_all_on_sockets(void **state)
{
	static const struct {
		const char *lines;
		uint32_t ops;
	} cases[] = {
		{ "          family: netlink\n", OTHER_OPS },
		{ "          proto: tcp\n", ALL_SOCKET_OPS },
		{ "          port: 80\n", ADDRESS_OPS },
		{ "          addr: 10.0.0.1\n", ADDRESS_OPS },
		{ "          path: /run/x\n", NAME_OPS },
		{ "          abstract: x\n", NAME_OPS },
		{ "          cid: 3\n", NAME_OPS },
		{ "          family: smc\n", CORDON_SOCKET_OP_CREATE },
		{ "          family: can\n          protocol: 1\n",
		  CORDON_SOCKET_OP_CREATE },
		{ "          family: netlink\n          protocol: route\n",
		  OTHER_OPS },
		{ "          family: [inet, unix]\n", OTHER_OPS },
		{ "          family: inet6\n", ALL_SOCKET_OPS },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct input input;
		const struct policy_rule *rule =
			socket_rule(&input, cases[i].lines);

		assert_int_equal(rule->ops, cases[i].ops);
		input_clear(&input);
	}
}

static void test_families(void **state)
{
	struct input input;
	const struct policy_rule *rule =
		socket_rule(&input,
			    "          family: [unix, vsock, netlink, packet, alg, xdp, bluetooth, can, tipc, 46, 63, 0]\n"
			    "          type: [stream, seqpacket]\n");

	(void)state;
	assert_int_equal(rule->families,
			 BIT_ULL(1) | BIT_ULL(40) | BIT_ULL(16) | BIT_ULL(17) |
				 BIT_ULL(38) | BIT_ULL(44) | BIT_ULL(31) |
				 BIT_ULL(29) | BIT_ULL(30) | BIT_ULL(46) |
				 BIT_ULL(63) | BIT_ULL(0));
	assert_int_equal(rule->types, BIT(SOCK_STREAM) | BIT(SOCK_SEQPACKET));
	input_clear(&input);
}

/* Any protocol of IP, and not of whatever else there is. */
static void test_any_protocol(void **state)
{
	struct input input;
	const struct policy_rule *rule =
		socket_rule(&input, "          proto: any\n");

	(void)state;
	assert_int_equal(rule->families, BIT_ULL(AF_INET) | BIT_ULL(AF_INET6));
	assert_int_equal(rule->protos, 0);
	input_clear(&input);
}

static void test_netlink_protocols(void **state)
{
	struct input input;
	const struct policy_rule *rule =
		socket_rule(&input,
			    "          family: netlink\n"
			    "          protocol: [route, audit, generic, kobject-uevent, 31]\n");
	static const uint32_t expected[] = { 0, 9, 16, 15, 31 };

	(void)state;
	assert_int_equal(rule->protocol_count, 5);
	assert_memory_equal(rule->protocols, expected, sizeof(expected));
	input_clear(&input);
}

static void test_vsock(void **state)
{
	struct input input;
	const struct policy_rule *rule =
		socket_rule(&input, "          cid: [host, 3-5, any]\n"
				    "          port: [0, 1024-4294967295]\n"
				    "          family: [vsock]\n");
	static const struct ports cids[] = { { 2, 2 },
					     { 3, 5 },
					     { UINT32_MAX, UINT32_MAX } };
	static const struct ports ports[] = { { 0, 0 }, { 1024, UINT32_MAX } };

	(void)state;
	assert_int_equal(rule->cid_count, 3);
	assert_memory_equal(rule->cids, cids, sizeof(cids));
	assert_int_equal(rule->port_count, 2);
	assert_memory_equal(rule->ports, ports, sizeof(ports));
	input_clear(&input);
}

static void test_unix_names(void **state)
{
	struct input input;
	const struct policy_rule *rule =
		socket_rule(&input,
			    "          path: [/run/a/*.sock, '/run/**']\n"
			    "          abstract: ['/tmp/.X11-unix/X?', 'a*']\n");

	(void)state;
	assert_int_equal(rule->pattern_count, 4);
	assert_false(rule->patterns[1].abstract);
	assert_string_equal(rule->patterns[1].text, "/run/**");
	assert_true(rule->patterns[2].abstract);
	assert_string_equal(rule->patterns[2].text, "/tmp/.X11-unix/X?");
	input_clear(&input);
}

static void test_uid_limits(void **state)
{
	struct input input;

	(void)state;
	input_good(&input, "version: 1\n"
			   "tenants:\n"
			   "  a:\n"
			   "    select:\n"
			   "      - uid: 0-4294967294\n");
	assert_int_equal(input.policy.tenants[0].selectors[0].uid_first, 0);
	assert_int_equal(input.policy.tenants[0].selectors[0].uid_last,
			 4294967294U);
	input_clear(&input);
}

static void test_longest_names(void **state)
{
	char name[64];
	char pattern[4096];
	char *text;
	struct input input;
	size_t i;

	(void)state;
	memset(name, 'n', 63);
	name[63] = '\0';
	for (i = 0; i < 4095; i++)
		pattern[i] = i % 100 ? 'p' : '/';
	pattern[4095] = '\0';
	text = alloc_printf("version: 1\n"
			    "tenants:\n"
			    "  %s:\n"
			    "    select: [uid: 1]\n"
			    "    file:\n"
			    "      default: allow\n"
			    "      rules: [{deny: read, path: %s}]\n",
			    name, pattern);
	input_good(&input, text);
	assert_string_equal(input.policy.tenants[0].name, name);
	assert_string_equal(input.policy.tenants[0].rules[0].patterns[0].text,
			    pattern);
	input_clear(&input);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_policy),
		cmocka_unit_test(test_bare_socket_rule),
		cmocka_unit_test(test_protocols),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_address_list_and_family),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_all_on_sockets),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_netlink_protocols),
		cmocka_unit_test(test_any_protocol),
		cmocka_unit_test(test_vsock),
		cmocka_unit_test(test_unix_names),
		cmocka_unit_test(test_uid_limits),
		cmocka_unit_test(test_longest_names),
	};

	return cmocka_run_group_tests_name("policy_good", tests, NULL, NULL);
}
