// SPDX-License-Identifier: GPL-2.0
/* monitor: events as they come. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "filter.h"
#include "follow.h"
#include "journal.h"
#include "place.h"
#include "refusal.h"
#include "value.h"

enum {
	OPTION_COUNT = FILTER_OPTIONS,
	OPTION_TIMEOUT,
	OPTION_JOURNAL,
	OPTION_STATE
};

/* So many events at most are printed again after a crash. */
#define UNSAVED_MAX 256

/**
 * struct monitor - which events are printed, and where to
 * @filter: which are wanted
 * @left: how many are still to be printed
 * @journal: where they go, unless they are printed
 * @to_journal: they do
 * @place: how far it got
 * @path: file that @place is kept in, or NULL
 * @unsaved: how many events it is behind
 * @why: what cannot be written, or NULL
 * @error: the errno of that
 */
struct monitor {
	struct filter filter;
	uint64_t left;
	struct journal journal;
	bool to_journal;
	struct place place;
	const char *path;
	unsigned int unsaved;
	const char *why;
	int error;
};

/* Nothing is taken for done before it is written. */
static int save(struct monitor *monitor)
{
	int ret;

	if (!monitor->path || !monitor->unsaved)
		return 0;
	if (fflush(stdout))
		return -EPIPE;
	ret = place_save(&monitor->place, monitor->path);
	if (ret) {
		monitor->why = monitor->path;
		monitor->error = -ret;
	}
	monitor->unsaved = 0;
	return ret;
}

static int deliver(struct monitor *monitor, const struct event *event)
{
	int ret;

	if (!monitor->to_journal)
		return filter_print(&monitor->filter, event);
	ret = journal_send(&monitor->journal, event);
	if (ret) {
		monitor->why = "the journal";
		monitor->error = -ret;
	}
	return ret;
}

static int take(const struct event *event, void *into)
{
	struct monitor *monitor = into;
	bool wanted = filter_wants(&monitor->filter, event);
	int ret = 0;

	journal_note(&monitor->journal, event->seq);
	if (wanted)
		ret = deliver(monitor, event);
	if (ret)
		return ret;
	monitor->place.seq = event->seq;
	if (++monitor->unsaved >= UNSAVED_MAX)
		ret = save(monitor);
	return !ret && wanted && !--monitor->left ? -EINTR : ret;
}

static int idle(void *into)
{
	return save(into);
}

static bool parse_outlet(const struct arguments *arguments,
			 struct monitor *monitor)
{
	monitor->path = arguments->options[OPTION_STATE];
	monitor->to_journal = arguments->options[OPTION_JOURNAL];
	if (monitor->to_journal && (arguments->options[FILTER_JSON] ||
				    arguments->options[FILTER_FORMAT])) {
		usage_error("'--journal' has a format of its own");
		return false;
	}
	if (monitor->path && arguments->options[FILTER_SINCE]) {
		usage_error("'--state' says what '--since' would");
		return false;
	}
	return true;
}

static bool parse(const struct arguments *arguments, struct monitor *monitor,
		  struct follow *follow)
{
	const char *count = arguments->options[OPTION_COUNT];
	const char *timeout = arguments->options[OPTION_TIMEOUT];
	uint64_t seconds;

	monitor->left = UINT64_MAX;
	follow->deadline = UINT64_MAX;
	if (count && (!value_number(count, UINT64_MAX, &monitor->left) ||
		      !monitor->left)) {
		usage_error("'%s' is not a number of events", count);
		return false;
	}
	if (timeout) {
		if (!value_number(timeout, UINT32_MAX, &seconds)) {
			usage_error("'%s' is not a number of seconds", timeout);
			return false;
		}
		follow->deadline = follow_now() + seconds * 1000;
	}
	return filter_parse(&monitor->filter, arguments) &&
	       parse_outlet(arguments, monitor);
}

static enum exit_code complain(const char *what, int error)
{
	fprintf(stderr, "cordonctl: cannot write to %s: %s\n", what,
		strerror(error));
	return EXIT_OUTPUT;
}

/*
 * What was sent to the journal after the place was saved is found there.  If it
 * cannot be, it is sent again.
 */
static void look_into_journal(struct monitor *monitor)
{
	uint64_t seq;
	int ret = journal_last(&monitor->journal, &seq);

	if (ret < 0)
		fprintf(stderr,
			"cordonctl: cannot read the journal: %s; up to %d events may be there twice\n",
			strerror(-ret), UNSAVED_MAX);
	else if (ret && seq > monitor->place.seq)
		monitor->place.seq = seq;
}

/* The stream has to be known before anything is sent in its name. */
static enum exit_code resume(struct monitor *monitor)
{
	int ret = place_resume(&monitor->place, monitor->path);

	if (ret == -ESTALE) {
		fprintf(stderr,
			"cordonctl: '%s' is a state of an earlier version: beginning anew, what it was about may come twice\n",
			monitor->path);
		ret = 0;
	}
	if (ret < 0)
		fprintf(stderr, "cordonctl: cannot go on from '%s': %s\n",
			monitor->path,
			ret == -EBADMSG ? "this is no state of cordonctl" :
					  strerror(-ret));
	if (ret < 0)
		return EXIT_OUTPUT;
	if (ret && monitor->to_journal && monitor->journal.calls)
		look_into_journal(monitor);
	if (!ret)
		ret = place_save(&monitor->place, monitor->path);
	if (ret < 0)
		return complain(monitor->path, -ret);
	monitor->filter.since = monitor->place.seq + 1;
	return EXIT_DONE;
}

/* What it was that was taken has to be known by those who come later. */
static enum exit_code begin_place(struct monitor *monitor,
				  struct session *session)
{
	struct load_id load;
	enum exit_code code = load_id_ask(session, &load);
	int ret;

	if (code)
		return code;
	ret = place_begin(&monitor->place, &load);
	if (!ret)
		return EXIT_DONE;
	fprintf(stderr, "cordonctl: no random number is to be had: %s\n",
		strerror(-ret));
	return EXIT_REFUSED;
}

static enum exit_code begin(struct monitor *monitor, struct session *session)
{
	enum exit_code code;

	if (!monitor->path && !monitor->to_journal)
		return EXIT_DONE;
	code = begin_place(monitor, session);
	if (code)
		return code;
	monitor->journal.stream = monitor->place.stream;
	if (monitor->to_journal && journal_open(&monitor->journal))
		return EXIT_OUTPUT;
	if (monitor->path)
		code = resume(monitor);
	monitor->journal.next = monitor->filter.since;
	return code;
}

static enum exit_code watch(struct monitor *monitor, struct follow *follow)
{
	enum exit_code code = begin(monitor, &follow->query);
	int ret;

	if (code)
		return code;
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = follow_run(follow, monitor->filter.since);
	if (!monitor->why)
		save(monitor);
	if (monitor->why)
		return complain(monitor->why, monitor->error);
	/* A reader that went away is reported by main(). */
	if (!ret || ret == -EPIPE || ret == -EINTR)
		return EXIT_DONE;
	return refused(&follow->live, ret, "to deliver events");
}

static enum exit_code run(const struct arguments *arguments)
{
	struct monitor monitor = { .left = 0 };
	struct follow follow = { .take = take, .idle = idle, .into = &monitor };
	enum exit_code code;

	if (!parse(arguments, &monitor, &follow))
		return EXIT_USAGE;
	code = follow_open(&follow);
	if (!code)
		code = watch(&monitor, &follow);
	follow_close(&follow);
	return code;
}

static const struct option_spec options[] = {
	FILTER_OPTION_SPECS,
	[OPTION_COUNT] = { "count", "N", "end after N events" },
	[OPTION_TIMEOUT] = { "timeout", "SECONDS", "end after so long" },
	[OPTION_JOURNAL] = { "journal", NULL, "send events to the journal" },
	[OPTION_STATE] = { "state", "FILE", "go on where FILE says" },
	{ NULL },
};

const struct command cmd_monitor = {
	.name = "monitor",
	.operands = "",
	.help = "print events as they come",
	.about =
		"Prints an event a line until interrupted, and asks again for events that\n"
		"came faster than it could read.  'listening' on the standard error says\n"
		"that none can be missed any more.  With --state it begins behind the last event\n"
		"that was taken, or with the oldest that the module has, and keeps FILE up to\n"
		"date.\n",
	.options = options,
	.run = run,
};
