// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "command.h"

/**
 * usage_error - say what is wrong with the command line
 * @format: as of printf()
 */
void usage_error(const char *format, ...)
{
	va_list args;

	fputs("cordonctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputs("; see 'cordonctl --help'\n", stderr);
}
