// SPDX-License-Identifier: GPL-2.0
/*
 * All of a report is read in one transaction: it is about one moment, though a
 * record may be written to the database meanwhile.
 */
#include "report_data.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "moment.h"
#include "store_schema.h"

/* How long somebody else may keep the database locked, in milliseconds. */
#define PATIENCE 10000

/* Says what went wrong, which sqlite knows unless @why does; takes @why. */
static int fail(struct report_data *data, char *why)
{
	if (!why)
		why = alloc_printf("%s", sqlite3_errmsg(data->db));
	free(data->why);
	data->why = why;
	return -EIO;
}

static int execute(struct report_data *data, const char *sql)
{
	return sqlite3_exec(data->db, sql, NULL, NULL, NULL) ?
		       fail(data, NULL) :
		       0;
}

/* Text of a row, "" for what is null. */
const char *report_data_text(struct sqlite3_stmt *row, int column)
{
	const unsigned char *text = sqlite3_column_text(row, column);

	return text ? (const char *)text : "";
}

/**
 * report_data_each - run a query
 * @data: an open database
 * @sql: the query
 * @take: takes each row
 * @into: its second argument
 *
 * Return: 0, or -EIO when @data->why says what is wrong.
 */
int report_data_each(struct report_data *data, const char *sql,
		     report_row_fn take, void *into)
{
	struct sqlite3_stmt *row = NULL;
	int found = sqlite3_prepare_v2(data->db, sql, -1, &row, NULL);

	if (found)
		return fail(data, NULL);
	while ((found = sqlite3_step(row)) == SQLITE_ROW)
		take(row, into);
	if (found != SQLITE_DONE)
		fail(data, NULL);
	sqlite3_finalize(row);
	return found == SQLITE_DONE ? 0 : -EIO;
}

/**
 * struct numbers - where the numbers of a row go
 * @to: the numbers
 * @count: how many
 */
struct numbers {
	int64_t *to;
	int count;
};

static void take_numbers(struct sqlite3_stmt *row, void *into)
{
	const struct numbers *numbers = into;
	int i;

	for (i = 0; i < numbers->count; i++)
		numbers->to[i] = sqlite3_column_int64(row, i);
}

/**
 * report_data_numbers - run a query for a row of numbers
 * @data: an open database
 * @sql: the query
 * @numbers: become those of its last row; null is 0
 * @count: how many
 *
 * Return: 0, or -EIO when @data->why says what is wrong.
 */
int report_data_numbers(struct report_data *data, const char *sql,
			int64_t *numbers, int count)
{
	struct numbers into = { numbers, count };

	memset(numbers, 0, count * sizeof(*numbers));
	return report_data_each(data, sql, take_numbers, &into);
}

#define OTHERS "it is a database of another program"

/* What is there has to be ours, and of a version that is known. */
static int check(struct report_data *data)
{
	int64_t about[3];
	int ret =
		report_data_numbers(data,
				    "SELECT application_id, user_version,"
				    " (SELECT count(*) FROM sqlite_master)"
				    " FROM pragma_application_id, pragma_user_version",
				    about, 3);

	if (ret)
		return ret;
	if (!about[0] && !about[1] && !about[2])
		return fail(data, alloc_printf("it is empty: 'cordonctl record'"
					       " has not written to it"));
	if (about[0] != STORE_APPLICATION)
		return fail(data, alloc_text(OTHERS, strlen(OTHERS)));
	if (about[1] >= STORE_VERSION_FIRST && about[1] <= STORE_VERSION)
		return 0;
	return fail(data,
		    alloc_printf("its schema has version %" PRId64
				 ", and this cordonctl knows versions"
				 " %d to %d only",
				 about[1], STORE_VERSION_FIRST, STORE_VERSION));
}

static int open_and_check(struct report_data *data, const char *uri)
{
	sqlite3_close(data->db);
	data->db = NULL;
	if (sqlite3_open_v2(uri, &data->db,
			    SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL))
		return fail(data, data->db ? NULL : alloc_printf("no memory"));
	sqlite3_busy_timeout(data->db, PATIENCE);
	return check(data);
}

/* The path as sqlite takes it with options behind it. */
static char *make_uri(const char *path, const char *options)
{
	char *uri = NULL;
	size_t len;
	FILE *out = alloc_stream(&uri, &len);

	fputs("file:", out);
	for (; *path; path++)
		fprintf(out,
			isalnum((unsigned char)*path) || strchr("._-", *path) ?
				"%c" :
				"%%%02X",
			(unsigned char)*path);
	fputs(options, out);
	alloc_stream_end(out);
	return uri;
}

/*
 * sqlite wants to make a file beside one that was in use last by a record that
 * ended.  Where it may not, none is needed: nobody can be writing to it.
 */
static bool may_be_still(const struct report_data *data, const char *path)
{
	char *log = alloc_printf("%s-wal", path);
	int error = sqlite3_errcode(data->db);
	bool still = (error == SQLITE_CANTOPEN || error == SQLITE_READONLY) &&
		     access(log, F_OK);

	free(log);
	return still;
}

/**
 * report_data_open - open a database to read it only
 * @data: becomes the database; the caller closes it, also after an error
 * @path: its path
 *
 * Return: 0, or -EIO when @data->why says what is wrong.
 */
int report_data_open(struct report_data *data, const char *path)
{
	char *uri;
	int ret;

	memset(data, 0, sizeof(*data));
	if (access(path, R_OK))
		return fail(data, alloc_printf("%s", strerror(errno)));
	uri = make_uri(path, "");
	ret = open_and_check(data, uri);
	free(uri);
	if (ret && data->db && may_be_still(data, path)) {
		uri = make_uri(path, "?immutable=1");
		ret = open_and_check(data, uri);
		free(uri);
	}
	return ret ? ret : execute(data, "PRAGMA temp_store = MEMORY");
}

/* What others escaped stays; in all else a backslash is escaped. */
#define PLAIN(column)                                                          \
	" CASE WHEN " column "_escaped THEN " column " ELSE replace(" column   \
	", '\\', '\\x5c') END AS " column ","

/*
 * A time that is none is nowhere on the axis.  Acts of administration are about
 * all tenants.
 */
#define VIEW_FIRST                                                             \
	"CREATE TEMP VIEW seen AS SELECT stream, seq, time,"                   \
	" CAST(strftime('%s', substr(time, 1, 19)) AS INTEGER) AS at,"         \
	" event.tenant AS tenant, class, op, verdict, reason, origin, uid,"
#define VIEW_REST                                                              \
	" loginuid, pid, family, protocol, remote_addr, remote_port,"          \
	" remote_cid, verdict = 'would-deny' AS would, repeat, suppressed,"    \
	" generation, generation_before, digest"                               \
	" FROM main.event, scope WHERE (scope.tenant IS NULL"                  \
	" OR event.tenant = scope.tenant"                                      \
	" OR (class = 'admin' AND event.tenant = ''))"                         \
	" AND +time < scope.until AND"

static const char view[] = VIEW_FIRST PLAIN("comm") PLAIN("path") PLAIN("name")
	PLAIN("why") VIEW_REST;

/* Without a beginning, the index on times would make it slower. */
static int create_view(struct report_data *data,
		       const struct report_scope *scope)
{
	char *sql = alloc_printf("%s %stime >= scope.since", view,
				 scope->since ? "" : "+");
	int ret = execute(data, sql);

	free(sql);
	return ret;
}

static int insert_scope(struct report_data *data,
			const struct report_scope *scope)
{
	struct sqlite3_stmt *insert = NULL;
	char *since = moment_text(scope->since);
	char *until = moment_text(scope->until);
	int ret = 0;

	if (sqlite3_prepare_v2(data->db, "INSERT INTO scope VALUES (?, ?, ?)",
			       -1, &insert, NULL) ||
	    sqlite3_bind_text(insert, 1, since, -1, SQLITE_STATIC) ||
	    sqlite3_bind_text(insert, 2, until, -1, SQLITE_STATIC) ||
	    sqlite3_bind_text(insert, 3, scope->tenant, -1, SQLITE_STATIC) ||
	    sqlite3_step(insert) != SQLITE_DONE)
		ret = fail(data, NULL);
	sqlite3_finalize(insert);
	free(since);
	free(until);
	return ret;
}

/**
 * report_data_select - say which events it is about
 * @data: an open database
 * @scope: which
 *
 * From then on they are in the view "seen", and stay as they are.
 *
 * Return: 0, or -EIO when @data->why says what is wrong.
 */
int report_data_select(struct report_data *data,
		       const struct report_scope *scope)
{
	int ret = execute(data, "CREATE TEMP TABLE scope"
				" (since TEXT, until TEXT, tenant TEXT)");

	if (!ret)
		ret = insert_scope(data, scope);
	if (!ret)
		ret = create_view(data, scope);
	return ret ? ret : execute(data, "BEGIN");
}

/**
 * report_data_close - close a database
 * @data: the database
 */
void report_data_close(struct report_data *data)
{
	sqlite3_close(data->db);
	free(data->why);
	memset(data, 0, sizeof(*data));
}
