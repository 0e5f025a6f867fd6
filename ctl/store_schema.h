/* SPDX-License-Identifier: GPL-2.0 */
/* What the database of events looks like. */
#ifndef CTL_STORE_SCHEMA_H
#define CTL_STORE_SCHEMA_H

/* Raised with every change of the schema. */
#define STORE_VERSION 3

/* The first that has the same tables. */
#define STORE_VERSION_FIRST 2

/* Tells our databases from those of others: "cord". */
#define STORE_APPLICATION 0x636f7264

char *store_schema(void);
char *store_upgrade(void);
char *store_insert(void);

#endif /* CTL_STORE_SCHEMA_H */
