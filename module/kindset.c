// SPDX-License-Identifier: GPL-2.0
/* Looking a socket up among the rules about kinds of sockets. */
#include "kindset.h"

#include "glob.h"

static inline bool is_in(const struct number_range *range, u32 number)
{
	return range->first <= number && number <= range->last;
}

static bool matches(const struct kind_entry *entry, const struct kind *kind)
{
	if (!(entry->families & BIT_ULL(kind->family & 63)) ||
	    !(entry->types & BIT(kind->type & 15)))
		return false;
	if (kind->proto && !(entry->protos & kind->proto))
		return false;
	if (!is_in(&entry->protocol, kind->protocol) ||
	    !is_in(&entry->cid, kind->cid) || !is_in(&entry->port, kind->port))
		return false;
	if (!entry->glob)
		return true;
	return kind->abstract && glob_match(entry->glob, entry->glob_len,
					    kind->abstract, kind->abstract_len);
}

/**
 * kindset_lookup - what the rules say about a kind of socket
 * @set: the table
 * @kind: what the socket is
 *
 * Context: any; does not sleep.
 * Return: what they say.
 */
union access kindset_lookup(const struct kindset *set, const struct kind *kind)
{
	union access access = {};
	u32 i;

	for (i = 0; i < set->count; i++)
		if (matches(&set->entries[i], kind))
			access.word |= set->entries[i].says.word;
	return access;
}

/**
 * kindset_rule - the first rule that says something about a kind of socket
 * @set: the table
 * @kind: what the socket is
 * @wanted: the rule has to say one of these
 *
 * Context: any; does not sleep.
 * Return: the lowest index of such a rule, or KINDSET_NONE.
 */
u32 kindset_rule(const struct kindset *set, const struct kind *kind,
		 union access wanted)
{
	u32 rule = KINDSET_NONE;
	u32 i;

	for (i = 0; i < set->count; i++) {
		const struct kind_entry *entry = &set->entries[i];

		if ((entry->says.word & wanted.word) && entry->rule < rule &&
		    matches(entry, kind))
			rule = entry->rule;
	}
	return rule;
}

/**
 * kindset_destroy - free what a table holds
 * @set: the table, built or all zero; it is all zero afterwards
 */
void kindset_destroy(struct kindset *set)
{
	pure_free(set->entries);
	pure_free(set->text);
	memset(set, 0, sizeof(*set));
}
