// SPDX-License-Identifier: GPL-2.0
/* Tasks as trees, also where the list makes no sense. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "random.h"
#include "tree.h"

#define TASK(tenant, pid, tgid, ppid)                                          \
	{                                                                      \
		(char *)(tenant), (char *)"", pid, tgid, ppid                  \
	}

/* Shows a list as "TENANT.PID", each with a dot for its depth in front. */
static void expect(struct member *members, size_t count, const char *expected)
{
	const struct member_list list = { members, count };
	struct tree_row *rows = tree_rows(&list);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	size_t i;

	for (i = 0; i < count; i++)
		fprintf(out, "%s%.*s%s%u", i ? " " : "", (int)rows[i].depth,
			"......", rows[i].member->tenant, rows[i].member->pid);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	free(rows);
}

static void test_trees(void **state)
{
	struct member members[] = {
		TASK("b", 30, 30, 1),  TASK("a", 9, 9, 5),
		TASK("a", 5, 5, 1),    TASK("a", 20, 20, 9),
		TASK("b", 31, 31, 20), TASK("a", 7, 7, 5),
		TASK("a", 8, 5, 1),    TASK("a", 40, 40, 30),
		TASK("b", 3, 3, 30),
	};

	(void)state;
	expect(members, ARRAY_SIZE(members),
	       "a5 .a7 .a8 .a9 ..a20 a40 b30 .b3 b31");
	expect(members, 0, "");
}

/* Parents that are not told, one's own parent, each other's, in a ring. */
static void test_odd_lists(void **state)
{
	struct member untold[] = { TASK("a", 2, 2, 0), TASK("a", 1, 1, 0) };
	struct member own[] = { TASK("a", 1, 1, 1) };
	struct member pair[] = { TASK("a", 1, 1, 2), TASK("a", 2, 2, 1) };
	struct member ring[] = { TASK("a", 4, 4, 1), TASK("a", 1, 1, 2),
				 TASK("a", 2, 2, 3), TASK("a", 3, 3, 1) };
	struct member twins[] = { TASK("a", 1, 1, 0), TASK("a", 1, 1, 0) };
	struct member orphan[] = { TASK("a", 6, 5, 0), TASK("a", 7, 5, 0) };

	(void)state;
	expect(untold, ARRAY_SIZE(untold), "a1 a2");
	expect(own, ARRAY_SIZE(own), "a1");
	expect(pair, ARRAY_SIZE(pair), "a2 .a1");
	expect(ring, ARRAY_SIZE(ring), "a3 .a2 ..a1 ...a4");
	expect(twins, ARRAY_SIZE(twins), "a1 a1");
	expect(orphan, ARRAY_SIZE(orphan), "a6 a7");
}

/* Whatever the numbers are, every task is shown once. */
static void test_random(void **state)
{
	struct random random;
	int turn;

	(void)state;
	random_seed(&random, random_from_env("CORDON_SEED", 1), 0);
	for (turn = 0; turn < 2000; turn++) {
		struct member members[24];
		bool seen[ARRAY_SIZE(members)] = { false };
		size_t count = random_below(&random, ARRAY_SIZE(members));
		const struct member_list list = { members, count };
		struct tree_row *rows;
		size_t i;

		for (i = 0; i < count; i++)
			members[i] = (struct member)
				TASK(random_percent(&random, 80) ? "a" : "b",
				     1 + random_below(&random, 30),
				     1 + random_below(&random, 30),
				     random_below(&random, 30));
		rows = tree_rows(&list);
		for (i = 0; i < count; i++) {
			size_t which = rows[i].member - members;

			assert_true(which < count && !seen[which]);
			assert_true(rows[i].depth < count);
			seen[which] = true;
		}
		free(rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_odd_lists),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
