// SPDX-License-Identifier: GPL-2.0
/* refused: unknown arguments: security_path_rmdir */
#include "probe.h"
#include <linux/security.h>

#define security_path_rmdir security_path_symlink

#include "hook_types.c"
