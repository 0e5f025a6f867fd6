/* SPDX-License-Identifier: GPL-2.0 */
/* The smallest rule that would allow what is denied. */
#ifndef CTL_SUGGEST_H
#define CTL_SUGGEST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "question.h"

/**
 * struct suggestion - what to write into the section of a tenant
 * @section: the section of the tenant, "file", "socket" or "guard"
 * @yaml: an item for its rules, or the section itself (guard), or NULL
 * @why: why there is none, a static phrase, or NULL
 * @warnings: what else would be allowed by it, or may come of it
 * @count: how many
 */
struct suggestion {
	const char *section;
	char *yaml;
	const char *why;
	char **warnings;
	size_t count;
};

void suggest_rule(struct suggestion *suggestion, const struct act *act,
		  uint32_t ops);
void suggest_guard(struct suggestion *suggestion, uint32_t allow, uint32_t ops);
void suggestion_print(const struct suggestion *suggestion, FILE *out);
void suggestion_clear(struct suggestion *suggestion);

/* suggest_warn.c */
void suggest_warn(struct suggestion *suggestion, const char *warning);
void suggest_warn_file(struct suggestion *suggestion, const struct act *act,
		       uint32_t ops);
void suggest_warn_socket(struct suggestion *suggestion, const struct act *act,
			 uint32_t ops);
void suggest_warn_guard(struct suggestion *suggestion, uint32_t ops);

#endif /* CTL_SUGGEST_H */
