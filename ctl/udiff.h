/* SPDX-License-Identifier: GPL-2.0 */
/* Differences of two texts, line by line, as diff -u shows them. */
#ifndef CTL_UDIFF_H
#define CTL_UDIFF_H

#include <stddef.h>
#include <stdio.h>

/**
 * struct edit - a line of either text or of both
 * @kind: ' ' when both have it, '-' the first only, '+' the second only
 * @line: its bytes, which the caller keeps
 * @len: how many, without the newline
 * @section: what part of the text it is in
 */
struct edit {
	char kind;
	const char *line;
	size_t len;
	const char *section;
};

/**
 * struct udiff - how one text becomes another
 * @edits: all lines, in order
 * @count: how many
 * @changes: how many of them are not ' '
 */
struct udiff {
	struct edit *edits;
	size_t count;
	size_t changes;
};

void udiff_add(struct udiff *udiff, const char *section, const char *before,
	       const char *after);
void udiff_print(const struct udiff *udiff, const char *before,
		 const char *after, FILE *out);
void udiff_clear(struct udiff *udiff);

#endif /* CTL_UDIFF_H */
