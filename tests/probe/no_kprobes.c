// SPDX-License-Identifier: GPL-2.0
/* refused: cordon needs a kernel with CONFIG_KPROBES to find functions by name */
#include "probe.h"

#undef CONFIG_KPROBES

#include "compat.h"
