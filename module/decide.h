/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one evaluator: what the rules of a tenant say about a request.
 * Deny overrides allow, and where no rule matches the default of the class
 * decides; the order of rules never matters.
 */
#ifndef CORDON_DECIDE_H
#define CORDON_DECIDE_H

#include "ruleset.h"

/**
 * struct decision - what became of a request
 * @denied: operations of the request that are denied
 * @loud: operations that are allowed by a rule that wants it reported
 */
struct decision {
	u16 denied;
	u16 loud;
};

/**
 * struct endpoint - the address that a socket request is about
 * @version: which set of addresses it belongs to
 * @ip: the address
 * @port: the port in host order, 0 where there are none
 * @proto: the protocol as one protocol flag
 */
struct endpoint {
	enum ip_version version;
	struct ip ip;
	u16 port;
	u8 proto;
};

/**
 * decide_file - decide on operations on a path
 * @set: the compiled rules; its file class is mediated
 * @path: the path
 * @ops: the operations, as file operation flags
 *
 * Context: any; does not sleep.
 * Return: the decision.
 */
static __always_inline struct decision decide_file(const struct ruleset *set,
						   const struct pathname *path,
						   u16 ops)
{
	union access access = { .word = pathtree_lookup(&set->files, path) };
	struct decision decision;
	u16 denied = access.deny;

	if (set->file_default == CORDON_ACTION_DENY)
		denied |= ~access.allow;
	decision.denied = ops & denied;
	decision.loud = ops & access.loud & ~denied;
	return decision;
}

/**
 * decide_file_plain - whether operations on a path are allowed without a word
 * @set: the compiled rules; its file class is mediated
 * @path: the path
 * @ops: the operations, as file operation flags
 *
 * The same as to ask whether decide_file() says nothing, in half the time.
 *
 * Context: any; does not sleep.
 * Return: true when none is denied or to be reported.
 */
static __always_inline bool decide_file_plain(const struct ruleset *set,
					      const struct pathname *path,
					      u16 ops)
{
	const union access access = {
		.word = pathtree_lookup(&set->files, path),
	};
	const u32 denied = ~((u32)access.word | set->file_default_ops);

	return !(ops & (denied | access.deny | access.loud));
}

/**
 * decide_move - whether an object may get another path
 * @set: the compiled rules; its file class is mediated
 * @from: its path
 * @to: the path that it would get
 * @directory: whether it is a directory, which brings along what is in it
 *
 * It may when the tenant can then do nothing with it that it could not do
 * before; otherwise a rename or a hard link would be a way around the rules.
 *
 * Context: any; does not sleep.
 * Return: true when it may.
 */
static inline bool decide_move(const struct ruleset *set,
			       const struct pathname *from,
			       const struct pathname *to, bool directory)
{
	return pathtree_narrows(&set->files, from, to, directory,
				set->file_default == CORDON_ACTION_ALLOW);
}

/* The bit of an operation with the protocol of an endpoint. */
static __always_inline u64 endpoint_bit(const struct endpoint *endpoint, u16 op)
{
	u32 shift = __builtin_ctz(op) << RULESET_PROTO_SHIFT;

	return (u64)endpoint->proto << shift;
}

/**
 * decide_socket - decide on an operation on an internet socket
 * @set: the compiled rules; its socket class is mediated
 * @endpoint: the address that it is about
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: the decision.
 */
static __always_inline struct decision decide_socket(
	const struct ruleset *set, const struct endpoint *endpoint, u16 op)
{
	struct addr_verdict verdict = {};
	u64 bit = endpoint_bit(endpoint, op);
	struct decision decision = {};

	addrset_lookup(&set->sockets[WHOSE_ANY].nets[endpoint->version],
		       &endpoint->ip, endpoint->port, &verdict);
	if ((verdict.deny & bit) || (!(verdict.allow & bit) &&
				     set->socket_default == CORDON_ACTION_DENY))
		decision.denied = op;
	else if (verdict.loud & bit)
		decision.loud = op;
	return decision;
}

/**
 * endpoint_make - an address as rules see it
 * @bytes: the address in network order
 * @len: its length in bytes, 4 or 16
 * @port: the port in host order
 * @proto: one protocol flag
 *
 * An IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) reaches an IPv4 host and is
 * therefore taken as IPv4; a rule about 10.0.0.0/8 holds for ::ffff:10.0.0.1.
 *
 * Return: the endpoint.
 */
static __always_inline struct endpoint endpoint_make(const u8 *bytes, u32 len,
						     u16 port, u8 proto)
{
	struct endpoint endpoint = { .port = port, .proto = proto };

	if (len == 4) {
		endpoint.version = IP_V4;
		endpoint.ip.high = (u64)get_unaligned_be32(bytes) << 32;
		return endpoint;
	}
	endpoint.version = IP_V6;
	endpoint.ip.high = get_unaligned_be64(bytes);
	endpoint.ip.low = get_unaligned_be64(bytes + 8);
	if (unlikely(!endpoint.ip.high && endpoint.ip.low >> 32 == 0xffff)) {
		endpoint.version = IP_V4;
		endpoint.ip.high = endpoint.ip.low << 32;
		endpoint.ip.low = 0;
	}
	return endpoint;
}

bool decide_socket_move(const struct ruleset *set, const struct pathname *from,
			const struct pathname *to, bool directory);
u32 decide_file_rule(const struct ruleset *set, const struct pathname *path,
		     u16 op, bool denied);
u32 decide_socket_rule(const struct ruleset *set,
		       const struct endpoint *endpoint, u16 op, bool denied);
u32 decide_file_allower(const struct ruleset *set, const struct pathname *path,
			u16 op);
u32 decide_socket_allower(const struct ruleset *set,
			  const struct endpoint *endpoint, u16 op);
u32 decide_kind_allower(const struct ruleset *set, const struct kind *kind,
			const struct pathname *path, u16 op);
u32 decide_any_ipv6(const struct ruleset *set, u16 port, u8 proto, u16 op);
u32 decide_self(const struct ruleset *set, const struct endpoint *endpoint,
		u16 op);
u32 decide_self_kind(const struct ruleset *set, const struct kind *kind,
		     const struct pathname *path, u16 op);
struct decision decide_kind(const struct ruleset *set, const struct kind *kind,
			    const struct pathname *path, u16 op);
u32 decide_kind_rule(const struct ruleset *set, const struct kind *kind,
		     const struct pathname *path, u16 op, bool denied);

#endif /* CORDON_DECIDE_H */
