/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every hooked function, in one table that C and assembler share.
 *
 * Hooks that are needed by the same operations form a batch: a batch is
 * attached and detached as one, since each attachment costs a wait for all
 * tasks.  HOOK(function, arguments, handler): the kernel function, how many
 * arguments its handler reads, and hook_<handler>(), which returns 0 to go on
 * or the error that the caller of the function shall see.
 *
 * Within a batch the hook that is called most often stands first: it is found
 * soonest.  A batch of one hook is entered at that hook.
 */
#ifndef CORDON_HOOKS_H
#define CORDON_HOOKS_H

#define HOOKS_TASK(HOOK)                                                       \
	HOOK(security_task_alloc, 2, task_alloc)                               \
	HOOK(security_task_free, 1, task_free)                                 \
	HOOK(security_bprm_check, 1, bprm_check)                               \
	HOOK(security_bprm_committing_creds, 1, bprm_committing_creds)

#define HOOKS_FILE_OPEN(HOOK) HOOK(security_file_open, 1, file_open)

#define HOOKS_FILE_TRUNCATE(HOOK) HOOK(security_path_truncate, 1, path_truncate)

#define HOOKS_FILE_CREATE(HOOK)                                                \
	HOOK(security_path_mknod, 4, path_mknod)                               \
	HOOK(security_path_mkdir, 3, path_mkdir)                               \
	HOOK(security_path_symlink, 3, path_symlink)

#define HOOKS_FILE_DELETE(HOOK)                                                \
	HOOK(security_path_unlink, 2, path_unlink)                             \
	HOOK(security_path_rmdir, 2, path_rmdir)

#define HOOKS_FILE_MAP(HOOK)                                                   \
	HOOK(security_mmap_file, 3, mmap_file)                                 \
	HOOK(security_file_mprotect, 3, file_mprotect)

#define HOOKS_SOCKET_BIND(HOOK) HOOK(security_socket_bind, 3, socket_bind)

#define HOOKS_SOCKET_CONNECT(HOOK)                                             \
	HOOK(security_socket_sendmsg, 3, socket_sendmsg)                       \
	HOOK(security_socket_connect, 3, socket_connect)

/* Two functions of our own, to prove the mechanism with. */
#define HOOKS_SELFTEST(HOOK)                                                   \
	HOOK(cordon_selftest_first, 6, selftest_first)                         \
	HOOK(cordon_selftest_second, 6, selftest_second)

/*
 * BATCH(name, hooks, needs): attached while a policy needs one of @needs,
 * which are NEED_* flags.
 */
#define HOOK_BATCHES(BATCH)                                                    \
	BATCH(task, HOOKS_TASK, NEED_MEMBERS)                                  \
	BATCH(file_open, HOOKS_FILE_OPEN,                                      \
	      NEED_FILE(CORDON_FILE_OP_READ | CORDON_FILE_OP_WRITE |           \
			CORDON_FILE_OP_EXEC | CORDON_FILE_OP_CREATE))          \
	BATCH(file_truncate, HOOKS_FILE_TRUNCATE,                              \
	      NEED_FILE(CORDON_FILE_OP_WRITE))                                 \
	BATCH(file_create, HOOKS_FILE_CREATE,                                  \
	      NEED_FILE(CORDON_FILE_OP_CREATE))                                \
	BATCH(file_delete, HOOKS_FILE_DELETE,                                  \
	      NEED_FILE(CORDON_FILE_OP_DELETE))                                \
	BATCH(file_map, HOOKS_FILE_MAP, NEED_FILE(CORDON_FILE_OP_MAP))         \
	BATCH(socket_bind, HOOKS_SOCKET_BIND,                                  \
	      NEED_SOCKET(CORDON_SOCKET_OP_BIND))                              \
	BATCH(socket_connect, HOOKS_SOCKET_CONNECT,                            \
	      NEED_SOCKET(CORDON_SOCKET_OP_CONNECT))                           \
	BATCH(selftest, HOOKS_SELFTEST, NEED_SELFTEST)

#ifndef __ASSEMBLY__

#include <linux/bits.h>
#include <linux/cordon.h>
#include <linux/types.h>

struct dentry;
struct file;
struct linux_binprm;
struct msghdr;
struct path;
struct sockaddr;
struct socket;
struct task_struct;
struct vm_area_struct;

/* What published policies need, as one word: operations and more. */
#define NEED_FILE(ops) ((u32)(ops))
#define NEED_SOCKET(ops) ((u32)(ops) << 8)
#define NEED_MEMBERS BIT(16)
#define NEED_SELFTEST BIT(17)

/*
 * Tables in the assembler file, in the order of the hooks and of the batches:
 * where each hooked function goes on, which is filled in before its batch is
 * attached; the trampolines; what the functions of a batch call.
 */
extern unsigned long hook_returns[];
extern const unsigned long hook_trampolines[];
extern const unsigned long hook_entries[];

int hook_bprm_check(struct linux_binprm *bprm);
int hook_bprm_committing_creds(struct linux_binprm *bprm);
int hook_task_alloc(struct task_struct *task, unsigned long clone_flags);
int hook_task_free(struct task_struct *task);

int hook_file_open(struct file *file);
int hook_path_truncate(const struct path *path);
int hook_path_symlink(const struct path *dir, struct dentry *dentry,
		      const char *target);
int hook_path_mkdir(const struct path *dir, struct dentry *dentry,
		    umode_t mode);
int hook_path_mknod(const struct path *dir, struct dentry *dentry, umode_t mode,
		    unsigned int dev);
int hook_path_rmdir(const struct path *dir, struct dentry *dentry);
int hook_path_unlink(const struct path *dir, struct dentry *dentry);
int hook_file_mprotect(struct vm_area_struct *vma, unsigned long asked,
		       unsigned long prot);
int hook_mmap_file(struct file *file, unsigned long prot, unsigned long flags);

int hook_socket_bind(struct socket *sock, struct sockaddr *address, int len);
int hook_socket_connect(struct socket *sock, struct sockaddr *address, int len);
int hook_socket_sendmsg(struct socket *sock, struct msghdr *msg, int size);

long cordon_selftest_first(long a, long b, long c, long d, long e, long f);
long cordon_selftest_second(long a, long b, long c, long d, long e, long f);
int hook_selftest_first(long a, long b, long c, long d, long e, long f);
int hook_selftest_second(long a, long b, long c, long d, long e, long f);

#endif /* !__ASSEMBLY__ */

#endif /* CORDON_HOOKS_H */
