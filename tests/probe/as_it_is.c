// SPDX-License-Identifier: GPL-2.0
/* The kernel as it is, which is not refused: what the others differ from. */
#include "probe.h"

#include "hook_types.c"
