// SPDX-License-Identifier: GPL-2.0
/* Request and rules in, verdict out. */
#include "decide.h"

/**
 * decide_file_rule - the rule behind a decision on a path
 * @set: the compiled rules
 * @path: the path
 * @op: one operation
 * @denied: whether it was denied, or allowed and to be reported
 *
 * Context: any; does not sleep.
 * Return: index of the first such rule, RULESET_NONE for the default.
 */
u32 decide_file_rule(const struct ruleset *set, const struct pathname *path,
		     u16 op, bool denied)
{
	union access wanted = {};

	if (denied)
		wanted.deny = op;
	else
		wanted.loud = op;
	return pathtree_rule(&set->files, path, wanted.word);
}

/* The bit of an operation with the protocol of an endpoint. */
static u64 socket_bit(const struct endpoint *endpoint, u16 op)
{
	u32 shift = __builtin_ctz(op) << RULESET_PROTO_SHIFT;

	return (u64)endpoint->proto << shift;
}

/**
 * decide_socket - decide on an operation on a socket
 * @set: the compiled rules; its socket class is mediated
 * @endpoint: the address that it is about
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: the decision.
 */
struct decision decide_socket(const struct ruleset *set,
			      const struct endpoint *endpoint, u16 op)
{
	struct addr_verdict verdict = {};
	u64 bit = socket_bit(endpoint, op);
	struct decision decision = {};

	addrset_lookup(&set->nets[endpoint->version], &endpoint->ip,
		       endpoint->port, &verdict);
	if ((verdict.deny & bit) || (!(verdict.allow & bit) &&
				     set->socket_default == CORDON_ACTION_DENY))
		decision.denied = op;
	else if (verdict.loud & bit)
		decision.loud = op;
	return decision;
}

/**
 * decide_socket_rule - the rule behind a decision on a socket
 * @set: the compiled rules
 * @endpoint: the address
 * @op: one socket operation flag
 * @denied: whether it was denied, or allowed and to be reported
 *
 * Context: any; does not sleep.
 * Return: index of the first such rule, RULESET_NONE for the default.
 */
u32 decide_socket_rule(const struct ruleset *set,
		       const struct endpoint *endpoint, u16 op, bool denied)
{
	struct addr_verdict wanted = {};

	if (denied)
		wanted.deny = socket_bit(endpoint, op);
	else
		wanted.loud = socket_bit(endpoint, op);
	return addrset_rule(&set->nets[endpoint->version], &endpoint->ip,
			    endpoint->port, &wanted);
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
struct endpoint endpoint_make(const u8 *bytes, u32 len, u16 port, u8 proto)
{
	struct endpoint endpoint = { .port = port, .proto = proto };
	struct ip ip = ip_from_bytes(bytes, len);

	if (len == 16 && !ip.high && ip.low >> 32 == 0xffff) {
		ip.high = ip.low << 32;
		ip.low = 0;
		endpoint.version = IP_V4;
	} else {
		endpoint.version = len == 4 ? IP_V4 : IP_V6;
	}
	endpoint.ip = ip;
	return endpoint;
}
