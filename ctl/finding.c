// SPDX-License-Identifier: GPL-2.0
#include "finding.h"

#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "json.h"
#include "text.h"

/**
 * struct level - how a level is shown
 * @name: for programs
 * @mark: for people
 * @colour: code of a terminal
 */
struct level {
	const char *name;
	const char *mark;
	const char *colour;
};

static const struct level levels[FINDING_LEVELS] = {
	[FINDING_OK] = { "ok", "ok", "32" },
	[FINDING_UNKNOWN] = { "unknown", "?", "36" },
	[FINDING_WARNING] = { "warning", "warning", "33" },
	[FINDING_ERROR] = { "error", "ERROR", "31" },
};

/**
 * finding_add - note what was found
 * @findings: where to
 * @finding: all but what was found
 * @format: that, as of printf()
 *
 * Texts may come from elsewhere; what a terminal would take for more than text
 * is escaped.
 */
void finding_add(struct findings *findings, const struct finding *finding,
		 const char *format, ...)
{
	struct finding *added;
	char *text = NULL;
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (len < 0)
		alloc_failed();
	findings->items = alloc_grow(findings->items, findings->count,
				     sizeof(*findings->items));
	added = &findings->items[findings->count++];
	*added = *finding;
	added->found = text_escape(text, len);
	findings->levels[finding->level]++;
	free(text);
}

static void print_mark(enum finding_level level, bool colour, FILE *out)
{
	const char *mark = levels[level].mark;

	if (colour)
		fprintf(out, "\033[%sm%-8s\033[0m", levels[level].colour, mark);
	else
		fprintf(out, "%-8s", mark);
}

static void print_sum(const struct findings *findings, FILE *out)
{
	size_t errors = findings->levels[FINDING_ERROR];
	size_t warnings = findings->levels[FINDING_WARNING];

	fprintf(out, "%zu check%s: %zu error%s, %zu warning%s, %zu unknown\n",
		findings->count, text_plural(findings->count), errors,
		text_plural(errors), warnings, text_plural(warnings),
		findings->levels[FINDING_UNKNOWN]);
}

/**
 * findings_print - for people: what is as it should be takes one line
 * @findings: what was found
 * @colour: levels are coloured
 * @out: where to
 */
void findings_print(const struct findings *findings, bool colour, FILE *out)
{
	const struct finding *finding;
	size_t i;

	for (i = 0; i < findings->count; i++) {
		finding = &findings->items[i];
		print_mark(finding->level, colour, out);
		fprintf(out, "%s: %s\n", finding->check, finding->found);
		if (finding->level == FINDING_OK)
			continue;
		fprintf(out, "        expected: %s\n", finding->expected);
		if (finding->advice)
			fprintf(out, "        to do: %s\n", finding->advice);
	}
	print_sum(findings, out);
}

static struct json_object *finding_json(const struct finding *finding)
{
	struct json_object *object = json_object_new_object();

	json_put_text(object, "check", finding->check);
	json_put_text(object, "level", levels[finding->level].name);
	json_put_text(object, "found", finding->found);
	json_put_text(object, "expected", finding->expected);
	json_put_text(object, "advice",
		      finding->level == FINDING_OK ? NULL : finding->advice);
	return object;
}

/**
 * findings_json - for programs
 * @findings: what was found
 *
 * Return: the object, for the caller to put.
 */
struct json_object *findings_json(const struct findings *findings)
{
	struct json_object *object = json_object_new_object();
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < findings->count; i++)
		if (json_object_array_add(array,
					  finding_json(&findings->items[i])))
			alloc_failed();
	json_put(object, "ok",
		 json_object_new_boolean(!findings->levels[FINDING_ERROR]));
	json_put_u64(object, "errors", findings->levels[FINDING_ERROR]);
	json_put_u64(object, "warnings", findings->levels[FINDING_WARNING]);
	json_put_u64(object, "unknown", findings->levels[FINDING_UNKNOWN]);
	json_put(object, "findings", array);
	return object;
}

/**
 * findings_move - put findings behind others
 * @to: the others
 * @from: the findings, of which nothing is left
 */
void findings_move(struct findings *to, struct findings *from)
{
	size_t i;

	for (i = 0; i < from->count; i++) {
		to->items =
			alloc_grow(to->items, to->count, sizeof(*to->items));
		to->items[to->count++] = from->items[i];
		to->levels[from->items[i].level]++;
	}
	free(from->items);
	memset(from, 0, sizeof(*from));
}

/**
 * findings_clear - free what is held
 * @findings: what was found
 */
void findings_clear(struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++)
		free(findings->items[i].found);
	free(findings->items);
	memset(findings, 0, sizeof(*findings));
}
