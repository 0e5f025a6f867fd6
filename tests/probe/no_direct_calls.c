// SPDX-License-Identifier: GPL-2.0
/* refused: cordon needs a kernel with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS */
#include "probe.h"

#undef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS

#include "compat.h"
