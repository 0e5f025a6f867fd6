/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of a tenant besides its rules, and which of them differ. */
#ifndef CTL_PARTS_H
#define CTL_PARTS_H

#include <stdint.h>
#include <stdio.h>

#include "model.h"
#include "names.h"

/* The order of rules is a part of its own, which only who sees them can tell. */
#define PART_ORDER (1U << 8)

extern const struct name names_part[];

uint32_t parts_differing(const struct policy_tenant *before,
			 const struct policy_tenant *after);
void parts_print(uint32_t parts, const struct policy_tenant *before,
		 const struct policy_tenant *after, FILE *out);

#endif /* CTL_PARTS_H */
