/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of one tenant: collected, then compiled, then only read.
 *
 * A ruleset is filled by ruleset_add() and the functions that append to the
 * rule added last, and becomes usable for decisions by ruleset_compile().
 */
#ifndef CORDON_RULESET_H
#define CORDON_RULESET_H

#include <linux/cordon.h>

#include "addrset.h"
#include "kindset.h"
#include "pathtree.h"
#include "pure.h"
#include "rulefit.h"

/* Operations that this version enforces; a rule about another is refused. */
#define RULESET_FILE_OPS                                                       \
	(CORDON_FILE_OP_READ | CORDON_FILE_OP_WRITE | CORDON_FILE_OP_EXEC |    \
	 CORDON_FILE_OP_MAP | CORDON_FILE_OP_CREATE | CORDON_FILE_OP_DELETE |  \
	 CORDON_FILE_OP_SETATTR | CORDON_FILE_OP_IOCTL)
#define RULESET_SOCKET_OPS                                                     \
	(CORDON_SOCKET_OP_CREATE | CORDON_SOCKET_OP_BIND |                     \
	 CORDON_SOCKET_OP_LISTEN | CORDON_SOCKET_OP_CONNECT |                  \
	 CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE)

/* Operations and protocols share a 64-bit word: eight protocols each. */
#define RULESET_PROTO_SHIFT 3

/* Of these it can be told without doubt whose socket is at the other end. */
#define RULESET_PEER_PROTOS (CORDON_PROTO_TCP | CORDON_PROTO_MPTCP)

#define RULESET_RULES_MAX 131072u
/* Plain patterns, and prefixes times port ranges, after expansion. */
#define RULESET_EXPANDED_MAX 262144u
static_assert(RULESET_EXPANDED_MAX <= 1u << ADDRSET_LEVELS_MAX,
	      "a search has levels enough for all that rules expand to");

#define RULESET_NONE U32_MAX

/**
 * enum ip_version - the two sets of addresses
 * @IP_V4: IPv4, and IPv4-mapped IPv6
 * @IP_V6: any other IPv6
 * @IP_VERSIONS: (internal) how many there are
 */
enum ip_version {
	IP_V4,
	IP_V6,
	IP_VERSIONS,
};

/**
 * struct rule_part - elements of one list that belong to a rule
 * @first: index of the first
 * @count: how many
 */
struct rule_part {
	u32 first;
	u32 count;
};

/**
 * struct rule - a rule as it was given
 * @families: set of families, 0 for those that the rest is about (socket)
 * @origin: offset of its origin in the text of the ruleset
 * @paths: patterns of paths
 * @abstracts: patterns of abstract names (socket)
 * @prefixes: prefixes; none means any address (socket)
 * @ports: port ranges; none means any port (socket)
 * @protocols: protocol numbers; none means any (socket)
 * @cids: ranges of context ids; none means any (socket)
 * @ops: operations, as file or socket operation flags
 * @types: set of types, 0 for all (socket)
 * @class: enum cordon_class
 * @action: enum cordon_action
 * @log: enum cordon_log
 * @protos: protocol flags, 0 for all (socket)
 * @peer: enum cordon_peer, 0 for anybody (socket)
 */
struct rule {
	u64 families;
	u32 origin;
	struct rule_part paths;
	struct rule_part abstracts;
	struct rule_part prefixes;
	struct rule_part ports;
	struct rule_part protocols;
	struct rule_part cids;
	u16 ops;
	u16 types;
	u8 class;
	u8 action;
	u8 log;
	u8 protos;
	u8 peer;
};

/**
 * struct prefix - a prefix as it was given
 * @bytes: the address in network order
 * @len: 4 or 16
 * @prefix_len: length of the prefix in bits
 */
struct prefix {
	u8 bytes[16];
	u8 len;
	u8 prefix_len;
};

/**
 * struct list - a growing array
 * @at: the elements
 * @count: how many are used
 * @room: how many there is memory for
 */
struct list {
	void *at;
	u32 count;
	u32 room;
};

/**
 * enum whose - the two sets of tables about sockets
 * @WHOSE_ANY: rules for whoever is at the other end
 * @WHOSE_SELF: rules for when that is the same tenant; they only allow
 * @WHOSE_SETS: (internal) how many there are
 */
enum whose {
	WHOSE_ANY,
	WHOSE_SELF,
	WHOSE_SETS,
};

/**
 * struct socket_tables - what rules say about sockets
 * @paths: of unix sockets
 * @nets: about addresses, by enum ip_version
 * @kinds: about all else
 */
struct socket_tables {
	struct pathtree paths;
	struct addrset nets[IP_VERSIONS];
	struct kindset kinds;
};

/**
 * struct ruleset - the rules of one tenant
 * @file_default: enum cordon_action, 0 when the file class is not mediated
 * @socket_default: enum cordon_action, 0 when the socket class is not mediated
 * @file_default_ops: file operations that are allowed where no rule matches
 * @file_needs: file operations that can be denied or are to be reported
 * @socket_needs: socket operations that can be denied or are to be reported
 * @unix_needs: those of unix sockets
 * @self_ops: socket operations that are allowed by whose the other end is
 * @files: what rules say about paths of files
 * @sockets: what rules say about sockets, by enum whose
 * @rules: of struct rule
 * @paths: of u32, offsets of patterns in @text
 * @abstracts: of u32, the same
 * @prefixes: of struct prefix
 * @ports: of struct number_range
 * @protocols: of u32
 * @cids: of struct number_range
 * @text: of char, strings with their NUL
 * @bytes: memory that all of it takes
 */
struct ruleset {
	u8 file_default;
	u8 socket_default;
	u16 file_default_ops;
	u16 file_needs;
	u16 socket_needs;
	u16 unix_needs;
	u16 self_ops;
	struct pathtree files;
	struct socket_tables sockets[WHOSE_SETS];
	struct list rules;
	struct list paths;
	struct list abstracts;
	struct list prefixes;
	struct list ports;
	struct list protocols;
	struct list cids;
	struct list text;
	size_t bytes;
};

/**
 * struct ruleset_error - why a ruleset was refused
 * @why: a static phrase in lower case, without a full stop
 * @rule: index of the rule that is to blame, or RULESET_NONE
 * @at: offset in bytes in the pattern that is to blame
 */
struct ruleset_error {
	const char *why;
	u32 rule;
	size_t at;
};

int ruleset_add(struct ruleset *set, const struct rule *rule,
		const char *origin, struct ruleset_error *error);
int ruleset_add_path(struct ruleset *set, const char *pattern,
		     struct ruleset_error *error);
int ruleset_add_prefix(struct ruleset *set, const u8 *bytes, u32 len,
		       u32 prefix_len, struct ruleset_error *error);
int ruleset_add_ports(struct ruleset *set, u32 first, u32 last,
		      struct ruleset_error *error);
int ruleset_add_abstract(struct ruleset *set, const char *pattern,
			 struct ruleset_error *error);
int ruleset_add_protocol(struct ruleset *set, u32 protocol,
			 struct ruleset_error *error);
int ruleset_add_cids(struct ruleset *set, u32 first, u32 last,
		     struct ruleset_error *error);
int ruleset_compile_kinds(struct ruleset *set, enum whose whose,
			  struct ruleset_error *error);
struct rule_shape ruleset_shape(const struct rule *rule);
int ruleset_compile(struct ruleset *set, struct ruleset_error *error);
void ruleset_destroy(struct ruleset *set);

/**
 * ruleset_protos - the protocols that a rule is about
 * @rule: the rule
 *
 * MPTCP is TCP on the wire and falls back to it, so what must not be done by
 * TCP must not be done by MPTCP either.  What may, need not.
 *
 * Return: protocol flags.
 */
static inline u8 ruleset_protos(const struct rule *rule)
{
	if (!rule->protos)
		return rule->peer ? RULESET_PEER_PROTOS : 0xff;
	if (rule->action == CORDON_ACTION_DENY &&
	    (rule->protos & CORDON_PROTO_TCP))
		return rule->protos | CORDON_PROTO_MPTCP;
	return rule->protos;
}

/**
 * ruleset_has_socket_paths - whether rules say anything about where unix
 * sockets are bound
 * @set: the compiled rules
 *
 * Return: true when they do.
 */
static inline bool ruleset_has_socket_paths(const struct ruleset *set)
{
	return set->sockets[WHOSE_ANY].paths.node_count ||
	       set->sockets[WHOSE_SELF].paths.node_count;
}

static inline enum whose rule_whose(const struct rule *rule)
{
	return rule->peer ? WHOSE_SELF : WHOSE_ANY;
}

static inline const struct rule *ruleset_rule(const struct ruleset *set,
					      u32 index)
{
	return (const struct rule *)set->rules.at + index;
}

static inline const char *ruleset_text(const struct ruleset *set, u32 offset)
{
	return (const char *)set->text.at + offset;
}

static inline const char *ruleset_path(const struct ruleset *set, u32 index)
{
	return ruleset_text(set, ((const u32 *)set->paths.at)[index]);
}

static inline const struct prefix *ruleset_prefix(const struct ruleset *set,
						  u32 index)
{
	return (const struct prefix *)set->prefixes.at + index;
}

static inline const char *ruleset_abstract(const struct ruleset *set, u32 index)
{
	return ruleset_text(set, ((const u32 *)set->abstracts.at)[index]);
}

static inline const struct number_range *ruleset_ports(
	const struct ruleset *set, u32 index)
{
	return (const struct number_range *)set->ports.at + index;
}

static inline const struct number_range *ruleset_cids(const struct ruleset *set,
						      u32 index)
{
	return (const struct number_range *)set->cids.at + index;
}

static inline u32 ruleset_protocol(const struct ruleset *set, u32 index)
{
	return ((const u32 *)set->protocols.at)[index];
}

#endif /* CORDON_RULESET_H */
