// SPDX-License-Identifier: GPL-2.0
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "falco.h"
#include "json.h"
#include "names.h"
#include "terminal.h"
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

static const struct name formats[] = {
	{ "text", FORMAT_TEXT },
	{ "json", FORMAT_JSON },
	{ "falco", FORMAT_FALCO },
	{ NULL },
};

static bool parse_format(struct filter *filter,
			 const struct arguments *arguments)
{
	const char *text = arguments->options[FILTER_FORMAT];
	uint32_t format = FORMAT_TEXT;

	if (!parse_name(text, "format", formats, &format))
		return false;
	if (arguments->options[FILTER_JSON] && text && format != FORMAT_JSON) {
		usage_error("'--json' and '--format=%s' exclude each other",
			    text);
		return false;
	}
	filter->format = arguments->options[FILTER_JSON] ? FORMAT_JSON : format;
	return true;
}

/* What is the same for all that is printed. */
static void prepare(struct filter *filter)
{
	filter->style = terminal_has_colours(STDOUT_FILENO) ? PRINT_COLOURED :
							      PRINT_ALIGNED;
	/* A name that is too long is cut off, maybe without an end. */
	if (gethostname(filter->host, sizeof(filter->host) - 1))
		filter->host[0] = '\0';
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
	prepare(filter);
	filter->tenant = arguments->options[FILTER_TENANT];
	if (since && (!value_number(since, UINT64_MAX, &filter->since) ||
		      !filter->since)) {
		usage_error("'%s' is not the number of an event", since);
		return false;
	}
	return parse_format(filter, arguments) &&
	       parse_name(arguments->options[FILTER_CLASS], "class",
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
	switch (filter->format) {
	case FORMAT_JSON:
		json_write(json_event(event), true, stdout);
		break;
	case FORMAT_FALCO:
		json_write(falco_event(event, filter->host), true, stdout);
		break;
	case FORMAT_TEXT:
		print_event(event, filter->style, stdout);
		break;
	}
	return ferror(stdout) ? -EPIPE : 0;
}
