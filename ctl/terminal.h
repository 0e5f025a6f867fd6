/* SPDX-License-Identifier: GPL-2.0 */
/* What the one who reads can show. */
#ifndef CTL_TERMINAL_H
#define CTL_TERMINAL_H

#include <stdbool.h>

bool terminal_is_able(int descriptor);
bool terminal_has_colours(int descriptor);

#endif /* CTL_TERMINAL_H */
