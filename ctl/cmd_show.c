// SPDX-License-Identifier: GPL-2.0
/* show: the tenants in force, or one of them with its rules. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "command.h"
#include "fetch.h"
#include "json.h"
#include "print.h"
#include "refusal.h"
#include "reload.h"
#include "text.h"

enum {
	OPTION_JSON,
	OPTION_YAML
};

static enum exit_code no_tenant(const char *name)
{
	fprintf(stderr,
		"cordonctl: there is no tenant '%s'; 'cordonctl show' lists them\n",
		name);
	return EXIT_REFUSED;
}

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
	if (i == list->count)
		return no_tenant(name);
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

static bool is_named(const struct arguments *arguments, const char *name)
{
	size_t i;

	for (i = 0; i < arguments->count; i++)
		if (!strcmp(arguments->operands[i], name))
			return true;
	return !arguments->count;
}

/* Those that are asked for, which @policy keeps; all when nobody asks. */
static enum exit_code choose(const struct policy *policy,
			     const struct arguments *arguments,
			     struct policy *chosen)
{
	size_t i;

	for (i = 0; i < arguments->count; i++)
		if (!policy_find(policy, arguments->operands[i]))
			return no_tenant(arguments->operands[i]);
	for (i = 0; i < policy->count; i++)
		if (is_named(arguments, policy->tenants[i].name))
			*array_push(chosen->tenants, chosen->count) =
				policy->tenants[i];
	return EXIT_DONE;
}

static enum exit_code print_yaml(const struct policy *policy,
				 uint64_t generation)
{
	char *why = NULL;
	bool exact = false;
	char *text = reload_text(policy, &exact, &why);

	if (text)
		printf("# generation %" PRIu64 "\n%s", generation, text);
	else
		fprintf(stderr,
			"cordonctl: no policy file says what is in force: %s\n",
			why);
	free(why);
	if (text && !exact)
		fputs("cordonctl: this is not as it was loaded: loading it changes the digest\n",
		      stderr);
	if (!text)
		return EXIT_REFUSED;
	free(text);
	return EXIT_DONE;
}

static enum exit_code show_yaml(struct session *session,
				const struct arguments *arguments)
{
	struct policy policy;
	struct policy chosen = { 0 };
	uint64_t generation;
	enum exit_code code;
	int ret = fetch_policy(session, &policy, &generation);

	if (ret)
		code = refused(session, ret, "to tell what is in force");
	else
		code = choose(&policy, arguments, &chosen);
	if (!code)
		code = print_yaml(&chosen, generation);
	free(chosen.tenants);
	policy_clear(&policy);
	return code;
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
	bool as_yaml = arguments->options[OPTION_YAML];
	struct session session;
	enum exit_code code;

	if (as_yaml && arguments->options[OPTION_JSON]) {
		usage_error("'--json' and '--yaml' do not go together");
		return EXIT_USAGE;
	}
	if (!as_yaml && arguments->count > 1) {
		usage_error("'show' takes several tenants with '--yaml' only");
		return EXIT_USAGE;
	}
	code = open_or_refuse(&session);
	if (!code)
		code = (as_yaml ? show_yaml : show)(&session, arguments);
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print JSON" },
	[OPTION_YAML] = { "yaml", NULL,
			  "print a policy file that means the same" },
	{ NULL },
};

const struct command cmd_show = {
	.name = "show",
	.operands = "[TENANT...]",
	.help = "list tenants, or one tenant with its rules",
	.about =
		"Without a TENANT all are listed, without their rules.  With '--yaml' all, or\n"
		"those that are named, are printed with their rules as a policy file; several\n"
		"can be named only then.\n",
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
