// SPDX-License-Identifier: GPL-2.0
/* show: the tenants in force, or one of them with its rules. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "fetch.h"
#include "json.h"
#include "print.h"
#include "refusal.h"
#include "text.h"

enum {
	OPTION_JSON
};

static void print_one(const struct tenant_state *state, bool as_json)
{
	size_t i;

	if (as_json) {
		json_write(json_tenant(state, true), false, stdout);
		return;
	}
	print_tenant(state, stdout);
	for (i = 0; i < state->tenant.rule_count; i++)
		print_rule(&state->tenant.rules[i], stdout);
}

static enum exit_code show_one(struct session *session,
			       struct tenant_list *list, const char *name,
			       bool as_json)
{
	size_t i;
	int ret;

	for (i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].tenant.name, name))
			break;
	if (i == list->count) {
		fprintf(stderr,
			"cordonctl: there is no tenant '%s'; 'cordonctl show' lists them\n",
			name);
		return EXIT_REFUSED;
	}
	ret = fetch_rules(session, &list->items[i].tenant);
	if (ret)
		return refused(session, ret, "to list the rules");
	print_one(&list->items[i], as_json);
	return EXIT_DONE;
}

static enum exit_code show_all(const struct tenant_list *list, bool as_json)
{
	struct json_object *object;
	struct json_object *array;
	size_t i;

	if (as_json) {
		object = json_object_new_object();
		array = json_object_new_array();
		for (i = 0; i < list->count; i++)
			json_object_array_add(array,
					      json_tenant(&list->items[i],
							  false));
		json_put(object, "tenants", array);
		json_write(object, false, stdout);
		return EXIT_DONE;
	}
	if (!list->count)
		puts("no tenants; 'cordonctl load FILE' adds some");
	for (i = 0; i < list->count; i++) {
		if (i)
			putchar('\n');
		print_tenant(&list->items[i], stdout);
	}
	return EXIT_DONE;
}

static enum exit_code show(struct session *session,
			   const struct arguments *arguments)
{
	bool as_json = arguments->options[OPTION_JSON];
	struct tenant_list list;
	enum exit_code code;
	int ret = fetch_tenants(session, &list);

	if (ret)
		code = refused(session, ret, "to list the tenants");
	else if (arguments->count)
		code = show_one(session, &list, arguments->operands[0],
				as_json);
	else
		code = show_all(&list, as_json);
	tenant_list_clear(&list);
	return code;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct session session;
	enum exit_code code = open_or_refuse(&session);

	if (!code)
		code = show(&session, arguments);
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print JSON" },
	{ NULL },
};

const struct command cmd_show = {
	.name = "show",
	.operands = "[TENANT]",
	.help = "list tenants, or one tenant with its rules",
	.most = 1,
	.options = options,
	.run = run,
};
