// SPDX-License-Identifier: GPL-2.0
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

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
 * input_good - parse a text in which nothing may be found
 * @input: becomes the input; the caller clears it
 * @text: the text
 */
void input_good(struct input *input, const char *text)
{
	char *findings;

	input_from_text(input, text);
	findings = input_findings(input);
	assert_string_equal(findings, "");
	free(findings);
}
