// SPDX-License-Identifier: GPL-2.0
/* Turning the rules of one tenant into what decisions look up. */
#include "ruleset.h"

#include "pattern.h"

static int refuse(struct ruleset_error *error, int err, const char *why,
		  u32 rule)
{
	error->why = why;
	error->rule = rule;
	return err;
}

static u64 path_access(const struct rule *rule)
{
	union access access = {};

	if (rule->action == CORDON_ACTION_DENY) {
		access.deny = rule->ops;
	} else {
		access.allow = rule->ops;
		if (rule->log == CORDON_LOG_ALWAYS)
			access.loud = rule->ops;
	}
	return access.word;
}

/* How many plain patterns all paths stand for, and how long they are. */
static u32 count_patterns(const struct ruleset *set, size_t *text)
{
	u32 count = 0;
	u32 i;

	*text = 0;
	for (i = 0; i < set->paths.count && count <= RULESET_EXPANDED_MAX;
	     i++) {
		const char *path = ruleset_path(set, i);
		u32 alternatives = pattern_alternatives(path);

		count += alternatives;
		*text += alternatives * (strlen(path) + 1);
	}
	return count;
}

static u32 expand_rule(const struct ruleset *set, u32 index,
		       struct tree_pattern *patterns, char **text, char *end)
{
	const struct rule *rule = ruleset_rule(set, index);
	u32 count = 0;
	u32 p, a;

	for (p = 0; p < rule->paths.count; p++) {
		const char *path = ruleset_path(set, rule->paths.first + p);
		u32 alternatives = pattern_alternatives(path);

		for (a = 0; a < alternatives; a++) {
			struct tree_pattern *pattern = &patterns[count++];

			pattern_alternative(path, a, *text, end - *text);
			pattern->text = *text;
			pattern->access = path_access(rule);
			pattern->rule = index;
			*text += strlen(*text) + 1;
		}
	}
	return count;
}

/* Makes the tree of the rules of one class, and of one set of tables. */
static int compile_paths(struct ruleset *set, u8 class, enum whose whose,
			 struct pathtree *tree, struct ruleset_error *error)
{
	struct tree_pattern *patterns;
	size_t text_size;
	u32 total = count_patterns(set, &text_size);
	char *text, *to;
	u32 count = 0;
	u32 culprit = 0;
	int ret = -ENOMEM;
	u32 i;

	if (total > RULESET_EXPANDED_MAX)
		return refuse(error, -E2BIG, "tenant has too many patterns",
			      RULESET_NONE);
	patterns = pure_alloc(total + 1, sizeof(*patterns));
	text = pure_alloc(text_size + 1, 1);
	if (patterns && text) {
		to = text;
		for (i = 0; i < set->rules.count; i++)
			if (ruleset_rule(set, i)->class == class &&
			    rule_whose(ruleset_rule(set, i)) == whose)
				count += expand_rule(set, i, patterns + count,
						     &to, text + text_size);
		ret = pathtree_build(tree, patterns, count, &culprit);
	}
	if (ret == -E2BIG)
		refuse(error, ret,
		       "too many patterns with '**' or globs can match at once",
		       patterns[culprit].rule);
	else if (ret)
		refuse(error, ret, "out of memory", RULESET_NONE);
	pure_free(text);
	pure_free(patterns);
	return ret;
}

/* Bits of one rule: each of its operations with each of its protocols. */
static u64 socket_bits(const struct rule *rule)
{
	u64 protos = ruleset_protos(rule);
	u64 bits = 0;
	u32 op;

	for (op = 0; op < 8; op++)
		if (rule->ops & BIT(op))
			bits |= protos << (op << RULESET_PROTO_SHIFT);
	return bits;
}

static bool rule_has_version(const struct rule *rule, enum ip_version version)
{
	const struct rule_shape shape = ruleset_shape(rule);

	return rulefit_families(&shape) &
	       BIT_ULL(version == IP_V4 ? AF_INET : AF_INET6);
}

static bool prefix_has_version(const struct prefix *prefix,
			       enum ip_version version)
{
	return prefix->len == (version == IP_V4 ? 4 : 16);
}

/* Number of prefixes of @rule in @version; no prefix at all means any. */
static u32 count_prefixes(const struct ruleset *set, const struct rule *rule,
			  enum ip_version version)
{
	u32 count = 0;
	u32 i;

	if (rule->class != CORDON_CLASS_SOCKET ||
	    !rule_has_version(rule, version))
		return 0;
	if (!rule->prefixes.count)
		return 1;
	for (i = 0; i < rule->prefixes.count; i++)
		if (prefix_has_version(ruleset_prefix(set,
						      rule->prefixes.first + i),
				       version))
			count++;
	return count;
}

static u32 add_ports(const struct ruleset *set, const struct rule *rule,
		     const struct addr_entry *like, struct addr_entry *entries)
{
	u32 i;

	if (!rule->ports.count) {
		entries[0] = *like;
		entries[0].first = 0;
		entries[0].last = 65535;
		return 1;
	}
	for (i = 0; i < rule->ports.count; i++) {
		const struct number_range *range =
			ruleset_ports(set, rule->ports.first + i);

		entries[i] = *like;
		entries[i].first = range->first;
		entries[i].last = range->last;
	}
	return rule->ports.count;
}

static u32 add_entries(const struct ruleset *set, u32 index,
		       enum ip_version version, struct addr_entry *entries)
{
	const struct rule *rule = ruleset_rule(set, index);
	struct addr_entry like = { .rule = index };
	u64 bits = socket_bits(rule);
	u32 count = 0;
	u32 i;

	if (!count_prefixes(set, rule, version))
		return 0;
	if (rule->action == CORDON_ACTION_DENY)
		like.says.deny = bits;
	else
		like.says.allow = bits;
	if (rule->log == CORDON_LOG_ALWAYS)
		like.says.loud = bits;
	if (!rule->prefixes.count)
		return add_ports(set, rule, &like, entries);
	for (i = 0; i < rule->prefixes.count; i++) {
		const struct prefix *prefix =
			ruleset_prefix(set, rule->prefixes.first + i);

		if (!prefix_has_version(prefix, version))
			continue;
		like.ip = ip_from_bytes(prefix->bytes, prefix->len);
		like.prefix_len = prefix->prefix_len;
		count += add_ports(set, rule, &like, entries + count);
	}
	return count;
}

static int compile_nets(struct ruleset *set, enum whose whose,
			enum ip_version version, struct ruleset_error *error)
{
	struct addr_entry *entries;
	u64 total = 0;
	u32 count = 0;
	int ret;
	u32 i;

	for (i = 0; i < set->rules.count; i++) {
		const struct rule *rule = ruleset_rule(set, i);

		if (rule_whose(rule) != whose)
			continue;
		total += (u64)count_prefixes(set, rule, version) *
			 max(rule->ports.count, 1u);
		if (total > RULESET_EXPANDED_MAX)
			return refuse(error, -E2BIG,
				      "tenant has too many prefixes and ports",
				      i);
	}
	entries = pure_alloc(total + 1, sizeof(*entries));
	if (!entries)
		return refuse(error, -ENOMEM, "out of memory", RULESET_NONE);
	for (i = 0; i < set->rules.count; i++)
		if (rule_whose(ruleset_rule(set, i)) == whose)
			count += add_entries(set, i, version, entries + count);
	ret = addrset_build(&set->sockets[whose].nets[version], entries, count);
	if (ret)
		refuse(error, ret,
		       ret == -ENOMEM ? "out of memory" :
					"too many port ranges overlap",
		       RULESET_NONE);
	return ret;
}

/* A rule that can match nothing is a mistake, and one to be told about. */
static int check_socket_rule(const struct ruleset *set, u32 index,
			     struct ruleset_error *error)
{
	const struct rule *rule = ruleset_rule(set, index);
	const struct rule_shape shape = ruleset_shape(rule);
	struct rule_misfit misfit;

	if (!rulefit_check(&shape, &misfit))
		return refuse(error, -EINVAL, misfit.why, index);
	if (rule->prefixes.count && !count_prefixes(set, rule, IP_V4) &&
	    !count_prefixes(set, rule, IP_V6))
		return refuse(error, -EINVAL,
			      "no address of the rule is of its family", index);
	return 0;
}

static int check_effect(const struct ruleset *set, struct ruleset_error *error)
{
	int ret = 0;
	u32 i;

	for (i = 0; !ret && i < set->rules.count; i++) {
		const struct rule *rule = ruleset_rule(set, i);

		if (rule->class == CORDON_CLASS_SOCKET)
			ret = check_socket_rule(set, i, error);
		else if (!rule->paths.count)
			ret = refuse(error, -EINVAL, "file rule without a path",
				     i);
	}
	return ret;
}

static void add_socket_needs(struct ruleset *set, const struct rule *rule)
{
	const struct rule_shape shape = ruleset_shape(rule);

	set->socket_needs |= rule->ops;
	if (rulefit_families(&shape) & BIT_ULL(AF_UNIX))
		set->unix_needs |= rule->ops;
}

/*
 * Operations that a rule allows whatever comes in.  Under a default of deny they
 * would be needed for nothing, and who is no member pays for hooks on packets as
 * well.  All other operations are about more than what is in a rule's fields.
 */
static u16 let_in(const struct rule *rule)
{
	const struct rule_shape shape = ruleset_shape(rule);

	if (rule->class != CORDON_CLASS_SOCKET ||
	    rule->action != CORDON_ACTION_ALLOW || shape.fields ||
	    (rulefit_families(&shape) & FAMILIES_INET) != FAMILIES_INET)
		return 0;
	return rule->ops & (CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE);
}

static void find_default_needs(struct ruleset *set)
{
	u16 free = 0;
	u32 i;

	if (set->file_default == CORDON_ACTION_DENY)
		set->file_needs = RULESET_FILE_OPS;
	else
		set->file_default_ops = RULESET_FILE_OPS;
	if (set->socket_default != CORDON_ACTION_DENY)
		return;
	for (i = 0; i < set->rules.count; i++) {
		const struct rule *rule = ruleset_rule(set, i);

		free |= let_in(rule);
		if (rule->peer)
			set->self_ops |= rule->ops;
	}
	set->unix_needs = RULESET_SOCKET_OPS;
	/* Whose the other end is can be seen when it comes in only. */
	set->socket_needs = RULESET_SOCKET_OPS & ~(set->self_ops ? 0 : free);
}

static void find_needs(struct ruleset *set)
{
	u32 i;

	find_default_needs(set);
	for (i = 0; i < set->rules.count; i++) {
		const struct rule *rule = ruleset_rule(set, i);

		if (rule->action != CORDON_ACTION_DENY &&
		    rule->log != CORDON_LOG_ALWAYS)
			continue;
		if (rule->class == CORDON_CLASS_FILE)
			set->file_needs |= rule->ops;
		else
			add_socket_needs(set, rule);
	}
}

static size_t tables_bytes(const struct socket_tables *tables)
{
	return tables->paths.bytes + tables->kinds.bytes +
	       tables->nets[IP_V4].bytes + tables->nets[IP_V6].bytes;
}

/* Makes one set of tables about sockets. */
static int compile_sockets(struct ruleset *set, enum whose whose,
			   struct ruleset_error *error)
{
	struct socket_tables *tables = &set->sockets[whose];
	int ret = compile_paths(set, CORDON_CLASS_SOCKET, whose, &tables->paths,
				error);
	u32 i;

	if (!ret)
		ret = ruleset_compile_kinds(set, whose, error);
	for (i = 0; !ret && i < IP_VERSIONS; i++)
		ret = compile_nets(set, whose, i, error);
	if (!ret)
		set->bytes += tables_bytes(tables);
	return ret;
}

/**
 * ruleset_compile - make a ruleset usable for decisions
 * @set: the ruleset with all its rules
 * @error: filled in when it is refused
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for a rule that can match nothing, -E2BIG when a bound is
 * exceeded, or -ENOMEM.
 */
int ruleset_compile(struct ruleset *set, struct ruleset_error *error)
{
	int ret = check_effect(set, error);
	u32 i;

	if (!ret)
		ret = compile_paths(set, CORDON_CLASS_FILE, WHOSE_ANY,
				    &set->files, error);
	for (i = 0; !ret && i < WHOSE_SETS; i++)
		ret = compile_sockets(set, i, error);
	if (ret)
		return ret;
	find_needs(set);
	set->bytes += set->files.bytes;
	return 0;
}
