/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions on files. */
#ifndef CORDON_FILE_CHECK_H
#define CORDON_FILE_CHECK_H

#include <linux/path.h>

#include "member.h"
#include "path.h"
#include "tenant.h"

int file_check_member(const struct hlist_head *bucket, const struct path *path,
		      u16 ops);
int file_check(struct tenant *tenant, const struct path *path, u16 ops);
int file_check_move(struct tenant *tenant, const struct path *from,
		    const struct path *to, bool directory);
bool file_covers(const struct ruleset *rules, const struct path *path, u16 ops,
		 enum path_kind *kind);

/**
 * file_check_current - decide on operations of the current task on a file
 * @path: the file
 * @ops: the operations, as file operation flags
 *
 * Context: any; does not sleep.
 * Return: 0 to go on, or -EACCES.
 */
static __always_inline int file_check_current(const struct path *path, u16 ops)
{
	const struct hlist_head *bucket = member_hint(current);

	return likely(!bucket) ? 0 : file_check_member(bucket, path, ops);
}

#endif /* CORDON_FILE_CHECK_H */
