/* SPDX-License-Identifier: GPL-2.0 */
/* A question with its answers, and both as text and as JSON. */
#ifndef CTL_EXPLAINED_H
#define CTL_EXPLAINED_H

#include <stdio.h>

#include "answer.h"
#include "command.h"
#include "suggest.h"

/* How many operations a class has at most. */
#define EXPLAINED_OPS_MAX 16

/**
 * struct explained - what policy says to some operations on one object
 * @question: the question; its act's operation is the last of them
 * @ops: the operations, one flag each
 * @answers: for each its answer
 * @count: how many
 * @wanted: a suggestion was asked for
 * @suggestion: the suggestion
 */
struct explained {
	struct question question;
	uint32_t ops[EXPLAINED_OPS_MAX];
	struct answer answers[EXPLAINED_OPS_MAX];
	size_t count;
	bool wanted;
	struct suggestion suggestion;
};

struct json_object;

const char *explained_verdict(const struct answer *answer);
enum exit_code explained_code(const struct explained *explained);
void explained_print(const struct explained *explained, FILE *out);
struct json_object *explained_json(const struct explained *explained);
void explained_clear(struct explained *explained);

#endif /* CTL_EXPLAINED_H */
