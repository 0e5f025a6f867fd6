// SPDX-License-Identifier: GPL-2.0
/*
 * Without a kernel the same files of the evaluator answer that it runs, on the
 * same rules as 'check' compiles.
 */
#include "answer.h"

#include <errno.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "compile.h"
#include "match.h"
#include "names.h"

static int take_answer(struct nlmsghdr *header, void *into)
{
	answer_clear(into);
	return explain_decode(header, into);
}

/**
 * answer_ask - ask the kernel
 * @answer: becomes the answer; the caller clears it, also after an error
 * @session: an open session
 * @question: the question
 *
 * Return: 0, or a negative errno.
 */
int answer_ask(struct answer *answer, struct session *session,
	       const struct question *question)
{
	struct nl_msg *message = explain_encode(session->family, question);
	int ret;

	memset(answer, 0, sizeof(*answer));
	ret = session_request(session, message, take_answer, answer);
	nlmsg_free(message);
	return !ret && !answer->origin ? -EBADMSG : ret;
}

static void set_candidate(struct candidate *to, const struct ruleset *set,
			  const struct match *match)
{
	const struct rule *rule;
	const char *text;

	if (match->rule == RULESET_NONE)
		return;
	rule = ruleset_rule(set, match->rule);
	text = ruleset_text(set, rule->origin);
	to->origin = alloc_text(text, strlen(text));
	to->action = rule->action;
	to->ops = rule->ops;
	to->misses = match->misses;
	to->agrees = match->agrees;
	if (match->pattern == RULESET_NONE)
		return;
	text = ruleset_text(set, match->pattern);
	if (strlen(text) <= CORDON_PATTERN_TOLD_MAX)
		to->pattern = alloc_text(text, strlen(text));
}

static void set_finding(struct answer *answer, const struct finding *finding)
{
	answer->ruling = finding->ruling;
	answer->basis = finding->basis;
	answer->condition = finding->condition;
}

static void judge_rules(struct answer *answer, const struct ruleset *set,
			const struct query *query)
{
	struct finding finding = query_rules(set, query);
	struct matches matches;
	uint32_t i;

	set_finding(answer, &finding);
	if (matches_begin(&matches, set, query, finding))
		alloc_failed();
	for (i = 0; i < set->rules.count; i++)
		matches_add(&matches, i);
	matches_end(&matches);
	set_candidate(&answer->rule, set, &matches.decider);
	set_candidate(&answer->lifts, set, &matches.lifter);
	for (i = 0; i < matches.kept; i++)
		set_candidate(array_push(answer->near, answer->kept), set,
			      &matches.near[i]);
	answer->count = matches.count;
}

/* Rules about paths bring the guard with them, asked for or not. */
static uint16_t guard_denied(const struct policy_tenant *tenant)
{
	bool guarded = tenant->has_guard || tenant->file_default;

	return guarded ? names_enforced(names_guard_op) & ~tenant->guard_allow :
			 0;
}

static void judge(struct answer *answer, const struct offline *offline,
		  const struct query *query)
{
	const struct policy_tenant *tenant = offline->tenant;
	struct finding finding;
	const char *origin = tenant->origin;

	answer->mode = tenant->mode;
	if (query->class == CORDON_CLASS_GUARD) {
		finding = query_guard(guard_denied(tenant), query);
		set_finding(answer, &finding);
	} else {
		judge_rules(answer, &offline->set, query);
	}
	if (answer->rule.origin)
		origin = answer->rule.origin;
	answer->origin = alloc_text(origin, strlen(origin));
}

/* Compiles the rules of a tenant, which 'check' found to be good. */
static bool choose(struct offline *offline, const char *name, const char **why)
{
	const struct policy_tenant *tenant = policy_find(offline->policy, name);
	struct ruleset_error error;
	struct position at;

	if (tenant && tenant == offline->tenant)
		return true;
	offline_clear(offline);
	if (!tenant) {
		*why = "there is no tenant of that name";
		return false;
	}
	if (compile_tenant(&offline->set, tenant, &at, &error)) {
		*why = error.why;
		ruleset_destroy(&offline->set);
		return false;
	}
	offline->tenant = tenant;
	return true;
}

/**
 * answer_offline - work the answer out
 * @answer: becomes the answer; the caller clears it, also after an error
 * @offline: has the policy; keeps the rules of the tenant
 * @question: the question
 * @why: set to what is wrong
 *
 * Return: true when there is an answer.
 */
bool answer_offline(struct answer *answer, struct offline *offline,
		    const struct question *question, const char **why)
{
	struct query query;
	int ret;

	memset(answer, 0, sizeof(*answer));
	if (!choose(offline, question->tenant, why))
		return false;
	ret = query_make(&query, &question->act, why);
	if (ret == -ENOMEM)
		alloc_failed();
	if (!ret)
		judge(answer, offline, &query);
	query_clear(&query);
	return !ret;
}

/**
 * offline_clear - forget the rules of the tenant that was asked about
 * @offline: that; the policy stays
 */
void offline_clear(struct offline *offline)
{
	if (offline->tenant)
		ruleset_destroy(&offline->set);
	offline->tenant = NULL;
}

static void candidate_clear(struct candidate *candidate)
{
	free(candidate->origin);
	free(candidate->pattern);
}

/**
 * answer_clear - free what an answer holds
 * @answer: the answer; it is all zero afterwards
 */
void answer_clear(struct answer *answer)
{
	size_t i;

	for (i = 0; i < answer->kept; i++)
		candidate_clear(&answer->near[i]);
	free(answer->near);
	candidate_clear(&answer->rule);
	candidate_clear(&answer->lifts);
	free(answer->origin);
	memset(answer, 0, sizeof(*answer));
}
