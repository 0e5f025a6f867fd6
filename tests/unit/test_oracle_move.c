// SPDX-License-Identifier: GPL-2.0
/*
 * Random rules and moves: what the evaluator lets a tenant rename or link must
 * by the oracle never allow more at the new name than at the old one, and for a
 * directory below it either.  For what is no directory it must refuse nothing
 * else.
 *
 * CORDON_COMPARISONS says how many moves, and CORDON_SEED which.
 */
#include "support.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "case_path.h"
#include "decide.h"
#include "trail.h"

#define MOVES_PER_CASE 100
#define SUFFIXES 4

/**
 * struct move - an object's two names, and names that may lie below
 * @from: the old name
 * @to: the new name
 * @suffixes: each empty or beginning with a slash
 */
struct move {
	char from[CASE_TEXT_MAX];
	char to[CASE_TEXT_MAX];
	char suffixes[SUFFIXES][CASE_TEXT_MAX];
};

/**
 * struct tally - what was met
 * @compared: moves
 * @files: moves of files that were let through
 * @directories: moves of directories that were let through
 * @telling: of those the ones between places where rules differ
 * @needed: refused, and the oracle knows a name that would gain
 */
struct tally {
	uint64_t compared;
	uint64_t files;
	uint64_t directories;
	uint64_t telling;
	uint64_t needed;
};

static struct tally tally;
static uint64_t seed;

/* Cuts a path in two at a random slash, which the second part keeps. */
static void cut(struct random *random, const char *path, char *head, char *tail)
{
	unsigned int slashes = 0;
	const char *at;

	for (at = path + 1; *at; at++)
		slashes += *at == '/';
	slashes = random_below(random, slashes + 1);
	for (at = path + 1; *at; at++)
		if (*at == '/' && !slashes--)
			break;
	memcpy(head, path, at - path);
	head[at - path] = '\0';
	strcpy(tail, at);
}

/* A path, and none of an anonymous file: those have no other name. */
static void random_place(struct path_case *a_case, struct random *random)
{
	path_case_random_path(a_case, random);
	if (a_case->path[0] != '/')
		strcpy(a_case->path, "/a/a");
}

/*
 * Both names are the beginnings of paths that rules are likely to know, and
 * what followed there is what is looked for below both.
 */
static void random_move(struct path_case *a_case, struct random *random,
			struct move *move)
{
	char unused[CASE_TEXT_MAX];

	random_place(a_case, random);
	cut(random, a_case->path, move->from, move->suffixes[0]);
	random_place(a_case, random);
	cut(random, a_case->path, move->to, move->suffixes[1]);
	cut(random, a_case->path, unused, move->suffixes[2]);
	strcpy(move->suffixes[3], "/aXb");
	if (random_percent(random, 10))
		strcpy(move->to, move->from);
}

static uint16_t allowed(struct path_judge *judge, const char *path,
			const char *suffix)
{
	char whole[2 * CASE_TEXT_MAX];
	struct oracle_says says;

	snprintf(whole, sizeof(whole), "%s%s", path, suffix);
	says = oracle_ask(judge->oracle, whole);
	if (judge->set.file_default == CORDON_ACTION_ALLOW)
		says.allow = RULESET_FILE_OPS;
	return says.allow & ~says.deny & RULESET_FILE_OPS;
}

static bool gains(struct path_judge *judge, const struct move *move,
		  const char *suffix)
{
	return allowed(judge, move->to, suffix) &
	       ~allowed(judge, move->from, suffix);
}

static bool gains_below(struct path_judge *judge, const struct move *move)
{
	unsigned int i;

	for (i = 0; i < SUFFIXES; i++)
		if (gains(judge, move, move->suffixes[i]))
			return true;
	return false;
}

static bool decide(const struct path_judge *judge, const struct move *move,
		   bool directory)
{
	struct trail from, to;
	bool let;

	trail_make(&from, move->from);
	trail_make(&to, move->to);
	let = decide_move(&judge->set, &from.path, &to.path, directory);
	trail_free(&from);
	trail_free(&to);
	return let;
}

/* What is wrong with how the evaluator decides on a move, or NULL. */
static const char *judge_move(struct path_judge *judge, const struct move *move)
{
	bool file = decide(judge, move, false);
	bool directory = decide(judge, move, true);
	bool widens = gains(judge, move, "");
	bool widens_below = gains_below(judge, move);

	tally.compared++;
	tally.files += file;
	tally.directories += directory;
	tally.telling += directory && strcmp(move->from, move->to);
	tally.needed += !directory && (widens || widens_below);
	if (file && widens)
		return "a file may move and gain";
	if (!file && !widens)
		return "a file may not move though it would gain nothing";
	if (directory && (widens || widens_below))
		return "a directory may move and gain";
	if (!directory && !strcmp(move->from, move->to))
		return "a directory may not stay where it is";
	return NULL;
}

static void report(const struct path_case *a_case, const struct move *move,
		   const char *what)
{
	unsigned int i;

	print_error("%s: from '%s' to '%s'\n", what, move->from, move->to);
	for (i = 0; i < SUFFIXES; i++)
		print_error("below: '%s'\n", move->suffixes[i]);
	path_case_print(a_case, stderr);
}

static bool judge_rules(struct path_case *a_case, struct move *move,
			uint64_t number)
{
	const char *what = NULL;
	struct path_judge judge;
	struct random random;
	unsigned int i;

	random_seed(&random, seed, number);
	path_case_random_rules(a_case, &random);
	if (!path_judge_make(&judge, a_case)) {
		for (i = 0; !what && i < MOVES_PER_CASE; i++) {
			random_move(a_case, &random, move);
			what = judge_move(&judge, move);
		}
	}
	path_judge_free(&judge);
	if (what)
		report(a_case, move, what);
	return !what;
}

/* That the moves are the ones that matter is part of the test. */
static void check_tally(uint64_t wanted)
{
	print_message("oracle_move: %" PRIu64 " moves; let through %" PRIu64
		      " of files, %" PRIu64 " of directories, %" PRIu64
		      " of them to another name; %" PRIu64
		      " refusals known to be needed; seed %" PRIu64 "\n",
		      tally.compared, tally.files, tally.directories,
		      tally.telling, tally.needed, seed);
	assert_true(tally.compared >= wanted);
	assert_in_range(tally.files * 100 / tally.compared, 20, 95);
	assert_in_range(tally.telling * 100 / tally.compared, 5, 90);
	assert_in_range(tally.needed * 100 / tally.compared, 5, 90);
}

static void test_moves(void **state)
{
	uint64_t wanted = random_from_env("CORDON_COMPARISONS", 1000000) / 10;
	struct path_case *a_case = malloc(sizeof(*a_case));
	struct move *move = malloc(sizeof(*move));
	uint64_t number = 0;
	bool agreed = true;

	(void)state;
	assert_non_null(a_case);
	assert_non_null(move);
	seed = random_from_env("CORDON_SEED", 1);
	while (agreed && tally.compared < wanted)
		agreed = judge_rules(a_case, move, number++);
	free(move);
	free(a_case);
	if (!agreed)
		fail_msg("seed %" PRIu64 ", rule set %" PRIu64, seed,
			 number - 1);
	check_tally(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
	};

	return cmocka_run_group_tests_name("oracle_move", tests, NULL, NULL);
}
