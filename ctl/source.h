/* SPDX-License-Identifier: GPL-2.0 */
/* A policy file in memory, and places in it. */
#ifndef CTL_SOURCE_H
#define CTL_SOURCE_H

#include <stddef.h>

/* Largest policy file that is read. */
#define SOURCE_SIZE_MAX (16UL << 20)

/**
 * struct source - one policy file
 * @name: as the user called it
 * @text: its bytes, with a NUL behind the last
 * @size: how many
 */
struct source {
	char *name;
	char *text;
	size_t size;
};

/**
 * struct position - a place in a policy file
 * @source: which; outlives the position
 * @line: counted from 1; 0 means the file as a whole
 * @column: counted in characters from 1
 */
struct position {
	const struct source *source;
	unsigned int line;
	unsigned int column;
};

/**
 * struct source_list - policy files in the order they are read
 * @items: the files; each stays where it is when the list grows
 * @count: how many
 */
struct source_list {
	struct source **items;
	size_t count;
};

struct diag;

struct source *source_list_add(struct source_list *list, const char *name);
void source_list_free(struct source_list *list);
void source_read_all(struct source_list *list, char **names, size_t count,
		     struct diag *diag);
char *source_origin(const struct position *at);
struct position source_position_of_byte(const struct source *source,
					size_t offset);

#endif /* CTL_SOURCE_H */
