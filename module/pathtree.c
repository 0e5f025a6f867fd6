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

/* Which of the first eight bytes belong to a name of so many. */
const u64 pathtree_masks[8] = {
	0,	    0xff,	  0xffff,	  0xffffff,
	0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff,
};

/*
 * All bytes of a long name stirred into one word, so that names that differ in
 * the middle or at the end only, as numbered directories do, spread.  Policy is
 * the host's, so nobody gains from collisions.
 */
static __always_inline u64 long_word(const char *text, u32 len)
{
	u64 word = get_unaligned((const u64 *)text) ^ len;
	u32 at;

	for (at = 8; at + 8 <= len; at += 8) {
		word = (word ^ (word >> 32)) * PATHTREE_GOLDEN;
		word ^= get_unaligned((const u64 *)(text + at));
	}
	word = (word ^ (word >> 32)) * PATHTREE_GOLDEN;
	word ^= get_unaligned((const u64 *)(text + len - 8));
	return word | PATHTREE_WORD_EDGE;
}

/**
 * pathtree_edge_word - a name as a number
 * @name: the name
 *
 * Return: the number, by which a hash table finds the name; of a short name it
 * is all there is to compare.
 */
u64 pathtree_edge_word(const struct component *name)
{
	return component_is_long(name) ?
		       long_word(name->text, component_len(name)) :
		       name->word;
}

/* Word by word, the last two overlapping: memcmp() goes byte by byte there. */
static __always_inline bool same_text(const char *a, const char *b, u32 len)
{
	u32 at;

	for (at = 0; at + 8 < len; at += 8)
		if (get_unaligned((const u64 *)(a + at)) !=
		    get_unaligned((const u64 *)(b + at)))
			return false;
	return get_unaligned((const u64 *)(a + len - 8)) ==
	       get_unaligned((const u64 *)(b + len - 8));
}

static const struct tree_node *long_child(const struct pathtree *tree,
					  const struct tree_node *node,
					  const struct component *name)
{
	const u32 len = component_len(name);
	const u64 word = long_word(name->text, len);
	const struct tree_edge *slot = pathtree_slot(node, word);

	for (; slot->target; slot = pathtree_next_slot(node, slot))
		if (slot->word == word && slot->target->len == len &&
		    same_text(tree->text + slot->target->text, name->text, len))
			return slot->target;
	return NULL;
}

/* The node behind the plain edge of @node for @name, or NULL. */
static const struct tree_node *child_of(const struct pathtree *tree,
					const struct tree_node *node,
					const struct component *name)
{
	const struct tree_edge *slot;

	if (component_is_long(name))
		return long_child(tree, node, name);
	slot = pathtree_slot(node, name->word);
	while (slot->word != name->word && slot->target)
		slot = pathtree_next_slot(node, slot);
	return slot->target;
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
	const struct tree_edge *edge = pathtree_globs(node);
	u32 i;

	for (i = 0; i < node->glob_count; i++, edge++)
		if (glob_match(walk->tree->text + edge->target->text,
			       edge->target->len, component_text(name),
			       component_len(name)))
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
		enter(walk, child_of(walk->tree, before[i], name));
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

/* What patterns at and below @node say, which is wide. */
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
 * pathtree_lookup_on - go on with a lookup
 * @tree: the tree
 * @node: the node that plain names led to
 * @path: the path
 * @left: how many names of it are left
 *
 * Context: any; does not sleep.
 * Return: what patterns above, at and below @node say.
 */
noinline u64 pathtree_lookup_on(const struct pathtree *tree,
				const struct tree_node *node,
				const struct pathname *path, u32 left)
{
	while (!node->wide) {
		const struct tree_node *child;

		if (!left)
			return node->above | node->exact;
		child = child_of(tree, node, path->at + --left);
		if (!child)
			return node->above;
		node = child;
	}
	return node->above | lookup_wide(tree, node, path, path->at + left);
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

/* Whether patterns go on behind a node that is active in @walk. */
static bool goes_on(const struct tree_walk *walk, const struct tree_node *node)
{
	return node->wide || node->quick != walk->tree->edges;
}

/* Whether all nodes of @walk at which patterns go on are active in @other. */
static bool covers(const struct tree_walk *walk, const struct tree_walk *other)
{
	u32 i;

	for (i = 0; i < walk->count; i++)
		if (goes_on(walk, walk->active[i]) &&
		    !is_active(other, walk->active[i]))
			return false;
	return true;
}

static bool any_goes_on(const struct tree_walk *walk)
{
	u32 i;

	for (i = 0; i < walk->count; i++)
		if (goes_on(walk, walk->active[i]))
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
