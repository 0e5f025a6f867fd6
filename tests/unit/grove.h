/* SPDX-License-Identifier: GPL-2.0 */
/* A tree of path patterns that owns them, for tests. */
#ifndef UNIT_GROVE_H
#define UNIT_GROVE_H

#include "pathtree.h"

#define GROVE_PATTERNS_MAX 200

/**
 * struct grove - a tree, and the patterns that it was built from
 * @tree: the tree
 * @patterns: the patterns; pattern i is rule i until they are sorted
 * @count: how many
 * @culprit: rule that pathtree_build() named
 */
struct grove {
	struct pathtree tree;
	struct tree_pattern patterns[GROVE_PATTERNS_MAX];
	u32 count;
	u32 culprit;
};

void grove_add(struct grove *grove, char *text);
int grove_build(struct grove *grove);
void grove_free(struct grove *grove);
u64 grove_lookup(const struct grove *grove, const char *path);
u32 grove_rule(const struct grove *grove, const char *path, u64 access);

#endif /* UNIT_GROVE_H */
