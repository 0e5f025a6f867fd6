// SPDX-License-Identifier: GPL-2.0
/* All files are read and checked before anything is said or done. */
#include "input.h"

#include <string.h>

#include "compile.h"
#include "grammar.h"
#include "host.h"
#include "shadow.h"
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

static void read_all(struct input *input, char **names, size_t count,
		     bool for_this_host)
{
	memset(input, 0, sizeof(*input));
	source_read_all(&input->sources, names, count, &input->diag);
	/* Parsing the empty rest of a file that was refused says nothing new. */
	if (input->diag.errors)
		return;
	input_parse(input);
	/* What cannot be loaded is not worth looking into. */
	if (!input->diag.errors)
		shadow_check(&input->policy, &input->diag);
	if (for_this_host)
		host_check(&input->policy, &input->diag);
}

/**
 * input_read - read, parse and check policy files
 * @input: becomes the input; the caller clears it
 * @names: files, directories or "-"
 * @count: how many
 */
void input_read(struct input *input, char **names, size_t count)
{
	read_all(input, names, count, true);
}

/**
 * input_read_for_other - the same for policy that is for another host
 * @input: becomes the input; the caller clears it
 * @names: files, directories or "-"
 * @count: how many
 */
void input_read_for_other(struct input *input, char **names, size_t count)
{
	read_all(input, names, count, false);
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
