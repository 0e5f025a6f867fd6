// SPDX-License-Identifier: GPL-2.0
#include "oracle_path.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct plain - one pattern without braces
 * @names: its components, NULL behind the last
 * @memfd: it is about anonymous files
 * @rule: the rule that it belongs to
 * @says: what that says
 * @matched: it matches the path that was asked about last
 */
struct plain {
	char **names;
	bool memfd;
	uint32_t rule;
	struct oracle_says says;
	bool matched;
};

/**
 * struct oracle - all patterns
 * @plains: the patterns
 * @count: how many
 */
struct oracle {
	struct plain *plains;
	size_t count;
};

/* Whether "[...]" has a byte. */
static bool set_has(const char *set, unsigned char byte)
{
	const unsigned char *at = (const unsigned char *)set + 1;
	bool negated = *at == '!' || *at == '^';
	bool found = false;

	at += negated;
	do {
		unsigned char from, to;

		at += *at == '\\';
		from = *at++;
		to = from;
		if (at[0] == '-' && at[1] != ']') {
			at++;
			at += *at == '\\';
			to = *at++;
		}
		found |= from <= byte && byte <= to;
	} while (*at != ']');
	return found != negated;
}

/* Length of a byte, an escaped byte or "[...]". */
static size_t piece_len(const char *text)
{
	size_t len = 1;

	if (*text == '\\')
		return 2;
	if (*text != '[')
		return 1;
	len += text[1] == '!' || text[1] == '^';
	do {
		len += text[len] == '\\' ? 2 : 1;
	} while (text[len] != ']');
	return len + 1;
}

/**
 * oracle_name_matches - whether a name matches a component of a pattern
 * @glob: the component
 * @name: the name
 *
 * Return: true when all of it does.
 */
bool oracle_name_matches(const char *glob, const char *name)
{
	bool same;

	if (!*glob)
		return !*name;
	if (*glob == '*')
		return oracle_name_matches(glob + 1, name) ||
		       (*name && oracle_name_matches(glob, name + 1));
	if (!*name)
		return false;
	if (*glob == '?')
		same = true;
	else if (*glob == '[')
		same = set_has(glob, *name);
	else if (*glob == '\\')
		same = glob[1] == *name;
	else
		same = *glob == *name;
	return same && oracle_name_matches(glob + piece_len(glob), name + 1);
}

/* Both end with NULL. */
static bool names_match(char **globs, char **names)
{
	if (!*globs)
		return !*names;
	if (!strcmp(*globs, "**"))
		return names_match(globs + 1, names) ||
		       (*names && names_match(globs, names + 1));
	return *names && oracle_name_matches(*globs, *names) &&
	       names_match(globs + 1, names + 1);
}

static bool is_memfd(const char *text)
{
	return !strncmp(text, "memfd:", 6);
}

/* What stands between slashes; the name of a memfd is one whatever is in it. */
static char **split(const char *text)
{
	char **names = calloc(strlen(text) + 2, sizeof(*names));
	size_t count = 0;

	assert(names);
	if (is_memfd(text)) {
		names[0] = strdup(text);
		return names;
	}
	while (*text == '/' && text[1]) {
		size_t len = strcspn(++text, "/");

		names[count++] = strndup(text, len);
		text += len;
	}
	return names;
}

static void free_names(char **names)
{
	size_t i;

	for (i = 0; names[i]; i++)
		free(names[i]);
	free(names);
}

static void add_plain(struct oracle *oracle, const char *text, uint32_t rule,
		      struct oracle_says says)
{
	struct plain *plain;

	oracle->plains =
		realloc(oracle->plains, (oracle->count + 1) * sizeof(*plain));
	assert(oracle->plains);
	plain = &oracle->plains[oracle->count++];
	plain->names = split(text);
	plain->memfd = is_memfd(text);
	plain->rule = rule;
	plain->says = says;
	plain->matched = false;
}

/* The first of @stops in a text, but neither escaped nor in "[...]". */
static const char *find_piece(const char *text, const char *stops)
{
	while (*text && !strchr(stops, *text))
		text += piece_len(text);
	return text;
}

/**
 * oracle_add - add a pattern
 * @oracle: the oracle
 * @pattern: the pattern
 * @rule: the rule that it belongs to
 * @says: what that says about paths that match
 *
 * The first braces are replaced by each of their choices in turn.
 */
void oracle_add(struct oracle *oracle, const char *pattern, uint32_t rule,
		struct oracle_says says)
{
	const char *open = find_piece(pattern, "{");
	const char *close = find_piece(open, "}");
	const char *choice = open;
	char *text;

	if (!*open) {
		add_plain(oracle, pattern, rule, says);
		return;
	}
	while (choice != close) {
		const char *end = find_piece(++choice, ",}");
		int ret = asprintf(&text, "%.*s%.*s%s", (int)(open - pattern),
				   pattern, (int)(end - choice), choice,
				   close + 1);

		assert(ret >= 0);
		oracle_add(oracle, text, rule, says);
		free(text);
		choice = end;
	}
}

/**
 * oracle_ask - what all patterns say about a path
 * @oracle: the oracle
 * @path: the path
 *
 * Return: what those that match say, together.
 */
struct oracle_says oracle_ask(struct oracle *oracle, const char *path)
{
	struct oracle_says says = { 0 };
	char **names = split(path);
	size_t i;

	for (i = 0; i < oracle->count; i++) {
		struct plain *plain = &oracle->plains[i];

		plain->matched = plain->memfd == is_memfd(path) &&
				 names_match(plain->names, names);
		if (!plain->matched)
			continue;
		says.allow |= plain->says.allow;
		says.deny |= plain->says.deny;
		says.loud |= plain->says.loud;
	}
	free_names(names);
	return says;
}

/**
 * oracle_first - the first rule that says something about the path asked about
 * @oracle: the oracle
 * @wanted: what it has to say one of
 *
 * Return: the lowest number of such a rule, or ORACLE_NO_RULE.
 */
uint32_t oracle_first(const struct oracle *oracle, struct oracle_says wanted)
{
	uint32_t first = ORACLE_NO_RULE;
	size_t i;

	for (i = 0; i < oracle->count; i++) {
		const struct plain *plain = &oracle->plains[i];

		if (plain->matched && plain->rule < first &&
		    ((plain->says.allow & wanted.allow) ||
		     (plain->says.deny & wanted.deny) ||
		     (plain->says.loud & wanted.loud)))
			first = plain->rule;
	}
	return first;
}

/**
 * oracle_new - an oracle without patterns
 *
 * Return: the oracle, for oracle_free().
 */
struct oracle *oracle_new(void)
{
	struct oracle *oracle = calloc(1, sizeof(*oracle));

	assert(oracle);
	return oracle;
}

/**
 * oracle_free - free an oracle
 * @oracle: the oracle
 */
void oracle_free(struct oracle *oracle)
{
	size_t i;

	for (i = 0; i < oracle->count; i++)
		free_names(oracle->plains[i].names);
	free(oracle->plains);
	free(oracle);
}
