// SPDX-License-Identifier: GPL-2.0
/* Who changed policy, or tried to. */
#include "report.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "alloc.h"
#include "html.h"

/* Bytes of a reason that are shown. */
#define WHY_MOST 400

/* The newest; more would fill the page and hide the drawings behind marks. */
#define CHANGES_MOST 60
#define CHANGES                                                                \
	" FROM (SELECT * FROM seen WHERE class = 'admin'"                      \
	" AND op <> 'request' ORDER BY at DESC, stream DESC, seq DESC"         \
	" LIMIT 60) ORDER BY at, stream, seq"

static void take_mark(struct sqlite3_stmt *row, void *into)
{
	struct chart_marks *marks = into;
	struct chart_mark *mark = array_push(marks->items, marks->count);

	mark->at = sqlite3_column_int64(row, 0);
	mark->refused = sqlite3_column_int(row, 1);
}

/**
 * report_find_changes - find the changes of policy, for the axis of time
 * @report: the page; the caller frees what its marks hold
 *
 * Return: 0, or -EIO when @report->data.why says what is wrong.
 */
int report_find_changes(struct report *report)
{
	return report_data_each(&report->data,
				"SELECT at, verdict = 'denied'" CHANGES,
				take_mark, &report->marks);
}

/**
 * struct listing - the table that is being written
 * @out: where to
 * @number: of the last row
 */
struct listing {
	FILE *out;
	size_t number;
};

static void write_cell(const struct listing *listing, const char *label,
		       const char *text)
{
	fprintf(listing->out, "<td data-label=\"%s\"><span class=\"t\">",
		label);
	html_short(listing->out, text, WHY_MOST);
	fputs("</span></td>", listing->out);
}

static void take_change(struct sqlite3_stmt *row, void *into)
{
	static const char *const labels[] = { "Time", "What", "Generation",
					      "Policy", "By" };
	struct listing *listing = into;
	int i;

	listing->number++;
	fprintf(listing->out, "<tr%s><td data-label=\"Mark\"><b>%zu</b></td>",
		sqlite3_column_int(row, 5) ? " class=\"no\"" : "",
		listing->number);
	for (i = 0; i < 5; i++)
		write_cell(listing, labels[i], report_data_text(row, i));
	fputs("</tr>\n", listing->out);
}

static const char rows[] =
	"SELECT substr(replace(time, 'T', ' '), 1, 19),"
	" CASE verdict WHEN 'denied' THEN op || ' refused' ELSE op END ||"
	" coalesce(': ' || why, ''),"
	" CASE WHEN generation = generation_before THEN generation"
	" ELSE generation_before || ' → ' || generation END,"
	" substr(digest, 1, 12),"
	" comm || ' · pid ' || pid || ' · uid ' || uid ||"
	" coalesce(' · logged in as ' || loginuid, ''),"
	" verdict = 'denied'" CHANGES;

/**
 * report_changes - write the changes of policy as a table
 * @report: the page
 *
 * Return: 0, or -EIO when @report->data.why says what is wrong.
 */
int report_changes(struct report *report)
{
	struct listing listing = { .out = report->out };
	int ret;

	fputs("<section>\n<h2>Policy changes</h2>\n", report->out);
	if (!report->marks.count) {
		fputs("<p class=\"empty\">Policy was not changed.</p>\n"
		      "</section>\n",
		      report->out);
		return 0;
	}
	fputs("<p class=\"note\">The numbers are those above the drawing."
	      " Policy is the beginning of its digest.</p>\n"
	      "<table>\n<thead><tr><th>Mark</th><th>Time</th><th>What</th>"
	      "<th>Generation</th><th>Policy</th><th>By</th></tr></thead>\n"
	      "<tbody>\n",
	      report->out);
	ret = report_data_each(&report->data, rows, take_change, &listing);
	fputs("</tbody>\n</table>\n", report->out);
	if (report->marks.count == CHANGES_MOST)
		fputs("<p class=\"note\">These are the newest; there may have been"
		      " more.</p>\n",
		      report->out);
	fputs("</section>\n", report->out);
	return ret;
}
