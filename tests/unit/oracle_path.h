/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rules say about a path, found out in the plainest way: every pattern is
 * tried on every path.  Shares no code with the evaluator; patterns are taken
 * for well-formed.
 */
#ifndef UNIT_ORACLE_PATH_H
#define UNIT_ORACLE_PATH_H

#include <stdbool.h>
#include <stdint.h>

#define ORACLE_NO_RULE UINT32_MAX

/**
 * struct oracle_says - what rules say, one bit an operation
 * @allow: allowed by a rule
 * @deny: denied by a rule
 * @loud: the permission is to be reported
 */
struct oracle_says {
	uint16_t allow;
	uint16_t deny;
	uint16_t loud;
};

struct oracle;

struct oracle *oracle_new(void);
void oracle_add(struct oracle *oracle, const char *pattern, uint32_t rule,
		struct oracle_says says);
struct oracle_says oracle_ask(struct oracle *oracle, const char *path);
uint32_t oracle_first(const struct oracle *oracle, struct oracle_says wanted);
void oracle_free(struct oracle *oracle);
bool oracle_name_matches(const char *glob, const char *name);

#endif /* UNIT_ORACLE_PATH_H */
