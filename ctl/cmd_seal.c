// SPDX-License-Identifier: GPL-2.0
/* seal: keep policy as it is until the next boot. */
#include <json-c/json.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "command.h"
#include "encode.h"
#include "json.h"
#include "nl.h"
#include "refusal.h"
#include "text.h"

enum {
	OPTION_TENANTS,
	OPTION_JSON
};

/**
 * struct names - names of tenants
 * @text: all of them, cut
 * @list: where each begins
 * @count: how many
 */
struct names {
	char *text;
	char **list;
	size_t count;
};

static void names_clear(struct names *names)
{
	free(names->text);
	free(names->list);
}

/* Names between commas; the user is told what is wrong with them. */
static bool read_names(struct names *names, const char *text)
{
	char *rest, *name;

	names->text = alloc_text(text, strlen(text));
	rest = names->text;
	while ((name = strsep(&rest, ","))) {
		if (!*name || strlen(name) > CORDON_NAME_MAX) {
			usage_error("'%s' in --tenants=%s cannot be a tenant",
				    name, text);
			return false;
		}
		*array_push(names->list, names->count) = name;
	}
	return true;
}

static void print(const struct names *names, bool as_json)
{
	struct json_object *object, *list;
	size_t i;

	if (as_json) {
		object = json_object_new_object();
		list = json_object_new_array();
		for (i = 0; i < names->count; i++)
			json_object_array_add(list, json_text(names->list[i]));
		json_put(object, "all", json_object_new_boolean(!names->count));
		json_put(object, "tenants", list);
		json_write(object, false, stdout);
	} else if (names->count) {
		printf("sealed %zu tenant%s until the next boot\n",
		       names->count, text_plural(names->count));
	} else {
		puts("sealed all policy until the next boot");
	}
}

static enum exit_code ask(struct session *session, const struct names *names,
			  bool as_json)
{
	struct nl_msg *message =
		encode_seal(session->family, names->list, names->count);
	int ret = session_request(session, message, NULL, NULL);
	enum exit_code code = EXIT_DONE;

	if (ret)
		code = refused(session, ret, "to seal policy");
	else
		print(names, as_json);
	nlmsg_free(message);
	return code;
}

static enum exit_code run(const struct arguments *arguments)
{
	const char *tenants = arguments->options[OPTION_TENANTS];
	struct names names = { NULL };
	struct session session;
	enum exit_code code = EXIT_USAGE;

	if (!tenants || read_names(&names, tenants)) {
		code = open_or_refuse(&session);
		if (!code)
			code = ask(&session, &names,
				   arguments->options[OPTION_JSON]);
		session_close(&session);
	}
	names_clear(&names);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_TENANTS] = { "tenants", "NAME,...",
			     "only these tenants; others can still be changed" },
	[OPTION_JSON] = { "json", NULL, "print what was sealed as JSON" },
	{ NULL },
};

const struct command cmd_seal = {
	.name = "seal",
	.operands = "",
	.help = "keep policy as it is until the next boot",
	.about =
		"Nobody can change policy any more, whatever privileges they have, until the\n"
		"machine is started again: no load, unload or flush goes through, and the module\n"
		"cannot be removed.  There is no way to take that back.\n",
	.options = options,
	.run = run,
};
