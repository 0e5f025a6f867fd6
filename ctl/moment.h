/* SPDX-License-Identifier: GPL-2.0 */
/* Moments as people write and read them, in seconds since the epoch, in UTC. */
#ifndef CTL_MOMENT_H
#define CTL_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

bool moment_parse(const char *text, int64_t now, int64_t *moment);
char *moment_text(int64_t moment);
char *moment_short(int64_t moment, int64_t step);
char *moment_length(int64_t seconds);

#endif /* CTL_MOMENT_H */
