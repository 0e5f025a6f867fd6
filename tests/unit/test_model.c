// SPDX-License-Identifier: GPL-2.0
/* What concerns more than one value: warnings, files that clash, limits. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

static void expect(struct input *input, size_t errors, const char *expected)
{
	char *findings = input_findings(input);

	assert_string_equal(findings, expected);
	assert_int_equal(input->diag.errors, errors);
	free(findings);
	input_clear(input);
}

/* Two tenants with one selector each. */
static void two_tenants(struct input *input, const char *a, const char *b)
{
	char *text = alloc_printf("version: 1\n"
				  "tenants:\n"
				  "  zeta:\n"
				  "    select: [%s]\n"
				  "  beta:\n"
				  "    select: [%s]\n",
				  a, b);

	input_from_text(input, text);
	free(text);
}

static void test_same_cgroup(void **state)
{
	struct input input;

	(void)state;
	two_tenants(&input, "cgroup: /a/*", "cgroup: /a/*");
	expect(&input, 0,
	       "t.yaml:6:22: warning: tenants 'zeta' and 'beta' select the same cgroups; 'beta' gets the tasks because its name sorts first\n");
}

static void test_overlapping_uids(void **state)
{
	struct input input;

	(void)state;
	two_tenants(&input, "uid: 10-20", "uid: 20-30");
	expect(&input, 0,
	       "t.yaml:6:19: warning: tenants 'zeta' and 'beta' select the same uids; 'beta' gets the tasks because its name sorts first\n");
}

static void test_different_selectors(void **state)
{
	struct input input;

	(void)state;
	two_tenants(&input, "uid: 10-20", "uid: 21-30");
	expect(&input, 0, "");
	two_tenants(&input, "cgroup: /a", "cgroup: /a/b");
	expect(&input, 0, "");
	two_tenants(&input, "uid: 1-9, uid: 2", "uid: 10");
	expect(&input, 0, "");
}

/* A range inside a wide one of another tenant, with a third between them. */
static void test_uids_inside(void **state)
{
	struct input input;

	(void)state;
	two_tenants(&input, "{uid: 1-100}, {uid: 2-3}", "uid: 50");
	expect(&input, 0,
	       "t.yaml:6:19: warning: tenants 'zeta' and 'beta' select the same uids; 'beta' gets the tasks because its name sorts first\n");
}

static void test_allow_everything(void **state)
{
	struct input input;

	(void)state;
	input_from_text(&input,
			FILE_HEAD "        - {allow: all, path: [/a, /**]}\n");
	expect(&input, 0,
	       "t.yaml:9:35: warning: this rule allows everything everywhere\n");
	input_from_text(&input, FILE_HEAD "        - {allow: read, path: /**}\n"
					  "        - {deny: all, path: /**}\n");
	expect(&input, 0, "");
}

static void test_duplicate_across_files(void **state)
{
	static const char text[] =
		"version: 1\ntenants: {a: {select: [uid: 1]}}\n";
	struct input input = { 0 };
	static const char *const names[] = { "one.yaml", "two.yaml" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct source *source =
			source_list_add(&input.sources, names[i]);

		free(source->text);
		source->text = alloc_text(text, strlen(text));
		source->size = strlen(text);
	}
	input_parse(&input);
	expect(&input, 1,
	       "two.yaml:2:11: duplicate tenant 'a'; it is also defined at one.yaml:2\n");
}

static void test_too_many_selectors(void **state)
{
	struct input input;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int i;

	(void)state;
	fputs("version: 1\ntenants:\n  a:\n    select:\n", out);
	for (i = 0; i < 1025; i++)
		fprintf(out, "      - uid: %d\n", i);
	fclose(out);
	input_from_text(&input, text);
	expect(&input, 1,
	       "t.yaml:3:3: the selectors of tenant 'a' take 24600 bytes, more than the 24576 that fit one message; use wider patterns\n");
	free(text);
}

static void test_setup_of_everything(void **state)
{
	struct input input;

	(void)state;
	input_from_text(&input, HEAD "    setup: [/sbin/a, /**]\n");
	expect(&input, 0,
	       "t.yaml:6:22: warning: every program counts as set-up, and joins nobody outside of containers\n");
}

/* Found by the evaluator of the module, run here. */
static void test_entangled_setup(void **state)
{
	struct input input;

	(void)state;
	input_from_text(&input, HEAD
			"    setup: '/**/*{a,b,c,d,e,f,g,h}*/**/*{a,b,c,d,e,f,g,h}*/x'\n");
	expect(&input, 1,
	       "t.yaml:6:12: too many patterns with '**' or globs can match at once\n");
}

/* Found by the evaluator of the module, run here. */
static void test_too_many_patterns(void **state)
{
	struct input input;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	char *findings;
	int i;

	(void)state;
	fputs(FILE_HEAD, out);
	for (i = 0; i < 4200; i++)
		fprintf(out,
			"        - {allow: read, path: '/%d/{a,b,c,d,e,f,g,h}{1,2,3,4,5,6,7,8}'}\n",
			i);
	fclose(out);
	input_from_text(&input, text);
	findings = input_findings(&input);
	assert_int_equal(input.diag.errors, 1);
	assert_string_equal(findings,
			    "t.yaml:3:3: tenant has too many patterns\n");
	free(findings);
	input_clear(&input);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_cgroup),
		cmocka_unit_test(test_overlapping_uids),
		cmocka_unit_test(test_different_selectors),
		cmocka_unit_test(test_uids_inside),
		cmocka_unit_test(test_allow_everything),
		cmocka_unit_test(test_duplicate_across_files),
		cmocka_unit_test(test_too_many_selectors),
		cmocka_unit_test(test_setup_of_everything),
		cmocka_unit_test(test_entangled_setup),
		cmocka_unit_test(test_too_many_patterns),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
