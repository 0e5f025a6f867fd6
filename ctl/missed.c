// SPDX-License-Identifier: GPL-2.0
/* Whoever reads events as evidence must learn when some did not arrive. */
#include "missed.h"

#include <inttypes.h>

/**
 * missed_begin - expect the first event
 * @missed: all zero
 * @seq: its number, not 0
 */
void missed_begin(struct missed *missed, uint64_t seq)
{
	missed->begun = true;
	missed->last = seq - 1;
}

/**
 * missed_note - note the number of an event that is there
 * @missed: the sequence so far
 * @seq: its number, which missed_is_known() did not know
 */
void missed_note(struct missed *missed, uint64_t seq)
{
	if (missed_is_gap(missed, seq)) {
		if (!missed->count)
			missed->first = missed->last + 1;
		missed->end = seq - 1;
		missed->count += seq - missed->last - 1;
	}
	missed->begun = true;
	missed->last = seq;
}

/**
 * missed_report - say in one line what is missing, unless nothing is
 * @missed: the sequence so far
 * @out: where to
 */
void missed_report(struct missed *missed, FILE *out)
{
	if (missed->count)
		fprintf(out,
			"cordonctl: %" PRIu64
			" events were missed and cannot be had any more (sequence %" PRIu64
			" to %" PRIu64 ")\n",
			missed->count, missed->first, missed->end);
	missed->count = 0;
}
