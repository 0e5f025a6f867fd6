// SPDX-License-Identifier: GPL-2.0
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "names.h"
#include "print.h"
#include "value.h"

static bool parse_name(const char *text, const char *what,
		       const struct name *table, uint32_t *value)
{
	const struct name *name = text ? names_find(table, text) : NULL;
	const char *nearest;

	if (!text)
		return true;
	if (name) {
		*value = name->value;
		return true;
	}
	nearest = names_nearest(table, text);
	if (nearest)
		usage_error("'%s' is not a %s; did you mean '%s'?", text, what,
			    nearest);
	else
		usage_error("'%s' is not a %s", text, what);
	return false;
}

/**
 * filter_parse - find out from the options which events are wanted
 * @filter: becomes that
 * @arguments: of a command whose options begin with FILTER_OPTION_SPECS
 *
 * Return: true, or false when it was said what is wrong.
 */
bool filter_parse(struct filter *filter, const struct arguments *arguments)
{
	const char *since = arguments->options[FILTER_SINCE];

	memset(filter, 0, sizeof(*filter));
	filter->as_json = arguments->options[FILTER_JSON];
	filter->tenant = arguments->options[FILTER_TENANT];
	if (since && (!value_number(since, UINT64_MAX, &filter->since) ||
		      !filter->since)) {
		usage_error("'%s' is not the number of an event", since);
		return false;
	}
	return parse_name(arguments->options[FILTER_CLASS], "class",
			  names_class, &filter->class) &&
	       parse_name(arguments->options[FILTER_VERDICT], "verdict",
			  names_verdict, &filter->verdict);
}

/**
 * filter_wants - whether an event is wanted
 * @filter: which are
 * @event: the event
 *
 * Return: true when it is.
 */
bool filter_wants(const struct filter *filter, const struct event *event)
{
	/* Those of the caller's own tenant are numbered in it. */
	if ((event->seq ? event->seq : event->tenant_seq) < filter->since)
		return false;
	if (filter->tenant && strcmp(filter->tenant, event->tenant))
		return false;
	if (filter->class && filter->class != event->class)
		return false;
	return !filter->verdict || filter->verdict == event->verdict;
}

/**
 * filter_print - print an event as it is wanted
 * @filter: how
 * @event: the event
 *
 * Return: 0, or -EPIPE when nobody reads what is printed.
 */
int filter_print(const struct filter *filter, const struct event *event)
{
	if (filter->as_json)
		json_write(json_event(event), true, stdout);
	else
		print_event(event, stdout);
	return ferror(stdout) ? -EPIPE : 0;
}
