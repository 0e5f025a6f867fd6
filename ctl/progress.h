/* SPDX-License-Identifier: GPL-2.0 */
/* How far something is that takes long, for who waits at a terminal. */
#ifndef CTL_PROGRESS_H
#define CTL_PROGRESS_H

#include <stddef.h>

void progress_show(const char *what, size_t done, size_t all);
void progress_end(void);

#endif /* CTL_PROGRESS_H */
