// SPDX-License-Identifier: GPL-2.0
/* The table of verbs; help, its man page and the parsing follow from it. */
#include "verbs.h"

#include <string.h>

#include "names.h"
#include "pure.h"

/* In the order of help: what is asked for most comes first. */
static const struct command *const commands[] = {
	&cmd_show,   &cmd_check,   &cmd_load,	 &cmd_diff,    &cmd_unload,
	&cmd_flush,  &cmd_seal,	   &cmd_run,	 &cmd_ps,      &cmd_status,
	&cmd_stats,  &cmd_top,	   &cmd_monitor, &cmd_events,  &cmd_record,
	&cmd_report, &cmd_explain, &cmd_doctor,	 &cmd_version, &cmd_help,
};

/**
 * verbs_get - a verb by its place in the table
 * @index: the place, counted from 0
 *
 * Return: the verb, or NULL behind the last.
 */
const struct command *verbs_get(size_t index)
{
	return index < ARRAY_SIZE(commands) ? commands[index] : NULL;
}

/**
 * verbs_find - a verb by its name; the user is told when there is none
 * @name: the name
 *
 * Return: the verb, or NULL.
 */
const struct command *verbs_find(const char *name)
{
	struct name names[ARRAY_SIZE(commands) + 1] = { { NULL } };
	const char *nearest;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
		names[i].text = commands[i]->name;
	}
	nearest = names_nearest(names, name);
	if (nearest)
		usage_error("unknown command '%s'; did you mean '%s'?", name,
			    nearest);
	else
		usage_error("unknown command '%s'", name);
	return NULL;
}
