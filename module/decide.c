// SPDX-License-Identifier: GPL-2.0
/* Request and rules in, verdict out. */
#include "decide.h"

#include "proto.h"

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

/**
 * decide_file_allower - the rule that allows an operation on a path
 * @set: the compiled rules
 * @path: the path
 * @op: one operation that is allowed
 *
 * Context: any; does not sleep.
 * Return: index of the first such rule, RULESET_NONE for the default.
 */
u32 decide_file_allower(const struct ruleset *set, const struct pathname *path,
			u16 op)
{
	const union access wanted = { .allow = op };

	return pathtree_rule(&set->files, path, wanted.word);
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
	const struct socket_tables *tables = &set->sockets[WHOSE_ANY];
	struct addr_verdict wanted = {};

	if (denied)
		wanted.deny = endpoint_bit(endpoint, op);
	else
		wanted.loud = endpoint_bit(endpoint, op);
	return addrset_rule(&tables->nets[endpoint->version], &endpoint->ip,
			    endpoint->port, &wanted);
}

/**
 * decide_socket_allower - the rule that allows an operation with an address
 * @set: the compiled rules
 * @endpoint: the address
 * @op: one socket operation flag that is allowed
 *
 * Context: any; does not sleep.
 * Return: index of the first such rule, RULESET_NONE for the default.
 */
u32 decide_socket_allower(const struct ruleset *set,
			  const struct endpoint *endpoint, u16 op)
{
	const struct socket_tables *tables = &set->sockets[WHOSE_ANY];
	const struct addr_verdict wanted = { .allow = endpoint_bit(endpoint,
								   op) };

	return addrset_rule(&tables->nets[endpoint->version], &endpoint->ip,
			    endpoint->port, &wanted);
}

/**
 * decide_any_ipv6 - the rule that denies being at :: for what that says of IPv4
 * @set: the compiled rules
 * @port: the port
 * @proto: one protocol flag
 * @op: bind or listen
 *
 * Raw sockets get what comes by their own version only.
 *
 * Context: any; does not sleep.
 * Return: index of the first such rule, RULESET_NONE when there is none.
 */
u32 decide_any_ipv6(const struct ruleset *set, u16 port, u8 proto, u16 op)
{
	static const u8 any[4];
	const struct endpoint endpoint = endpoint_make(any, 4, port, proto);

	if (!proto_has_ports(proto))
		return RULESET_NONE;
	return decide_socket_rule(set, &endpoint, op, true);
}

/**
 * decide_kind - decide on an operation on a socket by what it is
 * @set: the compiled rules; its socket class is mediated
 * @kind: what it is
 * @path: the path that it is bound to, or NULL
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: the decision.
 */
struct decision decide_kind(const struct ruleset *set, const struct kind *kind,
			    const struct pathname *path, u16 op)
{
	const struct socket_tables *tables = &set->sockets[WHOSE_ANY];
	union access access = kindset_lookup(&tables->kinds, kind);
	struct decision decision;
	u16 denied;

	if (path)
		access.word |= pathtree_lookup(&tables->paths, path);
	denied = access.deny;
	if (set->socket_default == CORDON_ACTION_DENY)
		denied |= ~access.allow;
	decision.denied = op & denied;
	decision.loud = op & access.loud & ~denied;
	return decision;
}

static u32 find_kind_rule(const struct socket_tables *tables,
			  const struct kind *kind, const struct pathname *path,
			  union access wanted)
{
	u32 rule = kindset_rule(&tables->kinds, kind, wanted);

	if (path)
		rule = min(rule,
			   pathtree_rule(&tables->paths, path, wanted.word));
	return rule;
}

/**
 * decide_kind_rule - the rule behind such a decision
 * @set: the compiled rules
 * @kind: what the socket is
 * @path: the path that it is bound to, or NULL
 * @op: one socket operation flag
 * @denied: whether it was denied, or allowed and to be reported
 *
 * Context: any; does not sleep.
 * Return: index of the first such rule, RULESET_NONE for the default.
 */
u32 decide_kind_rule(const struct ruleset *set, const struct kind *kind,
		     const struct pathname *path, u16 op, bool denied)
{
	union access wanted = {};

	if (denied)
		wanted.deny = op;
	else
		wanted.loud = op;
	return find_kind_rule(&set->sockets[WHOSE_ANY], kind, path, wanted);
}

/**
 * decide_kind_allower - the rule that allows an operation on a socket by what
 * it is
 * @set: the compiled rules
 * @kind: what the socket is
 * @path: the path that it is bound to, or NULL
 * @op: one socket operation flag that is allowed
 *
 * Context: any; does not sleep.
 * Return: index of the first such rule; RULESET_NONE for the default, or where
 * to create a socket is implied by what rules allow to do with it.
 */
u32 decide_kind_allower(const struct ruleset *set, const struct kind *kind,
			const struct pathname *path, u16 op)
{
	const union access wanted = { .allow = op };

	return find_kind_rule(&set->sockets[WHOSE_ANY], kind, path, wanted);
}

/**
 * decide_self - the rule that allows an operation with an address because the
 * other end is the same tenant's
 * @set: the compiled rules
 * @endpoint: the address
 * @op: one socket operation flag
 *
 * One that wants that to be reported goes before others.
 *
 * Context: any; does not sleep.
 * Return: its index, or RULESET_NONE when there is none.
 */
u32 decide_self(const struct ruleset *set, const struct endpoint *endpoint,
		u16 op)
{
	const struct addrset *nets =
		&set->sockets[WHOSE_SELF].nets[endpoint->version];
	const u64 bit = endpoint_bit(endpoint, op);
	const struct addr_verdict loud = { .loud = bit };
	const struct addr_verdict allow = { .allow = bit };
	u32 rule;

	rule = addrset_rule(nets, &endpoint->ip, endpoint->port, &loud);
	if (rule == RULESET_NONE)
		rule = addrset_rule(nets, &endpoint->ip, endpoint->port,
				    &allow);
	return rule;
}

/**
 * decide_self_kind - the same for what a socket is
 * @set: the compiled rules
 * @kind: what it is
 * @path: the path that it is bound to, or NULL
 * @op: one socket operation flag
 *
 * Context: any; does not sleep.
 * Return: index of the rule, or RULESET_NONE when there is none.
 */
u32 decide_self_kind(const struct ruleset *set, const struct kind *kind,
		     const struct pathname *path, u16 op)
{
	const struct socket_tables *tables = &set->sockets[WHOSE_SELF];
	const union access loud = { .loud = op };
	const union access allow = { .allow = op };
	u32 rule = find_kind_rule(tables, kind, path, loud);

	if (rule == RULESET_NONE)
		rule = find_kind_rule(tables, kind, path, allow);
	return rule;
}

/* Whether a rule allows something of unix sockets wherever they are. */
static bool allows_any_unix(const struct kindset *kinds)
{
	u32 i;

	for (i = 0; i < kinds->count; i++) {
		const struct kind_entry *entry = &kinds->entries[i];

		if ((entry->families & BIT_ULL(AF_UNIX)) && !entry->glob &&
		    (entry->says.allow & ~CORDON_SOCKET_OP_CREATE))
			return true;
	}
	return false;
}

/**
 * decide_socket_move - whether a unix socket may get another path
 * @set: the compiled rules; their socket class is mediated
 * @from: its path
 * @to: the path that it would get
 * @directory: whether it is a directory, which may have sockets in it
 *
 * Like decide_move().  Rules that allow something at all paths are taken for a
 * default that allows everything, in addition to the one that there is.
 *
 * Context: any; does not sleep.
 * Return: true when it may.
 */
bool decide_socket_move(const struct ruleset *set, const struct pathname *from,
			const struct pathname *to, bool directory)
{
	const struct socket_tables *any = &set->sockets[WHOSE_ANY];
	const struct socket_tables *self = &set->sockets[WHOSE_SELF];
	bool allow = set->socket_default == CORDON_ACTION_ALLOW;

	if (!pathtree_narrows(&any->paths, from, to, directory, allow) ||
	    !pathtree_narrows(&self->paths, from, to, directory, false))
		return false;
	/* Rules about peers deny nothing, so those of the others tell. */
	return allow ||
	       !(allows_any_unix(&any->kinds) ||
		 allows_any_unix(&self->kinds)) ||
	       pathtree_narrows(&any->paths, from, to, directory, true);
}
