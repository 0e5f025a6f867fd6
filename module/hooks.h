/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every hooked function, in one table that C and assembler share.
 *
 * Hooks that are needed by the same operations form a batch: a batch is
 * attached and detached as one, since each attachment costs a wait for all
 * tasks.  HOOK(function, arguments, handler): the kernel function, how many
 * registers it takes arguments in, which are restored for it, and
 * hook_<handler>(), which gets the same arguments, as far as it cares, and
 * returns 0 to go on or the error that the function's caller shall see.
 * Functions may share a handler.
 *
 * Within a batch the hook that is called most often stands first: it is found
 * soonest.  A batch of one hook is entered at that hook.
 */
#ifndef CORDON_HOOKS_H
#define CORDON_HOOKS_H

#include "compat.h"

/*
 * A system call that asks the security layer nothing is hooked at its entries:
 * 32-bit programs have one of their own, which 64-bit ones can use as well.
 * It has another name where the call takes what is laid out differently.
 */
#ifdef CONFIG_IA32_EMULATION
#define HOOK_CALL_COMPAT(HOOK, call, handler)                                  \
	HOOK(__x64_sys_##call, 1, handler)                                     \
	HOOK(__ia32_compat_sys_##call, 1, handler)
#define HOOK_CALL(HOOK, call, handler)                                         \
	HOOK(__x64_sys_##call, 1, handler)                                     \
	HOOK(__ia32_sys_##call, 1, handler)
#else
#define HOOK_CALL(HOOK, call, handler) HOOK(__x64_sys_##call, 1, handler)
#define HOOK_CALL_COMPAT HOOK_CALL
#endif

#define HOOKS_TASK(HOOK)                                                       \
	HOOK(security_task_alloc, 2, task_alloc)                               \
	HOOK(security_task_free, 1, task_free)                                 \
	HOOK(security_bprm_check, 1, bprm_check)                               \
	HOOK(security_bprm_committing_creds, 1, bprm_committing_creds)

#define HOOKS_FILE_OPEN(HOOK) HOOK(security_file_open, 1, file_open)

#define HOOKS_FILE_TRUNCATE(HOOK)                                              \
	HOOK(security_path_truncate, 1, path_truncate)                         \
	COMPAT_HOOKS_TRUNCATE(HOOK)

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

#define HOOKS_FILE_MOVE(HOOK)                                                  \
	HOOK(security_path_rename, 5, path_rename)                             \
	HOOK(security_path_link, 3, path_link)

#define HOOKS_FILE_SETATTR(HOOK)                                               \
	HOOK(mnt_want_write, 1, mnt_want_write)                                \
	HOOK(security_inode_setattr, 3, inode_setattr)                         \
	HOOK(security_path_chmod, 2, path_chmod)                               \
	HOOK(security_path_chown, 3, path_chown)                               \
	HOOK(mnt_want_write_file, 1, mnt_want_write_file)                      \
	HOOK(security_inode_setxattr, 6, inode_setxattr)                       \
	HOOK(security_inode_removexattr, 3, inode_removexattr)                 \
	COMPAT_HOOKS_ACL(HOOK)                                                 \
	COMPAT_HOOKS_FILE_ATTR(HOOK)

#define HOOKS_FILE_IOCTL(HOOK)                                                 \
	HOOK(security_file_ioctl, 3, file_ioctl)                               \
	HOOK(security_file_ioctl_compat, 3, file_ioctl_compat)                 \
	COMPAT_HOOKS_URING(HOOK)

#define HOOKS_FILE_RECEIVE(HOOK) HOOK(security_file_receive, 1, file_receive)

#define HOOKS_FILE_REVOKE(HOOK)                                                \
	HOOK(security_file_permission, 2, file_permission)

/*
 * The last one is setns() to a mount namespace, which has no hook of its own;
 * 7.x makes namespaces of any directory without asking one either.
 */
#define HOOKS_GUARD_MOUNT(HOOK)                                                \
	HOOK(security_sb_mount, 5, sb_mount)                                   \
	HOOK(security_sb_umount, 2, sb_umount)                                 \
	HOOK(security_sb_remount, 2, sb_remount)                               \
	HOOK(security_sb_pivotroot, 2, sb_pivotroot)                           \
	HOOK(security_move_mount, 2, move_mount)                               \
	HOOK(mntns_install, 2, mntns_install)                                  \
	HOOK_CALL(HOOK, open_tree, open_tree)                                  \
	COMPAT_HOOKS_OPEN_TREE_ATTR(HOOK)                                      \
	HOOK_CALL(HOOK, mount_setattr, mount_call)                             \
	HOOK_CALL(HOOK, fsopen, mount_call)                                    \
	HOOK_CALL(HOOK, fsmount, mount_call)

#define HOOKS_GUARD_USERNS(HOOK)                                               \
	HOOK(security_create_user_ns, 1, create_user_ns)                       \
	HOOK(userns_install, 2, userns_install)

#define HOOKS_GUARD_PTRACE(HOOK)                                               \
	HOOK(security_ptrace_access_check, 2, ptrace_access_check)             \
	HOOK(mm_access, 2, mm_access)                                          \
	HOOK(security_perf_event_alloc, 1, perf_event_alloc)

#define HOOKS_GUARD_SIGNAL(HOOK)                                               \
	HOOK(security_task_kill, 4, task_kill)                                 \
	HOOK(__f_setown, 4, f_setown)

#define HOOKS_GUARD_MODULE(HOOK)                                               \
	HOOK(security_kernel_module_request, 1, kernel_module_request)         \
	HOOK(security_kernel_read_file, 3, kernel_read_file)                   \
	HOOK(security_kernel_load_data, 2, kernel_load_data)                   \
	HOOK_CALL(HOOK, delete_module, delete_module)

#define HOOKS_GUARD_BPF(HOOK) HOOK(security_bpf, 4, bpf)

/* Handles have no hook of their own; the last is where one becomes a file. */
#define HOOKS_GUARD_HANDLE(HOOK)                                               \
	HOOK_CALL_COMPAT(HOOK, open_by_handle_at, open_by_handle_at)           \
	HOOK(exportfs_decode_fh_raw, 6, exportfs_decode_fh_raw)

#define HOOKS_SOCKET_CREATE(HOOK) HOOK(security_socket_create, 4, socket_create)

#define HOOKS_SOCKET_BIND(HOOK) HOOK(security_socket_bind, 3, socket_bind)

#define HOOKS_SOCKET_LISTEN(HOOK)                                              \
	HOOK(security_socket_listen, 2, socket_listen)                         \
	HOOK(inet_csk_listen_start, 1, listen_start)

#define HOOKS_SOCKET_CONNECT(HOOK)                                             \
	HOOK(security_socket_sendmsg, 3, socket_sendmsg)                       \
	HOOK(security_socket_connect, 3, socket_connect)

/* What names a way for packets, and groups of netlink, beside addresses. */
#define HOOKS_SOCKET_OPTION(HOOK)                                              \
	HOOK(security_socket_setsockopt, 3, socket_setsockopt)                 \
	HOOK(ip_cmsg_send, 4, ip_cmsg_send)                                    \
	HOOK(ip6_datagram_send_ctl, 5, ip6_datagram_send_ctl)

/* These see the socket that a unix socket is about to talk to. */
#define HOOKS_SOCKET_UNIX(HOOK)                                                \
	HOOK(security_unix_may_send, 2, unix_may_send)                         \
	HOOK(security_unix_stream_connect, 3, unix_stream_connect)

/* Lists of addresses to bind or to connect to, which SCTP alone has. */
#define HOOKS_SOCKET_SCTP(HOOK)                                                \
	HOOK(security_sctp_bind_connect, 4, sctp_bind_connect)

/* Which sockets are whose, for what comes in. */
#define HOOKS_SOCKET_OWNER(HOOK)                                               \
	HOOK(security_sk_free, 1, sk_free)                                     \
	HOOK(security_socket_post_create, 5, socket_post_create)

#define HOOKS_SOCKET_ACCEPT(HOOK)                                              \
	HOOK(security_inet_conn_request, 3, inet_conn_request)                 \
	HOOK(security_sctp_assoc_request, 2, sctp_assoc_request)

#define HOOKS_SOCKET_RECEIVE(HOOK) HOOK(security_sock_rcv_skb, 2, sock_rcv_skb)

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
	      NEED_FILE(CORDON_FILE_OP_CREATE) |                               \
		      NEED_GUARD(CORDON_GUARD_OP_DEVICE) | NEED_UNIX_BIND)     \
	BATCH(file_delete, HOOKS_FILE_DELETE,                                  \
	      NEED_FILE(CORDON_FILE_OP_DELETE))                                \
	BATCH(file_map, HOOKS_FILE_MAP,                                        \
	      NEED_FILE(CORDON_FILE_OP_MAP) | NEED_REVOKE)                     \
	BATCH(file_move, HOOKS_FILE_MOVE,                                      \
	      NEED_FILE(__CORDON_FILE_OP_LAST - 1) | NEED_UNIX_MOVE)           \
	BATCH(file_setattr, HOOKS_FILE_SETATTR,                                \
	      NEED_FILE(CORDON_FILE_OP_SETATTR))                               \
	BATCH(file_ioctl, HOOKS_FILE_IOCTL,                                    \
	      NEED_FILE(CORDON_FILE_OP_IOCTL | CORDON_FILE_OP_SETATTR))        \
	BATCH(file_receive, HOOKS_FILE_RECEIVE,                                \
	      NEED_FILE(CORDON_FILE_OP_READ | CORDON_FILE_OP_WRITE))           \
	BATCH(file_revoke, HOOKS_FILE_REVOKE, NEED_REVOKE)                     \
	BATCH(guard_mount, HOOKS_GUARD_MOUNT,                                  \
	      NEED_GUARD(CORDON_GUARD_OP_MOUNT))                               \
	BATCH(guard_userns, HOOKS_GUARD_USERNS,                                \
	      NEED_GUARD(CORDON_GUARD_OP_USERNS))                              \
	BATCH(guard_ptrace, HOOKS_GUARD_PTRACE,                                \
	      NEED_GUARD(CORDON_GUARD_OP_PTRACE))                              \
	BATCH(guard_signal, HOOKS_GUARD_SIGNAL,                                \
	      NEED_GUARD(CORDON_GUARD_OP_SIGNAL))                              \
	BATCH(guard_module, HOOKS_GUARD_MODULE,                                \
	      NEED_GUARD(CORDON_GUARD_OP_MODULE))                              \
	BATCH(guard_bpf, HOOKS_GUARD_BPF, NEED_GUARD(CORDON_GUARD_OP_BPF))     \
	BATCH(guard_handle, HOOKS_GUARD_HANDLE,                                \
	      NEED_GUARD(CORDON_GUARD_OP_HANDLE))                              \
	BATCH(socket_create, HOOKS_SOCKET_CREATE,                              \
	      NEED_SOCKET(CORDON_SOCKET_OP_CREATE))                            \
	BATCH(socket_unix, HOOKS_SOCKET_UNIX, NEED_UNIX_CONNECT)               \
	BATCH(socket_listen, HOOKS_SOCKET_LISTEN,                              \
	      NEED_SOCKET(CORDON_SOCKET_OP_LISTEN) | NEED_OWNERS)              \
	BATCH(socket_sctp, HOOKS_SOCKET_SCTP,                                  \
	      NEED_SOCKET(CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_CONNECT))   \
	BATCH(socket_bind, HOOKS_SOCKET_BIND,                                  \
	      NEED_SOCKET(CORDON_SOCKET_OP_BIND))                              \
	BATCH(socket_connect, HOOKS_SOCKET_CONNECT,                            \
	      NEED_SOCKET(CORDON_SOCKET_OP_CONNECT))                           \
	BATCH(socket_option, HOOKS_SOCKET_OPTION,                              \
	      NEED_SOCKET(CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_CONNECT))   \
	BATCH(socket_owner, HOOKS_SOCKET_OWNER, NEED_OWNERS)                   \
	BATCH(socket_accept, HOOKS_SOCKET_ACCEPT,                              \
	      NEED_SOCKET(CORDON_SOCKET_OP_ACCEPT))                            \
	BATCH(socket_receive, HOOKS_SOCKET_RECEIVE,                            \
	      NEED_SOCKET(CORDON_SOCKET_OP_RECEIVE))                           \
	BATCH(selftest, HOOKS_SELFTEST, NEED_SELFTEST)

#ifndef __ASSEMBLY__

#include <linux/bits.h>
#include <linux/cordon.h>
#include <linux/pid.h>
#include <linux/types.h>

struct dentry;
struct cred;
struct file;
struct iattr;
struct io_uring_cmd;
struct kernel_siginfo;
struct linux_binprm;
struct msghdr;
struct net;
struct path;
struct perf_event;
struct pt_regs;
struct sctp_association;
struct sk_buff;
struct sock;
struct sockaddr;
struct socket;
struct super_block;
struct task_struct;
struct vfsmount;
struct vm_area_struct;

/* What published policies need, as one word: operations and more. */
#define NEED_FILE(ops) ((u32)(ops))
#define NEED_SOCKET(ops) ((u32)(ops) << 8)
#define NEED_OWNERS                                                            \
	NEED_SOCKET(CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE)
#define NEED_GUARD(ops) ((u32)(ops) << 16)
#define NEED_MEMBERS BIT(24)
#define NEED_REVOKE BIT(25)
#define NEED_SELFTEST BIT(26)
#define NEED_UNIX_BIND BIT(27)
#define NEED_UNIX_CONNECT BIT(28)
#define NEED_UNIX_MOVE BIT(29)
/* Attaches nothing by itself: these rules only allow what is denied. */
#define NEED_PEERS BIT(30)

static_assert(__CORDON_FILE_OP_LAST <= BIT(8));
static_assert(__CORDON_SOCKET_OP_LAST <= BIT(8));
static_assert(__CORDON_GUARD_OP_LAST <= BIT(8));

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

int hook_file_receive(struct file *file);
int hook_file_permission(struct file *file, int mask);
int hook_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
int hook_file_ioctl_compat(struct file *file, unsigned int cmd,
			   unsigned long arg);
int hook_uring_cmd(struct io_uring_cmd *command);
int hook_file_truncate(struct file *file);
int hook_path_chmod(const struct path *path, umode_t mode);
int hook_path_chown(const struct path *path, unsigned int uid,
		    unsigned int gid);
int hook_path_rename(const struct path *old_dir, struct dentry *old_dentry,
		     const struct path *new_dir, struct dentry *new_dentry,
		     unsigned int flags);
int hook_path_link(struct dentry *old_dentry, const struct path *new_dir,
		   struct dentry *new_dentry);
int hook_mnt_want_write(struct vfsmount *mnt);
int hook_mnt_want_write_file(struct file *file);
int hook_inode_setattr(void *mount, struct dentry *dentry, struct iattr *attr);
int hook_inode_setxattr(void *mount, struct dentry *dentry);
int hook_inode_removexattr(void *mount, struct dentry *dentry);
int hook_inode_set_acl(void *mount, struct dentry *dentry);
int hook_inode_remove_acl(void *mount, struct dentry *dentry);
int hook_inode_file_setattr(struct dentry *dentry);

int hook_sb_mount(void);
int hook_sb_umount(void);
int hook_sb_remount(void);
int hook_sb_pivotroot(void);
int hook_move_mount(void);
int hook_mntns_install(void);
int hook_open_tree(struct pt_regs *regs);
int hook_mount_call(void);
int hook_userns_install(void);
int hook_create_user_ns(const struct cred *cred);
int hook_ptrace_access_check(struct task_struct *child, unsigned int mode);
int hook_mm_access(struct task_struct *task, unsigned int mode);
int hook_perf_event_alloc(struct perf_event *event);
int hook_task_kill(struct task_struct *task, struct kernel_siginfo *info,
		   int sig, const struct cred *cred);
int hook_f_setown(struct file *file, struct pid *pid, enum pid_type type);
int hook_kernel_module_request(char *name);
int hook_kernel_read_file(struct file *file, int id, bool contents);
int hook_kernel_load_data(int id, bool contents);
int hook_delete_module(void);
int hook_bpf(int cmd, void *attr, unsigned int size);
int hook_open_by_handle_at(void);
int hook_exportfs_decode_fh_raw(void);

int hook_socket_bind(struct socket *sock, struct sockaddr *address, int len);
int hook_socket_connect(struct socket *sock, struct sockaddr *address, int len);
int hook_socket_sendmsg(struct socket *sock, struct msghdr *msg, int size);
int hook_socket_create(int family, int type, int protocol, int kern);
int hook_socket_listen(struct socket *sock, int backlog);
int hook_listen_start(struct sock *sk);
int hook_unix_may_send(struct socket *sock, struct socket *other);
int hook_unix_stream_connect(struct sock *sk, struct sock *other,
			     struct sock *newsk);
int hook_socket_setsockopt(struct socket *sock, int level, int option);
int hook_ip_cmsg_send(const struct sock *sk, struct msghdr *msg);
int hook_ip6_datagram_send_ctl(const struct net *net, const struct sock *sk,
			       struct msghdr *msg);
int hook_sctp_bind_connect(struct sock *sk, int optname,
			   struct sockaddr *address, int len);

int hook_sk_free(struct sock *sk);
int hook_socket_post_create(struct socket *sock, int family, int type,
			    int protocol, int kern);
int hook_inet_conn_request(const struct sock *sk, struct sk_buff *skb);
int hook_sctp_assoc_request(struct sctp_association *association,
			    struct sk_buff *skb);
int hook_sock_rcv_skb(struct sock *sk, struct sk_buff *skb);

long cordon_selftest_first(long a, long b, long c, long d, long e, long f);
long cordon_selftest_second(long a, long b, long c, long d, long e, long f);
int hook_selftest_first(long a, long b, long c, long d, long e, long f);
int hook_selftest_second(long a, long b, long c, long d, long e, long f);

#endif /* !__ASSEMBLY__ */

#endif /* CORDON_HOOKS_H */
