// SPDX-License-Identifier: GPL-2.0
/* What was denied most: by which rule, of which object, to whom, by whom. */
#include "report.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "alloc.h"
#include "html.h"

#define DENIED " FROM seen WHERE (verdict = 'denied' OR would)"
#define SUMS                                                                   \
	", sum(CASE WHEN would THEN 0 ELSE repeat END) AS n,"                  \
	" sum(CASE WHEN would THEN repeat ELSE 0 END) AS w"
#define MOST " ORDER BY n + w DESC, 1, 2 LIMIT 12"
#define TENANT "CASE tenant WHEN '' THEN 'host' ELSE tenant END"

/**
 * struct rank - a list of what there was most of
 * @title: its heading
 * @none: what is said when it is empty
 * @sql: its rows: a name, what it is about, how many, and how many would be
 */
struct rank {
	const char *title;
	const char *none;
	const char *sql;
};

static const struct rank ranks[] = {
	{ "Rules", "No rule denied anything.",
	  "SELECT CASE WHEN origin = 'default' AND reason = 'default'"
	  " THEN 'default of ' || class WHEN origin = 'default' THEN reason"
	  " ELSE origin END, " TENANT
	  " || ' · ' || class || ' ' || group_concat(DISTINCT op)" SUMS DENIED
	  " GROUP BY origin, reason, tenant, class" MOST },
	{ "Objects", "No file, name or guarded operation was denied.",
	  "SELECT coalesce(path, name, op), " TENANT
	  " || ' · ' || class || ' ' || group_concat(DISTINCT op)" SUMS DENIED
	  " AND (class = 'guard' OR path IS NOT NULL OR name IS NOT NULL)"
	  " GROUP BY coalesce(path, name, op), tenant, class" MOST },
	{ "Peers", "No address was denied.",
	  "SELECT coalesce(CASE WHEN remote_addr LIKE '%:%'"
	  " THEN '[' || remote_addr || ']' ELSE remote_addr END,"
	  " 'cid ' || remote_cid) || ':' || remote_port, " TENANT
	  " || ' · ' || group_concat(DISTINCT op) || ' ' ||"
	  " coalesce(protocol, '')" SUMS DENIED
	  " AND (remote_addr IS NOT NULL OR remote_cid IS NOT NULL)"
	  " GROUP BY remote_addr, remote_cid, remote_port, protocol, tenant" MOST },
	{ "Programs", "No program was denied anything.",
	  "SELECT comm, " TENANT " || ' · uid ' || uid || ' · ' ||"
	  " group_concat(DISTINCT class)" SUMS DENIED " AND comm <> ''"
	  " GROUP BY comm, tenant, uid" MOST },
};

/**
 * struct listing - a list that is being written
 * @out: where to
 * @most: what its first row has
 */
struct listing {
	FILE *out;
	uint64_t most;
};

static void write_bar(const struct listing *listing, uint64_t denied,
		      uint64_t would)
{
	fprintf(listing->out,
		"<div class=\"bar\"><i style=\"width:%.2f%%\"></i>"
		"<i class=\"pale\" style=\"width:%.2f%%\"></i></div>",
		100.0 * denied / listing->most, 100.0 * would / listing->most);
}

static void take_row(struct sqlite3_stmt *row, void *into)
{
	struct listing *listing = into;
	uint64_t denied = sqlite3_column_int64(row, 2);
	uint64_t would = sqlite3_column_int64(row, 3);
	char *number = chart_number(denied + would);

	if (!listing->most) {
		listing->most = denied + would ? denied + would : 1;
		fputs("<ol>\n", listing->out);
	}
	fputs("<li><div class=\"row\"><span class=\"t\">", listing->out);
	html_short(listing->out, report_data_text(row, 0), REPORT_NAME_MOST);
	fprintf(listing->out, "</span><b>%s</b></div>", number);
	write_bar(listing, denied, would);
	fputs("<small class=\"t\">", listing->out);
	html_short(listing->out, report_data_text(row, 1), REPORT_NAME_MOST);
	fputs("</small></li>\n", listing->out);
	free(number);
}

static int write_rank(struct report *report, const struct rank *rank)
{
	struct listing listing = { .out = report->out };
	int ret;

	fprintf(report->out, "<section>\n<h2>%s</h2>\n", rank->title);
	ret = report_data_each(&report->data, rank->sql, take_row, &listing);
	if (listing.most)
		fputs("</ol>\n", report->out);
	else
		fprintf(report->out, "<p class=\"empty\">%s</p>\n", rank->none);
	fputs("</section>\n", report->out);
	return ret;
}

/**
 * report_ranks - write what was denied most
 * @report: the page
 *
 * Return: 0, or -EIO when @report->data.why says what is wrong.
 */
int report_ranks(struct report *report)
{
	int ret = 0;
	size_t i;

	fputs("<div class=\"ranks\">\n", report->out);
	for (i = 0; !ret && i < sizeof(ranks) / sizeof(ranks[0]); i++)
		ret = write_rank(report, &ranks[i]);
	fputs("</div>\n", report->out);
	return ret;
}
