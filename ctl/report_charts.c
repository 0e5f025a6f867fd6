// SPDX-License-Identifier: GPL-2.0
/* Denials over time, of all and of each tenant, and what was suppressed. */
#include "report.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "html.h"
#include "moment.h"

/* Tenants that have a drawing of their own. */
#define TENANTS 12
#define TENANTS_SQL "12"

/**
 * struct drawing - all series of the page
 * @axis: their axis
 * @all: all denials
 * @suppressed: what was suppressed
 * @tenants: denials of the tenants that have most
 * @count: how many these are
 * @others: how many tenants are not among them
 */
struct drawing {
	const struct chart_axis *axis;
	struct chart_series all;
	struct chart_series suppressed;
	struct chart_series tenants[TENANTS];
	int count;
	int64_t others;
};

static void take_tenant(struct sqlite3_stmt *row, void *into)
{
	struct drawing *drawing = into;
	const char *name = report_data_text(row, 0);

	if (drawing->count < TENANTS)
		drawing->tenants[drawing->count++].name =
			alloc_text(name, strlen(name));
}

static enum chart_part part_of(const char *class)
{
	if (!strcmp(class, "file"))
		return CHART_FILE;
	if (!strcmp(class, "socket"))
		return CHART_SOCKET;
	return strcmp(class, "guard") ? CHART_OTHER : CHART_GUARD;
}

static void add(struct chart_series *series, int column, enum chart_part part,
		bool would, uint64_t count)
{
	series->total += count;
	if (would)
		series->would[column][part] += count;
	else
		series->denied[column][part] += count;
}

/* A row: moment, tenant, class, whether it would only have been, how many. */
static void take_denial(struct sqlite3_stmt *row, void *into)
{
	struct drawing *drawing = into;
	int column = chart_column(drawing->axis, sqlite3_column_int64(row, 0));
	const char *tenant = report_data_text(row, 1);
	enum chart_part part = part_of(report_data_text(row, 2));
	bool would = sqlite3_column_int(row, 3);
	uint64_t count = sqlite3_column_int64(row, 4);
	int i;

	if (column < 0)
		return;
	add(&drawing->all, column, part, would, count);
	for (i = 0; i < drawing->count; i++)
		if (!strcmp(drawing->tenants[i].name, tenant))
			add(&drawing->tenants[i], column, part, would, count);
}

static void take_suppressed(struct sqlite3_stmt *row, void *into)
{
	struct drawing *drawing = into;
	int column = chart_column(drawing->axis, sqlite3_column_int64(row, 0));

	if (column >= 0)
		add(&drawing->suppressed, column, CHART_OTHER, false,
		    sqlite3_column_int64(row, 1));
}

#define DENIED "FROM seen WHERE (verdict = 'denied' OR would)"

/* Rows of one column of the axis are added up there already. */
static int fetch(struct report *report, struct drawing *drawing)
{
	struct report_data *data = &report->data;
	char *sql =
		alloc_printf("SELECT at / %lld * %lld, tenant, class, would,"
			     " sum(repeat) " DENIED " GROUP BY 1, 2, 3, 4",
			     (long long)report->axis.step,
			     (long long)report->axis.step);
	int ret = report_data_each(data,
				   "SELECT tenant " DENIED " AND tenant <> ''"
				   " GROUP BY 1 ORDER BY sum(repeat) DESC, 1"
				   " LIMIT " TENANTS_SQL,
				   take_tenant, drawing);

	if (!ret)
		ret = report_data_numbers(data,
					  "SELECT count(DISTINCT tenant) " DENIED
					  " AND tenant <> ''",
					  &drawing->others, 1);
	drawing->others -= drawing->count;
	if (!ret)
		ret = report_data_each(data, sql, take_denial, drawing);
	if (!ret)
		ret = report_data_each(data,
				       "SELECT at, suppressed FROM seen"
				       " WHERE suppressed",
				       take_suppressed, drawing);
	free(sql);
	return ret;
}

static void write_legend(FILE *out)
{
	fputs("<p class=\"legend\"><span><i class=\"b0\"></i>file</span>"
	      "<span><i class=\"b1\"></i>socket</span>"
	      "<span><i class=\"b2\"></i>guard</span>"
	      "<span><i class=\"b3\"></i>admin</span>"
	      "<span><i class=\"b0 pale\"></i>pale: would be denied</span>"
	      "<span><i class=\"line\"></i>policy changed</span>"
	      "<span><i class=\"line no\"></i>refused</span></p>\n",
	      out);
}

static void write_peak(const struct report *report, uint64_t peak)
{
	char *number = chart_number(peak);
	char *length = moment_length(report->axis.step);

	fprintf(report->out,
		"<p class=\"note\">At most %s in %s, which is one column.</p>\n",
		number, length);
	free(number);
	free(length);
}

static void write_all(const struct report *report,
		      const struct chart_series *all)
{
	uint64_t peak = chart_peak(&report->axis, all);

	fputs("<section>\n<h2>Denials over time</h2>\n", report->out);
	write_legend(report->out);
	chart_mark_labels(&report->axis, &report->marks, report->out);
	chart_draw(&report->axis, all, peak, &report->marks, "tall",
		   report->out);
	chart_labels(&report->axis, report->out);
	write_peak(report, peak);
	fputs("</section>\n", report->out);
}

static void write_caption(const char *name, uint64_t total, uint64_t peak,
			  FILE *out)
{
	char *sum = chart_number(total);
	char *most = chart_number(peak);

	fputs("<div class=\"row\"><span class=\"t\">", out);
	html_short(out, name, REPORT_NAME_MOST);
	fprintf(out,
		"</span><span><b>%s</b> <small>at most %s</small></span>"
		"</div>\n",
		sum, most);
	free(sum);
	free(most);
}

/* Each to its own measure, lest a small one be all flat beside a big one. */
static void write_one(const struct report *report,
		      const struct chart_series *series)
{
	uint64_t peak = chart_peak(&report->axis, series);

	write_caption(series->name, series->total, peak, report->out);
	chart_draw(&report->axis, series, peak, &report->marks, "low",
		   report->out);
}

static void write_tenants(const struct report *report,
			  const struct drawing *drawing)
{
	int i;

	fputs("<section>\n<h2>By tenant</h2>\n", report->out);
	if (!drawing->count)
		fputs("<p class=\"empty\">No tenant was denied anything.</p>\n",
		      report->out);
	else
		fputs("<p class=\"note\">Each drawing has its own height.</p>\n",
		      report->out);
	for (i = 0; i < drawing->count; i++)
		write_one(report, &drawing->tenants[i]);
	if (drawing->count)
		chart_labels(&report->axis, report->out);
	if (drawing->others > 0)
		fprintf(report->out,
			"<p class=\"note\">And %lld more with less.</p>\n",
			(long long)drawing->others);
	fputs("</section>\n", report->out);
}

static void write_suppressed(const struct report *report,
			     const struct chart_series *suppressed)
{
	if (!suppressed->total)
		return;
	fputs("<section>\n<h2>Suppressed over time</h2>\n"
	      "<p class=\"note\">What was beyond the limits of tenants is"
	      " counted, and not told one by one.</p>\n",
	      report->out);
	write_one(report, suppressed);
	chart_labels(&report->axis, report->out);
	fputs("</section>\n", report->out);
}

/**
 * report_charts - write what happened over time
 * @report: the page
 *
 * Return: 0, or -EIO when @report->data.why says what is wrong.
 */
int report_charts(struct report *report)
{
	struct drawing *drawing = alloc_zeroed(1, sizeof(*drawing));
	int ret;
	int i;

	drawing->axis = &report->axis;
	drawing->all.name = (char *)"Denials of all tenants";
	drawing->suppressed.name = (char *)"Suppressed";
	ret = fetch(report, drawing);
	if (!ret) {
		write_all(report, &drawing->all);
		write_tenants(report, drawing);
		write_suppressed(report, &drawing->suppressed);
	}
	for (i = 0; i < drawing->count; i++)
		free(drawing->tenants[i].name);
	free(drawing);
	return ret;
}
