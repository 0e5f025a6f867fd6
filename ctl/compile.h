/* SPDX-License-Identifier: GPL-2.0 */
/* Tries the policy on the evaluator that the module runs. */
#ifndef CTL_COMPILE_H
#define CTL_COMPILE_H

#include "diag.h"
#include "model.h"

struct ruleset;
struct ruleset_error;

int compile_tenant(struct ruleset *set, const struct policy_tenant *tenant,
		   struct position *at, struct ruleset_error *error);
void compile_check(const struct policy *policy, struct diag *diag);

#endif /* CTL_COMPILE_H */
