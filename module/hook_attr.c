// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on times, extended attributes, access control lists and flags.
 *
 * The kernel's hooks on those get a dentry and no mount, hence no path.  But
 * every system call that comes there has asked for write access to the mount
 * just before, in the same task: that is hooked too, and remembered.
 *
 * The mount that is remembered is held by that system call for as long as it
 * matters.  Later it is stale, and is not followed then: the kernel changes
 * attributes without asking for write access only when it strips privileges
 * from a file that is written to, which is left out below, and in filesystems
 * that lie on top of others, which is told by the superblock.
 */
#include <linux/fs.h>
#include <linux/mount.h>

#include "file_check.h"
#include "hooks.h"
#include "member.h"

static noinline void remember_mount(struct vfsmount *mnt)
{
	struct member *member;

	rcu_read_lock();
	member = member_find(current);
	if (member) {
		member->mnt = mnt;
		member->sb = mnt->mnt_sb;
	}
	rcu_read_unlock();
}

int hook_mnt_want_write(struct vfsmount *mnt)
{
	if (unlikely(member_maybe(current)))
		remember_mount(mnt);
	return 0;
}

int hook_mnt_want_write_file(struct file *file)
{
	if (unlikely(member_maybe(current)))
		remember_mount(file->f_path.mnt);
	return 0;
}

/*
 * Whether a filesystem that lies on top of this one is at work, as overlayfs is
 * when it copies a file up: it has not asked for write access to any mount of
 * this one, and acts with credentials of its own.  What the task asked for was
 * judged on the filesystem on top.
 */
static bool is_below(const struct member *member, const struct dentry *dentry)
{
	return member->sb != dentry->d_sb &&
	       current->cred != current->real_cred;
}

static noinline int check_dentry(struct dentry *dentry)
{
	struct path path = { .dentry = dentry };
	struct member *member;
	int ret = 0;

	rcu_read_lock();
	member = member_find(current);
	if (!member || READ_ONCE(member->joining) || is_below(member, dentry))
		goto out;
	if (member->sb == dentry->d_sb)
		path.mnt = member->mnt;
	ret = file_check(member->tenant, &path, CORDON_FILE_OP_SETATTR);
out:
	rcu_read_unlock();
	return ret;
}

/*
 * Of all attributes only times come here alone; mode and owner have hooks with
 * a path, and the size is a matter of writing.
 */
int hook_inode_setattr(void *mount, struct dentry *dentry, struct iattr *attr)
{
	const unsigned int judged = ATTR_MODE | ATTR_UID | ATTR_GID |
				    ATTR_SIZE | ATTR_FORCE;

	if (likely(!member_maybe(current)) || (attr->ia_valid & judged))
		return 0;
	return check_dentry(dentry);
}

int hook_inode_setxattr(void *mount, struct dentry *dentry)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_dentry(dentry);
}

int hook_inode_removexattr(void *mount, struct dentry *dentry)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_dentry(dentry);
}

/* Access lists are extended attributes that some kernels treat apart. */
int hook_inode_set_acl(void *mount, struct dentry *dentry)
{
	return hook_inode_setxattr(mount, dentry);
}

int hook_inode_remove_acl(void *mount, struct dentry *dentry)
{
	return hook_inode_removexattr(mount, dentry);
}

/* Flags such as "immutable", which ioctl() sets as well: see ioctl_ops(). */
int hook_inode_file_setattr(struct dentry *dentry)
{
	if (likely(!member_maybe(current)))
		return 0;
	return check_dentry(dentry);
}
