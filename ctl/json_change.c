// SPDX-License-Identifier: GPL-2.0
/* What a load would change, as JSON. */
#include <json-c/json.h>
#include <stdlib.h>

#include "alloc.h"
#include "json.h"
#include "parts.h"

static struct json_object *json_parts(uint32_t parts)
{
	struct json_object *array = json_object_new_array();
	const struct name *part;

	if (!array)
		alloc_failed();
	for (part = names_part; part->text; part++)
		if (parts & part->value &&
		    json_object_array_add(array, json_text(part->text)))
			alloc_failed();
	return array;
}

static struct json_object *json_change(const struct tenant_change *change)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		alloc_failed();
	json_put_text(object, "tenant", change->name);
	json_put_text(object, "change", compare_kind_text(change->kind));
	json_put(object, "parts", json_parts(change->parts));
	json_put_u64(object, "rules_added", change->rules_added);
	json_put_u64(object, "rules_removed", change->rules_removed);
	return object;
}

/**
 * json_changes - tenants that do not stay as they are
 * @comparison: what becomes of all
 *
 * Return: an array, for the caller to free.
 */
struct json_object *json_changes(const struct comparison *comparison)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	if (!array)
		alloc_failed();
	for (i = 0; i < comparison->count; i++)
		if (comparison->items[i].kind != CHANGE_NONE &&
		    json_object_array_add(array,
					  json_change(&comparison->items[i])))
			alloc_failed();
	return array;
}

/**
 * json_udiff - what becomes of a policy, as the text of a unified diff
 * @comparison: what becomes of it
 * @generation: of what is in force
 *
 * Return: the text, for the caller to free.
 */
struct json_object *json_udiff(const struct comparison *comparison,
			       uint64_t generation)
{
	struct json_object *value;
	char *text = NULL;
	size_t len;
	FILE *out = alloc_stream(&text, &len);

	compare_print_diff(comparison, generation, out);
	alloc_stream_end(out);
	value = json_text(text);
	free(text);
	return value;
}
