// SPDX-License-Identifier: GPL-2.0
/* version: of the tool and of the module. */
#include <json-c/json.h>
#include <stdio.h>

#include <linux/cordon.h>

#include "command.h"
#include "fetch.h"
#include "json.h"
#include "refusal.h"
#include "version.h"

enum {
	OPTION_JSON
};

static void print_json(const char *module)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "tool", CORDON_VERSION);
	json_put_u64(object, "protocol", CORDON_PROTOCOL_VERSION);
	json_put_text(object, "module", module);
	json_write(object, false, stdout);
}

static void print(const char *module, const char *otherwise, bool as_json)
{
	if (as_json) {
		print_json(module);
		return;
	}
	printf("cordonctl %s\n", CORDON_VERSION);
	printf("cordon.ko %s\n", module ? module : otherwise);
}

static enum exit_code show(struct session *session, bool as_json)
{
	struct status status;
	enum exit_code code = EXIT_DONE;
	int ret = fetch_status(session, &status);

	if (ret)
		code = refused(session, ret, "to tell its version");
	print(status.version, "unknown", as_json);
	status_clear(&status);
	return code;
}

static enum exit_code run(const struct arguments *arguments)
{
	bool as_json = arguments->options[OPTION_JSON];
	struct session session;
	enum exit_code code = EXIT_DONE;
	int ret = session_open(&session);

	/* That the module is not there is an answer, not an error. */
	if (session.missing)
		print(NULL, "not loaded", as_json);
	else if (ret)
		code = refused(&session, ret, "to talk to the module");
	else
		code = show(&session, as_json);
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print JSON" },
	{ NULL },
};

const struct command cmd_version = {
	.name = "version",
	.operands = "",
	.help = "show the versions of the tool and of the module",
	.options = options,
	.run = run,
};
