/* SPDX-License-Identifier: GPL-2.0 */
/* The YAML text of a policy file as a tree whose nodes know their place. */
#ifndef CTL_YAML_H
#define CTL_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "source.h"

/* How deep a policy file may nest, and how many values it may have. */
#define YAML_DEPTH_MAX 16
#define YAML_NODES_MAX 2000000

/**
 * enum yaml_kind - the kinds of nodes
 * @YAML_TEXT: a scalar
 * @YAML_LIST: a sequence
 * @YAML_MAP: a mapping
 */
enum yaml_kind {
	YAML_TEXT,
	YAML_LIST,
	YAML_MAP,
};

/**
 * struct yaml_node - one value
 * @at: where it begins
 * @kind: which of the following are meaningful
 * @text: the scalar with a terminating NUL and none before that
 * @verbatim: characters before @text in the file, when the file has it letter
 * by letter (so that an offset is a place); else -1
 * @items: elements of a list; keys and values of a map in turn
 * @count: number of @items
 * @first: for a key, the equal key that came before it in the map, or NULL
 */
struct yaml_node {
	struct position at;
	enum yaml_kind kind;
	char *text;
	int verbatim;
	struct yaml_node **items;
	size_t count;
	const struct yaml_node *first;
};

struct yaml_node *document_read(const struct source *source, struct diag *diag);
void node_free(struct yaml_node *node);
struct position node_place(const struct yaml_node *node, size_t offset);
const char *node_kind_text(const struct yaml_node *node);

#endif /* CTL_YAML_H */
