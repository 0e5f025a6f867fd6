/* SPDX-License-Identifier: GPL-2.0 */
/* Decisions on internet addresses, for those who get at them otherwise. */
#ifndef CORDON_HOOK_SOCKET_H
#define CORDON_HOOK_SOCKET_H

#include <linux/types.h>

struct hlist_head;
struct msghdr;
struct sock;
struct sockaddr;

int socket_check_sockaddr(const struct hlist_head *bucket,
			  const struct sock *sk, struct sockaddr *address,
			  int len, u16 family, u16 op);
int socket_check_any_ipv6(const struct hlist_head *bucket,
			  const struct sock *sk, u16 port, u8 proto, u16 op);
int sctp_check_more(const struct hlist_head *bucket, struct sock *sk,
		    struct msghdr *msg, u16 port);

#endif /* CORDON_HOOK_SOCKET_H */
