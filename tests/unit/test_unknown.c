// SPDX-License-Identifier: GPL-2.0
/* Messages of a newer module: what an older tool has no words for is counted. */
#include "support.h"

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <string.h>

#include "encode.h"
#include "unknown.h"

static const char text[] = HEAD
	"    setup: /s\n"
	"    events: {rate: 1, burst: 2, self: true}\n"
	"    guard: {allow: bpf}\n"
	"    socket:\n"
	"      default: deny\n"
	"      rules:\n"
	"        - {allow: connect, proto: tcp, addr: '::1', port: 1}\n"
	"        - {allow: connect, cid: host}\n";

static size_t count(struct nl_msg *message)
{
	size_t found = unknown_attributes(nlmsg_hdr(message));

	nlmsg_free(message);
	return found;
}

/* All that there is today. */
static void test_known(void **state)
{
	struct rule_cursor cursor = { 0 };
	struct input input;

	(void)state;
	input_good(&input, text);
	assert_int_equal(count(encode_tenant(42, input.policy.tenants)), 0);
	assert_int_equal(count(encode_rules(42, input.policy.tenants, &cursor)),
			 0);
	input_clear(&input);
}

/* An attribute of the number behind @max in one of @outer, maybe in @inner. */
static struct nl_msg *message_with(int outer, int inner, int max)
{
	struct nl_msg *message = encode_command(42, CORDON_CMD_TENANT_GET, 0);
	struct nlattr *first = nla_nest_start(message, outer);
	struct nlattr *second = inner ? nla_nest_start(message, inner) : NULL;

	nla_put_u32(message, max, 1);
	nla_put_u32(message, max + 1, 1);
	if (second)
		nla_nest_end(message, second);
	nla_nest_end(message, first);
	return message;
}

static void test_newer(void **state)
{
	static const struct {
		int outer;
		int inner;
		int max;
	} cases[] = {
		{ CORDON_A_TENANT, 0, CORDON_TENANT_MAX },
		{ CORDON_A_TENANT, CORDON_TENANT_SELECTOR,
		  CORDON_SELECTOR_MAX },
		{ CORDON_A_RULE, 0, CORDON_RULE_MAX },
		{ CORDON_A_RULE, CORDON_RULE_ADDR, CORDON_ADDR_MAX },
		{ CORDON_A_RULE, CORDON_RULE_PORT, CORDON_PORT_MAX },
		{ CORDON_A_RULE, CORDON_RULE_CID, CORDON_PORT_MAX },
	};
	struct nl_msg *message;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(count(message_with(cases[i].outer,
						    cases[i].inner,
						    cases[i].max)),
				 1);
	message = encode_command(42, CORDON_CMD_TENANT_GET, 0);
	nla_put_u32(message, CORDON_A_MAX + 1, 1);
	assert_int_equal(count(message), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_newer),
	};

	return cmocka_run_group_tests_name("unknown", tests, NULL, NULL);
}
