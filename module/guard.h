/* SPDX-License-Identifier: GPL-2.0 */
/* What would let a task step around its policy. */
#ifndef CORDON_GUARD_H
#define CORDON_GUARD_H

#include <linux/types.h>

struct task_struct;

int guard_check(u16 op);
int guard_check_task(u16 op, struct task_struct *target, int error);
int guard_check_node(umode_t mode, unsigned int dev);

#endif /* CORDON_GUARD_H */
