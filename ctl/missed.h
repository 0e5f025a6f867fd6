/* SPDX-License-Identifier: GPL-2.0 */
/* Finds out from sequence numbers that events are missing. */
#ifndef CTL_MISSED_H
#define CTL_MISSED_H

#include <stdint.h>
#include <stdio.h>

/**
 * struct missed - the sequence so far
 * @last: number of the last event, 0 before the first
 */
struct missed {
	uint64_t last;
};

void missed_note(struct missed *missed, uint64_t seq, FILE *out);
void missed_overrun(const struct missed *missed, FILE *out);

#endif /* CTL_MISSED_H */
