/* SPDX-License-Identifier: GPL-2.0 */
/* What a commit is going to bring. */
#ifndef CORDON_PLAN_H
#define CORDON_PLAN_H

#include "policy.h"

struct selectors;

/**
 * struct commit - a commit that is going on
 * @draft: what it brings
 * @totals: what will be in force
 * @needs: NEED_* flags of what will be in force
 * @selectors: of what will be in force
 * @old_selectors: what they replaced
 * @why: where to say why it failed
 * @why_size: size of @why
 */
struct commit {
	struct draft *draft;
	struct policy_totals totals;
	u32 needs;
	struct selectors *selectors;
	struct selectors *old_selectors;
	char *why;
	size_t why_size;
};

__printf(3, 4) int commit_refuse(struct commit *commit, int err,
				 const char *format, ...);
int plan_make(struct commit *commit);
int plan_selectors(struct commit *commit);
const struct policy *plan_coming_policy(const struct tenant *tenant);
u32 plan_needs_in_force(void);
void plan_drop(void);

#endif /* CORDON_PLAN_H */
