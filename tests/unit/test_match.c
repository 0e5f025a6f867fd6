// SPDX-License-Identifier: GPL-2.0
/*
 * The walk over rules for explanations against the evaluator: on random rules
 * and acts both have to say the same, and name the same rule.
 *
 * CORDON_COMPARISONS says how many, and CORDON_SEED which.
 */
#include "support.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "pattern.h"
#include "random.h"
#include "trail.h"

#define QUERIES_PER_POLICY 100
#define RULES_MAX 12
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * struct path_expect - a plain pattern and a path
 * @pattern: the pattern
 * @path: the path
 * @matches: whether it matches
 * @agrees: how many names do
 */
struct path_expect {
	const char *pattern;
	const char *path;
	bool matches;
	u32 agrees;
};

static void test_paths(void **unused)
{
	static const struct path_expect expected[] = {
		{ "/", "/", true, 0 },
		{ "/", "/a", false, 0 },
		{ "/**", "/", true, 0 },
		{ "/**", "/a/b", true, 0 },
		{ "/a", "/a", true, 1 },
		{ "/a", "/b", false, 0 },
		{ "/a", "/a/b", false, 1 },
		{ "/a/b", "/a", false, 1 },
		{ "/a/**", "/a", true, 1 },
		{ "/a/**", "/a/b/c", true, 1 },
		{ "/a/**/c", "/a/c", true, 1 },
		{ "/a/**/c", "/a/b/c/d/c", true, 1 },
		{ "/a/**/c", "/a/b/c/d", false, 1 },
		{ "/a/**/b/c", "/a/b/b/c", true, 1 },
		{ "/**/a/b/**/c", "/a/a/b/x/c", true, 0 },
		{ "/**/a/b/**/c", "/a/x/b/x/c", false, 0 },
		{ "/a/*/c", "/a/xyz/c", true, 3 },
		{ "/a/[b-d]/c", "/a/e/c", false, 1 },
		{ "/a\\*", "/a*", true, 1 },
		{ "/a\\*", "/ab", false, 0 },
		{ "memfd:x*", "/memfd:xy", false, 0 },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < COUNT(expected); i++) {
		struct trail trail;
		u32 agrees;

		trail_make(&trail, expected[i].path);
		if (match_path(expected[i].pattern, &trail.path, &agrees) !=
			    expected[i].matches ||
		    agrees != expected[i].agrees)
			fail_msg("%s on %s: %u", expected[i].pattern,
				 expected[i].path, agrees);
		trail_free(&trail);
	}
}

/**
 * struct slow - what the rules say that were looked at one by one
 * @denier: the first that denies
 * @allower: the first that allows
 * @implier: the first that implies a permission
 * @self: the first that allows it to peers of the own tenant
 */
struct slow {
	u32 denier;
	u32 allower;
	u32 implier;
	u32 self;
};

static struct slow look(const struct ruleset *set, const struct query *query)
{
	struct slow slow = { RULESET_NONE, RULESET_NONE, RULESET_NONE,
			     RULESET_NONE };
	char room[PATH_MAX];
	u32 i;

	for (i = 0; i < set->rules.count; i++) {
		const struct rule *rule = ruleset_rule(set, i);
		struct match match;
		u32 *first = NULL;

		if (rule->class != query->class)
			continue;
		match = match_rule(set, i, query, room);
		if (match.misses == CORDON_MISS_PEER)
			first = &slow.self;
		else if (!match.misses)
			first = match.implied ? &slow.implier :
				rule->action == CORDON_ACTION_DENY ?
						&slow.denier :
						&slow.allower;
		if (first)
			*first = min(*first, i);
	}
	return slow;
}

/* What the evaluator should have found, by the walk. */
static struct finding conclude(const struct ruleset *set,
			       const struct query *query,
			       const struct slow *slow)
{
	u8 action = query->class == CORDON_CLASS_FILE ? set->file_default :
							set->socket_default;
	struct finding finding = { CORDON_RULING_ALLOWED, CORDON_BASIS_RULE, 0,
				   slow->allower, RULESET_NONE };

	if (slow->denier != RULESET_NONE) {
		finding.ruling = CORDON_RULING_DENIED;
		finding.rule = slow->denier;
		return finding;
	}
	if (slow->allower != RULESET_NONE)
		return finding;
	finding.basis = CORDON_BASIS_DEFAULT;
	if (action != CORDON_ACTION_DENY)
		return finding;
	if (slow->implier != RULESET_NONE) {
		finding.basis = CORDON_BASIS_IMPLIED;
		return finding;
	}
	finding.ruling = CORDON_RULING_DENIED;
	if (query->op == CORDON_SOCKET_OP_RECEIVE &&
	    query->class == CORDON_CLASS_SOCKET) {
		finding.ruling = CORDON_RULING_DEPENDS;
		finding.condition = CORDON_CONDITION_ANSWER;
	}
	if (slow->self != RULESET_NONE) {
		finding.ruling = CORDON_RULING_DEPENDS;
		finding.condition = CORDON_CONDITION_PEER;
		finding.lifts = slow->self;
	}
	return finding;
}

static const char *const file_paths[] = {
	"/a",	     "/a/**",	   "/a/b",    "/a/*/c",	  "/**/c",
	"/{a,b}/**", "/a/**/b/**", "/[ab]/c", "memfd:a*", "/",
};

static const char *const socket_paths[] = { "/a/**", "/*/b", "/a/b", "/**/c" };
static const char *const abstracts[] = { "a*", "{a,b}c", "?", "a/b" };
static const char *const asked_paths[] = {
	"/",  "/a",	"/a/b",	  "/a/b/c",	"/b/c",
	"/c", "/a/a/b", "/b/a/c", "/a/x/b/y/c", "memfd:ab",
};

static const char *const asked_names[] = { "/a/b", "/c", "/b/b", "@a",
					   "@bc",  "@",	 "@a/b", NULL };

static const u8 addresses[][16] = {
	{ 10, 0, 0, 1 },
	{ 10, 1, 0, 1 },
	{ 10, 1, 2, 3 },
	{ 0 },
	{ 0xfd, 0, 1 },
	{ [10] = 0xff, [11] = 0xff, [12] = 10, [14] = 0, [15] = 1 },
	{ [15] = 1 },
};

static const u8 families[] = { AF_INET,	 AF_INET6,   AF_UNIX,
			       AF_VSOCK, AF_NETLINK, AF_PACKET };
static const u32 protocols[] = { 0,   IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP,
				 132, 262 };

#define PICK(random, array) ((array)[random_below((random), COUNT(array))])

static void add_parts(struct ruleset *set, struct random *random,
		      struct ruleset_error *error)
{
	u32 which = random_below(random, 7);

	if (which == 0)
		ruleset_add_path(set, PICK(random, socket_paths), error);
	if (which <= 1)
		ruleset_add_abstract(set, PICK(random, abstracts), error);
	if (which == 2 || which == 3) {
		u32 len = random_below(random, 2) ? 4 : 16;
		u8 bytes[16];

		memcpy(bytes, PICK(random, addresses), 16);
		bytes[1] &= 1;
		memset(bytes + 2, 0, 14);
		ruleset_add_prefix(set, bytes, len, 16, error);
	}
	if (which == 3 || which == 4)
		ruleset_add_ports(set, 1 + random_below(random, 3),
				  3 + random_below(random, 3), error);
	if (which == 5)
		ruleset_add_cids(set, 1, 1 + random_below(random, 3), error);
	if (which == 6)
		ruleset_add_protocol(set, random_below(random, 3), error);
}

/* One more rule, which may be refused; the compiler tells of the rest. */
static void add_rule(struct ruleset *set, struct random *random)
{
	struct ruleset_error error;
	bool file = random_below(random, 2);
	struct rule rule = {
		.class = file ? CORDON_CLASS_FILE : CORDON_CLASS_SOCKET,
		.action = 1 + !random_below(random, 3),
		.ops = 1 + random_below(random, file ? 255 : 63),
	};

	if (!file) {
		if (random_below(random, 2))
			rule.families = BIT_ULL(PICK(random, families));
		if (!random_below(random, 4))
			rule.families |= BIT_ULL(PICK(random, families));
		if (!random_below(random, 3))
			rule.protos = 1u << random_below(random, 8);
		if (!random_below(random, 6))
			rule.types = 1u << (1 + random_below(random, 3));
		if (!random_below(random, 6))
			rule.peer = CORDON_PEER_SELF;
		if (random_below(random, 2))
			rule.ops = 1u << random_below(random, 6);
	}
	if (ruleset_add(set, &rule, "r:1", &error))
		return;
	if (file)
		ruleset_add_path(set, PICK(random, file_paths), &error);
	else
		add_parts(set, random, &error);
}

/* Rules one after the other; what makes a set bad is left out. */
static bool make_rules(struct ruleset *set, struct random *random)
{
	struct ruleset_error error;
	u32 count = 1 + random_below(random, RULES_MAX);
	u32 i;

	memset(set, 0, sizeof(*set));
	set->file_default = 1 + random_below(random, 2);
	set->socket_default = 1 + random_below(random, 2);
	for (i = 0; i < count; i++) {
		struct rule *last;
		struct rule_misfit misfit;
		struct rule_shape shape;
		u32 before = set->rules.count;

		add_rule(set, random);
		if (set->rules.count == before)
			continue;
		last = (struct rule *)set->rules.at + before;
		shape = ruleset_shape(last);
		if (last->class == CORDON_CLASS_SOCKET &&
		    !rulefit_check(&shape, &misfit))
			set->rules.count = before;
	}
	return !ruleset_compile(set, &error);
}

static void make_file_act(struct act *act, struct random *random)
{
	act->class = CORDON_CLASS_FILE;
	act->op = 1u << random_below(random, 8);
	act->path = PICK(random, asked_paths);
	act->path_len = strlen(act->path);
}

static void make_socket_act(struct act *act, struct random *random)
{
	act->class = CORDON_CLASS_SOCKET;
	act->op = 1u << random_below(random, 6);
	act->family = PICK(random, families);
	act->type = random_below(random, 4);
	act->protocol = PICK(random, protocols);
	if (act->op == CORDON_SOCKET_OP_CREATE)
		return;
	if (act->family == AF_INET || act->family == AF_INET6) {
		act->ip = PICK(random, addresses);
		act->ip_len = act->family == AF_INET6 &&
					      random_below(random, 4) ?
				      16 :
				      4;
		act->port = random_below(random, 6);
		act->has_port = true;
	} else if (act->family == AF_UNIX) {
		act->path = PICK(random, asked_names);
		act->path_len = act->path ? strlen(act->path) : 0;
	} else if (act->family == AF_VSOCK) {
		act->cid = random_below(random, 4);
		act->port = random_below(random, 6);
		act->has_cid = true;
		act->has_port = true;
	}
}

/**
 * struct tally - what was met
 * @compared: comparisons
 * @rulings: by ruling
 * @bases: by basis
 */
struct tally {
	u64 compared;
	u64 rulings[__CORDON_RULING_LAST];
	u64 bases[__CORDON_BASIS_LAST];
};

static bool agree(const struct finding *one, const struct finding *other)
{
	return one->ruling == other->ruling && one->basis == other->basis &&
	       one->condition == other->condition && one->rule == other->rule &&
	       one->lifts == other->lifts;
}

/* What being at any address of IPv6 says of IPv4 the walk is not about. */
static bool is_beyond(const struct query *query)
{
	return query->any_ipv6 &&
	       (query->op & (CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN));
}

static void compare(const struct ruleset *set, const struct query *query,
		    struct tally *tally, u64 seed)
{
	const struct slow slow = look(set, query);
	struct finding fast = query_rules(set, query);
	struct finding wanted = conclude(set, query, &slow);

	if (!agree(&fast, &wanted))
		fail_msg("seed %" PRIu64 ", comparison %" PRIu64
			 ": class %u op %u family %u: ruling %u/%u basis %u/%u "
			 "condition %u/%u rule %u/%u lifts %u/%u",
			 seed, tally->compared, query->class, query->op,
			 query->kind.family, fast.ruling, wanted.ruling,
			 fast.basis, wanted.basis, fast.condition,
			 wanted.condition, fast.rule, wanted.rule, fast.lifts,
			 wanted.lifts);
	tally->rulings[fast.ruling]++;
	tally->bases[fast.basis]++;
}

static void ask(const struct ruleset *set, struct random *random,
		struct tally *tally, u64 seed)
{
	struct act act = { 0 };
	struct query query;
	const char *why;

	if (random_below(random, 3))
		make_socket_act(&act, random);
	else
		make_file_act(&act, random);
	if (!query_make(&query, &act, &why) && !is_beyond(&query)) {
		tally->compared++;
		compare(set, &query, tally, seed);
	}
	query_clear(&query);
}

static void test_random(void **unused)
{
	u64 seed = random_from_env("CORDON_SEED", 1);
	u64 wanted = random_from_env("CORDON_COMPARISONS", 1000000) / 4;
	struct tally tally = { 0 };
	struct random random;
	u32 i;

	(void)unused;
	random_seed(&random, seed, 0);
	while (tally.compared < wanted) {
		struct ruleset set;

		if (make_rules(&set, &random))
			for (i = 0; i < QUERIES_PER_POLICY; i++)
				ask(&set, &random, &tally, seed);
		ruleset_destroy(&set);
	}
	/* All of it was met, and not just once in a while. */
	for (i = CORDON_RULING_ALLOWED; i < __CORDON_RULING_LAST; i++)
		assert_true(tally.rulings[i] > wanted / 1000);
	for (i = CORDON_BASIS_RULE; i <= CORDON_BASIS_IMPLIED; i++)
		assert_true(tally.bases[i] > wanted / 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
