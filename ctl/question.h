/* SPDX-License-Identifier: GPL-2.0 */
/* What somebody wants to have explained, from words or from an event. */
#ifndef CTL_QUESTION_H
#define CTL_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "query.h"

/**
 * struct question - an act of a tenant
 * @tenant: name of the tenant
 * @act: the act; what it points to is below
 * @path: path of the file, or name of the unix socket, or NULL
 * @ip: the address
 * @pid: process id of the other task that is to be looked up, or 0 (guard)
 * @seq: number of the event that it is about, or 0
 * @generation: policy generation of that event
 * @reason: why that was decided, a cordon_reason, or 0
 * @notes: what was assumed, and what to mind, in words
 * @note_count: how many
 */
struct question {
	char *tenant;
	struct act act;
	char *path;
	uint8_t ip[16];
	uint32_t pid;
	uint64_t seq;
	uint64_t generation;
	uint32_t reason;
	char **notes;
	size_t note_count;
};

void question_note(struct question *question, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool question_of_event(struct question *question, const struct event *event,
		       const char **why);
char *question_object(const struct question *question);
void question_clear(struct question *question);

/* object.c */
bool object_parse(struct question *question, const char *text, char **why);

/* ops.c */

/**
 * struct ops - operations that are asked about
 * @class: a cordon_class
 * @flags: the operations
 */
struct ops {
	uint32_t class;
	uint32_t flags;
};

bool ops_parse(struct ops *ops, const char *text, const char *object,
	       char **why);

#endif /* CTL_QUESTION_H */
