/* SPDX-License-Identifier: GPL-2.0 */
/* What reports ask a database of events, which may be written to meanwhile. */
#ifndef CTL_REPORT_DATA_H
#define CTL_REPORT_DATA_H

#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

/**
 * struct report_scope - which events a report is about
 * @since: the first moment, in seconds since the epoch
 * @until: the moment after the last
 * @tenant: name of the only tenant, or NULL
 */
struct report_scope {
	int64_t since;
	int64_t until;
	const char *tenant;
};

/* No date is later. */
#define REPORT_UNTIL_MAX 253402300799

/**
 * struct report_data - an open database
 * @db: the database
 * @why: what went wrong, or NULL
 */
struct report_data {
	struct sqlite3 *db;
	char *why;
};

/* Takes a row. */
typedef void (*report_row_fn)(struct sqlite3_stmt *row, void *into);

int report_data_open(struct report_data *data, const char *path);
int report_data_select(struct report_data *data,
		       const struct report_scope *scope);
int report_data_each(struct report_data *data, const char *sql,
		     report_row_fn take, void *into);
int report_data_numbers(struct report_data *data, const char *sql,
			int64_t *numbers, int count);
const char *report_data_text(struct sqlite3_stmt *row, int column);
void report_data_close(struct report_data *data);

#endif /* CTL_REPORT_DATA_H */
