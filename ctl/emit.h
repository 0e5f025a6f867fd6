/* SPDX-License-Identifier: GPL-2.0 */
/* A policy as the YAML of a policy file. */
#ifndef CTL_EMIT_H
#define CTL_EMIT_H

#include <stdbool.h>
#include <stdio.h>

#include "model.h"

bool emit_policy(const struct policy *policy, FILE *out);
char *emit_tenant_text(const struct policy_tenant *tenant);
char *emit_rule_text(const struct policy_rule *rule);

#endif /* CTL_EMIT_H */
