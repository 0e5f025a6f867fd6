// SPDX-License-Identifier: GPL-2.0
/* check: are these policy files good? */
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "emit.h"
#include "input.h"
#include "json.h"
#include "normal.h"
#include "text.h"

enum {
	OPTION_JSON,
	OPTION_EXPAND,
	OPTION_STRICT,
	OPTION_OTHER_HOST
};

static void print_json(const struct input *input)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "ok",
		 json_object_new_boolean(!diag_stops(&input->diag)));
	json_put_u64(object, "tenants", input->policy.count);
	json_put_u64(object, "rules", model_rule_count(&input->policy));
	json_put_u64(object, "errors", input->diag.errors);
	json_put_u64(object, "warnings", input->diag.warnings);
	json_put(object, "diagnostics", json_diag(&input->diag));
	json_write(object, false, stdout);
}

static void print_summary(const struct input *input)
{
	size_t errors = input->diag.errors;
	size_t warnings = input->diag.warnings;
	size_t tenants = input->policy.count;
	size_t rules = model_rule_count(&input->policy);

	if (diag_stops(&input->diag))
		fprintf(stderr, "cordonctl: %zu error%s, %zu warning%s\n",
			errors, text_plural(errors), warnings,
			text_plural(warnings));
	else
		printf("%zu tenant%s, %zu rule%s, no errors\n", tenants,
		       text_plural(tenants), rules, text_plural(rules));
}

static bool print_expanded(const struct policy *policy)
{
	struct policy normal = normal_policy(policy);
	bool good = emit_policy(&normal, stdout);

	normal_free(&normal);
	return good;
}

/* The policy takes the place of the summary, so that it can be piped. */
static bool print_text(const struct input *input, bool expand)
{
	diag_print(&input->diag, stderr);
	if (expand && !diag_stops(&input->diag))
		return print_expanded(&input->policy);
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
	if (arguments->options[OPTION_OTHER_HOST])
		input_read_for_other(&input, arguments->operands,
				     arguments->count);
	else
		input_read(&input, arguments->operands, arguments->count);
	input.diag.strict = arguments->options[OPTION_STRICT];
	code = diag_stops(&input.diag) ? EXIT_POLICY : EXIT_DONE;
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
	[OPTION_STRICT] = { "strict", NULL, "warnings are errors" },
	[OPTION_OTHER_HOST] = { "other-host", NULL,
				"look for no symbolic links on this host" },
	{ NULL },
};

const struct command cmd_check = {
	.name = "check",
	.operands = "FILE...",
	.help = "check policy files without the kernel",
	.about =
		"Reads the files as 'load' does and compiles their rules with the code that the\n"
		"module runs, but needs neither the module nor any privilege.\n",
	.least = 1,
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
