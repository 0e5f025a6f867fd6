/* SPDX-License-Identifier: GPL-2.0 */
/* A policy as a text that means the same when it is loaded. */
#ifndef CTL_RELOAD_H
#define CTL_RELOAD_H

#include <stdbool.h>

#include "model.h"

char *reload_text(const struct policy *policy, bool *exact, char **why);

#endif /* CTL_RELOAD_H */
