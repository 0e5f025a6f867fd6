// SPDX-License-Identifier: GPL-2.0
/* Whoever reads events as evidence must learn when some did not arrive. */
#include "missed.h"

#include <inttypes.h>

/**
 * missed_note - note the number of an event that arrived
 * @missed: the sequence so far
 * @seq: its number; one that goes back means that the module is a new one
 * @out: where a gap is reported
 */
void missed_note(struct missed *missed, uint64_t seq, FILE *out)
{
	if (missed->last && seq > missed->last + 1)
		fprintf(out,
			"cordonctl: %" PRIu64
			" events were missed (sequence %" PRIu64 " to %" PRIu64
			")\n",
			seq - missed->last - 1, missed->last + 1, seq - 1);
	missed->last = seq;
}

/**
 * missed_overrun - note that the kernel dropped events on the way to us
 * @missed: the sequence so far; the next event tells how many
 * @out: where that is reported
 */
void missed_overrun(const struct missed *missed, FILE *out)
{
	if (missed->last)
		fprintf(out,
			"cordonctl: events after sequence %" PRIu64
			" were missed: they came faster than they were read\n",
			missed->last);
	else
		fputs("cordonctl: events were missed: they came faster than they were read\n",
		      out);
}
