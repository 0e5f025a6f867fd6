/* SPDX-License-Identifier: GPL-2.0 */
/* All tenants that have a policy, or are about to. */
#ifndef CORDON_ENROLLED_H
#define CORDON_ENROLLED_H

#include "tenant.h"

struct tenant *enrolled_find(const char *name);
void enrol(struct tenant *tenant);
void unenrol(struct tenant *tenant);

#endif /* CORDON_ENROLLED_H */
