// SPDX-License-Identifier: GPL-2.0
/* flush: remove every tenant. */
#include "command.h"
#include "removal.h"

enum {
	OPTION_DRY_RUN,
	OPTION_JSON
};

static enum exit_code run(const struct arguments *arguments)
{
	const struct policy nothing = { 0 };
	const struct change change = {
		.policy = &nothing,
		.replace_all = true,
		.dry_run = arguments->options[OPTION_DRY_RUN],
	};

	return removal_run(&change, arguments->options[OPTION_JSON]);
}

static const struct option_spec options[] = {
	[OPTION_DRY_RUN] = { "dry-run", NULL,
			     "have the module check it, but do not commit" },
	[OPTION_JSON] = { "json", NULL, "print the new generation as JSON" },
	{ NULL },
};

const struct command cmd_flush = {
	.name = "flush",
	.operands = "",
	.help = "remove every tenant and detach all hooks",
	.options = options,
	.run = run,
};
