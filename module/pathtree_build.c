// SPDX-License-Identifier: GPL-2.0
/*
 * Building a tree of path patterns.
 *
 * Patterns are sorted component by component, so that each one shares its
 * beginning with the one before it, and a draft of the tree grows at its right
 * edge.  The draft is then laid out in arrays for lookups.
 */
#include "pathtree.h"

#include "pattern.h"

/* A tree without a pattern has no nodes; any other has both roots. */
#define ROOTS 2

/**
 * struct draft_node - a node while the tree grows
 * @exact: as in struct tree_node
 * @subtree: as in struct tree_node
 * @text: its component, as written in the pattern
 * @len: length of @text in bytes
 * @kind: how the component matches
 * @first: its first child, or PATHTREE_NONE
 * @last: its last child
 * @next: its next sibling, or PATHTREE_NONE
 * @refs: number of patterns that end here
 * @single: how many nodes below can be active after it was entered once
 * @height: how many levels there are below it
 * @below: how many nodes double stars below it can keep active
 * @width: how many nodes below can be active in all
 */
struct draft_node {
	u64 exact;
	u64 subtree;
	const char *text;
	u32 len;
	enum component_kind kind;
	u32 first;
	u32 last;
	u32 next;
	u32 refs;
	u32 single;
	u32 height;
	u32 below;
	u32 width;
};

/**
 * struct draft - the tree while it grows
 * @nodes: nodes, each behind its parent
 * @count: number of nodes
 * @ends: for each pattern the node where it ends
 */
struct draft {
	struct draft_node *nodes;
	u32 count;
	u32 *ends;
};

/* Order of bytes in which the end of a component comes before any byte. */
static unsigned int component_order(char byte)
{
	if (!byte)
		return 0;
	return byte == '/' ? 1 : (unsigned char)byte + 1u;
}

static int compare_patterns(const void *left, const void *right)
{
	const char *a = ((const struct tree_pattern *)left)->text;
	const char *b = ((const struct tree_pattern *)right)->text;

	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (int)component_order(*a) - (int)component_order(*b);
}

static u32 draft_new(struct draft *draft)
{
	struct draft_node *node = &draft->nodes[draft->count];

	node->first = PATHTREE_NONE;
	node->last = PATHTREE_NONE;
	node->next = PATHTREE_NONE;
	return draft->count++;
}

/* The child of @parent for a component: its last one, or a new one. */
static u32 draft_child(struct draft *draft, u32 parent, const char *text,
		       u32 len, enum component_kind kind)
{
	u32 last = draft->nodes[parent].last;
	struct draft_node *node = &draft->nodes[last];
	u32 child;

	if (last != PATHTREE_NONE && node->len == len &&
	    !memcmp(node->text, text, len))
		return last;
	child = draft_new(draft);
	node = &draft->nodes[child];
	node->text = text;
	node->len = len;
	node->kind = kind;
	if (last == PATHTREE_NONE)
		draft->nodes[parent].first = child;
	else
		draft->nodes[last].next = child;
	draft->nodes[parent].last = child;
	return child;
}

static void draft_add(struct draft *draft, const struct tree_pattern *pattern,
		      u32 number, bool *subtree)
{
	const char *text = pattern->text;
	u32 at = 0;

	*subtree = false;
	if (*text == '/')
		text++;
	else
		at = 1;
	while (*text) {
		enum component_kind kind;
		u32 len = pattern_component(text, &kind);

		if (kind == COMPONENT_DEEP && !text[len]) {
			*subtree = true;
			break;
		}
		at = draft_child(draft, at, text, len, kind);
		text += len;
		if (*text)
			text++;
	}
	draft->ends[number] = at;
	draft->nodes[at].refs++;
	if (*subtree)
		draft->nodes[at].subtree |= pattern->access;
	else
		draft->nodes[at].exact |= pattern->access;
}

static u32 add_capped(u32 a, u32 b)
{
	return min(a + b, 1u << 20);
}

/* How many nodes a double star and what is below it can keep active. */
static u32 deep_width(const struct draft_node *deep)
{
	return add_capped(1 + deep->height * min(deep->single, 1u << 10),
			  deep->below);
}

/*
 * Bounds the number of active nodes, children before parents.
 *
 * A node that no double star leads to is entered at one depth only, and of its
 * literal children one at most follows, while any number of its globs may.
 * Below a double star a node can be entered anew at every name: then each
 * level counts, and so does every double star further down, for it stays.
 */
static void measure_width(struct draft *draft)
{
	u32 i;

	for (i = draft->count; i--;) {
		struct draft_node *node = &draft->nodes[i];
		u32 literal_single = 0, literal_width = 0;
		u32 glob_single = 0, glob_width = 0, deep = 0;
		u32 c;

		for (c = node->first; c != PATHTREE_NONE;
		     c = draft->nodes[c].next) {
			const struct draft_node *child = &draft->nodes[c];

			if (child->kind == COMPONENT_DEEP) {
				deep = deep_width(child);
				node->below = add_capped(node->below, deep);
				continue;
			}
			node->below = add_capped(node->below, child->below);
			node->height = max(node->height, child->height + 1);
			if (child->kind == COMPONENT_GLOB) {
				glob_single =
					add_capped(glob_single, child->single);
				glob_width =
					add_capped(glob_width, child->width);
			} else {
				literal_single =
					max(literal_single, child->single);
				literal_width =
					max(literal_width, child->width);
			}
		}
		node->single = max(1u, add_capped(literal_single, glob_single));
		node->width = add_capped(max(1u, add_capped(literal_width,
							    glob_width)),
					 deep);
	}
}

/*
 * A pattern below the widest place, to name in the refusal.  Among equals the
 * first, since globs and double stars sort before most names.
 */
static u32 find_culprit(const struct draft *draft, u32 root, u32 count)
{
	u32 at = root;
	u32 i;

	for (;;) {
		u32 c = draft->nodes[at].first;
		u32 widest = c;

		if (c == PATHTREE_NONE)
			break;
		for (; c != PATHTREE_NONE; c = draft->nodes[c].next)
			if (draft->nodes[c].width > draft->nodes[widest].width)
				widest = c;
		at = widest;
	}
	for (i = 0; i < count; i++)
		if (draft->ends[i] == at)
			return i;
	return 0;
}

/* Binary logarithm of the slots for so many names: at most half are taken. */
static u32 slot_bits(u32 names)
{
	u32 bits = 1;

	while (1u << bits < 2 * names)
		bits++;
	return bits;
}

/*
 * How many edges a node has to itself.  Nodes without any share the slots at the
 * very front, all free.
 */
static u32 own_edges(u32 literals, u32 globs, bool deep)
{
	u32 slots = 1u << slot_bits(literals);

	if (globs || deep)
		return PATHTREE_FREE_SLOTS + slots + globs;
	return literals ? slots : 0;
}

/**
 * struct layout - how much of everything the frozen tree needs
 * @edges: edges and free slots
 * @refs: rules of nodes
 * @text: bytes of names
 */
struct layout {
	u32 edges;
	u32 refs;
	size_t text;
};

static void measure_node(const struct draft *draft, u32 index,
			 struct layout *layout)
{
	const struct draft_node *node = &draft->nodes[index];
	u32 literals = 0, globs = 0;
	bool deep = false;
	u32 c;

	for (c = node->first; c != PATHTREE_NONE; c = draft->nodes[c].next) {
		const struct draft_node *child = &draft->nodes[c];

		literals += child->kind == COMPONENT_LITERAL;
		globs += child->kind == COMPONENT_GLOB;
		deep |= child->kind == COMPONENT_DEEP;
		layout->text += child->len;
	}
	layout->edges += own_edges(literals, globs, deep);
	layout->refs += node->refs;
}

/* Gives a node its place; @used is what nodes in front of it have taken. */
static void place_node(struct pathtree *tree, const struct draft *draft,
		       u32 index, struct layout *used)
{
	const struct draft_node *from = &draft->nodes[index];
	struct tree_node *node = &tree->nodes[index];
	u32 literals = 0;
	u32 c;

	node->exact = from->exact;
	node->subtree = from->subtree;
	node->again = from->kind == COMPONENT_DEEP;
	node->above |= from->subtree;
	for (c = from->first; c != PATHTREE_NONE; c = draft->nodes[c].next) {
		enum component_kind kind = draft->nodes[c].kind;

		tree->nodes[c].above = node->above;
		if (kind == COMPONENT_DEEP)
			node->deep = &tree->nodes[c];
		else if (kind == COMPONENT_GLOB)
			node->glob_count++;
		else
			literals++;
	}
	node->wide = node->glob_count || node->deep;
	node->quick = tree->edges + (literals || node->wide ? used->edges : 0);
	node->bits = slot_bits(literals);
	/* A hash of one bit finds one of the free slots of a wide node. */
	node->shift = 64 - (node->wide ? 1 : node->bits);
	used->edges += own_edges(literals, node->glob_count, node->deep);
	node->refs = used->refs;
	used->refs += from->refs;
}

static struct tree_edge *free_slot(struct pathtree *tree,
				   const struct tree_node *node, u64 word)
{
	const struct tree_edge *slot = pathtree_slot(node, word);

	while (slot->target)
		slot = pathtree_next_slot(node, slot);
	return tree->edges + (slot - tree->edges);
}

static u64 literal_word(const char *text, u32 len)
{
	struct component name;

	component_set(&name, text, len);
	return pathtree_edge_word(&name);
}

static u32 fill_edges(struct pathtree *tree, const struct draft *draft,
		      u32 index, u32 text)
{
	const struct tree_node *node = &tree->nodes[index];
	u32 glob = pathtree_globs(node) - tree->edges;
	u32 c;

	for (c = draft->nodes[index].first; c != PATHTREE_NONE;
	     c = draft->nodes[c].next) {
		const struct draft_node *child = &draft->nodes[c];
		struct tree_node *target = &tree->nodes[c];
		char *name = tree->text + text;
		struct tree_edge *edge;
		u32 len = child->len;
		u64 word = 0;

		if (child->kind == COMPONENT_DEEP)
			continue;
		if (child->kind == COMPONENT_GLOB) {
			memcpy(name, child->text, len);
			edge = &tree->edges[glob++];
		} else {
			len = pattern_unescape(child->text, len, name);
			word = literal_word(name, len);
			edge = free_slot(tree, node, word);
		}
		edge->word = word;
		edge->target = target;
		target->text = text;
		target->len = len;
		text += len;
	}
	return text;
}

static void fill_refs(struct pathtree *tree, const struct draft *draft,
		      const struct tree_pattern *patterns, u32 count,
		      const bool *subtree)
{
	u32 i;

	for (i = 0; i < count; i++) {
		struct tree_node *node = &tree->nodes[draft->ends[i]];
		struct tree_ref *ref =
			&tree->refs[node->refs + node->ref_count++];

		ref->rule = patterns[i].rule;
		ref->access = patterns[i].access;
		ref->subtree = subtree[i];
	}
}

static int freeze(struct pathtree *tree, const struct draft *draft,
		  const struct tree_pattern *patterns, u32 count,
		  const bool *subtree)
{
	struct layout layout = { .edges = PATHTREE_FREE_SLOTS };
	struct layout used = { .edges = PATHTREE_FREE_SLOTS };
	u32 text = 0;
	u32 i;

	for (i = 0; i < draft->count; i++)
		measure_node(draft, i, &layout);
	tree->nodes = pure_alloc(draft->count, sizeof(*tree->nodes));
	tree->edges = pure_alloc(layout.edges, sizeof(*tree->edges));
	tree->refs = pure_alloc(layout.refs, sizeof(*tree->refs));
	/* Eight bytes more for component_set(). */
	tree->text = pure_alloc(layout.text + 8, 1);
	if (!tree->nodes || !tree->edges || !tree->refs || !tree->text)
		return -ENOMEM;
	for (i = 0; i < layout.edges; i++)
		tree->edges[i].word = PATHTREE_WORD_FREE;
	for (i = 0; i < draft->count; i++)
		place_node(tree, draft, i, &used);
	for (i = 0; i < draft->count; i++)
		text = fill_edges(tree, draft, i, text);
	fill_refs(tree, draft, patterns, count, subtree);
	tree->node_count = draft->count;
	tree->bytes = draft->count * sizeof(*tree->nodes) +
		      layout.edges * sizeof(*tree->edges) +
		      layout.refs * sizeof(*tree->refs) + layout.text + 8;
	return 0;
}

static u32 count_components(const struct tree_pattern *patterns, u32 count)
{
	u32 total = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		const char *text = patterns[i].text;

		total++;
		while ((text = strchr(text, '/'))) {
			total++;
			text++;
		}
	}
	return total;
}

/**
 * pathtree_build - build a tree from patterns
 * @tree: the tree, all zero
 * @patterns: the patterns; they are sorted in place
 * @count: how many
 * @culprit: set to the index in @patterns of one that makes the tree too wide
 *
 * Whatever is returned, pathtree_destroy() frees the tree.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -E2BIG when a lookup could have to follow more than
 * PATHTREE_WIDTH_MAX patterns at once.
 */
int pathtree_build(struct pathtree *tree, struct tree_pattern *patterns,
		   u32 count, u32 *culprit)
{
	struct draft draft = {};
	bool *subtree = NULL;
	int ret = -ENOMEM;
	u32 i;

	if (!count)
		return 0;
	pure_sort(patterns, count, sizeof(*patterns), compare_patterns);
	draft.nodes = pure_alloc(ROOTS + count_components(patterns, count),
				 sizeof(*draft.nodes));
	draft.ends = pure_alloc(count, sizeof(*draft.ends));
	subtree = pure_alloc(count, sizeof(*subtree));
	if (!draft.nodes || !draft.ends || !subtree)
		goto out;
	for (i = 0; i < ROOTS; i++)
		draft_new(&draft);
	for (i = 0; i < count; i++)
		draft_add(&draft, &patterns[i], i, &subtree[i]);
	measure_width(&draft);
	ret = -E2BIG;
	for (i = 0; i < ROOTS; i++) {
		if (draft.nodes[i].width > PATHTREE_WIDTH_MAX) {
			*culprit = find_culprit(&draft, i, count);
			goto out;
		}
	}
	ret = freeze(tree, &draft, patterns, count, subtree);
out:
	pure_free(subtree);
	pure_free(draft.ends);
	pure_free(draft.nodes);
	return ret;
}

/**
 * pathtree_destroy - free what a tree holds
 * @tree: the tree, built or all zero; it is all zero afterwards
 */
void pathtree_destroy(struct pathtree *tree)
{
	pure_free(tree->nodes);
	pure_free(tree->edges);
	pure_free(tree->refs);
	pure_free(tree->text);
	memset(tree, 0, sizeof(*tree));
}
