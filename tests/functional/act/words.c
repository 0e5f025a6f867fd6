// SPDX-License-Identifier: GPL-2.0
/* Words that stand for flags. */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <string.h>

static const struct word *find(const struct word *known, const char *text)
{
	while (known->text && strcmp(known->text, text))
		known++;
	return known->text ? known : NULL;
}

/* Flags such as "exchange+whiteout", "-" for none; -1 for an unknown word. */
int parse_words(const struct word *known, const char *text)
{
	char *copy = strdupa(text);
	int flags = 0;
	char *part;

	if (!strcmp(text, "-"))
		return 0;
	while ((part = strsep(&copy, "+"))) {
		const struct word *word = find(known, part);

		if (!word) {
			errno = EDOM;
			return -1;
		}
		flags |= word->value;
	}
	return flags;
}
