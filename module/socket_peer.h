/* SPDX-License-Identifier: GPL-2.0 */
/* Whose the socket at the other end is. */
#ifndef CORDON_SOCKET_PEER_H
#define CORDON_SOCKET_PEER_H

#include "decide.h"
#include "event.h"

struct packet;

struct sock *socket_peer_client(const struct sock *sk,
				const struct packet *packet);
bool socket_peer_lifts_connect(struct event_cause *cause,
			       const struct endpoint *endpoint,
			       const struct sock *sk, const u8 *bytes, u8 len,
			       int *ret);
bool socket_peer_lifts_accept(struct event_cause *cause,
			      const struct endpoint *endpoint,
			      const struct sock *sk,
			      const struct packet *packet);
bool socket_peer_lifts_unix(struct event_cause *cause, const struct kind *kind,
			    const struct pathname *path,
			    const struct sock *other);

#endif /* CORDON_SOCKET_PEER_H */
