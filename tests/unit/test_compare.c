// SPDX-License-Identifier: GPL-2.0
/* What a load would change. */
#include "support.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "compare.h"
#include "emit.h"
#include "json.h"
#include "normal.h"

#define TENANT(name, uid, mode, rules)                                         \
	"  " name ":\n"                                                        \
	"    select: [uid: " uid "]\n"                                         \
	"    mode: " mode "\n"                                                 \
	"    file:\n"                                                          \
	"      default: deny\n"                                                \
	"      rules:\n" rules
#define FILE_OF(tenants) "version: 1\ntenants:\n" tenants
#define RULE_A "      - {allow: read, path: /a}\n"
#define RULE_B "      - {allow: read, path: /b}\n"
#define RULE_C "      - {deny: [write, read], path: [/c, /d]}\n"

#define BEFORE                                                                 \
	FILE_OF(TENANT("gone", "1", "audit", RULE_A) TENANT("kept", "2",       \
							    "audit", RULE_A)   \
			TENANT("new-rules", "3", "audit",                      \
			       RULE_A RULE_B RULE_A)                           \
				TENANT("other-mode", "4", "audit", RULE_A))
#define FILES                                                                  \
	FILE_OF(TENANT("other-mode", "4", "enforce", RULE_A)                   \
			TENANT("new-rules", "3", "audit", RULE_C RULE_A)       \
				TENANT("added", "5", "audit", RULE_A RULE_B))

/**
 * struct scene - two policies and what becomes of them
 * @before: what is in force
 * @files: what is loaded
 * @a: normal form of @before
 * @b: normal form of @files
 * @after: what is in force then
 * @comparison: what becomes of it
 * @why: why that cannot be told, or NULL
 */
struct scene {
	struct input before;
	struct input files;
	struct policy a;
	struct policy b;
	struct policy after;
	struct comparison comparison;
	char *why;
};

static void read_scene(struct scene *scene, const char *before,
		       const char *files)
{
	memset(scene, 0, sizeof(*scene));
	if (before)
		input_good(&scene->before, before);
	if (files)
		input_good(&scene->files, files);
}

static void compare_scene(struct scene *scene, bool replace_all)
{
	scene->a = normal_policy(&scene->before.policy);
	scene->b = normal_policy(&scene->files.policy);
	scene->after = normal_after(&scene->a, &scene->b, replace_all);
	scene->why =
		compare_policies(&scene->comparison, &scene->a, &scene->after);
}

static void set_scene(struct scene *scene, const char *before,
		      const char *files, bool replace_all)
{
	read_scene(scene, before, files);
	compare_scene(scene, replace_all);
	assert_null(scene->why);
}

static void clear_scene(struct scene *scene)
{
	free(scene->why);
	compare_clear(&scene->comparison);
	normal_free(&scene->after);
	normal_free(&scene->b);
	normal_free(&scene->a);
	input_clear(&scene->before);
	input_clear(&scene->files);
}

/* What print() prints, for the caller to free. */
static char *printed(const struct comparison *comparison, bool diff)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	if (diff)
		compare_print_diff(comparison, 7, out);
	else
		compare_print(comparison, "would ", out);
	fclose(out);
	return text;
}

static void expect(const struct scene *scene, bool diff, const char *expected)
{
	char *text = printed(&scene->comparison, diff);

	assert_string_equal(text, expected);
	free(text);
}

static void test_summary(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, BEFORE, FILES, false);
	assert_int_equal(scene.comparison.changes, 3);
	expect(&scene, false,
	       "would add tenant 'added' with 2 rules\n"
	       "would change tenant 'new-rules': 1 rule more, 2 rules fewer\n"
	       "would change tenant 'other-mode': mode from audit to enforce, 0 rules more, 0 rules fewer\n");
	clear_scene(&scene);
	set_scene(&scene, BEFORE, FILES, true);
	assert_int_equal(scene.comparison.changes, 5);
	expect(&scene, false,
	       "would add tenant 'added' with 2 rules\n"
	       "would remove tenant 'gone' with 1 rule\n"
	       "would remove tenant 'kept' with 1 rule\n"
	       "would change tenant 'new-rules': 1 rule more, 2 rules fewer\n"
	       "would change tenant 'other-mode': mode from audit to enforce, 0 rules more, 0 rules fewer\n");
	clear_scene(&scene);
}

/**
 * struct part - a tenant that is changed, and what is said of that
 * @before: what the tenant has besides its selector
 * @after: what it has then
 * @said: what is said
 */
struct part {
	const char *before;
	const char *after;
	const char *said;
};

#define FILE_AB                                                                \
	"file: {default: deny, rules: [{allow: read, path: /a}, "              \
	"{allow: read, path: /b}]}"

/* What undoes all rules without touching one. */
static void test_parts(void **state)
{
	static const struct part parts[] = {
		{ FILE_AB "\n    mode: enforce", FILE_AB "\n    mode: audit",
		  "mode from enforce to audit" },
		{ "file: {default: deny}", "file: {default: allow}",
		  "file default from deny to allow" },
		{ "file: {default: deny}\n    socket: {default: deny}",
		  "file: {default: deny}", "socket default from deny to none" },
		{ FILE_AB, FILE_AB "\n    guard: {allow: all}", "guard" },
		{ FILE_AB, FILE_AB "\n    setup: /s", "setup" },
		{ FILE_AB, FILE_AB "\n    revoke: true", "revoke" },
		{ FILE_AB, FILE_AB "\n    events: {rate: 1}", "events" },
		{ FILE_AB, FILE_AB "\n    events: {self: true}", "events" },
		{ FILE_AB "\n    select: [uid: 1, uid: 2]",
		  FILE_AB "\n    select: [uid: 1]", "select" },
		{ FILE_AB "\n    select: [uid: 1]",
		  FILE_AB "\n    select: [cgroup: /a]", "select" },
		{ FILE_AB "\n    select: [cgroup: /b]",
		  FILE_AB "\n    select: [cgroup: /a]", "select" },
		{ FILE_AB,
		  "file: {default: deny, rules: [{allow: read, path: /b}, "
		  "{allow: read, path: /a}]}",
		  "order of rules" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *uid = strstr(parts[i].before, "select") ?
					  "" :
					  "    select: [uid: 1]\n";
		char *before = alloc_printf(FILE_OF("  a:\n%s    %s\n"), uid,
					    parts[i].before);
		char *after = alloc_printf(FILE_OF("  a:\n%s    %s\n"), uid,
					   parts[i].after);
		char *said =
			alloc_printf("would change tenant 'a': %s, 0 rules more, 0 rules fewer\n",
				     parts[i].said);
		struct scene scene;

		set_scene(&scene, before, after, false);
		expect(&scene, false, said);
		clear_scene(&scene);
		free(before);
		free(after);
		free(said);
	}
}

/* A rule that is written twice is two rules. */
static void test_twice(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, FILE_OF(TENANT("a", "1", "audit", RULE_A)),
		  FILE_OF(TENANT("a", "1", "audit", RULE_A RULE_A)), false);
	expect(&scene, false,
	       "would change tenant 'a': 1 rule more, 0 rules fewer\n");
	clear_scene(&scene);
}

static void test_same(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, BEFORE, BEFORE, true);
	assert_int_equal(scene.comparison.changes, 0);
	assert_int_equal(scene.comparison.count, 4);
	expect(&scene, false, "would change nothing\n");
	expect(&scene, true, "");
	clear_scene(&scene);
}

static void test_diff(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene, FILE_OF(TENANT("a", "1", "audit", RULE_A)),
		  FILE_OF(TENANT("a", "1", "enforce", RULE_A RULE_B)), false);
	expect(&scene, true,
	       "--- in force, generation 7\n"
	       "+++ after the load\n"
	       "@@ -3,9 +3,11 @@ a\n"
	       "   a:\n"
	       "     select:\n"
	       "     - uid: 1\n"
	       "-    mode: audit\n"
	       "+    mode: enforce\n"
	       "     file:\n"
	       "       default: deny\n"
	       "       rules:\n"
	       "       - allow: read\n"
	       "         path: /a\n"
	       "+      - allow: read\n"
	       "+        path: /b\n");
	clear_scene(&scene);
	set_scene(&scene, NULL, FILE_OF(TENANT("a", "1", "audit", RULE_A)),
		  false);
	expect(&scene, true,
	       "--- in force, generation 7\n"
	       "+++ after the load\n"
	       "@@ -1,2 +1,11 @@ tenants\n"
	       " version: 1\n"
	       "-tenants: {}\n"
	       "+tenants:\n"
	       "+  a:\n"
	       "+    select:\n"
	       "+    - uid: 1\n"
	       "+    mode: audit\n"
	       "+    file:\n"
	       "+      default: deny\n"
	       "+      rules:\n"
	       "+      - allow: read\n"
	       "+        path: /a\n");
	clear_scene(&scene);
}

/* All lines that are kept or of one kind are what 'show --yaml' prints. */
static void expect_side(const struct udiff *udiff, char other,
			const struct policy *policy)
{
	char *expected = expand(policy);
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	size_t i;

	for (i = 0; i < udiff->count; i++)
		if (udiff->edits[i].kind != other)
			fprintf(out, "%.*s\n", (int)udiff->edits[i].len,
				udiff->edits[i].line);
	fclose(out);
	assert_string_equal(text, expected);
	free(expected);
	free(text);
}

static void test_sides(void **state)
{
	static const char *const texts[] = { NULL, BEFORE, FILES };
	size_t i;
	size_t j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		for (j = 0; j < ARRAY_SIZE(texts); j++) {
			struct udiff udiff = { 0 };
			struct scene scene;

			set_scene(&scene, texts[i], texts[j], true);
			compare_lines(&scene.comparison, &udiff);
			expect_side(&udiff, '+', &scene.a);
			expect_side(&udiff, '-', &scene.after);
			udiff_clear(&udiff);
			clear_scene(&scene);
		}
	}
}

static void test_json(void **state)
{
	struct json_object *changes;
	struct json_object *diff;
	struct scene scene;
	char *text;

	(void)state;
	set_scene(&scene, BEFORE, FILES, false);
	changes = json_changes(&scene.comparison);
	diff = json_udiff(&scene.comparison, 7);
	text = printed(&scene.comparison, true);
	assert_string_equal(json_object_to_json_string_ext(changes,
							   JSON_C_TO_STRING_PLAIN),
			    "[{\"tenant\":\"added\",\"change\":\"added\",\"parts\":[],"
			    "\"rules_added\":2,\"rules_removed\":0},"
			    "{\"tenant\":\"new-rules\",\"change\":\"changed\",\"parts\":[],"
			    "\"rules_added\":1,\"rules_removed\":2},"
			    "{\"tenant\":\"other-mode\",\"change\":\"changed\",\"parts\":[\"mode\"],"
			    "\"rules_added\":0,\"rules_removed\":0}]");
	assert_string_equal(json_object_get_string(diff), text);
	json_object_put(changes);
	json_object_put(diff);
	free(text);
	clear_scene(&scene);
}

/* Spoils tenant "a" or "b" of what is in force, and compares. */
static void expect_unsaid(size_t spoiled, bool unknown, const char *files,
			  bool replace_all, const char *why)
{
	struct policy_tenant *tenant;
	struct scene scene;

	read_scene(&scene,
		   FILE_OF(TENANT("a", "1", "audit", RULE_A)
				   TENANT("b", "2", "audit", RULE_A)),
		   files);
	tenant = &scene.before.policy.tenants[spoiled];
	if (unknown)
		tenant->unknown = true;
	else
		tenant->rules[0].patterns[0].text[1] = '\xfc';
	compare_scene(&scene, replace_all);
	if (why) {
		assert_non_null(scene.why);
		assert_non_null(strstr(scene.why, why));
	} else {
		assert_null(scene.why);
		assert_int_equal(scene.comparison.changes, 1);
		expect(&scene, false,
		       "would change tenant 'a': 1 rule more, 1 rule fewer\n");
	}
	clear_scene(&scene);
}

/* What others loaded is in the way of a comparison with itself only. */
static void test_unsaid(void **state)
{
	static const char files[] = FILE_OF(TENANT("a", "1", "audit", RULE_B));

	(void)state;
	expect_unsaid(0, false, files, false,
		      "tenant 'a': it has texts that are not UTF-8");
	expect_unsaid(1, false, files, true,
		      "tenant 'b': it has texts that are not UTF-8");
	expect_unsaid(1, false, files, false, NULL);
	expect_unsaid(0, true, files, false,
		      "tenant 'a': the module knows more of it");
	expect_unsaid(1, true, files, true,
		      "tenant 'b': the module knows more of it");
	expect_unsaid(1, true, files, false, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summary), cmocka_unit_test(test_same),
		cmocka_unit_test(test_diff),	cmocka_unit_test(test_sides),
		cmocka_unit_test(test_json),	cmocka_unit_test(test_twice),
		cmocka_unit_test(test_parts),	cmocka_unit_test(test_unsaid),
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
