// SPDX-License-Identifier: GPL-2.0
/*
 * One word of a policy can undo all of its rules, so the count of rules alone
 * says little about a change.
 */
#include "parts.h"

#include <string.h>

enum {
	PART_SELECT = 1U << 0,
	PART_SETUP = 1U << 1,
	PART_MODE = 1U << 2,
	PART_REVOKE = 1U << 3,
	PART_EVENTS = 1U << 4,
	PART_FILE = 1U << 5,
	PART_SOCKET = 1U << 6,
	PART_GUARD = 1U << 7,
};

const struct name names_part[] = {
	{ "mode", PART_MODE },
	{ "file default", PART_FILE },
	{ "socket default", PART_SOCKET },
	{ "guard", PART_GUARD },
	{ "select", PART_SELECT },
	{ "setup", PART_SETUP },
	{ "revoke", PART_REVOKE },
	{ "events", PART_EVENTS },
	{ "order of rules", PART_ORDER },
	{ NULL },
};

static bool same_selector(const struct selector *a, const struct selector *b)
{
	if (!a->cgroup || !b->cgroup)
		return a->cgroup == b->cgroup && a->uid_first == b->uid_first &&
		       a->uid_last == b->uid_last;
	return !strcmp(a->cgroup, b->cgroup);
}

static bool same_select(const struct policy_tenant *a,
			const struct policy_tenant *b)
{
	size_t i;

	if (a->selector_count != b->selector_count)
		return false;
	for (i = 0; i < a->selector_count; i++)
		if (!same_selector(&a->selectors[i], &b->selectors[i]))
			return false;
	return true;
}

static bool same_setup(const struct policy_tenant *a,
		       const struct policy_tenant *b)
{
	size_t i;

	if (a->setup_count != b->setup_count)
		return false;
	for (i = 0; i < a->setup_count; i++)
		if (strcmp(a->setup[i].text, b->setup[i].text))
			return false;
	return true;
}

/**
 * parts_differing - which parts of a tenant become others
 * @before: the tenant before, in normal form
 * @after: the tenant afterwards, in normal form
 *
 * Return: flags, the numbers in names_part; never that of the order of rules.
 */
uint32_t parts_differing(const struct policy_tenant *before,
			 const struct policy_tenant *after)
{
	const struct {
		uint32_t part;
		bool same;
	} parts[] = {
		{ PART_SELECT, same_select(before, after) },
		{ PART_SETUP, same_setup(before, after) },
		{ PART_MODE, before->mode == after->mode },
		{ PART_REVOKE, before->revoke == after->revoke },
		{ PART_EVENTS,
		  before->event_rate == after->event_rate &&
			  before->event_burst == after->event_burst &&
			  before->event_self == after->event_self },
		{ PART_FILE, before->file_default == after->file_default },
		{ PART_SOCKET,
		  before->socket_default == after->socket_default },
		{ PART_GUARD,
		  before->has_guard == after->has_guard &&
			  before->guard_allow == after->guard_allow },
	};
	uint32_t flags = 0;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (!parts[i].same)
			flags |= parts[i].part;
	return flags;
}

static void print_values(const struct name *table, uint32_t before,
			 uint32_t after, FILE *out)
{
	const char *old = names_text(table, before);
	const char *new = names_text(table, after);

	fprintf(out, " from %s to %s", old ? old : "none", new ? new : "none");
}

/**
 * parts_print - print the names of parts, and values where one word says them
 * @parts: which
 * @before: the tenant before
 * @after: the tenant afterwards
 * @out: where to; each part is followed by ", "
 */
void parts_print(uint32_t parts, const struct policy_tenant *before,
		 const struct policy_tenant *after, FILE *out)
{
	const struct name *part;

	for (part = names_part; part->text; part++) {
		if (!(parts & part->value))
			continue;
		fputs(part->text, out);
		if (part->value == PART_MODE)
			print_values(names_mode, before->mode, after->mode,
				     out);
		else if (part->value == PART_FILE)
			print_values(names_action, before->file_default,
				     after->file_default, out);
		else if (part->value == PART_SOCKET)
			print_values(names_action, before->socket_default,
				     after->socket_default, out);
		fputs(", ", out);
	}
}
