/* SPDX-License-Identifier: GPL-2.0 */
/* How the running kernel was configured, where it tells. */
#ifndef CTL_KCONFIG_H
#define CTL_KCONFIG_H

#include "finding.h"

void kconfig_examine(FILE *in, const char *where, struct findings *findings);
void kconfig_check(struct findings *findings);

#endif /* CTL_KCONFIG_H */
