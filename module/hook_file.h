/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CORDON_HOOK_FILE_H
#define CORDON_HOOK_FILE_H

#include <linux/path.h>

#include "tenant.h"

int file_check(struct tenant *tenant, const struct path *path, u16 ops);

#endif /* CORDON_HOOK_FILE_H */
