// SPDX-License-Identifier: GPL-2.0
/*
 * An event that 'events --json' printed, or that a program wrote in the same
 * form, as far as policy is about it.
 */
#include <arpa/inet.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "asker.h"
#include "names.h"

static bool refuse(char **why, const char *key)
{
	free(*why);
	*why = alloc_printf("'%s' is missing or not understood", key);
	return false;
}

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

/* A number up to @most; absent and null are 0. */
static bool read_number(struct json_object *object, const char *key,
			uint64_t most, uint64_t *number, char **why)
{
	struct json_object *value = get(object, key);

	*number = 0;
	if (!value)
		return true;
	if (!json_object_is_type(value, json_type_int) ||
	    json_object_get_int64(value) < 0 ||
	    json_object_get_uint64(value) > most)
		return refuse(why, key);
	*number = json_object_get_uint64(value);
	return true;
}

static bool read_u32(struct json_object *object, const char *key,
		     uint32_t *number, char **why)
{
	uint64_t value;

	if (!read_number(object, key, UINT32_MAX, &value, why))
		return false;
	*number = value;
	return true;
}

/* A name of a table, or a number; absent and null are 0. */
static bool read_name(struct json_object *object, const char *key,
		      const struct name *table, uint32_t *number, char **why)
{
	struct json_object *value = get(object, key);
	const struct name *name;

	if (!json_object_is_type(value, json_type_string))
		return read_u32(object, key, number, why);
	name = names_find(table, json_object_get_string(value));
	if (!name)
		return refuse(why, key);
	*number = name->value;
	return true;
}

static int digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The bytes that text_escape() wrote as \xNN. */
static size_t unescape(char *text)
{
	char *to = text;
	char *at = text;

	while (*at) {
		if (at[0] == '\\' && at[1] == 'x' && digit(at[2]) >= 0 &&
		    digit(at[3]) >= 0) {
			*to++ = digit(at[2]) << 4 | digit(at[3]);
			at += 4;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	return to - text;
}

static bool read_path(struct json_object *object, const char *key,
		      const char *escaped, struct event *event, char **why)
{
	struct json_object *value = get(object, key);
	size_t len;

	if (!value)
		return true;
	if (!json_object_is_type(value, json_type_string))
		return refuse(why, key);
	len = json_object_get_string_len(value);
	event->path = alloc_text(json_object_get_string(value), len);
	event->path_len = len;
	if (json_object_get_boolean(get(object, escaped)))
		event->path_len = unescape(event->path);
	return true;
}

static bool read_address(struct json_object *object, const char *key,
			 struct endpoint_address *end, char **why)
{
	struct json_object *value = get(object, key);
	const char *text;

	if (!value)
		return true;
	if (!json_object_is_type(value, json_type_string))
		return refuse(why, key);
	text = json_object_get_string(value);
	end->len = inet_pton(AF_INET, text, end->ip) == 1  ? 4 :
		   inet_pton(AF_INET6, text, end->ip) == 1 ? 16 :
							     0;
	return end->len ? true : refuse(why, key);
}

static bool read_socket(struct json_object *object, struct event *event,
			char **why)
{
	event->local.has_cid = get(object, "local_cid");
	event->remote.has_cid = get(object, "remote_cid");
	return read_name(object, "family", names_family, &event->family, why) &&
	       read_name(object, "type", names_socket_type, &event->type,
			 why) &&
	       read_name(object, "protocol", names_protocol_of(event->family),
			 &event->protocol, why) &&
	       read_address(object, "local_addr", &event->local, why) &&
	       read_address(object, "remote_addr", &event->remote, why) &&
	       read_u32(object, "local_port", &event->local.port, why) &&
	       read_u32(object, "remote_port", &event->remote.port, why) &&
	       read_u32(object, "local_cid", &event->local.cid, why) &&
	       read_u32(object, "remote_cid", &event->remote.cid, why) &&
	       read_path(object, "name", "name_escaped", event, why);
}

static bool read_head(struct json_object *object, struct event *event,
		      char **why)
{
	struct json_object *tenant = get(object, "tenant");

	if (!json_object_is_type(tenant, json_type_string))
		return refuse(why, "tenant");
	event->tenant = alloc_text(json_object_get_string(tenant),
				   json_object_get_string_len(tenant));
	if (!read_name(object, "class", names_class, &event->class, why) ||
	    !read_name(object, "op", names_ops_of_class(event->class),
		       &event->op, why))
		return false;
	if (!event->class || !event->op)
		return refuse(why, event->class ? "op" : "class");
	return read_name(object, "reason", names_reason, &event->reason, why) &&
	       read_number(object, "seq", INT64_MAX, &event->seq, why) &&
	       read_number(object, "generation", INT64_MAX, &event->generation,
			   why);
}

static bool read_event(struct json_object *object, struct event *event,
		       char **why)
{
	if (!read_head(object, event, why))
		return false;
	if (event->class == CORDON_CLASS_FILE)
		return read_path(object, "path", "path_escaped", event, why);
	return event->class != CORDON_CLASS_SOCKET ||
	       read_socket(object, event, why);
}

/**
 * json_read_event - read an event
 * @event: becomes the event; the caller clears it, also after an error
 * @line: the JSON
 * @why: set to what is wrong, for the caller to free
 *
 * Return: true when it has all that is needed.
 */
bool json_read_event(struct event *event, const char *line, char **why)
{
	struct json_object *object = json_tokener_parse(line);
	bool good;

	memset(event, 0, sizeof(*event));
	*why = NULL;
	if (!json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		*why = alloc_printf("that is not a JSON object");
		return false;
	}
	good = read_event(object, event, why);
	json_object_put(object);
	return good;
}
