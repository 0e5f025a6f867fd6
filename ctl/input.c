// SPDX-License-Identifier: GPL-2.0
/* All files are read and checked before anything is said or done. */
#include "input.h"

#include <string.h>

#include "compile.h"
#include "grammar.h"
#include "host.h"
#include "yaml.h"

/**
 * input_parse - parse and check files that are in memory
 * @input: has @sources; gets @policy and @diag
 */
void input_parse(struct input *input)
{
	size_t i;

	for (i = 0; i < input->sources.count; i++) {
		struct yaml_node *root =
			document_read(input->sources.items[i], &input->diag);

		if (root)
			grammar_policy(root, &input->policy, &input->diag);
		node_free(root);
	}
	model_check(&input->policy, &input->diag);
	if (!input->diag.errors)
		compile_check(&input->policy, &input->diag);
}

/**
 * input_read - read, parse and check policy files
 * @input: becomes the input; the caller clears it
 * @names: files, directories or "-"
 * @count: how many
 */
void input_read(struct input *input, char **names, size_t count)
{
	memset(input, 0, sizeof(*input));
	source_read_all(&input->sources, names, count, &input->diag);
	/* Parsing the empty rest of a file that was refused says nothing new. */
	if (input->diag.errors)
		return;
	input_parse(input);
	host_check(&input->policy, &input->diag);
}

/**
 * input_clear - free what an input holds
 * @input: the input
 */
void input_clear(struct input *input)
{
	policy_clear(&input->policy);
	diag_free(&input->diag);
	source_list_free(&input->sources);
}
