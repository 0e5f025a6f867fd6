// SPDX-License-Identifier: GPL-2.0
#include "grove.h"

#include <stdlib.h>
#include <string.h>

#include "trail.h"

/**
 * grove_add - add a pattern, as the next rule, which says one bit of 48
 * @grove: the grove
 * @text: the pattern, from malloc(); the grove takes it over
 */
void grove_add(struct grove *grove, char *text)
{
	struct tree_pattern *pattern = &grove->patterns[grove->count];

	assert(grove->count < GROVE_PATTERNS_MAX);
	pattern->text = text;
	pattern->access = 1ULL << grove->count % 48;
	pattern->rule = grove->count++;
}

/**
 * grove_build - build the tree
 * @grove: the grove; it has no tree yet
 *
 * Return: what pathtree_build() returns.
 */
int grove_build(struct grove *grove)
{
	u32 culprit = U32_MAX;
	int ret = pathtree_build(&grove->tree, grove->patterns, grove->count,
				 &culprit);

	if (ret == -E2BIG) {
		assert(culprit < grove->count);
		grove->culprit = grove->patterns[culprit].rule;
	}
	return ret;
}

/**
 * grove_free - free the tree and the patterns
 * @grove: the grove; it is empty afterwards
 */
void grove_free(struct grove *grove)
{
	u32 i;

	pathtree_destroy(&grove->tree);
	for (i = 0; i < grove->count; i++)
		free((char *)grove->patterns[i].text);
	memset(grove, 0, sizeof(*grove));
}

/**
 * grove_lookup - what the tree says about a path
 * @grove: the grove
 * @path: the path
 *
 * Return: the bits of the rules that match.
 */
u64 grove_lookup(const struct grove *grove, const char *path)
{
	struct trail trail;
	u64 word;

	trail_make(&trail, path);
	word = pathtree_lookup(&grove->tree, &trail.path);
	trail_free(&trail);
	return word;
}

/**
 * grove_rule - which rule says something about a path
 * @grove: the grove
 * @path: the path
 * @access: of which the rule has to say one bit
 *
 * Return: the lowest such rule, or PATHTREE_NONE.
 */
u32 grove_rule(const struct grove *grove, const char *path, u64 access)
{
	struct trail trail;
	u32 rule;

	trail_make(&trail, path);
	rule = pathtree_rule(&grove->tree, &trail.path, access);
	trail_free(&trail);
	return rule;
}
