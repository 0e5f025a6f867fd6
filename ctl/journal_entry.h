/* SPDX-License-Identifier: GPL-2.0 */
/* Events as entries of the journal, whose fields are those of cordon-events(5). */
#ifndef CTL_JOURNAL_ENTRY_H
#define CTL_JOURNAL_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "decode.h"

struct iovec;

/* What entries of events can be found by, whatever their text is. */
#define JOURNAL_MESSAGE_ID "5d2c9b7e0f7a4d5c8a3b61f0c4e7d912"

/**
 * struct journal_entry - an entry
 * @fields: its fields, each "NAME=VALUE"
 * @count: how many
 */
struct journal_entry {
	struct iovec *fields;
	size_t count;
};

int journal_priority(const struct event *event);
char *journal_message(const struct event *event);
void journal_entry_make(struct journal_entry *entry, const struct event *event,
			const char *stream, uint64_t missed);
void journal_entry_clear(struct journal_entry *entry);

#endif /* CTL_JOURNAL_ENTRY_H */
