/* SPDX-License-Identifier: GPL-2.0 */
/* What this host says about a policy. */
#ifndef CTL_HOST_H
#define CTL_HOST_H

#include "diag.h"
#include "model.h"

void host_check(const struct policy *policy, struct diag *diag);

#endif /* CTL_HOST_H */
