// SPDX-License-Identifier: GPL-2.0
/* ps: the tasks that belong to tenants. */
#include <json-c/json.h>
#include <stdio.h>

#include "command.h"
#include "fetch.h"
#include "json.h"
#include "print.h"
#include "refusal.h"

enum {
	OPTION_JSON
};

static void print_json(const struct member_list *list)
{
	struct json_object *object = json_object_new_object();
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < list->count; i++)
		json_object_array_add(array, json_member(&list->items[i]));
	json_put(object, "members", array);
	json_write(object, false, stdout);
}

static enum exit_code show(struct session *session, bool as_json)
{
	struct member_list list;
	enum exit_code code = EXIT_DONE;
	int ret = fetch_members(session, &list);

	if (ret)
		code = refused(session, ret, "to list the members");
	else if (as_json)
		print_json(&list);
	else
		print_members(&list, stdout);
	member_list_clear(&list);
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

const struct command cmd_ps = {
	.name = "ps",
	.operands = "",
	.help = "show the tasks that belong to tenants as trees",
	.options = options,
	.run = run,
};
