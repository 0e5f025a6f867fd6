/* SPDX-License-Identifier: GPL-2.0 */
/* What every verb of the tool is made of; one cmd_*.c file each. */
#ifndef CTL_COMMAND_H
#define CTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum exit_code - how the tool ends
 * @EXIT_DONE: what was asked for is done
 * @EXIT_REFUSED: the kernel refused, or the module is not there
 * @EXIT_USAGE: the command line is wrong
 * @EXIT_POLICY: a policy file has errors
 * @EXIT_NOT_PERMITTED: the caller may not do this
 */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,
	EXIT_USAGE = 2,
	EXIT_POLICY = 3,
	EXIT_NOT_PERMITTED = 4,
};

/* How many options a command may have. */
#define OPTIONS_MAX 8

/**
 * struct option_spec - one option of a command
 * @name: its name without the dashes; NULL ends the table
 * @argument: what its argument is called, or NULL when it takes none
 * @help: one line
 */
struct option_spec {
	const char *name;
	const char *argument;
	const char *help;
};

/**
 * struct arguments - a parsed command line
 * @options: for each option its argument, "" if it takes none, NULL if absent
 * @operands: what is not an option
 * @count: number of @operands
 */
struct arguments {
	const char *options[OPTIONS_MAX];
	char **operands;
	size_t count;
};

/**
 * struct command - a verb
 * @name: the verb
 * @operands: what follows it, for the usage line
 * @help: one line
 * @least: fewest operands
 * @most: most operands
 * @options: its options
 * @run: does it
 */
struct command {
	const char *name;
	const char *operands;
	const char *help;
	size_t least;
	size_t most;
	const struct option_spec *options;
	enum exit_code (*run)(const struct arguments *arguments);
};

extern const struct command cmd_check;
extern const struct command cmd_events;
extern const struct command cmd_flush;
extern const struct command cmd_load;
extern const struct command cmd_monitor;
extern const struct command cmd_ps;
extern const struct command cmd_show;
extern const struct command cmd_status;
extern const struct command cmd_version;

void usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* CTL_COMMAND_H */
