// SPDX-License-Identifier: GPL-2.0
/*
 * A drawing is stretched to the width of the page, which letters would not
 * survive: they are no part of it.
 */
#include "report_chart.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "html.h"
#include "moment.h"

/* Size of a drawing in its own units, with a bit of room between columns. */
#define COLUMN 10.0
#define BAR 8.6
#define HEIGHT 100.0

/* What there is one of in thousands is to be seen nevertheless. */
#define LEAST 2.0

/* How far apart the numbers of marks have to be, in percent. */
#define LABEL_ROOM 3.5

static const char *const part_names[] = {
	[CHART_FILE] = "file",
	[CHART_SOCKET] = "socket",
	[CHART_GUARD] = "guard",
	[CHART_OTHER] = "admin",
};

/* Lengths of time that columns stand for; beyond the last, multiples of it. */
static const int64_t steps[] = { 1,	2,     5,     10,     15,
				 30,	60,    120,   300,    600,
				 900,	1800,  3600,  7200,   10800,
				 21600, 43200, 86400, 172800, 604800 };

#define STEPS (sizeof(steps) / sizeof(steps[0]))

static int64_t columns_of(int64_t first, int64_t last, int64_t step)
{
	return last / step - first / step + 1;
}

/**
 * chart_span - choose an axis
 * @axis: becomes the axis
 * @first: the first moment that is on it, in seconds since the epoch
 * @last: the last
 */
void chart_span(struct chart_axis *axis, int64_t first, int64_t last)
{
	int64_t step = steps[0];
	size_t i;

	for (i = 1; i < STEPS; i++)
		if (columns_of(first, last, step) > CHART_COLUMNS)
			step = steps[i];
	while (columns_of(first, last, step) > CHART_COLUMNS)
		step += steps[STEPS - 1];
	axis->step = step;
	axis->first = first / step * step;
	axis->columns = columns_of(first, last, step);
}

/**
 * chart_column - where a moment is
 * @axis: the axis
 * @at: the moment
 *
 * Return: index of the column, or -1 when it is not on the axis.
 */
int chart_column(const struct chart_axis *axis, int64_t at)
{
	int64_t column = (at - axis->first) / axis->step;

	return at < axis->first || column >= axis->columns ? -1 : column;
}

static uint64_t sum_of(const struct chart_series *series, int column)
{
	uint64_t sum = 0;
	int part;

	for (part = 0; part < CHART_PARTS; part++)
		sum += series->denied[column][part] +
		       series->would[column][part];
	return sum;
}

/**
 * chart_peak - the highest column
 * @axis: the axis
 * @series: what is drawn
 *
 * Return: its sum.
 */
uint64_t chart_peak(const struct chart_axis *axis,
		    const struct chart_series *series)
{
	uint64_t peak = 0;
	int column;

	for (column = 0; column < axis->columns; column++)
		if (sum_of(series, column) > peak)
			peak = sum_of(series, column);
	return peak;
}

/**
 * chart_number - a number for people
 * @number: the number
 *
 * Return: it with commas between thousands, for the caller to free.
 */
char *chart_number(uint64_t number)
{
	char *rest;
	char *text;

	if (number < 1000)
		return alloc_printf("%" PRIu64, number);
	rest = chart_number(number / 1000);
	text = alloc_printf("%s,%03u", rest, (unsigned int)(number % 1000));
	free(rest);
	return text;
}

/* What the one who points at a column is told. */
static void draw_title(const struct chart_axis *axis,
		       const struct chart_series *series, int column, FILE *out)
{
	char *when =
		moment_short(axis->first + column * axis->step, axis->step);
	int part;

	fprintf(out, "<title>%s:", when);
	for (part = 0; part < CHART_PARTS; part++) {
		uint64_t denied = series->denied[column][part];
		uint64_t would = series->would[column][part];

		if (denied)
			fprintf(out, " %" PRIu64 " %s denied,", denied,
				part_names[part]);
		if (would)
			fprintf(out, " %" PRIu64 " %s would be denied,", would,
				part_names[part]);
	}
	fprintf(out, " %" PRIu64 " in all</title>", sum_of(series, column));
	free(when);
}

/* Draws a part on top of those that reach up to @floor; returns its top. */
static double draw_part(int column, double floor, double height,
			const char *style, int part, FILE *out)
{
	if (height <= 0)
		return floor;
	fprintf(out,
		"<rect class=\"%s%d\" x=\"%.1f\" y=\"%.2f\" width=\"%.1f\""
		" height=\"%.2f\"/>",
		style, part, column * COLUMN + (COLUMN - BAR) / 2,
		HEIGHT - floor - height, BAR, height);
	return floor + height;
}

static void draw_column(const struct chart_axis *axis,
			const struct chart_series *series, int column,
			uint64_t peak, FILE *out)
{
	uint64_t sum = sum_of(series, column);
	double scale = HEIGHT / peak;
	double floor = 0;
	int part;

	if (!sum)
		return;
	if (sum * scale < LEAST)
		scale = LEAST / sum;
	fputs("<g>", out);
	draw_title(axis, series, column, out);
	for (part = 0; part < CHART_PARTS; part++)
		floor = draw_part(column, floor,
				  series->denied[column][part] * scale, "c",
				  part, out);
	for (part = 0; part < CHART_PARTS; part++)
		floor = draw_part(column, floor,
				  series->would[column][part] * scale, "w",
				  part, out);
	fputs("</g>", out);
}

/* Where on the axis a moment is, from 0 to 1. */
static double place_of(const struct chart_axis *axis, int64_t at)
{
	return (double)(at - axis->first) / axis->step / axis->columns;
}

static void draw_marks(const struct chart_axis *axis,
		       const struct chart_marks *marks, FILE *out)
{
	size_t i;

	for (i = 0; i < marks->count; i++) {
		const struct chart_mark *mark = &marks->items[i];
		double x = place_of(axis, mark->at) * axis->columns * COLUMN;

		if (chart_column(axis, mark->at) >= 0)
			fprintf(out, "<path class=\"%s\" d=\"M%.2f 0V%.0f\"/>",
				mark->refused ? "no" : "mark", x, HEIGHT);
	}
}

/**
 * chart_draw - draw columns
 * @axis: the axis
 * @series: what to draw
 * @peak: how high the drawing is
 * @marks: what happened meanwhile
 * @shape: class of the drawing
 * @out: where to
 */
void chart_draw(const struct chart_axis *axis,
		const struct chart_series *series, uint64_t peak,
		const struct chart_marks *marks, const char *shape, FILE *out)
{
	char *total = chart_number(series->total);
	int column;

	fprintf(out,
		"<svg class=\"%s\" viewBox=\"0 0 %.0f %.0f\""
		" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"",
		shape, axis->columns * COLUMN, HEIGHT);
	html_text(out, series->name);
	fprintf(out,
		": %s\"><path class=\"grid\" d=\"M0 %.0fH%.0fM0 %.0fH%.0f\"/>",
		total, HEIGHT / 2, axis->columns * COLUMN, HEIGHT,
		axis->columns * COLUMN);
	for (column = 0; peak && column < axis->columns; column++)
		draw_column(axis, series, column, peak, out);
	draw_marks(axis, marks, out);
	fputs("</svg>\n", out);
	free(total);
}

/**
 * chart_labels - write what is below the axis
 * @axis: the axis
 * @out: where to
 */
void chart_labels(const struct chart_axis *axis, FILE *out)
{
	int64_t length = axis->step * axis->columns;
	int i;

	fputs("<div class=\"axis\">", out);
	for (i = 0; i <= 2; i++) {
		char *label =
			moment_short(axis->first + length * i / 2, axis->step);

		fprintf(out, "<span>%s</span>", label);
		free(label);
	}
	fputs("</div>\n", out);
}

/**
 * chart_mark_labels - write the numbers of marks above a drawing
 * @axis: the axis
 * @marks: the marks; of those that are too close only the first has its number
 * @out: where to
 */
void chart_mark_labels(const struct chart_axis *axis,
		       const struct chart_marks *marks, FILE *out)
{
	double last = -LABEL_ROOM;
	size_t i;

	fputs("<div class=\"marks\" aria-hidden=\"true\">", out);
	for (i = 0; i < marks->count; i++) {
		const struct chart_mark *mark = &marks->items[i];
		double percent = 100 * place_of(axis, mark->at);

		if (chart_column(axis, mark->at) < 0 ||
		    percent < last + LABEL_ROOM)
			continue;
		last = percent;
		fprintf(out, "<span%s style=\"left:%.2f%%\">%zu</span>",
			mark->refused ? " class=\"no\"" : "", percent, i + 1);
	}
	fputs("</div>\n", out);
}
