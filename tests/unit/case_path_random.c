// SPDX-License-Identifier: GPL-2.0
/*
 * Random rules and paths of which many match.
 *
 * Names come from a small pool in which most are alike but for one byte, so
 * that beginnings, middles and ends are shared.  Globs are made from names of
 * the pool, patterns go on from where others are, and paths are made from
 * patterns and then changed a little, or not.
 */
#include "case_path.h"

#include <stdlib.h>
#include <string.h>

#include "pattern.h"

#define NAMES_MAX 24

/* Sizes around the eight bytes that the tree compares at once. */
static const unsigned char lengths[] = { 1,  1, 1,  1, 2,  2, 3,  3,
					 7,  7, 8,  8, 9,  9, 15, 16,
					 17, 4, 24, 5, 31, 2, 1,  255 };

/* Bytes of names; some mean something in patterns. */
static const char letters[] = "aaaaabbbbcc-*?[]\\{},!\xff\n.";

/**
 * struct pool - names to choose from
 * @wild: in how many of a hundred cases a component is none of them
 * @count: how many
 * @names: the names
 */
struct pool {
	unsigned int wild;
	unsigned int count;
	char names[NAMES_MAX][NAME_MAX + 1];
};

static struct pool pool;

static char random_letter(struct random *random)
{
	return letters[random_below(random, sizeof(letters) - 1)];
}

static void make_name(struct random *random, char *name)
{
	size_t len = lengths[random_below(random, ARRAY_SIZE(lengths))];
	const size_t places[] = { 0, 7, 8, len / 2, len - 1 };

	if (len > 31 && random_percent(random, 80))
		len = 10;
	memset(name, "aab"[random_below(random, 3)], len);
	name[len] = '\0';
	if (random_percent(random, 80)) {
		size_t at = places[random_below(random, ARRAY_SIZE(places))];

		name[at < len ? at : 0] = random_letter(random);
	}
	/* The names that no file has. */
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		name[0] = 'a';
}

static void make_pool(struct random *random)
{
	unsigned int i;

	pool.wild = random_percent(random, 10) ? 90 : 50;
	pool.count = 2 + random_below(random, NAMES_MAX - 2);
	for (i = 0; i < pool.count; i++)
		make_name(random, pool.names[i]);
}

static const char *any_name(struct random *random)
{
	return pool.names[random_below(random, pool.count)];
}

/* Appends what fits. */
static void append(char *text, const char *more)
{
	size_t len = strlen(text);

	if (len + strlen(more) < CASE_TEXT_MAX)
		strcpy(text + len, more);
}

static void append_byte(char *text, char byte)
{
	const char more[] = { byte, '\0' };

	append(text, more);
}

static void append_escaped(char *text, char byte)
{
	if (strchr("*?[\\{}", byte))
		append_byte(text, '\\');
	append_byte(text, byte);
}

/* Bytes that mean nothing outside "[]" may mean something inside. */
static void append_set_byte(char *text, char byte)
{
	if (strchr("]-!^\\", byte))
		append_byte(text, '\\');
	append_byte(text, byte);
}

static void append_set(struct random *random, char *text, char byte)
{
	append_byte(text, '[');
	if (random_percent(random, 25)) {
		append_byte(text, "!^"[random_below(random, 2)]);
		byte = random_letter(random);
	}
	switch (random_below(random, 4)) {
	case 0:
		append(text, "a-b");
		break;
	case 1:
		append_byte(text, ']');
		append_set_byte(text, byte);
		break;
	case 2:
		append_set_byte(text, byte);
		append_byte(text, '-');
		break;
	default:
		append_set_byte(text, byte);
		append_set_byte(text, random_letter(random));
		break;
	}
	append_byte(text, ']');
}

/* Writes one byte of a name so that a pattern still matches it, mostly. */
static size_t append_globbed(struct random *random, char *text,
			     const char *name)
{
	size_t skip;

	switch (random_below(random, 6)) {
	case 0:
		skip = random_below(random, strlen(name) + 1);
		append_byte(text, '*');
		return skip;
	case 1:
		append_byte(text, '?');
		return 1;
	case 2:
		append_set(random, text, *name);
		return 1;
	case 3:
		append_byte(text, '{');
		append_escaped(text, *name == ',' ? 'a' : *name);
		append_byte(text, ',');
		append_byte(text, "abc?"[random_below(random, 4)]);
		append_byte(text, '}');
		return 1;
	default:
		append_escaped(text, *name);
		return 1;
	}
}

static void append_glob(struct random *random, char *text)
{
	const char *name = any_name(random);
	unsigned int globbed = 0;

	/* A long name with many stars is more than a plain oracle can do. */
	while (*name) {
		if (globbed < 4 && random_percent(random, 30)) {
			name += append_globbed(random, text, name);
			globbed++;
		} else {
			append_escaped(text, *name++);
		}
	}
	if (globbed < 4 && random_percent(random, 30))
		append_byte(text, '*');
}

static void append_literal(struct random *random, char *text)
{
	const char *name;

	for (name = any_name(random); *name; name++) {
		if (random_percent(random, 3))
			append_byte(text, '\\');
		else if (strchr("*?[\\{}", *name))
			append_byte(text, '\\');
		append_byte(text, *name);
	}
}

static void append_choices(struct random *random, char *text)
{
	append_byte(text, '{');
	append_literal(random, text);
	append_byte(text, ',');
	append_glob(random, text);
	append_byte(text, '}');
}

static void append_wild(struct random *random, char *text)
{
	uint32_t kind = random_below(random, 50);

	if (kind < 22)
		append_glob(random, text);
	else if (kind < 30)
		append_byte(text, '*');
	else if (kind < 35)
		append_choices(random, text);
	else
		append(text, "**");
}

static void append_component(struct random *random, char *text)
{
	append_byte(text, '/');
	if (random_percent(random, pool.wild))
		append_wild(random, text);
	else
		append_literal(random, text);
}

/* Takes over some components of a pattern that is there already. */
static void begin_like_another(struct random *random,
			       const struct path_case *a_case, char *text)
{
	const struct path_rule *rule;
	char *slash;

	if (!a_case->count)
		return;
	rule = &a_case->rules[random_below(random, a_case->count)];
	if (rule->pattern[0] != '/' || !rule->pattern[1])
		return;
	strcpy(text, rule->pattern);
	slash = strrchr(text, '/');
	if (random_percent(random, 80))
		*slash = '\0';
}

static void make_pattern(struct random *random, const struct path_case *a_case,
			 char *text)
{
	unsigned int more = 1 + random_below(random, 3);

	text[0] = '\0';
	if (random_percent(random, 2)) {
		append(text, "/");
		return;
	}
	if (random_percent(random, 4)) {
		append(text, PATTERN_MEMFD);
		append_glob(random, text);
		return;
	}
	if (random_percent(random, 50))
		begin_like_another(random, a_case, text);
	while (more--)
		append_component(random, text);
	if (random_percent(random, 20))
		append(text, "/**");
}

static void make_rule(struct random *random, struct path_case *a_case)
{
	struct path_rule *rule = &a_case->rules[a_case->count];
	struct pattern_error error;

	do {
		make_pattern(random, a_case, rule->pattern);
	} while (pattern_check(rule->pattern, PATTERN_FILE, &error));
	rule->action = random_percent(random, 60) ? CORDON_ACTION_ALLOW :
						    CORDON_ACTION_DENY;
	rule->log = CORDON_LOG_AUTO;
	if (rule->action == CORDON_ACTION_ALLOW && random_percent(random, 30))
		rule->log = CORDON_LOG_ALWAYS;
	rule->ops = 1 + random_below(random, RULESET_FILE_OPS);
	a_case->count++;
}

/**
 * path_case_random_rules - make rules
 * @a_case: becomes rules, with the path "/"
 * @random: where from
 */
void path_case_random_rules(struct path_case *a_case, struct random *random)
{
	unsigned int count = 1 + random_below(random, 8);

	if (random_percent(random, 40))
		count = 1 + random_below(random, CASE_RULES_MAX);
	make_pool(random);
	/* Rules that can all match at once, up to what is refused. */
	if (pool.wild > 50)
		count = CASE_RULES_MAX;
	a_case->file_default = random_percent(random, 50) ?
				       CORDON_ACTION_ALLOW :
				       CORDON_ACTION_DENY;
	a_case->count = 0;
	strcpy(a_case->path, "/");
	while (a_case->count < count)
		make_rule(random, a_case);
}

/* Some names; rarely so many that a tree of any width could be filled. */
static void append_names(struct random *random, char *path)
{
	unsigned int count = random_below(random, 4);

	if (random_percent(random, 2))
		count = random_below(random, 150);
	while (count--) {
		const char *name = any_name(random);

		append_byte(path, '/');
		append(path, strlen(name) > 31 ? "a" : name);
	}
}

static void append_any(struct random *random, char *path)
{
	unsigned int count = random_below(random, 3);

	while (count--)
		append_byte(path, random_letter(random));
}

/* Writes a name that a component matches, more or less. */
static void append_match(struct random *random, char *path, const char *glob,
			 size_t len)
{
	bool skipping = false;
	size_t i;

	for (i = 0; i < len; i++) {
		if (skipping && glob[i] != '}')
			continue;
		switch (glob[i]) {
		case '*':
			append_any(random, path);
			break;
		case '?':
			append_byte(path, random_letter(random));
			break;
		case '[':
			append_byte(path, glob[i + 1]);
			i += strcspn(glob + i + 2, "]") + 2;
			break;
		case '{':
			break;
		case '}':
			skipping = false;
			break;
		case ',':
			skipping = memchr(glob + i, '}', len - i);
			if (!skipping)
				append_byte(path, ',');
			break;
		case '\\':
			append_byte(path, glob[++i]);
			break;
		default:
			append_byte(path, glob[i]);
			break;
		}
	}
}

static void follow(struct random *random, const char *pattern, char *path)
{
	while (*pattern == '/' && pattern[1]) {
		size_t len = strcspn(++pattern, "/");

		if (len == 2 && !strncmp(pattern, "**", 2)) {
			append_names(random, path);
		} else {
			append_byte(path, '/');
			append_match(random, path, pattern, len);
		}
		pattern += len;
	}
}

/* Cuts a path at any of its slashes. */
static void cut(struct random *random, char *path)
{
	char *slash = path + random_below(random, strlen(path));

	while (slash > path && *slash != '/')
		slash--;
	*slash = '\0';
}

static void change(struct random *random, char *path)
{
	size_t len = strlen(path);

	switch (random_below(random, len ? 5 : 1)) {
	case 0:
		append_names(random, path);
		break;
	case 1:
		cut(random, path);
		break;
	case 2:
		cut(random, path);
		append_names(random, path);
		break;
	case 3:
		path[random_below(random, len)] = random_letter(random);
		break;
	case 4:
		path[len - 1] = '\0';
		break;
	}
}

/* Names that came out empty or too long become "a". */
static void repair(char *path)
{
	char whole[CASE_TEXT_MAX] = "";
	const char *at = path;

	while (*at) {
		size_t len = strcspn(++at, "/");
		char name[NAME_MAX + 2] = "/a";

		if (len && len <= NAME_MAX)
			memcpy(name + 1, at, len);
		append(whole, name);
		at += len;
	}
	strcpy(path, *whole ? whole : "/");
}

static void make_memfd(struct random *random, const char *pattern, char *path)
{
	strcpy(path, PATTERN_MEMFD);
	if (!strncmp(pattern, PATTERN_MEMFD, strlen(PATTERN_MEMFD)))
		append_match(random, path, pattern + strlen(PATTERN_MEMFD),
			     strlen(pattern) - strlen(PATTERN_MEMFD));
	else
		append(path, any_name(random));
	/* One name all the same. */
	if (random_percent(random, 10))
		append(path, "/a");
	path[NAME_MAX] = '\0';
}

/**
 * path_case_random_path - make a path
 * @a_case: the rules; gets the path
 * @random: where from; the rules came from it last
 */
void path_case_random_path(struct path_case *a_case, struct random *random)
{
	const struct path_rule *rule =
		&a_case->rules[random_below(random, a_case->count)];
	char *path = a_case->path;

	path[0] = '\0';
	if (rule->pattern[0] != '/' || random_percent(random, 1)) {
		make_memfd(random, rule->pattern, path);
		return;
	}
	follow(random, rule->pattern, path);
	if (random_percent(random, 50))
		change(random, path);
	if (path[0] && path[0] != '/')
		path[0] = '/';
	repair(path);
}
