/* SPDX-License-Identifier: GPL-2.0 */
/* A change of policy: all of it or nothing. */
#ifndef CTL_TRANSACTION_H
#define CTL_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "nl.h"
#include "refusal.h"

/**
 * struct change - what a transaction is to do
 * @policy: tenants to define
 * @remove: names of tenants to remove
 * @remove_count: how many
 * @replace_all: remove the tenants that @policy does not have
 * @dry_run: only have it checked
 * @expected: generation that must be in force, or NULL
 */
struct change {
	const struct policy *policy;
	char **remove;
	size_t remove_count;
	bool replace_all;
	bool dry_run;
	const uint64_t *expected;
};

int transaction_run(struct session *session, const struct change *change,
		    uint64_t *generation, struct refusal *refusal);

#endif /* CTL_TRANSACTION_H */
