// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks on unix sockets.
 *
 * To whom a socket talks is told by where the other one is bound, and not by
 * the name that a task gave: that may be a symbolic link, or somebody else's by
 * the time it is looked up.
 */
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/un.h>
#include <net/af_unix.h>

#include "hook_unix.h"
#include "hooks.h"
#include "socket_check.h"

#define SUN_PATH offsetof(struct sockaddr_un, sun_path)

static struct kind unix_kind(u16 type)
{
	return (struct kind){ .family = AF_UNIX, .type = type };
}

/*
 * Decides by the name that @named is bound to.  A path goes with it as long as
 * it lives; it is set before the address, and both are there to stay until
 * @named is released.
 */
static int check_named(const struct hlist_head *bucket, const struct sock *sk,
		       struct sock *named, u16 op)
{
	const struct unix_sock *u = unix_sk(named);
	/* Pairs with the release when the name was given. */
	const struct unix_address *address = smp_load_acquire(&u->addr);
	struct kind kind = unix_kind(sk->sk_type);

	if (address && u->path.dentry)
		return socket_check_path(bucket, &kind, &u->path, named, op);
	if (address && address->len > (int)SUN_PATH &&
	    !address->name->sun_path[0]) {
		kind.abstract = address->name->sun_path + 1;
		kind.abstract_len = address->len - SUN_PATH - 1;
	}
	return socket_check_kind(bucket, &kind, named, op);
}

/**
 * unix_check_bind - decide on an abstract name for a socket of current
 * @bucket: what member_hint() said of current
 * @sk: the socket
 * @address: the address, which is a path, an abstract name, or nothing for the
 * kernel to choose an abstract name
 * @len: its length
 *
 * A path is judged when its file is made, see unix_check_node().
 *
 * Return: 0 to go on, -EACCES or -EINVAL.
 */
int unix_check_bind(const struct hlist_head *bucket, const struct sock *sk,
		    const struct sockaddr *address, int len)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)address;
	struct kind kind = unix_kind(sk->sk_type);

	if (len < (int)SUN_PATH || len > (int)sizeof(*un))
		return -EINVAL;
	if (len > (int)SUN_PATH && un->sun_path[0])
		return 0;
	kind.abstract = un->sun_path + 1;
	kind.abstract_len = len > (int)SUN_PATH ? len - SUN_PATH - 1 : 0;
	return socket_check_kind(bucket, &kind, NULL, CORDON_SOCKET_OP_BIND);
}

/**
 * unix_check_listen - decide on listening at the name of a socket
 * @bucket: what member_hint() said of current
 * @sk: the socket
 *
 * Return: 0 to go on, or -EACCES.
 */
int unix_check_listen(const struct hlist_head *bucket, struct sock *sk)
{
	return check_named(bucket, sk, sk, CORDON_SOCKET_OP_LISTEN);
}

/**
 * unix_check_node - decide on making the file that a socket is bound to
 * @bucket: what member_hint() said of current
 * @path: the file, which does not exist yet
 *
 * Which socket it is for cannot be told here, so there is no type.
 *
 * Return: 0 to go on, or -EACCES.
 */
int unix_check_node(const struct hlist_head *bucket, const struct path *path)
{
	const struct kind kind = unix_kind(0);

	return socket_check_path(bucket, &kind, path, NULL,
				 CORDON_SOCKET_OP_BIND);
}

/* Called with both sockets' state locked, which are spin locks. */
int hook_unix_stream_connect(struct sock *sk, struct sock *other,
			     struct sock *newsk)
{
	const struct hlist_head *bucket = member_hint(current);

	if (likely(!bucket))
		return 0;
	return check_named(bucket, sk, other, CORDON_SOCKET_OP_CONNECT);
}

/*
 * Called with the state of the other locked, for each message and for the
 * connect of datagram sockets.  A peer was judged when it became one, or is the
 * other half of a pair.
 */
int hook_unix_may_send(struct socket *sock, struct socket *other)
{
	const struct hlist_head *bucket = member_hint(current);

	if (likely(!bucket) || !sock->sk || !other->sk)
		return 0;
	if (READ_ONCE(unix_sk(sock->sk)->peer) == other->sk)
		return 0;
	return check_named(bucket, sock->sk, other->sk,
			   CORDON_SOCKET_OP_CONNECT);
}
