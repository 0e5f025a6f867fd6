// SPDX-License-Identifier: GPL-2.0
/*
 * libyaml's events -> tree.  Only the plain part of YAML is taken: aliases,
 * anchors and tags are refused, since a policy should read the same to
 * everybody, and depth and size are bounded.
 */
#include "yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "alloc.h"
#include "text.h"

/**
 * struct reader - the state of reading one file
 * @parser: libyaml's
 * @source: the file
 * @diag: where errors go
 * @nodes: how many nodes were made
 */
struct reader {
	yaml_parser_t parser;
	const struct source *source;
	struct diag *diag;
	size_t nodes;
};

static struct position position_of(const struct reader *reader,
				   const yaml_mark_t *mark)
{
	struct position at = { reader->source, mark->line + 1,
			       mark->column + 1 };

	return at;
}

static void report_syntax(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	struct position at;

	if (parser->error == YAML_MEMORY_ERROR) {
		alloc_failed();
	} else if (parser->error == YAML_READER_ERROR) {
		at = source_position_of_byte(reader->source,
					     parser->problem_offset);
		if (parser->problem_value == -1)
			diag_error(reader->diag, &at, "not YAML text: %s",
				   parser->problem);
		else
			diag_error(reader->diag, &at,
				   "not YAML text: %s (0x%02x)",
				   parser->problem,
				   (unsigned int)parser->problem_value);
	} else {
		at = position_of(reader, &parser->problem_mark);
		diag_error(reader->diag, &at, "not valid YAML: %s%s%s",
			   parser->context ? parser->context : "",
			   parser->context ? ", " : "", parser->problem);
	}
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
	if (yaml_parser_parse(&reader->parser, event))
		return true;
	report_syntax(reader);
	return false;
}

static bool refuse(struct reader *reader, const yaml_event_t *event,
		   const char *why)
{
	struct position at = position_of(reader, &event->start_mark);

	diag_error(reader->diag, &at, "%s", why);
	return false;
}

static bool has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor;
	default:
		return false;
	}
}

static bool has_tag(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag;
	default:
		return false;
	}
}

/* What this program does not want to understand. */
static bool check_event(struct reader *reader, const yaml_event_t *event,
			unsigned int depth)
{
	if (event->type == YAML_ALIAS_EVENT)
		return refuse(reader, event,
			      "aliases are not allowed; write the value out");
	if (has_anchor(event))
		return refuse(reader, event, "anchors are not allowed");
	if (has_tag(event))
		return refuse(reader, event, "tags are not allowed");
	if (depth > YAML_DEPTH_MAX)
		return refuse(reader, event, "nested deeper than 16 levels");
	if (++reader->nodes > YAML_NODES_MAX)
		return refuse(reader, event,
			      "more than 2000000 values in one file");
	if (event->type == YAML_SCALAR_EVENT &&
	    memchr(event->data.scalar.value, 0, event->data.scalar.length))
		return refuse(reader, event, "text with a NUL byte in it");
	return true;
}

static size_t count_characters(const char *text, size_t len)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < len; i++)
		count += (text[i] & 0xc0) != 0x80;
	return count;
}

static void take_scalar(struct yaml_node *node, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;
	size_t span = event->end_mark.index - event->start_mark.index;
	bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;

	node->kind = YAML_TEXT;
	node->text = alloc_text(text, len);
	node->verbatim = -1;
	if (event->start_mark.line == event->end_mark.line &&
	    span == count_characters(text, len) + (quoted ? 2 : 0))
		node->verbatim = quoted ? 1 : 0;
}

static struct yaml_node *read_node(struct reader *reader,
				   const yaml_event_t *event,
				   unsigned int depth);

static int by_text(const void *a, const void *b)
{
	const struct yaml_node *const *left = a;
	const struct yaml_node *const *right = b;
	int order = strcmp((*left)->text, (*right)->text);

	if (order)
		return order;
	if ((*left)->at.line != (*right)->at.line)
		return (*left)->at.line < (*right)->at.line ? -1 : 1;
	return (*left)->at.column < (*right)->at.column ? -1 : 1;
}

/* Sorting keeps this fast on a map that somebody made huge. */
static void mark_duplicates(struct yaml_node *map)
{
	size_t count = map->count / 2;
	struct yaml_node **keys =
		alloc_zeroed(count, sizeof(struct yaml_node *));
	size_t i;

	for (i = 0; i < count; i++)
		keys[i] = map->items[2 * i];
	qsort(keys, count, sizeof(struct yaml_node *), by_text);
	for (i = 1; i < count; i++)
		if (!strcmp(keys[i - 1]->text, keys[i]->text))
			keys[i]->first = keys[i - 1]->first ?
						 keys[i - 1]->first :
						 keys[i - 1];
	free(keys);
}

static bool read_items(struct reader *reader, struct yaml_node *node,
		       yaml_event_type_t end, unsigned int depth)
{
	for (;;) {
		yaml_event_t event;
		struct yaml_node *item;

		if (!next_event(reader, &event))
			return false;
		if (event.type == end) {
			yaml_event_delete(&event);
			break;
		}
		item = read_node(reader, &event, depth + 1);
		if (!item)
			return false;
		*array_push(node->items, node->count) = item;
		if (node->kind == YAML_MAP && node->count % 2 &&
		    item->kind != YAML_TEXT) {
			diag_error(reader->diag, &item->at,
				   "a key must be plain text, not %s",
				   node_kind_text(item));
			return false;
		}
	}
	if (node->kind == YAML_MAP)
		mark_duplicates(node);
	return true;
}

/* Takes the event over; NULL when an error was reported. */
static struct yaml_node *read_node(struct reader *reader,
				   const yaml_event_t *event,
				   unsigned int depth)
{
	yaml_event_t own = *event;
	struct yaml_node *node = NULL;
	bool good = check_event(reader, &own, depth);

	if (good) {
		node = alloc_zeroed(1, sizeof(*node));
		node->at = position_of(reader, &own.start_mark);
	}
	if (good && own.type == YAML_SCALAR_EVENT) {
		take_scalar(node, &own);
	} else if (good && own.type == YAML_SEQUENCE_START_EVENT) {
		node->kind = YAML_LIST;
		good = read_items(reader, node, YAML_SEQUENCE_END_EVENT, depth);
	} else if (good) {
		node->kind = YAML_MAP;
		good = read_items(reader, node, YAML_MAPPING_END_EVENT, depth);
	}
	yaml_event_delete(&own);
	if (good)
		return node;
	node_free(node);
	return NULL;
}

/* Skips what is in front of the content of the first document. */
static bool enter_document(struct reader *reader, yaml_event_t *event)
{
	struct position start = { reader->source, 1, 1 };

	for (;;) {
		if (!next_event(reader, event))
			return false;
		if (event->type == YAML_STREAM_END_EVENT) {
			yaml_event_delete(event);
			diag_error(reader->diag, &start,
				   "the file is empty; expected a map with 'version' and 'tenants'");
			return false;
		}
		if (event->type != YAML_STREAM_START_EVENT &&
		    event->type != YAML_DOCUMENT_START_EVENT)
			return true;
		yaml_event_delete(event);
	}
}

static bool leave_document(struct reader *reader)
{
	yaml_event_type_t type;

	do {
		yaml_event_t event;

		if (!next_event(reader, &event))
			return false;
		type = event.type;
		if (type == YAML_DOCUMENT_START_EVENT)
			refuse(reader, &event,
			       "a second document; a policy file holds one");
		yaml_event_delete(&event);
		if (type == YAML_DOCUMENT_START_EVENT)
			return false;
	} while (type != YAML_STREAM_END_EVENT);
	return true;
}

/**
 * document_read - parse a policy file
 * @source: the file
 * @diag: where an error is reported
 *
 * Return: the tree, or NULL after an error.
 */
struct yaml_node *document_read(const struct source *source, struct diag *diag)
{
	struct reader reader = { .source = source, .diag = diag };
	struct yaml_node *root = NULL;
	yaml_event_t event;

	if (!yaml_parser_initialize(&reader.parser))
		alloc_failed();
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader.parser,
				     (const unsigned char *)source->text,
				     source->size);
	if (enter_document(&reader, &event))
		root = read_node(&reader, &event, 1);
	if (root && !leave_document(&reader)) {
		node_free(root);
		root = NULL;
	}
	yaml_parser_delete(&reader.parser);
	return root;
}

/**
 * node_free - free a tree
 * @node: its root, or NULL
 */
void node_free(struct yaml_node *node)
{
	size_t i;

	if (!node)
		return;
	for (i = 0; i < node->count; i++)
		node_free(node->items[i]);
	free(node->items);
	free(node->text);
	free(node);
}

/**
 * node_place - the place of a byte of a scalar
 * @node: the scalar
 * @offset: which byte of its text
 *
 * Return: its line and column, or those of the scalar where escapes or line
 * breaks make the two differ.
 */
struct position node_place(const struct yaml_node *node, size_t offset)
{
	struct position at = node->at;

	if (offset && node->verbatim >= 0)
		at.column +=
			node->verbatim + count_characters(node->text, offset);
	return at;
}

/**
 * node_kind_text - what a node is, for messages
 * @node: the node
 *
 * Return: a noun with its article.
 */
const char *node_kind_text(const struct yaml_node *node)
{
	switch (node->kind) {
	case YAML_LIST:
		return "a list";
	case YAML_MAP:
		return "a map";
	default:
		return node->text[0] ? "plain text" : "nothing";
	}
}
