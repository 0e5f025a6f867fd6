/* SPDX-License-Identifier: GPL-2.0 */
/* What of a policy can never matter. */
#ifndef CTL_SHADOW_H
#define CTL_SHADOW_H

#include "diag.h"
#include "model.h"

/**
 * enum shadow_kind - why a pattern of a rule does not matter
 * @SHADOW_DENIED: a rule that allows, of what others deny
 * @SHADOW_ALLOWED: a rule that allows, of what others allow
 * @SHADOW_DEFAULT: a rule that allows, of what is allowed by default
 * @SHADOW_REPEATED: a rule that denies, of what others deny that come before it
 */
enum shadow_kind {
	SHADOW_DENIED,
	SHADOW_ALLOWED,
	SHADOW_DEFAULT,
	SHADOW_REPEATED,
};

/**
 * struct shadow - a pattern that does not matter
 * @kind: why
 * @rule: number of its rule in the tenant
 * @pattern: its number in the rule
 * @by: number of the rule that stands in its place
 */
struct shadow {
	enum shadow_kind kind;
	size_t rule;
	size_t pattern;
	size_t by;
};

void shadow_visit(const struct policy_tenant *tenant,
		  void (*take)(const struct shadow *shadow, void *into),
		  void *into);
void shadow_check(const struct policy *policy, struct diag *diag);

#endif /* CTL_SHADOW_H */
