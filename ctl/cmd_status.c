// SPDX-License-Identifier: GPL-2.0
/* status: what the module is doing as a whole. */
#include <stdio.h>

#include "command.h"
#include "fetch.h"
#include "json.h"
#include "print.h"
#include "refusal.h"

enum {
	OPTION_JSON
};

static enum exit_code show(struct session *session, bool as_json)
{
	struct status status;
	enum exit_code code = EXIT_DONE;
	int ret = fetch_status(session, &status);

	if (ret)
		code = refused(session, ret, "to report its state");
	else if (as_json)
		json_write(json_status(&status), false, stdout);
	else
		print_status(&status, stdout);
	status_clear(&status);
	return code;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct session session;
	enum exit_code code = open_or_refuse(&session);

	if (!code)
		code = show(&session, arguments->options[OPTION_JSON]);
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print JSON" },
	{ NULL },
};

const struct command cmd_status = {
	.name = "status",
	.operands = "",
	.help = "show the module's state, bounds and counters",
	.options = options,
	.run = run,
};
