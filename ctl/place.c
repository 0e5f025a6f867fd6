// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers of events begin anew with each load of the module, so what is known
 * about them need not outlive the host: files are replaced as a whole, but
 * nobody waits until they are on the disk.
 */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "alloc.h"
#include "value.h"

#define WORDS "cordonctl place 2\n"

/* Of a version that told loads of the module apart in another way. */
#define EARLIER_WORDS "cordonctl place 1\n"

/* Room for what a file has, and for more, which is then one too many. */
#define SIZE 256

/* Without what divides the digits. */
static void copy_digits(const char *uuid, char id[PLACE_ID_SIZE])
{
	size_t len = 0;

	for (; *uuid && len < PLACE_ID_SIZE - 1; uuid++)
		if (*uuid != '-')
			id[len++] = *uuid;
	id[len] = '\0';
}

static int make_stream(char id[PLACE_ID_SIZE])
{
	unsigned char bytes[(PLACE_ID_SIZE - 1) / 2];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -EIO;
	for (i = 0; i < sizeof(bytes); i++)
		sprintf(id + 2 * i, "%02x", bytes[i]);
	return 0;
}

/**
 * place_begin - nothing was taken of this load of the module
 * @place: becomes that
 * @load: which load it is
 *
 * Return: 0, or a negative errno.
 */
int place_begin(struct place *place, const struct load_id *load)
{
	memset(place, 0, sizeof(*place));
	copy_digits(load->boot, place->boot);
	place->module = load->time_boot;
	return make_stream(place->stream);
}

/* Takes a line "WORD VALUE" off @text; its value, or NULL. */
static const char *take_line(char **text, const char *word)
{
	size_t len = strlen(word);
	char *value = *text + len + 1;
	char *end;

	if (strncmp(*text, word, len) || (*text)[len] != ' ')
		return NULL;
	end = strchr(value, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return value;
}

static bool take_id(char **text, const char *word, char *id)
{
	const char *value = take_line(text, word);

	if (!value || strlen(value) != PLACE_ID_SIZE - 1 ||
	    strspn(value, "0123456789abcdef") != PLACE_ID_SIZE - 1)
		return false;
	memcpy(id, value, PLACE_ID_SIZE);
	return true;
}

static bool take_number(char **text, const char *word, uint64_t *number)
{
	const char *value = take_line(text, word);

	return value && value_number(value, UINT64_MAX, number);
}

static bool parse(struct place *place, char *text)
{
	text += strlen(WORDS);
	return take_id(&text, "boot", place->boot) &&
	       take_number(&text, "module", &place->module) &&
	       take_id(&text, "stream", place->stream) &&
	       take_number(&text, "seq", &place->seq) && !*text;
}

/* Its size, or a negative errno; what is too long is not whole. */
static ssize_t read_file(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t size;

	if (fd < 0)
		return -errno;
	size = read(fd, text, SIZE - 1);
	if (size < 0)
		size = -errno;
	else
		text[size] = '\0';
	close(fd);
	return size;
}

/**
 * place_resume - go on where somebody ended
 * @place: place_begin() was called for it
 * @path: the file
 *
 * Return: 1 when @place is as the file says; 0 when it stays as it is, as there
 * is no file, it is about another load of the module, or the host crashed before
 * it was on the disk; or a negative errno, -EBADMSG when it is another file,
 * -ESTALE when it is of an earlier version and cannot be gone on from.
 */
int place_resume(struct place *place, const char *path)
{
	struct place old;
	char text[SIZE];
	ssize_t size = read_file(path, text);

	if (size == -ENOENT || !size || (size > 0 && !*text))
		return 0;
	if (size < 0)
		return size;
	if (!strncmp(text, EARLIER_WORDS, strlen(EARLIER_WORDS)))
		return -ESTALE;
	if (strncmp(text, WORDS, strlen(WORDS)) || !parse(&old, text))
		return -EBADMSG;
	if (strcmp(old.boot, place->boot) || old.module != place->module)
		return 0;
	*place = old;
	return 1;
}

static bool write_file(const struct place *place, int fd)
{
	char text[SIZE];
	int len = snprintf(text, sizeof(text),
			   WORDS "boot %s\nmodule %" PRIu64
				 "\nstream %s\nseq %" PRIu64 "\n",
			   place->boot, place->module, place->stream,
			   place->seq);

	return write(fd, text, len) == len;
}

/**
 * place_save - tell the next one how far it got
 * @place: how far
 * @path: the file, which is replaced
 *
 * Return: 0, or a negative errno.
 */
int place_save(const struct place *place, const char *path)
{
	char *temporary = alloc_printf("%s.new", path);
	int ret = 0;
	int fd;

	/* What a write that is short does not set. */
	errno = ENOSPC;
	fd = open(temporary,
		  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || !write_file(place, fd) || rename(temporary, path))
		ret = -errno;
	if (fd >= 0)
		close(fd);
	free(temporary);
	return ret;
}
