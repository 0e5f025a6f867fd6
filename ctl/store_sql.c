// SPDX-License-Identifier: GPL-2.0
#include "store_sql.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "alloc.h"

/**
 * store_fail - say what went wrong
 * @store: whose @why becomes that
 * @why: what it is, or NULL where sqlite knows
 *
 * Return: -EIO.
 */
int store_fail(struct store *store, const char *why)
{
	if (!why)
		why = sqlite3_errmsg(store->db);
	free(store->why);
	store->why = alloc_printf("%s", why);
	return -EIO;
}

/**
 * store_execute - run SQL that yields nothing
 * @store: where
 * @sql: what
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_execute(struct store *store, const char *sql)
{
	return sqlite3_exec(store->db, sql, NULL, NULL, NULL) ?
		       store_fail(store, NULL) :
		       0;
}

/**
 * store_prepare - prepare SQL
 * @store: where it is to run
 * @sql: what
 * @statement: becomes it
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_prepare(struct store *store, const char *sql,
		  struct sqlite3_stmt **statement)
{
	return sqlite3_prepare_v2(store->db, sql, -1, statement, NULL) ?
		       store_fail(store, NULL) :
		       0;
}

/**
 * store_ask_number - run SQL that yields a number
 * @store: where
 * @sql: what
 * @number: becomes the number
 *
 * Return: 0, or -EIO when @store->why says what is wrong.
 */
int store_ask_number(struct store *store, const char *sql, int64_t *number)
{
	struct sqlite3_stmt *statement = NULL;
	int ret = store_prepare(store, sql, &statement);

	if (!ret && sqlite3_step(statement) != SQLITE_ROW)
		ret = store_fail(store, NULL);
	if (!ret)
		*number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return ret;
}
