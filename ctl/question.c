// SPDX-License-Identifier: GPL-2.0
/*
 * The object of a question is written as events print it, so that it can be
 * pasted from there, and what is printed of a question can be asked again.
 */
#include "question.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "names.h"
#include "text.h"

/**
 * question_note - add what is to be told with the answer
 * @question: the question
 * @format: of a sentence, as of printf()
 */
void question_note(struct question *question, const char *format, ...)
{
	char *note;
	va_list args;

	va_start(args, format);
	if (vasprintf(&note, format, args) < 0)
		alloc_failed();
	va_end(args);
	*array_push(question->notes, question->note_count) = note;
}

static bool is_about_local(uint32_t op)
{
	return op & (CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN);
}

/* What comes in is judged by who sent it, and by the port that it is for. */
static void take_ends(struct question *question, const struct event *event)
{
	const struct endpoint_address *end =
		is_about_local(event->op) ? &event->local : &event->remote;
	bool connects = event->op == CORDON_SOCKET_OP_CONNECT;

	if (event->op == CORDON_SOCKET_OP_CREATE)
		return;
	if (end->len) {
		memcpy(question->ip, end->ip, end->len);
		question->act.ip_len = end->len;
		question->act.port = connects ? end->port : event->local.port;
		question->act.has_port = true;
	}
	if (end->has_cid) {
		question->act.cid = end->cid;
		question->act.has_cid = true;
		question->act.port = end->port;
		question->act.has_port = true;
	}
}

/* Whether an event is about something that policy was asked. */
static bool check_event(const struct event *event, const char **why)
{
	*why = NULL;
	if (event->class == CORDON_CLASS_STREAM ||
	    event->class == CORDON_CLASS_ADMIN)
		*why = "no policy decided it";
	else if (event->class != CORDON_CLASS_FILE &&
		 event->class != CORDON_CLASS_SOCKET &&
		 event->class != CORDON_CLASS_GUARD)
		*why = "it is of a class that this version does not know";
	else if (event->reason == CORDON_REASON_LIMIT)
		*why = "the tenant had its share of what there is";
	else if (event->reason == CORDON_REASON_NO_MEMORY)
		*why = "there was no memory to decide";
	else if (event->reason == CORDON_REASON_REDIRECTS)
		*why = "the socket was to say by which way its packets go";
	else if (event->reason == CORDON_REASON_NO_PATH ||
		 (event->class == CORDON_CLASS_FILE && !event->path))
		*why = "the object had no path, which no rule can allow";
	else if (event->path_len >= QUERY_PATH_MAX)
		*why = "its path was cut off";
	return !*why;
}

/**
 * question_of_event - what an event was about
 * @question: becomes the question; the caller clears it, also after an error
 * @event: the event
 * @why: set to why there is nothing to ask
 *
 * Return: true when there is.
 */
bool question_of_event(struct question *question, const struct event *event,
		       const char **why)
{
	memset(question, 0, sizeof(*question));
	question->tenant = alloc_text(event->tenant, strlen(event->tenant));
	question->seq = event->seq;
	question->generation = event->generation;
	question->reason = event->reason;
	if (!check_event(event, why))
		return false;
	question->act = (struct act){
		.class = event->class,
		.op = event->op,
		.family = event->family,
		.type = event->type,
		.protocol = event->protocol,
	};
	take_ends(question, event);
	if (event->path) {
		question->path = alloc_text(event->path, event->path_len);
		question->act.path = question->path;
		question->act.path_len = event->path_len;
	}
	if (question->act.ip_len)
		question->act.ip = question->ip;
	if (question->reason == CORDON_REASON_WIDENS)
		question_note(question,
			      "the event was a move from a path where the tenant may do less");
	return true;
}

static void print_named(FILE *out, const struct name *table, uint32_t value)
{
	const char *name = names_text(table, value);

	if (name)
		fputs(name, out);
	else
		fprintf(out, "%u", value);
}

static void print_escaped(FILE *out, const char *bytes, size_t len)
{
	char *safe = text_escape(bytes, len);

	fputs(safe, out);
	free(safe);
}

static void print_address(FILE *out, const struct act *act)
{
	bool comes = act->op &
		     (CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE);
	char *ip = text_address(act->ip, act->ip_len);

	if (comes)
		fprintf(out, " %s port %u", ip, act->port);
	else
		fprintf(out, act->ip_len == 16 ? " [%s]:%u" : " %s:%u", ip,
			act->port);
	free(ip);
}

static void print_socket(FILE *out, const struct act *act)
{
	const struct name *protocols = names_protocol_of(act->family);
	bool inet = act->family == AF_INET || act->family == AF_INET6;

	print_named(out, names_family, act->family);
	if (act->type && (!inet || act->type == SOCK_RAW || !act->protocol)) {
		fputc(' ', out);
		print_named(out, names_socket_type, act->type);
	}
	if (act->protocol && protocols->text) {
		fputc(' ', out);
		print_named(out, protocols, act->protocol);
	} else if (act->protocol || protocols == names_netlink) {
		fputc(' ', out);
		if (protocols != names_netlink)
			fputs("protocol ", out);
		print_named(out, protocols, act->protocol);
	}
	if (act->ip)
		print_address(out, act);
	if (act->has_cid)
		fprintf(out, " cid %u port %u", act->cid, act->port);
	if (act->path) {
		fputc(' ', out);
		print_escaped(out, act->path, act->path_len);
	}
}

/**
 * question_object - the object of a question, as it can be asked again
 * @question: the question
 *
 * Return: the text, for the caller to free; "" where there is none.
 */
char *question_object(const struct question *question)
{
	const struct act *act = &question->act;
	char *text = NULL;
	size_t len;
	FILE *out = alloc_stream(&text, &len);

	if (act->class == CORDON_CLASS_FILE)
		print_escaped(out, act->path, act->path_len);
	else if (act->class == CORDON_CLASS_SOCKET)
		print_socket(out, act);
	else if (question->pid)
		fprintf(out, "of %u", question->pid);
	else if (act->own)
		fputs("own", out);
	alloc_stream_end(out);
	return text;
}

/**
 * question_clear - free what a question holds
 * @question: the question
 */
void question_clear(struct question *question)
{
	size_t i;

	for (i = 0; i < question->note_count; i++)
		free(question->notes[i]);
	free(question->notes);
	free(question->tenant);
	free(question->path);
	memset(question, 0, sizeof(*question));
}
