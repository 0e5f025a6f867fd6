/* SPDX-License-Identifier: GPL-2.0 */
/* Finds out from sequence numbers that events are missing. */
#ifndef CTL_MISSED_H
#define CTL_MISSED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct missed - the sequence so far
 * @begun: a number is expected next
 * @last: the one before that
 * @count: how many events were missing since that was reported
 * @first: number of the first of them
 * @end: number of the last of them
 */
struct missed {
	bool begun;
	uint64_t last;
	uint64_t count;
	uint64_t first;
	uint64_t end;
};

/**
 * missed_is_known - whether an event was there before
 * @missed: the sequence so far
 * @seq: its number
 *
 * Return: true when it was.
 */
static inline bool missed_is_known(const struct missed *missed, uint64_t seq)
{
	return missed->begun && seq <= missed->last;
}

/**
 * missed_is_gap - whether events are missing in front of one
 * @missed: the sequence so far
 * @seq: its number
 *
 * Return: true when they are.
 */
static inline bool missed_is_gap(const struct missed *missed, uint64_t seq)
{
	return missed->begun && seq > missed->last && seq - missed->last > 1;
}

void missed_begin(struct missed *missed, uint64_t seq);
void missed_note(struct missed *missed, uint64_t seq);
void missed_report(struct missed *missed, FILE *out);

#endif /* CTL_MISSED_H */
