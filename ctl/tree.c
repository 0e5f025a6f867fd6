// SPDX-License-Identifier: GPL-2.0
/*
 * A list of tasks is no snapshot: a parent may be missing, and numbers that are
 * used again can make two tasks each other's parent.  Every task is shown once
 * whatever the list says.
 */
#include "tree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#define NONE SIZE_MAX

/**
 * struct node - a task and its neighbours in the tree, by index
 * @member: the task
 * @parent: what it is below
 * @child: the first that is below it
 * @next: the next below the same
 * @walk: number of the walk upwards that came by
 */
struct node {
	const struct member *member;
	size_t parent;
	size_t child;
	size_t next;
	size_t walk;
};

static int by_tenant_and_pid(const void *a, const void *b)
{
	const struct member *left = ((const struct node *)a)->member;
	const struct member *right = ((const struct node *)b)->member;
	int order = strcmp(left->tenant, right->tenant);

	if (order)
		return order;
	return left->pid < right->pid ? -1 : left->pid > right->pid;
}

/* A thread is below the first of its process, and that below its parent. */
static size_t find_parent(const struct node *nodes, size_t count,
			  const struct member *member)
{
	const bool leads = member->pid == member->tgid;
	struct member wanted = { .tenant = member->tenant,
				 .pid = leads ? member->ppid : member->tgid };
	const struct node key = { .member = &wanted };
	const struct node *found =
		bsearch(&key, nodes, count, sizeof(*nodes), by_tenant_and_pid);

	return found ? (size_t)(found - nodes) : NONE;
}

/* Each walk upwards ends at the first task that some walk has seen. */
static void cut_circles(struct node *nodes, size_t count)
{
	size_t walk;

	for (walk = 1; walk <= count; walk++) {
		size_t i = walk - 1;

		while (i != NONE && !nodes[i].walk) {
			nodes[i].walk = walk;
			if (nodes[i].parent != NONE &&
			    nodes[nodes[i].parent].walk == walk)
				nodes[i].parent = NONE;
			i = nodes[i].parent;
		}
	}
}

/* From the last to the first, so that lists are in order. */
static size_t link_nodes(struct node *nodes, size_t count)
{
	size_t first = NONE;
	size_t i;

	for (i = count; i--;) {
		size_t *list = nodes[i].parent == NONE ?
				       &first :
				       &nodes[nodes[i].parent].child;

		nodes[i].next = *list;
		*list = i;
	}
	return first;
}

/* The node behind another when all below it was seen, or NONE. */
static size_t climb(const struct node *nodes, size_t i, size_t *depth)
{
	while (i != NONE && nodes[i].next == NONE) {
		i = nodes[i].parent;
		--*depth;
	}
	return i == NONE ? NONE : nodes[i].next;
}

static void list_rows(const struct node *nodes, size_t first,
		      struct tree_row *rows)
{
	size_t depth = 0;
	size_t i = first;

	while (i != NONE) {
		*rows++ = (struct tree_row){ nodes[i].member, depth };
		if (nodes[i].child == NONE) {
			i = climb(nodes, i, &depth);
		} else {
			i = nodes[i].child;
			depth++;
		}
	}
}

/**
 * tree_rows - the order in which tasks are shown as trees
 * @list: the tasks
 *
 * Return: as many rows as there are tasks, by tenant, for the caller to free.
 */
struct tree_row *tree_rows(const struct member_list *list)
{
	struct tree_row *rows = alloc_zeroed(list->count + 1, sizeof(*rows));
	struct node *nodes = alloc_zeroed(list->count + 1, sizeof(*nodes));
	size_t i;

	for (i = 0; i < list->count; i++)
		nodes[i] = (struct node){ &list->items[i], NONE, NONE, NONE };
	qsort(nodes, list->count, sizeof(*nodes), by_tenant_and_pid);
	for (i = 0; i < list->count; i++)
		nodes[i].parent =
			find_parent(nodes, list->count, nodes[i].member);
	cut_circles(nodes, list->count);
	list_rows(nodes, link_nodes(nodes, list->count), rows);
	free(nodes);
	return rows;
}
