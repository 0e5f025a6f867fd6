// SPDX-License-Identifier: GPL-2.0
/*
 * A reader finds the old file or the new one, be it after a crash: the new one
 * is on the disk before it gets the name.
 */
#include "publish.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"

/* What is counted is no secret, and readers are other users. */
#define MODE 0644

/* What is no file, such as /dev/null or a pipe, must stay what it is. */
static bool is_special(const char *path)
{
	struct stat stat_now;

	return !stat(path, &stat_now) && !S_ISREG(stat_now.st_mode) &&
	       !S_ISDIR(stat_now.st_mode);
}

static int begin_special(struct publish *publish)
{
	publish->temporary = NULL;
	publish->out = fopen(publish->path, "we");
	return publish->out ? 0 : -errno;
}

/* Also what could not be written some time ago is not there. */
static int finish(FILE *out)
{
	if (!fflush(out) && !ferror(out))
		return 0;
	return errno ? -errno : -EIO;
}

static int end_special(struct publish *publish)
{
	int ret = finish(publish->out);

	fclose(publish->out);
	return ret;
}

/**
 * publish_begin - begin to write a file
 * @publish: becomes the file
 * @path: its path, which is kept
 *
 * Return: 0, and the caller ends it; or a negative errno.
 */
int publish_begin(struct publish *publish, const char *path)
{
	int descriptor;
	int error;

	publish->path = path;
	if (is_special(path))
		return begin_special(publish);
	/* Collectors take files by how their names end, this one not. */
	publish->temporary = alloc_printf("%s.XXXXXX", path);
	descriptor = mkostemp(publish->temporary, O_CLOEXEC);
	if (descriptor < 0) {
		error = errno;
		free(publish->temporary);
		return -error;
	}
	publish->out = fdopen(descriptor, "w");
	if (!publish->out)
		alloc_failed();
	return 0;
}

/* The name is on the disk when the directory is. */
static int sync_directory(const char *path)
{
	char *copy = alloc_text(path, strlen(path));
	int descriptor =
		open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	free(copy);
	if (descriptor < 0)
		return -errno;
	if (fsync(descriptor))
		ret = -errno;
	close(descriptor);
	return ret;
}

static int put_in_place(struct publish *publish)
{
	int descriptor = fileno(publish->out);
	int ret = finish(publish->out);

	if (ret)
		return ret;
	if (fchmod(descriptor, MODE) || fsync(descriptor) ||
	    rename(publish->temporary, publish->path))
		return -errno;
	return sync_directory(publish->path);
}

/**
 * publish_end - put a file in place of the one that has its name
 * @publish: the file, which has been written to
 *
 * After an error that one is still there, and nothing else; but when only the
 * directory cannot be put on the disk, the new one is there already.
 *
 * Return: 0, or a negative errno.
 */
int publish_end(struct publish *publish)
{
	int ret;

	if (!publish->temporary)
		return end_special(publish);
	ret = put_in_place(publish);
	if (ret)
		unlink(publish->temporary);
	fclose(publish->out);
	free(publish->temporary);
	return ret;
}
