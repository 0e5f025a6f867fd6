// SPDX-License-Identifier: GPL-2.0
#include "trace_text.h"

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Backslashes, so that no text looks as if it had been escaped. */
#define ESCAPED (ESCAPE_HEX | ESCAPE_NAP | ESCAPE_APPEND)
#define ALSO_ESCAPED "\\ "

/* Behind what was cut off; nothing that is escaped has a backslash like it. */
#define CUT "\\..."

static size_t escaped_len(const char *text, size_t len)
{
	return string_escape_mem(text, len, NULL, 0, ESCAPED, ALSO_ESCAPED);
}

/**
 * trace_text_size - how much room a text takes once it is escaped
 * @text: the text, which may have any byte
 * @len: its length in bytes
 *
 * Return: the number of bytes, with a NUL, at most TRACE_TEXT_MAX.
 */
size_t trace_text_size(const char *text, size_t len)
{
	return min_t(size_t, escaped_len(text, len) + 1, TRACE_TEXT_MAX);
}

/* How many bytes of a text take so much room at most once they are escaped. */
static size_t fitting(const char *text, size_t len, size_t room)
{
	size_t used = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		used += escaped_len(text + i, 1);
		if (used > room)
			break;
	}
	return i;
}

/**
 * trace_text - escape a text
 * @to: set to it; where it does not fit, to as much as does, whole escapes only,
 * and a mark
 * @size: size of @to, more than the mark takes
 * @text: the text, which may have any byte
 * @len: its length in bytes
 */
void trace_text(char *to, size_t size, const char *text, size_t len)
{
	bool cut = escaped_len(text, len) >= size;
	size_t used;

	if (cut)
		len = fitting(text, len, size - sizeof(CUT));
	used = string_escape_mem(text, len, to, size, ESCAPED, ALSO_ESCAPED);
	strscpy(to + used, cut ? CUT : "", size - used);
}
