/* SPDX-License-Identifier: GPL-2.0 */
/* Whether all that one pattern matches is matched by another. */
#ifndef CTL_COVER_H
#define CTL_COVER_H

#include <stdbool.h>

bool cover_plain(const char *narrow, const char *wide);
bool cover_pattern(const char *narrow, const char *wide);

#endif /* CTL_COVER_H */
