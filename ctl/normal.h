/* SPDX-License-Identifier: GPL-2.0 */
/* The one way of many in which policies that mean the same are written. */
#ifndef CTL_NORMAL_H
#define CTL_NORMAL_H

#include <stdbool.h>

#include "model.h"

struct policy normal_policy(const struct policy *policy);
struct policy normal_after(const struct policy *before,
			   const struct policy *files, bool replace_all);
void normal_free(struct policy *normal);

#endif /* CTL_NORMAL_H */
