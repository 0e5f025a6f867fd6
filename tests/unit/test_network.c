// SPDX-License-Identifier: GPL-2.0
/* The key "network": which rules it becomes, and what these let through. */
#include "support.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "compile.h"
#include "decide.h"

#define CREATE CORDON_SOCKET_OP_CREATE
#define BIND CORDON_SOCKET_OP_BIND
#define LISTEN CORDON_SOCKET_OP_LISTEN
#define CONNECT CORDON_SOCKET_OP_CONNECT
#define ACCEPT CORDON_SOCKET_OP_ACCEPT
#define RECEIVE CORDON_SOCKET_OP_RECEIVE
#define TCP CORDON_PROTO_TCP
#define UDP CORDON_PROTO_UDP
#define ICMP CORDON_PROTO_ICMP
#define SCTP CORDON_PROTO_SCTP
#define MPTCP CORDON_PROTO_MPTCP
#define UDPLITE CORDON_PROTO_UDPLITE
#define RAW CORDON_PROTO_RAW
#define OTHER CORDON_PROTO_OTHER

/**
 * struct form - a way to write it
 * @text: line 6 and what follows it
 * @expanded: what they become
 */
struct form {
	const char *text;
	const char *expanded;
};

#define SERVE                                                                  \
	"      - allow: [bind, listen]\n"                                      \
	"        family: [inet, inet6]\n"                                      \
	"        proto: [tcp, udp, icmp, sctp, mptcp, udplite]\n"
#define INSIDE                                                                 \
	"      - allow: [connect, accept, receive]\n"                          \
	"        proto: [tcp, udp, icmp, sctp, mptcp, udplite]\n"
#define ASK                                                                    \
	"      - allow: connect\n"                                             \
	"        proto: [tcp, udp]\n"
#define HEAR                                                                   \
	"      - allow: receive\n"                                             \
	"        proto: udp\n"
#define RULES                                                                  \
	"version: 1\n"                                                         \
	"tenants:\n"                                                           \
	"  acme:\n"                                                            \
	"    select:\n"                                                        \
	"    - uid: 1000\n"                                                    \
	"    mode: enforce\n"                                                  \
	"    socket:\n"                                                        \
	"      default: deny\n"                                                \
	"      rules:\n" SERVE INSIDE

static const struct form forms[] = {
	{ "    network: fdaa:0:ac::/48\n",
	  RULES "        addr: fdaa:0:ac::/48\n" },
	{ "    network: 10.1.2.3\n", RULES "        addr: 10.1.2.3\n" },
	{ "    network: ['::ffff:10.1.0.0/112', 'fdaa::/32']\n",
	  RULES "        addr:\n"
		"        - 10.1.0.0/16\n"
		"        - fdaa::/32\n" },
	{ "    network: {prefix: 0.0.0.0/0}\n",
	  RULES "        addr: 0.0.0.0/0\n" },
	{ "    network:\n"
	  "      resolvers: 10.1.0.53/32\n"
	  "      prefix: [10.1.0.0/16]\n",
	  RULES "        addr: 10.1.0.0/16\n" ASK "        addr: 10.1.0.53\n"
		"        port: 53\n" HEAR "        addr: 10.1.0.53\n" },
	{ "    network:\n"
	  "      prefix: [10.1.0.0/16, 10.1.2.0/24]\n"
	  "      resolvers: ['fdaa::53', '::ffff:9.9.9.9', fdab::53/128]\n"
	  "    socket: {}\n",
	  RULES "        addr:\n"
		"        - 10.1.0.0/16\n"
		"        - 10.1.2.0/24\n" ASK "        addr:\n"
		"        - fdaa::53\n"
		"        - 9.9.9.9\n"
		"        - fdab::53\n"
		"        port: 53\n" HEAR "        addr:\n"
		"        - fdaa::53\n"
		"        - 9.9.9.9\n"
		"        - fdab::53\n" },
	{ "    socket:\n"
	  "      default: deny\n"
	  "      rules: [{deny: connect, addr: 10.1.0.9}]\n"
	  "    network: 10.1.0.0/16\n",
	  "version: 1\n"
	  "tenants:\n"
	  "  acme:\n"
	  "    select:\n"
	  "    - uid: 1000\n"
	  "    mode: enforce\n"
	  "    socket:\n"
	  "      default: deny\n"
	  "      rules:\n"
	  "      - deny: connect\n"
	  "        addr: 10.1.0.9\n" SERVE INSIDE
	  "        addr: 10.1.0.0/16\n" },
};

static void test_forms(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		char *text = alloc_printf(HEAD "%s", forms[i].text);
		struct input input;
		char *expanded;

		input_good(&input, text);
		expanded = expand(&input.policy);
		assert_string_equal(expanded, forms[i].expanded);
		input_clear(&input);
		free(expanded);
		free(text);
	}
}

/* Each rule names the line that it comes from. */
static void test_origins(void **state)
{
	static const char *const origins[] = { "t.yaml:6", "t.yaml:8",
					       "t.yaml:7", "t.yaml:7",
					       "t.yaml:12" };
	const struct policy_tenant *tenant;
	struct input input;
	size_t i;

	(void)state;
	input_good(&input, HEAD "    network:\n"
				"      resolvers: 10.1.0.53\n"
				"      prefix:\n"
				"        - 10.1.0.0/16\n"
				"    socket:\n"
				"      rules:\n"
				"        - {deny: all, addr: 10.1.0.9}\n");
	tenant = &input.policy.tenants[0];
	assert_int_equal(tenant->rule_count, ARRAY_SIZE(origins));
	for (i = 0; i < ARRAY_SIZE(origins); i++)
		assert_string_equal(tenant->rules[i].origin, origins[i]);
	assert_int_equal(tenant->rules[1].addresses[0].at.line, 9);
	input_clear(&input);

	input_good(&input, HEAD "    network:\n"
				"      - 10.1.0.0/16\n");
	tenant = &input.policy.tenants[0];
	assert_int_equal(tenant->rule_count, 2);
	for (i = 0; i < 2; i++)
		assert_string_equal(tenant->rules[i].origin, "t.yaml:6");
	input_clear(&input);
}

/**
 * struct asked - an operation on an address, and whether it goes well
 * @op: the operation
 * @proto: the protocol
 * @address: the address
 * @port: the port
 * @good: it goes well
 */
struct asked {
	u16 op;
	u8 proto;
	const char *address;
	u16 port;
	bool good;
};

#define EVERYWHERE                                                             \
	HEAD "    network:\n"                                                  \
	     "      prefix: [fdaa:0:ac::/48, 10.1.0.0/16]\n"                   \
	     "      resolvers: [fdaa::53, 10.9.0.53]\n"                        \
	     "    socket:\n"                                                   \
	     "      rules:\n"                                                  \
	     "        - {deny: all, addr: [10.1.0.9, 169.254.169.254]}\n"

/* Asked with every protocol of the network; those of others never go well. */
static const struct asked everybody[] = {
	{ BIND, 0, "0.0.0.0", 80, true },
	{ BIND, 0, "::", 80, true },
	{ BIND, 0, "192.0.2.1", 0, true },
	{ LISTEN, 0, "::1", 80, true },
	{ CONNECT, 0, "10.1.0.0", 1, true },
	{ CONNECT, 0, "10.1.255.255", 65535, true },
	{ CONNECT, 0, "::ffff:10.1.0.1", 80, true },
	{ CONNECT, 0, "fdaa:0:ac:ffff::1", 80, true },
	{ CONNECT, 0, "10.0.255.255", 80 },
	{ CONNECT, 0, "10.2.0.0", 80 },
	{ CONNECT, 0, "fdaa:0:ab:ffff::1", 80 },
	{ CONNECT, 0, "fdaa:0:ad::", 80 },
	{ CONNECT, 0, "127.0.0.1", 80 },
	{ CONNECT, 0, "::1", 80 },
	{ CONNECT, 0, "0.0.0.0", 80 },
	{ CONNECT, 0, "169.254.169.254", 80 },
	{ CONNECT, 0, "10.1.0.9", 80 },
	{ ACCEPT, 0, "10.1.0.1", 80, true },
	{ ACCEPT, 0, "fdaa:0:ac::1", 80, true },
	{ ACCEPT, 0, "10.2.0.1", 80 },
	{ ACCEPT, 0, "fdaa:0:ad::1", 80 },
	{ RECEIVE, 0, "10.1.0.1", 80, true },
	{ RECEIVE, 0, "fdaa:0:ac::1", 0, true },
	{ RECEIVE, 0, "10.2.0.1", 80 },
	{ RECEIVE, 0, "fdaa:0:ad::1", 80 },
	{ RECEIVE, 0, "10.1.0.9", 80 },
};

static const struct asked resolvers[] = {
	{ CONNECT, UDP, "10.9.0.53", 53, true },
	{ CONNECT, TCP, "fdaa::53", 53, true },
	{ CONNECT, UDP, "10.9.0.53", 54 },
	{ CONNECT, TCP, "fdaa::53", 853 },
	{ CONNECT, UDPLITE, "10.9.0.53", 53 },
	{ CONNECT, SCTP, "10.9.0.53", 53 },
	{ CONNECT, MPTCP, "10.9.0.53", 53 },
	{ CONNECT, ICMP, "10.9.0.53", 0 },
	{ CONNECT, UDP, "10.9.0.54", 53 },
	{ RECEIVE, UDP, "10.9.0.53", 33333, true },
	{ RECEIVE, UDP, "fdaa::53", 33333, true },
	{ RECEIVE, ICMP, "fdaa::53", 0 },
	{ RECEIVE, UDP, "fdaa::54", 33333 },
	{ ACCEPT, TCP, "10.9.0.53", 53 },
};

static void compile(struct ruleset *set, const char *text)
{
	struct ruleset_error error = { .why = "" };
	struct position at;
	struct input input;

	memset(set, 0, sizeof(*set));
	input_good(&input, text);
	assert_int_equal(compile_tenant(set, &input.policy.tenants[0], &at,
					&error),
			 0);
	input_clear(&input);
}

static bool goes_well(const struct ruleset *set, const struct asked *asked,
		      u8 proto)
{
	struct endpoint endpoint;
	u8 bytes[16];
	u32 len = strchr(asked->address, ':') ? 16 : 4;

	assert_int_equal(inet_pton(len == 4 ? AF_INET : AF_INET6,
				   asked->address, bytes),
			 1);
	endpoint = endpoint_make(bytes, len, asked->port, proto);
	return !decide_socket(set, &endpoint, asked->op).denied;
}

static void expect(const struct ruleset *set, const struct asked *asked,
		   u8 proto, bool good)
{
	if (goes_well(set, asked, proto) != good)
		print_error("op 0x%x proto 0x%x %s %u: not %d\n", asked->op,
			    proto, asked->address, asked->port, good);
	assert_true(goes_well(set, asked, proto) == good);
}

static void test_addresses(void **state)
{
	struct ruleset set;
	u32 proto;
	size_t i;

	(void)state;
	compile(&set, EVERYWHERE);
	for (i = 0; i < ARRAY_SIZE(everybody); i++)
		for (proto = 1; proto < __CORDON_PROTO_LAST; proto *= 2)
			expect(&set, &everybody[i], proto,
			       everybody[i].good && proto != RAW &&
				       proto != OTHER);
	for (i = 0; i < ARRAY_SIZE(resolvers); i++)
		expect(&set, &resolvers[i], resolvers[i].proto,
		       resolvers[i].good);
	ruleset_destroy(&set);
}

/* Of both versions of IP, whichever the prefix is of; and nothing else. */
static void test_create(void **state)
{
	struct ruleset set;
	struct kind kind = { 0 };
	u32 proto;

	(void)state;
	compile(&set, HEAD "    network: fdaa:0:ac::/48\n");
	for (; kind.family < FAMILIES_MAX; kind.family++) {
		bool inet = kind.family == AF_INET || kind.family == AF_INET6;

		for (proto = 1; proto < __CORDON_PROTO_LAST; proto *= 2) {
			bool good = inet && proto != RAW && proto != OTHER;

			kind.proto = inet ? proto : 0;
			kind.type = proto == RAW ? SOCK_RAW : SOCK_DGRAM;
			assert_int_equal(decide_kind(&set, &kind, NULL, CREATE)
						 .denied,
					 good ? 0 : CREATE);
		}
	}
	ruleset_destroy(&set);
}

#define LINE "t.yaml:6:"

static const struct bad bad[] = {
	{ "host bits", HEAD "    network: 10.0.0.1/8\n",
	  LINE
	  "14: address 10.0.0.1/8 has bits set behind its prefix; write 10.0.0.0/8\n" },
	{ "host bits in a list", HEAD "    network: [10.0.0.0/8, fdaa::1/48]\n",
	  LINE
	  "27: address fdaa::1/48 has bits set behind its prefix; write fdaa::/48\n" },
	{ "host bits in a map", HEAD "    network: {prefix: fdaa::1/48}\n",
	  LINE
	  "23: address fdaa::1/48 has bits set behind its prefix; write fdaa::/48\n" },
	{ "not an address", HEAD "    network: acme.example\n",
	  LINE
	  "14: address 'acme.example' is not an IPv4 or IPv6 address with an optional /PREFIX\n" },
	{ "nothing", HEAD "    network:\n",
	  LINE
	  "13: address '' is not an IPv4 or IPv6 address with an optional /PREFIX\n" },
	{ "empty list", HEAD "    network: []\n",
	  LINE
	  "14: 'network' is an empty list; write a value or leave the key out\n" },
	{ "empty map", HEAD "    network: {}\n",
	  LINE "14: section 'network' has no 'prefix'\n" },
	{ "map in a list", HEAD "    network: [{prefix: 10.0.0.0/8}]\n",
	  LINE "15: 'network' must be a single value, not a map\n" },
	{ "resolvers only", HEAD "    network: {resolvers: 10.0.0.1}\n",
	  LINE "14: section 'network' has no 'prefix'\n" },
	{ "empty prefixes", HEAD "    network: {prefix: []}\n",
	  LINE
	  "23: 'prefix' is an empty list; write a value or leave the key out\n" },
	{ "empty resolvers",
	  HEAD "    network: {prefix: 10.0.0.0/8, resolvers: []}\n",
	  LINE
	  "46: 'resolvers' is an empty list; write a value or leave the key out\n" },
	{ "unknown key",
	  HEAD "    network: {prefix: 10.0.0.0/8, resolver: 10.0.0.1}\n",
	  LINE
	  "35: unknown key 'resolver' in section 'network'; did you mean 'resolvers'?\n" },
	{ "wide resolver",
	  HEAD
	  "    network: {prefix: 10.0.0.0/8, resolvers: [10.0.0.1, 10.1.0.0/16]}\n",
	  LINE
	  "57: resolver 10.1.0.0/16 is a whole prefix; write the address of each resolver\n" },
	{ "resolver with host bits",
	  HEAD "    network: {prefix: 10.0.0.0/8, resolvers: 10.1.0.1/16}\n",
	  LINE
	  "46: address 10.1.0.1/16 has bits set behind its prefix; write 10.1.0.0/16\n" },
	{ "resolver with a port",
	  HEAD "    network: {prefix: 10.0.0.0/8, resolvers: '10.0.0.1:53'}\n",
	  LINE
	  "46: address '10.0.0.1:53' is not an IPv4 or IPv6 address with an optional /PREFIX\n" },
	{ "duplicate prefixes",
	  HEAD "    network:\n"
	       "      - 10.0.0.0/8\n"
	       "      - fdaa::/48\n"
	       "      - '::ffff:10.0.0.0/104'\n"
	       "      - 10.0.0.0/9\n",
	  "t.yaml:9:9: duplicate prefix 10.0.0.0/8; it is also at line 7\n" },
	{ "duplicate resolvers",
	  HEAD "    network:\n"
	       "      prefix: 10.0.0.0/8\n"
	       "      resolvers: [10.0.0.1, 10.0.0.1/32, 10.0.0.1]\n",
	  "t.yaml:8:29: duplicate resolver 10.0.0.1; it is also at line 8\n"
	  "t.yaml:8:42: duplicate resolver 10.0.0.1; it is also at line 8\n" },
	{ "twice",
	  HEAD "    network: 10.0.0.0/8\n"
	       "    network: 10.0.0.0/8\n",
	  "t.yaml:7:5: duplicate key 'network'; it is also at line 6\n" },
	{ "allowed by default",
	  HEAD "    network: 10.0.0.0/8\n"
	       "    socket: {default: allow}\n",
	  "t.yaml:7:23: 'default: allow' contradicts 'network', which denies what it does not name; leave 'default' out, or write rules instead of 'network'\n" },
	{ "allowed by default in front",
	  HEAD "    socket:\n"
	       "      default: allow\n"
	       "    network: 10.0.0.0/8\n",
	  "t.yaml:7:16: 'default: allow' contradicts 'network', which denies what it does not name; leave 'default' out, or write rules instead of 'network'\n" },
	{ "no default of files",
	  HEAD "    network: 10.0.0.0/8\n"
	       "    file: {}\n",
	  "t.yaml:7:11: section 'file' has no 'default'\n" },
	{ "no default without network", HEAD "    socket: {}\n",
	  "t.yaml:6:13: section 'socket' has no 'default'\n" },
};

static void test_bad(void **state)
{
	(void)state;
	expect_bad_files(bad, ARRAY_SIZE(bad));
}

/* Duplicates are found by sorting, so this takes no time to speak of. */
static void test_many(void **state)
{
	const int count = 100000;
	struct input input;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int i;

	(void)state;
	fputs(HEAD "    network:\n", out);
	for (i = 0; i < count; i++)
		fprintf(out, "      - 10.%d.%d.%d\n", i >> 16, i >> 8 & 255,
			i & 255);
	fputs("      - 10.0.0.0\n", out);
	fclose(out);
	input_from_text(&input, text);
	expect_findings("many", &input,
			"t.yaml:100007:9: duplicate prefix 10.0.0.0; it is also at line 7\n");
	assert_int_equal(input.policy.tenants[0].rules[1].address_count,
			 count + 1);
	input_clear(&input);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_create),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
