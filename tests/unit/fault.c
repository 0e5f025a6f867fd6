// SPDX-License-Identifier: GPL-2.0
#include "fault.h"

#include <limits.h>

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

#define DISARMED UINT_MAX

static unsigned int left = DISARMED;

/**
 * fault_after - let one allocation fail
 * @allocations: how many succeed before it; those behind it do as well, for a
 * second failure would hide that nobody looked at the first
 */
void fault_after(unsigned int allocations)
{
	left = allocations;
}

/**
 * fault_disarm - let all allocations succeed again
 *
 * Return: true when one has failed since fault_after().
 */
bool fault_disarm(void)
{
	bool failed = left == DISARMED;

	left = DISARMED;
	return failed;
}

/**
 * fault_memory_in_use - to be compared before and after
 *
 * Return: bytes that are allocated.
 */
size_t fault_memory_in_use(void)
{
	return __sanitizer_get_current_allocated_bytes();
}

/* Called by the linker's hand in the place of calloc(). */
void *__wrap_calloc(size_t count, size_t size)
{
	if (left != DISARMED && !left--)
		return NULL;
	return __real_calloc(count, size);
}
