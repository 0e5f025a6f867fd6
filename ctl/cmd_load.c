// SPDX-License-Identifier: GPL-2.0
/* load: put the tenants of policy files in force. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "input.h"
#include "json.h"
#include "outlook.h"
#include "refusal.h"
#include "text.h"
#include "transaction.h"
#include "value.h"

enum {
	OPTION_REPLACE,
	OPTION_EXPECT,
	OPTION_DRY_RUN,
	OPTION_DIFF,
	OPTION_JSON,
	OPTION_STRICT
};

/* How often a change is foreseen that somebody else's gets ahead of. */
#define FORESEE_TRIES 10

/**
 * struct outcome - how a load ended
 * @code: exit code
 * @generation: new generation, if it was put in force
 * @foreseen: it was worked out what would change
 * @outlook: what
 * @refusal: why not, if the kernel refused
 */
struct outcome {
	enum exit_code code;
	uint64_t generation;
	bool foreseen;
	struct outlook outlook;
	struct refusal refusal;
};

/* What is foreseen must still hold at the commit. */
static int foresee(struct session *session, struct change *change,
		   struct outcome *outcome)
{
	struct outlook *outlook = &outcome->outlook;
	int ret = outlook_make(outlook, session, change->policy,
			       change->replace_all, &outcome->refusal);

	if (!ret && change->expected)
		ret = outlook_expect(outlook, *change->expected,
				     &outcome->refusal);
	outcome->foreseen = !ret;
	change->expected = &outlook->generation;
	return ret;
}

static int load_once(struct session *session, struct change *change,
		     bool foreseeing, struct outcome *outcome)
{
	int ret = foreseeing ? foresee(session, change, outcome) : 0;

	return ret ? ret :
		     transaction_run(session, change, &outcome->generation,
				     &outcome->refusal);
}

/* What was foreseen of another generation is of no use: look again. */
static int load_until(struct session *session, struct change *change,
		      bool foreseeing, struct outcome *outcome)
{
	const uint64_t *expected = change->expected;
	unsigned int tries = 0;
	int ret;

	for (;;) {
		ret = load_once(session, change, foreseeing, outcome);
		change->expected = expected;
		if (ret != -ESTALE || expected || ++tries == FORESEE_TRIES)
			return ret;
		refusal_clear(&outcome->refusal);
		outlook_clear(&outcome->outlook);
	}
}

static void load(struct change *change, bool foreseeing,
		 struct outcome *outcome)
{
	struct session session;
	int ret = session_open(&session);

	if (ret)
		refusal_set(&outcome->refusal, &session, ret,
			    "to talk to the module");
	else
		ret = load_until(&session, change, foreseeing, outcome);
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
		       bool diff, const struct outcome *outcome)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "ok", json_object_new_boolean(!outcome->code));
	json_put(object, "dry_run", json_object_new_boolean(change->dry_run));
	json_put_u64(object, "tenants", input->policy.count);
	json_put_u64(object, "rules", model_rule_count(&input->policy));
	if (!outcome->code)
		json_put_u64(object, "generation",
			     change->dry_run ? outcome->outlook.generation :
					       outcome->generation);
	if (outcome->foreseen)
		json_put(object, "changes",
			 json_changes(&outcome->outlook.comparison));
	if (outcome->foreseen && diff)
		json_put(object, "diff",
			 json_udiff(&outcome->outlook.comparison,
				    outcome->outlook.generation));
	if (outcome->refusal.text)
		put_refusal(object, &outcome->refusal);
	json_put(object, "diagnostics", json_diag(&input->diag));
	json_write(object, false, stdout);
}

static void print_foreseen(bool diff, const struct outcome *outcome)
{
	const struct comparison *comparison = &outcome->outlook.comparison;

	if (!outcome->foreseen)
		return;
	if (diff)
		compare_print_diff(comparison, outcome->outlook.generation,
				   stdout);
	else
		compare_print(comparison, "would ", stdout);
}

static void print_text(const struct input *input, const struct change *change,
		       bool diff, const struct outcome *outcome)
{
	size_t tenants = input->policy.count;
	size_t rules = model_rule_count(&input->policy);

	diag_print(&input->diag, stderr);
	print_foreseen(diff, outcome);
	if (outcome->refusal.text)
		refusal_print(&outcome->refusal, stderr);
	if (outcome->code)
		refusal_conclude(&outcome->refusal, "loaded");
	else if (change->dry_run)
		printf("dry run: the module accepts %zu tenant%s, %zu rule%s; "
		       "nothing was changed, generation %" PRIu64 "\n",
		       tenants, text_plural(tenants), rules, text_plural(rules),
		       outcome->outlook.generation);
	else
		printf("loaded %zu tenant%s, %zu rule%s, generation %" PRIu64
		       "\n",
		       tenants, text_plural(tenants), rules, text_plural(rules),
		       outcome->generation);
}

static enum exit_code run(const struct arguments *arguments)
{
	const char *expect = arguments->options[OPTION_EXPECT];
	bool diff = arguments->options[OPTION_DIFF];
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
	input.diag.strict = arguments->options[OPTION_STRICT];
	if (diag_stops(&input.diag))
		outcome.code = EXIT_POLICY;
	else
		load(&change, diff || change.dry_run, &outcome);
	if (arguments->options[OPTION_JSON])
		print_json(&input, &change, diff, &outcome);
	else
		print_text(&input, &change, diff, &outcome);
	refusal_clear(&outcome.refusal);
	outlook_clear(&outcome.outlook);
	input_clear(&input);
	return outcome.code;
}

static const struct option_spec options[] = {
	[OPTION_REPLACE] = { "replace", NULL,
			     "remove tenants that the files do not name" },
	[OPTION_EXPECT] = { "expect-generation", "N",
			    "only if N is the generation in force" },
	[OPTION_DRY_RUN] = { "dry-run", NULL,
			     "say what would change, but do not commit" },
	[OPTION_DIFF] = { "diff", NULL,
			  "print what changes as a unified diff" },
	[OPTION_JSON] = { "json", NULL, "print the outcome as JSON" },
	[OPTION_STRICT] = { "strict", NULL,
			    "load nothing when there are warnings" },
	{ NULL },
};

const struct command cmd_load = {
	.name = "load",
	.operands = "FILE...",
	.help = "put tenants of policy files in force, all or none",
	.about =
		"Reads all files, checks all of them, and puts their tenants in force in one\n"
		"transaction.  Other tenants stay as they are.  A FILE may be a directory, of\n"
		"which all *.yaml and *.yml files are read in byte order of their names, but no\n"
		"hidden ones, or '-' for the standard input.\n",
	.least = 1,
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
