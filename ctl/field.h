/* SPDX-License-Identifier: GPL-2.0 */
/* What the fields of events are called elsewhere. */
#ifndef CTL_FIELD_H
#define CTL_FIELD_H

/**
 * struct field - a key of the JSON object of an event
 * @key: the key; NULL ends the table
 * @falco: the field of Falco that means the same, or one of our own
 * @ecs: that of the Elastic Common Schema, or one of our own
 */
struct field {
	const char *key;
	const char *falco;
	const char *ecs;
};

extern const struct field fields[];

#endif /* CTL_FIELD_H */
