/* SPDX-License-Identifier: GPL-2.0 */
/* What the tenants that doctor makes, and their cgroups, are called. */
#ifndef CTL_TRIAL_NAME_H
#define CTL_TRIAL_NAME_H

#include <stdbool.h>

/* What all of them begin with. */
#define TRIAL_PREFIX "cordon-doctor-"

char *trial_make_name(void);
bool trial_parse_name(const char *name, long *pid, unsigned long long *start);
bool trial_is_left(const char *name);

#endif /* CTL_TRIAL_NAME_H */
