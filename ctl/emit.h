/* SPDX-License-Identifier: GPL-2.0 */
/* A policy as the YAML of a policy file. */
#ifndef CTL_EMIT_H
#define CTL_EMIT_H

#include <stdbool.h>
#include <stdio.h>

#include "model.h"

bool emit_policy(const struct policy *policy, FILE *out);

#endif /* CTL_EMIT_H */
