// SPDX-License-Identifier: GPL-2.0
/* Rules about sockets that have no IP addresses, from YAML to verdicts. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>

#include "compile.h"
#include "decide.h"

#define CREATE CORDON_SOCKET_OP_CREATE
#define BIND CORDON_SOCKET_OP_BIND
#define LISTEN CORDON_SOCKET_OP_LISTEN
#define CONNECT CORDON_SOCKET_OP_CONNECT

/**
 * struct asked - an operation on a socket, and what becomes of it
 * @op: the operation
 * @kind: the socket
 * @path: one component of a path below the root, or NULL
 * @denied: whether it is denied
 * @loud: whether its permission is reported
 * @rule: the rule that decided
 */
struct asked {
	u16 op;
	struct kind kind;
	const char *path;
	bool denied;
	bool loud;
	u32 rule;
};

#define NONE RULESET_NONE
#define ABSTRACT(name) .abstract = (name), .abstract_len = sizeof(name) - 1

/* Compiles the rules of a text, each a line. */
static void compile(struct ruleset *set, const char *rules, u8 action)
{
	struct ruleset_error error = { .why = "" };
	struct position at;
	struct input input;
	char *text;

	assert_true(asprintf(&text,
			     "version: 1\ntenants:\n  a:\n"
			     "    select: [cgroup: /a]\n    socket:\n"
			     "      default: %s\n      rules:\n%s",
			     action == CORDON_ACTION_DENY ? "deny" : "allow",
			     rules) > 0);
	input_good(&input, text);
	free(text);
	memset(set, 0, sizeof(*set));
	assert_int_equal(compile_tenant(set, &input.policy.tenants[0], &at,
					&error),
			 0);
	input_clear(&input);
}

static bool is_as_asked(const struct ruleset *set, const struct asked *asked)
{
	char padded[64] = "";
	struct component name;
	const struct pathname path = { .count = 1, .at = &name };
	const struct pathname *at = asked->path ? &path : NULL;
	struct decision decision;

	if (asked->path)
		strcpy(padded, asked->path);
	component_set(&name, padded, strlen(padded));
	decision = decide_kind(set, &asked->kind, at, asked->op);
	return decision.denied == (asked->denied ? asked->op : 0) &&
	       decision.loud == (asked->loud ? asked->op : 0) &&
	       (!(asked->denied || asked->loud) ||
		decide_kind_rule(set, &asked->kind, at, asked->op,
				 asked->denied) == asked->rule);
}

static void expect_all(const char *rules, u8 action, const struct asked *asked,
		       size_t count)
{
	struct ruleset set;
	size_t wrong = 0;
	size_t i;

	compile(&set, rules, action);
	for (i = 0; i < count; i++) {
		if (is_as_asked(&set, &asked[i]))
			continue;
		print_error("case %zu\n", i);
		wrong++;
	}
	ruleset_destroy(&set);
	assert_int_equal(wrong, 0);
}

#define EXPECT(rules, action, asked)                                           \
	expect_all(rules, action, asked, ARRAY_SIZE(asked))

/* Without a rule the default decides, whatever the family. */
static void test_default(void **state)
{
	struct asked asked;
	u32 family;

	(void)state;
	for (family = 0; family < 64; family++) {
		asked = (struct asked){ .op = CREATE,
					.kind = { .family = family,
						  .type = SOCK_RAW },
					.denied = true,
					.rule = NONE };
		expect_all("        - {allow: bind, family: 63, type: dgram}\n",
			   CORDON_ACTION_DENY, &asked, 1);
		asked.denied = false;
		expect_all("        - {deny: bind, family: 63}\n",
			   CORDON_ACTION_ALLOW, &asked, 1);
	}
}

static void test_families_and_types(void **state)
{
	static const char rules[] =
		"        - {allow: create, family: [packet, 45], type: dgram}\n"
		"        - {allow: all, family: bluetooth, log: always}\n"
		"        - {deny: connect, family: bluetooth, type: raw}\n";
	static const struct asked asked[] = {
		{ CREATE, { AF_PACKET, SOCK_DGRAM } },
		{ CREATE, { 45, SOCK_DGRAM } },
		{ CREATE,
		  { AF_PACKET, SOCK_RAW },
		  .denied = true,
		  .rule = NONE },
		{ BIND,
		  { AF_PACKET, SOCK_DGRAM },
		  .denied = true,
		  .rule = NONE },
		{ CREATE, { AF_XDP, SOCK_DGRAM }, .denied = true, .rule = NONE },
		{ CONNECT,
		  { AF_BLUETOOTH, SOCK_STREAM },
		  .loud = true,
		  .rule = 1 },
		{ CONNECT,
		  { AF_BLUETOOTH, SOCK_RAW },
		  .denied = true,
		  .rule = 2 },
		{ LISTEN, { AF_BLUETOOTH, SOCK_RAW }, .loud = true, .rule = 1 },
	};

	(void)state;
	EXPECT(rules, CORDON_ACTION_DENY, asked);
}

/* What is allowed of sockets implies that they may be made. */
static void test_implied(void **state)
{
	static const char rules[] =
		"        - {allow: connect, proto: tcp, port: 80}\n"
		"        - {allow: bind, family: netlink, protocol: audit}\n"
		"        - {allow: connect, path: /a, log: always}\n"
		"        - {deny: bind, family: vsock}\n";
	static const struct asked asked[] = {
		{ CREATE, { AF_INET, SOCK_STREAM, CORDON_PROTO_TCP } },
		{ CREATE, { AF_INET6, SOCK_STREAM, CORDON_PROTO_TCP } },
		{ CREATE,
		  { AF_INET, SOCK_STREAM, CORDON_PROTO_MPTCP },
		  .denied = true,
		  .rule = NONE },
		{ CREATE,
		  { AF_INET, SOCK_DGRAM, CORDON_PROTO_UDP },
		  .denied = true,
		  .rule = NONE },
		{ CREATE, { AF_NETLINK, SOCK_RAW, 0, NETLINK_AUDIT } },
		{ CREATE,
		  { AF_NETLINK, SOCK_RAW, 0, NETLINK_ROUTE },
		  .denied = true,
		  .rule = NONE },
		{ CREATE, { AF_UNIX, SOCK_SEQPACKET } },
		{ CREATE,
		  { AF_VSOCK, SOCK_STREAM },
		  .denied = true,
		  .rule = NONE },
	};

	(void)state;
	EXPECT(rules, CORDON_ACTION_DENY, asked);
}

/* Who must not use TCP must not use what falls back to it. */
static void test_mptcp(void **state)
{
	static const char rules[] = "        - {deny: create, proto: tcp}\n";
	static const struct asked asked[] = {
		{ CREATE,
		  { AF_INET, SOCK_STREAM, CORDON_PROTO_TCP },
		  .denied = true,
		  .rule = 0 },
		{ CREATE,
		  { AF_INET, SOCK_STREAM, CORDON_PROTO_MPTCP },
		  .denied = true,
		  .rule = 0 },
		{ CREATE, { AF_INET, SOCK_STREAM, CORDON_PROTO_SCTP } },
	};

	(void)state;
	EXPECT(rules, CORDON_ACTION_ALLOW, asked);
}

static void test_unix(void **state)
{
	static const char rules[] =
		"        - {allow: [bind, connect], path: /a*, abstract: [x*, '/y/?', '{p,q}']}\n"
		"        - {deny: connect, path: /ab, abstract: 'x[!0-9]'}\n"
		"        - {allow: listen, family: unix}\n";
	static const struct asked asked[] = {
		{ BIND, { AF_UNIX, 1 }, "a" },
		{ CONNECT, { AF_UNIX, 1 }, "abc" },
		{ CONNECT, { AF_UNIX, 1 }, "ab", .denied = true, .rule = 1 },
		{ CONNECT, { AF_UNIX, 1 }, "b", .denied = true, .rule = NONE },
		{ LISTEN, { AF_UNIX, 1 }, "b" },
		{ LISTEN, { AF_UNIX, 1, ABSTRACT("z") } },
		{ BIND, { AF_UNIX, 1, ABSTRACT("x") } },
		{ BIND, { AF_UNIX, 1, ABSTRACT("x\0y") } },
		{ BIND,
		  { AF_UNIX, 1, ABSTRACT("\0x") },
		  .denied = true,
		  .rule = NONE },
		{ BIND, { AF_UNIX, 1, ABSTRACT("/y/z") } },
		{ BIND,
		  { AF_UNIX, 1, ABSTRACT("/y/") },
		  .denied = true,
		  .rule = NONE },
		{ BIND, { AF_UNIX, 1, ABSTRACT("q") } },
		{ BIND,
		  { AF_UNIX, 1, ABSTRACT("a") },
		  .denied = true,
		  .rule = NONE },
		{ BIND,
		  { AF_UNIX, 1, ABSTRACT("/a") },
		  .denied = true,
		  .rule = NONE },
		{ CONNECT, { AF_UNIX, 1, ABSTRACT("x1") } },
		{ CONNECT,
		  { AF_UNIX, 1, ABSTRACT("x/") },
		  .denied = true,
		  .rule = 1 },
		/* Without a name there is none to match. */
		{ CONNECT, { AF_UNIX, 1 }, .denied = true, .rule = NONE },
	};

	(void)state;
	EXPECT(rules, CORDON_ACTION_DENY, asked);
}

static void test_vsock(void **state)
{
	static const char rules[] =
		"        - {allow: connect, family: vsock, cid: [2, 10-20], port: [0, 70000-70009]}\n"
		"        - {deny: connect, cid: 15}\n"
		"        - {allow: bind, cid: any}\n";
	static const struct asked asked[] = {
		{ CONNECT, { AF_VSOCK, 1, .cid = 2, .port = 0 } },
		{ CONNECT, { AF_VSOCK, 1, .cid = 2, .port = 70009 } },
		{ CONNECT, { AF_VSOCK, 1, .cid = 20, .port = 70000 } },
		{ CONNECT,
		  { AF_VSOCK, 1, .cid = 2, .port = 1 },
		  .denied = true,
		  .rule = NONE },
		{ CONNECT,
		  { AF_VSOCK, 1, .cid = 3, .port = 0 },
		  .denied = true,
		  .rule = NONE },
		{ CONNECT,
		  { AF_VSOCK, 1, .cid = 15, .port = 0 },
		  .denied = true,
		  .rule = 1 },
		{ BIND,
		  { AF_VSOCK, 1, .cid = UINT32_MAX, .port = UINT32_MAX } },
		{ BIND,
		  { AF_VSOCK, 1, .cid = 0, .port = 5 },
		  .denied = true,
		  .rule = NONE },
	};

	(void)state;
	EXPECT(rules, CORDON_ACTION_DENY, asked);
}

static void add_abstracts(struct ruleset *set, u32 count)
{
	static const struct rule rule = { .class = CORDON_CLASS_SOCKET,
					  .action = CORDON_ACTION_DENY,
					  .ops = BIND };
	struct ruleset_error error;
	u32 i;

	memset(set, 0, sizeof(*set));
	set->socket_default = CORDON_ACTION_ALLOW;
	for (i = 0; i < count; i++) {
		assert_int_equal(ruleset_add(set, &rule, "t", &error), 0);
		assert_int_equal(ruleset_add_abstract(set, "a*", &error), 0);
	}
}

static void test_bound(void **state)
{
	struct ruleset_error error = { .why = "" };
	struct ruleset set;

	(void)state;
	add_abstracts(&set, KINDSET_MAX);
	assert_int_equal(ruleset_compile(&set, &error), 0);
	ruleset_destroy(&set);
	add_abstracts(&set, KINDSET_MAX + 1);
	assert_int_equal(ruleset_compile(&set, &error), -E2BIG);
	assert_int_equal(error.rule, KINDSET_MAX);
	ruleset_destroy(&set);
}

/* Any number of rules may imply the same. */
static void test_implied_once(void **state)
{
	static const struct rule rule = { .class = CORDON_CLASS_SOCKET,
					  .action = CORDON_ACTION_ALLOW,
					  .protos = CORDON_PROTO_TCP,
					  .ops = CONNECT };
	struct ruleset_error error = { .why = "" };
	struct ruleset set = { .socket_default = CORDON_ACTION_DENY };
	u32 i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		assert_int_equal(ruleset_add(&set, &rule, "t", &error), 0);
		assert_int_equal(ruleset_add_ports(&set, 1 + i, 1 + i, &error),
				 0);
	}
	assert_int_equal(ruleset_compile(&set, &error), 0);
	assert_int_equal(set.sockets[WHOSE_ANY].kinds.count, 1);
	ruleset_destroy(&set);
}

/* The module refuses by itself what the tool would not send. */
static void test_misfits(void **state)
{
	static const struct rule_shape shapes[] = {
		{ BIT_ULL(AF_UNIX), RULE_PORT, CONNECT },
		{ BIT_ULL(AF_UNIX) | BIT_ULL(AF_INET), RULE_ADDR, CONNECT },
		{ 0, RULE_ADDR | RULE_PATH, CONNECT },
		{ 0, RULE_ADDR, CREATE | CONNECT },
		{ 0, RULE_ABSTRACT, CREATE },
		{ 0, RULE_TYPE, CREATE },
		{ BIT_ULL(AF_INET6), RULE_TYPE, CREATE },
		{ BIT_ULL(AF_PACKET), RULE_PROTOCOL, CREATE },
		{ BIT_ULL(AF_CAN), RULE_PROTOCOL, BIND },
		{ BIT_ULL(AF_SMC), 0, CONNECT },
		{ BIT_ULL(AF_SMC) | BIT_ULL(AF_INET), 0, CREATE },
		{ BIT_ULL(AF_VSOCK), RULE_PROTO, CONNECT },
		{ BIT_ULL(AF_UNIX), RULE_CID, CONNECT },
		{ BIT_ULL(AF_UNIX), RULE_TYPE | RULE_PATH, CONNECT },
		{ BIT_ULL(AF_UNIX), RULE_PEER, BIND },
		{ BIT_ULL(AF_VSOCK), RULE_PEER, CONNECT },
		{ 0, RULE_PEER, CREATE },
	};
	static const struct rule_shape good[] = {
		{ 0, 0, CREATE | BIND | LISTEN | CONNECT },
		{ ~0ULL & ~BIT_ULL(AF_SMC), 0, CREATE | CONNECT },
		{ BIT_ULL(AF_VSOCK), RULE_PORT | RULE_CID | RULE_TYPE, BIND },
		{ BIT_ULL(AF_INET) | BIT_ULL(AF_VSOCK), RULE_PORT, BIND },
		{ BIT_ULL(AF_NETLINK), RULE_PROTOCOL | RULE_TYPE, BIND },
		{ BIT_ULL(AF_UNIX), RULE_PATH | RULE_ABSTRACT, LISTEN },
		{ BIT_ULL(AF_SMC), 0, CREATE },
		{ 0, RULE_PEER, CONNECT | CORDON_SOCKET_OP_ACCEPT },
		{ 0, RULE_PEER | RULE_ABSTRACT, CONNECT },
	};
	struct rule_misfit misfit;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		assert_false(rulefit_check(&shapes[i], &misfit));
		assert_non_null(misfit.why);
	}
	for (i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(rulefit_check(&good[i], &misfit));
}

/* Moving a socket must not gain anything. */
static void test_move(void **state)
{
	static const struct component a = { .word = 'a' };
	static const struct component b = { .word = 'b' };
	const struct pathname from = { .count = 1, .at = &a };
	const struct pathname to = { .count = 1, .at = &b };
	static const struct {
		const char *rules;
		u8 action;
		bool there;
		bool back;
	} cases[] = {
		{ "        - {allow: connect, path: /b}\n", CORDON_ACTION_DENY,
		  false, true },
		{ "        - {deny: connect, path: /a}\n", CORDON_ACTION_ALLOW,
		  false, true },
		{ "        - {allow: connect, path: [/a, /b]}\n",
		  CORDON_ACTION_DENY, true, true },
		{ "        - {allow: connect, family: unix}\n"
		  "        - {deny: connect, path: /a}\n",
		  CORDON_ACTION_DENY, false, true },
		{ "        - {allow: connect, path: /b, peer: self}\n",
		  CORDON_ACTION_DENY, false, true },
		{ "        - {allow: connect, peer: self}\n",
		  CORDON_ACTION_DENY, true, true },
		{ "        - {allow: connect, peer: self}\n"
		  "        - {deny: connect, path: /a}\n",
		  CORDON_ACTION_DENY, false, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ruleset set;

		compile(&set, cases[i].rules, cases[i].action);
		assert_int_equal(decide_socket_move(&set, &from, &to, false),
				 cases[i].there);
		assert_int_equal(decide_socket_move(&set, &to, &from, false),
				 cases[i].back);
		ruleset_destroy(&set);
	}
}

/* What rules about the own tenant's sockets say of others': nothing. */
static void test_peer_of_others(void **state)
{
	static const char rules[] =
		"        - {allow: [connect, accept], peer: self}\n";
	static const struct asked asked[] = {
		{ CREATE, { .family = AF_UNIX, .type = SOCK_STREAM } },
		{ CREATE,
		  { .family = AF_INET, .proto = CORDON_PROTO_TCP },
		  .denied = false },
		{ CREATE,
		  { .family = AF_INET, .proto = CORDON_PROTO_RAW },
		  .denied = true,
		  .rule = NONE },
		{ CREATE,
		  { .family = AF_PACKET },
		  .denied = true,
		  .rule = NONE },
		{ CONNECT,
		  { .family = AF_UNIX, ABSTRACT("x") },
		  .denied = true,
		  .rule = NONE },
		{ CONNECT,
		  { .family = AF_UNIX },
		  .path = "x",
		  .denied = true,
		  .rule = NONE },
	};

	(void)state;
	expect_all(rules, CORDON_ACTION_DENY, asked, ARRAY_SIZE(asked));
}

static void test_peer_unix(void **state)
{
	static const struct component a = { .word = 'a' };
	static const struct component b = { .word = 'b' };
	const struct pathname at_a = { .count = 1, .at = &a };
	const struct pathname at_b = { .count = 1, .at = &b };
	const struct kind bound = { .family = AF_UNIX };
	const struct kind named = { .family = AF_UNIX, ABSTRACT("x1") };
	const struct kind vsock = { .family = AF_VSOCK };
	struct ruleset set;

	(void)state;
	compile(&set,
		"        - {allow: connect, path: /a, peer: self}\n"
		"        - {allow: connect, abstract: 'x*', peer: self}\n"
		"        - {allow: connect, path: /a, peer: self, log: always}\n",
		CORDON_ACTION_DENY);
	assert_int_equal(set.self_ops, CONNECT);
	assert_int_equal(decide_self_kind(&set, &bound, &at_a, CONNECT), 2);
	assert_int_equal(decide_self_kind(&set, &bound, &at_b, CONNECT), NONE);
	assert_int_equal(decide_self_kind(&set, &bound, NULL, CONNECT), NONE);
	assert_int_equal(decide_self_kind(&set, &named, NULL, CONNECT), 1);
	assert_int_equal(decide_self_kind(&set, &named, NULL, BIND), NONE);
	assert_int_equal(decide_self_kind(&set, &vsock, NULL, CONNECT), NONE);
	ruleset_destroy(&set);
}

static u32 decide_v4(const struct ruleset *set, u8 last, u16 port, u8 proto,
		     u16 op)
{
	const u8 bytes[] = { 127, 0, 0, last };
	const struct endpoint endpoint = endpoint_make(bytes, 4, port, proto);

	return decide_self(set, &endpoint, op);
}

static void test_peer_tcp(void **state)
{
	const u8 tcp = CORDON_PROTO_TCP;
	struct ruleset set;

	(void)state;
	compile(&set,
		"        - {allow: connect, addr: 127.0.0.1, port: 80, peer: self}\n"
		"        - {allow: accept, proto: mptcp, peer: self}\n"
		"        - {allow: connect, addr: 127.0.0.0/8, proto: tcp, port: 80, peer: self, log: always}\n",
		CORDON_ACTION_DENY);
	assert_int_equal(set.self_ops, CONNECT | CORDON_SOCKET_OP_ACCEPT);
	assert_int_equal(decide_v4(&set, 1, 80, tcp, CONNECT), 2);
	assert_int_equal(decide_v4(&set, 1, 81, tcp, CONNECT), NONE);
	assert_int_equal(decide_v4(&set, 1, 80, CORDON_PROTO_MPTCP, CONNECT),
			 0);
	assert_int_equal(decide_v4(&set, 2, 80, CORDON_PROTO_MPTCP, CONNECT),
			 NONE);
	assert_int_equal(decide_v4(&set, 1, 80, CORDON_PROTO_UDP, CONNECT),
			 NONE);
	assert_int_equal(decide_v4(&set, 9, 1, CORDON_PROTO_MPTCP,
				   CORDON_SOCKET_OP_ACCEPT),
			 1);
	assert_int_equal(decide_v4(&set, 9, 1, tcp, CORDON_SOCKET_OP_ACCEPT),
			 NONE);
	ruleset_destroy(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_families_and_types),
		cmocka_unit_test(test_implied),
		cmocka_unit_test(test_mptcp),
		cmocka_unit_test(test_unix),
		cmocka_unit_test(test_vsock),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_implied_once),
		cmocka_unit_test(test_misfits),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_peer_of_others),
		cmocka_unit_test(test_peer_unix),
		cmocka_unit_test(test_peer_tcp),
	};

	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
