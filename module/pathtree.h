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

/* Shorter names are told apart by one word. */
#define PATHTREE_LONG 8

/*
 * The word of a short name is its bytes, the last of which is zero.  That of a
 * long one is its length and the first of these bits; that of an edge for a
 * long one is made of its bytes and has both; that of a free slot has the other.
 * So none of the four kinds equals one of another kind.
 */
#define PATHTREE_WORD_LONG BIT_ULL(63)
#define PATHTREE_WORD_FREE BIT_ULL(62)
#define PATHTREE_WORD_EDGE (PATHTREE_WORD_LONG | PATHTREE_WORD_FREE)

/**
 * struct component - one name of a path
 * @text: the bytes of a long name; not set in a short one
 * @word: of a short name all there is; see above
 */
struct component {
	const char *text;
	u64 word;
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
 * @quick: slots in which the quick walk looks for the next name: all of them, or
 * in a node that is wide free ones that stand before them
 * @deep: node of a double star that more components follow, or NULL
 * @refs: first of its rules
 * @ref_count: number of rules
 * @text: offset of the name or glob that leads here in the tree's text
 * @len: its length in bytes
 * @shift: a hash shifted right by that is a slot of @quick
 * @bits: binary logarithm of the number of slots for its edges with plain names
 * @glob_count: number of edges with globs
 * @wide: it has globs or a double star, so more than one node may follow
 * @again: the node stays active whatever name comes, being a double star
 *
 * The slots are a hash table with linear probing, of which at least one is free.
 * Edges with globs come behind them.
 */
struct tree_node {
	u64 exact;
	u64 subtree;
	u64 above;
	const struct tree_edge *quick;
	const struct tree_node *deep;
	u32 refs;
	u32 ref_count;
	u32 text;
	u16 len;
	u8 shift;
	u8 bits;
	u8 glob_count;
	bool wide;
	bool again;
};

static_assert(sizeof(struct tree_node) == 64, "one cache line");
static_assert(PATHTREE_WIDTH_MAX <= 255, "so many globs can be counted");

/**
 * struct tree_edge - how a name leads from one node to another
 * @word: pathtree_edge_word() of a plain name; PATHTREE_WORD_FREE in a free
 * slot; 0 in an edge with a glob
 * @target: the node; NULL in a free slot
 */
struct tree_edge {
	u64 word;
	const struct tree_node *target;
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

/* Enough for a hash of one bit. */
#define PATHTREE_FREE_SLOTS 2

extern const u64 pathtree_masks[PATHTREE_LONG];

u64 pathtree_lookup_on(const struct pathtree *tree,
		       const struct tree_node *node,
		       const struct pathname *path, u32 left);

/**
 * component_set - a name as lookups take it
 * @name: becomes the name
 * @text: its bytes, of which eight can be read whatever its length
 * @len: its length in bytes
 *
 * Of a short name what lies behind it counts as zero.  As no name has a zero
 * byte, names with the same word are the same.  Of a long one @text is not read:
 * it need not belong to @len yet.
 */
static __always_inline void component_set(struct component *name,
					  const char *text, u32 len)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the masks drop what is behind the name on little-endian only"
#endif
	if (unlikely(len >= PATHTREE_LONG)) {
		name->text = text;
		name->word = PATHTREE_WORD_LONG | len;
		return;
	}
	name->word = pathtree_masks[len] & get_unaligned((const u64 *)text);
}

static inline bool component_is_long(const struct component *name)
{
	return name->word & PATHTREE_WORD_LONG;
}

/* The bytes of a name, of which eight can be read whatever its length. */
static inline const char *component_text(const struct component *name)
{
	return component_is_long(name) ? name->text : (const char *)&name->word;
}

/* The length of a name in bytes. */
static inline u32 component_len(const struct component *name)
{
	if (component_is_long(name))
		return (u32)name->word;
	return name->word ? 8 - __builtin_clzll(name->word) / 8 : 0;
}

/* The first slot for a name; a short one is nearly always there, if at all. */
static __always_inline const struct tree_edge *pathtree_quick_slot(
	const struct tree_node *node, u64 word)
{
	return node->quick + ((word * PATHTREE_GOLDEN) >> node->shift);
}

/**
 * pathtree_lookup - what the patterns of a tree say about a path
 * @tree: the tree
 * @path: the path
 *
 * Inline, as most lookups are of a task that waits for its file: short names
 * that are in their first slot take a dozen instructions each, and for all else
 * there is pathtree_lookup_on().
 *
 * Context: any; does not sleep.
 * Return: the word of a union access, 0 where no pattern matches.
 */
static __always_inline u64 pathtree_lookup(const struct pathtree *tree,
					   const struct pathname *path)
{
	const struct component *const last = path->at;
	const struct component *name = last + path->count;
	const struct tree_node *node;

	if (unlikely(!tree->nodes))
		return 0;
	node = tree->nodes + path->memfd;
	while (name != last) {
		const u64 word = (--name)->word;
		const struct tree_edge *slot = pathtree_quick_slot(node, word);

		if (unlikely(slot->word != word)) {
			/* So that the path need not be in memory otherwise. */
			const struct pathname whole = *path;

			return pathtree_lookup_on(tree, node, &whole,
						  name - last + 1);
		}
		node = slot->target;
	}
	if (unlikely(node->wide)) {
		const struct pathname whole = *path;

		return pathtree_lookup_on(tree, node, &whole, 0);
	}
	return node->above | node->exact;
}

/* The slots of a node for its edges with plain names. */
static inline const struct tree_edge *pathtree_slots(
	const struct tree_node *node)
{
	return node->quick + (node->wide ? PATHTREE_FREE_SLOTS : 0);
}

/* Behind them its edges with globs begin. */
static inline const struct tree_edge *pathtree_globs(
	const struct tree_node *node)
{
	return pathtree_slots(node) + (1u << node->bits);
}

/* The slot at which to begin the search for a word. */
static inline const struct tree_edge *pathtree_slot(
	const struct tree_node *node, u64 word)
{
	return pathtree_slots(node) +
	       ((word * PATHTREE_GOLDEN) >> (64 - node->bits));
}

/* The slot behind one that was not it. */
static inline const struct tree_edge *pathtree_next_slot(
	const struct tree_node *node, const struct tree_edge *slot)
{
	return slot + 1 == pathtree_globs(node) ? pathtree_slots(node) :
						  slot + 1;
}

int pathtree_build(struct pathtree *tree, struct tree_pattern *patterns,
		   u32 count, u32 *culprit);
void pathtree_destroy(struct pathtree *tree);
u64 pathtree_edge_word(const struct component *name);
u32 pathtree_rule(const struct pathtree *tree, const struct pathname *path,
		  u64 access);
bool pathtree_narrows(const struct pathtree *tree, const struct pathname *from,
		      const struct pathname *to, bool with_subtree,
		      bool default_allow);

#endif /* CORDON_PATHTREE_H */
