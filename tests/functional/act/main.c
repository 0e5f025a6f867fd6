// SPDX-License-Identifier: GPL-2.0
/*
 * Reads lines and answers each with one: OK, the name of an error, or
 * "text:" and what was asked for.  Words are divided by blanks; %XX is a byte.
 *
 * The asker waits for each answer, so no more than a line is ever waiting, and
 * whoever forks or executes this program again goes on where it was.
 */
#define _GNU_SOURCE
#include "act.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct act *const tables[] = {
	acts_attr,  acts_copyup,   acts_data,  acts_exec,	acts_file,
	acts_guard, acts_identity, acts_ioctl, acts_map,	acts_mount,
	acts_move,  acts_net,	   acts_newer, acts_option,	acts_pass,
	acts_ring,  acts_task,	   acts_uring, acts_uring_file, acts_use,
};

int last_fd = -1;

int keep_fd(int fd)
{
	if (fd < 0)
		return -1;
	if (last_fd >= 0)
		close(last_fd);
	last_fd = fd;
	return 0;
}

int answer(const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(line, sizeof(line) - 1, format, arguments);
	va_end(arguments);
	if (len > (int)sizeof(line) - 2)
		len = sizeof(line) - 2;
	line[len++] = '\n';
	if (write(1, line, len) != len)
		_exit(1);
	return ANSWERED;
}

/* Undoes %XX in place. */
static void decode(char *word)
{
	char *to = word;

	for (; *word; word++) {
		char digits[3] = "";

		if (*word == '%' && word[1] && word[2]) {
			memcpy(digits, word + 1, 2);
			*to++ = strtol(digits, NULL, 16);
			word += 2;
		} else {
			*to++ = *word;
		}
	}
	*to = '\0';
}

static int split(char *line, char **words)
{
	char *rest = line;
	char *word;
	int count = 0;

	while (count < WORDS_MAX && (word = strsep(&rest, " "))) {
		decode(word);
		words[count++] = word;
	}
	words[count] = NULL;
	return count;
}

static const struct act *find(const char *name)
{
	const struct act *act;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (act = tables[i]; act->name; act++)
			if (!strcmp(act->name, name))
				return act;
	return NULL;
}

static void perform(char *line)
{
	char *words[WORDS_MAX + 1] = { NULL };
	int count = split(line, words);
	const struct act *act = find(words[0]);
	int ret;

	if (!act || count - 1 < act->words) {
		answer("what is '%s'?", words[0]);
		return;
	}
	ret = act->run(words + 1);
	if (ret < 0)
		answer("%s", strerrorname_np(errno));
	else if (ret != ANSWERED)
		answer("OK");
}

void serve(void)
{
	static char line[65536];
	size_t used = 0;

	for (;;) {
		ssize_t got = read(0, line + used, sizeof(line) - used);

		if (got <= 0)
			_exit(got < 0);
		used += got;
		if (line[used - 1] == '\n') {
			line[used - 1] = '\0';
			used = 0;
			perform(line);
		} else if (used == sizeof(line)) {
			_exit(1);
		}
	}
}

int main(void)
{
	answer("ready");
	serve();
}
