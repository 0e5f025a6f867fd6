// SPDX-License-Identifier: GPL-2.0
/* unload: remove tenants. */
#include <stdint.h>
#include <string.h>

#include <linux/cordon.h>

#include "command.h"
#include "removal.h"
#include "value.h"

enum {
	OPTION_EXPECT,
	OPTION_DRY_RUN,
	OPTION_JSON
};

static bool are_names(const struct arguments *arguments)
{
	size_t i;

	for (i = 0; i < arguments->count; i++) {
		if (strlen(arguments->operands[i]) <= CORDON_NAME_MAX)
			continue;
		usage_error("'%s' is too long for a tenant",
			    arguments->operands[i]);
		return false;
	}
	return true;
}

static enum exit_code run(const struct arguments *arguments)
{
	const char *expect = arguments->options[OPTION_EXPECT];
	const struct policy nothing = { 0 };
	uint64_t expected = 0;
	const struct change change = {
		.policy = &nothing,
		.remove = arguments->operands,
		.remove_count = arguments->count,
		.dry_run = arguments->options[OPTION_DRY_RUN],
		.expected = expect ? &expected : NULL,
	};

	if (!are_names(arguments))
		return EXIT_USAGE;
	if (expect && !value_number(expect, UINT64_MAX, &expected)) {
		usage_error("'%s' is not a generation number", expect);
		return EXIT_USAGE;
	}
	return removal_run(&change, arguments->options[OPTION_JSON]);
}

static const struct option_spec options[] = {
	[OPTION_EXPECT] = { "expect-generation", "N",
			    "only if N is the generation in force" },
	[OPTION_DRY_RUN] = { "dry-run", NULL,
			     "have the module check it, but do not commit" },
	[OPTION_JSON] = { "json", NULL, "print the new generation as JSON" },
	{ NULL },
};

const struct command cmd_unload = {
	.name = "unload",
	.operands = "TENANT...",
	.help = "remove tenants, all that are named or none",
	.least = 1,
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
