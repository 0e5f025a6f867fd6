// SPDX-License-Identifier: GPL-2.0
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alike.h"
#include "alloc.h"
#include "emit.h"

/**
 * input_from_bytes - parse bytes as if they came from a file
 * @input: becomes the input; the caller clears it
 * @name: name of the file
 * @bytes: the bytes
 * @size: how many
 */
void input_from_bytes(struct input *input, const char *name, const char *bytes,
		      size_t size)
{
	struct source *source;

	memset(input, 0, sizeof(*input));
	source = source_list_add(&input->sources, name);
	free(source->text);
	source->text = alloc_text(bytes, size);
	source->size = size;
	input_parse(input);
}

/**
 * input_from_text - parse a text as if it were the file "t.yaml"
 * @input: becomes the input; the caller clears it
 * @text: the text
 */
void input_from_text(struct input *input, const char *text)
{
	input_from_bytes(input, "t.yaml", text, strlen(text));
}

/**
 * input_findings - all errors and warnings
 * @input: the input
 *
 * Return: their lines, each with a newline, for the caller to free.
 */
char *input_findings(const struct input *input)
{
	char *all = alloc_text("", 0);
	size_t i;

	for (i = 0; i < input->diag.count; i++) {
		char *line = diag_line(&input->diag.items[i]);
		char *longer = alloc_printf("%s%s\n", all, line);

		free(line);
		free(all);
		all = longer;
	}
	return all;
}

/**
 * expand - a policy as the text of a policy file
 * @policy: the policy
 *
 * Return: the text, for the caller to free.
 */
char *expand(const struct policy *policy)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_true(emit_policy(policy, out));
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), len);
	return text;
}

/**
 * expect_expanded - a policy that was written out means what it did before
 * @policy: the policy
 */
void expect_expanded(const struct policy *policy)
{
	char *text = expand(policy);
	const char *difference;
	struct input again;

	input_from_text(&again, text);
	difference = policy_difference(policy, &again.policy);
	if (again.diag.errors || difference)
		print_error("%zu errors, %s in:\n%s", again.diag.errors,
			    difference ? difference : "no difference", text);
	assert_true(!again.diag.errors && !difference);
	assert_null(strstr(text, "\n    network:"));
	input_clear(&again);
	free(text);
}

/**
 * input_good - parse a text in which nothing may be found
 * @input: becomes the input; the caller clears it
 * @text: the text
 *
 * That it can be written out and parsed again is a test of its own, for which
 * every good text will do.
 */
void input_good(struct input *input, const char *text)
{
	char *findings;

	input_from_text(input, text);
	findings = input_findings(input);
	assert_string_equal(findings, "");
	free(findings);
	expect_expanded(&input->policy);
}

static bool is_as_expected(const char *name, const struct input *input,
			   const char *expected)
{
	char *findings = input_findings(input);
	bool same = !strcmp(findings, expected);

	if (!same)
		print_error("%s\n  found:    %s  expected: %s", name, findings,
			    expected);
	free(findings);
	return same && input->diag.errors;
}

/**
 * expect_findings - a policy has errors, and these are all
 * @name: for the report of a failure
 * @input: the policy
 * @expected: what is to be said
 */
void expect_findings(const char *name, const struct input *input,
		     const char *expected)
{
	assert_true(is_as_expected(name, input, expected));
}

/**
 * expect_bad - the same of policy files
 * @bad: the files
 * @count: how many
 */
void expect_bad_files(const struct bad *bad, size_t count)
{
	size_t wrong = 0;

	for (; count; count--, bad++) {
		struct input input;

		input_from_text(&input, bad->text);
		wrong += !is_as_expected(bad->name, &input, bad->findings);
		input_clear(&input);
	}
	assert_int_equal(wrong, 0);
}
