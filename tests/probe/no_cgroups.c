// SPDX-License-Identifier: GPL-2.0
/* refused: cordon needs a kernel with CONFIG_CGROUPS */
#include "probe.h"

#undef CONFIG_CGROUPS

#include "compat.h"
