// SPDX-License-Identifier: GPL-2.0
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"

/* How often, and how long between, a cgroup is tried to be removed. */
#define TRIES 500
#define PAUSE_MS 10

/**
 * cgroup_top - where cgroups of version 2 are mounted
 *
 * Return: the path, for the caller to free, or NULL when they are not.
 */
char *cgroup_top(void)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	char *top = NULL;

	if (!mounts)
		return NULL;
	while (!top && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "cgroup2"))
			top = alloc_text(mount->mnt_dir,
					 strlen(mount->mnt_dir));
	endmntent(mounts);
	return top;
}

/**
 * cgroup_make - make a cgroup
 * @top: where they are mounted
 * @name: its name there
 *
 * Return: 0, or a negative errno.
 */
int cgroup_make(const char *top, const char *name)
{
	char *path = alloc_printf("%s/%s", top, name);
	int ret = mkdir(path, 0755) ? -errno : 0;

	free(path);
	return ret;
}

static int put(const char *top, const char *name, const char *file,
	       const char *text)
{
	char *path = alloc_printf("%s/%s/%s", top, name, file);
	int descriptor = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(text);
	int ret = 0;

	free(path);
	if (descriptor < 0)
		return -errno;
	if (write(descriptor, text, len) != len)
		ret = -errno;
	close(descriptor);
	return ret;
}

/**
 * cgroup_enter - move this process into a cgroup
 * @top: where they are mounted
 * @name: its name there
 *
 * Return: 0, or a negative errno.
 */
int cgroup_enter(const char *top, const char *name)
{
	return put(top, name, "cgroup.procs", "0");
}

/**
 * cgroup_end - kill what is in a cgroup, and remove it
 * @top: where they are mounted
 * @name: its name there
 *
 * Return: 0, also when it was not there, or a negative errno.
 */
int cgroup_end(const char *top, const char *name)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	char *path = alloc_printf("%s/%s", top, name);
	unsigned int i;
	int ret = 0;

	/* Without a way to kill all of it, those in it keep it busy. */
	put(top, name, "cgroup.kill", "1");
	for (i = 0; i < TRIES; i++) {
		ret = rmdir(path) && errno != ENOENT ? -errno : 0;
		if (ret != -EBUSY)
			break;
		nanosleep(&pause, NULL);
	}
	free(path);
	return ret;
}
