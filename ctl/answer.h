/* SPDX-License-Identifier: GPL-2.0 */
/* What policy says to an act: asked of the kernel, or worked out here. */
#ifndef CTL_ANSWER_H
#define CTL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "nl.h"
#include "question.h"

/**
 * struct candidate - a rule that matches, or almost
 * @origin: where it was written
 * @action: a cordon_action
 * @ops: its operations
 * @misses: what of it does not fit, as cordon_miss flags
 * @agrees: how many names of the path, or bits of the address, agree
 * @pattern: of its patterns the one that matches or comes nearest, or NULL
 */
struct candidate {
	char *origin;
	uint32_t action;
	uint32_t ops;
	uint32_t misses;
	uint32_t agrees;
	char *pattern;
};

/**
 * struct answer - what policy says
 * @ruling: a cordon_ruling
 * @basis: a cordon_basis
 * @mode: a cordon_mode
 * @condition: a cordon_condition, or 0
 * @generation: policy generation; 0 when no kernel was asked
 * @origin: of the rule that decided, or of the tenant
 * @rule: the rule that decided; its origin is NULL when there is none
 * @lifts: the rule that lifts a denial under the condition; the same
 * @near: rules that match as well, or almost, the nearest first
 * @kept: how many are in @near
 * @count: how many there are
 */
struct answer {
	uint32_t ruling;
	uint32_t basis;
	uint32_t mode;
	uint32_t condition;
	uint64_t generation;
	char *origin;
	struct candidate rule;
	struct candidate lifts;
	struct candidate *near;
	size_t kept;
	uint32_t count;
};

/**
 * struct offline - the tenant that was asked about last, as a kernel has it
 * @policy: all tenants
 * @tenant: the one whose rules are compiled, or NULL
 * @set: its rules
 */
struct offline {
	const struct policy *policy;
	const struct policy_tenant *tenant;
	struct ruleset set;
};

int answer_ask(struct answer *answer, struct session *session,
	       const struct question *question);
bool answer_offline(struct answer *answer, struct offline *offline,
		    const struct question *question, const char **why);
void offline_clear(struct offline *offline);
void answer_clear(struct answer *answer);

/* explain_wire.c */
struct nl_msg;
struct nlmsghdr;

struct nl_msg *explain_encode(int family, const struct question *question);
int explain_decode(struct nlmsghdr *header, struct answer *answer);

#endif /* CTL_ANSWER_H */
