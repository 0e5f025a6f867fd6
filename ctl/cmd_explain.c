// SPDX-License-Identifier: GPL-2.0
/* explain: what policy says to an act, and why. */
#include <errno.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "asker.h"
#include "command.h"
#include "json.h"
#include "names.h"
#include "value.h"

enum {
	OPTION_EVENT,
	OPTION_OFFLINE,
	OPTION_SUGGEST,
	OPTION_BATCH,
	OPTION_JSON
};

/* Operands in front of files, without a kernel. */
#define WORDS 3

/* All words behind the second are the object, with a blank in between. */
static char *join(char **words, size_t count)
{
	char *text = alloc_text("", 0);
	size_t i;

	for (i = 0; i < count; i++) {
		char *longer =
			alloc_printf("%s%s%s", text, i ? " " : "", words[i]);

		free(text);
		text = longer;
	}
	return text;
}

static enum exit_code say(struct asker *asker, enum exit_code code)
{
	if (asker->text)
		fprintf(stderr, "cordonctl: %s\n", asker->text);
	return code;
}

/* What words ask for; @why is for the caller to free. */
static bool read_words(struct explained *explained, const char *tenant,
		       const char *op, const char *object, uint32_t *flags,
		       char **why)
{
	struct question *question = &explained->question;
	struct ops ops;

	*why = NULL;
	question->tenant = alloc_text(tenant, strlen(tenant));
	if (!ops_parse(&ops, op, object, why))
		return false;
	question->act.class = ops.class;
	/* What it means to an object must be the same for all of them. */
	question->act.op = ops.flags & -ops.flags;
	*flags = ops.flags;
	return object_parse(question, object, why);
}

static enum exit_code print(const struct explained *explained, bool as_json)
{
	if (as_json)
		json_write(explained_json(explained), false, stdout);
	else
		explained_print(explained, stdout);
	return explained_code(explained);
}

static enum exit_code explain_words(struct asker *asker,
				    const struct arguments *arguments,
				    struct explained *explained)
{
	char **words = arguments->operands;
	size_t last = asker->offline ? WORDS : arguments->count;
	char *object = join(words + 2, last > 2 ? last - 2 : 0);
	enum exit_code code;
	uint32_t ops;
	char *why;

	if (read_words(explained, words[0], words[1], object, &ops, &why)) {
		code = asker_explain(asker, explained, ops);
	} else {
		usage_error("%s", why);
		code = EXIT_USAGE;
	}
	free(object);
	free(why);
	return code;
}

static enum exit_code explain_event(struct asker *asker, const char *number,
				    struct explained *explained)
{
	enum exit_code code;
	struct event event;
	const char *why;
	uint64_t seq;

	if (!value_number(number, INT64_MAX, &seq) || !seq) {
		usage_error("'%s' is not the number of an event", number);
		return EXIT_USAGE;
	}
	code = asker_event(seq, &event);
	if (code) {
		event_clear(&event);
		return code;
	}
	if (question_of_event(&explained->question, &event, &why)) {
		code = asker_explain(asker, explained, event.op);
	} else {
		fprintf(stderr, "cordonctl: event %s has no explanation: %s\n",
			number, why);
		code = EXIT_REFUSED;
	}
	event_clear(&event);
	return code;
}

static enum exit_code explain(struct asker *asker,
			      const struct arguments *arguments)
{
	const char *number = arguments->options[OPTION_EVENT];
	struct explained explained = {
		.wanted = arguments->options[OPTION_SUGGEST],
	};
	enum exit_code code;

	code = number ? explain_event(asker, number, &explained) :
			explain_words(asker, arguments, &explained);
	code = code ? say(asker, code) :
		      print(&explained, arguments->options[OPTION_JSON]);
	explained_clear(&explained);
	return code;
}

/* The first word of a line, which is cut off there. */
static char *cut(char **rest)
{
	char *word = *rest + strspn(*rest, " ");
	size_t len = strcspn(word, " ");

	*rest = word + len + !!word[len];
	word[len] = '\0';
	return word;
}

static bool read_event_line(struct explained *explained, const char *line,
			    uint32_t *ops, char **why)
{
	struct event event;
	const char *nothing;
	bool good = json_read_event(&event, line, why);

	if (good &&
	    !question_of_event(&explained->question, &event, &nothing)) {
		*why = alloc_printf("there is nothing to explain: %s", nothing);
		good = false;
	}
	*ops = event.op;
	event_clear(&event);
	return good;
}

static bool read_line(struct explained *explained, char *line, uint32_t *ops,
		      char **why)
{
	char *rest = line;
	char *tenant, *op;

	if (*line == '{')
		return read_event_line(explained, line, ops, why);
	tenant = cut(&rest);
	op = cut(&rest);
	return read_words(explained, tenant, op, rest, ops, why);
}

static void print_error(const char *text)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		alloc_failed();
	json_put_text(object, "error", text);
	json_write(object, true, stdout);
}

static enum exit_code explain_line(struct asker *asker, char *line,
				   bool suggest)
{
	struct explained explained = { .wanted = suggest };
	enum exit_code code = EXIT_USAGE;
	char *why = NULL;
	uint32_t ops;

	if (read_line(&explained, line, &ops, &why)) {
		code = asker_explain(asker, &explained, ops);
		if (code)
			print_error(asker->text);
		else
			json_write(explained_json(&explained), true, stdout);
	} else {
		print_error(why);
	}
	free(why);
	explained_clear(&explained);
	return code;
}

/* One line, one answer, at once: the one who asks may wait for it. */
static enum exit_code explain_batch(struct asker *asker, bool suggest)
{
	enum exit_code worst = EXIT_DONE;
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0) {
		enum exit_code code;

		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		code = explain_line(asker, line, suggest);
		worst = code ? code : worst;
		if (fflush(stdout))
			break;
	}
	free(line);
	return worst;
}

/* Operands that are not files: with which options there are how many. */
static bool check_usage(const struct arguments *arguments, size_t *words)
{
	bool offline = arguments->options[OPTION_OFFLINE];
	bool alone = arguments->options[OPTION_EVENT] ||
		     arguments->options[OPTION_BATCH];

	*words = alone ? 0 : offline ? WORDS : arguments->count;
	if (arguments->options[OPTION_EVENT] &&
	    (offline || arguments->options[OPTION_BATCH]))
		usage_error("other questions do not go with '--event'");
	else if (!alone && arguments->count < 2)
		usage_error("'explain' needs TENANT OP [OBJECT]");
	else if (offline && arguments->count <= *words)
		usage_error("'--offline' needs FILE...%s",
			    alone ? "" : " behind TENANT OP OBJECT");
	else if (alone && !offline && arguments->count)
		usage_error("'explain' does not know what to do with '%s'",
			    arguments->operands[0]);
	else
		return true;
	return false;
}

static enum exit_code run(const struct arguments *arguments)
{
	bool suggest = arguments->options[OPTION_SUGGEST];
	struct asker asker;
	enum exit_code code;
	size_t words;

	if (!check_usage(arguments, &words))
		return EXIT_USAGE;
	code = asker_open(&asker, arguments->options[OPTION_OFFLINE],
			  arguments->operands + words,
			  arguments->count - words);
	if (!code)
		code = arguments->options[OPTION_BATCH] ?
			       explain_batch(&asker, suggest) :
			       explain(&asker, arguments);
	asker_close(&asker);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_EVENT] = { "event", "SEQ", "explain the event of that number" },
	[OPTION_OFFLINE] = { "offline", NULL,
			     "by policy FILEs behind the object, not the kernel" },
	[OPTION_SUGGEST] = { "suggest", NULL,
			     "print the smallest rule that would allow it" },
	[OPTION_BATCH] = { "batch", NULL,
			   "answer lines of the standard input, as JSON" },
	[OPTION_JSON] = { "json", NULL, "print JSON" },
	{ NULL },
};

const struct command cmd_explain = {
	.name = "explain",
	.operands = "TENANT OP [OBJECT]",
	.help = "tell what policy says to an act, and why",
	.about =
		"Tells the verdict, the rule that decides, and those that almost match.  OP is\n"
		"one operation or several with commas in between; OBJECT is a path, or a socket\n"
		"as events print it, such as 'tcp [2001:db8::1]:443'.\n",
	.most = SIZE_MAX,
	.options = options,
	.run = run,
};
