/* SPDX-License-Identifier: GPL-2.0 */
/* Whether two policies mean the same. */
#ifndef UNIT_ALIKE_H
#define UNIT_ALIKE_H

#include "model.h"

const char *policy_difference(const struct policy *a, const struct policy *b);

#endif /* UNIT_ALIKE_H */
