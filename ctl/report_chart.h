/* SPDX-License-Identifier: GPL-2.0 */
/* Columns over time as SVG; what is written stands in HTML around it. */
#ifndef CTL_REPORT_CHART_H
#define CTL_REPORT_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Columns of a chart at most. */
#define CHART_COLUMNS 96

/* What a column is made of, from the bottom: each class, then what would be. */
enum chart_part {
	CHART_FILE,
	CHART_SOCKET,
	CHART_GUARD,
	CHART_OTHER,
	CHART_PARTS
};

/**
 * struct chart_axis - the axis of time
 * @first: where it begins, in seconds since the epoch
 * @step: what a column stands for, in seconds
 * @columns: how many there are
 */
struct chart_axis {
	int64_t first;
	int64_t step;
	int columns;
};

/**
 * struct chart_mark - something that happened at a moment
 * @at: when, in seconds since the epoch
 * @refused: it was tried in vain
 */
struct chart_mark {
	int64_t at;
	bool refused;
};

/**
 * struct chart_marks - all of them, in the order of time
 * @items: the marks, numbered from 1
 * @count: how many
 */
struct chart_marks {
	struct chart_mark *items;
	size_t count;
};

/**
 * struct chart_series - what is drawn
 * @name: what it is about
 * @total: sum of all
 * @denied: what was denied, by column and part
 * @would: what would have been
 */
struct chart_series {
	char *name;
	uint64_t total;
	uint64_t denied[CHART_COLUMNS][CHART_PARTS];
	uint64_t would[CHART_COLUMNS][CHART_PARTS];
};

void chart_span(struct chart_axis *axis, int64_t first, int64_t last);
int chart_column(const struct chart_axis *axis, int64_t at);
uint64_t chart_peak(const struct chart_axis *axis,
		    const struct chart_series *series);
void chart_draw(const struct chart_axis *axis,
		const struct chart_series *series, uint64_t peak,
		const struct chart_marks *marks, const char *shape, FILE *out);
void chart_labels(const struct chart_axis *axis, FILE *out);
void chart_mark_labels(const struct chart_axis *axis,
		       const struct chart_marks *marks, FILE *out);
char *chart_number(uint64_t number);

#endif /* CTL_REPORT_CHART_H */
