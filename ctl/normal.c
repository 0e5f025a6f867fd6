// SPDX-License-Identifier: GPL-2.0
/*
 * What comes from files and what comes back from the kernel differ in ways that
 * mean nothing: tenants are sorted there, long rules are cut, defaults are
 * filled in.  Policies in normal form differ in what they mean alone.  They
 * borrow all texts and lists of the policies that they were made from.
 */
#include "normal.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "names.h"
#include "slice.h"

/* The part of a rule that one message holds, as a rule of its own. */
static struct policy_rule part_of(const struct slice *slice)
{
	struct policy_rule part = *slice->rule;

	part.pattern_count = slice->to.pattern - slice->from.pattern;
	part.address_count = slice->to.address - slice->from.address;
	part.port_count = slice->to.port - slice->from.port;
	if (part.pattern_count)
		part.patterns += slice->from.pattern;
	if (part.address_count)
		part.addresses += slice->from.address;
	if (part.port_count)
		part.ports += slice->from.port;
	return part;
}

static void cut_rules(struct policy_tenant *tenant)
{
	const struct policy_rule *rules = tenant->rules;
	size_t count = tenant->rule_count;
	struct rule_cursor cursor = { 0 };

	tenant->rules = NULL;
	tenant->rule_count = 0;
	while (cursor.rule < count) {
		struct slice slice = slice_rule(&rules[cursor.rule], &cursor);

		*array_push(tenant->rules, tenant->rule_count) =
			part_of(&slice);
		slice_advance(&cursor, &slice);
	}
}

/* Leaves out what would be the same if it were not written. */
static void drop_defaults(struct policy_tenant *tenant)
{
	/* Only rules about paths bring the guard with them. */
	const uint32_t implied =
		tenant->file_default ? 0 : names_enforced(names_guard_op);

	if (tenant->event_rate == CORDON_EVENT_RATE_DEFAULT)
		tenant->event_rate = 0;
	if (tenant->event_burst == CORDON_EVENT_BURST_DEFAULT)
		tenant->event_burst = 0;
	tenant->has_guard &= tenant->guard_allow != implied;
	if (!tenant->has_guard)
		tenant->guard_allow = 0;
}

static void add_tenant(struct policy *normal, const struct policy_tenant *from)
{
	struct policy_tenant *tenant =
		array_push(normal->tenants, normal->count);

	*tenant = *from;
	cut_rules(tenant);
	drop_defaults(tenant);
}

static int by_name(const void *a, const void *b)
{
	const struct policy_tenant *left = a;
	const struct policy_tenant *right = b;

	return strcmp(left->name, right->name);
}

static void sort(struct policy *normal)
{
	if (normal->count)
		qsort(normal->tenants, normal->count, sizeof(*normal->tenants),
		      by_name);
}

/**
 * normal_policy - the normal form of a policy
 * @policy: a policy without errors; outlives what is returned
 *
 * Return: its normal form, for normal_free().
 */
struct policy normal_policy(const struct policy *policy)
{
	struct policy normal = { 0 };
	size_t i;

	for (i = 0; i < policy->count; i++)
		add_tenant(&normal, &policy->tenants[i]);
	sort(&normal);
	return normal;
}

/**
 * normal_after - what would be in force after a load
 * @before: what is in force, in normal form; outlives what is returned
 * @files: what would be loaded, in normal form; the same
 * @replace_all: tenants that @files does not name would be removed
 *
 * Return: it, in normal form, for normal_free().
 */
struct policy normal_after(const struct policy *before,
			   const struct policy *files, bool replace_all)
{
	struct policy after = normal_policy(files);
	size_t i;

	for (i = 0; !replace_all && i < before->count; i++)
		if (!files->count ||
		    !bsearch(&before->tenants[i], files->tenants, files->count,
			     sizeof(*files->tenants), by_name))
			add_tenant(&after, &before->tenants[i]);
	sort(&after);
	return after;
}

/**
 * normal_free - free a normal form, but not what it borrowed
 * @normal: the normal form
 */
void normal_free(struct policy *normal)
{
	size_t i;

	for (i = 0; i < normal->count; i++)
		free(normal->tenants[i].rules);
	free(normal->tenants);
	memset(normal, 0, sizeof(*normal));
}
