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
 * @EXIT_DIFFERENT: what was compared is not the same
 * @EXIT_OUTPUT: the output, or a file that was to be written, cannot be, or a
 * database cannot be read
 * @EXIT_DENIED: what was to be explained is denied, or would be
 * @EXIT_DEPENDS: whether it is denied depends on what policy alone cannot tell
 * @EXIT_NOT_RUN: a command was not even tried to be executed ('run')
 * @EXIT_NOT_EXECUTED: it cannot be executed ('run')
 * @EXIT_NOT_FOUND: there is no such command ('run')
 */
enum exit_code {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,
	EXIT_USAGE = 2,
	EXIT_POLICY = 3,
	EXIT_NOT_PERMITTED = 4,
	EXIT_DIFFERENT = 5,
	EXIT_OUTPUT = 6,
	EXIT_DENIED = 10,
	EXIT_DEPENDS = 11,
	EXIT_NOT_RUN = 125,
	EXIT_NOT_EXECUTED = 126,
	EXIT_NOT_FOUND = 127,
};

/* How many options a command may have. */
#define OPTIONS_MAX 12

/**
 * struct option_spec - one option of a command
 * @name: its name without the dashes; NULL ends the table
 * @argument: what its argument is called, or NULL when it takes none
 * @help: one line
 * @letter: what it is called in short, or 0
 */
struct option_spec {
	const char *name;
	const char *argument;
	const char *help;
	char letter;
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
 * @about: more lines for who asks about this verb, or NULL
 * @least: fewest operands
 * @most: most operands
 * @options: its options
 * @last_option: they end where its operands begin
 * @misuse: exit code when the command line is wrong, if not EXIT_USAGE
 * @run: does it
 */
struct command {
	const char *name;
	const char *operands;
	const char *help;
	const char *about;
	size_t least;
	size_t most;
	const struct option_spec *options;
	bool last_option;
	enum exit_code misuse;
	enum exit_code (*run)(const struct arguments *arguments);
};

extern const struct command cmd_check;
extern const struct command cmd_diff;
extern const struct command cmd_doctor;
extern const struct command cmd_events;
extern const struct command cmd_explain;
extern const struct command cmd_flush;
extern const struct command cmd_help;
extern const struct command cmd_load;
extern const struct command cmd_monitor;
extern const struct command cmd_ps;
extern const struct command cmd_record;
extern const struct command cmd_report;
extern const struct command cmd_run;
extern const struct command cmd_seal;
extern const struct command cmd_show;
extern const struct command cmd_stats;
extern const struct command cmd_status;
extern const struct command cmd_top;
extern const struct command cmd_unload;
extern const struct command cmd_version;

void usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* CTL_COMMAND_H */
