/* SPDX-License-Identifier: GPL-2.0 */
/* Lines of 'top', as wide as there is room for. */
#ifndef CTL_TOP_LAYOUT_H
#define CTL_TOP_LAYOUT_H

#include "top.h"

/* A line is never wider than that. */
#define TOP_WIDTH_MAX 160

/**
 * struct top_layout - which columns there are and how wide
 * @width: of the line
 * @columns: of each column with the space behind it; 0 when it is left out
 */
struct top_layout {
	int width;
	int columns[TOP_COLUMNS];
};

const char *top_column_name(enum top_column column);
void top_layout(struct top_layout *layout, const struct top *top, int width);
char *top_heading(const struct top_layout *layout, const struct top *top);
char *top_line(const struct top_layout *layout, const struct top_row *row);
char *top_summary(const struct top *top);

#endif /* CTL_TOP_LAYOUT_H */
