// SPDX-License-Identifier: GPL-2.0
/*
 * Climbing from a file to the root of its mount namespace.
 *
 * d_path() would build a string, stop at a chroot, and print what lies in a
 * detached mount as if it had a path.  follow_up(), the exported way from a
 * mount to the one below it, takes and drops four references each time, which
 * costs more than all the rest.  So the head of struct mount is read, which is
 * private to the kernel: path_init() proves against follow_up() that it is
 * where we think, and the module does not load where it is not.
 *
 * Mounts and dentries are freed after an RCU grace period, so under RCU every
 * pointer met here can be followed; d_path() relies on the same.  The caller
 * repeats a climb that a rename disturbed (rename_lock).  The like lock for
 * mounts is not exported.  When the host moves or unmounts a mount during a
 * climb, its parent and mountpoint may be read one before and one after the
 * change: what comes out is the old place, the new place, or a path that ends
 * at no namespace's root.  A tenant must not be able to mount: see the guard.
 */
#include "path.h"

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "pattern.h"

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

/* The mount at the root of the initial mount namespace; it never goes. */
static const struct vfsmount *host_root __read_mostly;

static inline struct mount_head *mount_of(const struct vfsmount *mnt)
{
	return container_of((struct vfsmount *)mnt, struct mount_head, mnt);
}

static const struct vfsmount *top_of(const struct vfsmount *mnt)
{
	const struct mount_head *mount = mount_of(mnt);

	while (READ_ONCE(mount->parent) != mount)
		mount = READ_ONCE(mount->parent);
	return &mount->mnt;
}

/*
 * Whether climbing ended at the root of a mount namespace: the initial one, or
 * that of the caller.  Otherwise the mount is detached or somebody else's.
 */
static bool is_namespace_root(const struct vfsmount *top)
{
	const struct fs_struct *fs = current->fs;
	const struct vfsmount *root;

	if (likely(top == host_root))
		return true;
	/* current->fs is gone when an exiting task closes its files. */
	if (!fs)
		return false;
	root = READ_ONCE(fs->root.mnt);
	return root && top == top_of(root);
}

/* What a file in one of the kernel's internal mounts is. */
static enum path_kind name_internal(const struct path *path,
				    struct component *names,
				    struct pathname *result)
{
	const struct qstr *name = &path->dentry->d_name;
	const size_t len = sizeof(PATTERN_MEMFD) - 1;

	if (!S_ISREG(d_inode(path->dentry)->i_mode) || name->len <= len ||
	    memcmp(name->name, PATTERN_MEMFD, len))
		return PATH_NO_FILE;
	names[0].text = name->name;
	names[0].len = name->len;
	result->count = 1;
	result->memfd = true;
	return PATH_MEMFD;
}

/**
 * path_climb - find the path of a file
 * @path: the file; a name that does not exist yet is a negative dentry
 * @names: where to put the components
 * @room: how many there is room for
 * @result: set to the path, whose components are in @names
 *
 * Context: inside rcu_read_lock(), between read_seqbegin() and read_seqretry()
 * of rename_lock; names may be looked at only after the latter has said that
 * nothing changed, as until then a length and a text may not belong together.
 * Return: what was found; @result is valid for PATH_NAMED and PATH_MEMFD.
 */
enum path_kind path_climb(const struct path *path, struct component *names,
			  u32 room, struct pathname *result)
{
	const struct dentry *dentry = path->dentry;
	const struct mount_head *mount = mount_of(path->mnt);
	struct component *name = names;

	result->at = names;
	result->memfd = false;
	if (unlikely(path->mnt->mnt_flags & MNT_INTERNAL))
		return name_internal(path, names, result);
	for (;;) {
		const struct mount_head *parent;

		while (dentry != mount->mnt.mnt_root) {
			const struct dentry *above =
				READ_ONCE(dentry->d_parent);

			/* Moved out of what the mount shows of its filesystem. */
			if (unlikely(above == dentry))
				return PATH_NONE;
			if (unlikely(name == names + room))
				return PATH_DEEP;
			name->text = READ_ONCE(dentry->d_name.name);
			name->len = READ_ONCE(dentry->d_name.len);
			name++;
			dentry = above;
		}
		parent = READ_ONCE(mount->parent);
		if (parent == mount)
			break;
		dentry = READ_ONCE(mount->mountpoint);
		mount = parent;
	}
	result->count = name - names;
	return is_namespace_root(&mount->mnt) ? PATH_NAMED : PATH_NONE;
}

/**
 * path_write - write a path as a string
 * @path: the path
 * @buffer: where to; no NUL is added
 * @size: size of @buffer
 *
 * Context: rename_lock is held, so that names are whole.
 * Return: the length in bytes; what does not fit is cut off.
 */
size_t path_write(const struct pathname *path, char *buffer, size_t size)
{
	size_t used = 0;
	u32 i = path->count;

	if (!i && size)
		buffer[used++] = '/';
	while (i--) {
		size_t len;

		if (!path->memfd && used < size)
			buffer[used++] = '/';
		len = min_t(size_t, path->at[i].len, size - used);
		memcpy(buffer + used, path->at[i].text, len);
		used += len;
	}
	return used;
}

/* Whether the head of one mount says what follow_up() does; then goes up. */
static bool prove_step(struct path *path, bool *more)
{
	struct mount_head head;
	struct vfsmount *mnt = path->mnt;

	if (copy_from_kernel_nofault(&head, mount_of(mnt), sizeof(head)))
		return false;
	*more = follow_up(path);
	if (!*more)
		return &head.parent->mnt == mnt;
	return &head.parent->mnt == path->mnt &&
	       head.mountpoint == path->dentry;
}

/* Climbs from a path to the top; counts the mounts that were climbed over. */
static bool prove_path(struct path *path, u32 *crossed)
{
	bool more = true;

	while (more) {
		if (!prove_step(path, &more))
			return false;
		*crossed += more;
	}
	return true;
}

/**
 * path_init - prove that the head of struct mount is where it is read
 *
 * Context: may sleep.
 * Return: 0, -ENOENT when too few mounts were found to prove it with, or
 * -EOPNOTSUPP when it is somewhere else.
 */
int path_init(void)
{
	static const char *const names[] = { "/", "/proc", "/sys", "/dev",
					     "/sys/fs/cgroup" };
	u32 crossed = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct path path;
		bool same;

		if (kern_path(names[i], LOOKUP_FOLLOW, &path))
			continue;
		same = prove_path(&path, &crossed);
		path_put(&path);
		if (!same)
			return -EOPNOTSUPP;
	}
	if (crossed < 2)
		return -ENOENT;
	rcu_read_lock();
	host_root = top_of(READ_ONCE(init_task.fs->root.mnt));
	rcu_read_unlock();
	return 0;
}
