/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that prepare a container in its cgroup and are no part of it. */
#ifndef CORDON_SETUP_H
#define CORDON_SETUP_H

#include <linux/binfmts.h>

#include "tenant.h"

bool setup_exec(const struct tenant *tenant, const struct linux_binprm *bprm,
		bool late);

#endif /* CORDON_SETUP_H */
