// SPDX-License-Identifier: GPL-2.0
#include "trace_text.h"

#include <linux/minmax.h>
#include <linux/string_helpers.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Backslashes, so that no text looks as if it had been escaped. */
#define ESCAPED (ESCAPE_HEX | ESCAPE_NAP | ESCAPE_APPEND)
#define ALSO_ESCAPED "\\ "

/**
 * trace_text_size - how much room a text takes once it is escaped
 * @text: the text, which may have any byte
 * @len: its length in bytes
 *
 * Return: the number of bytes, with a NUL.
 */
size_t trace_text_size(const char *text, size_t len)
{
	return string_escape_mem(text, len, NULL, 0, ESCAPED, ALSO_ESCAPED) + 1;
}

/**
 * trace_text - escape a text
 * @to: set to it, up to where it fits
 * @size: size of @to
 * @text: the text, which may have any byte
 * @len: its length in bytes
 */
void trace_text(char *to, size_t size, const char *text, size_t len)
{
	int wanted = string_escape_mem(text, len, to, size - 1, ESCAPED,
				       ALSO_ESCAPED);

	to[min_t(size_t, wanted, size - 1)] = '\0';
}
