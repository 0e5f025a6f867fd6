// SPDX-License-Identifier: GPL-2.0
/* events: those that were sent and that the module still has. */
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "command.h"
#include "fetch.h"
#include "filter.h"
#include "refusal.h"
#include "value.h"

enum {
	OPTION_LAST = FILTER_OPTIONS,
	OPTION_SELF
};

/* More than the module can have. */
#define LAST_MAX (1U << 20)

/**
 * struct last - the newest events that are wanted
 * @filter: which are
 * @own: of those of the caller's own tenant
 * @most: how many
 * @items: a ring of @most of them, once there are more
 * @count: how many there are in @items
 * @next: the place of the next, and of the oldest once it is full
 */
struct last {
	struct filter filter;
	bool own;
	uint64_t most;
	struct event *items;
	size_t count;
	size_t next;
};

static int keep(struct nlmsghdr *header, void *into)
{
	struct last *last = into;
	struct event event;
	int ret = decode_event(header, &event);

	if (ret || !filter_wants(&last->filter, &event)) {
		event_clear(&event);
		return ret;
	}
	if (last->count < last->most) {
		*array_push(last->items, last->count) = event;
		return 0;
	}
	event_clear(&last->items[last->next]);
	last->items[last->next] = event;
	last->next = (last->next + 1) % last->count;
	return 0;
}

static void print_all(const struct last *last)
{
	size_t i;

	for (i = 0; i < last->count; i++)
		if (filter_print(&last->filter,
				 &last->items[(last->next + i) % last->count]))
			return;
}

static enum exit_code show(struct session *session, struct last *last)
{
	int ret = (last->own ? fetch_own_events :
			       fetch_events)(session, last->filter.since, keep,
					     last);

	if (ret)
		return refused(session, ret, "to list events");
	print_all(last);
	return EXIT_DONE;
}

static bool parse(const struct arguments *arguments, struct last *last)
{
	const char *count = arguments->options[OPTION_LAST];

	last->most = LAST_MAX;
	last->own = arguments->options[OPTION_SELF];
	if (count &&
	    (!value_number(count, LAST_MAX, &last->most) || !last->most)) {
		usage_error("'%s' is not a number of events", count);
		return false;
	}
	return filter_parse(&last->filter, arguments);
}

static enum exit_code run(const struct arguments *arguments)
{
	struct last last = { .items = NULL };
	struct session session;
	enum exit_code code;
	size_t i;

	if (!parse(arguments, &last))
		return EXIT_USAGE;
	code = open_or_refuse(&session);
	if (!code)
		code = show(&session, &last);
	session_close(&session);
	for (i = 0; i < last.count; i++)
		event_clear(&last.items[i]);
	free(last.items);
	return code;
}

static const struct option_spec options[] = {
	FILTER_OPTION_SPECS,
	[OPTION_LAST] = { "last", "N", "only the newest N of them" },
	[OPTION_SELF] = { "self", NULL, "those of the caller's tenant" },
	{ NULL },
};

const struct command cmd_events = {
	.name = "events",
	.operands = "",
	.help = "print events that were sent",
	.about =
		"Prints events that were sent and that the module still has, oldest first.\n",
	.options = options,
	.run = run,
};
