// SPDX-License-Identifier: GPL-2.0
/* What is said not to matter: it must not, whatever is asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#include "alloc.h"
#include "compile.h"
#include "cover.h"
#include "decide.h"
#include "pattern.h"
#include "random.h"
#include "shadow.h"
#include "trail.h"

#define RULES_MAX 5
#define PATTERNS 2
#define POLICIES 3000
#define PATHS 60

static void test_cover(void **state)
{
	static const struct {
		const char *narrow;
		const char *wide;
		bool covered;
	} cases[] = {
		{ "/a", "/a", true },
		{ "/a/b", "/a/**", true },
		{ "/a", "/a/**", true },
		{ "/a/**", "/a/**", true },
		{ "/a/**", "/**", true },
		{ "/", "/**", true },
		{ "/a/**", "/a/*", false },
		{ "/a/*", "/a/**", true },
		{ "/a", "/a/*", false },
		{ "/a/**", "/a/**/b", false },
		{ "/a/x/y/b", "/a/**/b", true },
		{ "/a/**/x/b", "/a/**/b", true },
		{ "/a/**/b", "/**/b", true },
		{ "/**/b", "/a/**/b", false },
		{ "/{a,b}", "/*", true },
		{ "/{a,b}", "/a", false },
		{ "/a", "/{b,a}", true },
		{ "/{a,b}/c", "/{b,a}/{d,c}", true },
		{ "/a?", "/a*", false },
		{ "/ab", "/a?", true },
		{ "/a\\*", "/a*", true },
		{ "/a*", "/a\\*", false },
		{ "/a*", "/**", true },
		{ "/*", "/**", true },
		{ "/**", "/*", false },
		{ "memfd:x", "memfd:x", true },
		{ "memfd:x", "memfd:*", false },
		{ "memfd:x", "/**", false },
		{ "/**", "memfd:*", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cover_pattern(cases[i].narrow, cases[i].wide) !=
		    cases[i].covered)
			print_error("%s in %s\n", cases[i].narrow,
				    cases[i].wide);
		assert_int_equal(cover_pattern(cases[i].narrow, cases[i].wide),
				 cases[i].covered);
	}
}

static void expect(const char *text, const char *expected)
{
	struct input input;
	char *findings;

	input_good(&input, text);
	shadow_check(&input.policy, &input.diag);
	findings = input_findings(&input);
	assert_string_equal(findings, expected);
	free(findings);
	input_clear(&input);
}

static void test_rules(void **state)
{
	(void)state;
	expect(FILE_HEAD "        - {allow: [read, write], path: [/a/**, /b]}\n"
			 "        - {deny: all, path: /a/b/**}\n"
			 "        - {allow: read, path: /a/b/c}\n"
			 "        - {allow: read, path: /a/c}\n"
			 "        - {allow: exec, path: /a/c}\n"
			 "        - {deny: read, path: /a/b/x}\n"
			 "        - {allow: read, path: /b, log: always}\n",
	       "t.yaml:11:31: warning: '/a/b/c' is never allowed by this rule: t.yaml:10 denies all of it\n"
	       "t.yaml:12:31: warning: '/a/c' is allowed without this rule: t.yaml:9 covers all of it\n"
	       "t.yaml:14:30: warning: '/a/b/x' is denied without this rule: t.yaml:10 covers all of it\n");
	/* Of two that are the same only the second is too much. */
	expect(FILE_HEAD "        - {allow: read, path: /a/*}\n"
			 "        - {allow: read, path: /a/*}\n",
	       "t.yaml:10:31: warning: '/a/*' is allowed without this rule: t.yaml:9 covers all of it\n");
	/* Of each pair the second says something that the first does not. */
	expect(FILE_HEAD "        - {deny: read, path: /a/b}\n"
			 "        - {deny: read, path: /a/**}\n"
			 "        - {deny: read, path: /c/*}\n"
			 "        - {allow: [read, write], path: /c/d}\n",
	       "");
	expect(HEAD "    file:\n      default: allow\n      rules:\n"
		    "        - {allow: read, path: [/a, 'memfd:*']}\n"
		    "        - {allow: read, path: /b, log: always}\n",
	       "t.yaml:9:32: warning: '/a' is allowed without this rule: the default is 'allow'\n");
}

static void test_selectors(void **state)
{
	(void)state;
	expect("version: 1\ntenants:\n"
	       "  b:\n    select: [cgroup: /t/b, cgroup: /u/b]\n"
	       "  a:\n    select: [cgroup: '/t/*']\n"
	       "  c:\n    select: [cgroup: '/u/**']\n",
	       "t.yaml:4:22: warning: tenant 'b' gets no tasks by this: tenant 'a' selects the same cgroups, and its name sorts first\n");
}

/**
 * struct field - a tenant at random, and all that its rules are made of
 * @tenant: the tenant
 * @rules: its rules
 * @patterns: theirs
 * @texts: and their texts
 */
struct field {
	struct policy_tenant tenant;
	struct policy_rule rules[RULES_MAX];
	struct pattern patterns[RULES_MAX][PATTERNS];
	char texts[RULES_MAX][PATTERNS][64];
};

static void random_pattern(struct random *random, char *text)
{
	static const char *const components[] = {
		"a", "b", "ab", "*", "?", "[ab]", "a*", "{a,b}", "**", "{ab,*}",
	};
	struct pattern_error error;
	char *at;

	do {
		uint32_t depth = 1 + random_below(random, 3);

		for (at = text; depth--;)
			at += sprintf(at, "/%s",
				      components[random_below(random, 10)]);
	} while (pattern_check(text, PATTERN_FILE, &error));
}

static void random_field(struct random *random, struct field *field)
{
	size_t i;
	size_t j;

	memset(field, 0, sizeof(*field));
	field->tenant.rules = field->rules;
	field->tenant.rule_count = 1 + random_below(random, RULES_MAX);
	field->tenant.file_default = random_percent(random, 50) ?
					     CORDON_ACTION_ALLOW :
					     CORDON_ACTION_DENY;
	for (i = 0; i < field->tenant.rule_count; i++) {
		struct policy_rule *rule = &field->rules[i];

		rule->class = CORDON_CLASS_FILE;
		rule->origin = (char *)"t.yaml:1";
		rule->action = random_percent(random, 60) ?
				       CORDON_ACTION_ALLOW :
				       CORDON_ACTION_DENY;
		rule->ops = 1 + random_below(random, 3);
		if (rule->action == CORDON_ACTION_ALLOW &&
		    random_percent(random, 20))
			rule->log = CORDON_LOG_ALWAYS;
		rule->patterns = field->patterns[i];
		rule->pattern_count = 1 + random_below(random, PATTERNS);
		for (j = 0; j < rule->pattern_count; j++) {
			random_pattern(random, field->texts[i][j]);
			rule->patterns[j].text = field->texts[i][j];
		}
	}
}

static void random_path(struct random *random, char *text)
{
	static const char *const names[] = { "a", "b", "ab", "ba", "c", "aa" };
	uint32_t depth = random_below(random, 5);
	char *at = text + sprintf(text, "/");

	for (; depth; depth--)
		at += sprintf(at, "%s%s", names[random_below(random, 6)],
			      depth > 1 ? "/" : "");
}

static void compile(struct ruleset *set, const struct policy_tenant *tenant)
{
	struct ruleset_error error;
	struct position at;

	memset(set, 0, sizeof(*set));
	assert_int_equal(compile_tenant(set, tenant, &at, &error), 0);
}

/**
 * struct doubt - who checks what was said
 * @field: the tenant
 * @random: for paths
 * @kinds: how often each was said
 */
struct doubt {
	struct field *field;
	struct random *random;
	unsigned int kinds[SHADOW_REPEATED + 1];
};

static void compare(const struct ruleset *with, const struct ruleset *without,
		    const struct ruleset *alone, const struct shadow *shadow,
		    const struct pathname *path)
{
	u16 op;

	for (op = 1; op <= 2; op <<= 1) {
		struct decision before = decide_file(with, path, op);
		struct decision after = decide_file(without, path, op);

		assert_int_equal(before.denied, after.denied);
		assert_int_equal(before.loud, after.loud);
		/* By a rule, not by default. */
		if (shadow->kind == SHADOW_DENIED &&
		    !decide_file(alone, path, op).denied)
			assert_int_not_equal(decide_file_rule(with, path, op,
							      true),
					     RULESET_NONE);
	}
}

/* The rules without one pattern, and without the rule if that was all it had. */
static void compile_without(struct ruleset *set, const struct field *field,
			    const struct shadow *shadow)
{
	struct policy_rule rules[RULES_MAX];
	struct pattern patterns[PATTERNS];
	struct policy_tenant tenant = field->tenant;
	struct policy_rule *rule = &rules[shadow->rule];
	size_t i;

	memcpy(rules, field->rules, sizeof(rules));
	tenant.rules = rules;
	memcpy(patterns, rule->patterns, sizeof(patterns));
	rule->patterns = patterns;
	patterns[shadow->pattern] = patterns[--rule->pattern_count];
	if (!rule->pattern_count) {
		tenant.rule_count--;
		for (i = shadow->rule; i < tenant.rule_count; i++)
			rules[i] = rules[i + 1];
	}
	compile(set, &tenant);
}

/* The pattern as the only one, where nothing is allowed by default. */
static void compile_alone(struct ruleset *set, const struct field *field,
			  const struct shadow *shadow)
{
	struct policy_rule rule = field->rules[shadow->rule];
	const struct policy_tenant tenant = {
		.rules = &rule,
		.rule_count = 1,
		.file_default = CORDON_ACTION_DENY,
	};

	rule.patterns += shadow->pattern;
	rule.pattern_count = 1;
	compile(set, &tenant);
}

static void take(const struct shadow *shadow, void *into)
{
	struct doubt *doubt = into;
	struct ruleset with, without, alone;
	char text[64];
	int i;

	doubt->kinds[shadow->kind]++;
	compile(&with, &doubt->field->tenant);
	compile_without(&without, doubt->field, shadow);
	compile_alone(&alone, doubt->field, shadow);
	for (i = 0; i < PATHS; i++) {
		struct trail trail;

		random_path(doubt->random, text);
		trail_make(&trail, text);
		compare(&with, &without, &alone, shadow, &trail.path);
		trail_free(&trail);
	}
	ruleset_destroy(&with);
	ruleset_destroy(&without);
	ruleset_destroy(&alone);
}

static void test_random(void **state)
{
	uint64_t seed = random_from_env("CORDON_SEED", 1);
	struct field field;
	struct random random;
	struct doubt doubt = { .field = &field, .random = &random };
	unsigned int i;

	(void)state;
	for (i = 0; i < POLICIES; i++) {
		random_seed(&random, seed, i);
		random_field(&random, &field);
		shadow_visit(&field.tenant, take, &doubt);
	}
	for (i = 0; i <= SHADOW_REPEATED; i++)
		assert_true(doubt.kinds[i] > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cover),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_selectors),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("shadow", tests, NULL, NULL);
}
