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

u32 decide_file_rule(const struct ruleset *set, const struct pathname *path,
		     u16 op, bool denied);
struct decision decide_socket(const struct ruleset *set,
			      const struct endpoint *endpoint, u16 op);
u32 decide_socket_rule(const struct ruleset *set,
		       const struct endpoint *endpoint, u16 op, bool denied);
struct endpoint endpoint_make(const u8 *bytes, u32 len, u16 port, u8 proto);

#endif /* CORDON_DECIDE_H */
