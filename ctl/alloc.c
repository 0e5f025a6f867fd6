// SPDX-License-Identifier: GPL-2.0
/*
 * A tool that runs for one command gains nothing from unwinding when memory
 * is out: nothing is in force before the commit, and the kernel drops an open
 * transaction together with its socket.
 */
#include "alloc.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * alloc_failed - say that memory is out, and exit
 */
void alloc_failed(void)
{
	fputs("cordonctl: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

/**
 * alloc_zeroed - allocate zeroed memory
 * @count: number of elements
 * @size: size of one
 *
 * Return: the memory, never NULL.
 */
void *alloc_zeroed(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		alloc_failed();
	return memory;
}

/**
 * alloc_text - copy a text
 * @text: the text
 * @len: its length in bytes
 *
 * Return: a copy with a terminating NUL, never NULL.
 */
char *alloc_text(const char *text, size_t len)
{
	char *copy = alloc_zeroed(len + 1, 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

/**
 * alloc_printf - format into memory of the right size
 * @format: as of printf()
 *
 * Return: the text, never NULL.
 */
char *alloc_printf(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		alloc_failed();
	return text;
}

/**
 * alloc_stream - write into memory of the right size
 * @text: becomes the text when the stream is ended, for the caller to free
 * @len: becomes its length
 *
 * Return: the stream, never NULL.
 */
FILE *alloc_stream(char **text, size_t *len)
{
	FILE *out = open_memstream(text, len);

	if (!out)
		alloc_failed();
	return out;
}

/**
 * alloc_stream_end - have all that was written
 * @out: what alloc_stream() returned
 */
void alloc_stream_end(FILE *out)
{
	if (fclose(out))
		alloc_failed();
}

/**
 * alloc_grow - make room for one more element; see array_push()
 * @array: the array
 * @count: elements in use
 * @size: size of one
 *
 * Return: the array, perhaps moved, with element @count zeroed.
 */
void *alloc_grow(void *array, size_t count, size_t size)
{
	if (!(count & (count - 1))) {
		size_t room = count ? count * 2 : 1;

		if (room < count || room > SIZE_MAX / size)
			alloc_failed();
		array = realloc(array, room * size);
		if (!array)
			alloc_failed();
	}
	memset((char *)array + count * size, 0, size);
	return array;
}
