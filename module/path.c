// SPDX-License-Identifier: GPL-2.0
/*
 * Climbing from a file to the root of its mount namespace.
 *
 * d_path() would build a string, stop at a chroot, and print what lies in a
 * detached mount as if it had a path.  follow_up(), the exported way from a
 * mount to the one below it, takes and drops four references each time, which
 * costs more than all the rest.  So struct mount is read, which is private to
 * the kernel: its head, and the pointer to the mount namespace, whose place
 * differs between builds.  path_prove.c proves the one against follow_up() and
 * finds the other; the module does not load where either fails.
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
#include <linux/mount.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "path_layout.h"
#include "pattern.h"

struct path_layout path_layout __read_mostly;

/*
 * Why a climb stopped before it came to the root of the mount.  What lies apart
 * from what its mount shows of the filesystem has no path: it was moved out, or
 * was opened by its handle.  So do the temporary files that overlayfs makes in
 * its own mounts.
 */
enum path_kind path_out_of_room(const struct mount_head *mount,
				const struct dentry *dentry)
{
	if (READ_ONCE(dentry->d_parent) != dentry)
		return PATH_DEEP;
	return path_mount_namespace(mount) == MOUNT_INTERNAL ? PATH_NO_FILE :
							       PATH_NONE;
}

/* What a file in one of the kernel's internal mounts is. */
enum path_kind path_name_internal(const struct path *path,
				  struct component *names,
				  struct pathname *result)
{
	const struct qstr *name = &path->dentry->d_name;
	const size_t len = sizeof(PATTERN_MEMFD) - 1;

	if (!S_ISREG(d_inode(path->dentry)->i_mode))
		return PATH_NO_FILE;
	if (name->len <= len || memcmp(name->name, PATTERN_MEMFD, len))
		return PATH_MEMORY;
	component_set(&names[0], (const char *)name->name, name->len);
	result->count = 1;
	result->memfd = true;
	return PATH_MEMFD;
}

/**
 * path_climb - find the path of a file
 * @path: the file; a name that does not exist yet is a negative dentry, and
 * without a mount there is no path
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
	*result = (struct pathname){ .at = names };
	if (path_is_mounted(path))
		return path_climb_quick(path, names, room, &result->count);
	return path->mnt ? path_name_internal(path, names, result) : PATH_NONE;
}

/**
 * path_climb_whole - find the path of a file, however deep it is
 * @whole: set to what was found; PATH_DEEP means that there was no memory
 * @path: the file
 *
 * Context: inside rcu_read_lock(), with rename_lock held, as long as the names
 * are looked at; path_end_whole() comes after that.
 */
void path_climb_whole(struct whole_path *whole, const struct path *path)
{
	lockdep_assert_held(&rename_lock.lock);
	whole->more = NULL;
	whole->kind = path_climb(path, whole->few, ARRAY_SIZE(whole->few),
				 &whole->name);
	if (whole->kind != PATH_DEEP)
		return;
	whole->more = kmalloc_array(PATH_DEPTH_MAX, sizeof(*whole->more),
				    GFP_ATOMIC | __GFP_NOWARN);
	if (!whole->more)
		return;
	whole->kind =
		path_climb(path, whole->more, PATH_DEPTH_MAX, &whole->name);
	if (whole->kind == PATH_DEEP)
		whole->kind = PATH_NONE;
}

/**
 * path_end_whole - free what a path needed
 * @whole: the path
 */
void path_end_whole(struct whole_path *whole)
{
	kfree(whole->more);
}

static size_t path_len(const struct pathname *path)
{
	size_t len = path->memfd ? 0 : max(path->count, 1u);
	u32 i;

	for (i = 0; i < path->count; i++)
		len += component_len(&path->at[i]);
	return len;
}

static void write_path(const struct pathname *path, char *buffer, size_t size)
{
	size_t used = 0;
	u32 i = path->count;

	if (!i && size)
		buffer[used++] = '/';
	while (i--) {
		size_t len;

		if (!path->memfd && used < size)
			buffer[used++] = '/';
		len = min_t(size_t, component_len(&path->at[i]), size - used);
		memcpy(buffer + used, component_text(&path->at[i]), len);
		used += len;
	}
}

/**
 * path_copy - a path as a string
 * @path: the path
 * @max: the longest that is wanted; what is longer is cut off
 * @len: set to its length in bytes, 0 when there is no string
 *
 * Context: rename_lock is held, so that names are whole; does not sleep.
 * Return: the string, without a NUL and to be freed with kfree(), or NULL.
 */
char *path_copy(const struct pathname *path, size_t max, size_t *len)
{
	char *text;

	*len = min(path_len(path), max);
	text = kmalloc(*len, GFP_ATOMIC | __GFP_NOWARN);
	if (text)
		write_path(path, text, *len);
	else
		*len = 0;
	return text;
}
