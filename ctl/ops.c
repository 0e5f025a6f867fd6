// SPDX-License-Identifier: GPL-2.0
/* The operations of a question. */
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "names.h"
#include "question.h"

static const uint32_t classes[] = {
	CORDON_CLASS_FILE,
	CORDON_CLASS_SOCKET,
	CORDON_CLASS_GUARD,
};

#define CLASSES (sizeof(classes) / sizeof(classes[0]))

/* More than there are operations in all classes. */
#define ALL_MAX 32

static bool is_path(const char *object)
{
	return *object == '/' || *object == '.' ||
	       !strncmp(object, "memfd:", 6);
}

/* Only to create there are two, of which one has a path for an object. */
static const struct name *find(const char *text, const char *object,
			       uint32_t *class)
{
	const struct name *found = NULL;
	size_t i;

	for (i = 0; i < CLASSES; i++) {
		const struct name *name =
			names_find(names_ops_of_class(classes[i]), text);

		if (!name || (found && is_path(object)))
			continue;
		found = name;
		*class = classes[i];
	}
	return found;
}

static char *no_such_op(const char *text)
{
	struct name all[ALL_MAX] = { { NULL } };
	const struct name *name;
	const char *nearest;
	size_t count = 0;
	size_t i;

	for (i = 0; i < CLASSES; i++)
		for (name = names_ops_of_class(classes[i]);
		     name->text && count < ALL_MAX - 1; name++)
			all[count++] = *name;
	nearest = names_nearest(all, text);
	if (nearest)
		return alloc_printf("unknown operation '%s'; did you mean '%s'?",
				    text, nearest);
	return alloc_printf("unknown operation '%s'", text);
}

static bool add(struct ops *ops, const char *text, const char *object,
		char **why)
{
	uint32_t class;
	const struct name *name = find(text, object, &class);

	if (!name) {
		*why = no_such_op(text);
		return false;
	}
	if (ops->class && ops->class != class) {
		*why = alloc_printf("'%s' is of another class than the others",
				    text);
		return false;
	}
	ops->class = class;
	ops->flags |= name->value;
	return true;
}

/**
 * ops_parse - find the operations that are meant
 * @ops: becomes the operations
 * @text: their names, between commas
 * @object: what they are done to, which can tell the class
 * @why: set to what is wrong, for the caller to free
 *
 * Return: true when all are of one class.
 */
bool ops_parse(struct ops *ops, const char *text, const char *object,
	       char **why)
{
	bool good = true;

	memset(ops, 0, sizeof(*ops));
	for (;;) {
		size_t len = strcspn(text, ",");
		char *word = alloc_text(text, len);

		good = add(ops, word, object, why);
		free(word);
		if (!good || !text[len])
			return good;
		text += len + 1;
	}
}
