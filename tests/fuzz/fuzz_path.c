// SPDX-License-Identifier: GPL-2.0
/*
 * Path patterns: what the evaluator makes of them is what the oracle does.
 *
 * The input is lines of text: "d" for default deny; "+", "!" and "-" in front
 * of a pattern for rules that allow, allow loudly and deny; anything else is a
 * path to ask about.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "case_path.h"
#include "pattern.h"

/*
 * The oracle tries everything, which takes too long with many stars and long
 * names; the unit tests see to those.
 */
#define STARS_MAX 5
#define NAME_LEN_MAX 40
#define COMPONENTS_MAX 300

static struct path_case it;

static bool too_much(const char *text)
{
	unsigned int stars = 0, len = 0, components = 0;

	for (; *text; text++) {
		len = *text == '/' ? 0 : len + 1;
		stars = *text == '/' ? 0 : stars + (*text == '*');
		components += *text == '/';
		if (stars > STARS_MAX || len > NAME_LEN_MAX ||
		    components > COMPONENTS_MAX)
			return true;
	}
	return false;
}

static void add_rule(char sign, const char *pattern)
{
	struct path_rule *rule = &it.rules[it.count];
	struct pattern_error error;
	int ret = pattern_check(pattern, PATTERN_FILE, &error);

	/* A place to point at, inside the text or right behind it. */
	if (ret && (error.at > strlen(pattern) || !*error.why))
		abort();
	if (ret || it.count == CASE_RULES_MAX || too_much(pattern))
		return;
	rule->action = sign == '-' ? CORDON_ACTION_DENY : CORDON_ACTION_ALLOW;
	rule->log = sign == '!' ? CORDON_LOG_ALWAYS : CORDON_LOG_AUTO;
	rule->ops = 1 + it.count * 7 % RULESET_FILE_OPS;
	strcpy(rule->pattern, pattern);
	it.count++;
}

/* Copies the next line; returns what is behind it, or NULL. */
static const char *next_line(const char *at, const char *end, char *line)
{
	size_t len = 0;

	if (at == end)
		return NULL;
	while (at + len < end && at[len] && at[len] != '\n')
		len++;
	memcpy(line, at, len < CASE_TEXT_MAX ? len : 0);
	line[len < CASE_TEXT_MAX ? len : 0] = '\0';
	return at + len + (at + len < end);
}

static void read_rules(const char *at, const char *end)
{
	char line[CASE_TEXT_MAX];

	it.count = 0;
	it.file_default = CORDON_ACTION_ALLOW;
	strcpy(it.path, "/");
	while ((at = next_line(at, end, line))) {
		if (!strcmp(line, "d"))
			it.file_default = CORDON_ACTION_DENY;
		else if (*line && strchr("+!-", *line))
			add_rule(*line, line + 1);
	}
}

static void ask(struct path_judge *judge, const char *path)
{
	const char *what;

	strcpy(it.path, path);
	if (too_much(path) || !path_case_is_valid(&it))
		return;
	what = path_judge_compare(judge, path);
	if (!what)
		return;
	fprintf(stderr, "evaluator and oracle disagree: %s\n", what);
	path_case_print(&it, stderr);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data;
	const char *end = at + size;
	struct path_judge judge;
	char line[CASE_TEXT_MAX];

	if (!size)
		return 0;
	read_rules(at, end);
	if (!path_judge_make(&judge, &it))
		while ((at = next_line(at, end, line)))
			ask(&judge, line);
	path_judge_free(&judge);
	return 0;
}
