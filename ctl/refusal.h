/* SPDX-License-Identifier: GPL-2.0 */
/* Why something could not be done, from the kernel's answer to a sentence. */
#ifndef CTL_REFUSAL_H
#define CTL_REFUSAL_H

#include "command.h"
#include "nl.h"

/**
 * struct refusal - an answer that was not yes
 * @error: a positive errno
 * @text: a sentence for the user
 * @origin: the rule that it is about, or NULL
 */
struct refusal {
	int error;
	char *text;
	char *origin;
};

void refusal_set(struct refusal *refusal, const struct session *session,
		 int error, const char *doing);
void refusal_print(const struct refusal *refusal);
enum exit_code refusal_code(const struct refusal *refusal);
void refusal_clear(struct refusal *refusal);

enum exit_code refused(const struct session *session, int error,
		       const char *doing);
enum exit_code open_or_refuse(struct session *session);

#endif /* CTL_REFUSAL_H */
