// SPDX-License-Identifier: GPL-2.0
/*
 * The tenants that there are, in the order of their names: as a list for those
 * who go through all of them, and as a tree that finds one among many.
 */
#include "enrolled.h"

#include <linux/string.h>

#include "policy.h"

/* See policy.h. */
LIST_HEAD(policy_tenants);

/* Of the same tenants; protected by policy_mutex as well. */
static struct rb_root by_name = RB_ROOT;

static struct tenant *tenant_at(struct rb_node *node)
{
	return rb_entry_safe(node, struct tenant, by_name);
}

static int compare_name(const void *name, const struct rb_node *node)
{
	return strcmp(name, rb_entry(node, struct tenant, by_name)->name);
}

static bool is_before(struct rb_node *left, const struct rb_node *right)
{
	return compare_name(tenant_at(left)->name, right) < 0;
}

/**
 * enrolled_find - find a tenant
 * @name: its name
 *
 * Context: policy_mutex is held.
 * Return: the tenant, or NULL.
 */
struct tenant *enrolled_find(const char *name)
{
	lockdep_assert_held(&policy_mutex);
	return tenant_at(rb_find(name, &by_name, compare_name));
}

/**
 * enrol - put a tenant among all others
 * @tenant: the tenant, with a reference that is the list's from now on; there is
 * none of its name yet
 *
 * Context: policy_mutex is held.
 */
void enrol(struct tenant *tenant)
{
	struct tenant *before;

	lockdep_assert_held(&policy_mutex);
	rb_add(&tenant->by_name, &by_name, is_before);
	before = tenant_at(rb_prev(&tenant->by_name));
	list_add(&tenant->list, before ? &before->list : &policy_tenants);
}

/**
 * unenrol - take a tenant out, and put its reference
 * @tenant: the tenant
 *
 * Context: policy_mutex is held.
 */
void unenrol(struct tenant *tenant)
{
	lockdep_assert_held(&policy_mutex);
	rb_erase(&tenant->by_name, &by_name);
	list_del(&tenant->list);
	tenant_put(tenant);
}
