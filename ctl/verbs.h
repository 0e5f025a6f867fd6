/* SPDX-License-Identifier: GPL-2.0 */
/* All verbs of the tool, and help about them. */
#ifndef CTL_VERBS_H
#define CTL_VERBS_H

#include <stdio.h>

#include "command.h"

const struct command *verbs_get(size_t index);
const struct command *verbs_find(const char *name);

void help_all(FILE *out);
void help_verb(const struct command *command, FILE *out);

#endif /* CTL_VERBS_H */
