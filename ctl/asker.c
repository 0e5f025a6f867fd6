// SPDX-License-Identifier: GPL-2.0
/* A question is checked here first, so that both give it the same errors. */
#include "asker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "diag.h"
#include "fetch.h"
#include "names.h"
#include "refusal.h"

/**
 * asker_open - get ready to put questions
 * @asker: becomes the asker; the caller closes it in either case
 * @offline: to policy files instead of the kernel
 * @files: the files
 * @count: how many
 *
 * Return: EXIT_DONE, or the exit code that belongs to the error, which the user
 * was told.
 */
enum exit_code asker_open(struct asker *asker, bool offline, char **files,
			  size_t count)
{
	memset(asker, 0, sizeof(*asker));
	asker->offline = offline;
	if (!offline)
		return open_or_refuse(&asker->session);
	input_read(&asker->input, files, count);
	asker->compiled.policy = &asker->input.policy;
	if (!asker->input.diag.errors)
		return EXIT_DONE;
	diag_print(&asker->input.diag, stderr);
	return EXIT_POLICY;
}

static enum exit_code refuse(struct asker *asker, enum exit_code code,
			     char *text)
{
	free(asker->text);
	asker->text = text;
	return code;
}

static enum exit_code refuse_kernel(struct asker *asker, int error)
{
	struct refusal refusal;
	enum exit_code code;

	refusal_set(&refusal, &asker->session, error, "to explain");
	code = refuse(asker, refusal_code(&refusal), refusal.text);
	refusal.text = NULL;
	refusal_clear(&refusal);
	return code;
}

static enum exit_code check(struct asker *asker,
			    const struct question *question)
{
	struct query query;
	const char *why;
	int ret;

	if (strlen(question->tenant) > CORDON_NAME_MAX)
		return refuse(asker, EXIT_USAGE,
			      alloc_printf("that is not the name of a tenant"));
	ret = query_make(&query, &question->act, &why);
	query_clear(&query);
	if (ret == -ENOMEM)
		alloc_failed();
	return ret ? refuse(asker, EXIT_USAGE, alloc_printf("%s", why)) :
		     EXIT_DONE;
}

static enum exit_code ask(struct asker *asker, const struct question *question,
			  struct answer *answer)
{
	const char *why;
	int ret;

	memset(answer, 0, sizeof(*answer));
	if (!asker->offline) {
		ret = answer_ask(answer, &asker->session, question);
		return ret ? refuse_kernel(asker, ret) : EXIT_DONE;
	}
	if (answer_offline(answer, &asker->compiled, question, &why))
		return EXIT_DONE;
	return refuse(asker, EXIT_REFUSED, alloc_printf("%s", why));
}

/* Which tenant a process belongs to, only the kernel knows. */
static enum exit_code find_process(struct asker *asker,
				   struct question *question)
{
	struct member_list list;
	size_t i;
	int ret;

	if (!question->pid)
		return EXIT_DONE;
	if (asker->offline)
		return refuse(asker, EXIT_USAGE,
			      alloc_printf("only a kernel knows processes"));
	ret = fetch_members(&asker->session, &list);
	for (i = 0; !ret && i < list.count; i++)
		question->act.own |=
			list.items[i].tgid == question->pid &&
			!strcmp(list.items[i].tenant, question->tenant);
	member_list_clear(&list);
	return ret ? refuse_kernel(asker, ret) : EXIT_DONE;
}

/* All that the guard of the tenant allows. */
static enum exit_code find_guard(struct asker *asker,
				 const struct question *question,
				 uint32_t *allow)
{
	struct question about = { .tenant = question->tenant,
				  .act = { .class = CORDON_CLASS_GUARD } };
	enum exit_code code = EXIT_DONE;
	uint32_t ops = names_enforced(names_guard_op);

	for (*allow = 0; !code && ops; ops &= ops - 1) {
		struct answer answer;

		about.act.op = ops & -ops;
		code = ask(asker, &about, &answer);
		if (!code && answer.ruling == CORDON_RULING_ALLOWED)
			*allow |= about.act.op;
		answer_clear(&answer);
	}
	return code;
}

/* Operations that a rule could allow; or why none can. */
static uint32_t liftable(const struct explained *explained, const char **why)
{
	uint32_t ops = 0;
	size_t i;

	*why = NULL;
	for (i = 0; i < explained->count; i++) {
		const struct answer *answer = &explained->answers[i];

		if (answer->ruling == CORDON_RULING_ALLOWED)
			continue;
		ops |= explained->ops[i];
		if (answer->basis == CORDON_BASIS_RULE)
			*why = "a rule denies it, which no other rule can lift";
	}
	if (!ops)
		*why = "it is allowed already";
	return ops;
}

static enum exit_code suggest(struct asker *asker, struct explained *explained)
{
	const struct question *question = &explained->question;
	struct suggestion *suggestion = &explained->suggestion;
	enum exit_code code;
	const char *why;
	uint32_t ops = liftable(explained, &why);
	uint32_t allow;

	suggestion->section = names_text(names_class, question->act.class);
	suggestion->why = why;
	if (why)
		return EXIT_DONE;
	if (question->reason == CORDON_REASON_WIDENS)
		suggest_warn(suggestion,
			     "to move to that path also takes that the former one allows as much");
	if (question->act.class != CORDON_CLASS_GUARD) {
		suggest_rule(suggestion, &question->act, ops);
		return EXIT_DONE;
	}
	code = find_guard(asker, question, &allow);
	if (!code)
		suggest_guard(suggestion, allow, ops);
	return code;
}

static void note_generation(struct explained *explained)
{
	struct question *question = &explained->question;
	uint64_t now = explained->answers[0].generation;

	if (question->generation && now && question->generation != now)
		question_note(question,
			      "decided by policy generation %llu; this is what generation %llu says",
			      (unsigned long long)question->generation,
			      (unsigned long long)now);
}

/**
 * asker_explain - put a question, and what follows from it
 * @asker: the asker
 * @explained: has the question, and whether a suggestion is wanted; gets the
 * rest; the caller clears it in either case
 * @ops: the operations
 *
 * Return: EXIT_DONE, or an exit code with @asker->text set.
 */
enum exit_code asker_explain(struct asker *asker, struct explained *explained,
			     uint32_t ops)
{
	struct question *question = &explained->question;
	enum exit_code code = find_process(asker, question);

	for (; !code && ops; ops &= ops - 1) {
		size_t i = explained->count;

		question->act.op = ops & -ops;
		code = check(asker, question);
		if (code)
			break;
		code = ask(asker, question, &explained->answers[i]);
		explained->ops[i] = question->act.op;
		explained->count++;
	}
	if (code)
		return code;
	note_generation(explained);
	return explained->wanted ? suggest(asker, explained) : EXIT_DONE;
}

/**
 * struct search - the event that is looked for
 * @seq: its number
 * @event: becomes it
 * @found: it was found
 */
struct search {
	uint64_t seq;
	struct event *event;
	bool found;
};

static int take(struct nlmsghdr *header, void *into)
{
	struct search *search = into;
	struct event event;
	int ret = decode_event(header, &event);

	if (ret || search->found || event.seq != search->seq) {
		event_clear(&event);
		return ret;
	}
	*search->event = event;
	search->found = true;
	return 0;
}

/**
 * asker_event - get an event from the kernel's history
 * @seq: its number
 * @event: becomes the event; the caller clears it, also after an error
 *
 * Return: EXIT_DONE, or the exit code that belongs to the error, which the user
 * was told.
 */
enum exit_code asker_event(uint64_t seq, struct event *event)
{
	struct search search = { .seq = seq, .event = event };
	struct session session;
	enum exit_code code = open_or_refuse(&session);
	int ret;

	memset(event, 0, sizeof(*event));
	if (!code) {
		ret = fetch_events(&session, seq, take, &search);
		if (ret)
			code = refused(&session, ret, "to list events");
	}
	session_close(&session);
	if (!code && !search.found) {
		fprintf(stderr,
			"cordonctl: the module has no event %llu, or not any more\n",
			(unsigned long long)seq);
		code = EXIT_REFUSED;
	}
	return code;
}

/**
 * asker_close - end questions
 * @asker: the asker
 */
void asker_close(struct asker *asker)
{
	free(asker->text);
	if (asker->offline) {
		offline_clear(&asker->compiled);
		input_clear(&asker->input);
	} else {
		session_close(&asker->session);
	}
}
