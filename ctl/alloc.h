/* SPDX-License-Identifier: GPL-2.0 */
/* Allocation that ends the program with a message when memory is out. */
#ifndef CTL_ALLOC_H
#define CTL_ALLOC_H

#include <stddef.h>
#include <stdio.h>

void alloc_failed(void) __attribute__((noreturn));
void *alloc_zeroed(size_t count, size_t size);
char *alloc_text(const char *text, size_t len);
char *alloc_printf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
FILE *alloc_stream(char **text, size_t *len);
void alloc_stream_end(FILE *out);
void *alloc_grow(void *array, size_t count, size_t size);

/**
 * array_push - append a zeroed element to an array
 * @array: the array, NULL while @count is 0
 * @count: its number of elements, grown by one
 *
 * The room doubles whenever @count reaches a power of two, so no capacity has
 * to be kept.  Yields a pointer to the new element.
 */
#define array_push(array, count)                                               \
	((array) = alloc_grow((array), (count), sizeof(*(array))),             \
	 &(array)[(count)++])

#endif /* CTL_ALLOC_H */
