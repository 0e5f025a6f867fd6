/* SPDX-License-Identifier: GPL-2.0 */
/* Where things are in the kernel's private struct mount. */
#ifndef CORDON_PATH_LAYOUT_H
#define CORDON_PATH_LAYOUT_H

#include <linux/err.h>
#include <linux/mount.h>
#include <linux/types.h>

/* The namespace of mounts that are the kernel's own (fs/mount.h). */
#define MOUNT_INTERNAL ((const void *)ERR_PTR(-EINVAL))

/**
 * struct mount_head - how the kernel's struct mount begins
 * @hash: not used
 * @parent: the mount that this one is mounted on, or itself
 * @mountpoint: the dentry that it is mounted on
 * @mnt: the part that the rest of the kernel sees
 */
struct mount_head {
	struct hlist_node hash;
	struct mount_head *parent;
	struct dentry *mountpoint;
	struct vfsmount mnt;
};

/**
 * struct path_layout - what was found out at load
 * @namespace_offset: offset in bytes of the pointer to the mount namespace
 * @host_root: the mount at the root of the initial namespace, which never
 * goes, or NULL when the module was loaded from another namespace
 * @host_namespace: the initial mount namespace; it never goes either
 */
struct path_layout {
	size_t namespace_offset;
	const struct vfsmount *host_root;
	const void *host_namespace;
};

extern struct path_layout path_layout;

static inline struct mount_head *path_mount(const struct vfsmount *mnt)
{
	return container_of((struct vfsmount *)mnt, struct mount_head, mnt);
}

static inline const void *path_mount_namespace(const struct mount_head *mount)
{
	const char *at = (const char *)mount + path_layout.namespace_offset;

	return READ_ONCE(*(const void *const *)at);
}

#endif /* CORDON_PATH_LAYOUT_H */
