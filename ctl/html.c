// SPDX-License-Identifier: GPL-2.0
/*
 * The same escaping serves between tags and in quoted attributes, of HTML and
 * of SVG alike, so that nobody has to know where a text ends up.
 */
#include "html.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

/* What stands for a character that means something to a browser, or NULL. */
static const char *entity_of(char character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Text without controls and backslashes, all of it UTF-8. */
static void put_printable(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *entity = entity_of(*text);

		if (entity)
			fputs(entity, out);
		else
			fputc(*text, out);
	}
}

static void put_escaped(FILE *out, const char *bytes, size_t len)
{
	char *safe = text_escape(bytes, len);

	put_printable(out, safe);
	free(safe);
}

/*
 * A backslash stays: in a database it is part of a byte that was escaped, or
 * was escaped by the query.
 */
static void put_bytes(FILE *out, const char *bytes, size_t len)
{
	while (len) {
		const char *backslash = memchr(bytes, '\\', len);
		size_t step = backslash ? (size_t)(backslash - bytes) : len;

		put_escaped(out, bytes, step);
		if (backslash) {
			fputc('\\', out);
			step++;
		}
		bytes += step;
		len -= step;
	}
}

/**
 * html_text - write a text that others chose
 * @out: where to
 * @text: the text; controls and what is not UTF-8 become \xNN
 */
void html_text(FILE *out, const char *text)
{
	put_bytes(out, text, strlen(text));
}

/* Moves to where a character begins, if it is in the midst of one. */
static size_t begin_of_character(const char *text, size_t at)
{
	while (at && (text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/**
 * html_short - write a text that others chose, without its middle if it is long
 * @out: where to
 * @text: the text
 * @most: how many of its bytes to write, about
 */
void html_short(FILE *out, const char *text, size_t most)
{
	size_t len = strlen(text);
	size_t head;
	size_t tail;

	if (len <= most) {
		put_bytes(out, text, len);
		return;
	}
	head = begin_of_character(text, most / 2);
	tail = begin_of_character(text, len - most / 2);
	put_bytes(out, text, head);
	fprintf(out, "<i>[%zu bytes]</i>", tail - head);
	put_bytes(out, text + tail, len - tail);
}
