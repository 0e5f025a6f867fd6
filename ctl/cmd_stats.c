// SPDX-License-Identifier: GPL-2.0
/* stats: what is counted, for people, programs and Prometheus. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "prometheus.h"
#include "publish.h"
#include "refusal.h"
#include "stats.h"

enum {
	OPTION_JSON,
	OPTION_PROMETHEUS
};

static enum exit_code publish_stats(const struct stats *stats, const char *path)
{
	struct publish publish;
	int ret = publish_begin(&publish, path);

	if (!ret) {
		prometheus_write(stats, publish.out);
		ret = publish_end(&publish);
	}
	if (!ret)
		return EXIT_DONE;
	fprintf(stderr, "cordonctl: cannot write '%s': %s\n", path,
		strerror(-ret));
	return EXIT_OUTPUT;
}

static enum exit_code print(const struct stats *stats,
			    const struct arguments *arguments)
{
	if (arguments->count)
		return publish_stats(stats, arguments->operands[0]);
	if (arguments->options[OPTION_PROMETHEUS])
		prometheus_write(stats, stdout);
	else if (arguments->options[OPTION_JSON])
		json_write(stats_json(stats), false, stdout);
	else
		stats_print(stats, stdout);
	return EXIT_DONE;
}

/* Whoever watches shall see that the module is gone, and no old numbers. */
static void print_down(const struct session *session,
		       const struct arguments *arguments)
{
	const struct stats down = { .up = false };

	if (session->missing && arguments->options[OPTION_PROMETHEUS])
		print(&down, arguments);
}

static enum exit_code show(struct session *session,
			   const struct arguments *arguments)
{
	struct stats stats;
	enum exit_code code;
	int ret = stats_fetch(session, &stats);

	if (ret)
		code = refused(session, ret, "to tell what it counted");
	else
		code = print(&stats, arguments);
	stats_clear(&stats);
	return code;
}

static bool is_well_formed(const struct arguments *arguments)
{
	if (arguments->options[OPTION_JSON] &&
	    arguments->options[OPTION_PROMETHEUS]) {
		usage_error("'--json' and '--prometheus' exclude each other");
		return false;
	}
	if (arguments->count && !arguments->options[OPTION_PROMETHEUS]) {
		usage_error("a FILE is for '--prometheus' only");
		return false;
	}
	return true;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct session session;
	enum exit_code code;

	if (!is_well_formed(arguments))
		return EXIT_USAGE;
	code = open_or_refuse(&session);
	if (!code)
		code = show(&session, arguments);
	else
		print_down(&session, arguments);
	session_close(&session);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print JSON" },
	[OPTION_PROMETHEUS] = { "prometheus", NULL,
				"print metrics, or replace FILE by them" },
	{ NULL },
};

const struct command cmd_stats = {
	.name = "stats",
	.operands = "[FILE]",
	.help = "show what is counted, of tenants and of the host",
	.most = 1,
	.options = options,
	.run = run,
};
