// SPDX-License-Identifier: GPL-2.0
/*
 * Policy files: from bytes to a checked policy, and on to the messages that
 * would load it.
 */
#include "fuzz.h"

#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "encode.h"
#include "input.h"

/* A policy that is good must fit its messages. */
static void encode(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++) {
		const struct policy_tenant *tenant = &policy->tenants[i];
		struct nl_msg *message = encode_tenant(1, tenant);
		struct rule_cursor cursor = { 0 };

		if (!message)
			abort();
		nlmsg_free(message);
		while (cursor.rule < tenant->rule_count) {
			message = encode_rules(1, tenant, &cursor);
			if (!message)
				abort();
			nlmsg_free(message);
		}
	}
}

static void print_findings(const struct diag *diag)
{
	size_t i;

	for (i = 0; i < diag->count; i++) {
		char *line = diag_line(&diag->items[i]);

		if (!*line)
			abort();
		free(line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input;
	struct source *source;

	memset(&input, 0, sizeof(input));
	source = source_list_add(&input.sources, "t.yaml");
	free(source->text);
	source->text = alloc_text((const char *)data, size);
	source->size = size;
	input_parse(&input);
	print_findings(&input.diag);
	if (!input.diag.errors)
		encode(&input.policy);
	input_clear(&input);
	return 0;
}
