/* SPDX-License-Identifier: GPL-2.0 */
/* From a large case that fails to a small one. */
#ifndef UNIT_REDUCE_H
#define UNIT_REDUCE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes simplification number @n of @from; false behind the last. */
typedef bool (*reduce_simpler)(const void *from, unsigned int n, void *to);
typedef bool (*reduce_fails)(const void *a_case);

void reduce(void *a_case, size_t size, reduce_simpler simpler,
	    reduce_fails fails);

#endif /* UNIT_REDUCE_H */
