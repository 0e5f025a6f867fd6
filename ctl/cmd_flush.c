// SPDX-License-Identifier: GPL-2.0
/* flush: remove every tenant. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "command.h"
#include "json.h"
#include "refusal.h"
#include "transaction.h"

enum {
	OPTION_JSON
};

static enum exit_code flush(struct session *session, bool as_json)
{
	const struct policy nothing = { 0 };
	const struct change change = { .policy = &nothing,
				       .replace_all = true };
	struct refusal refusal;
	uint64_t generation = 0;
	struct json_object *object;
	enum exit_code code;

	if (transaction_run(session, &change, &generation, &refusal)) {
		refusal_print(&refusal);
		code = refusal_code(&refusal);
		refusal_clear(&refusal);
		return code;
	}
	if (as_json) {
		object = json_object_new_object();
		json_put_u64(object, "generation", generation);
		json_write(object, false, stdout);
	} else {
		printf("removed all tenants, generation %" PRIu64 "\n",
		       generation);
	}
	return EXIT_DONE;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct session session;
	enum exit_code code = open_or_refuse(&session);

	if (!code)
		code = flush(&session, arguments->options[OPTION_JSON]);
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
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
