/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of path patterns as a tree of components.
 *
 * A tree is built once from patterns (pathtree_build.c), never changes after
 * that, and is walked from the root down by lookups (pathtree.c).
 */
#ifndef CORDON_PATHTREE_H
#define CORDON_PATHTREE_H

#include "pure.h"

/* How many states a lookup may be in at once; see pathtree_build.c. */
#define PATHTREE_WIDTH_MAX 64

/* How many literal children are compared one by one; more are hashed. */
#define PATHTREE_LINEAR_MAX 4

#define PATHTREE_NONE U32_MAX

/**
 * union access - what patterns say about a path, one bit an operation
 * @allow: operations that a rule allows
 * @deny: operations that a rule denies
 * @loud: operations whose permission is to be reported
 * @unused: zero
 * @word: all of them at once
 */
union access {
	struct {
		u16 allow;
		u16 deny;
		u16 loud;
		u16 unused;
	};
	u64 word;
};

/**
 * struct component - one name of a path
 * @text: its bytes, of which eight can be read whatever @len says
 * @len: its length in bytes
 */
struct component {
	const char *text;
	u32 len;
};

/**
 * struct pathname - a path as lookups take it
 * @count: number of components
 * @memfd: the one component is the name of an anonymous file
 * @at: the components, the last of the path first
 *
 * The order is the one in which climbing from a file to the root finds them.
 */
struct pathname {
	u32 count;
	bool memfd;
	const struct component *at;
};

/**
 * struct tree_node - a place in the tree
 * @exact: what patterns say that end here
 * @subtree: what patterns say that end in a double star below here
 * @literals: its first edge with a plain name
 * @literals_end: behind the last of them, or of the hash slots
 * @deep: node of a double star that more components follow, or NULL
 * @refs: first of its rules
 * @glob_count: number of edges with a glob; they follow the literals
 * @ref_count: number of rules
 * @wide: it has globs or a double star, so more than one node may follow
 * @hashed: literal edges are a hash table with linear probing
 * @again: the node stays active whatever name comes, being a double star
 */
struct tree_node {
	u64 exact;
	u64 subtree;
	const struct tree_edge *literals;
	const struct tree_edge *literals_end;
	const struct tree_node *deep;
	u32 refs;
	u32 ref_count;
	u32 glob_count;
	bool wide;
	bool hashed;
	bool again;
};

/**
 * struct tree_edge - how a name leads from one node to another
 * @word: pathtree_word() of a literal name
 * @target: the node
 * @text: offset of the name or glob in the tree's text
 * @len: its length in bytes; 0 in a free hash slot
 */
struct tree_edge {
	u64 word;
	const struct tree_node *target;
	u32 text;
	u32 len;
};

/**
 * struct tree_ref - a rule that has a pattern which ends at a node
 * @rule: index of the rule
 * @access: what it says
 * @subtree: the pattern covers what is below as well
 */
struct tree_ref {
	u64 access;
	u32 rule;
	bool subtree;
};

/**
 * struct pathtree - a frozen set of patterns
 * @nodes: the first is the root, the second the root of memfd names
 * @edges: of all nodes
 * @refs: of all nodes
 * @text: names and globs, padded so that eight bytes can be read anywhere
 * @node_count: number of @nodes; 0 in a tree without patterns
 * @bytes: memory that the tree takes
 */
struct pathtree {
	struct tree_node *nodes;
	struct tree_edge *edges;
	struct tree_ref *refs;
	char *text;
	u32 node_count;
	size_t bytes;
};

/**
 * struct tree_pattern - a pattern for the builder
 * @text: a plain pattern: pattern_check() accepted it, no braces are left
 * @access: what it says about the paths that it matches
 * @rule: index of the rule that it belongs to
 */
struct tree_pattern {
	const char *text;
	u64 access;
	u32 rule;
};

/**
 * access_allowed - what rules and the default together allow
 * @access: what the rules say
 * @default_allow: what is allowed where no rule says anything
 *
 * Return: operation flags.
 */
static inline u16 access_allowed(union access access, bool default_allow)
{
	return (default_allow ? (u16)~0 : access.allow) & ~access.deny;
}

/**
 * pathtree_word - the first eight bytes of a name as a number
 * @text: the name, of which eight bytes can be read
 * @len: its length in bytes, not 0
 *
 * A shorter name stands in the high bytes, with zero below.  As no name has a
 * zero byte, names of up to seven bytes with the same number are the same.
 *
 * Return: the number.
 */
static __always_inline u64 pathtree_word(const char *text, u32 len)
{
	u64 word = get_unaligned((const u64 *)text);

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the shift below drops what is behind the name on little-endian only"
#endif
	if (len < 8)
		word <<= 64 - 8 * len;
	return word;
}

int pathtree_build(struct pathtree *tree, struct tree_pattern *patterns,
		   u32 count, u32 *culprit);
void pathtree_destroy(struct pathtree *tree);
u64 pathtree_lookup(const struct pathtree *tree, const struct pathname *path);
u32 pathtree_rule(const struct pathtree *tree, const struct pathname *path,
		  u64 access);
bool pathtree_narrows(const struct pathtree *tree, const struct pathname *from,
		      const struct pathname *to, bool with_subtree,
		      bool default_allow);
u32 pathtree_hash(const char *text, u32 len, u64 word);

#endif /* CORDON_PATHTREE_H */
