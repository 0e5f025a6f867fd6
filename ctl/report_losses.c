// SPDX-License-Identifier: GPL-2.0
/* What is not in the record, and how much of it is known. */
#include "report.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "html.h"

/*
 * Gaps that lie between events of the time in question, or beside them: the
 * module gave no time to what is missing.  A gap without an end is at the end of
 * what the module sent before it was removed: nobody knows how much that was.
 */
#define GAPS                                                                   \
	" FROM (SELECT stream, first_seq, last_seq,"                           \
	" last_seq - first_seq + 1 AS missing,"                                \
	" (SELECT time FROM event AS e WHERE e.stream = g.stream"              \
	" AND e.seq < g.first_seq ORDER BY seq DESC LIMIT 1) AS after,"        \
	" (SELECT time FROM event AS e WHERE e.stream = g.stream"              \
	" AND e.seq > g.last_seq ORDER BY seq LIMIT 1) AS before"              \
	" FROM gap AS g), scope WHERE coalesce(after < scope.until, 1)"        \
	" AND coalesce(before >= scope.since, 1)"

/* Events are sent in another order than they happen, but not by much. */
#define JUMPS                                                                  \
	"SELECT count(*) FROM (SELECT at < lag(at) OVER"                       \
	" (PARTITION BY stream ORDER BY seq) - 5 AS back FROM seen) WHERE back"

static const char sums[] = "SELECT (SELECT sum(suppressed) FROM seen),"
			   " (SELECT sum(repeat - 1) FROM seen),"
			   " (SELECT sum(missing)" GAPS
			   "), (SELECT count(missing)" GAPS "), (" JUMPS "),"
			   " (SELECT count(*) - count(missing)" GAPS ")";

static const char suppressed_rows[] =
	"SELECT CASE tenant WHEN '' THEN 'host' ELSE tenant END,"
	" sum(suppressed) FROM seen WHERE suppressed"
	" GROUP BY tenant ORDER BY 2 DESC LIMIT 20";

static const char gap_rows[] =
	"SELECT missing, 'numbers ' || first_seq || ' to ' ||"
	" coalesce(last_seq, 'the end of that load of the module') ||"
	" coalesce(', after ' || substr(replace(after, 'T', ' '), 1, 19), '') ||"
	" coalesce(', before ' ||"
	" substr(replace(before, 'T', ' '), 1, 19), '')" GAPS
	" ORDER BY missing DESC LIMIT 20";

static void write_line(FILE *out, const char *name, uint64_t count)
{
	char *number = chart_number(count);

	fputs("<li><div class=\"row\"><span class=\"t\">", out);
	html_short(out, name, REPORT_NAME_MOST);
	fprintf(out, "</span><b>%s</b></div></li>\n", number);
	free(number);
}

static void write_unknown(FILE *out, const char *name)
{
	fputs("<li><div class=\"row\"><span class=\"t\">", out);
	html_short(out, name, REPORT_NAME_MOST);
	fputs("</span><b>?</b></div></li>\n", out);
}

static void take_suppressed(struct sqlite3_stmt *row, void *into)
{
	write_line(into, report_data_text(row, 0),
		   sqlite3_column_int64(row, 1));
}

static void take_gap(struct sqlite3_stmt *row, void *into)
{
	const char *numbers = report_data_text(row, 1);

	if (sqlite3_column_type(row, 0) == SQLITE_NULL)
		write_unknown(into, numbers);
	else
		write_line(into, numbers, sqlite3_column_int64(row, 0));
}

static int write_list(struct report *report, const char *title, const char *sql,
		      report_row_fn take)
{
	int ret;

	fprintf(report->out, "<h3>%s</h3>\n<ol>\n", title);
	ret = report_data_each(&report->data, sql, take, report->out);
	fputs("</ol>\n", report->out);
	return ret;
}

static void write_sum(FILE *out, const char *before, uint64_t count,
		      const char *after)
{
	char *number = chart_number(count);

	fprintf(out, "%s<b>%s</b>%s", before, number, after);
	free(number);
}

static void write_suppressed_sum(const struct report *report,
				 const int64_t *found)
{
	if (!found[0]) {
		fputs("<p>Nothing was suppressed.</p>\n", report->out);
		return;
	}
	write_sum(report->out, "<p>", found[0],
		  " events were beyond the limits of tenants; ");
	write_sum(report->out, "", found[1],
		  " of them are counted in others like them.</p>\n");
}

static void write_gap_sum(const struct report *report, const int64_t *found)
{
	if (!found[3] && !found[5]) {
		fputs("<p>No number is missing: all that the module sent is in"
		      " the record, or was deleted for its age.</p>\n",
		      report->out);
		return;
	}
	write_sum(report->out, "<p>", found[2],
		  " events are not in the record, in ");
	write_sum(report->out, "", found[3], found[3] == 1 ? " gap" : " gaps");
	if (found[5])
		write_sum(report->out, ", besides what nobody knows of ",
			  found[5], " load(s) of the module that ended unseen");
	fputs(": the module lost them for want of room, or did not have them"
	      " any more when they were asked for. <code>cordonctl stats</code>"
	      " tells how many it lost of each tenant.</p>\n",
	      report->out);
}

static void write_jumps(const struct report *report, uint64_t jumps)
{
	if (jumps)
		write_sum(report->out, "<p>The clock of the host was set back ",
			  jumps,
			  " time(s) meanwhile: what is beside each other on the"
			  " axis of time need not have been.</p>\n");
}

/**
 * report_losses - write what was suppressed, and what is missing
 * @report: the page
 *
 * Return: 0, or -EIO when @report->data.why says what is wrong.
 */
int report_losses(struct report *report)
{
	int64_t found[6];
	int ret = report_data_numbers(&report->data, sums, found, 6);

	if (ret)
		return ret;
	fputs("<section>\n<h2>Suppressed and missing</h2>\n", report->out);
	write_suppressed_sum(report, found);
	if (found[0])
		ret = write_list(report, "Suppressed, by tenant",
				 suppressed_rows, take_suppressed);
	write_gap_sum(report, found);
	if (!ret && (found[3] || found[5]))
		ret = write_list(report, "Missing", gap_rows, take_gap);
	write_jumps(report, found[4]);
	fputs("</section>\n", report->out);
	return ret;
}
