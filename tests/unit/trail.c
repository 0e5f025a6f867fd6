// SPDX-License-Identifier: GPL-2.0
#include "trail.h"

#include <stdlib.h>
#include <string.h>

#include "pattern.h"

/*
 * Each name gets memory of its own, of the eight bytes that may be read or of
 * its length, so that the sanitizer sees a byte more being read.  What stands
 * behind a short name is not zero: nobody may rely on that.
 */
static void make_name(struct component *name, const char *text, size_t len)
{
	size_t room = len < 8 ? 8 : len;
	char *copy = malloc(room);

	assert(copy);
	memset(copy, 'a', room);
	memcpy(copy, text, len);
	component_set(name, copy, len);
	if (!component_is_long(name))
		free(copy);
}

static size_t count_names(const char *text)
{
	size_t count = 0;

	if (!strcmp(text, "/"))
		return 0;
	for (; *text; text++)
		count += *text == '/';
	return count;
}

/**
 * trail_make - make a path for lookups
 * @trail: becomes the path; the caller frees it
 * @text: "/", or names with a "/" in front of each, or the name of a memfd
 */
void trail_make(struct trail *trail, const char *text)
{
	bool memfd = !strncmp(text, PATTERN_MEMFD, strlen(PATTERN_MEMFD));
	size_t count = memfd ? 1 : count_names(text);
	size_t i;

	trail->names = calloc(count + 1, sizeof(*trail->names));
	assert(trail->names);
	trail->path.count = count;
	trail->path.memfd = memfd;
	trail->path.at = trail->names;
	if (memfd) {
		make_name(&trail->names[0], text, strlen(text));
		return;
	}
	for (i = count; i--;) {
		size_t len = strcspn(++text, "/");

		make_name(&trail->names[i], text, len);
		text += len;
	}
}

/**
 * trail_free - free what a path takes
 * @trail: the path
 */
void trail_free(struct trail *trail)
{
	size_t i;

	for (i = 0; i < trail->path.count; i++)
		if (component_is_long(&trail->names[i]))
			free((char *)trail->names[i].text);
	free(trail->names);
}
