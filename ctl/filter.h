/* SPDX-License-Identifier: GPL-2.0 */
/* Which events are wanted, and how they are printed. */
#ifndef CTL_FILTER_H
#define CTL_FILTER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "decode.h"
#include "print.h"

/* Options that all commands have that print events, first in their tables. */
enum {
	FILTER_JSON,
	FILTER_FORMAT,
	FILTER_SINCE,
	FILTER_TENANT,
	FILTER_CLASS,
	FILTER_VERDICT,
	FILTER_OPTIONS
};

#define FILTER_OPTION_SPECS                                                    \
	[FILTER_JSON] = { "json", NULL, "print one JSON object a line" },      \
	[FILTER_FORMAT] = { "format", "FORMAT", "text, json or falco" },       \
	[FILTER_SINCE] = { "since", "SEQ", "begin with this event" },          \
	[FILTER_TENANT] = { "tenant", "NAME", "only events of this tenant" },  \
	[FILTER_CLASS] = { "class", "CLASS", "only events of this class" },    \
	[FILTER_VERDICT] = { "verdict", "VERDICT",                             \
			     "only events with this verdict" }

/**
 * enum format - how an event is printed
 * @FORMAT_TEXT: a line for people
 * @FORMAT_JSON: our own JSON
 * @FORMAT_FALCO: as Falco does
 */
enum format {
	FORMAT_TEXT,
	FORMAT_JSON,
	FORMAT_FALCO,
};

/**
 * struct filter - which events are wanted
 * @format: how they are printed
 * @style: how lines for people are laid out
 * @host: name of this host
 * @since: number of the first, 0 where it was not given
 * @tenant: name of their tenant, or NULL for any
 * @class: a cordon_class, or 0 for any
 * @verdict: a cordon_verdict, or 0 for any
 */
struct filter {
	enum format format;
	enum print_style style;
	char host[HOST_NAME_MAX + 1];
	uint64_t since;
	const char *tenant;
	uint32_t class;
	uint32_t verdict;
};

bool filter_parse(struct filter *filter, const struct arguments *arguments);
bool filter_wants(const struct filter *filter, const struct event *event);
int filter_print(const struct filter *filter, const struct event *event);

#endif /* CTL_FILTER_H */
