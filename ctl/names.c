// SPDX-License-Identifier: GPL-2.0
/* The tables of names and the ways to look something up in them. */
#include "names.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"

const struct name names_file_op[] = {
	{ "read", CORDON_FILE_OP_READ },
	{ "write", CORDON_FILE_OP_WRITE },
	{ "exec", CORDON_FILE_OP_EXEC },
	{ "map", CORDON_FILE_OP_MAP },
	{ "create", CORDON_FILE_OP_CREATE },
	{ "delete", CORDON_FILE_OP_DELETE },
	{ "setattr", CORDON_FILE_OP_SETATTR },
	{ "ioctl", CORDON_FILE_OP_IOCTL },
	{ NULL },
};
static_assert(__CORDON_FILE_OP_LAST == 2 * CORDON_FILE_OP_IOCTL,
	      "every file operation has a name");

const struct name names_socket_op[] = {
	{ "create", CORDON_SOCKET_OP_CREATE },
	{ "bind", CORDON_SOCKET_OP_BIND },
	{ "listen", CORDON_SOCKET_OP_LISTEN },
	{ "connect", CORDON_SOCKET_OP_CONNECT },
	{ "accept", CORDON_SOCKET_OP_ACCEPT },
	{ "receive", CORDON_SOCKET_OP_RECEIVE },
	{ NULL },
};
static_assert(__CORDON_SOCKET_OP_LAST == 2 * CORDON_SOCKET_OP_RECEIVE,
	      "every socket operation has a name");

const struct name names_guard_op[] = {
	{ "mount", CORDON_GUARD_OP_MOUNT },
	{ "userns", CORDON_GUARD_OP_USERNS },
	{ "ptrace", CORDON_GUARD_OP_PTRACE },
	{ "signal", CORDON_GUARD_OP_SIGNAL },
	{ "module", CORDON_GUARD_OP_MODULE },
	{ "bpf", CORDON_GUARD_OP_BPF },
	{ "handle", CORDON_GUARD_OP_HANDLE },
	{ "device", CORDON_GUARD_OP_DEVICE },
	{ NULL },
};
static_assert(__CORDON_GUARD_OP_LAST == 2 * CORDON_GUARD_OP_DEVICE,
	      "every guard operation has a name");

const struct name names_mode[] = {
	{ "enforce", CORDON_MODE_ENFORCE },
	{ "audit", CORDON_MODE_AUDIT },
	{ NULL },
};
static_assert(__CORDON_MODE_LAST == CORDON_MODE_AUDIT + 1,
	      "every mode has a name");

const struct name names_action[] = {
	{ "allow", CORDON_ACTION_ALLOW },
	{ "deny", CORDON_ACTION_DENY },
	{ NULL },
};
static_assert(__CORDON_ACTION_LAST == CORDON_ACTION_DENY + 1,
	      "every action has a name");

const struct name names_log[] = {
	{ "auto", CORDON_LOG_AUTO },
	{ "always", CORDON_LOG_ALWAYS },
	{ "never", CORDON_LOG_NEVER },
	{ NULL },
};
static_assert(__CORDON_LOG_LAST == CORDON_LOG_NEVER + 1,
	      "every way of logging has a name");

const struct name names_stream_op[] = {
	{ "suppressed", CORDON_STREAM_OP_SUPPRESSED },
	{ NULL },
};
static_assert(__CORDON_STREAM_OP_LAST == CORDON_STREAM_OP_SUPPRESSED << 1,
	      "every operation on the stream has a name");

const struct name names_admin_op[] = {
	{ "start", CORDON_ADMIN_OP_START },
	{ "stop", CORDON_ADMIN_OP_STOP },
	{ "load", CORDON_ADMIN_OP_LOAD },
	{ "replace", CORDON_ADMIN_OP_REPLACE },
	{ "remove", CORDON_ADMIN_OP_REMOVE },
	{ "flush", CORDON_ADMIN_OP_FLUSH },
	{ "request", CORDON_ADMIN_OP_REQUEST },
	{ "seal", CORDON_ADMIN_OP_SEAL },
	{ "run", CORDON_ADMIN_OP_RUN },
	{ NULL },
};
static_assert(__CORDON_ADMIN_OP_LAST == CORDON_ADMIN_OP_RUN << 1,
	      "every act of administration has a name");

const struct name names_class[] = {
	{ "file", CORDON_CLASS_FILE },	 { "socket", CORDON_CLASS_SOCKET },
	{ "guard", CORDON_CLASS_GUARD }, { "stream", CORDON_CLASS_STREAM },
	{ "admin", CORDON_CLASS_ADMIN }, { NULL },
};
static_assert(__CORDON_CLASS_LAST == CORDON_CLASS_ADMIN + 1,
	      "every class has a name");

const struct name names_verdict[] = {
	{ "denied", CORDON_VERDICT_DENIED },
	{ "would-deny", CORDON_VERDICT_WOULD_DENY },
	{ "allowed", CORDON_VERDICT_ALLOWED },
	{ "noted", CORDON_VERDICT_NOTED },
	{ NULL },
};
static_assert(__CORDON_VERDICT_LAST == CORDON_VERDICT_NOTED + 1,
	      "every verdict has a name");

const struct name names_reason[] = {
	{ "rule", CORDON_REASON_RULE },
	{ "default", CORDON_REASON_DEFAULT },
	{ "no-path", CORDON_REASON_NO_PATH },
	{ "no-memory", CORDON_REASON_NO_MEMORY },
	{ "widens", CORDON_REASON_WIDENS },
	{ "guard", CORDON_REASON_GUARD },
	{ "redirects", CORDON_REASON_REDIRECTS },
	{ "limit", CORDON_REASON_LIMIT },
	{ "admin", CORDON_REASON_ADMIN },
	{ "permission", CORDON_REASON_PERMISSION },
	{ NULL },
};
static_assert(__CORDON_REASON_LAST == CORDON_REASON_PERMISSION + 1,
	      "every reason has a name");

/**
 * names_ops_of_class - the operations of a class
 * @class: a cordon_class
 *
 * Return: their table; an empty one for a class that is not known.
 */
const struct name *names_ops_of_class(uint32_t class)
{
	static const struct name none[] = { { NULL } };

	if (class == CORDON_CLASS_FILE)
		return names_file_op;
	if (class == CORDON_CLASS_GUARD)
		return names_guard_op;
	if (class == CORDON_CLASS_STREAM)
		return names_stream_op;
	if (class == CORDON_CLASS_ADMIN)
		return names_admin_op;
	return class == CORDON_CLASS_SOCKET ? names_socket_op : none;
}

/**
 * names_extend - a table with one more name at its beginning
 * @extended: becomes the table, has room for NAMES_MAX entries
 * @table: the other names
 * @text: the additional one, such as "all"
 * @value: what it stands for
 */
void names_extend(struct name *extended, const struct name *table,
		  const char *text, uint32_t value)
{
	size_t count = 0;

	*extended++ = (struct name){ text, value };
	for (; table->text && count < NAMES_MAX - 2; table++, count++)
		*extended++ = *table;
	*extended = (struct name){ NULL };
}

/**
 * names_find - the entry of a name
 * @table: where to look
 * @text: the name
 *
 * Return: the entry, or NULL.
 */
const struct name *names_find(const struct name *table, const char *text)
{
	for (; table->text; table++)
		if (!strcmp(table->text, text))
			return table;
	return NULL;
}

/**
 * names_text - the name of a number
 * @table: where to look
 * @value: the number
 *
 * Return: the name, or NULL.
 */
const char *names_text(const struct name *table, uint32_t value)
{
	for (; table->text; table++)
		if (table->value == value)
			return table->text;
	return NULL;
}

/**
 * names_enforced - the flags that this version enforces
 * @table: a table of flags
 *
 * Return: all of them, or-ed.
 */
uint32_t names_enforced(const struct name *table)
{
	uint32_t flags = 0;

	for (; table->text; table++)
		if (!table->later)
			flags |= table->value;
	return flags;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Longest text for which a near name is looked for. */
#define NEAR_LEN_MAX 31

/*
 * How many insertions, deletions, replacements and swaps of neighbours turn
 * one text into the other.
 */
static size_t edit_distance(const char *from, const char *to)
{
	size_t cost[NEAR_LEN_MAX + 1][NEAR_LEN_MAX + 1];
	size_t rows = strlen(from);
	size_t columns = strlen(to);
	size_t i;
	size_t j;

	if (rows > NEAR_LEN_MAX || columns > NEAR_LEN_MAX)
		return SIZE_MAX;
	for (i = 0; i <= rows; i++)
		cost[i][0] = i;
	for (j = 0; j <= columns; j++)
		cost[0][j] = j;
	for (i = 1; i <= rows; i++) {
		for (j = 1; j <= columns; j++) {
			size_t best = least(cost[i - 1][j], cost[i][j - 1]) + 1;

			best = least(best, cost[i - 1][j - 1] +
						   (from[i - 1] != to[j - 1]));
			if (i > 1 && j > 1 && from[i - 1] == to[j - 2] &&
			    from[i - 2] == to[j - 1])
				best = least(best, cost[i - 2][j - 2] + 1);
			cost[i][j] = best;
		}
	}
	return cost[rows][columns];
}

/**
 * names_nearest - the name that somebody may have meant
 * @table: names to choose from
 * @text: what was written
 *
 * Return: a name at most two edits away that keeps at least half of @text, or
 * NULL.
 */
const char *names_nearest(const struct name *table, const char *text)
{
	size_t best = least(2, strlen(text) / 2) + 1;
	const char *nearest = NULL;

	for (; table->text; table++) {
		size_t distance = edit_distance(text, table->text);

		if (distance < best) {
			best = distance;
			nearest = table->text;
		}
	}
	return nearest;
}

/**
 * names_list - the names of flags
 * @table: a table of flags
 * @flags: which; a flag without a name appears as a number
 * @between: what separates two names
 *
 * Return: the text, for the caller to free.
 */
char *names_list(const struct name *table, uint32_t flags, const char *between)
{
	char *list = NULL;
	size_t len;
	FILE *out = alloc_stream(&list, &len);
	const char *comma = "";

	for (; table->text; table++) {
		if (!(flags & table->value))
			continue;
		fprintf(out, "%s%s", comma, table->text);
		flags &= ~table->value;
		comma = between;
	}
	if (flags)
		fprintf(out, "%s0x%x", comma, flags);
	alloc_stream_end(out);
	return list;
}

/**
 * names_set - the names of the numbers in a set
 * @table: a table of numbers
 * @set: bit N stands for number N
 * @between: what separates two names
 *
 * Return: the text, for the caller to free.
 */
char *names_set(const struct name *table, uint64_t set, const char *between)
{
	char *list = NULL;
	size_t len;
	FILE *out = alloc_stream(&list, &len);
	const char *comma = "";
	uint32_t i;

	for (i = 0; i < 64; i++) {
		const char *name = names_text(table, i);

		if (!(set >> i & 1))
			continue;
		if (name)
			fprintf(out, "%s%s", comma, name);
		else
			fprintf(out, "%s%u", comma, i);
		comma = between;
	}
	alloc_stream_end(out);
	return list;
}
