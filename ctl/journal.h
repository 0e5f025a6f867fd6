/* SPDX-License-Identifier: GPL-2.0 */
/* Events go to the journal, or to syslog where there is none. */
#ifndef CTL_JOURNAL_H
#define CTL_JOURNAL_H

#include <stdint.h>

#include "decode.h"

struct journal_calls;

/**
 * struct journal - where events go
 * @stream: what tells numbers from those of another load of the module
 * @next: number that is expected next, 0 before the first
 * @missed: how many before the next event that is sent cannot be had
 * @calls: how the journal is used, or NULL where there is none
 */
struct journal {
	const char *stream;
	uint64_t next;
	uint64_t missed;
	const struct journal_calls *calls;
};

int journal_open(struct journal *journal);
void journal_note(struct journal *journal, uint64_t seq);
int journal_send(struct journal *journal, const struct event *event);
int journal_last(const struct journal *journal, uint64_t *seq);

#endif /* CTL_JOURNAL_H */
