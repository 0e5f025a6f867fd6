/* SPDX-License-Identifier: GPL-2.0 */
/* Who else is attached to functions of the kernel. */
#ifndef CTL_TRACERS_H
#define CTL_TRACERS_H

#include "finding.h"

char *tracers_holder(FILE *in, const char *function);
size_t tracers_examine(FILE *in, struct findings *findings);
void tracers_check(struct findings *findings);
char *tracers_name(const char *function);

#endif /* CTL_TRACERS_H */
