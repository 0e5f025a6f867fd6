// SPDX-License-Identifier: GPL-2.0
#include "match.h"

#include "glob.h"
#include "pattern.h"

/* What is farther than any other distance. */
#define FAR 4096u

/* What lies behind a component, and the "/" that ends it. */
static const char *behind(const char *at, size_t len)
{
	return at[len] == '/' ? at + len + 1 : at + len;
}

static bool match_memfd(const char *plain, const struct pathname *path)
{
	return glob_match(plain, strlen(plain), component_text(&path->at[0]),
			  component_len(&path->at[0]));
}

/* Whether a component matches the name that is so far from the root. */
static bool match_name_at(const char *component, size_t len,
			  const struct pathname *path, u32 depth)
{
	const struct component *name = path->at + (path->count - 1 - depth);

	return glob_match(component, len, component_text(name),
			  component_len(name));
}

/**
 * match_path - whether a pattern matches a path
 * @plain: the pattern, one that pattern_alternative() wrote
 * @path: the path
 * @agrees: set to how many names from the root on match what the pattern begins
 * with, up to its first double star
 *
 * Where a name does not match, what is behind the last double star is tried one
 * name further on; to let an earlier one have more names would change nothing.
 *
 * Context: any; does not sleep.
 * Return: true when it does.
 */
bool match_path(const char *plain, const struct pathname *path, u32 *agrees)
{
	bool memfd = plain[0] != '/';
	const char *again = NULL;
	const char *at = plain + 1;
	u32 from = 0;
	u32 i = 0;

	*agrees = 0;
	if (memfd || path->memfd)
		return memfd && path->memfd && match_memfd(plain, path);
	for (;;) {
		enum component_kind kind;
		size_t len = pattern_component(at, &kind);

		if (kind == COMPONENT_DEEP) {
			at = behind(at, len);
			if (!*at)
				return true;
			again = at;
			from = i;
		} else if (len && i < path->count &&
			   match_name_at(at, len, path, i)) {
			at = behind(at, len);
			i++;
			*agrees += !again;
		} else if (!len && i == path->count) {
			return true;
		} else if (again && from < path->count) {
			at = again;
			i = ++from;
		} else {
			return false;
		}
	}
}

/* Of all plain patterns that a pattern stands for the one that fits best. */
static bool match_pattern(const char *pattern, const struct query *query,
			  char *room, u32 *agrees)
{
	u32 count = pattern_alternatives(pattern);
	u32 i;

	*agrees = 0;
	for (i = 0; i < count; i++) {
		bool matches;
		u32 agree;

		/* One that begins with a double star can take a while. */
		pure_resched();
		if (pattern_alternative(pattern, i, room, PATH_MAX))
			continue;
		matches = match_path(room, &query->path, &agree);
		*agrees = max(*agrees, agree);
		if (matches)
			return true;
	}
	return false;
}

static bool match_paths(const struct ruleset *set, const struct rule *rule,
			const struct query *query, char *room,
			struct match *match)
{
	u32 i;

	for (i = 0; query->named && i < rule->paths.count; i++) {
		const u32 *offsets = set->paths.at;
		u32 offset = offsets[rule->paths.first + i];
		u32 agrees;
		bool matches = match_pattern(ruleset_text(set, offset), query,
					     room, &agrees);

		if (matches || match->pattern == RULESET_NONE ||
		    agrees > match->agrees) {
			match->pattern = offset;
			match->agrees = agrees;
		}
		if (matches)
			return true;
	}
	return false;
}

static bool match_abstract(const char *pattern, const struct kind *kind,
			   char *room)
{
	u32 count = pattern_alternatives(pattern);
	u32 i;

	for (i = 0; i < count; i++)
		if (!pattern_alternative(pattern, i, room, PATH_MAX) &&
		    glob_match(room, strlen(room), kind->abstract,
			       kind->abstract_len))
			return true;
	return false;
}

static bool match_abstracts(const struct ruleset *set, const struct rule *rule,
			    const struct query *query, char *room,
			    struct match *match)
{
	const struct kind *kind = &query->kind;
	u32 i;

	for (i = 0; kind->abstract && i < rule->abstracts.count; i++) {
		const u32 *offsets = set->abstracts.at;
		u32 offset = offsets[rule->abstracts.first + i];
		bool matches =
			match_abstract(ruleset_text(set, offset), kind, room);

		if (matches || match->pattern == RULESET_NONE)
			match->pattern = offset;
		if (matches)
			return true;
	}
	return false;
}

static bool has_range(const struct number_range *ranges,
		      const struct rule_part *part, u32 number)
{
	u32 i;

	for (i = 0; i < part->count; i++) {
		const struct number_range *range = ranges + part->first + i;

		if (range->first <= number && number <= range->last)
			return true;
	}
	return !part->count;
}

static bool has_protocol(const struct ruleset *set, const struct rule *rule,
			 u32 protocol)
{
	u32 i;

	for (i = 0; i < rule->protocols.count; i++)
		if (ruleset_protocol(set, rule->protocols.first + i) ==
		    protocol)
			return true;
	return !rule->protocols.count;
}

/* How many bits of two addresses agree, from the first on. */
static u32 common_bits(struct ip a, struct ip b)
{
	if (a.high != b.high)
		return __builtin_clzll(a.high ^ b.high);
	return a.low == b.low ? 128 : 64 + __builtin_clzll(a.low ^ b.low);
}

static bool match_prefixes(const struct ruleset *set, const struct rule *rule,
			   const struct endpoint *endpoint, struct match *match)
{
	u32 i;

	for (i = 0; i < rule->prefixes.count; i++) {
		const struct prefix *prefix =
			ruleset_prefix(set, rule->prefixes.first + i);
		u32 bits;

		if (prefix->len != (endpoint->version == IP_V4 ? 4 : 16))
			continue;
		bits = common_bits(ip_from_bytes(prefix->bytes, prefix->len),
				   endpoint->ip);
		match->agrees =
			max(match->agrees, min(bits, (u32)prefix->prefix_len));
		if (bits >= prefix->prefix_len)
			return true;
	}
	return !rule->prefixes.count;
}

static void match_address(const struct ruleset *set, const struct rule *rule,
			  const struct query *query, u64 families,
			  struct match *match)
{
	const struct endpoint *endpoint = &query->endpoint;
	u32 family = endpoint->version == IP_V4 ? AF_INET : AF_INET6;

	if (!(families & BIT_ULL(family)))
		match->misses |= CORDON_MISS_FAMILY;
	if (!(ruleset_protos(rule) & endpoint->proto))
		match->misses |= CORDON_MISS_PROTO;
	if (!match_prefixes(set, rule, endpoint, match))
		match->misses |= CORDON_MISS_ADDR;
	if (!has_range(set->ports.at, &rule->ports, endpoint->port))
		match->misses |= CORDON_MISS_PORT;
}

/* What is bound to no name is matched by rules that name none. */
static void match_name(const struct ruleset *set, const struct rule *rule,
		       const struct query *query, char *room,
		       struct match *match)
{
	if ((rule->paths.count || rule->abstracts.count) &&
	    !match_paths(set, rule, query, room, match) &&
	    !match_abstracts(set, rule, query, room, match))
		match->misses |= query->kind.abstract ? CORDON_MISS_NAME :
							CORDON_MISS_PATH;
	if (!has_range(set->cids.at, &rule->cids, query->kind.cid))
		match->misses |= CORDON_MISS_CID;
	if (!has_range(set->ports.at, &rule->ports, query->kind.port))
		match->misses |= CORDON_MISS_PORT;
}

static void match_kind(const struct ruleset *set, const struct rule *rule,
		       const struct query *query, u64 families,
		       struct match *match)
{
	const struct kind *kind = &query->kind;

	if (!(families & BIT_ULL(kind->family & 63)))
		match->misses |= CORDON_MISS_FAMILY;
	if (rule->types && !(rule->types & BIT(kind->type & 15)))
		match->misses |= CORDON_MISS_TYPE;
	if (kind->proto && !(ruleset_protos(rule) & kind->proto))
		match->misses |= CORDON_MISS_PROTO;
	if (!has_protocol(set, rule, kind->protocol))
		match->misses |= CORDON_MISS_PROTOCOL;
}

/* Making a socket is allowed by whatever allows anything to be done with it. */
static bool is_implied(const struct rule *rule, u16 op)
{
	return op == CORDON_SOCKET_OP_CREATE && !(rule->ops & op) &&
	       rule->action == CORDON_ACTION_ALLOW;
}

static void match_socket(const struct ruleset *set, const struct rule *rule,
			 const struct query *query, char *room,
			 struct match *match)
{
	const struct rule_shape shape = ruleset_shape(rule);
	u64 families = rulefit_families(&shape);

	match->implied = is_implied(rule, query->op);
	if (match->implied)
		match->misses &= ~CORDON_MISS_OP;
	if (query->addressed)
		match_address(set, rule, query, families, match);
	else
		match_kind(set, rule, query, families, match);
	if (query->op == CORDON_SOCKET_OP_CREATE)
		return;
	if (!query->addressed)
		match_name(set, rule, query, room, match);
	if (rule->peer)
		match->misses |= CORDON_MISS_PEER;
}

/**
 * match_rule - how a rule fits an act
 * @set: the rules
 * @index: which
 * @query: the act, of the class of the rule
 * @room: for a plain pattern, PATH_MAX bytes
 *
 * Context: any; does not sleep.
 * Return: that.
 */
struct match match_rule(const struct ruleset *set, u32 index,
			const struct query *query, char *room)
{
	const struct rule *rule = ruleset_rule(set, index);
	struct match match = { .rule = index, .pattern = RULESET_NONE };

	if (!(rule->ops & query->op))
		match.misses |= CORDON_MISS_OP;
	if (query->class == CORDON_CLASS_SOCKET)
		match_socket(set, rule, query, room, &match);
	else if (!match_paths(set, rule, query, room, &match))
		match.misses |= CORDON_MISS_PATH;
	return match;
}

/**
 * matches_begin - begin to look at rules
 * @matches: becomes what was found so far: nothing
 * @set: the rules
 * @query: the act, on a file or a socket
 * @finding: what query_rules() says of it
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; in either case matches_end() comes last.
 */
int matches_begin(struct matches *matches, const struct ruleset *set,
		  const struct query *query, struct finding finding)
{
	memset(matches, 0, sizeof(*matches));
	matches->set = set;
	matches->query = query;
	matches->finding = finding;
	matches->decider = MATCH_NONE;
	matches->lifter = MATCH_NONE;
	matches->room = pure_alloc(PATH_MAX, 1);
	return matches->room ? 0 : -ENOMEM;
}

/*
 * How far a rule is from matching, FAR when it is nothing to speak of: two
 * things do not fit, or it is about other sockets altogether, or not even the
 * first name of a path agrees.
 */
static u32 distance(const struct match *match)
{
	const u32 within = FAR - 1;

	if (!match->misses)
		return 0;
	if (match->misses & (match->misses - 1) ||
	    match->misses == CORDON_MISS_FAMILY)
		return FAR;
	if (!(match->misses & (CORDON_MISS_PATH | CORDON_MISS_ADDR)))
		return 1;
	if (!match->agrees)
		return FAR;
	return within - min(match->agrees, within - 2);
}

static void keep(struct matches *matches, const struct match *match)
{
	u32 far = distance(match);
	u32 at = matches->kept;

	if (far == FAR)
		return;
	matches->count++;
	while (at && distance(&matches->near[at - 1]) > far)
		at--;
	if (at == CORDON_NEAR_MAX)
		return;
	if (matches->kept < CORDON_NEAR_MAX)
		matches->kept++;
	memmove(&matches->near[at + 1], &matches->near[at],
		(matches->kept - at - 1) * sizeof(*match));
	matches->near[at] = *match;
}

static bool is_decider(const struct matches *matches, const struct match *match)
{
	if (matches->finding.basis == CORDON_BASIS_IMPLIED)
		return matches->decider.rule == RULESET_NONE &&
		       match->implied && !match->misses;
	return match->rule == matches->finding.rule;
}

/**
 * matches_add - look at a rule
 * @matches: what was found so far
 * @index: which rule
 *
 * Context: any; does not sleep.
 */
void matches_add(struct matches *matches, u32 index)
{
	struct match match;

	if (ruleset_rule(matches->set, index)->class != matches->query->class)
		return;
	match = match_rule(matches->set, index, matches->query, matches->room);
	if (is_decider(matches, &match))
		matches->decider = match;
	else if (index == matches->finding.lifts)
		matches->lifter = match;
	else
		keep(matches, &match);
}

/**
 * matches_end - free what looking at rules needed
 * @matches: what was found, which stays
 */
void matches_end(struct matches *matches)
{
	pure_free(matches->room);
	matches->room = NULL;
}
