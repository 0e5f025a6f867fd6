// SPDX-License-Identifier: GPL-2.0
/* report: a page about what was recorded. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "alloc.h"
#include "command.h"
#include "moment.h"
#include "publish.h"
#include "report.h"

enum {
	OPTION_OUTPUT,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_TENANT
};

static enum exit_code complain(const char *doing, const char *path,
			       const char *why)
{
	fprintf(stderr, "cordonctl: cannot %s '%s': %s\n", doing, path, why);
	return EXIT_OUTPUT;
}

static enum exit_code write_file(const char *path, const char *page, size_t len)
{
	struct publish publish;
	int ret = publish_begin(&publish, path);

	if (!ret) {
		fwrite(page, 1, len, publish.out);
		ret = publish_end(&publish);
	}
	return ret ? complain("write", path, strerror(-ret)) : EXIT_DONE;
}

/* Here it is known why it fails, which is forgotten at the end. */
static enum exit_code write_output(const char *page, size_t len)
{
	ssize_t done;

	for (; len; page += done, len -= done) {
		done = write(STDOUT_FILENO, page, len);
		if (done < 0)
			return complain("write", "-", strerror(errno));
	}
	return EXIT_DONE;
}

/* A page that could not be finished is not written at all. */
static enum exit_code write_page(struct report *report, const char *output)
{
	enum exit_code code = EXIT_DONE;
	char *page = NULL;
	size_t len;
	int ret;

	report->out = alloc_stream(&page, &len);
	ret = report_write(report);
	alloc_stream_end(report->out);
	if (ret)
		code = complain("read", report->file, report->data.why);
	else if (output && strcmp(output, "-"))
		code = write_file(output, page, len);
	else
		code = write_output(page, len);
	free(page);
	return code;
}

static bool parse_moment(const char *text, int64_t now, int64_t *moment)
{
	if (!text || moment_parse(text, now, moment))
		return true;
	usage_error("'%s' is no time, such as 24h, 7d or 2026-11-22", text);
	return false;
}

static bool parse(const struct arguments *arguments, struct report *report)
{
	struct report_scope *scope = &report->scope;

	report->now = time(NULL);
	report->file = arguments->operands[0];
	scope->until = REPORT_UNTIL_MAX;
	scope->tenant = arguments->options[OPTION_TENANT];
	if (!parse_moment(arguments->options[OPTION_SINCE], report->now,
			  &scope->since) ||
	    !parse_moment(arguments->options[OPTION_UNTIL], report->now,
			  &scope->until))
		return false;
	if (scope->since < scope->until)
		return true;
	usage_error("'--since' has to be before '--until'");
	return false;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct report report = { .now = 0 };
	enum exit_code code;

	if (!parse(arguments, &report))
		return EXIT_USAGE;
	if (report_data_open(&report.data, report.file) ||
	    report_data_select(&report.data, &report.scope))
		code = complain("read", report.file, report.data.why);
	else
		code = write_page(&report, arguments->options[OPTION_OUTPUT]);
	report_data_close(&report.data);
	free(report.marks.items);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_OUTPUT] = { "output", "FILE", "replace FILE by the page", 'o' },
	[OPTION_SINCE] = { "since", "TIME", "only what is not older" },
	[OPTION_UNTIL] = { "until", "TIME", "only what is older" },
	[OPTION_TENANT] = { "tenant", "NAME", "only that of one tenant" },
	{ NULL },
};

const struct command cmd_report = {
	.name = "report",
	.operands = "FILE",
	.help = "make a page about what 'record' stored in FILE",
	.about =
		"A TIME is how long ago, such as 24h or 7d, or a date in UTC, such as\n"
		"2026-11-22 or 2026-11-22T15:04.  '-o FILE' is '--output=FILE'; without it, or\n"
		"with '-', the page goes to the standard output.\n",
	.least = 1,
	.most = 1,
	.options = options,
	.run = run,
};
