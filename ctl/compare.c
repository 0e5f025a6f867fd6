// SPDX-License-Identifier: GPL-2.0
/*
 * Tenants are compared by their text in normal form, which is what the user
 * sees as well: what looks the same is the same.
 */
#include "compare.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "emit.h"
#include "parts.h"
#include "unknown.h"

/**
 * struct texts - texts of rules
 * @items: the texts
 * @count: how many
 */
struct texts {
	char **items;
	size_t count;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct texts texts_of_rules(const struct policy_tenant *tenant)
{
	struct texts texts = { 0 };
	size_t i;

	for (i = 0; i < tenant->rule_count; i++)
		*array_push(texts.items, texts.count) =
			emit_rule_text(&tenant->rules[i]);
	if (texts.count)
		qsort(texts.items, texts.count, sizeof(*texts.items), by_text);
	return texts;
}

static void clear_texts(struct texts *texts)
{
	size_t i;

	for (i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}

/* Rules that are there twice count twice. */
static void count_rules(struct tenant_change *change,
			const struct policy_tenant *before,
			const struct policy_tenant *after)
{
	struct texts a = texts_of_rules(before);
	struct texts b = texts_of_rules(after);
	size_t common = 0;
	size_t i = 0;
	size_t j = 0;

	while (i < a.count && j < b.count) {
		int order = strcmp(a.items[i], b.items[j]);

		common += !order;
		i += order <= 0;
		j += order >= 0;
	}
	change->rules_added = b.count - common;
	change->rules_removed = a.count - common;
	clear_texts(&a);
	clear_texts(&b);
}

/* That rules are in another order is said where nothing else can be. */
static void compare_tenants(struct tenant_change *change,
			    const struct policy_tenant *before,
			    const struct policy_tenant *after)
{
	count_rules(change, before, after);
	change->parts = parts_differing(before, after);
	if (!change->parts && !change->rules_added && !change->rules_removed)
		change->parts = PART_ORDER;
}

static char *text_of(const struct policy_tenant *tenant)
{
	return tenant ? emit_tenant_text(tenant) : alloc_text("", 0);
}

/* Why a tenant cannot be written out, for the caller to free, or NULL. */
static char *unsaid(const struct tenant_change *change,
		    const struct policy_tenant *before)
{
	const char *why = NULL;

	if (!change->before || !change->after)
		why = "it has texts that are not UTF-8";
	else if (before && before->unknown)
		why = unknown_why;
	return why ? alloc_printf("tenant '%s': %s", change->name, why) : NULL;
}

/* Of what stays as it is nothing is to be said, where nothing can be. */
static void add_kept(struct comparison *comparison,
		     const struct policy_tenant *tenant)
{
	struct tenant_change *change =
		array_push(comparison->items, comparison->count);
	char *text = text_of(tenant);

	change->name = tenant->name;
	change->before = text ? text : alloc_text("", 0);
	change->after = alloc_text(change->before, strlen(change->before));
}

static char *add_change(struct comparison *comparison, const char *name,
			const struct policy_tenant *before,
			const struct policy_tenant *after)
{
	struct tenant_change *change =
		array_push(comparison->items, comparison->count);
	char *why;

	change->name = name;
	change->before = text_of(before);
	change->after = text_of(after);
	change->tenant_before = before;
	change->tenant_after = after;
	why = unsaid(change, before);
	if (why)
		return why;
	if (!before || !after)
		change->kind = before ? CHANGE_REMOVED : CHANGE_ADDED;
	else if (strcmp(change->before, change->after))
		change->kind = CHANGE_CHANGED;
	if (change->kind == CHANGE_NONE)
		return NULL;
	comparison->changes++;
	if (!before)
		change->rules_added = after->rule_count;
	else if (!after)
		change->rules_removed = before->rule_count;
	else
		compare_tenants(change, before, after);
	return NULL;
}

/* Normal forms borrow their texts: of another tenant it has its own name. */
static bool is_kept(const struct policy_tenant *before,
		    const struct policy_tenant *after)
{
	return before && after && before->name == after->name;
}

/* Which of the next tenants of either policy is first; both when it is one. */
static int next_order(const struct policy *before, size_t i,
		      const struct policy *after, size_t j)
{
	if (i == before->count || j == after->count)
		return i == before->count ? 1 : -1;
	return strcmp(before->tenants[i].name, after->tenants[j].name);
}

/**
 * compare_policies - work out what becomes of all tenants
 * @comparison: becomes the result; the caller clears it in either case
 * @before: a policy in normal form, which outlives @comparison
 * @after: another
 *
 * What normal_after() took over from @before stays as it is, so it may be what
 * cannot be written out.
 *
 * Return: NULL, or why a tenant cannot be compared, for the caller to free.
 */
char *compare_policies(struct comparison *comparison,
		       const struct policy *before, const struct policy *after)
{
	char *why = NULL;
	size_t i = 0;
	size_t j = 0;

	memset(comparison, 0, sizeof(*comparison));
	comparison->from_empty = !before->count;
	comparison->to_empty = !after->count;
	while (!why && (i < before->count || j < after->count)) {
		int order = next_order(before, i, after, j);
		const char *name = order <= 0 ? before->tenants[i].name :
						after->tenants[j].name;
		const struct policy_tenant *old =
			order <= 0 ? &before->tenants[i++] : NULL;
		const struct policy_tenant *new =
			order >= 0 ? &after->tenants[j++] : NULL;

		if (is_kept(old, new))
			add_kept(comparison, old);
		else
			why = add_change(comparison, name, old, new);
	}
	return why;
}

/**
 * compare_kind_text - what becomes of a tenant, for programs
 * @kind: what
 *
 * Return: a word.
 */
const char *compare_kind_text(enum change_kind kind)
{
	static const char *const words[] = {
		[CHANGE_NONE] = "none",
		[CHANGE_ADDED] = "added",
		[CHANGE_REMOVED] = "removed",
		[CHANGE_CHANGED] = "changed",
	};

	return words[kind];
}

static void print_rules(size_t count, const char *behind, FILE *out)
{
	fprintf(out, "%zu %s%s", count, count == 1 ? "rule" : "rules", behind);
}

static void print_change(const struct tenant_change *change, const char *would,
			 FILE *out)
{
	static const char *const verbs[] = {
		[CHANGE_ADDED] = "add",
		[CHANGE_REMOVED] = "remove",
		[CHANGE_CHANGED] = "change",
	};

	fprintf(out, "%s%s tenant '%s'", would, verbs[change->kind],
		change->name);
	if (change->kind != CHANGE_CHANGED) {
		fputs(" with ", out);
		print_rules(change->rules_added + change->rules_removed, "",
			    out);
	} else {
		fputs(": ", out);
		parts_print(change->parts, change->tenant_before,
			    change->tenant_after, out);
		print_rules(change->rules_added, " more, ", out);
		print_rules(change->rules_removed, " fewer", out);
	}
	fputc('\n', out);
}

/**
 * compare_print - say in a line for each tenant what becomes of it
 * @comparison: what becomes of them
 * @would: in front of each line
 * @out: where to
 */
void compare_print(const struct comparison *comparison, const char *would,
		   FILE *out)
{
	size_t i;

	for (i = 0; i < comparison->count; i++)
		if (comparison->items[i].kind != CHANGE_NONE)
			print_change(&comparison->items[i], would, out);
	if (!comparison->changes)
		fprintf(out, "%schange nothing\n", would);
}

/* What a policy file begins with. */
static const char *head(bool empty)
{
	return empty ? "version: 1\ntenants: {}\n" : "version: 1\ntenants:\n";
}

/**
 * compare_lines - what becomes of a policy file of all that is in force
 * @comparison: what becomes of the policy, which outlives @udiff
 * @udiff: becomes the same line by line; is empty, and for the caller to clear
 */
void compare_lines(const struct comparison *comparison, struct udiff *udiff)
{
	size_t i;

	udiff_add(udiff, "tenants", head(comparison->from_empty),
		  head(comparison->to_empty));
	for (i = 0; i < comparison->count; i++)
		udiff_add(udiff, comparison->items[i].name,
			  comparison->items[i].before,
			  comparison->items[i].after);
}

/**
 * compare_print_diff - print what becomes of the policy as a unified diff
 * @comparison: what becomes of it
 * @generation: of what is in force
 * @out: where to
 */
void compare_print_diff(const struct comparison *comparison,
			uint64_t generation, FILE *out)
{
	char *before =
		alloc_printf("in force, generation %" PRIu64, generation);
	struct udiff udiff = { 0 };

	compare_lines(comparison, &udiff);
	udiff_print(&udiff, before, "after the load", out);
	udiff_clear(&udiff);
	free(before);
}

/**
 * compare_clear - free a comparison
 * @comparison: the comparison
 */
void compare_clear(struct comparison *comparison)
{
	size_t i;

	for (i = 0; i < comparison->count; i++) {
		free(comparison->items[i].before);
		free(comparison->items[i].after);
	}
	free(comparison->items);
	memset(comparison, 0, sizeof(*comparison));
}
