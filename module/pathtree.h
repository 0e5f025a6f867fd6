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
 * @above: the same of this node and of all above it, for walks that came by
 * plain names only
 * @literals: hash table of its edges with plain names, with linear probing; at
 * least one slot is free
 * @literals_end: behind its slots; there its edges with globs begin
 * @shift: a hash shifted right by that is a slot
 * @deep: node of a double star that more components follow, or NULL
 * @refs: first of its rules
 * @glob_count: number of edges with globs
 * @ref_count: number of rules
 * @wide: it has globs or a double star, so more than one node may follow
 * @again: the node stays active whatever name comes, being a double star
 */
struct tree_node {
	u64 exact;
	u64 subtree;
	u64 above;
	const struct tree_edge *literals;
	const struct tree_edge *literals_end;
	const struct tree_node *deep;
	u32 refs;
	u32 ref_count;
	u32 glob_count;
	u8 shift;
	bool wide;
	bool again;
};

/**
 * struct tree_edge - how a name leads from one node to another
 * @word: pathtree_word() of a plain name; 0 in a free hash slot
 * @target: the node; NULL in a free hash slot
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

/* 2^64 divided by the golden ratio, and odd (Knuth, TAOCP, 6.4). */
#define PATHTREE_GOLDEN 0x9e3779b97f4a7c15ULL

/* Shorter names are told apart by one word. */
#define PATHTREE_LONG 8

extern const u64 pathtree_masks[PATHTREE_LONG];

const struct tree_node *pathtree_long_child(const struct pathtree *tree,
					    const struct tree_node *node,
					    const struct component *name);
u64 pathtree_lookup_wide(const struct pathtree *tree,
			 const struct tree_node *node,
			 const struct pathname *path,
			 const struct component *name);

/**
 * pathtree_short_word - a short name as a number
 * @name: the name
 *
 * What lies behind it counts as zero.  As no name has a zero byte, names with
 * the same number are the same.
 *
 * Return: the number, not 0.
 */
static __always_inline u64 pathtree_short_word(const struct component *name)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the masks drop what is behind the name on little-endian only"
#endif
	return get_unaligned((const u64 *)name->text) &
	       pathtree_masks[name->len];
}

/* The hash slot of a node at which to begin the search for a word. */
static inline const struct tree_edge *pathtree_slot(
	const struct tree_node *node, u64 word)
{
	return node->literals + ((word * PATHTREE_GOLDEN) >> node->shift);
}

/* The slot behind one that was not it. */
static inline const struct tree_edge *pathtree_next_slot(
	const struct tree_node *node, const struct tree_edge *slot)
{
	return slot + 1 == node->literals_end ? node->literals : slot + 1;
}

/* The node behind the plain edge of @node for @name, or NULL. */
static __always_inline const struct tree_node *pathtree_child(
	const struct pathtree *tree, const struct tree_node *node,
	const struct component *name)
{
	const struct tree_edge *slot;
	u64 word;

	if (unlikely(name->len >= PATHTREE_LONG))
		return pathtree_long_child(tree, node, name);
	word = pathtree_short_word(name);
	slot = pathtree_slot(node, word);
	while (unlikely(slot->word != word)) {
		if (!slot->len)
			return NULL;
		slot = pathtree_next_slot(node, slot);
	}
	return slot->target;
}

/**
 * pathtree_lookup - what the patterns of a tree say about a path
 * @tree: the tree
 * @path: the path
 *
 * Inline, as most lookups are of a task that waits for its file.
 *
 * Context: any; does not sleep.
 * Return: the word of a union access, 0 where no pattern matches.
 */
static __always_inline u64 pathtree_lookup(const struct pathtree *tree,
					   const struct pathname *path)
{
	const struct component *name = path->at + path->count;
	const struct tree_node *node, *child;

	if (unlikely(!tree->node_count))
		return 0;
	node = tree->nodes + path->memfd;
	while (likely(!node->wide)) {
		if (name == path->at)
			return node->above | node->exact;
		child = pathtree_child(tree, node, --name);
		if (!child)
			return node->above;
		node = child;
	}
	return node->above | pathtree_lookup_wide(tree, node, path, name);
}

int pathtree_build(struct pathtree *tree, struct tree_pattern *patterns,
		   u32 count, u32 *culprit);
void pathtree_destroy(struct pathtree *tree);
u64 pathtree_word(const struct component *name);
u32 pathtree_rule(const struct pathtree *tree, const struct pathname *path,
		  u64 access);
bool pathtree_narrows(const struct pathtree *tree, const struct pathname *from,
		      const struct pathname *to, bool with_subtree,
		      bool default_allow);

#endif /* CORDON_PATHTREE_H */
