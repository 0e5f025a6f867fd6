/* SPDX-License-Identifier: GPL-2.0 */
/* What an event has, field by field, for whatever form it is to take. */
#ifndef CTL_EVENT_FIELDS_H
#define CTL_EVENT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"

enum event_field_kind {
	EVENT_FIELD_NOTHING,
	EVENT_FIELD_BOOLEAN,
	EVENT_FIELD_NUMBER,
	EVENT_FIELD_TEXT,
};

/**
 * struct event_field - a field and its value
 * @key: its name, one of those in the table of fields
 * @kind: what kind of value it has
 * @number: the value, unless it is a text
 * @text: the value, UTF-8
 * @len: its length in bytes
 * @stays: @text is there as long as the event, not just until the call is over
 */
struct event_field {
	const char *key;
	enum event_field_kind kind;
	uint64_t number;
	const char *text;
	size_t len;
	bool stays;
};

/**
 * typedef event_field_take - takes a field
 * @field: the field
 * @into: whatever the caller gave
 */
typedef void (*event_field_take)(const struct event_field *field, void *into);

void event_fields(const struct event *event, event_field_take take, void *into);

#endif /* CTL_EVENT_FIELDS_H */
