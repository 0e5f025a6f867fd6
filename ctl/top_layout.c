// SPDX-License-Identifier: GPL-2.0
/* Where there is no room for all columns, those that matter least go first. */
#include "top_layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "names.h"
#include "text.h"

/* The name gets what the others leave, within these. */
#define NAME_LEAST 8
#define NAME_MOST 40

/**
 * struct column - a column
 * @name: its heading
 * @width: how wide it is, with the space in front of it
 * @weight: those with the lowest are left out first
 */
struct column {
	const char *name;
	int width;
	int weight;
};

static const struct column columns[TOP_COLUMNS] = {
	[TOP_TENANT] = { "TENANT", NAME_LEAST, 100 },
	[TOP_MODE] = { "MODE", 8, 3 },
	[TOP_TASKS] = { "TASKS", 7, 4 },
	[TOP_RATE] = { "EVENTS/S", 10, 9 },
	[TOP_SUPPRESSED_RATE] = { "SUPPR/S", 10, 6 },
	[TOP_LOST_RATE] = { "LOST/S", 9, 7 },
	[TOP_EVENTS] = { "EVENTS", 12, 8 },
	[TOP_SUPPRESSED] = { "SUPPRESSED", 12, 2 },
	[TOP_LOST] = { "LOST", 9, 5 },
	[TOP_PENDING] = { "PENDING", 9, 1 },
};

/**
 * top_column_name - the heading of a column
 * @column: the column
 *
 * Return: it, in capitals.
 */
const char *top_column_name(enum top_column column)
{
	return columns[column].name;
}

static int lightest(const struct top_layout *layout)
{
	int found = -1;
	int i;

	for (i = 0; i < TOP_COLUMNS; i++)
		if (layout->columns[i] && i != TOP_TENANT &&
		    (found < 0 || columns[i].weight < columns[found].weight))
			found = i;
	return found;
}

static int longest_name(const struct top *top)
{
	size_t most = NAME_LEAST;
	size_t i;

	for (i = 0; i < top->shown_count; i++)
		if (strlen(top->shown[i]->name) > most)
			most = strlen(top->shown[i]->name);
	return most < NAME_MOST ? most : NAME_MOST;
}

/**
 * top_layout - choose the columns
 * @layout: becomes that
 * @top: what is shown
 * @width: how wide the terminal is
 */
void top_layout(struct top_layout *layout, const struct top *top, int width)
{
	int name = longest_name(top);
	int sum = 0;
	int i;

	if (width > TOP_WIDTH_MAX)
		width = TOP_WIDTH_MAX;
	for (i = 0; i < TOP_COLUMNS; i++) {
		layout->columns[i] = columns[i].width;
		sum += columns[i].width;
	}
	while (sum > width && lightest(layout) >= 0) {
		i = lightest(layout);
		sum -= layout->columns[i];
		layout->columns[i] = 0;
	}
	layout->width = width;
	layout->columns[TOP_TENANT] = NAME_LEAST + width - sum;
	if (layout->columns[TOP_TENANT] > name)
		layout->columns[TOP_TENANT] = name;
	if (layout->columns[TOP_TENANT] < 0)
		layout->columns[TOP_TENANT] = 0;
}

/* Bytes of a text that take so many columns at most. */
static int bytes_of(const char *text, int width)
{
	size_t len = strlen(text);
	size_t at = 0;

	for (; at < len && width > 0; width--)
		at += text_utf8_len(text + at, len - at);
	return at;
}

static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

/* Appends a cell; the name is to the left, all else to the right. */
static void put(FILE *out, const struct top_layout *layout,
		enum top_column column, const char *text)
{
	int width = layout->columns[column];
	int room = column == TOP_TENANT ? width : width - 1;
	int rest = room - width_of(text);

	if (!width)
		return;
	if (rest < 0)
		rest = 0;
	if (column == TOP_TENANT)
		fprintf(out, "%.*s%*s", bytes_of(text, room), text, rest, "");
	else
		fprintf(out, " %*s%.*s", rest, "", bytes_of(text, room), text);
}

static FILE *begin(char **text, size_t *len)
{
	FILE *out = alloc_stream(text, len);

	return out;
}

static char *end(FILE *out, char **text)
{
	alloc_stream_end(out);
	return *text;
}

/**
 * top_heading - the line above all rows
 * @layout: how it is laid out
 * @top: what is shown
 *
 * Return: it, where the column that is sorted by is marked, for the caller to
 * free.
 */
char *top_heading(const struct top_layout *layout, const struct top *top)
{
	char *text = NULL;
	size_t len;
	FILE *out = begin(&text, &len);
	int i;

	for (i = 0; i < TOP_COLUMNS; i++) {
		bool sorted = (enum top_column)i == top->sort;
		char *name =
			alloc_printf("%s%s",
				     sorted ? top->reverse ? "^" : "*" : "",
				     columns[i].name);

		put(out, layout, i, name);
		free(name);
	}
	return end(out, &text);
}

static void put_count(FILE *out, const struct top_layout *layout,
		      enum top_column column, uint64_t count)
{
	char *text = alloc_printf("%" PRIu64, count);

	/* What does not fit is told in thousands of thousands. */
	if ((int)strlen(text) >= layout->columns[column]) {
		free(text);
		text = alloc_printf("%" PRIu64 "M", count / 1000000);
	}
	put(out, layout, column, text);
	free(text);
}

/* A first sample tells no rates. */
static void put_rate(FILE *out, const struct top_layout *layout,
		     enum top_column column, const struct top_row *row,
		     double rate)
{
	char *text = !row->known ? alloc_text("-", 1) :
		     rate >= 100 ? alloc_printf("%.0f", rate) :
				   alloc_printf("%.1f", rate);

	put(out, layout, column, text);
	free(text);
}

/**
 * top_line - the line of a tenant
 * @layout: how it is laid out
 * @row: the tenant
 *
 * Return: it, for the caller to free.
 */
char *top_line(const struct top_layout *layout, const struct top_row *row)
{
	const char *mode = names_text(names_mode, row->mode);
	char *text = NULL;
	size_t len;
	FILE *out = begin(&text, &len);

	put(out, layout, TOP_TENANT, row->name);
	put(out, layout, TOP_MODE, mode ? mode : "-");
	put_count(out, layout, TOP_TASKS, row->tasks);
	put_rate(out, layout, TOP_RATE, row, row->rate);
	put_rate(out, layout, TOP_SUPPRESSED_RATE, row, row->suppressed);
	put_rate(out, layout, TOP_LOST_RATE, row, row->lost);
	put_count(out, layout, TOP_EVENTS, row->counters.generated);
	put_count(out, layout, TOP_SUPPRESSED, row->counters.suppressed);
	put_count(out, layout, TOP_LOST, row->counters.lost);
	put_count(out, layout, TOP_PENDING, row->counters.pending);
	return end(out, &text);
}

/**
 * top_summary - the first line: all of the host
 * @top: what is shown
 *
 * Return: it, for the caller to free.
 */
char *top_summary(const struct top *top)
{
	const struct top_row *host = &top->sample.host;
	char *rate = host->known ? alloc_printf("%.1f", host->rate) :
				   alloc_text("-", 1);
	char *text = alloc_printf("cordon: %zu tenant%s, generation %" PRIu64
				  ", %" PRIu32 " task%s, %s events/s, %" PRIu64
				  " lost",
				  top->sample.count,
				  text_plural(top->sample.count),
				  top->sample.generation, host->tasks,
				  text_plural(host->tasks), rate,
				  host->counters.lost);

	free(rate);
	return text;
}
