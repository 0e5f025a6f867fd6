// SPDX-License-Identifier: GPL-2.0
/*
 * A page holds all that it needs, and a policy by which a browser would fetch
 * and run nothing even if a text of others had become markup.
 */
#include "report.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "html.h"
#include "moment.h"

static void write_head(const struct report *report)
{
	FILE *out = report->out;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\""
	      "default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\""
	      " content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"referrer\" content=\"no-referrer\">\n"
	      "<title>cordon: what was denied</title>\n<style>\n",
	      out);
	fputs(report_style, out);
	fputs("</style>\n</head>\n<body>\n<main>\n", out);
}

static void write_moment(const char *before, int64_t moment, FILE *out)
{
	char *text = moment_text(moment);

	fprintf(out, "%s<time datetime=\"%sZ\">%.10s %.5s</time>", before, text,
		text, text + 11);
	free(text);
}

/* What the page is about, as far as it was asked for. */
static void write_title(const struct report *report)
{
	FILE *out = report->out;

	fputs("<header>\n<h1>What was denied</h1>\n<p>", out);
	if (report->scope.tenant) {
		fputs("Tenant <b class=\"t\">", out);
		html_short(out, report->scope.tenant, REPORT_NAME_MOST);
		fputs("</b>, ", out);
	} else {
		fputs("All tenants, ", out);
	}
	if (report->axis.columns) {
		write_moment("", report->axis.first, out);
		write_moment(" to ",
			     report->axis.first +
				     report->axis.step * report->axis.columns,
			     out);
		fputs(" UTC", out);
	} else {
		fputs("no events", out);
	}
	fputs("</p>\n<p class=\"note\">From <span class=\"t\">", out);
	html_text(out, report->file);
	fputs("</span>", out);
	write_moment(", made ", report->now, out);
	fputs(" UTC</p>\n</header>\n", out);
}

static void write_foot(const struct report *report)
{
	fputs("<footer>\n<p>All times are UTC. An event can stand for several"
	      " that were alike; all are counted. <b>Denied</b> is what a tenant"
	      " tried and could not do; <b>would be denied</b> is what a tenant"
	      " in audit mode did. Bytes that are not printable text are"
	      " written \\xNN.</p>\n"
	      "</footer>\n</main>\n</body>\n</html>\n",
	      report->out);
}

/* The axis is as long as the events last, whatever was asked for. */
static int find_axis(struct report *report)
{
	int64_t ends[3];
	int ret = report_data_numbers(&report->data,
				      "SELECT count(at), min(at), max(at)"
				      " FROM seen",
				      ends, 3);

	if (!ret && ends[0])
		chart_span(&report->axis, ends[1], ends[2]);
	return ret;
}

static int write_sections(struct report *report)
{
	int ret;

	if (!report->axis.columns) {
		fputs("<p class=\"empty\">Nothing was recorded in that time.</p>"
		      "\n",
		      report->out);
		return report_losses(report);
	}
	ret = report_summary(report);
	if (!ret)
		ret = report_charts(report);
	if (!ret)
		ret = report_changes(report);
	if (!ret)
		ret = report_ranks(report);
	return ret ? ret : report_losses(report);
}

/**
 * report_write - write the page
 * @report: has an open database, where the events were selected
 *
 * Return: 0, or -EIO when @report->data.why says what is wrong.
 */
int report_write(struct report *report)
{
	int ret = find_axis(report);

	if (!ret)
		ret = report_find_changes(report);
	if (ret)
		return ret;
	write_head(report);
	write_title(report);
	ret = write_sections(report);
	write_foot(report);
	return ret;
}
