// SPDX-License-Identifier: GPL-2.0
/*
 * A field has the name of the key in JSON, in capitals and behind "CORDON_", and
 * the same value.  What is null there is no field here.
 */
#include "journal_entry.h"

#include <ctype.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

#include "alloc.h"
#include "json.h"
#include "print.h"

#define PREFIX "CORDON_"

/**
 * journal_priority - how much an event matters
 * @event: the event
 *
 * Return: one of the priorities of syslog.
 */
int journal_priority(const struct event *event)
{
	switch (event->verdict) {
	case CORDON_VERDICT_DENIED:
		/* What nobody tries by accident. */
		return event->class == CORDON_CLASS_GUARD ||
				       event->class == CORDON_CLASS_ADMIN ?
			       LOG_ERR :
			       LOG_WARNING;
	case CORDON_VERDICT_WOULD_DENY:
	case CORDON_VERDICT_NOTED:
		return LOG_NOTICE;
	default:
		return LOG_INFO;
	}
}

/**
 * journal_message - the line that a person reads
 * @event: the event
 *
 * It begins behind date and time, of which logs have their own.
 *
 * Return: the line without its end, for the caller to free.
 */
char *journal_message(const struct event *event)
{
	char *line = print_event_text(event);
	char *message;

	message = strchr(strchr(line, ' ') + 1, ' ') + 1;
	message = alloc_text(message, strlen(message));
	free(line);
	return message;
}

/* Takes the text over. */
static void add(struct journal_entry *entry, char *text)
{
	struct iovec *field = array_push(entry->fields, entry->count);

	field->iov_base = text;
	field->iov_len = strlen(text);
}

static void add_key(struct journal_entry *entry, const char *key,
		    struct json_object *value)
{
	char *field = alloc_printf(PREFIX "%s=%s", key,
				   json_object_get_string(value));
	size_t i;

	for (i = 0; field[i] != '='; i++)
		field[i] = toupper((unsigned char)field[i]);
	add(entry, field);
}

static void add_keys(struct journal_entry *entry, const struct event *event)
{
	struct json_object *object = json_event(event);

	json_object_object_foreach(object, key, value)
	{
		if (value)
			add_key(entry, key, value);
	}
	json_object_put(object);
}

/**
 * journal_entry_make - make the entry of an event
 * @entry: becomes the entry; the caller clears it
 * @event: the event
 * @stream: what tells its number from the same of another load of the module
 * @missed: how many events before it cannot be had
 */
void journal_entry_make(struct journal_entry *entry, const struct event *event,
			const char *stream, uint64_t missed)
{
	char *message = journal_message(event);

	memset(entry, 0, sizeof(*entry));
	add(entry, alloc_printf("MESSAGE=%s", message));
	add(entry, alloc_printf("MESSAGE_ID=%s", JOURNAL_MESSAGE_ID));
	add(entry, alloc_printf("PRIORITY=%d", journal_priority(event)));
	add(entry, alloc_printf("SYSLOG_IDENTIFIER=cordon"));
	if (event->error)
		add(entry, alloc_printf("ERRNO=%" PRIu32, event->error));
	add(entry, alloc_printf(PREFIX "STREAM=%s", stream));
	if (missed)
		add(entry, alloc_printf(PREFIX "MISSED=%" PRIu64, missed));
	add_keys(entry, event);
	free(message);
}

/**
 * journal_entry_clear - free what an entry holds
 * @entry: the entry
 */
void journal_entry_clear(struct journal_entry *entry)
{
	size_t i;

	for (i = 0; i < entry->count; i++)
		free(entry->fields[i].iov_base);
	free(entry->fields);
	memset(entry, 0, sizeof(*entry));
}
