/* SPDX-License-Identifier: GPL-2.0 */
/* Tenants go, and what came of it is told. */
#ifndef CTL_REMOVAL_H
#define CTL_REMOVAL_H

#include <stdbool.h>

#include "command.h"
#include "transaction.h"

enum exit_code removal_run(const struct change *change, bool as_json);

#endif /* CTL_REMOVAL_H */
