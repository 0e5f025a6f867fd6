// SPDX-License-Identifier: GPL-2.0
/* refused: arguments that are not kept: security_mmap_file */
#include "probe.h"

#include "hooks.h"

#undef HOOKS_FILE_MAP
#define HOOKS_FILE_MAP(HOOK) HOOK(security_mmap_file, 2, mmap_file)

#include "hook_types.c"
