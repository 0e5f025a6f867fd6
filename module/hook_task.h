/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CORDON_HOOK_TASK_H
#define CORDON_HOOK_TASK_H

int hook_task_init(void);
void hook_task_exit(void);

#endif /* CORDON_HOOK_TASK_H */
