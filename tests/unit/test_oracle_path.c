// SPDX-License-Identifier: GPL-2.0
/*
 * Random rules and paths: the evaluator against the oracle.
 *
 * CORDON_COMPARISONS says how many (one is a path, with all operations), and
 * CORDON_SEED which.
 */
#include "support.h"

#include <inttypes.h>
#include <stdlib.h>

#include "case_path.h"
#include "reduce.h"

#define PATHS_PER_CASE 200

/**
 * struct tally - what was met
 * @compared: comparisons
 * @matched: those in which a rule said something
 * @rules: rule sets
 * @refused: those that were too wide
 * @crowded: trees in which a node has more than four names
 * @wide: trees with globs or double stars
 * @deep: paths of more than a hundred components
 * @memfd: paths of anonymous files
 */
struct tally {
	uint64_t compared;
	uint64_t matched;
	uint64_t rules;
	uint64_t refused;
	uint64_t crowded;
	uint64_t wide;
	uint64_t deep;
	uint64_t memfd;
};

static struct tally tally;
static uint64_t seed;

static bool is_deep(const char *path)
{
	unsigned int count = 0;

	for (; *path; path++)
		count += *path == '/';
	return count > 100;
}

static void count_path(struct path_judge *judge, const char *path)
{
	struct oracle_says says = oracle_ask(judge->oracle, path);

	tally.compared++;
	tally.matched += says.allow || says.deny;
	tally.deep += is_deep(path);
	tally.memfd += path[0] != '/';
}

static void count_tree(const struct pathtree *tree)
{
	bool crowded = false;
	bool wide = false;
	u32 i;

	for (i = 0; i < tree->node_count; i++) {
		crowded |= tree->nodes[i].bits >= 4;
		wide |= tree->nodes[i].wide;
	}
	tally.rules++;
	tally.crowded += crowded;
	tally.wide += wide;
}

static void report(struct path_case *a_case)
{
	struct path_judge judge;

	reduce(a_case, sizeof(*a_case), path_case_simpler, path_case_fails);
	path_judge_make(&judge, a_case);
	print_error("evaluator and oracle disagree: %s\n",
		    path_judge_compare(&judge, a_case->path));
	path_judge_free(&judge);
	path_case_print(a_case, stderr);
}

/* Returns false, with the path in the case, where they disagree. */
static bool compare_paths(struct path_judge *judge, struct path_case *a_case,
			  struct random *random)
{
	unsigned int i;

	for (i = 0; i < PATHS_PER_CASE; i++) {
		path_case_random_path(a_case, random);
		if (path_judge_compare(judge, a_case->path))
			return false;
		count_path(judge, a_case->path);
	}
	count_tree(&judge->set.files);
	return true;
}

static bool compare_rules(struct path_case *a_case, uint64_t number)
{
	struct path_judge judge;
	struct random random;
	bool agreed = true;
	int ret;

	random_seed(&random, seed, number);
	path_case_random_rules(a_case, &random);
	ret = path_judge_make(&judge, a_case);
	if (!ret)
		agreed = compare_paths(&judge, a_case, &random);
	path_judge_free(&judge);
	if (!agreed)
		report(a_case);
	assert_true(!ret || ret == -E2BIG);
	tally.refused += ret == -E2BIG;
	return agreed;
}

/* That the cases are the ones that matter is part of the test. */
static void check_tally(uint64_t wanted)
{
	print_message("oracle_path: %" PRIu64 " comparisons, %" PRIu64
		      " matched, %" PRIu64 " deep, %" PRIu64 " memfd; %" PRIu64
		      " trees, %" PRIu64 " crowded, %" PRIu64 " wide, %" PRIu64
		      " refused; seed %" PRIu64 "\n",
		      tally.compared, tally.matched, tally.deep, tally.memfd,
		      tally.rules, tally.crowded, tally.wide, tally.refused,
		      seed);
	assert_true(tally.compared >= wanted);
	assert_in_range(tally.matched * 100 / tally.compared, 40, 90);
	assert_in_range(tally.deep * 1000 / tally.compared, 1, 100);
	assert_in_range(tally.memfd * 1000 / tally.compared, 5, 200);
	assert_in_range(tally.crowded * 100 / tally.rules, 5, 80);
	assert_in_range(tally.wide * 100 / tally.rules, 50, 99);
	assert_in_range(tally.refused * 100 / tally.rules, 0, 20);
}

static void test_paths(void **state)
{
	uint64_t wanted = random_from_env("CORDON_COMPARISONS", 1000000);
	struct path_case *a_case = malloc(sizeof(*a_case));
	uint64_t number = 0;
	bool agreed = true;

	(void)state;
	assert_non_null(a_case);
	seed = random_from_env("CORDON_SEED", 1);
	while (agreed && tally.compared < wanted)
		agreed = compare_rules(a_case, number++);
	free(a_case);
	if (!agreed)
		fail_msg("seed %" PRIu64 ", rule set %" PRIu64, seed,
			 number - 1);
	check_tally(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests_name("oracle_path", tests, NULL, NULL);
}
