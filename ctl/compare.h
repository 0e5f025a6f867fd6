/* SPDX-License-Identifier: GPL-2.0 */
/* What a load would change: tenant by tenant, and line by line. */
#ifndef CTL_COMPARE_H
#define CTL_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model.h"
#include "udiff.h"

/**
 * enum change_kind - what becomes of a tenant
 * @CHANGE_NONE: it stays as it is
 * @CHANGE_ADDED: it is new
 * @CHANGE_REMOVED: it is not there any more
 * @CHANGE_CHANGED: it is another afterwards
 */
enum change_kind {
	CHANGE_NONE,
	CHANGE_ADDED,
	CHANGE_REMOVED,
	CHANGE_CHANGED,
};

/**
 * struct tenant_change - what becomes of one tenant
 * @name: its name
 * @kind: what
 * @parts: flags of names_part, of a tenant that is there before and after
 * @rules_added: rules that it has afterwards only
 * @rules_removed: rules that it had before only
 * @before: its text before, "" if there was none
 * @after: its text afterwards, the same
 * @tenant_before: the tenant before, or NULL
 * @tenant_after: the tenant afterwards, the same
 */
struct tenant_change {
	const char *name;
	enum change_kind kind;
	uint32_t parts;
	size_t rules_added;
	size_t rules_removed;
	char *before;
	char *after;
	const struct policy_tenant *tenant_before;
	const struct policy_tenant *tenant_after;
};

/**
 * struct comparison - what becomes of all tenants
 * @items: by name
 * @count: how many
 * @changes: how many of them do not stay as they are
 * @from_empty: there was no tenant before
 * @to_empty: there is none afterwards
 */
struct comparison {
	struct tenant_change *items;
	size_t count;
	size_t changes;
	bool from_empty;
	bool to_empty;
};

char *compare_policies(struct comparison *comparison,
		       const struct policy *before, const struct policy *after);
const char *compare_kind_text(enum change_kind kind);
void compare_print(const struct comparison *comparison, const char *would,
		   FILE *out);
void compare_lines(const struct comparison *comparison, struct udiff *udiff);
void compare_print_diff(const struct comparison *comparison,
			uint64_t generation, FILE *out);
void compare_clear(struct comparison *comparison);

#endif /* CTL_COMPARE_H */
