// SPDX-License-Identifier: GPL-2.0
#include "moment.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include "alloc.h"
#include "value.h"

/* Longer ago than that nothing was. */
#define AGO_MAX 1000000

/**
 * struct unit - a length of time
 * @letter: what it is written as
 * @seconds: how long it is
 * @name: its name, of more than one
 */
struct unit {
	char letter;
	int64_t seconds;
	const char *name;
};

/* The longest first. */
static const struct unit units[] = {
	{ 'w', 604800, "weeks" }, { 'd', 86400, "days" },
	{ 'h', 3600, "hours" },	  { 'm', 60, "minutes" },
	{ 's', 1, "seconds" },
};

#define UNITS (sizeof(units) / sizeof(units[0]))

static const struct unit *find_unit(char letter)
{
	size_t i;

	for (i = 0; i < UNITS; i++)
		if (units[i].letter == letter)
			return &units[i];
	return NULL;
}

/* A number and a unit: so long ago. */
static bool parse_ago(const char *text, int64_t now, int64_t *moment)
{
	size_t len = strlen(text);
	const struct unit *unit = len ? find_unit(text[len - 1]) : NULL;
	char digits[16];
	uint64_t count;

	if (!unit || len > sizeof(digits))
		return false;
	memcpy(digits, text, len - 1);
	digits[len - 1] = '\0';
	if (!value_number(digits, AGO_MAX, &count))
		return false;
	*moment = now - (int64_t)count * unit->seconds;
	return true;
}

/* timegm() takes February 30th for March 2nd; that is a mistake. */
static bool take_date(struct tm *tm, int64_t *moment)
{
	int day = tm->tm_mday;

	*moment = timegm(tm);
	return *moment >= 0 && tm->tm_mday == day;
}

static bool parse_date(const char *text, int64_t *moment)
{
	static const char *const formats[] = {
		"%Y-%m-%d",	     "%Y-%m-%dT%H:%M",	  "%Y-%m-%d %H:%M",
		"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S",
	};
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(text, formats[i], &tm);

		if (!end || (*end && strcmp(end, "Z")))
			continue;
		return take_date(&tm, moment);
	}
	return false;
}

/**
 * moment_parse - take a moment from a command line
 * @text: such as "24h" or "7d" ago, "2026-11-22" or "2026-11-22T15:04:05Z"
 * @now: the moment that it is
 * @moment: becomes the moment
 *
 * Return: true when it is one.
 */
bool moment_parse(const char *text, int64_t now, int64_t *moment)
{
	return parse_ago(text, now, moment) || parse_date(text, moment);
}

static char *format(int64_t moment, const char *how)
{
	time_t seconds = moment;
	char text[64] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), how, &tm);
	return alloc_text(text, strlen(text));
}

/**
 * moment_text - a moment that can be compared with the time of events
 * @moment: the moment
 *
 * Return: date and time to the second, for the caller to free.
 */
char *moment_text(int64_t moment)
{
	return format(moment, "%Y-%m-%dT%H:%M:%S");
}

/**
 * moment_short - a moment for the label of an axis
 * @moment: the moment
 * @step: how many seconds later the next one can be
 *
 * Return: month, day and time to the minute, or the time to the second when
 * that is needed to tell them apart, for the caller to free.
 */
char *moment_short(int64_t moment, int64_t step)
{
	return format(moment, step < 60 ? "%H:%M:%S" : "%m-%d %H:%M");
}

/**
 * moment_length - a length of time for people
 * @seconds: the length
 *
 * Return: a number and a unit that it is a multiple of, for the caller to free.
 */
char *moment_length(int64_t seconds)
{
	size_t i = 0;

	while (i < UNITS - 1 &&
	       (seconds < units[i].seconds || seconds % units[i].seconds))
		i++;
	seconds /= units[i].seconds;
	return alloc_printf("%" PRId64 " %.*s", seconds,
			    (int)strlen(units[i].name) - (seconds == 1),
			    units[i].name);
}
