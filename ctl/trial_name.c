// SPDX-License-Identifier: GPL-2.0
/* A name says which process it belongs to, and numbers of processes return. */
#include "trial_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"

/* When a process was started, in ticks since boot; 0 when there is none. */
static unsigned long long start_of(long pid)
{
	char *path = alloc_printf("/proc/%ld/stat", pid);
	FILE *in = fopen(path, "re");
	unsigned long long start = 0;
	char line[1024] = "";
	char *behind;
	int field;

	free(path);
	if (!in)
		return 0;
	line[fread(line, 1, sizeof(line) - 1, in)] = '\0';
	fclose(in);
	/* The name of the program is in brackets and may hold anything. */
	behind = strrchr(line, ')');
	for (field = 2; behind && field < 22; field++)
		behind = strchr(behind + 1, ' ');
	if (behind)
		start = strtoull(behind, NULL, 10);
	return start;
}

/**
 * trial_make_name - a name that no other tenant has
 *
 * Return: the name, for the caller to free.
 */
char *trial_make_name(void)
{
	struct timespec time = { 0 };
	uint32_t chance = 0;

	if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0) {
		clock_gettime(CLOCK_MONOTONIC, &time);
		chance = time.tv_nsec;
	}
	return alloc_printf(TRIAL_PREFIX "%ld-%llu-%08" PRIx32, (long)getpid(),
			    start_of(getpid()), chance);
}

/**
 * trial_parse_name - whose a tenant is
 * @name: its name
 * @pid: becomes the process id
 * @start: becomes when that process was started
 *
 * Return: false when it is no tenant of doctor's.
 */
bool trial_parse_name(const char *name, long *pid, unsigned long long *start)
{
	unsigned int chance;
	int len = 0;

	return sscanf(name, TRIAL_PREFIX "%ld-%llu-%8x%n", pid, start, &chance,
		      &len) == 3 &&
	       len && !name[len];
}

/**
 * trial_is_left - whether that of which this is the name was left behind
 * @name: the name of a tenant or of a cgroup
 *
 * Return: true when doctor made it in a process that is no more.
 */
bool trial_is_left(const char *name)
{
	unsigned long long start;
	long pid;

	return trial_parse_name(name, &pid, &start) && start_of(pid) != start;
}
