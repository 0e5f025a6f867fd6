// SPDX-License-Identifier: GPL-2.0
/*
 * Proof that struct mount is laid out as path.c reads it.
 *
 * The head is compared with what follow_up() finds, on real mounts.  The place
 * of the pointer to the namespace is searched for: it is the one place where
 * all mounts of our own namespace have the pointer that our nsproxy has, and an
 * internal mount has the mark of internal mounts.
 */
#include "path.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "path_layout.h"

/* struct mount is a little over 300 bytes; no kernel's is smaller than this. */
#define SEARCH_END 288

/* Whether the head of one mount says what follow_up() does; then goes up. */
static bool prove_step(struct path *path, bool *more)
{
	struct mount_head head;
	struct vfsmount *mnt = path->mnt;

	if (copy_from_kernel_nofault(&head, path_mount(mnt), sizeof(head)))
		return false;
	*more = follow_up(path);
	if (!*more)
		return &head.parent->mnt == mnt;
	return &head.parent->mnt == path->mnt &&
	       head.mountpoint == path->dentry;
}

/* Climbs from a path to the top; counts the mounts that were climbed over. */
static bool prove_head(const struct path *from, u32 *crossed)
{
	struct path path = *from;
	bool more = true;
	bool same = true;

	path_get(&path);
	while (more && same) {
		same = prove_step(&path, &more);
		*crossed += more;
	}
	path_put(&path);
	return same;
}

/* Drops the offsets at which @mnt does not have @namespace. */
static void sieve(unsigned long *offsets, const struct vfsmount *mnt,
		  const void *namespace)
{
	const void *const *words = (const void *)path_mount(mnt);
	size_t word;

	for (word = 0; word < SEARCH_END / sizeof(void *); word++) {
		const void *found;

		if (copy_from_kernel_nofault(&found, &words[word],
					     sizeof(found)) ||
		    found != namespace)
			__clear_bit(word, offsets);
	}
}

/* An internal mount: the one that anonymous shared memory lives in. */
static int sieve_internal(unsigned long *offsets)
{
	struct file *file = compat_shmem_file("cordon");

	if (IS_ERR(file))
		return PTR_ERR(file);
	sieve(offsets, file->f_path.mnt, MOUNT_INTERNAL);
	fput(file);
	return 0;
}

/* Proves what can be proved with the usual mounts, wherever they are. */
static int prove_mounts(unsigned long *offsets)
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
		same = prove_head(&path, &crossed);
		sieve(offsets, path.mnt, current->nsproxy->mnt_ns);
		path_put(&path);
		if (!same)
			return -EOPNOTSUPP;
	}
	return crossed < 2 ? -ENOENT : 0;
}

static const struct vfsmount *top_of(const struct vfsmount *mnt)
{
	const struct mount_head *mount = path_mount(mnt);

	while (READ_ONCE(mount->parent) != mount)
		mount = READ_ONCE(mount->parent);
	return &mount->mnt;
}

/*
 * Whoever loads the module sees the root that the host has, or one of another
 * namespace.  The first task would not do: in 7.x the root of kernel threads is
 * an empty filesystem of their own.
 */
static const struct vfsmount *find_host_root(void)
{
	const struct vfsmount *top;
	struct path path;

	if (kern_path("/", LOOKUP_FOLLOW, &path))
		return NULL;
	rcu_read_lock();
	top = top_of(path.mnt);
	if (path_mount_namespace(path_mount(top)) != path_layout.host_namespace)
		top = NULL;
	rcu_read_unlock();
	path_put(&path);
	return top;
}

/**
 * path_init - prove that struct mount is laid out as it is read
 *
 * Context: may sleep.
 * Return: 0, -ENOENT when too few mounts were found to prove it with,
 * -EOPNOTSUPP when it is laid out in another way, or -ENOMEM.
 */
int path_init(void)
{
	DECLARE_BITMAP(offsets, SEARCH_END / sizeof(void *));
	size_t word;
	int ret;

	bitmap_fill(offsets, SEARCH_END / sizeof(void *));
	ret = prove_mounts(offsets);
	if (!ret)
		ret = sieve_internal(offsets);
	if (ret)
		return ret;
	if (bitmap_weight(offsets, SEARCH_END / sizeof(void *)) != 1)
		return -EOPNOTSUPP;
	word = find_first_bit(offsets, SEARCH_END / sizeof(void *));
	path_layout.namespace_offset = word * sizeof(void *);
	path_layout.host_namespace = init_task.nsproxy->mnt_ns;
	path_layout.host_root = find_host_root();
	return 0;
}
