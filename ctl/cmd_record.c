// SPDX-License-Identifier: GPL-2.0
/* record: events as they come, into a database. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "follow.h"
#include "load_id.h"
#include "record.h"
#include "refusal.h"
#include "value.h"

enum {
	OPTION_MAX_DAYS,
	OPTION_MAX_EVENTS,
	OPTION_MAX_SIZE,
	OPTION_TIMEOUT
};

static enum exit_code complain(const struct record *record, const char *path)
{
	fprintf(stderr, "cordonctl: cannot record to '%s': %s\n", path,
		record->store.why);
	return EXIT_OUTPUT;
}

static enum exit_code write_record(struct record *record, struct follow *follow,
				   const struct load_id *load, const char *path)
{
	int ret = record_resume(record, load);

	if (!ret)
		ret = follow_run(follow, record->store.last + 1);
	if (!record->error)
		record_end(record);
	if (!record->error && follow->live.gone)
		record_leave(record);
	if (record->error)
		return complain(record, path);
	if (!ret || ret == -EINTR)
		return EXIT_DONE;
	return refused(follow->live.gone ? &follow->live : &follow->query, ret,
		       "to deliver events");
}

/* The database first: what is wrong with it can be told without the module. */
static enum exit_code open_and_write(struct record *record,
				     struct follow *follow, const char *path)
{
	struct load_id load;
	enum exit_code code;

	if (record_open(record, path))
		return complain(record, path);
	code = follow_open(follow);
	if (!code)
		code = load_id_ask(&follow->query, &load);
	return code ? code : write_record(record, follow, &load, path);
}

static bool parse_number(const struct arguments *arguments, int option,
			 uint64_t most, uint64_t *number)
{
	const char *text = arguments->options[option];

	if (!text || (value_number(text, most, number) && *number))
		return true;
	usage_error("'%s' is not a number that can be", text);
	return false;
}

static bool parse(const struct arguments *arguments,
		  struct store_limits *limits, struct follow *follow)
{
	uint64_t days = 0;
	uint64_t mebibytes = 0;
	const char *timeout = arguments->options[OPTION_TIMEOUT];
	uint64_t seconds = 0;

	if (!parse_number(arguments, OPTION_MAX_DAYS, 36500, &days) ||
	    !parse_number(arguments, OPTION_MAX_EVENTS, INT64_MAX,
			  &limits->events) ||
	    !parse_number(arguments, OPTION_MAX_SIZE, UINT32_MAX, &mebibytes))
		return false;
	if (timeout && !value_number(timeout, UINT32_MAX, &seconds)) {
		usage_error("'%s' is not a number of seconds", timeout);
		return false;
	}
	limits->age = days * 24 * 60 * 60;
	limits->bytes = mebibytes << 20;
	follow->deadline = timeout ? follow_now() + seconds * 1000 : UINT64_MAX;
	return true;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct record record = { .store.file = -1 };
	struct follow follow = { .take = record_take,
				 .idle = record_idle,
				 .into = &record };
	enum exit_code code;

	if (!parse(arguments, &record.limits, &follow))
		return EXIT_USAGE;
	code = open_and_write(&record, &follow, arguments->operands[0]);
	follow_close(&follow);
	record_close(&record);
	return code;
}

static const struct option_spec options[] = {
	[OPTION_MAX_DAYS] = { "max-days", "N", "delete what is older" },
	[OPTION_MAX_EVENTS] = { "max-events", "N", "keep so many events" },
	[OPTION_MAX_SIZE] = { "max-size", "MIB", "keep so many mebibytes" },
	[OPTION_TIMEOUT] = { "timeout", "SECONDS", "end after so long" },
	{ NULL },
};

const struct command cmd_record = {
	.name = "record",
	.operands = "FILE",
	.help = "store events in a database as they come",
	.least = 1,
	.most = 1,
	.options = options,
	.run = run,
};
