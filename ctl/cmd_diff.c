// SPDX-License-Identifier: GPL-2.0
/* diff: what a load of these files would change. */
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "input.h"
#include "json.h"
#include "outlook.h"
#include "refusal.h"

enum {
	OPTION_REPLACE,
	OPTION_JSON
};

/* Of files with errors nothing else is known. */
static void print_errors(const struct diag *diag)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "diagnostics", json_diag(diag));
	json_write(object, false, stdout);
}

static void print_json(const struct outlook *outlook, const struct diag *diag)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "diagnostics", json_diag(diag));
	json_put(object, "same",
		 json_object_new_boolean(!outlook->comparison.changes));
	json_put_u64(object, "generation", outlook->generation);
	json_put(object, "changes", json_changes(&outlook->comparison));
	json_put(object, "diff",
		 json_udiff(&outlook->comparison, outlook->generation));
	json_write(object, false, stdout);
}

static enum exit_code print(const struct outlook *outlook,
			    const struct diag *diag, bool as_json)
{
	if (as_json)
		print_json(outlook, diag);
	else
		compare_print_diff(&outlook->comparison, outlook->generation,
				   stdout);
	return outlook->comparison.changes ? EXIT_DIFFERENT : EXIT_DONE;
}

static enum exit_code compare(const struct input *input,
			      const struct arguments *arguments)
{
	struct session session;
	struct outlook outlook = { 0 };
	struct refusal refusal;
	enum exit_code code = open_or_refuse(&session);

	if (!code &&
	    outlook_make(&outlook, &session, &input->policy,
			 arguments->options[OPTION_REPLACE], &refusal)) {
		refusal_print(&refusal, stderr);
		code = refusal_code(&refusal);
		refusal_clear(&refusal);
	} else if (!code) {
		code = print(&outlook, &input->diag,
			     arguments->options[OPTION_JSON]);
	}
	outlook_clear(&outlook);
	session_close(&session);
	return code;
}

static enum exit_code run(const struct arguments *arguments)
{
	bool as_json = arguments->options[OPTION_JSON];
	enum exit_code code = EXIT_POLICY;
	struct input input;

	input_read(&input, arguments->operands, arguments->count);
	if (!as_json)
		diag_print(&input.diag, stderr);
	if (!input.diag.errors)
		code = compare(&input, arguments);
	else if (as_json)
		print_errors(&input.diag);
	input_clear(&input);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_REPLACE] = { "replace", NULL,
			     "as if tenants that are not named were removed" },
	[OPTION_JSON] = { "json", NULL, "print JSON" },
	{ NULL },
};

const struct command cmd_diff = {
	.name = "diff",
	.operands = "FILE...",
	.help = "compare policy files with what is in force",
	.about =
		"Prints what a load of the files would change in what 'show --yaml' prints,\n"
		"as a unified diff, and ends with exit code 5 if that is something.\n",
	.least = 1,
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
