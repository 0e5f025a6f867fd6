// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of the module: whatever they hold, they are decoded or refused, and
 * what was decoded can be shown.  The input is a message from its attributes
 * on; the headers in front of them are made to fit, as the kernel does.
 */
#include "fuzz.h"

#include <json-c/json.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "decode.h"
#include "falco.h"
#include "json.h"
#include "print.h"

#define HEADERS (NLMSG_HDRLEN + GENL_HDRLEN)

static FILE *nowhere;

static void show_event(struct nlmsghdr *header)
{
	struct event event;

	if (!decode_event(header, &event)) {
		print_event(&event, PRINT_COLOURED, nowhere);
		json_object_put(falco_event(&event, "host"));
		json_object_put(json_event(&event));
	}
	event_clear(&event);
}

static void show_tenant(struct nlmsghdr *header)
{
	struct tenant_state state;

	if (!decode_tenant(header, &state) &&
	    !decode_rules(header, &state.tenant)) {
		print_tenant(&state, nowhere);
		json_object_put(json_tenant(&state, true));
	}
	tenant_clear(&state.tenant);
}

static void show_rules(struct nlmsghdr *header)
{
	struct policy_tenant tenant = { 0 };
	size_t i;

	if (!decode_rules(header, &tenant)) {
		for (i = 0; i < tenant.rule_count; i++) {
			print_rule(&tenant.rules[i], nowhere);
			json_object_put(json_rule(&tenant.rules[i]));
		}
	}
	tenant_clear(&tenant);
}

static void show_status(struct nlmsghdr *header)
{
	struct status status;

	if (!decode_status(header, &status)) {
		print_status(&status, nowhere);
		json_object_put(json_status(&status));
	}
	status_clear(&status);
}

static void show_member(struct nlmsghdr *header)
{
	struct member member;

	if (!decode_member(header, &member))
		json_object_put(json_member(&member));
	member_clear(&member);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nlmsghdr *header = calloc(1, HEADERS + size);
	uint64_t generation;

	if (!nowhere)
		nowhere = fopen("/dev/null", "w");
	if (!header || !nowhere)
		abort();
	header->nlmsg_len = HEADERS + size;
	if (size)
		memcpy((char *)header + HEADERS, data, size);
	show_event(header);
	show_tenant(header);
	show_rules(header);
	show_status(header);
	show_member(header);
	decode_generation(header, &generation);
	free(header);
	return 0;
}
