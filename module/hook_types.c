// SPDX-License-Identifier: GPL-2.0
/*
 * Proof, while compiling, that the functions which are hooked take the arguments
 * that their handlers expect, and no more in registers than trampolines keep.
 *
 * A handler is called with whatever the registers hold: on a kernel that has
 * changed the arguments of a function, it would decide on something else than
 * what is asked for, and nothing would show it.  So for each function all types
 * are listed here that it is known to have had.
 */
#include <linux/bpf.h>
#include <linux/exportfs.h>
#include <linux/kernel.h>
#include <linux/kernel_read_file.h>
#include <linux/mount.h>
#include <linux/sched/mm.h>
#include <linux/security.h>
#include <net/inet_connection_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/transp_v6.h>

#include "hooks.h"

/* Older kernels have none, newer ones have it in place of user namespaces. */
struct mnt_idmap;

/* What arguments are passed in; others are on the stack, where they stay. */
#define REGISTERS 6

/* How many arguments a function has, or 0 if it is not of that type. */
#define IS(function, result, ...)                                              \
	(__same_type(function, result(__VA_ARGS__)) ?                          \
		 COUNT_ARGS(__VA_ARGS__) :                                     \
		 0)

/* Of the hook with a handler: the type of its function, or one of two. */
#define KNOWN_1(handler, is)                                                   \
	enum {                                                                 \
		KNOWN_##handler = (is)                                         \
	}
#define KNOWN_2(handler, is, or_is) KNOWN_1(handler, (is) ?: (or_is))

KNOWN_2(task_alloc,
	IS(security_task_alloc, int, struct task_struct *, unsigned long),
	IS(security_task_alloc, int, struct task_struct *, u64));
KNOWN_1(task_free, IS(security_task_free, void, struct task_struct *));
KNOWN_1(bprm_check, IS(security_bprm_check, int, struct linux_binprm *));
KNOWN_2(bprm_committing_creds,
	IS(security_bprm_committing_creds, void, struct linux_binprm *),
	IS(security_bprm_committing_creds, void, const struct linux_binprm *));

KNOWN_1(file_open, IS(security_file_open, int, struct file *));
KNOWN_1(file_receive, IS(security_file_receive, int, struct file *));
KNOWN_1(file_permission, IS(security_file_permission, int, struct file *, int));
KNOWN_1(file_ioctl, IS(security_file_ioctl, int, struct file *, unsigned int,
		       unsigned long));
#ifdef CONFIG_IO_URING
KNOWN_1(uring_cmd, IS(security_uring_cmd, int, struct io_uring_cmd *));
#endif
KNOWN_1(file_mprotect, IS(security_file_mprotect, int, struct vm_area_struct *,
			  unsigned long, unsigned long));
KNOWN_1(mmap_file, IS(security_mmap_file, int, struct file *, unsigned long,
		      unsigned long));
KNOWN_1(path_truncate, IS(security_path_truncate, int, const struct path *));
KNOWN_1(path_mknod, IS(security_path_mknod, int, const struct path *,
		       struct dentry *, umode_t, unsigned int));
KNOWN_1(path_mkdir, IS(security_path_mkdir, int, const struct path *,
		       struct dentry *, umode_t));
KNOWN_1(path_symlink, IS(security_path_symlink, int, const struct path *,
			 struct dentry *, const char *));
KNOWN_1(path_unlink,
	IS(security_path_unlink, int, const struct path *, struct dentry *));
KNOWN_1(path_rmdir,
	IS(security_path_rmdir, int, const struct path *, struct dentry *));
KNOWN_1(path_rename,
	IS(security_path_rename, int, const struct path *, struct dentry *,
	   const struct path *, struct dentry *, unsigned int));
KNOWN_1(path_link, IS(security_path_link, int, struct dentry *,
		      const struct path *, struct dentry *));
KNOWN_1(path_chmod, IS(security_path_chmod, int, const struct path *, umode_t));
KNOWN_1(path_chown,
	IS(security_path_chown, int, const struct path *, kuid_t, kgid_t));

KNOWN_1(file_ioctl_compat, IS(security_file_ioctl_compat, int, struct file *,
			      unsigned int, unsigned long));
#ifdef COMPAT_HAS_FILE_TRUNCATE
KNOWN_1(file_truncate, IS(security_file_truncate, int, struct file *));
#endif

KNOWN_1(mnt_want_write, IS(mnt_want_write, int, struct vfsmount *));
KNOWN_1(mnt_want_write_file, IS(mnt_want_write_file, int, struct file *));
KNOWN_2(inode_setattr,
	IS(security_inode_setattr, int, struct mnt_idmap *, struct dentry *,
	   struct iattr *),
	IS(security_inode_setattr, int, struct user_namespace *,
	   struct dentry *, struct iattr *));
KNOWN_2(inode_setxattr,
	IS(security_inode_setxattr, int, struct mnt_idmap *, struct dentry *,
	   const char *, const void *, size_t, int),
	IS(security_inode_setxattr, int, struct user_namespace *,
	   struct dentry *, const char *, const void *, size_t, int));
KNOWN_2(inode_removexattr,
	IS(security_inode_removexattr, int, struct mnt_idmap *, struct dentry *,
	   const char *),
	IS(security_inode_removexattr, int, struct user_namespace *,
	   struct dentry *, const char *));
#ifdef COMPAT_HAS_ACL
KNOWN_2(inode_set_acl,
	IS(security_inode_set_acl, int, struct mnt_idmap *, struct dentry *,
	   const char *, struct posix_acl *),
	IS(security_inode_set_acl, int, struct user_namespace *,
	   struct dentry *, const char *, struct posix_acl *));
KNOWN_2(inode_remove_acl,
	IS(security_inode_remove_acl, int, struct mnt_idmap *, struct dentry *,
	   const char *),
	IS(security_inode_remove_acl, int, struct user_namespace *,
	   struct dentry *, const char *));
#endif
#ifdef COMPAT_HAS_FILE_ATTR
KNOWN_1(inode_file_setattr, IS(security_inode_file_setattr, int,
			       struct dentry *, struct file_kattr *));
#endif

KNOWN_1(sb_mount, IS(security_sb_mount, int, const char *, const struct path *,
		     const char *, unsigned long, void *));
KNOWN_1(sb_umount, IS(security_sb_umount, int, struct vfsmount *, int));
KNOWN_1(sb_remount, IS(security_sb_remount, int, struct super_block *, void *));
KNOWN_1(sb_pivotroot, IS(security_sb_pivotroot, int, const struct path *,
			 const struct path *));
KNOWN_1(move_mount,
	IS(security_move_mount, int, const struct path *, const struct path *));
/* No header has these; they get two pointers, at which no handler looks. */
KNOWN_1(mntns_install, 2);
KNOWN_1(userns_install, 2);
/* System calls get one pointer: see syscall_get_arguments(). */
KNOWN_1(open_tree, 1);
KNOWN_1(mount_call, 1);
KNOWN_1(delete_module, 1);
KNOWN_1(open_by_handle_at, 1);
KNOWN_1(create_user_ns, IS(security_create_user_ns, int, const struct cred *));
KNOWN_1(perf_event_alloc,
	IS(security_perf_event_alloc, int, struct perf_event *));
KNOWN_1(ptrace_access_check, IS(security_ptrace_access_check, int,
				struct task_struct *, unsigned int));
KNOWN_1(mm_access,
	IS(mm_access, struct mm_struct *, struct task_struct *, unsigned int));
KNOWN_1(task_kill, IS(security_task_kill, int, struct task_struct *,
		      struct kernel_siginfo *, int, const struct cred *));
KNOWN_2(f_setown,
	IS(__f_setown, void, struct file *, struct pid *, enum pid_type, int),
	IS(__f_setown, int, struct file *, struct pid *, enum pid_type, int));
KNOWN_1(kernel_module_request, IS(security_kernel_module_request, int, char *));
KNOWN_1(kernel_read_file, IS(security_kernel_read_file, int, struct file *,
			     enum kernel_read_file_id, bool));
KNOWN_1(kernel_load_data,
	IS(security_kernel_load_data, int, enum kernel_load_data_id, bool));
KNOWN_2(bpf, IS(security_bpf, int, int, union bpf_attr *, unsigned int),
	IS(security_bpf, int, int, union bpf_attr *, unsigned int, bool));
KNOWN_2(exportfs_decode_fh_raw,
	IS(exportfs_decode_fh_raw, struct dentry *, struct vfsmount *,
	   struct fid *, int, int, int (*)(void *, struct dentry *), void *),
	IS(exportfs_decode_fh_raw, struct dentry *, struct vfsmount *,
	   struct fid *, int, int, unsigned int,
	   int (*)(void *, struct dentry *), void *));

KNOWN_1(socket_create, IS(security_socket_create, int, int, int, int, int));
KNOWN_1(socket_listen, IS(security_socket_listen, int, struct socket *, int));
KNOWN_1(listen_start, IS(inet_csk_listen_start, int, struct sock *));
KNOWN_1(unix_may_send,
	IS(security_unix_may_send, int, struct socket *, struct socket *));
KNOWN_1(unix_stream_connect, IS(security_unix_stream_connect, int,
				struct sock *, struct sock *, struct sock *));
KNOWN_1(sctp_bind_connect, IS(security_sctp_bind_connect, int, struct sock *,
			      int, struct sockaddr *, int));
KNOWN_1(socket_bind,
	IS(security_socket_bind, int, struct socket *, struct sockaddr *, int));
KNOWN_1(socket_connect, IS(security_socket_connect, int, struct socket *,
			   struct sockaddr *, int));
KNOWN_1(socket_sendmsg, IS(security_socket_sendmsg, int, struct socket *,
			   struct msghdr *, int));

KNOWN_1(sk_free, IS(security_sk_free, void, struct sock *));
KNOWN_1(socket_setsockopt,
	IS(security_socket_setsockopt, int, struct socket *, int, int));
KNOWN_1(ip_cmsg_send, IS(ip_cmsg_send, int, struct sock *, struct msghdr *,
			 struct ipcm_cookie *, bool));
KNOWN_1(ip6_datagram_send_ctl,
	IS(ip6_datagram_send_ctl, int, struct net *, struct sock *,
	   struct msghdr *, struct flowi6 *, struct ipcm6_cookie *));
KNOWN_1(socket_post_create, IS(security_socket_post_create, int,
			       struct socket *, int, int, int, int));
KNOWN_1(inet_conn_request,
	IS(security_inet_conn_request, int, const struct sock *,
	   struct sk_buff *, struct request_sock *));
KNOWN_1(sctp_assoc_request, IS(security_sctp_assoc_request, int,
			       struct sctp_association *, struct sk_buff *));
KNOWN_1(sock_rcv_skb,
	IS(security_sock_rcv_skb, int, struct sock *, struct sk_buff *));

KNOWN_1(selftest_first,
	IS(cordon_selftest_first, long, long, long, long, long, long, long));
KNOWN_1(selftest_second,
	IS(cordon_selftest_second, long, long, long, long, long, long, long));

#define PROVE(function, arguments, handler)                                    \
	static_assert(KNOWN_##handler, "unknown arguments: " #function);       \
	static_assert((arguments) >= KNOWN_##handler ||                        \
			      (arguments) == REGISTERS,                        \
		      "arguments that are not kept: " #function);
#define PROVE_BATCH(name, hooks, needs) hooks(PROVE)
HOOK_BATCHES(PROVE_BATCH)
