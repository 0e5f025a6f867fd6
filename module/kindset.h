/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of rules about sockets by what they are: family, type and protocol,
 * and what else families have that is neither an IP address nor a path.
 *
 * Policies need few of these, so the table is bounded and gone through.
 */
#ifndef CORDON_KINDSET_H
#define CORDON_KINDSET_H

#include "pathtree.h"
#include "pure.h"

/* How many entries a table may have. */
#define KINDSET_MAX 1024u

#define KINDSET_NONE U32_MAX

/**
 * struct kind - what a socket is, and which name or number it is asked about
 * @family: its address family
 * @type: its type
 * @proto: transport protocol as one protocol flag (inet and inet6)
 * @protocol: number of its protocol
 * @cid: context id (vsock)
 * @port: port (vsock)
 * @abstract: abstract name (unix), or NULL when it is asked about none
 * @abstract_len: length of @abstract in bytes
 */
struct kind {
	u16 family;
	u16 type;
	u8 proto;
	u32 protocol;
	u32 cid;
	u32 port;
	const char *abstract;
	u32 abstract_len;
};

/**
 * struct number_range - numbers from one to another
 * @first: the first
 * @last: the last
 */
struct number_range {
	u32 first;
	u32 last;
};

#define NUMBER_ANY ((struct number_range){ 0, U32_MAX })

/**
 * struct kind_entry - what one rule says about some kinds
 * @families: set of families
 * @says: what it says of them
 * @glob: glob of abstract names; NULL for any name or none
 * @glob_len: its length in bytes
 * @rule: index of the rule
 * @protocol: protocols
 * @cid: context ids
 * @port: ports
 * @types: set of types
 * @protos: protocol flags
 */
struct kind_entry {
	u64 families;
	union access says;
	const char *glob;
	u32 glob_len;
	u32 rule;
	struct number_range protocol;
	struct number_range cid;
	struct number_range port;
	u16 types;
	u8 protos;
};

/**
 * struct kindset - a frozen table
 * @entries: the entries, of which there are @count
 * @text: globs
 * @count: number of entries
 * @bytes: memory that the table takes
 */
struct kindset {
	struct kind_entry *entries;
	char *text;
	u32 count;
	size_t bytes;
};

union access kindset_lookup(const struct kindset *set, const struct kind *kind);
u32 kindset_rule(const struct kindset *set, const struct kind *kind,
		 union access wanted);
void kindset_destroy(struct kindset *set);

#endif /* CORDON_KINDSET_H */
