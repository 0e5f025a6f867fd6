// SPDX-License-Identifier: GPL-2.0
#include "support.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alike.h"
#include "alloc.h"
#include "emit.h"

/**
 * denied_read - an event as the module tells it
 *
 * Return: a file that could not be read; its texts are not to be freed.
 */
struct event denied_read(void)
{
	const struct event event = {
		.seq = 7,
		.tenant_seq = 2,
		.time_wall = 1795359845123456789ULL,
		.time_boot = 42,
		.generation = 3,
		.cgroup_id = 4,
		.dev = 8ULL << 32 | 1,
		.ino = 5,
		.tenant = (char *)"acme",
		.origin = (char *)"acme.yaml:14",
		.comm = (char *)"cat",
		.class = CORDON_CLASS_FILE,
		.op = CORDON_FILE_OP_READ,
		.verdict = CORDON_VERDICT_DENIED,
		.reason = CORDON_REASON_RULE,
		.error = EACCES,
		.pid = 11,
		.tgid = 10,
		.ppid = 9,
		.uid = 20000,
		.gid = 100,
		.path = (char *)"/etc/shadow",
		.path_len = strlen("/etc/shadow"),
		.repeat = 1,
	};

	return event;
}

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

/**
 * expect_within - an object has all keys of another one
 * @some: the other one
 * @all: the object
 * @what: what it is, for the report of a failure
 */
void expect_within(struct json_object *some, struct json_object *all,
		   const char *what)
{
	json_object_object_foreach(some, key, value)
	{
		(void)value;
		if (!json_object_object_get_ex(all, key, NULL))
			fail_msg("'%s' is not in %s", key, what);
	}
}

/* What a call writes to the standard output, or to the standard error. */
void capture(int descriptor, void (*call)(void *into), void *into, char *text,
	     size_t size)
{
	FILE *file = tmpfile();
	int before = dup(descriptor);

	assert_non_null(file);
	fflush(NULL);
	assert_int_equal(dup2(fileno(file), descriptor), descriptor);
	call(into);
	fflush(NULL);
	assert_int_equal(dup2(before, descriptor), descriptor);
	close(before);
	rewind(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
}
