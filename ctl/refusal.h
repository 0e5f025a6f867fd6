/* SPDX-License-Identifier: GPL-2.0 */
/* Why something could not be done, from the kernel's answer to a sentence. */
#ifndef CTL_REFUSAL_H
#define CTL_REFUSAL_H

#include <stdio.h>

#include "command.h"
#include "model.h"
#include "nl.h"

/**
 * struct refusal - an answer that was not yes
 * @error: a positive errno
 * @text: a sentence for the user
 * @origin: the rule or tenant that it is about, or NULL
 * @at: where that was written, with a NULL source when it is not known, and
 * without a column when only the line is
 * @places: how many places it may be
 * @unsure: nobody refused, and it may have been done
 */
struct refusal {
	int error;
	char *text;
	char *origin;
	struct position at;
	size_t places;
	bool unsure;
};

void refusal_set(struct refusal *refusal, const struct session *session,
		 int error, const char *doing);
void refusal_say(struct refusal *refusal, int error, char *text);
void refusal_locate(struct refusal *refusal, const struct policy *policy,
		    const char *why);
void refusal_print(const struct refusal *refusal, FILE *out);
void refusal_conclude(const struct refusal *refusal, const char *done);
enum exit_code refusal_code(const struct refusal *refusal);
void refusal_clear(struct refusal *refusal);

enum exit_code refused(const struct session *session, int error,
		       const char *doing);
enum exit_code open_or_refuse(struct session *session);

#endif /* CTL_REFUSAL_H */
