// SPDX-License-Identifier: GPL-2.0
/*
 * One line of the standard error that is written over and is gone in the end.
 * Nobody else gets any of it: a file would fill up with it.
 */
#include "progress.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "terminal.h"

/* How often it is written, in milliseconds. */
#define INTERVAL 100

/* When it was written last, in milliseconds; 0 when nothing is there. */
static uint64_t shown;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ULL + time.tv_nsec / 1000000;
}

/*
 * A console that nobody looks at passes for a terminal, and for one that is able
 * as the kernel sets TERM for the first process; but it does not know its size.
 */
static bool is_watched(void)
{
	struct winsize size;

	return terminal_is_able(STDERR_FILENO) &&
	       !ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col;
}

/**
 * progress_show - show how far it is
 * @what: what is going on
 * @done: how much of it is done
 * @all: how much there is to do; 0 where that has no number
 *
 * What has no number takes its time in one piece and is shown in any case.
 */
void progress_show(const char *what, size_t done, size_t all)
{
	uint64_t time = now();

	if (!is_watched() || (all && time - shown < INTERVAL))
		return;
	shown = time;
	fprintf(stderr, "\r\033[K%s", what);
	if (all)
		fprintf(stderr, " %zu of %zu", done, all);
	fflush(stderr);
}

/**
 * progress_end - take back what is shown
 */
void progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = 0;
}
