/* SPDX-License-Identifier: GPL-2.0 */
/* Whom questions are put to. */
#ifndef CTL_ASKER_H
#define CTL_ASKER_H

#include "explained.h"
#include "input.h"

/**
 * struct asker - the kernel, or policy files in its place
 * @offline: no kernel is asked
 * @session: for the kernel
 * @input: policy files
 * @compiled: of them, the tenant that was asked about last
 * @text: what was wrong with the last question, or NULL
 */
struct asker {
	bool offline;
	struct session session;
	struct input input;
	struct offline compiled;
	char *text;
};

enum exit_code asker_open(struct asker *asker, bool offline, char **files,
			  size_t count);
enum exit_code asker_explain(struct asker *asker, struct explained *explained,
			     uint32_t ops);
enum exit_code asker_event(uint64_t seq, struct event *event);
void asker_close(struct asker *asker);

/* json_event.c */
bool json_read_event(struct event *event, const char *line, char **why);

#endif /* CTL_ASKER_H */
