// SPDX-License-Identifier: GPL-2.0
/* Names on the command line -> policy files in memory. */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "diag.h"
#include "text.h"

/**
 * source_list_add - append an empty file
 * @list: the list
 * @name: how to call it
 *
 * Return: the file.
 */
struct source *source_list_add(struct source_list *list, const char *name)
{
	struct source *source = alloc_zeroed(1, sizeof(*source));

	source->name = alloc_text(name, strlen(name));
	source->text = alloc_text("", 0);
	*array_push(list->items, list->count) = source;
	return source;
}

/**
 * source_list_free - free all files of a list
 * @list: the list
 */
void source_list_free(struct source_list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free(list->items[i]->name);
		free(list->items[i]->text);
		free(list->items[i]);
	}
	free(list->items);
	memset(list, 0, sizeof(*list));
}

/* @line 0 speaks of a file that could not be read at all. */
static void refuse(struct diag *diag, const struct source *source,
		   unsigned int line, const char *why)
{
	struct position at = { source, line, line };

	diag_error(diag, &at, "%s", why);
}

/* Reads to the end, but at most one byte more than the limit. */
static bool read_text(struct source *source, int fd)
{
	free(source->text);
	source->text = alloc_zeroed(SOURCE_SIZE_MAX + 2, 1);
	while (source->size <= SOURCE_SIZE_MAX) {
		ssize_t got = read(fd, source->text + source->size,
				   SOURCE_SIZE_MAX + 1 - source->size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return !got;
		source->size += got;
	}
	return true;
}

static void read_open(struct source *source, int fd, struct diag *diag)
{
	if (!read_text(source, fd)) {
		refuse(diag, source, 0, strerror(errno));
	} else if (source->size > SOURCE_SIZE_MAX) {
		source->size = 0;
		source->text[0] = '\0';
		refuse(diag, source, 1, "file is larger than 16 MiB");
	}
}

static void read_file(struct source_list *list, const char *name,
		      struct diag *diag)
{
	struct source *source = source_list_add(list, name);
	struct stat stat;
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, &stat))
		refuse(diag, source, 0, strerror(errno));
	else if (!S_ISREG(stat.st_mode))
		refuse(diag, source, 0, "not a regular file");
	else if (stat.st_size > (off_t)SOURCE_SIZE_MAX)
		refuse(diag, source, 1, "file is larger than 16 MiB");
	else
		read_open(source, fd, diag);
	if (fd >= 0)
		close(fd);
}

static int is_policy_name(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot &&
	       (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_directory(struct source_list *list, const char *name,
			   struct diag *diag)
{
	size_t len = strlen(name);
	const char *slash = len && name[len - 1] == '/' ? "" : "/";
	struct dirent **entries;
	int count = scandir(name, &entries, is_policy_name, by_name);
	int i;

	if (count < 0)
		refuse(diag, source_list_add(list, name), 0, strerror(errno));
	else if (!count)
		refuse(diag, source_list_add(list, name), 0,
		       "the directory holds no *.yaml or *.yml file");
	for (i = 0; i < count; i++) {
		char *path =
			alloc_printf("%s%s%s", name, slash, entries[i]->d_name);

		read_file(list, path, diag);
		free(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/**
 * source_read_all - read the policy files that a user named
 * @list: the files are appended to it
 * @names: files, directories, or "-" for the standard input
 * @count: how many
 * @diag: where a file that cannot be read is reported
 */
void source_read_all(struct source_list *list, char **names, size_t count,
		     struct diag *diag)
{
	struct stat stat_buffer;
	size_t i;

	for (i = 0; i < count; i++) {
		if (!strcmp(names[i], "-"))
			read_open(source_list_add(list, "<stdin>"),
				  STDIN_FILENO, diag);
		else if (!stat(names[i], &stat_buffer) &&
			 S_ISDIR(stat_buffer.st_mode))
			read_directory(list, names[i], diag);
		else
			read_file(list, names[i], diag);
	}
}

/**
 * source_origin - what the kernel is told about where something was written
 * @at: the place
 *
 * A name that is too long loses leading directories, or else leading bytes.
 *
 * Return: "FILE:LINE" in printable characters, for the caller to free.
 */
char *source_origin(const struct position *at)
{
	const char *name = at->source->name;
	char *safe = text_escape(name, strlen(name));
	char *origin = alloc_printf("%s:%u", safe, at->line);
	size_t len = strlen(origin);
	const char *tail = origin;
	char *result;

	while (len - (tail - origin) > CORDON_ORIGIN_MAX) {
		const char *slash = strchr(tail, '/');

		if (!slash) {
			tail = origin + len - CORDON_ORIGIN_MAX;
			break;
		}
		tail = slash + 1;
	}
	while ((*tail & 0xc0) == 0x80)
		tail++;
	result = alloc_text(tail, strlen(tail));
	free(origin);
	free(safe);
	return result;
}

/**
 * source_position_of_byte - line and column of a byte
 * @source: the file
 * @offset: which byte, counted from 0
 *
 * Return: its place; the end of the file when @offset is behind it.
 */
struct position source_position_of_byte(const struct source *source,
					size_t offset)
{
	struct position at = { source, 1, 1 };
	size_t i;

	for (i = 0; i < offset && i < source->size; i++) {
		if (source->text[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if ((source->text[i] & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}
