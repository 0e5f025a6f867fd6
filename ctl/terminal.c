// SPDX-License-Identifier: GPL-2.0
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/**
 * terminal_is_able - whether output can be moved about in
 * @descriptor: where it goes to
 *
 * Return: true for a terminal that is not a dumb one.
 */
bool terminal_is_able(int descriptor)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") && isatty(descriptor);
}

/**
 * terminal_has_colours - whether output may be coloured
 * @descriptor: where it goes to
 *
 * Whoever does not want it sets NO_COLOR to anything, or TERM to "dumb".
 *
 * Return: true when it may.
 */
bool terminal_has_colours(int descriptor)
{
	const char *unwanted = getenv("NO_COLOR");

	return !(unwanted && *unwanted) && terminal_is_able(descriptor);
}
