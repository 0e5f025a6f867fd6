// SPDX-License-Identifier: GPL-2.0
/* What a transaction collects before it is committed or forgotten. */
#include <linux/slab.h>
#include <linux/string.h>

#include "policy.h"

/**
 * draft_init - begin a draft
 * @draft: the draft
 */
void draft_init(struct draft *draft)
{
	INIT_LIST_HEAD(&draft->tenants);
	draft->by_name = RB_ROOT;
	draft->count = 0;
	draft->bytes = 0;
	draft->replace_all = false;
	draft->dry_run = false;
}

static int compare_name(const void *name, const struct rb_node *node)
{
	return strcmp(name, rb_entry(node, struct draft_tenant, by_name)->name);
}

static bool is_before(struct rb_node *left, const struct rb_node *right)
{
	return compare_name(rb_entry(left, struct draft_tenant, by_name)->name,
			    right) < 0;
}

/**
 * draft_find - find a tenant in a draft
 * @draft: the draft
 * @name: its name
 *
 * Return: the tenant, or NULL.
 */
struct draft_tenant *draft_find(const struct draft *draft, const char *name)
{
	return rb_entry_safe(rb_find(name, &draft->by_name, compare_name),
			     struct draft_tenant, by_name);
}

/**
 * draft_add - add a tenant to a draft
 * @draft: the draft
 * @name: its name, which tenant_name_valid() accepts
 *
 * Context: may sleep.
 * Return: the tenant, without a policy, or NULL for want of memory.
 */
struct draft_tenant *draft_add(struct draft *draft, const char *name)
{
	struct draft_tenant *tenant =
		kzalloc(sizeof(*tenant), GFP_KERNEL_ACCOUNT);

	if (!tenant)
		return NULL;
	strscpy(tenant->name, name, sizeof(tenant->name));
	list_add_tail(&tenant->list, &draft->tenants);
	rb_add(&tenant->by_name, &draft->by_name, is_before);
	draft->count++;
	return tenant;
}

/**
 * draft_destroy - free a draft and what it still holds
 * @draft: the draft; it is empty afterwards
 *
 * Context: may sleep.
 */
void draft_destroy(struct draft *draft)
{
	struct draft_tenant *tenant, *next;

	list_for_each_entry_safe(tenant, next, &draft->tenants, list) {
		list_del(&tenant->list);
		policy_free(tenant->policy);
		kfree(tenant);
	}
	draft->by_name = RB_ROOT;
	draft->count = 0;
	draft->bytes = 0;
}
