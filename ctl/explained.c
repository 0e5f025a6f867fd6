// SPDX-License-Identifier: GPL-2.0
/* What was found out about a question, for people and for programs. */
#include "explained.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "json.h"
#include "names.h"
#include "text.h"

/**
 * explained_verdict - the verdict in one word
 * @answer: the answer
 *
 * Return: "allowed", "denied", "would-deny" or "depends".
 */
const char *explained_verdict(const struct answer *answer)
{
	if (answer->ruling == CORDON_RULING_ALLOWED)
		return "allowed";
	if (answer->ruling == CORDON_RULING_DEPENDS)
		return "depends";
	return answer->mode == CORDON_MODE_AUDIT ? "would-deny" : "denied";
}

/**
 * explained_code - the exit code that tells the verdict
 * @explained: the question and its answers
 *
 * Return: that of the operation that is worst off.
 */
enum exit_code explained_code(const struct explained *explained)
{
	enum exit_code code = EXIT_DONE;
	size_t i;

	for (i = 0; i < explained->count; i++) {
		if (explained->answers[i].ruling == CORDON_RULING_DENIED)
			return EXIT_DENIED;
		if (explained->answers[i].ruling == CORDON_RULING_DEPENDS)
			code = EXIT_DEPENDS;
	}
	return code;
}

static void print_safe(FILE *out, const char *text)
{
	char *safe = text_escape(text, strlen(text));

	fputs(safe, out);
	free(safe);
}

static void print_basis(const struct explained *explained,
			const struct answer *answer, FILE *out)
{
	const char *class =
		names_text(names_class, explained->question.act.class);

	fputs("  because     ", out);
	switch (answer->basis) {
	case CORDON_BASIS_RULE:
		print_safe(out, answer->origin);
		fprintf(out, " says %s",
			names_text(names_action, answer->rule.action));
		break;
	case CORDON_BASIS_IMPLIED:
		print_safe(out, answer->origin);
		fputs(" allows something to be done with such a socket", out);
		break;
	case CORDON_BASIS_DEFAULT:
		fprintf(out, "no rule matches, and the default of '%s' of ",
			class);
		print_safe(out, answer->origin);
		fputs(" decides", out);
		break;
	case CORDON_BASIS_GUARD:
		fputs("the guard of ", out);
		print_safe(out, answer->origin);
		fputs(answer->ruling == CORDON_RULING_ALLOWED ?
			      " allows it" :
			      " does not allow it",
		      out);
		break;
	case CORDON_BASIS_OWN:
		fputs("the other task belongs to the same tenant", out);
		break;
	default:
		fprintf(out, "the tenant has no section '%s': ", class);
		print_safe(out, answer->origin);
	}
	fputc('\n', out);
}

static void print_condition(const struct answer *answer, FILE *out)
{
	static const char *const when[] = {
		[CORDON_CONDITION_PEER] =
			"the socket at the other end is the tenant's own",
		[CORDON_CONDITION_ANSWER] =
			"the socket is connected to where that comes from",
		[CORDON_CONDITION_V6ONLY] =
			"the socket is for IPv6 only (IPV6_V6ONLY)",
	};

	if (!answer->condition)
		return;
	fputs("  unless      ", out);
	if (answer->condition < sizeof(when) / sizeof(when[0]))
		fputs(when[answer->condition], out);
	else
		fprintf(out, "condition %" PRIu32, answer->condition);
	if (answer->lifts.origin) {
		fputs(", by ", out);
		print_safe(out, answer->lifts.origin);
	}
	fputs("; policy alone cannot tell\n", out);
}

static void print_miss(const struct candidate *near, uint32_t miss,
		       uint32_t class, FILE *out)
{
	char *ops;

	switch (miss) {
	case CORDON_MISS_OP:
		ops = names_list(names_ops_of_class(class), near->ops, ", ");
		fprintf(out, "is about %s only", ops);
		free(ops);
		break;
	case CORDON_MISS_PATH:
		fprintf(out, "has another path, of which %" PRIu32 " %s",
			near->agrees,
			near->agrees == 1 ? "name agrees" : "names agree");
		break;
	case CORDON_MISS_ADDR:
		fprintf(out, "has another address, of which %" PRIu32 " %s",
			near->agrees,
			near->agrees == 1 ? "bit agrees" : "bits agree");
		break;
	case CORDON_MISS_PEER:
		fputs("is about peers of the own tenant only", out);
		break;
	default:
		fprintf(out, "has another %s", names_text(names_miss, miss));
	}
}

static void print_near(const struct explained *explained,
		       const struct candidate *near,
		       const struct answer *answer, FILE *out)
{
	bool overridden = near->action == CORDON_ACTION_ALLOW &&
			  answer->ruling != CORDON_RULING_ALLOWED;
	uint32_t misses = near->misses;
	const char *comma = "";

	print_safe(out, near->origin);
	fprintf(out, " (%s", names_text(names_action, near->action));
	if (near->pattern) {
		fputc(' ', out);
		print_safe(out, near->pattern);
	}
	fputs(") ", out);
	if (!misses)
		fputs(overridden ?
			      "matches, but a rule that denies goes before" :
			      "matches as well",
		      out);
	for (; misses; misses &= misses - 1) {
		fputs(comma, out);
		print_miss(near, misses & -misses,
			   explained->question.act.class, out);
		comma = ", ";
	}
	fputc('\n', out);
}

static void print_all_near(const struct explained *explained,
			   const struct answer *answer, FILE *out)
{
	size_t i;

	for (i = 0; i < answer->kept; i++) {
		fputs(i ? "              " : "  near        ", out);
		print_near(explained, &answer->near[i], answer, out);
	}
	if (answer->count > answer->kept)
		fprintf(out, "              and %zu more\n",
			answer->count - answer->kept);
}

static void print_answer(const struct explained *explained, size_t i, FILE *out)
{
	const struct answer *answer = &explained->answers[i];
	char *object = question_object(&explained->question);

	print_safe(out, explained->question.tenant);
	fprintf(out, " %s",
		names_text(names_ops_of_class(explained->question.act.class),
			   explained->ops[i]));
	fprintf(out, "%s%s: %s\n", *object ? " " : "", object,
		explained_verdict(answer));
	free(object);
	print_basis(explained, answer, out);
	print_condition(answer, out);
	if (answer->mode == CORDON_MODE_AUDIT &&
	    answer->ruling != CORDON_RULING_ALLOWED)
		fputs("  mode        audit: it goes on, and is reported\n",
		      out);
	print_all_near(explained, answer, out);
}

/**
 * explained_print - print answers for people
 * @explained: the question and its answers
 * @out: where to
 */
void explained_print(const struct explained *explained, FILE *out)
{
	const struct question *question = &explained->question;
	size_t i;

	if (question->seq)
		fprintf(out, "event %" PRIu64 "\n", question->seq);
	for (i = 0; i < explained->count; i++)
		print_answer(explained, i, out);
	for (i = 0; i < question->note_count; i++)
		fprintf(out, "  note        %s\n", question->notes[i]);
	if (explained->wanted)
		suggestion_print(&explained->suggestion, out);
}

static struct json_object *new_array(void)
{
	struct json_object *array = json_object_new_array();

	if (!array)
		alloc_failed();
	return array;
}

static struct json_object *new_object(void)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		alloc_failed();
	return object;
}

static void append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value))
		alloc_failed();
}

static struct json_object *texts_json(char **texts, size_t count)
{
	struct json_object *array = new_array();
	size_t i;

	for (i = 0; i < count; i++)
		append(array, json_text(texts[i]));
	return array;
}

static struct json_object *flags_json(const struct name *table, uint32_t flags)
{
	struct json_object *array = new_array();

	for (; table->text; table++)
		if (flags & table->value)
			append(array, json_text(table->text));
	return array;
}

static struct json_object *candidate_json(const struct candidate *candidate,
					  uint32_t class)
{
	struct json_object *object;

	if (!candidate->origin)
		return NULL;
	object = new_object();
	json_put_text(object, "origin", candidate->origin);
	json_put_text(object, "action",
		      names_text(names_action, candidate->action));
	json_put(object, "ops",
		 flags_json(names_ops_of_class(class), candidate->ops));
	json_put(object, "misses", flags_json(names_miss, candidate->misses));
	json_put_u64(object, "agrees", candidate->agrees);
	json_put_text(object, "pattern", candidate->pattern);
	return object;
}

static struct json_object *answer_json(const struct answer *answer,
				       uint32_t class, uint32_t op)
{
	struct json_object *object = new_object();
	struct json_object *near = new_array();
	size_t i;

	json_put_text(object, "op", names_text(names_ops_of_class(class), op));
	json_put_text(object, "verdict", explained_verdict(answer));
	json_put_text(object, "basis", names_text(names_basis, answer->basis));
	json_put_text(object, "mode", names_text(names_mode, answer->mode));
	json_put_text(object, "origin", answer->origin);
	json_put(object, "rule", candidate_json(&answer->rule, class));
	json_put_text(object, "condition",
		      names_text(names_condition, answer->condition));
	json_put(object, "lifts", candidate_json(&answer->lifts, class));
	for (i = 0; i < answer->kept; i++)
		append(near, candidate_json(&answer->near[i], class));
	json_put(object, "near", near);
	json_put_u64(object, "near_count", answer->count);
	return object;
}

static struct json_object *suggestion_json(const struct suggestion *suggestion)
{
	struct json_object *object = new_object();

	json_put_text(object, "section", suggestion->section);
	json_put_text(object, "yaml", suggestion->yaml);
	json_put_text(object, "why", suggestion->why);
	json_put(object, "warnings",
		 texts_json(suggestion->warnings, suggestion->count));
	return object;
}

/* Numbers that are 0 when there is no such thing are null then. */
static void put_number(struct json_object *object, const char *key,
		       uint64_t number)
{
	if (number)
		json_put_u64(object, key, number);
	else
		json_put(object, key, NULL);
}

static const char *worst(const struct explained *explained)
{
	enum exit_code code = explained_code(explained);

	if (code == EXIT_DENIED)
		return explained->answers[0].mode == CORDON_MODE_AUDIT ?
			       "would-deny" :
			       "denied";
	return code == EXIT_DEPENDS ? "depends" : "allowed";
}

/**
 * explained_json - answers for programs
 * @explained: the question and its answers
 *
 * Return: an object, for the caller to free.
 */
struct json_object *explained_json(const struct explained *explained)
{
	const struct question *question = &explained->question;
	uint32_t class = question->act.class;
	struct json_object *object = new_object();
	struct json_object *answers = new_array();
	char *text = question_object(question);
	size_t i;

	json_put_text(object, "tenant", question->tenant);
	json_put_text(object, "class", names_text(names_class, class));
	json_put_text(object, "object", text);
	put_number(object, "event", question->seq);
	put_number(object, "generation", explained->answers[0].generation);
	json_put_text(object, "verdict", worst(explained));
	for (i = 0; i < explained->count; i++)
		append(answers, answer_json(&explained->answers[i], class,
					    explained->ops[i]));
	json_put(object, "answers", answers);
	json_put(object, "notes",
		 texts_json(question->notes, question->note_count));
	json_put(object, "suggestion",
		 explained->wanted ? suggestion_json(&explained->suggestion) :
				     NULL);
	free(text);
	return object;
}

/**
 * explained_clear - free what was found out
 * @explained: that
 */
void explained_clear(struct explained *explained)
{
	size_t i;

	for (i = 0; i < explained->count; i++)
		answer_clear(&explained->answers[i]);
	suggestion_clear(&explained->suggestion);
	question_clear(&explained->question);
	memset(explained, 0, sizeof(*explained));
}
