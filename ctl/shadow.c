// SPDX-License-Identifier: GPL-2.0
/*
 * A rule that denies goes before one that allows; of those that deny, the first
 * is named; to allow something twice is to allow it once.  So much is certain
 * whatever is asked, and only what is certain is said: about files, where one
 * pattern is in another, for all operations of the rule.
 */
#include "shadow.h"

#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "cover.h"
#include "text.h"

/* Each pattern is held against each: of larger tenants nothing is said. */
#define PATTERNS_MAX 1000

/**
 * struct question - a pattern, and what of its rule's operations is left
 * @tenant: the tenant
 * @shadow: the pattern; gets who stands in its place
 * @rest: operations that nobody stands in for yet
 */
struct question {
	const struct policy_tenant *tenant;
	struct shadow *shadow;
	uint32_t rest;
};

static const struct policy_rule *rule_of(const struct question *question)
{
	return &question->tenant->rules[question->shadow->rule];
}

static bool is_before(const struct question *question, size_t rule,
		      size_t pattern)
{
	const struct shadow *shadow = question->shadow;

	return rule < shadow->rule ||
	       (rule == shadow->rule && pattern < shadow->pattern);
}

/* Whether a rule says what would make the pattern not matter. */
static bool is_of_kind(const struct question *question,
		       const struct policy_rule *other)
{
	bool allows = other->action == CORDON_ACTION_ALLOW;

	if (question->shadow->kind != SHADOW_ALLOWED)
		return !allows;
	/* What is allowed and reported is not what is just allowed. */
	return allows && (other->log == CORDON_LOG_ALWAYS ||
			  rule_of(question)->log != CORDON_LOG_ALWAYS);
}

/* Of two that are the same, the first one matters. */
static bool stands_in(const struct question *question, size_t rule,
		      size_t pattern)
{
	const char *mine =
		rule_of(question)->patterns[question->shadow->pattern].text;
	const char *other =
		question->tenant->rules[rule].patterns[pattern].text;
	bool before = is_before(question, rule, pattern);

	if (rule == question->shadow->rule &&
	    pattern == question->shadow->pattern)
		return false;
	if (question->shadow->kind == SHADOW_REPEATED && !before)
		return false;
	return cover_pattern(mine, other) &&
	       (question->shadow->kind != SHADOW_ALLOWED || before ||
		!cover_pattern(other, mine));
}

static void ask_rule(struct question *question, size_t number)
{
	const struct policy_rule *rule = &question->tenant->rules[number];
	size_t i;

	if (rule->class != CORDON_CLASS_FILE || !(rule->ops & question->rest) ||
	    !is_of_kind(question, rule))
		return;
	for (i = 0; i < rule->pattern_count; i++) {
		if (!stands_in(question, number, i))
			continue;
		question->rest &= ~rule->ops;
		question->shadow->by = number;
		return;
	}
}

static bool ask(const struct policy_tenant *tenant, struct shadow *shadow,
		enum shadow_kind kind)
{
	struct question question = { .tenant = tenant, .shadow = shadow };
	size_t i;

	shadow->kind = kind;
	question.rest = rule_of(&question)->ops;
	for (i = 0; i < tenant->rule_count && question.rest; i++)
		ask_rule(&question, i);
	return !question.rest;
}

static bool is_default(const struct policy_tenant *tenant,
		       const struct shadow *shadow)
{
	const struct policy_rule *rule = &tenant->rules[shadow->rule];

	/* What has no path is not allowed by default. */
	return tenant->file_default == CORDON_ACTION_ALLOW &&
	       rule->log != CORDON_LOG_ALWAYS &&
	       *rule->patterns[shadow->pattern].text == '/';
}

static bool is_shadowed(const struct policy_tenant *tenant,
			struct shadow *shadow)
{
	if (tenant->rules[shadow->rule].action == CORDON_ACTION_DENY)
		return ask(tenant, shadow, SHADOW_REPEATED);
	if (ask(tenant, shadow, SHADOW_DENIED))
		return true;
	if (is_default(tenant, shadow)) {
		shadow->kind = SHADOW_DEFAULT;
		return true;
	}
	return ask(tenant, shadow, SHADOW_ALLOWED);
}

static size_t count_patterns(const struct policy_tenant *tenant)
{
	size_t count = 0;
	size_t i;

	for (i = 0; i < tenant->rule_count; i++)
		count += tenant->rules[i].pattern_count;
	return count;
}

/**
 * shadow_visit - find patterns of rules about files that do not matter
 * @tenant: a tenant without errors
 * @take: called for each
 * @into: its second argument
 */
void shadow_visit(const struct policy_tenant *tenant,
		  void (*take)(const struct shadow *shadow, void *into),
		  void *into)
{
	struct shadow shadow = { 0 };

	if (count_patterns(tenant) > PATTERNS_MAX)
		return;
	for (; shadow.rule < tenant->rule_count; shadow.rule++) {
		const struct policy_rule *rule = &tenant->rules[shadow.rule];

		if (rule->class != CORDON_CLASS_FILE)
			continue;
		for (shadow.pattern = 0; shadow.pattern < rule->pattern_count;
		     shadow.pattern++)
			if (is_shadowed(tenant, &shadow))
				take(&shadow, into);
	}
}

/**
 * struct warning - where warnings go
 * @tenant: whose rules they are about
 * @diag: where to
 */
struct warning {
	const struct policy_tenant *tenant;
	struct diag *diag;
};

static void warn(const struct shadow *shadow, void *into)
{
	const struct warning *warning = into;
	const struct policy_rule *rules = warning->tenant->rules;
	const struct pattern *pattern =
		&rules[shadow->rule].patterns[shadow->pattern];
	const char *by = rules[shadow->by].origin;
	char *text = text_escape(pattern->text, strlen(pattern->text));

	if (shadow->kind == SHADOW_DENIED)
		diag_warn(warning->diag, &pattern->at,
			  "'%s' is never allowed by this rule: %s denies all of it",
			  text, by);
	else if (shadow->kind == SHADOW_DEFAULT)
		diag_warn(warning->diag, &pattern->at,
			  "'%s' is allowed without this rule: the default is 'allow'",
			  text);
	else
		diag_warn(warning->diag, &pattern->at,
			  "'%s' is %s without this rule: %s covers all of it",
			  text,
			  shadow->kind == SHADOW_ALLOWED ? "allowed" : "denied",
			  by);
	free(text);
}

static bool sorts_first(const struct policy_tenant *a,
			const struct policy_tenant *b)
{
	return strcmp(a->name, b->name) < 0;
}

/* Whether all that a selector selects is another tenant's by its name. */
static const struct policy_tenant *taker(const struct policy *policy,
					 const struct policy_tenant *tenant,
					 const struct selector *selector)
{
	size_t i;
	size_t j;

	for (i = 0; i < policy->count; i++) {
		const struct policy_tenant *other = &policy->tenants[i];

		if (!sorts_first(other, tenant))
			continue;
		for (j = 0; j < other->selector_count; j++) {
			const char *wide = other->selectors[j].cgroup;

			/* Those that are the same are told of already. */
			if (wide && strpbrk(wide, "*?[{") &&
			    strcmp(wide, selector->cgroup) &&
			    cover_pattern(selector->cgroup, wide))
				return other;
		}
	}
	return NULL;
}

static void check_selectors(const struct policy *policy, struct diag *diag)
{
	const struct policy_tenant *other;
	size_t i;
	size_t j;

	for (i = 0; i < policy->count; i++) {
		const struct policy_tenant *tenant = &policy->tenants[i];

		for (j = 0; j < tenant->selector_count; j++) {
			const struct selector *selector = &tenant->selectors[j];

			other = selector->cgroup ?
					taker(policy, tenant, selector) :
					NULL;
			if (other)
				diag_warn(diag, &selector->at,
					  "tenant '%s' gets no tasks by this: tenant '%s' selects the same cgroups, and its name sorts first",
					  tenant->name, other->name);
		}
	}
}

/**
 * shadow_check - warn about what does not matter
 * @policy: a policy without errors
 * @diag: where warnings go
 */
void shadow_check(const struct policy *policy, struct diag *diag)
{
	size_t i;

	for (i = 0; i < policy->count; i++) {
		struct warning warning = { &policy->tenants[i], diag };

		shadow_visit(&policy->tenants[i], warn, &warning);
	}
	if (policy->count <= PATTERNS_MAX)
		check_selectors(policy, diag);
}
