/* SPDX-License-Identifier: GPL-2.0 */
/* Rules, a path, and whether the evaluator and the oracle agree about them. */
#ifndef UNIT_CASE_PATH_H
#define UNIT_CASE_PATH_H

#include <stdio.h>

#include "oracle_path.h"
#include "random.h"
#include "ruleset.h"

#define CASE_RULES_MAX 40
#define CASE_TEXT_MAX 1536

/**
 * struct path_rule - a rule with one pattern
 * @action: a cordon_action
 * @log: a cordon_log
 * @ops: flags of operations
 * @pattern: the pattern
 */
struct path_rule {
	uint8_t action;
	uint8_t log;
	uint16_t ops;
	char pattern[CASE_TEXT_MAX];
};

/**
 * struct path_case - rules and a path
 * @file_default: a cordon_action
 * @count: number of @rules
 * @rules: the rules
 * @path: the path
 */
struct path_case {
	uint8_t file_default;
	unsigned int count;
	struct path_rule rules[CASE_RULES_MAX];
	char path[CASE_TEXT_MAX];
};

/**
 * struct path_judge - the two that are compared
 * @set: the rules for the evaluator
 * @oracle: the rules for the oracle
 */
struct path_judge {
	struct ruleset set;
	struct oracle *oracle;
};

int path_judge_make(struct path_judge *judge, const struct path_case *a_case);
const char *path_judge_compare(struct path_judge *judge, const char *path);
void path_judge_free(struct path_judge *judge);

bool path_case_is_valid(const struct path_case *a_case);
bool path_case_fails(const void *a_case);
bool path_case_simpler(const void *from, unsigned int n, void *to);
void path_case_print(const struct path_case *a_case, FILE *out);

void path_case_random_rules(struct path_case *a_case, struct random *random);
void path_case_random_path(struct path_case *a_case, struct random *random);

#endif /* UNIT_CASE_PATH_H */
