/* SPDX-License-Identifier: GPL-2.0 */
/* Attaching handlers to kernel functions. */
#ifndef CORDON_ATTACH_H
#define CORDON_ATTACH_H

#include <linux/types.h>

int attach_init(void);
void attach_exit(void);
int attach_add(u32 needs, const char **why);
void attach_trim(u32 needs);
bool attach_selftest(const char **why);
const char *attach_name(u32 index);

#endif /* CORDON_ATTACH_H */
