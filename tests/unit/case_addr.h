/* SPDX-License-Identifier: GPL-2.0 */
/* Rules, an address, and whether the evaluator and the oracle agree. */
#ifndef UNIT_CASE_ADDR_H
#define UNIT_CASE_ADDR_H

#include <stdio.h>

#include "oracle_addr.h"
#include "random.h"
#include "ruleset.h"

#define ADDR_CASE_RULES_MAX 32

/**
 * struct addr_case - rules and what is asked about
 * @socket_default: a cordon_action
 * @count: number of @rules
 * @rules: the rules
 * @query: what is asked about
 */
struct addr_case {
	uint8_t socket_default;
	unsigned int count;
	struct addr_rule rules[ADDR_CASE_RULES_MAX];
	struct addr_query query;
};

int addr_case_compile(const struct addr_case *a_case, struct ruleset *set);
const char *addr_case_compare(const struct addr_case *a_case,
			      const struct ruleset *set);
bool addr_case_fails(const void *a_case);
bool addr_case_simpler(const void *from, unsigned int n, void *to);
void addr_case_print(const struct addr_case *a_case, FILE *out);

void addr_case_random_rules(struct addr_case *a_case, struct random *random);
void addr_case_random_query(struct addr_case *a_case, struct random *random);

#endif /* UNIT_CASE_ADDR_H */
