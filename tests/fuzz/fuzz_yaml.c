// SPDX-License-Identifier: GPL-2.0
/*
 * Policy files: from bytes to a checked policy, and on to the messages that
 * would load it, and to the text that means the same.
 */
#include "fuzz.h"

#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alike.h"
#include "alloc.h"
#include "emit.h"
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

static void parse(struct input *input, const char *text, size_t size)
{
	struct source *source;

	memset(input, 0, sizeof(*input));
	source = source_list_add(&input->sources, "t.yaml");
	free(source->text);
	source->text = alloc_text(text, size);
	source->size = size;
	input_parse(input);
}

/* What is written out is good as well, and means what it did before. */
static void expand(const struct policy *policy)
{
	struct input again;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out || !emit_policy(policy, out) || fclose(out))
		abort();
	parse(&again, text, size);
	if (again.diag.errors || policy_difference(policy, &again.policy))
		abort();
	input_clear(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input;

	parse(&input, (const char *)data, size);
	print_findings(&input.diag);
	if (!input.diag.errors) {
		encode(&input.policy);
		expand(&input.policy);
	}
	input_clear(&input);
	return 0;
}
