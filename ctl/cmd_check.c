// SPDX-License-Identifier: GPL-2.0
/* check: are these policy files good? */
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "emit.h"
#include "input.h"
#include "json.h"

enum {
	OPTION_JSON,
	OPTION_EXPAND
};

static void print_json(const struct input *input)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "ok", json_object_new_boolean(!input->diag.errors));
	json_put_u64(object, "tenants", input->policy.count);
	json_put_u64(object, "rules", model_rule_count(&input->policy));
	json_put_u64(object, "errors", input->diag.errors);
	json_put_u64(object, "warnings", input->diag.warnings);
	json_put(object, "diagnostics", json_diag(&input->diag));
	json_write(object, false, stdout);
}

static void print_summary(const struct input *input)
{
	if (input->diag.errors)
		fprintf(stderr, "cordonctl: %zu errors, %zu warnings\n",
			input->diag.errors, input->diag.warnings);
	else
		printf("%zu tenants, %zu rules, no errors\n",
		       input->policy.count, model_rule_count(&input->policy));
}

/* The policy takes the place of the summary, so that it can be piped. */
static bool print_text(const struct input *input, bool expand)
{
	diag_print(&input->diag, stderr);
	if (expand && !input->diag.errors)
		return emit_policy(&input->policy, stdout);
	print_summary(input);
	return true;
}

static enum exit_code run(const struct arguments *arguments)
{
	bool as_json = arguments->options[OPTION_JSON];
	bool expand = arguments->options[OPTION_EXPAND];
	struct input input;
	enum exit_code code;

	if (as_json && expand) {
		usage_error("'--json' and '--expand' do not go together");
		return EXIT_USAGE;
	}
	input_read(&input, arguments->operands, arguments->count);
	code = input.diag.errors ? EXIT_POLICY : EXIT_DONE;
	if (as_json)
		print_json(&input);
	else if (!print_text(&input, expand))
		code = EXIT_REFUSED;
	input_clear(&input);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print the findings as JSON" },
	[OPTION_EXPAND] = { "expand", NULL, "print the policy as plain rules" },
	{ NULL },
};

const struct command cmd_check = {
	.name = "check",
	.operands = "FILE...",
	.help = "check policy files without the kernel",
	.least = 1,
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
