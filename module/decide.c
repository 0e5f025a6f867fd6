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
		wanted.deny = endpoint_bit(endpoint, op);
	else
		wanted.loud = endpoint_bit(endpoint, op);
	return addrset_rule(&set->nets[endpoint->version], &endpoint->ip,
			    endpoint->port, &wanted);
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
	union access access = kindset_lookup(&set->kinds, kind);
	struct decision decision;
	u16 denied;

	if (path)
		access.word |= pathtree_lookup(&set->sockets, path);
	denied = access.deny;
	if (set->socket_default == CORDON_ACTION_DENY)
		denied |= ~access.allow;
	decision.denied = op & denied;
	decision.loud = op & access.loud & ~denied;
	return decision;
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
	u32 rule;

	if (denied)
		wanted.deny = op;
	else
		wanted.loud = op;
	rule = kindset_rule(&set->kinds, kind, wanted);
	if (path)
		rule = min(rule,
			   pathtree_rule(&set->sockets, path, wanted.word));
	return rule;
}

/* Whether a rule allows something of unix sockets wherever they are. */
static bool allows_any_unix(const struct ruleset *set)
{
	u32 i;

	for (i = 0; i < set->kinds.count; i++) {
		const struct kind_entry *entry = &set->kinds.entries[i];

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
	bool allow = set->socket_default == CORDON_ACTION_ALLOW;

	if (!pathtree_narrows(&set->sockets, from, to, directory, allow))
		return false;
	return allow || !allows_any_unix(set) ||
	       pathtree_narrows(&set->sockets, from, to, directory, true);
}
