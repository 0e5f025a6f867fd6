/* SPDX-License-Identifier: GPL-2.0 */
/* A page about a database of events, for people to read. */
#ifndef CTL_REPORT_H
#define CTL_REPORT_H

#include <stdio.h>

#include "report_chart.h"
#include "report_data.h"

/* Bytes of a name that are shown; a path can have thousands. */
#define REPORT_NAME_MOST 240

/**
 * struct report - a page that is being written
 * @data: the database
 * @scope: which events it is about
 * @file: name of the database
 * @now: when it was made, in seconds since the epoch
 * @axis: of all charts
 * @marks: changes of policy
 * @out: where to write it to
 */
struct report {
	struct report_data data;
	struct report_scope scope;
	const char *file;
	int64_t now;
	struct chart_axis axis;
	struct chart_marks marks;
	FILE *out;
};

extern const char report_style[];

int report_write(struct report *report);

int report_summary(struct report *report);
int report_charts(struct report *report);
int report_ranks(struct report *report);
int report_losses(struct report *report);
int report_find_changes(struct report *report);
int report_changes(struct report *report);

#endif /* CTL_REPORT_H */
