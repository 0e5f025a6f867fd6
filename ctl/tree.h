/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks below those that they come from. */
#ifndef CTL_TREE_H
#define CTL_TREE_H

#include <stddef.h>

#include "fetch.h"

/**
 * struct tree_row - a task in its place
 * @member: the task
 * @depth: how many tasks of its tenant it is below
 */
struct tree_row {
	const struct member *member;
	size_t depth;
};

struct tree_row *tree_rows(const struct member_list *list);

#endif /* CTL_TREE_H */
