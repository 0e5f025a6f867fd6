// SPDX-License-Identifier: GPL-2.0
#include "removal.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

#include "json.h"
#include "refusal.h"
#include "text.h"

static void print_json(const struct change *change, uint64_t generation)
{
	struct json_object *object = json_object_new_object();

	json_put(object, "dry_run", json_object_new_boolean(change->dry_run));
	if (!change->replace_all)
		json_put_u64(object, "tenants", change->remove_count);
	json_put_u64(object, "generation", generation);
	json_write(object, false, stdout);
}

static void print_text(const struct change *change, uint64_t generation)
{
	if (change->dry_run)
		fputs("dry run: the module accepts that ", stdout);
	else
		fputs("removed ", stdout);
	if (change->replace_all)
		fputs("all tenants", stdout);
	else
		printf("%zu tenant%s", change->remove_count,
		       text_plural(change->remove_count));
	if (change->dry_run)
		printf(" %s removed; nothing was changed",
		       change->replace_all || change->remove_count != 1 ?
			       "are" :
			       "is");
	printf(", generation %" PRIu64 "\n", generation);
}

static enum exit_code run(struct session *session, const struct change *change,
			  bool as_json)
{
	struct refusal refusal;
	uint64_t generation = 0;
	enum exit_code code;

	if (!transaction_run(session, change, &generation, &refusal)) {
		if (as_json)
			print_json(change, generation);
		else
			print_text(change, generation);
		return EXIT_DONE;
	}
	refusal_print(&refusal, stderr);
	refusal_conclude(&refusal, "removed");
	code = refusal_code(&refusal);
	refusal_clear(&refusal);
	return code;
}

/**
 * removal_run - remove tenants
 * @change: which; it defines none
 * @as_json: tell what came of it as JSON
 *
 * Return: the exit code.
 */
enum exit_code removal_run(const struct change *change, bool as_json)
{
	struct session session;
	enum exit_code code = open_or_refuse(&session);

	if (!code)
		code = run(&session, change, as_json);
	session_close(&session);
	return code;
}
