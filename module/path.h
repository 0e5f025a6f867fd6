/* SPDX-License-Identifier: GPL-2.0 */
/* The path of a file from the root of the mount namespace that holds it. */
#ifndef CORDON_PATH_H
#define CORDON_PATH_H

#include <linux/path.h>

#include "pathtree.h"

/* Components that fit on the stack of a handler; deeper paths need memory. */
#define PATH_DEPTH_INLINE 32

/* No path within PATH_MAX has more. */
#define PATH_DEPTH_MAX (PATH_MAX / 2)

/**
 * enum path_kind - what path_climb() found
 * @PATH_NAMED: a path
 * @PATH_MEMFD: the name of an anonymous file
 * @PATH_NO_FILE: a pipe, socket or the like, which is no file here
 * @PATH_MEMORY: memory that is shared under no name, which is not one either,
 * but which could be executed like one
 * @PATH_NONE: no path, as below a detached mount
 * @PATH_DEEP: more components than there is room for
 */
enum path_kind {
	PATH_NAMED,
	PATH_MEMFD,
	PATH_NO_FILE,
	PATH_MEMORY,
	PATH_NONE,
	PATH_DEEP,
};

enum path_kind path_climb(const struct path *path, struct component *names,
			  u32 room, struct pathname *result);
size_t path_write(const struct pathname *path, char *buffer, size_t size);
int path_init(void);

#endif /* CORDON_PATH_H */
