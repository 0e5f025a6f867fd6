/* SPDX-License-Identifier: GPL-2.0 */
/* A path as lookups take it, in memory that ends where the path does. */
#ifndef UNIT_TRAIL_H
#define UNIT_TRAIL_H

#include "pathtree.h"

/**
 * struct trail - a path, and the memory that it takes
 * @path: what lookups are given
 * @names: its components
 */
struct trail {
	struct pathname path;
	struct component *names;
};

void trail_make(struct trail *trail, const char *text);
void trail_free(struct trail *trail);

#endif /* UNIT_TRAIL_H */
