// SPDX-License-Identifier: GPL-2.0
/* Model -> messages: nothing lost, nothing twice, no message too long. */
#include "support.h"

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "decode.h"
#include "encode.h"

#define FAMILY 42

/* Encodes the rules of a tenant and decodes them again. */
static size_t round_trip(const struct policy_tenant *tenant,
			 struct policy_tenant *back)
{
	struct rule_cursor cursor = { 0 };
	struct nl_msg *message;
	size_t messages = 0;

	memset(back, 0, sizeof(*back));
	while ((message = encode_rules(FAMILY, tenant, &cursor))) {
		struct nlmsghdr *header = nlmsg_hdr(message);
		struct nlattr *name = nlmsg_find_attr(header, GENL_HDRLEN,
						      CORDON_A_TENANT_NAME);

		assert_int_equal(header->nlmsg_type, FAMILY);
		assert_true(header->nlmsg_len < 32768);
		assert_non_null(name);
		assert_string_equal(nla_get_string(name), tenant->name);
		assert_int_equal(decode_rules(header, back), 0);
		nlmsg_free(message);
		messages++;
	}
	return messages;
}

static void assert_rules_equal(const struct policy_rule *a,
			       const struct policy_rule *b)
{
	size_t i;

	assert_string_equal(a->origin, b->origin);
	assert_int_equal(a->class, b->class);
	assert_int_equal(a->action, b->action);
	assert_int_equal(a->ops, b->ops);
	assert_int_equal(a->log, b->log);
	assert_int_equal(a->families, b->families);
	assert_int_equal(a->protos, b->protos);
	assert_int_equal(a->pattern_count, b->pattern_count);
	assert_int_equal(a->address_count, b->address_count);
	assert_int_equal(a->port_count, b->port_count);
	assert_int_equal(a->types, b->types);
	assert_int_equal(a->peer, b->peer);
	assert_int_equal(a->protocol_count, b->protocol_count);
	assert_int_equal(a->cid_count, b->cid_count);
	for (i = 0; i < a->pattern_count; i++) {
		assert_string_equal(a->patterns[i].text, b->patterns[i].text);
		assert_int_equal(a->patterns[i].abstract,
				 b->patterns[i].abstract);
	}
	for (i = 0; i < a->protocol_count; i++)
		assert_int_equal(a->protocols[i], b->protocols[i]);
	for (i = 0; i < a->cid_count; i++) {
		assert_int_equal(a->cids[i].first, b->cids[i].first);
		assert_int_equal(a->cids[i].last, b->cids[i].last);
	}
	for (i = 0; i < a->address_count; i++) {
		assert_int_equal(a->addresses[i].len, b->addresses[i].len);
		assert_int_equal(a->addresses[i].prefix_len,
				 b->addresses[i].prefix_len);
		assert_memory_equal(a->addresses[i].ip, b->addresses[i].ip, 16);
	}
	for (i = 0; i < a->port_count; i++) {
		assert_int_equal(a->ports[i].first, b->ports[i].first);
		assert_int_equal(a->ports[i].last, b->ports[i].last);
	}
}

static void test_round_trip(void **state)
{
	static const char text[] = FILE_HEAD
		"        - {allow: [read, map], path: [/a, '/b/*'], log: always}\n"
		"        - {deny: all, path: memfd:x, log: never}\n"
		"    socket:\n"
		"      default: allow\n"
		"      rules:\n"
		"        - {deny: bind, proto: udp, port: [1, 5-9]}\n"
		"        - allow: connect\n"
		"          family: [inet, inet6]\n"
		"          proto: [tcp, udp]\n"
		"          addr: [10.0.0.0/8, 'fd00::/8', '::1']\n"
		"        - {allow: bind, path: [/a, '/b*'], abstract: [c, /d]}\n"
		"        - {allow: all, family: vsock, cid: [2-9, any], port: 70000}\n"
		"        - {allow: all, family: netlink, protocol: [audit, 40]}\n"
		"        - {deny: create, family: [63, 0, can], type: [raw, dgram]}\n";
	struct policy_tenant back;
	struct input input;
	size_t i;

	(void)state;
	input_good(&input, text);
	assert_int_equal(round_trip(&input.policy.tenants[0], &back), 1);
	assert_int_equal(back.rule_count, 8);
	for (i = 0; i < 8; i++)
		assert_rules_equal(&input.policy.tenants[0].rules[i],
				   &back.rules[i]);
	tenant_clear(&back);
	input_clear(&input);
}

static void test_tenant(void **state)
{
	static const char text[] = "version: 1\n"
				   "tenants:\n"
				   "  acme:\n"
				   "    mode: audit\n"
				   "    select: [cgroup: /a/**/b, uid: 7-9]\n"
				   "    setup: [/sbin/a, memfd:b]\n"
				   "    socket: {default: deny}\n";
	struct tenant_state back;
	struct nl_msg *message;
	struct input input;

	(void)state;
	input_good(&input, text);
	message = encode_tenant(FAMILY, &input.policy.tenants[0]);
	assert_int_equal(genlmsg_hdr(nlmsg_hdr(message))->cmd,
			 CORDON_CMD_POLICY_ADD_TENANT);
	assert_int_equal(decode_tenant(nlmsg_hdr(message), &back), 0);
	assert_string_equal(back.tenant.name, "acme");
	assert_string_equal(back.tenant.origin, "t.yaml:3");
	assert_int_equal(back.tenant.mode, CORDON_MODE_AUDIT);
	assert_int_equal(back.tenant.file_default, 0);
	assert_int_equal(back.tenant.socket_default, CORDON_ACTION_DENY);
	assert_int_equal(back.tenant.selector_count, 2);
	assert_string_equal(back.tenant.selectors[0].cgroup, "/a/**/b");
	assert_null(back.tenant.selectors[1].cgroup);
	assert_int_equal(back.tenant.selectors[1].uid_first, 7);
	assert_int_equal(back.tenant.selectors[1].uid_last, 9);
	assert_int_equal(back.tenant.setup_count, 2);
	assert_string_equal(back.tenant.setup[0].text, "/sbin/a");
	assert_string_equal(back.tenant.setup[1].text, "memfd:b");
	tenant_clear(&back.tenant);
	nlmsg_free(message);
	input_clear(&input);
}

/* Every nest carries the flag that strict validation asks for. */
static void test_nested_flag(void **state)
{
	struct policy_rule rule = { .origin = (char[]){ "t.yaml:1" } };
	struct policy_tenant tenant = { .name = (char[]){ "a" },
					.rules = &rule,
					.rule_count = 1 };
	struct rule_cursor cursor = { 0 };
	struct nl_msg *message = encode_rules(FAMILY, &tenant, &cursor);
	struct nlattr *attr =
		nlmsg_find_attr(nlmsg_hdr(message), GENL_HDRLEN, CORDON_A_RULE);

	(void)state;
	assert_non_null(attr);
	assert_true(attr->nla_type & NLA_F_NESTED);
	nlmsg_free(message);
}

static void test_ten_thousand_rules(void **state)
{
	struct policy_tenant back;
	struct input input;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	size_t messages;
	size_t i;

	(void)state;
	fputs(FILE_HEAD, out);
	for (i = 0; i < 10000; i++)
		fprintf(out, "        - {allow: read, path: /srv/%zu/**}\n", i);
	fclose(out);
	input_good(&input, text);
	free(text);
	messages = round_trip(&input.policy.tenants[0], &back);
	assert_int_equal(back.rule_count, 10000);
	for (i = 0; i < 10000; i++)
		assert_rules_equal(&input.policy.tenants[0].rules[i],
				   &back.rules[i]);
	/* About a hundred bytes each: batched, not one by one. */
	assert_in_range(messages, 30, 100);
	tenant_clear(&back);
	input_clear(&input);
}

static struct policy_rule make_rule(char *origin, uint32_t class)
{
	struct policy_rule rule = { .origin = origin,
				    .class = class,
				    .action = CORDON_ACTION_ALLOW,
				    .ops = 1 };

	return rule;
}

static void test_rule_of_many_patterns(void **state)
{
	char origin[] = "t.yaml:1";
	char name[] = "a";
	struct policy_rule rule = make_rule(origin, CORDON_CLASS_FILE);
	struct policy_tenant tenant = { .name = name,
					.rules = &rule,
					.rule_count = 1 };
	struct policy_tenant back;
	size_t next = 0;
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < 500; i++)
		array_push(rule.patterns, rule.pattern_count)->text =
			alloc_printf("/%zu/%0*d", i, (int)(i * 8), 0);
	assert_true(round_trip(&tenant, &back) > 1);
	for (i = 0; i < back.rule_count; i++) {
		assert_string_equal(back.rules[i].origin, "t.yaml:1");
		assert_true(back.rules[i].pattern_count > 0);
		for (j = 0; j < back.rules[i].pattern_count; j++)
			assert_string_equal(back.rules[i].patterns[j].text,
					    rule.patterns[next++].text);
	}
	assert_int_equal(next, 500);
	for (i = 0; i < rule.pattern_count; i++)
		free(rule.patterns[i].text);
	free(rule.patterns);
	tenant_clear(&back);
}

/* Each address has to meet each port range in exactly one of the parts. */
static void test_rule_of_many_ends(void **state)
{
	enum {
		ADDRESSES = 300,
		PORTS = 500
	};
	static unsigned char met[ADDRESSES][PORTS];
	char origin[] = "t.yaml:1";
	char name[] = "a";
	struct policy_rule rule = make_rule(origin, CORDON_CLASS_SOCKET);
	struct policy_tenant tenant = { .name = name,
					.rules = &rule,
					.rule_count = 1 };
	struct policy_tenant back;
	size_t i;
	size_t j;
	size_t k;

	(void)state;
	for (i = 0; i < ADDRESSES; i++) {
		struct address *address =
			array_push(rule.addresses, rule.address_count);

		address->len = 4;
		address->prefix_len = 32;
		address->ip[0] = 10;
		address->ip[1] = i / 256;
		address->ip[2] = i % 256;
	}
	for (i = 0; i < PORTS; i++) {
		struct ports *ports = array_push(rule.ports, rule.port_count);

		ports->first = i + 1;
		ports->last = i + 1;
	}
	assert_true(round_trip(&tenant, &back) > 1);
	for (i = 0; i < back.rule_count; i++) {
		const struct policy_rule *part = &back.rules[i];

		assert_true(part->address_count && part->port_count);
		for (j = 0; j < part->address_count; j++)
			for (k = 0; k < part->port_count; k++)
				met[part->addresses[j].ip[1] * 256 +
				    part->addresses[j].ip[2]]
				   [part->ports[k].first - 1]++;
	}
	for (i = 0; i < ADDRESSES; i++)
		for (j = 0; j < PORTS; j++)
			assert_int_equal(met[i][j], 1);
	free(rule.addresses);
	free(rule.ports);
	tenant_clear(&back);
}

static void test_commit(void **state)
{
	const uint64_t generation = 0xfedcba9876543210ULL;
	struct nl_msg *message = encode_commit(FAMILY, &generation, true, true);
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct nlattr *attr = nlmsg_find_attr(header, GENL_HDRLEN,
					      CORDON_A_EXPECT_GENERATION);

	(void)state;
	assert_non_null(attr);
	assert_true(nla_get_u64(attr) == generation);
	attr = nlmsg_find_attr(header, GENL_HDRLEN, CORDON_A_REPLACE_ALL);
	assert_non_null(attr);
	nlmsg_free(message);

	message = encode_commit(FAMILY, NULL, false, false);
	assert_int_equal(nlmsg_hdr(message)->nlmsg_len,
			 nlmsg_total_size(GENL_HDRLEN));
	nlmsg_free(message);
}

static void expect_named(struct nl_msg *message, uint8_t wanted)
{
	struct nlmsghdr *header = nlmsg_hdr(message);
	struct genlmsghdr *command = nlmsg_data(header);
	struct nlattr *name =
		nlmsg_find_attr(header, GENL_HDRLEN, CORDON_A_TENANT_NAME);

	assert_int_equal(command->cmd, wanted);
	assert_non_null(name);
	assert_string_equal(nla_get_string(name), "acme");
	nlmsg_free(message);
}

static void test_named(void **state)
{
	(void)state;
	expect_named(encode_removal(FAMILY, "acme"),
		     CORDON_CMD_POLICY_REMOVE_TENANT);
	expect_named(encode_join(FAMILY, "acme"), CORDON_CMD_MEMBER_JOIN);
}

/* The offset in a refusal leads to the rule that it is about. */
static void test_origin_at(void **state)
{
	static const char text[] = FILE_HEAD
		"        - {allow: read, path: /a}\n"
		"        - {allow: read, path: /b}\n";
	struct rule_cursor cursor = { 0 };
	struct nl_msg *message;
	struct nlattr *attr;
	struct input input;
	static const char *const expected[] = { "t.yaml:9", "t.yaml:10" };
	size_t found = 0;
	int rest;

	(void)state;
	input_good(&input, text);
	message = encode_rules(FAMILY, &input.policy.tenants[0], &cursor);
	nlmsg_for_each_attr(attr, nlmsg_hdr(message), GENL_HDRLEN, rest) {
		uint32_t start = (char *)attr - (char *)nlmsg_hdr(message);
		char *origin;

		if (nla_type(attr) != CORDON_A_RULE) {
			assert_null(encode_origin_at(message, start));
			continue;
		}
		origin = encode_origin_at(message, start + 12);
		assert_string_equal(origin, expected[found++]);
		free(origin);
	}
	assert_int_equal(found, 2);
	assert_null(encode_origin_at(message, 1000000));
	nlmsg_free(message);
	input_clear(&input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_tenant),
		cmocka_unit_test(test_nested_flag),
		cmocka_unit_test(test_ten_thousand_rules),
		cmocka_unit_test(test_rule_of_many_patterns),
		cmocka_unit_test(test_rule_of_many_ends),
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_origin_at),
	};

	return cmocka_run_group_tests_name("encode", tests, NULL, NULL);
}
