// SPDX-License-Identifier: GPL-2.0
/*
 * libsystemd brings six other libraries, among them three that decompress.  All
 * of them in every process that changes policy, which is root, would be more to
 * trust than there has to be, and twice the time to start.
 */
#include "journal_calls.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define LIBRARY "libsystemd.so.0"

static struct journal_calls calls;

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
	{ "sd_journal_sendv", offsetof(struct journal_calls, sendv) },
	{ "sd_journal_open", offsetof(struct journal_calls, open) },
	{ "sd_journal_close", offsetof(struct journal_calls, close) },
	{ "sd_journal_add_match", offsetof(struct journal_calls, add_match) },
	{ "sd_journal_seek_tail", offsetof(struct journal_calls, seek_tail) },
	{ "sd_journal_previous", offsetof(struct journal_calls, previous) },
	{ "sd_journal_get_data", offsetof(struct journal_calls, get_data) },
};

static int complain(void)
{
	const char *why = dlerror();

	fprintf(stderr, "cordonctl: the journal cannot be used: %s\n",
		why ? why : LIBRARY " is not as expected");
	return -1;
}

static int load(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	size_t i;

	if (!library)
		return complain();
	for (i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
		void *call = dlsym(library, symbols[i].name);

		if (!call)
			return complain();
		*(void **)((char *)&calls + symbols[i].offset) = call;
	}
	return 0;
}

/**
 * journal_calls - the functions of the library
 *
 * The library stays loaded until the process ends.
 *
 * Return: the functions, or NULL after saying why not.
 */
const struct journal_calls *journal_calls(void)
{
	static bool loaded;

	if (!loaded && load())
		return NULL;
	loaded = true;
	return &calls;
}
