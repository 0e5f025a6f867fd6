// SPDX-License-Identifier: GPL-2.0
/* What tenants can choose must not fool a terminal, in JSON neither. */
#include "json.h"

#include <json-c/json.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

/* As JSON has it, which knows no numbers above 16 bits. */
static void write_escaped(uint32_t code, FILE *out)
{
	if (code > 0xffff) {
		fprintf(out, "\\u%04x", 0xd7c0 + (code >> 10));
		code = 0xdc00 | (code & 0x3ff);
	}
	fprintf(out, "\\u%04x", code);
}

/* Below that, what there is stands between values, or is escaped already. */
static bool is_plain(uint32_t code)
{
	return code < 0x7f || !text_is_sly(code);
}

/* A value can be shown on a terminal, and is the same to a program. */
static void write_text(const char *text, FILE *out)
{
	size_t rest = strlen(text);

	while (rest) {
		uint32_t code;
		size_t step = text_utf8_take(text, rest, &code);

		if (!step || is_plain(code))
			fwrite(text, 1, step ? step : 1, out);
		else
			write_escaped(code, out);
		text += step ? step : 1;
		rest -= step ? step : 1;
	}
}

/**
 * json_write - write a value and a newline, and free it
 * @object: the value
 * @compact: in one line
 * @out: where to
 *
 * Return: 0, or -1 when it could not be written.
 */
int json_write(struct json_object *object, bool compact, FILE *out)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE |
		    (compact ?
			     JSON_C_TO_STRING_PLAIN :
			     JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	const char *text = json_object_to_json_string_ext(object, flags);

	if (!text)
		alloc_failed();
	write_text(text, out);
	fputc('\n', out);
	json_object_put(object);
	return ferror(out) ? -1 : 0;
}
