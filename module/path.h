/* SPDX-License-Identifier: GPL-2.0 */
/* The path of a file from the root of the mount namespace that holds it. */
#ifndef CORDON_PATH_H
#define CORDON_PATH_H

#include <linux/dcache.h>
#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/path.h>
#include <linux/sched.h>

#include "path_layout.h"
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

/**
 * struct whole_path - a path with room for its components
 * @name: the path
 * @kind: what was found
 * @more: room for many components, where @few did not suffice
 * @few: room for some
 */
struct whole_path {
	struct pathname name;
	enum path_kind kind;
	struct component *more;
	struct component few[PATH_DEPTH_INLINE];
};

/* Whether a path was found. */
static inline bool path_has_name(const struct whole_path *whole)
{
	return whole->kind == PATH_NAMED || whole->kind == PATH_MEMFD;
}

void path_climb_whole(struct whole_path *whole, const struct path *path);
void path_end_whole(struct whole_path *whole);
enum path_kind path_out_of_room(const struct mount_head *mount,
				const struct dentry *dentry);
enum path_kind path_name_internal(const struct path *path,
				  struct component *names,
				  struct pathname *result);
enum path_kind path_climb(const struct path *path, struct component *names,
			  u32 room, struct pathname *result);
char *path_copy(const struct pathname *path, size_t max, size_t *len);
int path_init(void);

/*
 * What the mount where a climb ended says of what was climbed over.  Mounts
 * that the kernel keeps for itself, as overlayfs does of its layers, belong to
 * no namespace but say that they are internal: what is opened in one is opened
 * by the kernel, in the course of something that was judged by its own path.
 * A detached mount belongs to no namespace or to an anonymous one, and one of
 * another namespace has its root somewhere else: neither gives a path.
 */
static inline enum path_kind path_judge_top(const struct mount_head *top)
{
	const void *namespace;

	if (likely(&top->mnt == path_layout.host_root))
		return PATH_NAMED;
	namespace = path_mount_namespace(top);
	if (namespace == MOUNT_INTERNAL)
		return PATH_NO_FILE;
	if (namespace == path_layout.host_namespace)
		return PATH_NAMED;
	/* An exiting task has none any more. */
	if (current->nsproxy && namespace == current->nsproxy->mnt_ns)
		return PATH_NAMED;
	return PATH_NONE;
}

/* Whether a file is in a mount, and not in one of the kernel's internal ones. */
static __always_inline bool path_is_mounted(const struct path *path)
{
	return path->mnt && !(path->mnt->mnt_flags & MNT_INTERNAL);
}

/*
 * path_climb() in line, for the decision that most are content with, and for
 * files that path_is_mounted() holds of.  Of a name that is being changed the
 * first eight bytes can be read: what it was is freed after an RCU grace period,
 * and has room for so many.
 */
static __always_inline enum path_kind path_climb_quick(const struct path *path,
						       struct component *names,
						       u32 room, u32 *count)
{
	const struct dentry *dentry = path->dentry;
	const struct mount_head *mount = path_mount(path->mnt);
	struct component *const end = names + room;
	struct component *name = names;

	for (;;) {
		const struct mount_head *parent;

		while (dentry != mount->mnt.mnt_root) {
			const unsigned char *text;

			if (unlikely(name == end))
				return path_out_of_room(mount, dentry);
			text = READ_ONCE(dentry->d_name.name);
			component_set(name++, (const char *)text,
				      READ_ONCE(dentry->d_name.len));
			dentry = READ_ONCE(dentry->d_parent);
		}
		parent = READ_ONCE(mount->parent);
		if (parent == mount)
			break;
		dentry = READ_ONCE(mount->mountpoint);
		mount = parent;
	}
	*count = name - names;
	return path_judge_top(mount);
}

#endif /* CORDON_PATH_H */
