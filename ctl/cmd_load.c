// SPDX-License-Identifier: GPL-2.0
/* load: put the tenants of policy files in force. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "input.h"
#include "json.h"
#include "refusal.h"
#include "text.h"
#include "transaction.h"
#include "value.h"

enum {
	OPTION_REPLACE,
	OPTION_EXPECT,
	OPTION_DRY_RUN,
	OPTION_JSON
};

/**
 * struct outcome - how a load ended
 * @code: exit code
 * @generation: new generation, if it was put in force
 * @refusal: why not, if the kernel refused
 */
struct outcome {
	enum exit_code code;
	uint64_t generation;
	struct refusal refusal;
};

static void load(const struct change *change, struct outcome *outcome)
{
	struct session session;
	int ret = session_open(&session);

	if (ret)
		refusal_set(&outcome->refusal, &session, ret,
			    "to talk to the module");
	else
		ret = transaction_run(&session, change, &outcome->generation,
				      &outcome->refusal);
	if (ret)
		outcome->code = refusal_code(&outcome->refusal);
	session_close(&session);
}

static void put_refusal(struct json_object *object,
			const struct refusal *refusal)
{
	char *name = text_errno(refusal->error);

	json_put_text(object, "error", refusal->text);
	json_put_text(object, "errno_name", name);
	json_put_text(object, "origin", refusal->origin);
	free(name);
}

static void print_json(const struct input *input, const struct change *change,
		       const struct outcome *outcome)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "ok", json_object_new_boolean(!outcome->code));
	json_put(object, "dry_run", json_object_new_boolean(change->dry_run));
	json_put_u64(object, "tenants", input->policy.count);
	json_put_u64(object, "rules", model_rule_count(&input->policy));
	if (!outcome->code && !change->dry_run)
		json_put_u64(object, "generation", outcome->generation);
	if (outcome->refusal.text)
		put_refusal(object, &outcome->refusal);
	json_put(object, "diagnostics", json_diag(&input->diag));
	json_write(object, false, stdout);
}

static void print_text(const struct input *input, const struct change *change,
		       const struct outcome *outcome)
{
	size_t tenants = input->policy.count;
	size_t rules = model_rule_count(&input->policy);

	diag_print(&input->diag, stderr);
	if (outcome->refusal.text)
		refusal_print(&outcome->refusal);
	if (outcome->code)
		fputs("cordonctl: nothing was loaded\n", stderr);
	else if (change->dry_run)
		printf("dry run: the module accepts %zu tenants, %zu rules; nothing was changed\n",
		       tenants, rules);
	else
		printf("loaded %zu tenants, %zu rules, generation %" PRIu64
		       "\n",
		       tenants, rules, outcome->generation);
}

static enum exit_code run(const struct arguments *arguments)
{
	const char *expect = arguments->options[OPTION_EXPECT];
	struct outcome outcome = { EXIT_DONE };
	uint64_t expected = 0;
	struct input input;
	struct change change = {
		.policy = &input.policy,
		.replace_all = arguments->options[OPTION_REPLACE],
		.dry_run = arguments->options[OPTION_DRY_RUN],
		.expected = expect ? &expected : NULL,
	};

	if (expect && !value_number(expect, UINT64_MAX, &expected)) {
		usage_error("'%s' is not a generation number", expect);
		return EXIT_USAGE;
	}
	input_read(&input, arguments->operands, arguments->count);
	if (input.diag.errors)
		outcome.code = EXIT_POLICY;
	else
		load(&change, &outcome);
	if (arguments->options[OPTION_JSON])
		print_json(&input, &change, &outcome);
	else
		print_text(&input, &change, &outcome);
	refusal_clear(&outcome.refusal);
	input_clear(&input);
	return outcome.code;
}

static const struct option_spec options[] = {
	[OPTION_REPLACE] = { "replace", NULL,
			     "remove tenants that the files do not name" },
	[OPTION_EXPECT] = { "expect-generation", "N",
			    "only if N is the generation in force" },
	[OPTION_DRY_RUN] = { "dry-run", NULL, "do everything but the commit" },
	[OPTION_JSON] = { "json", NULL, "print the outcome as JSON" },
	{ NULL },
};

const struct command cmd_load = {
	.name = "load",
	.operands = "FILE...",
	.help = "put the tenants of policy files in force, all or none",
	.least = 1,
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
