// SPDX-License-Identifier: GPL-2.0
/* A column of the table of events is a field of them, and is called the same. */
#include "store_schema.h"

#include <stdio.h>

#include "alloc.h"
#include "field.h"

/**
 * store_schema - what makes an empty database one of ours
 *
 * Return: SQL, for the caller to free.
 */
char *store_schema(void)
{
	const struct field *field;
	char *text = NULL;
	size_t len;
	FILE *out = alloc_stream(&text, &len);

	fprintf(out,
		"PRAGMA application_id = %d;"
		"PRAGMA user_version = %d;"
		"CREATE TABLE stream (id INTEGER PRIMARY KEY,"
		" boot_id TEXT NOT NULL, last_seq INTEGER NOT NULL,"
		" last_time_boot_ns INTEGER NOT NULL,"
		" load_time_boot_ns INTEGER NOT NULL DEFAULT 0,"
		" stopped INTEGER NOT NULL DEFAULT 0);"
		"CREATE TABLE gap (stream INTEGER NOT NULL REFERENCES stream,"
		" first_seq INTEGER NOT NULL, last_seq INTEGER,"
		" PRIMARY KEY (stream, first_seq)) WITHOUT ROWID;"
		"CREATE TABLE tenant (name TEXT PRIMARY KEY,"
		" events INTEGER NOT NULL) WITHOUT ROWID;"
		"CREATE TABLE event (stream INTEGER NOT NULL REFERENCES stream",
		STORE_APPLICATION, STORE_VERSION);
	for (field = fields; field->key; field++)
		fprintf(out, ", \"%s\"", field->key);
	fputs(", PRIMARY KEY (stream, seq)) WITHOUT ROWID;"
	      "CREATE INDEX event_time ON event (time);"
	      "CREATE INDEX event_tenant ON event (tenant);"
	      "CREATE TRIGGER event_goes AFTER DELETE ON event BEGIN"
	      " UPDATE tenant SET events = events - 1"
	      " WHERE name = old.tenant; END;",
	      out);
	alloc_stream_end(out);
	return text;
}

/**
 * store_upgrade - what makes a database of an earlier version one of ours
 *
 * That counted events by a trigger as they came.
 *
 * Return: SQL, for the caller to free.
 */
char *store_upgrade(void)
{
	return alloc_printf("DROP TRIGGER event_comes;"
			    "PRAGMA user_version = %d;",
			    STORE_VERSION);
}

/**
 * store_insert - what adds an event
 *
 * Return: SQL whose parameters are the stream and all fields, for the caller to
 * free.
 */
char *store_insert(void)
{
	const struct field *field;
	char *text = NULL;
	size_t len;
	FILE *out = alloc_stream(&text, &len);

	fputs("INSERT INTO event VALUES (?", out);
	for (field = fields; field->key; field++)
		fputs(", ?", out);
	fputs(")", out);
	alloc_stream_end(out);
	return text;
}
