/* SPDX-License-Identifier: GPL-2.0 */
/* Files that others read while they are replaced. */
#ifndef CTL_PUBLISH_H
#define CTL_PUBLISH_H

#include <stdio.h>

/**
 * struct publish - a file that is being written
 * @out: where to write it to
 * @path: its path
 * @temporary: what it is called until it is whole, or NULL where it is no
 *             regular file
 */
struct publish {
	FILE *out;
	const char *path;
	char *temporary;
};

int publish_begin(struct publish *publish, const char *path);
int publish_end(struct publish *publish);

#endif /* CTL_PUBLISH_H */
