// SPDX-License-Identifier: GPL-2.0
/*
 * Consumers make labels of rule, priority, source and tags: these have few
 * values, none of which a tenant can choose.
 */
#include "falco.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "field.h"
#include "json.h"
#include "names.h"
#include "print.h"
#include "text.h"

/* One of those that Falco has, by name. */
static const char *priority(const struct event *event)
{
	switch (event->verdict) {
	case CORDON_VERDICT_DENIED:
		/* What nobody tries by accident. */
		return event->class == CORDON_CLASS_GUARD ||
				       event->class == CORDON_CLASS_ADMIN ?
			       "Error" :
			       "Warning";
	case CORDON_VERDICT_WOULD_DENY:
	case CORDON_VERDICT_NOTED:
		return "Notice";
	default:
		return "Informational";
	}
}

/* What happened, without whom and what to. */
static void put_rule(struct json_object *object, const struct event *event)
{
	const char *class = names_text(names_class, event->class);
	const char *verdict = names_text(names_verdict, event->verdict);
	char *op = names_list(names_ops_of_class(event->class), event->op, ",");
	char *rule = alloc_printf("cordon %s %s %s", class ? class : "unknown",
				  op, verdict ? verdict : "unknown");

	json_put_text(object, "rule", rule);
	free(rule);
	free(op);
}

static void put_tags(struct json_object *object, const struct event *event)
{
	const char *class = names_text(names_class, event->class);
	struct json_object *tags = json_object_new_array();

	if (!tags || json_object_array_add(tags, json_text("cordon")) ||
	    (class && json_object_array_add(tags, json_text(class))))
		alloc_failed();
	json_put(object, "tags", tags);
}

/* Falco knows protocols of IP only. */
static void put_transport(struct json_object *output, const struct event *event)
{
	const char *name =
		names_text(names_protocol_of(event->family), event->protocol);

	if (event->class == CORDON_CLASS_SOCKET && name &&
	    (event->family == AF_INET || event->family == AF_INET6))
		json_put_text(output, "fd.l4proto", name);
}

/* Of what an event does not have there is no field, as of Falco's own. */
static void put_fields(struct json_object *object, const struct event *event)
{
	struct json_object *ours = json_event(event);
	struct json_object *output = json_object_new_object();
	const struct field *field;

	if (!output)
		alloc_failed();
	for (field = fields; field->key; field++) {
		struct json_object *value =
			json_object_object_get(ours, field->key);

		if (value)
			json_put(output, field->falco, json_object_get(value));
	}
	put_transport(output, event);
	json_put(object, "output_fields", output);
	json_object_put(ours);
}

/**
 * falco_event - an event as Falco would have written it
 * @event: the event
 * @host: name of this host
 *
 * Return: the value, for the caller to free.
 */
struct json_object *falco_event(const struct event *event, const char *host)
{
	struct json_object *object = json_object_new_object();
	char *when = text_time_utc(event->time_wall);
	char *line = print_event_text(event);

	if (!object)
		alloc_failed();
	json_put_text(object, "time", when);
	put_rule(object, event);
	json_put_text(object, "priority", priority(event));
	json_put_text(object, "source", "cordon");
	json_put_text(object, "hostname", host);
	json_put_text(object, "output", line);
	put_tags(object, event);
	put_fields(object, event);
	free(line);
	free(when);
	return object;
}
