/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that fail on purpose.  All unit tests are linked with
 * --wrap=calloc, and calloc() is what the evaluator allocates with.
 */
#ifndef UNIT_FAULT_H
#define UNIT_FAULT_H

#include <stdbool.h>
#include <stddef.h>

void fault_after(unsigned int allocations);
bool fault_disarm(void);
size_t fault_memory_in_use(void);

/* Of the sanitizer; gcc comes without the header. */
size_t __sanitizer_get_current_allocated_bytes(void);

#endif /* UNIT_FAULT_H */
