/* SPDX-License-Identifier: GPL-2.0 */
/* The stream of events, each of them once and in the order of their numbers. */
#ifndef CTL_FOLLOW_H
#define CTL_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "decode.h"
#include "missed.h"
#include "nl.h"

/**
 * struct follow - who takes events, and how far that got
 * @take: takes an event; a negative errno ends it all
 * @idle: called when there are none to take; the same, and a positive number
 *        asks to be called again; or NULL
 * @into: their last argument
 * @deadline: when to end, in milliseconds of the monotonic clock
 * @missed: sequence numbers so far
 * @live: where events come by themselves
 * @next: the one that came and is not taken yet; its number is 0 when none did
 * @query: where to ask for what was missed
 * @overrun: the kernel dropped events on their way
 * @end: when it was found that it is to end, in nanoseconds since boot, or 0
 */
struct follow {
	int (*take)(const struct event *event, void *into);
	int (*idle)(void *into);
	void *into;
	uint64_t deadline;
	struct missed missed;
	struct session live;
	struct event next;
	struct session query;
	bool overrun;
	uint64_t end;
};

uint64_t follow_now(void);
enum exit_code follow_open(struct follow *follow);
int follow_run(struct follow *follow, uint64_t since);
void follow_close(struct follow *follow);

#endif /* CTL_FOLLOW_H */
