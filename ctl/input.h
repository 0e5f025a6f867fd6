/* SPDX-License-Identifier: GPL-2.0 */
/* Everything from the names of policy files to a checked policy. */
#ifndef CTL_INPUT_H
#define CTL_INPUT_H

#include <stddef.h>

#include "diag.h"
#include "model.h"
#include "source.h"

/**
 * struct input - policy files and what became of them
 * @sources: the files
 * @policy: their tenants; not to be used when @diag has errors
 * @diag: what was found
 */
struct input {
	struct source_list sources;
	struct policy policy;
	struct diag diag;
};

void input_read(struct input *input, char **names, size_t count);
void input_read_for_other(struct input *input, char **names, size_t count);
void input_parse(struct input *input);
void input_clear(struct input *input);

#endif /* CTL_INPUT_H */
