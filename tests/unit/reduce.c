// SPDX-License-Identifier: GPL-2.0
#include "reduce.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Tries each simplification once and keeps those with which it fails still. */
static bool reduce_once(void *a_case, void *next, size_t size,
			reduce_simpler simpler, reduce_fails fails)
{
	unsigned int n = 0;
	bool smaller = false;

	while (simpler(a_case, n, next)) {
		if (!fails(next)) {
			n++;
			continue;
		}
		/* What stands in the place of the part that went is next. */
		memcpy(a_case, next, size);
		smaller = true;
	}
	return smaller;
}

/**
 * reduce - make a case that fails as small as one step at a time can
 * @a_case: a case that fails; becomes a smaller one
 * @size: its size; it holds no pointers to itself
 * @simpler: simplifications, each of which takes something away
 * @fails: whether a case fails; false for one that makes no sense
 */
void reduce(void *a_case, size_t size, reduce_simpler simpler,
	    reduce_fails fails)
{
	void *next = malloc(size);

	assert(next);
	while (reduce_once(a_case, next, size, simpler, fails))
		;
	free(next);
}
