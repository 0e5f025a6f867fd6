// SPDX-License-Identifier: GPL-2.0
/*
 * Lookup of a path in a set of patterns.
 *
 * Patterns match component by component, so a lookup is a walk from the root
 * that is in one node for as long as it meets literal names only, which is the
 * case that has to be fast.  Where a node has globs or a double star, several
 * nodes can be active at once.  A node is only ever entered through its one
 * parent, so none is active twice, and the builder has refused trees in which
 * more than PATHTREE_WIDTH_MAX could be active.
 */
#include "pathtree.h"

#include "glob.h"

/**
 * struct tree_walk - state of a lookup
 * @tree: the tree
 * @word: what the matched patterns say so far
 * @wanted: bits of interest when the rule is looked for, else 0
 * @rule: the first rule that said one of them, or PATHTREE_NONE
 * @count: number of active nodes
 * @active: the active nodes
 */
struct tree_walk {
	const struct pathtree *tree;
	u64 word;
	u64 wanted;
	u32 rule;
	u32 count;
	u32 active[PATHTREE_WIDTH_MAX];
};

/**
 * pathtree_word - the first eight bytes of a name as a number
 * @text: the name, of which eight bytes can be read
 * @len: its length in bytes
 *
 * Return: the number, with zero for bytes behind the end.
 */
u64 pathtree_word(const char *text, u32 len)
{
	u64 word = get_unaligned((const u64 *)text);

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the mask below keeps the bytes in front only on little-endian machines"
#endif
	if (len < 8)
		word &= BIT_ULL(8 * len) - 1;
	return word;
}

/**
 * pathtree_hash - hash of a whole name
 * @text: the name
 * @len: its length in bytes
 * @word: pathtree_word() of it
 *
 * All bytes count, so that names that differ in the middle or at the end only,
 * as numbered directories do, spread.  Policy is the host's, so nobody gains
 * from collisions.  The factor is 2^64 divided by the golden ratio.
 *
 * Return: the hash.
 */
u32 pathtree_hash(const char *text, u32 len, u64 word)
{
	const u64 golden = 0x9e3779b97f4a7c15ULL;
	u64 hash = (word ^ len) * golden;
	u32 at;

	for (at = 8; at + 8 <= len; at += 8)
		hash = (hash ^ (hash >> 32) ^
			get_unaligned((const u64 *)(text + at))) *
		       golden;
	if (len > 8)
		hash = (hash ^ (hash >> 32) ^
			get_unaligned((const u64 *)(text + len - 8))) *
		       golden;
	return hash >> 32;
}

static inline bool edge_is(const struct pathtree *tree,
			   const struct tree_edge *edge,
			   const struct component *name, u64 word)
{
	if (edge->word != word || edge->len != name->len)
		return false;
	return name->len <= 8 || !memcmp(tree->text + edge->text + 8,
					 name->text + 8, name->len - 8);
}

/* The node behind the literal edge of @node for @name, or PATHTREE_NONE. */
static inline u32 literal_child(const struct pathtree *tree,
				const struct tree_node *node,
				const struct component *name, u64 word)
{
	const struct tree_edge *edges = tree->edges + node->literals;
	u32 i;

	if (!node->hashed) {
		for (i = 0; i < node->literal_count; i++)
			if (edge_is(tree, &edges[i], name, word))
				return edges[i].target;
		return PATHTREE_NONE;
	}
	/* At most half of the slots are taken: the loop meets a free one. */
	i = pathtree_hash(name->text, name->len, word);
	for (;; i++) {
		const struct tree_edge *edge =
			&edges[i & (node->literal_count - 1)];

		if (!edge->len)
			return PATHTREE_NONE;
		if (edge_is(tree, edge, name, word))
			return edge->target;
	}
}

static void note_rules(struct tree_walk *walk, const struct tree_node *node,
		       bool subtree)
{
	u32 i;

	for (i = 0; i < node->ref_count; i++) {
		const struct tree_ref *ref = &walk->tree->refs[node->refs + i];

		if (ref->subtree == subtree && (ref->access & walk->wanted) &&
		    ref->rule < walk->rule)
			walk->rule = ref->rule;
	}
}

/*
 * Makes one node active.  The builder bounds how many can be; were it wrong,
 * a rule could be missed, so then every bit is set, those that deny among them.
 */
static inline void stay(struct tree_walk *walk, u32 index)
{
	if (likely(walk->count < PATHTREE_WIDTH_MAX))
		walk->active[walk->count++] = index;
	else
		walk->word = ~0ULL;
}

/* Makes a node active, with the double star below it if it has one. */
static void enter(struct tree_walk *walk, u32 index)
{
	while (index != PATHTREE_NONE) {
		const struct tree_node *node = &walk->tree->nodes[index];

		walk->word |= node->subtree;
		if (unlikely(walk->wanted))
			note_rules(walk, node, true);
		stay(walk, index);
		index = node->deep;
	}
}

/* Moves all active nodes over one name. */
static void step(struct tree_walk *walk, const struct component *name)
{
	const struct pathtree *tree = walk->tree;
	u64 word = pathtree_word(name->text, name->len);
	u32 before[PATHTREE_WIDTH_MAX];
	u32 count = walk->count;
	u32 i, g;

	memcpy(before, walk->active, count * sizeof(before[0]));
	walk->count = 0;
	for (i = 0; i < count; i++) {
		const struct tree_node *node = &tree->nodes[before[i]];

		if (node->again)
			stay(walk, before[i]);
		enter(walk, literal_child(tree, node, name, word));
		for (g = 0; g < node->glob_count; g++) {
			const struct tree_edge *edge =
				&tree->edges[node->globs + g];

			if (glob_match(tree->text + edge->text, edge->len,
				       name->text, name->len))
				enter(walk, edge->target);
		}
	}
}

static void finish(struct tree_walk *walk)
{
	u32 i;

	for (i = 0; i < walk->count; i++) {
		const struct tree_node *node =
			&walk->tree->nodes[walk->active[i]];

		walk->word |= node->exact;
		if (unlikely(walk->wanted))
			note_rules(walk, node, false);
	}
}

static u32 root_of(const struct pathname *path)
{
	return path->memfd ? 1 : 0;
}

static noinline void walk_wide(struct tree_walk *walk, u32 index,
			       const struct pathname *path, u32 left)
{
	walk->count = 0;
	enter(walk, index);
	while (left && walk->count)
		step(walk, &path->at[--left]);
	finish(walk);
}

/**
 * pathtree_lookup - what the patterns of a tree say about a path
 * @tree: the tree
 * @path: the path
 *
 * Context: any; does not sleep.
 * Return: the word of a union access, 0 where no pattern matches.
 */
u64 pathtree_lookup(const struct pathtree *tree, const struct pathname *path)
{
	u32 index = root_of(path);
	u32 left = path->count;
	u64 word = 0;

	if (!tree->node_count)
		return 0;
	for (;;) {
		const struct tree_node *node = &tree->nodes[index];
		const struct component *name;

		if (unlikely(node->glob_count || node->deep != PATHTREE_NONE)) {
			struct tree_walk walk UNINITIALIZED;

			walk.tree = tree;
			walk.word = word;
			walk.wanted = 0;
			walk_wide(&walk, index, path, left);
			return walk.word;
		}
		word |= node->subtree;
		if (!left)
			return word | node->exact;
		if (!node->literal_count)
			return word;
		name = &path->at[--left];
		index = literal_child(tree, node, name,
				      pathtree_word(name->text, name->len));
		if (index == PATHTREE_NONE)
			return word;
	}
}

/**
 * pathtree_rule - the first rule that says something about a path
 * @tree: the tree
 * @path: the path
 * @access: bits of a union access, of which the rule has to say one
 *
 * Slower than pathtree_lookup() and only needed for a report.
 *
 * Context: any; does not sleep.
 * Return: the lowest index of such a rule, or PATHTREE_NONE.
 */
u32 pathtree_rule(const struct pathtree *tree, const struct pathname *path,
		  u64 access)
{
	struct tree_walk walk UNINITIALIZED;

	if (!tree->node_count)
		return PATHTREE_NONE;
	walk.tree = tree;
	walk.word = 0;
	walk.wanted = access;
	walk.rule = PATHTREE_NONE;
	walk_wide(&walk, root_of(path), path, path->count);
	return walk.rule;
}
