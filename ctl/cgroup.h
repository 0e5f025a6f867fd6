/* SPDX-License-Identifier: GPL-2.0 */
/* Cgroups of version 2 that the tool makes. */
#ifndef CTL_CGROUP_H
#define CTL_CGROUP_H

#include <stdbool.h>

char *cgroup_top(void);
int cgroup_make(const char *top, const char *name);
int cgroup_enter(const char *top, const char *name);
int cgroup_end(const char *top, const char *name);

#endif /* CTL_CGROUP_H */
