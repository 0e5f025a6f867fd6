/* SPDX-License-Identifier: GPL-2.0 */
/* What all that is done to a database of events needs of SQLite. */
#ifndef CTL_STORE_SQL_H
#define CTL_STORE_SQL_H

#include <stdint.h>

#include "store.h"

int store_fail(struct store *store, const char *why);
int store_execute(struct store *store, const char *sql);
int store_prepare(struct store *store, const char *sql,
		  struct sqlite3_stmt **statement);
int store_ask_number(struct store *store, const char *sql, int64_t *number);

#endif /* CTL_STORE_SQL_H */
