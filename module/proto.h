/* SPDX-License-Identifier: GPL-2.0 */
/* Which transport protocol a socket of IP has, for rules. */
#ifndef CORDON_PROTO_H
#define CORDON_PROTO_H

#include <linux/cordon.h>

#include "pure.h"

u8 socket_proto(u16 type, u32 protocol);
u8 socket_kind_proto(u16 family, u16 type, u32 protocol);
u32 socket_resolve_protocol(u32 family, u32 type, u32 protocol);

/**
 * proto_has_ports - whether addresses of a protocol have ports
 * @proto: one protocol flag
 *
 * Return: true when they do.
 */
static inline bool proto_has_ports(u8 proto)
{
	return !(proto & (CORDON_PROTO_RAW | CORDON_PROTO_ICMP));
}

#endif /* CORDON_PROTO_H */
