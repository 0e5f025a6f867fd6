// SPDX-License-Identifier: GPL-2.0
/* help: about the tool, or about one of its verbs. */
#include "verbs.h"

static enum exit_code run(const struct arguments *arguments)
{
	const struct command *command;

	if (!arguments->count) {
		help_all(stdout);
		return EXIT_DONE;
	}
	command = verbs_find(arguments->operands[0]);
	if (!command)
		return EXIT_USAGE;
	help_verb(command, stdout);
	return EXIT_DONE;
}

static const struct option_spec options[] = {
	{ NULL },
};

const struct command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.help = "show this, or the options of a command",
	.most = 1,
	.options = options,
	.run = run,
};
