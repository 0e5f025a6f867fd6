// SPDX-License-Identifier: GPL-2.0
/*
 * Turning the rules of one tenant into its table of kinds.
 *
 * A rule that allows anything about sockets allows to create them, lest every
 * rule need a twin.  Most rules of a tenant agree on what may be created, so
 * what they imply is kept once.
 */
#include "ruleset.h"

#include "pattern.h"

/**
 * struct kinds - a table while it is made
 * @set: the rules
 * @whose: which of them
 * @entries: room for KINDSET_MAX entries
 * @count: how many there are
 * @globs: for each entry the index of its pattern in its rule, or KINDSET_NONE
 * @alternatives: for each entry which plain pattern of it
 * @text: bytes that the plain patterns take
 */
struct kinds {
	const struct ruleset *set;
	enum whose whose;
	struct kind_entry *entries;
	u32 count;
	u32 *globs;
	u32 *alternatives;
	size_t text;
};

static struct kind_entry *add_entry(struct kinds *kinds,
				    const struct kind_entry *like)
{
	if (kinds->count == KINDSET_MAX)
		return NULL;
	kinds->globs[kinds->count] = KINDSET_NONE;
	kinds->entries[kinds->count] = *like;
	return &kinds->entries[kinds->count++];
}

/* One entry for each plain pattern of abstract names, or one for all. */
static bool add_globs(struct kinds *kinds, const struct rule *rule,
		      const struct kind_entry *like)
{
	u32 i, a;

	if (!rule->abstracts.count)
		return add_entry(kinds, like);
	for (i = 0; i < rule->abstracts.count; i++) {
		const char *pattern =
			ruleset_abstract(kinds->set, rule->abstracts.first + i);
		u32 alternatives = pattern_alternatives(pattern);

		for (a = 0; a < alternatives; a++) {
			if (!add_entry(kinds, like))
				return false;
			kinds->globs[kinds->count - 1] =
				rule->abstracts.first + i;
			kinds->alternatives[kinds->count - 1] = a;
			kinds->text += strlen(pattern) + 1;
		}
	}
	return true;
}

static bool add_ports(struct kinds *kinds, const struct rule *rule,
		      struct kind_entry *like)
{
	u32 i;

	if (!rule->ports.count)
		return add_globs(kinds, rule, like);
	for (i = 0; i < rule->ports.count; i++) {
		like->port = *ruleset_ports(kinds->set, rule->ports.first + i);
		if (!add_entry(kinds, like))
			return false;
	}
	return true;
}

static bool add_cids(struct kinds *kinds, const struct rule *rule,
		     struct kind_entry *like)
{
	u32 i;

	if (!rule->cids.count)
		return add_ports(kinds, rule, like);
	for (i = 0; i < rule->cids.count; i++) {
		like->cid = *ruleset_cids(kinds->set, rule->cids.first + i);
		if (!add_ports(kinds, rule, like))
			return false;
	}
	return true;
}

static bool add_protocols(struct kinds *kinds, const struct rule *rule,
			  struct kind_entry *like)
{
	u32 i;

	if (!rule->protocols.count)
		return add_cids(kinds, rule, like);
	for (i = 0; i < rule->protocols.count; i++) {
		like->protocol.first =
			ruleset_protocol(kinds->set, rule->protocols.first + i);
		like->protocol.last = like->protocol.first;
		if (!add_cids(kinds, rule, like))
			return false;
	}
	return true;
}

static bool implies_same(const struct kind_entry *a, const struct kind_entry *b)
{
	return a->rule == KINDSET_NONE && a->families == b->families &&
	       a->types == b->types && a->protos == b->protos &&
	       a->protocol.first == b->protocol.first &&
	       a->protocol.last == b->protocol.last;
}

static bool add_implied(struct kinds *kinds, const struct kind_entry *entry)
{
	u32 i;

	for (i = 0; i < kinds->count; i++)
		if (implies_same(&kinds->entries[i], entry))
			return true;
	return add_entry(kinds, entry);
}

/* What may be done with sockets implies that they may be made. */
static bool imply_create(struct kinds *kinds, const struct rule *rule,
			 const struct kind_entry *like)
{
	struct kind_entry entry = *like;
	u32 i;

	entry.says.word = 0;
	entry.says.allow = CORDON_SOCKET_OP_CREATE;
	entry.rule = KINDSET_NONE;
	if (!rule->protocols.count)
		return add_implied(kinds, &entry);
	for (i = 0; i < rule->protocols.count; i++) {
		entry.protocol.first =
			ruleset_protocol(kinds->set, rule->protocols.first + i);
		entry.protocol.last = entry.protocol.first;
		if (!add_implied(kinds, &entry))
			return false;
	}
	return true;
}

static union access rule_says(const struct rule *rule, u16 ops)
{
	union access says = {};

	if (rule->action == CORDON_ACTION_DENY)
		says.deny = ops;
	else
		says.allow = ops;
	if (rule->log == CORDON_LOG_ALWAYS)
		says.loud = ops;
	return says;
}

/*
 * What is left of a rule's operations for the table: internet addresses and
 * paths are looked up elsewhere.
 */
static u16 kind_ops(const struct kinds *kinds, const struct rule *rule,
		    u64 families)
{
	if (rule_whose(rule) != kinds->whose)
		return 0;
	if (!(families & ~FAMILIES_INET))
		return rule->ops & CORDON_SOCKET_OP_CREATE;
	if (rule->paths.count && !rule->abstracts.count)
		return 0;
	return rule->ops;
}

static bool add_rule(struct kinds *kinds, u32 index)
{
	const struct rule *rule = ruleset_rule(kinds->set, index);
	const struct rule_shape shape = ruleset_shape(rule);
	struct kind_entry like = {
		.families = rulefit_families(&shape),
		.protocol = NUMBER_ANY,
		.cid = NUMBER_ANY,
		.port = NUMBER_ANY,
		.types = rule->types ? rule->types : 0xffff,
		.protos = ruleset_protos(rule),
		.rule = index,
	};
	u16 ops = kind_ops(kinds, rule, like.families);

	/* Whose the other end will be, nobody knows yet. */
	if (kinds->whose == WHOSE_ANY && rule->action == CORDON_ACTION_ALLOW &&
	    !(ops & CORDON_SOCKET_OP_CREATE) &&
	    !imply_create(kinds, rule, &like))
		return false;
	like.says = rule_says(rule, ops);
	return !ops || add_protocols(kinds, rule, &like);
}

/* Copies what was made, with its globs, to where it stays. */
static int freeze(struct kindset *set, const struct kinds *kinds)
{
	char *text;
	u32 i;

	set->entries = pure_alloc(kinds->count + 1, sizeof(*set->entries));
	set->text = pure_alloc(kinds->text + 1, 1);
	if (!set->entries || !set->text)
		return -ENOMEM;
	text = set->text;
	for (i = 0; i < kinds->count; i++) {
		struct kind_entry *entry = &set->entries[i];

		*entry = kinds->entries[i];
		if (kinds->globs[i] == KINDSET_NONE)
			continue;
		pattern_alternative(ruleset_abstract(kinds->set,
						     kinds->globs[i]),
				    kinds->alternatives[i], text,
				    set->text + kinds->text - text);
		entry->glob = text;
		entry->glob_len = strlen(text);
		text += entry->glob_len + 1;
	}
	set->count = kinds->count;
	set->bytes =
		(kinds->count + 1) * sizeof(*set->entries) + kinds->text + 1;
	return 0;
}

static int refuse(struct ruleset_error *error, int err, const char *why,
		  u32 rule)
{
	error->why = why;
	error->rule = rule;
	return err;
}

static int fill(struct kinds *kinds, struct ruleset_error *error)
{
	u32 i;

	for (i = 0; i < kinds->set->rules.count; i++) {
		if (ruleset_rule(kinds->set, i)->class != CORDON_CLASS_SOCKET)
			continue;
		if (!add_rule(kinds, i))
			return refuse(error, -E2BIG,
				      "tenant has more than 1024 families, types, protocols, abstract names and vsock ports in its rules",
				      i);
	}
	return 0;
}

/**
 * ruleset_compile_kinds - make the table of kinds of a ruleset
 * @set: the ruleset, whose rules were checked
 * @whose: which of its tables
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -E2BIG when there are more than KINDSET_MAX entries, or -ENOMEM.
 */
int ruleset_compile_kinds(struct ruleset *set, enum whose whose,
			  struct ruleset_error *error)
{
	struct kinds kinds = { .set = set, .whose = whose };
	int ret = -ENOMEM;

	if (!set->socket_default)
		return 0;
	kinds.entries = pure_alloc(KINDSET_MAX, sizeof(*kinds.entries));
	kinds.globs = pure_alloc(KINDSET_MAX, sizeof(*kinds.globs));
	kinds.alternatives =
		pure_alloc(KINDSET_MAX, sizeof(*kinds.alternatives));
	if (kinds.entries && kinds.globs && kinds.alternatives)
		ret = fill(&kinds, error);
	if (!ret)
		ret = freeze(&set->sockets[whose].kinds, &kinds);
	if (ret == -ENOMEM)
		refuse(error, ret, "out of memory", RULESET_NONE);
	pure_free(kinds.alternatives);
	pure_free(kinds.globs);
	pure_free(kinds.entries);
	return ret;
}
