/* SPDX-License-Identifier: GPL-2.0 */
/* Which tenant a task would join: the selectors of all tenants together. */
#ifndef CORDON_SELECTORS_H
#define CORDON_SELECTORS_H

#include <linux/sched.h>

#include "tenant.h"

struct selectors;

/**
 * struct selectors_source - a tenant and its selectors
 * @tenant: the tenant
 * @policy: whose selectors count
 * @number: of the tenant; selectors_build() sets it
 */
struct selectors_source {
	struct tenant *tenant;
	const struct policy *policy;
	u32 number;
};

int selectors_build(struct selectors **built, struct selectors_source *sources,
		    u32 count, const char **why);
struct selectors *selectors_replace(struct selectors *selectors);
void selectors_free(struct selectors *selectors);
struct tenant *selectors_find(const struct selectors *selectors,
			      struct task_struct *task);
struct tenant *selectors_match(struct task_struct *task);

#endif /* CORDON_SELECTORS_H */
