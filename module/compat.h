/* SPDX-License-Identifier: GPL-2.0 */
/* Every difference between kernel versions, under a name; none elsewhere. */
#ifndef CORDON_COMPAT_H
#define CORDON_COMPAT_H

#include <linux/version.h>

/* 6.2 gave the truncation of an open file a hook of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_HAS_FILE_TRUNCATE
#define COMPAT_HOOKS_TRUNCATE(HOOK)                                            \
	HOOK(security_file_truncate, 1, file_truncate)
#else
#define COMPAT_HOOKS_TRUNCATE(HOOK)
#endif

/* 6.2 took access lists out of the hooks on extended attributes. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_HAS_ACL
#define COMPAT_HOOKS_ACL(HOOK)                                                 \
	HOOK(security_inode_set_acl, 4, inode_set_acl)                         \
	HOOK(security_inode_remove_acl, 3, inode_remove_acl)
#else
#define COMPAT_HOOKS_ACL(HOOK)
#endif

/* 6.17 has a system call for the flags that only ioctl() could set before. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define COMPAT_HAS_FILE_ATTR
#define COMPAT_HOOKS_FILE_ATTR(HOOK)                                           \
	HOOK(security_inode_file_setattr, 2, inode_file_setattr)
#else
#define COMPAT_HOOKS_FILE_ATTR(HOOK)
#endif

/* Kernels without io_uring have no function for its commands. */
#ifdef CONFIG_IO_URING
#define COMPAT_HOOKS_URING(HOOK) HOOK(security_uring_cmd, 1, uring_cmd)
#else
#define COMPAT_HOOKS_URING(HOOK)
#endif

/* 6.15 has a call that clones mounts and changes the clone in one. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define COMPAT_HOOKS_OPEN_TREE_ATTR(HOOK)                                      \
	HOOK_CALL(HOOK, open_tree_attr, mount_call)
#else
#define COMPAT_HOOKS_OPEN_TREE_ATTR(HOOK)
#endif

/*
 * Functions that need no hook where they do not exist: kernels without a hook
 * for the ioctl of 32-bit programs call the one for all others there.
 */
#define COMPAT_OPTIONAL_HOOK "security_file_ioctl_compat"

#ifndef __ASSEMBLY__

#include <crypto/sha2.h>
#include <linux/cgroup.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/io_uring.h>
#include <linux/kernfs.h>
#include <linux/shmem_fs.h>
#include <net/genetlink.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>

/* 6.8 moved the commands to a header of their own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#include <linux/io_uring/cmd.h>
#endif

#ifndef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
#error "cordon needs a kernel with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS"
#endif
#ifndef CONFIG_KPROBES
#error "cordon needs a kernel with CONFIG_KPROBES to find functions by name"
#endif
#ifndef CONFIG_CGROUPS
#error "cordon needs a kernel with CONFIG_CGROUPS"
#endif
#if !defined(CONFIG_SECURITY_NETWORK) || !defined(CONFIG_SECURITY_PATH)
#error "cordon needs CONFIG_SECURITY_NETWORK and CONFIG_SECURITY_PATH"
#endif
#if !IS_ENABLED(CONFIG_CRYPTO_LIB_SHA256)
#error "cordon needs a kernel with CONFIG_CRYPTO_LIB_SHA256"
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "cordon needs Linux 6.1 or later"
#endif

/* Not all kernels have it, see COMPAT_OPTIONAL_HOOK, and a header for it. */
int security_file_ioctl_compat(struct file *file, unsigned int cmd,
			       unsigned long arg);

/* 6.4 renamed the functions for direct calls and had them free filters. */
static inline int compat_register_direct(struct ftrace_ops *ops,
					 unsigned long trampoline)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return register_ftrace_direct(ops, trampoline);
#else
	return register_ftrace_direct_multi(ops, trampoline);
#endif
}

static inline int compat_unregister_direct(struct ftrace_ops *ops,
					   unsigned long trampoline)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	return unregister_ftrace_direct(ops, trampoline, false);
#else
	return unregister_ftrace_direct_multi(ops, trampoline);
#endif
}

/* 6.17 gave each hash of the SHA-2 family a type of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define COMPAT_SHA256 struct sha256_ctx
#else
#define COMPAT_SHA256 struct sha256_state
#endif

/* 6.15 hides the parent behind RCU. */
static inline struct kernfs_node *compat_kernfs_parent(struct kernfs_node *node)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	return rcu_dereference(node->__parent);
#else
	return node->parent;
#endif
}

static inline const char *compat_kernfs_name(struct kernfs_node *node)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	return rcu_dereference(node->name);
#else
	return node->name;
#endif
}

/* The program that a task's memory was made for, to be given to fput(). */
static inline struct file *compat_exe_file(struct mm_struct *mm)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return get_file_rcu(&mm->exe_file);
#else
	struct file *file = rcu_dereference(mm->exe_file);

	return file && get_file_rcu(file) ? file : NULL;
#endif
}

/*
 * The path that the task opened: where a filesystem lies on top of another, the
 * memory of a file can be mapped from the file below.
 */
static inline const struct path *compat_user_path(const struct file *file)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return file_user_path((struct file *)file);
#else
	return &file->f_path;
#endif
}

/* A file of shared memory, without flags, which are a structure in 7.x. */
static inline struct file *compat_shmem_file(const char *name)
{
#ifdef EMPTY_VMA_FLAGS
	return shmem_file_setup(name, 0, EMPTY_VMA_FLAGS);
#else
	return shmem_file_setup(name, 0, 0);
#endif
}

/* 6.2 split the description of operations that pre_doit gets. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_PRE_DOIT_OPS const struct genl_split_ops
#else
#define COMPAT_PRE_DOIT_OPS const struct genl_ops
#endif

/* Joining a group can need capabilities; late 6.1 has it under these names. */
#if defined(GENL_MCAST_CAP_NET_ADMIN) && defined(GENL_MCAST_CAP_SYS_ADMIN)
#define COMPAT_MCAST_PRIVILEGED                                                \
	(GENL_MCAST_CAP_NET_ADMIN | GENL_MCAST_CAP_SYS_ADMIN)
#else
#error "cordon needs a kernel that can guard netlink multicast groups"
#endif

/* Whether a listener is to be left out. */
typedef int (*compat_barred)(struct sock *listener, struct sk_buff *skb,
			     void *unused);

/*
 * Sends to all listeners that @barred does not keep out; kernels before 6.5
 * cannot tell listeners apart at that point, so there whoever was let into the
 * group gets everything.
 */
static inline void compat_multicast(const struct genl_family *family,
				    struct sk_buff *skb, compat_barred barred)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	netlink_broadcast_filtered(init_net.genl_sock, skb, 0,
				   family->mcgrp_offset, GFP_KERNEL, barred,
				   NULL);
#else
	genlmsg_multicast(family, skb, 0, 0, GFP_KERNEL);
#endif
}

static inline struct nlattr **compat_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

static inline u8 compat_dump_cmd(const struct netlink_callback *cb)
{
	return ((const struct genlmsghdr *)nlmsg_data(cb->nlh))->cmd;
}

/*
 * Sockets of TCP by their addresses.  6.18 found the table of sockets by itself.
 * What @own_port is bound to is looked for, as a packet from the peer would.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define COMPAT_TCP_TABLE(net)
#else
#define COMPAT_TCP_TABLE(net) (net)->ipv4.tcp_death_row.hashinfo,
#endif

static inline struct sock *compat_tcp4_listener(struct net *net, __be32 own,
						u16 own_port, int dif)
{
	return __inet_lookup_listener(net, COMPAT_TCP_TABLE(net) NULL, 0, own,
				      0, own, own_port, dif, 0);
}

static inline struct sock *compat_tcp4_established(struct net *net, __be32 peer,
						   u16 peer_port, __be32 own,
						   u16 own_port, int dif)
{
	return __inet_lookup_established(net, COMPAT_TCP_TABLE(net) peer,
					 htons(peer_port), own, own_port, dif,
					 0);
}

#if IS_ENABLED(CONFIG_IPV6)
static inline struct sock *compat_tcp6_listener(struct net *net,
						const struct in6_addr *own,
						u16 own_port, int dif)
{
	return inet6_lookup_listener(net, COMPAT_TCP_TABLE(net) NULL, 0, own, 0,
				     own, own_port, dif, 0);
}

static inline struct sock *compat_tcp6_established(struct net *net,
						   const struct in6_addr *peer,
						   u16 peer_port,
						   const struct in6_addr *own,
						   u16 own_port, int dif)
{
	return __inet6_lookup_established(net, COMPAT_TCP_TABLE(net) peer,
					  htons(peer_port), own, own_port, dif,
					  0);
}
#else
static inline struct sock *compat_tcp6_listener(struct net *net,
						const struct in6_addr *own,
						u16 own_port, int dif)
{
	return NULL;
}

static inline struct sock *compat_tcp6_established(struct net *net,
						   const struct in6_addr *peer,
						   u16 peer_port,
						   const struct in6_addr *own,
						   u16 own_port, int dif)
{
	return NULL;
}
#endif

#endif /* !__ASSEMBLY__ */

#endif /* CORDON_COMPAT_H */
