// SPDX-License-Identifier: GPL-2.0
/*
 * Never true by mistake, but not always when it could be: of two globs in one
 * component only those are known to cover each other that are written alike or
 * match every name.
 */
#include "cover.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "glob.h"
#include "pattern.h"

/* Components beyond this are not looked at; such patterns cover nothing. */
#define COMPONENTS_MAX 128

/**
 * struct component - one of a pattern
 * @text: what it is
 * @len: its length
 * @kind: how it matches
 */
struct component {
	const char *text;
	size_t len;
	enum component_kind kind;
};

/* How many there are, or COMPONENTS_MAX + 1 for too many. */
static size_t split(const char *plain, struct component *components)
{
	size_t count = 0;

	while (*plain == '/' && plain[1]) {
		struct component *component = &components[count];

		if (count++ == COMPONENTS_MAX)
			break;
		component->text = ++plain;
		component->len = pattern_component(plain, &component->kind);
		plain += component->len;
	}
	return count;
}

static bool matches_all(const struct component *component)
{
	size_t i;

	for (i = 0; i < component->len; i++)
		if (component->text[i] != '*')
			return false;
	return component->kind == COMPONENT_GLOB;
}

static bool covers_component(const struct component *narrow,
			     const struct component *wide)
{
	char *name;
	size_t len;
	bool same;

	if (narrow->len == wide->len && narrow->kind == wide->kind &&
	    !memcmp(narrow->text, wide->text, wide->len))
		return true;
	if (wide->kind == COMPONENT_GLOB && matches_all(wide))
		return true;
	if (narrow->kind != COMPONENT_LITERAL)
		return false;
	name = alloc_zeroed(narrow->len + 1, 1);
	len = pattern_unescape(narrow->text, narrow->len, name);
	/* A literal that is escaped in another way is a glob to this. */
	same = glob_match(wide->text, wide->len, name, len);
	free(name);
	return same;
}

/* Whether @n components at @narrow are covered by @w at @wide. */
static bool covers(const struct component *narrow, size_t n,
		   const struct component *wide, size_t w)
{
	for (; w; narrow++, n--, wide++, w--) {
		if (wide->kind == COMPONENT_DEEP) {
			/* What it takes may be none, or any of them. */
			if (covers(narrow, n, wide + 1, w - 1))
				return true;
			return n && covers(narrow + 1, n - 1, wide, w);
		}
		if (!n || narrow->kind == COMPONENT_DEEP ||
		    !covers_component(narrow, wide))
			return false;
	}
	return !n;
}

/**
 * cover_plain - whether a pattern without braces covers another
 * @narrow: the other
 * @wide: the pattern
 *
 * Return: true when all that @narrow matches is matched by @wide.
 */
bool cover_plain(const char *narrow, const char *wide)
{
	struct component narrows[COMPONENTS_MAX + 1];
	struct component wides[COMPONENTS_MAX + 1];
	size_t n;
	size_t w;

	/* Names of anonymous files are no paths. */
	if (*narrow != '/' || *wide != '/')
		return !strcmp(narrow, wide);
	n = split(narrow, narrows);
	w = split(wide, wides);
	return n <= COMPONENTS_MAX && w <= COMPONENTS_MAX &&
	       covers(narrows, n, wides, w);
}

static char *alternative(const char *text, unsigned int index)
{
	char *plain = alloc_zeroed(strlen(text) + 1, 1);

	if (pattern_alternative(text, index, plain, strlen(text) + 1))
		*plain = '\0';
	return plain;
}

static bool covers_some(const char *plain, const char *wide)
{
	unsigned int count = pattern_alternatives(wide);
	bool found = false;
	unsigned int i;

	for (i = 0; i < count && !found; i++) {
		char *other = alternative(wide, i);

		found = cover_plain(plain, other);
		free(other);
	}
	return found;
}

/**
 * cover_pattern - whether a pattern covers another
 * @narrow: the other
 * @wide: the pattern
 *
 * Return: true when all that @narrow matches is matched by @wide.
 */
bool cover_pattern(const char *narrow, const char *wide)
{
	unsigned int count = pattern_alternatives(narrow);
	bool all = count > 0;
	unsigned int i;

	for (i = 0; i < count && all; i++) {
		char *plain = alternative(narrow, i);

		all = covers_some(plain, wide);
		free(plain);
	}
	return all;
}
