/* SPDX-License-Identifier: GPL-2.0 */
/* Events as records of the kernel's audit subsystem. */
#ifndef CORDON_AUDIT_H
#define CORDON_AUDIT_H

#include <linux/types.h>

struct workqueue_struct;

/**
 * struct audit_state - what became of events
 * @logged: so many were taken
 * @missed: so many were not, or had to wait until the history forgot them
 */
struct audit_state {
	u64 logged;
	u64 missed;
};

void audit_run(struct workqueue_struct *workqueue);
void audit_read(struct audit_state *state);
void audit_stop(void);
void audit_exit(void);

#endif /* CORDON_AUDIT_H */
