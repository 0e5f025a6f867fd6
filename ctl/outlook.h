/* SPDX-License-Identifier: GPL-2.0 */
/* What would be in force after a load, held against what is. */
#ifndef CTL_OUTLOOK_H
#define CTL_OUTLOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "compare.h"
#include "model.h"
#include "nl.h"
#include "refusal.h"

/**
 * struct outlook - what a load would change
 * @generation: of what is in force
 * @comparison: what becomes of it
 * @in_force: what the kernel has
 * @before: its normal form
 * @files: normal form of what would be loaded
 * @after: normal form of what would then be in force
 */
struct outlook {
	uint64_t generation;
	struct comparison comparison;
	struct policy in_force;
	struct policy before;
	struct policy files;
	struct policy after;
};

int outlook_make(struct outlook *outlook, struct session *session,
		 const struct policy *files, bool replace_all,
		 struct refusal *refusal);
int outlook_expect(const struct outlook *outlook, uint64_t expected,
		   struct refusal *refusal);
void outlook_clear(struct outlook *outlook);

#endif /* CTL_OUTLOOK_H */
