/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions on the names of unix sockets. */
#ifndef CORDON_HOOK_UNIX_H
#define CORDON_HOOK_UNIX_H

#include <linux/types.h>

struct hlist_head;
struct path;
struct sock;
struct sockaddr;

int unix_check_bind(const struct hlist_head *bucket, const struct sock *sk,
		    const struct sockaddr *address, int len);
int unix_check_listen(const struct hlist_head *bucket, struct sock *sk);
int unix_check_node(const struct hlist_head *bucket, const struct path *path);

#endif /* CORDON_HOOK_UNIX_H */
