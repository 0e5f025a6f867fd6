/* SPDX-License-Identifier: GPL-2.0 */
/* What doctor found: how bad, what was expected, what to do. */
#ifndef CTL_FINDING_H
#define CTL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json_object;

/**
 * enum finding_level - how bad a finding is
 * @FINDING_OK: as it should be
 * @FINDING_UNKNOWN: it could not be found out
 * @FINDING_WARNING: policy is enforced, but somebody should look at it
 * @FINDING_ERROR: policy is not enforced, or cannot be
 */
enum finding_level {
	FINDING_OK,
	FINDING_UNKNOWN,
	FINDING_WARNING,
	FINDING_ERROR,
};

#define FINDING_LEVELS (FINDING_ERROR + 1)

/**
 * struct finding - one of them
 * @check: what was looked at, a word for programs
 * @level: how bad
 * @found: what was found
 * @expected: what should have been; a sentence for all levels
 * @advice: what to do, or NULL when there is nothing
 */
struct finding {
	const char *check;
	enum finding_level level;
	char *found;
	const char *expected;
	const char *advice;
};

/**
 * struct findings - all of them
 * @items: in the order in which they were found
 * @count: how many
 * @levels: how many of each level
 */
struct findings {
	struct finding *items;
	size_t count;
	size_t levels[FINDING_LEVELS];
};

void finding_add(struct findings *findings, const struct finding *finding,
		 const char *format, ...) __attribute__((format(printf, 3, 4)));
void findings_print(const struct findings *findings, bool colour, FILE *out);
struct json_object *findings_json(const struct findings *findings);
void findings_move(struct findings *to, struct findings *from);
void findings_clear(struct findings *findings);

#endif /* CTL_FINDING_H */
