/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules one by one against an act: which match, which almost, and why not.
 *
 * The evaluator finds what rules say together and never looks at most of them;
 * this is the slow way around, for explanations.
 */
#ifndef CORDON_MATCH_H
#define CORDON_MATCH_H

#include "query.h"

/**
 * struct match - how a rule fits an act
 * @rule: index of the rule
 * @misses: CORDON_MISS_* flags of what does not fit
 * @agrees: how many names from the root on, or bits of the address, agree
 * @pattern: offset in the ruleset's text of the pattern that matches or comes
 * nearest, or RULESET_NONE
 * @implied: it fits only in that it implies that sockets may be made
 */
struct match {
	u32 rule;
	u32 misses;
	u32 agrees;
	u32 pattern;
	bool implied;
};

/* What stands for no rule. */
#define MATCH_NONE                                                             \
	((struct match){ .rule = RULESET_NONE, .pattern = RULESET_NONE })

/**
 * struct matches - what rules are like, beside the one that decides
 * @set: the rules
 * @query: the act
 * @finding: what the evaluator says
 * @room: for a plain pattern
 * @decider: how the rule that decides fits, or that implies what was found; its
 * @rule is RULESET_NONE when there is none
 * @lifter: the same of the one that lifts a denial
 * @near: those that match as well, or almost, the nearest first
 * @kept: how many are in @near
 * @count: how many there are
 */
struct matches {
	const struct ruleset *set;
	const struct query *query;
	struct finding finding;
	char *room;
	struct match decider;
	struct match lifter;
	struct match near[CORDON_NEAR_MAX];
	u32 kept;
	u32 count;
};

bool match_path(const char *plain, const struct pathname *path, u32 *agrees);
struct match match_rule(const struct ruleset *set, u32 index,
			const struct query *query, char *room);
int matches_begin(struct matches *matches, const struct ruleset *set,
		  const struct query *query, struct finding finding);
void matches_add(struct matches *matches, u32 index);
void matches_end(struct matches *matches);

#endif /* CORDON_MATCH_H */
