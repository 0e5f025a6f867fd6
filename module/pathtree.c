// SPDX-License-Identifier: GPL-2.0
/*
 * Lookup of a path in a set of patterns.
 *
 * Patterns match component by component, so a lookup is a walk from the root
 * that is in one node for as long as it meets literal names only, which is the
 * case that has to be fast.  Where a node has globs or a double star, several
 * nodes can be active at once, though each only once, and the builder has
 * refused trees in which more than PATHTREE_WIDTH_MAX could be active.
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
	const struct tree_node *active[PATHTREE_WIDTH_MAX];
};

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
	/* Short names are in the high half, which the product would drop. */
	u64 hash = (word ^ (word >> 32) ^ len) * golden;
	u32 at;

	for (at = 8; at + 8 <= len; at += 8)
		hash = (hash ^ (hash >> 32) ^
			get_unaligned((const u64 *)(text + at))) *
		       golden;
	if (len > 8)
		hash = (hash ^ (hash >> 32) ^
			get_unaligned((const u64 *)(text + len - 8))) *
		       golden;
	/* The top bits depend on all others; 20 of them suffice for any table. */
	return hash >> 44;
}

/* Whether names with the same first word are the same behind it. */
static noinline bool same_rest(const struct pathtree *tree,
			       const struct tree_edge *edge,
			       const struct component *name)
{
	return edge->len == name->len && !memcmp(tree->text + edge->text + 8,
						 name->text + 8, name->len - 8);
}

static __always_inline bool edge_is(const struct pathtree *tree,
				    const struct tree_edge *edge,
				    const struct component *name, u64 word)
{
	if (edge->word != word)
		return false;
	if (likely(name->len < 8))
		return true;
	return same_rest(tree, edge, name);
}

/* At most half of the slots are taken, so the loop meets a free one. */
static noinline const struct tree_node *hashed_child(
	const struct pathtree *tree, const struct tree_node *node,
	const struct component *name, u64 word)
{
	const struct tree_edge *edges = node->literals;
	u32 mask = node->literals_end - edges - 1;
	u32 i = pathtree_hash(name->text, name->len, word) & mask;

	for (; edges[i].len; i = (i + 1) & mask)
		if (edge_is(tree, &edges[i], name, word))
			return edges[i].target;
	return NULL;
}

/* The node behind the literal edge of @node for @name, or NULL. */
static __always_inline const struct tree_node *literal_child(
	const struct pathtree *tree, const struct tree_node *node,
	const struct component *name)
{
	u64 word = pathtree_word(name->text, name->len);
	const struct tree_edge *edge;

	if (unlikely(node->hashed))
		return hashed_child(tree, node, name, word);
	for (edge = node->literals; edge != node->literals_end; edge++)
		if (edge_is(tree, edge, name, word))
			return edge->target;
	return NULL;
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

static bool is_active(const struct tree_walk *walk,
		      const struct tree_node *node)
{
	u32 i;

	for (i = 0; i < walk->count; i++)
		if (walk->active[i] == node)
			return true;
	return false;
}

/*
 * Makes one node active.  The builder bounds how many can be; were it wrong,
 * a rule could be missed, so then every bit is set, those that deny among them.
 */
static inline void stay(struct tree_walk *walk, const struct tree_node *node)
{
	/* One that stays by itself can be entered anew as well. */
	if (node->again && is_active(walk, node))
		return;
	if (likely(walk->count < PATHTREE_WIDTH_MAX))
		walk->active[walk->count++] = node;
	else
		walk->word = ~0ULL;
}

/* Makes a node active, with the double star below it if it has one. */
static void enter(struct tree_walk *walk, const struct tree_node *node)
{
	for (; node; node = node->deep) {
		walk->word |= node->subtree;
		if (unlikely(walk->wanted))
			note_rules(walk, node, true);
		stay(walk, node);
	}
}

/* Enters what follows the globs of a node that match a name. */
static void enter_globs(struct tree_walk *walk, const struct tree_node *node,
			const struct component *name)
{
	const struct tree_edge *edge = node->literals_end;
	u32 i;

	for (i = 0; i < node->glob_count; i++, edge++)
		if (glob_match(walk->tree->text + edge->text, edge->len,
			       name->text, name->len))
			enter(walk, edge->target);
}

/* Moves all active nodes over one name. */
static void step(struct tree_walk *walk, const struct component *name)
{
	const struct tree_node *before[PATHTREE_WIDTH_MAX] UNINITIALIZED;
	u32 count = walk->count;
	u32 i;

	memcpy(before, walk->active, count * sizeof(before[0]));
	walk->count = 0;
	for (i = 0; i < count; i++) {
		if (before[i]->again)
			stay(walk, before[i]);
		enter(walk, literal_child(walk->tree, before[i], name));
		enter_globs(walk, before[i], name);
	}
}

static void finish(struct tree_walk *walk)
{
	u32 i;

	for (i = 0; i < walk->count; i++) {
		const struct tree_node *node = walk->active[i];

		walk->word |= node->exact;
		if (unlikely(walk->wanted))
			note_rules(walk, node, false);
	}
}

static inline const struct tree_node *root_of(const struct pathtree *tree,
					      const struct pathname *path)
{
	return tree->nodes + path->memfd;
}

/*
 * Walks from a node on, over the names in front of @name.  Then the word holds
 * what is said of everything at and below the path, and the active nodes are
 * those at which patterns may end or go on.
 */
static void walk_from(struct tree_walk *walk, const struct tree_node *node,
		      const struct pathname *path, const struct component *name)
{
	walk->count = 0;
	enter(walk, node);
	while (name != path->at && walk->count)
		step(walk, --name);
}

/* Goes on with a lookup from a node on which several may follow. */
static noinline u64 lookup_wide(const struct pathtree *tree,
				const struct tree_node *node,
				const struct pathname *path,
				const struct component *name)
{
	struct tree_walk walk UNINITIALIZED;

	walk.tree = tree;
	walk.word = 0;
	walk.wanted = 0;
	walk_from(&walk, node, path, name);
	finish(&walk);
	return walk.word;
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
	const struct component *name = path->at + path->count;
	const struct tree_node *node;
	u64 word = 0;

	if (unlikely(!tree->node_count))
		return 0;
	node = root_of(tree, path);
	while (likely(!node->wide)) {
		word |= node->subtree;
		if (name == path->at)
			return word | node->exact;
		node = literal_child(tree, node, --name);
		if (!node)
			return word;
	}
	return word | lookup_wide(tree, node, path, name);
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
	walk_from(&walk, root_of(tree, path), path, path->at + path->count);
	finish(&walk);
	return walk.rule;
}

/* Whether patterns go on behind a node. */
static bool goes_on(const struct tree_node *node)
{
	return node->wide || node->literals != node->literals_end;
}

/* Whether all nodes of @walk at which patterns go on are active in @other. */
static bool covers(const struct tree_walk *walk, const struct tree_walk *other)
{
	u32 i;

	for (i = 0; i < walk->count; i++)
		if (goes_on(walk->active[i]) &&
		    !is_active(other, walk->active[i]))
			return false;
	return true;
}

static bool any_goes_on(const struct tree_walk *walk)
{
	u32 i;

	for (i = 0; i < walk->count; i++)
		if (goes_on(walk->active[i]))
			return true;
	return false;
}

/*
 * Whether below the end of @to no more is allowed than below the end of @from,
 * for whatever names may lie there.  Where no pattern goes on below either,
 * what is allowed is the same all the way down.  Where the same patterns go on
 * below both, they add the same to both.  Where others do, a name can be found
 * that makes a difference, or so it is taken.
 */
static bool subtree_narrows(const struct tree_walk *from,
			    const struct tree_walk *to, bool default_allow)
{
	union access at_from = { .word = from->word };
	union access at_to = { .word = to->word };

	if (!any_goes_on(from) && !any_goes_on(to))
		return !(access_allowed(at_to, default_allow) &
			 ~access_allowed(at_from, default_allow));
	if (!covers(from, to) || !covers(to, from))
		return false;
	if (at_from.deny & ~at_to.deny)
		return false;
	return default_allow || !(at_to.allow & ~at_from.allow);
}

static void walk_whole(struct tree_walk *walk, const struct pathtree *tree,
		       const struct pathname *path)
{
	walk->tree = tree;
	walk->word = 0;
	walk->wanted = 0;
	walk_from(walk, root_of(tree, path), path, path->at + path->count);
}

/**
 * pathtree_narrows - whether no more is allowed at one path than at another
 * @tree: the tree
 * @from: the path to compare with
 * @to: the path that may allow no more than @from
 * @with_subtree: compare what lies below them, too, whatever that is
 * @default_allow: what is allowed where no pattern matches
 *
 * This is decided from the patterns alone, so that a directory can be moved
 * without a look at what is in it.
 *
 * Context: any; does not sleep.
 * Return: true when it is certain.
 */
bool pathtree_narrows(const struct pathtree *tree, const struct pathname *from,
		      const struct pathname *to, bool with_subtree,
		      bool default_allow)
{
	struct tree_walk target UNINITIALIZED;
	struct tree_walk source UNINITIALIZED;
	union access at_from, at_to;

	if (!tree->node_count)
		return true;
	walk_whole(&source, tree, from);
	walk_whole(&target, tree, to);
	if (with_subtree && !subtree_narrows(&source, &target, default_allow))
		return false;
	finish(&source);
	finish(&target);
	at_from.word = source.word;
	at_to.word = target.word;
	return !(access_allowed(at_to, default_allow) &
		 ~access_allowed(at_from, default_allow));
}
