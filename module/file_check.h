/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions on files. */
#ifndef CORDON_FILE_CHECK_H
#define CORDON_FILE_CHECK_H

#include <linux/path.h>

#include "path.h"
#include "tenant.h"

int file_check(struct tenant *tenant, const struct path *path, u16 ops);
int file_check_move(struct tenant *tenant, const struct path *from,
		    const struct path *to, bool directory);
bool file_covers(const struct ruleset *rules, const struct path *path, u16 ops,
		 enum path_kind *kind);

#endif /* CORDON_FILE_CHECK_H */
