/* SPDX-License-Identifier: GPL-2.0 */
/* Seals: policy that nobody can change until the next boot. */
#ifndef CORDON_SEAL_H
#define CORDON_SEAL_H

#include <linux/types.h>

#include "plan.h"

/*
 * How often policy can change between two seals of tenants, see seal.c.  All of
 * it can be sealed at any time.
 */
#define SEAL_RANKS_MAX 16u

/**
 * struct seal_state - what is sealed
 * @all: all policy
 * @tenants: how many tenants were sealed one by one
 */
struct seal_state {
	bool all;
	u32 tenants;
};

int seal_check(struct commit *commit);
int seal_check_tenant(struct commit *commit, const struct tenant *tenant);
u8 seal_rank(void);
u8 seal_rank_of(const struct tenant *tenant);
int seal_all(struct commit *commit);
int seal_tenants(struct commit *commit, struct tenant *const *tenants,
		 u32 count);
void seal_read(struct seal_state *state);

#endif /* CORDON_SEAL_H */
