// SPDX-License-Identifier: GPL-2.0
/* Hooks on files: what the kernel is about to do, as operations on a path. */
#include <linux/binfmts.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/personality.h>

#include <asm/ioctls.h>

#include "compat.h"
#include "file_check.h"
#include "guard.h"
#include "hook_unix.h"
#include "hooks.h"
#include "member.h"

/*
 * Re-checks a file that is open, if the tenant wants that.  Not so where the
 * kernel opened a program to execute it: it reads it and maps it for a task
 * that need not be able to read it.
 */
static noinline int check_use(const struct file *file, const struct path *path,
			      u16 ops)
{
	const struct policy *policy;
	struct tenant *tenant;
	int ret = 0;

	if (file->f_flags & __FMODE_EXEC)
		return 0;
	rcu_read_lock();
	tenant = member_tenant(current);
	policy = tenant ? policy_of(tenant) : NULL;
	if (policy && policy->revoke)
		ret = file_check(tenant, path, ops);
	rcu_read_unlock();
	return ret;
}

/* A name in a directory that is about to come or go. */
static __always_inline int check_name(const struct path *dir,
				      struct dentry *dentry, u16 ops)
{
	const struct path path = { .mnt = dir->mnt, .dentry = dentry };

	return file_check_current(&path, ops);
}

/*
 * What a descriptor is good for.  Access mode 3 gives one for ioctl only, and
 * needs both permissions.
 */
static u16 open_ops(const struct file *file)
{
	u16 ops = (__force u32)(file->f_mode & (FMODE_READ | FMODE_WRITE));

	static_assert((__force u32)FMODE_READ == CORDON_FILE_OP_READ);
	static_assert((__force u32)FMODE_WRITE == CORDON_FILE_OP_WRITE);
	if (!ops)
		ops = CORDON_FILE_OP_READ | CORDON_FILE_OP_WRITE;
	if (file->f_flags & __O_TMPFILE)
		ops |= CORDON_FILE_OP_CREATE;
	return ops;
}

/*
 * Whether the kernel opened the file for itself, below one that the task has
 * open.  Overlayfs up to 6.4 does so under the path of the file above, but with
 * the inode below; no open by a task can bring the two apart.
 */
static bool is_backing(const struct file *file)
{
	return file_inode(file) != d_backing_inode(file->f_path.dentry);
}

/*
 * A program, its interpreter or its loader.  The loader of a task's first
 * program is opened when that was judged and the task is about to join; what is
 * left of an earlier exec that failed counts only if it would still join there,
 * or has asked to.
 */
static noinline int check_program(const struct path *path)
{
	const struct member *member;
	int ret = 0;

	rcu_read_lock();
	member = member_find(current);
	if (member && (!READ_ONCE(member->joining) || member->asked ||
		       member_match(current) == member->tenant))
		ret = file_check(member->tenant, path, CORDON_FILE_OP_EXEC);
	rcu_read_unlock();
	return ret;
}

static noinline int check_unusual_open(const struct hlist_head *bucket,
				       const struct file *file)
{
	/* The kernel's mark; such a file is not read by the task. */
	if (file->f_flags & __FMODE_EXEC)
		return check_program(&file->f_path);
	return file_check_member(bucket, &file->f_path, open_ops(file));
}

int hook_file_open(struct file *file)
{
	const struct hlist_head *bucket = member_bucket(current);
	u32 mode;

	if (likely(hlist_empty(bucket)) || unlikely(is_backing(file)))
		return 0;
	/* Of all others the mode says what open_ops() does. */
	mode = (__force u32)(file->f_mode & (FMODE_READ | FMODE_WRITE));
	if (unlikely(!mode || (file->f_flags & (__FMODE_EXEC | __O_TMPFILE))))
		return check_unusual_open(bucket, file);
	return file_check_member(bucket, &file->f_path, mode);
}

/* A descriptor that comes from another task is judged like an open. */
int hook_file_receive(struct file *file)
{
	if (likely(!member_maybe(current)) || (file->f_mode & FMODE_PATH))
		return 0;
	return file_check_current(&file->f_path, open_ops(file));
}

/* Attached only while a tenant wants its rules to hold for open files too. */
int hook_file_permission(struct file *file, int mask)
{
	u16 ops = 0;

	if (likely(!member_maybe(current)) || is_backing(file))
		return 0;
	if (mask & MAY_READ)
		ops |= CORDON_FILE_OP_READ;
	if (mask & (MAY_WRITE | MAY_APPEND))
		ops |= CORDON_FILE_OP_WRITE;
	return check_use(file, &file->f_path, ops);
}

/* Commands that are about the descriptor and not about the file behind it. */
static bool is_about_descriptor(unsigned int cmd)
{
	return cmd == FIOCLEX || cmd == FIONCLEX || cmd == FIONBIO ||
	       cmd == FIOASYNC;
}

/* Flags such as "immutable" are attributes, however they are set. */
static u16 ioctl_ops(unsigned int cmd)
{
	switch (cmd) {
	case FS_IOC_SETFLAGS:
	case FS_IOC32_SETFLAGS:
	case FS_IOC_FSSETXATTR:
		return CORDON_FILE_OP_IOCTL | CORDON_FILE_OP_SETATTR;
	default:
		return CORDON_FILE_OP_IOCTL;
	}
}

int hook_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (likely(!member_maybe(current)) || is_about_descriptor(cmd))
		return 0;
	return file_check_current(&file->f_path, ioctl_ops(cmd));
}

int hook_file_ioctl_compat(struct file *file, unsigned int cmd,
			   unsigned long arg)
{
	return hook_file_ioctl(file, cmd, arg);
}

#ifdef CONFIG_IO_URING
/* What ioctl is, asked for through io_uring: the driver alone reads it. */
int hook_uring_cmd(struct io_uring_cmd *command)
{
	return file_check_current(&command->file->f_path, CORDON_FILE_OP_IOCTL);
}
#endif

int hook_path_chmod(const struct path *path, umode_t mode)
{
	return file_check_current(path, CORDON_FILE_OP_SETATTR);
}

int hook_path_chown(const struct path *path, unsigned int uid, unsigned int gid)
{
	return file_check_current(path, CORDON_FILE_OP_SETATTR);
}

int hook_path_truncate(const struct path *path)
{
	return file_check_current(path, CORDON_FILE_OP_WRITE);
}

int hook_file_truncate(struct file *file)
{
	return hook_path_truncate(&file->f_path);
}

int hook_path_symlink(const struct path *dir, struct dentry *dentry,
		      const char *target)
{
	return check_name(dir, dentry, CORDON_FILE_OP_CREATE);
}

int hook_path_mkdir(const struct path *dir, struct dentry *dentry, umode_t mode)
{
	return check_name(dir, dentry, CORDON_FILE_OP_CREATE);
}

int hook_path_mknod(const struct path *dir, struct dentry *dentry, umode_t mode,
		    unsigned int dev)
{
	const struct path path = { .mnt = dir->mnt, .dentry = dentry };
	const struct hlist_head *bucket = member_hint(current);
	int ret;

	if (likely(!bucket))
		return 0;
	ret = guard_check_node(mode, dev);
	if (!ret)
		ret = file_check_member(bucket, &path, CORDON_FILE_OP_CREATE);
	/* That is what binding a unix socket to a path does. */
	if (!ret && S_ISSOCK(mode))
		ret = unix_check_node(bucket, &path);
	return ret;
}

int hook_path_rmdir(const struct path *dir, struct dentry *dentry)
{
	return check_name(dir, dentry, CORDON_FILE_OP_DELETE);
}

int hook_path_unlink(const struct path *dir, struct dentry *dentry)
{
	return check_name(dir, dentry, CORDON_FILE_OP_DELETE);
}

/*
 * With the personality READ_IMPLIES_EXEC the kernel maps what is asked to be
 * readable as executable too, unless the mount forbids it, but does so behind
 * the hooked function's entry.
 */
static bool read_implies_exec(const struct file *file, unsigned long prot)
{
	if (!(prot & PROT_READ) || !(current->personality & READ_IMPLIES_EXEC))
		return false;
	return !(file->f_path.mnt->mnt_flags & MNT_NOEXEC) &&
	       !(file->f_path.mnt->mnt_sb->s_iflags & SB_I_NOEXEC);
}

/*
 * What the pages of a file are accessible for.  The processor cannot tell
 * reading from other access; what is written into a private mapping does not
 * come to the file.  The protection of a mapping is that of its flags.
 */
static u16 mapping_ops(unsigned long prot, bool shared)
{
	u16 ops = 0;

	static_assert(PROT_READ == VM_READ && PROT_WRITE == VM_WRITE &&
		      PROT_EXEC == VM_EXEC);
	if (prot & (PROT_READ | PROT_WRITE | PROT_EXEC))
		ops |= CORDON_FILE_OP_READ;
	if ((prot & PROT_WRITE) && shared)
		ops |= CORDON_FILE_OP_WRITE;
	return ops;
}

int hook_mmap_file(struct file *file, unsigned long prot, unsigned long flags)
{
	const bool shared = (flags & MAP_TYPE) != MAP_PRIVATE;
	int ret = 0;

	if (likely(!member_maybe(current)) || !file)
		return 0;
	if ((prot & PROT_EXEC) || read_implies_exec(file, prot))
		ret = file_check_current(&file->f_path, CORDON_FILE_OP_MAP);
	if (ret)
		return ret;
	return check_use(file, &file->f_path, mapping_ops(prot, shared));
}

/* What is accessible stays so, but it does not become more. */
int hook_file_mprotect(struct vm_area_struct *vma, unsigned long asked,
		       unsigned long prot)
{
	const bool shared = vma->vm_flags & VM_SHARED;
	const struct path *path;
	int ret = 0;

	if (likely(!member_maybe(current)) || !vma->vm_file)
		return 0;
	path = compat_user_path(vma->vm_file);
	if ((prot & PROT_EXEC) && !(vma->vm_flags & VM_EXEC))
		ret = file_check_current(path, CORDON_FILE_OP_MAP);
	if (ret)
		return ret;
	return check_use(vma->vm_file, path,
			 mapping_ops(prot, shared) &
				 ~mapping_ops(vma->vm_flags, shared));
}
