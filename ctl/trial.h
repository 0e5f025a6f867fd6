/* SPDX-License-Identifier: GPL-2.0 */
/* Enforcement tried on a tenant that is made for it and goes again. */
#ifndef CTL_TRIAL_H
#define CTL_TRIAL_H

#include "decode.h"
#include "finding.h"
#include "nl.h"

int trial_sweep(struct session *session, const struct status *status,
		struct findings *findings);
void trial_run(struct session *session, struct findings *findings);

#endif /* CTL_TRIAL_H */
