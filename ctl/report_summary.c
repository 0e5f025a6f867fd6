// SPDX-License-Identifier: GPL-2.0
/* What a page says first: how much of what there was. */
#include "report.h"

#include <sqlite3.h>
#include <stdlib.h>

static const char sums[] =
	"SELECT sum(CASE WHEN verdict = 'denied' THEN repeat END),"
	" sum(CASE WHEN would THEN repeat END),"
	" count(DISTINCT CASE WHEN (verdict = 'denied' OR would)"
	" AND tenant <> '' THEN tenant END),"
	" sum(class = 'admin' AND verdict <> 'denied'"
	" AND op IN ('load', 'replace', 'remove', 'flush')),"
	" sum(suppressed) FROM seen";

static void write_tile(FILE *out, uint64_t number, const char *what)
{
	char *text = chart_number(number);

	fprintf(out, "<div><b>%s</b>%s</div>\n", text, what);
	free(text);
}

/**
 * report_summary - write sums
 * @report: the page
 *
 * Return: 0, or -EIO when @report->data.why says what is wrong.
 */
int report_summary(struct report *report)
{
	int64_t found[5];
	int ret = report_data_numbers(&report->data, sums, found, 5);

	if (ret)
		return ret;
	fputs("<section class=\"tiles\">\n", report->out);
	write_tile(report->out, found[0], "denied");
	write_tile(report->out, found[1], "would be denied");
	write_tile(report->out, found[2], "tenants had denials");
	write_tile(report->out, found[3], "policy changes");
	write_tile(report->out, found[4], "suppressed");
	fputs("</section>\n", report->out);
	return 0;
}
