// SPDX-License-Identifier: GPL-2.0
/* One run names every mistake, each with its line and a caret below it. */
#include "diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "terminal.h"
#include "text.h"

/* Characters of a source line that are shown. */
#define EXCERPT_WIDTH 76

static void add(struct diag *diag, const struct position *at, bool warning,
		const char *format, va_list args)
	__attribute__((format(printf, 4, 0)));

static void add(struct diag *diag, const struct position *at, bool warning,
		const char *format, va_list args)
{
	struct diag_item *item;
	char message[1024];
	size_t *counter = warning ? &diag->warnings : &diag->errors;

	/* Warnings must not take the place of errors. */
	if (++*counter > DIAG_KEPT_MAX)
		return;
	vsnprintf(message, sizeof(message), format, args);
	item = array_push(diag->items, diag->count);
	item->at = *at;
	item->warning = warning;
	item->message = alloc_text(message, strlen(message));
}

/**
 * diag_error - report what makes a policy unusable
 * @diag: where to
 * @at: the place
 * @format: as of printf(): what was found, what was expected, what to do
 */
void diag_error(struct diag *diag, const struct position *at,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(diag, at, false, format, args);
	va_end(args);
}

/**
 * diag_warn - report what is probably not meant
 * @diag: where to
 * @at: the place
 * @format: as of printf()
 */
void diag_warn(struct diag *diag, const struct position *at, const char *format,
	       ...)
{
	va_list args;

	va_start(args, format);
	add(diag, at, true, format, args);
	va_end(args);
}

static char *names_to_write(const struct name *table)
{
	char *list = alloc_text("", 0);

	for (; table->text; table++) {
		char *longer;

		if (table->later)
			continue;
		longer = alloc_printf("%s%s%s", list, *list ? ", " : "",
				      table->text);
		free(list);
		list = longer;
	}
	return list;
}

/**
 * diag_unknown - report a word that is not in a table
 * @diag: where to
 * @at: the place
 * @what: what the word should have been, such as "operation"
 * @where: " in" what it was found, or ""
 * @text: the word
 * @table: what could have been written
 */
void diag_unknown(struct diag *diag, const struct position *at,
		  const char *what, const char *where, const char *text,
		  const struct name *table)
{
	const char *nearest = names_nearest(table, text);
	char *word = text_escape(text, strnlen(text, 64));
	char *list;

	if (nearest) {
		diag_error(diag, at, "unknown %s '%s'%s; did you mean '%s'?",
			   what, word, where, nearest);
	} else {
		list = names_to_write(table);
		diag_error(diag, at, "unknown %s '%s'%s; expected one of: %s",
			   what, word, where, list);
		free(list);
	}
	free(word);
}

/**
 * diag_line - the first line of how an item is shown
 * @item: the item
 *
 * Return: "FILE:LINE:COLUMN: MESSAGE", for the caller to free.
 */
char *diag_line(const struct diag_item *item)
{
	const struct position *at = &item->at;
	const char *name = at->source->name;
	const char *severity = item->warning ? "warning: " : "";
	char *safe = text_escape(name, strlen(name));
	char *line;

	if (at->line)
		line = alloc_printf("%s:%u:%u: %s%s", safe, at->line,
				    at->column, severity, item->message);
	else
		line = alloc_printf("%s: %s%s", safe, severity, item->message);
	free(safe);
	return line;
}

static const char *find_line(const struct source *source, unsigned int line,
			     size_t *len)
{
	const char *text = source->text;
	const char *end = source->text + source->size;
	const char *newline;

	while (--line) {
		newline = memchr(text, '\n', end - text);
		if (!newline)
			return NULL;
		text = newline + 1;
	}
	newline = memchr(text, '\n', end - text);
	*len = (newline ? newline : end) - text;
	return text;
}

/* Prints characters @from to @to of a line, each in one column. */
static void print_columns(FILE *out, const char *text, size_t len, size_t from,
			  size_t to)
{
	size_t column;

	for (column = 0; len && column < to; column++) {
		size_t step = text_utf8_len(text, len);
		bool plain = step > 1 ?
				     (unsigned char)text[0] != 0xc2 &&
					     (unsigned char)text[0] != 0xe2 :
				     step && text[0] >= ' ' && text[0] < 0x7f;

		if (!step)
			step = 1;
		if (column >= from && plain)
			fwrite(text, 1, step, out);
		else if (column >= from)
			fputc(text[0] == '\t' ? ' ' : '?', out);
		text += step;
		len -= step;
	}
}

/**
 * diag_excerpt - show a place: its line, and a caret below its column
 * @at: the place, or one that is not known; without a column there is no caret
 * @out: where to
 */
void diag_excerpt(const struct position *at, FILE *out)
{
	const char *text = NULL;
	size_t len = 0;
	size_t from = 0;

	if (at->source && at->line)
		text = find_line(at->source, at->line, &len);

	if (!text || !len)
		return;
	if (at->column > EXCERPT_WIDTH)
		from = at->column - EXCERPT_WIDTH / 2;
	fputs("    ", out);
	print_columns(out, text, len, from, from + EXCERPT_WIDTH);
	fputc('\n', out);
	if (at->column)
		fprintf(out, "    %*s\n", (int)(at->column - from), "^");
}

static void print_item(const struct diag_item *item, bool coloured, FILE *out)
{
	char *line = diag_line(item);

	if (coloured)
		fprintf(out, "\033[%sm%s\033[0m\n", item->warning ? "33" : "31",
			line);
	else
		fprintf(out, "%s\n", line);
	free(line);
}

/**
 * diag_print - show everything that was found
 * @diag: the findings
 * @out: where to
 */
void diag_print(const struct diag *diag, FILE *out)
{
	bool coloured = terminal_has_colours(fileno(out));
	size_t all = diag->errors + diag->warnings;
	size_t i;

	for (i = 0; i < diag->count; i++) {
		print_item(&diag->items[i], coloured, out);
		diag_excerpt(&diag->items[i].at, out);
	}
	if (all > diag->count)
		fprintf(out,
			"... and %zu more (%zu error%s, %zu warning%s in all)\n",
			all - diag->count, diag->errors,
			text_plural(diag->errors), diag->warnings,
			text_plural(diag->warnings));
}

/**
 * diag_free - forget everything that was found
 * @diag: the findings
 */
void diag_free(struct diag *diag)
{
	size_t i;

	for (i = 0; i < diag->count; i++)
		free(diag->items[i].message);
	free(diag->items);
	memset(diag, 0, sizeof(*diag));
}
