/* SPDX-License-Identifier: GPL-2.0 */
/* Whether the module would be told the same, letter by letter. */
#ifndef CTL_WIRE_H
#define CTL_WIRE_H

#include <stdbool.h>

#include "model.h"

bool wire_same(const struct policy *kernel, const struct policy *file);

#endif /* CTL_WIRE_H */
