// SPDX-License-Identifier: GPL-2.0
/* top: tenants by what happens to them, again and again. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "follow.h"
#include "refusal.h"
#include "top.h"
#include "top_layout.h"
#include "top_screen.h"
#include "value.h"

enum {
	OPTION_INTERVAL,
	OPTION_ONCE
};

/* Seconds between two samples. */
#define INTERVAL 2
#define INTERVAL_MAX 3600

static int take_sample(struct session *session, struct top *top)
{
	struct stats stats;
	int ret = stats_fetch(session, &stats);

	if (!ret)
		top_take(top, &stats, follow_now());
	stats_clear(&stats);
	return ret;
}

/* Keys are obeyed at once, samples are taken when it is time. */
static int watch(struct session *session, struct top *top, uint64_t interval)
{
	struct top_screen screen = { .help = false };
	uint64_t next = follow_now() + interval;
	int ret = 0;

	while (!ret && !screen.ended) {
		uint64_t now = follow_now();

		if (now >= next) {
			if (!screen.paused)
				ret = take_sample(session, top);
			next = now + interval;
		}
		top_screen_draw(&screen, top);
		top_screen_wait(&screen, top, next > now ? next - now : 0);
	}
	return ret;
}

static void print_rows(const struct top *top)
{
	struct top_layout layout;
	char *line;
	size_t i;

	top_layout(&layout, top, TOP_WIDTH_MAX);
	line = top_heading(&layout, top);
	puts(line);
	free(line);
	for (i = 0; i < top->shown_count; i++) {
		line = top_line(&layout, top->shown[i]);
		puts(line);
		free(line);
	}
}

static int print_once(struct session *session, struct top *top,
		      uint64_t interval)
{
	int ret;

	usleep(interval * 1000);
	ret = take_sample(session, top);
	if (!ret)
		print_rows(top);
	return ret;
}

static enum exit_code show(struct session *session, bool once,
			   uint64_t interval)
{
	enum exit_code code = EXIT_DONE;
	struct top top;
	int ret;

	top_init(&top);
	ret = take_sample(session, &top);
	if (!ret && once) {
		ret = print_once(session, &top, interval);
	} else if (!ret && top_screen_open()) {
		ret = watch(session, &top, interval);
		top_screen_close();
	} else if (!ret) {
		usage_error("nothing is known of a terminal '%s'",
			    getenv("TERM") ?: "");
		code = EXIT_USAGE;
	}
	top_clear(&top);
	/* Nobody has the number of the family that it had. */
	session->gone |= ret == -ENOENT;
	return ret ? refused(session, ret, "to tell what it counted") : code;
}

static bool parse(const struct arguments *arguments, uint64_t *interval)
{
	const char *text = arguments->options[OPTION_INTERVAL];
	uint64_t seconds = INTERVAL;

	if (text && (!value_number(text, INTERVAL_MAX, &seconds) || !seconds)) {
		usage_error("'%s' is not a number of seconds from 1 to %d",
			    text, INTERVAL_MAX);
		return false;
	}
	*interval = seconds * 1000;
	if (arguments->options[OPTION_ONCE] ||
	    (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return true;
	usage_error("'top' needs a terminal; 'top --once' does without");
	return false;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct session session;
	uint64_t interval;
	enum exit_code code;

	if (!parse(arguments, &interval))
		return EXIT_USAGE;
	code = open_or_refuse(&session);
	if (!code)
		code = show(&session, arguments->options[OPTION_ONCE],
			    interval);
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_INTERVAL] = { "interval", "SECONDS",
			      "time between two samples" },
	[OPTION_ONCE] = { "once", NULL, "print one table of rates, and end" },
	{ NULL },
};

const struct command cmd_top = {
	.name = "top",
	.operands = "",
	.help = "watch tenants by events, rates and losses",
	.about = "The key 'h' shows the keys, 'q' quits.\n",
	.options = options,
	.run = run,
};
