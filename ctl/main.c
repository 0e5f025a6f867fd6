// SPDX-License-Identifier: GPL-2.0
/* The command line: which verb, with which options and operands. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "verbs.h"

/* What getopt_long() returns for --help and for the first of the options. */
#define HELP 1000
#define FIRST_OPTION 1001

static void refuse_option(const struct command *command, int found,
			  const char *option)
{
	if (found == ':')
		usage_error("option '%s' needs a value", option);
	else
		usage_error("'%s' does not take '%s'", command->name, option);
}

/* The short names of options, as getopt_long() takes them. */
static void list_letters(const struct command *command, char *letters)
{
	const struct option_spec *options = command->options;

	/* What follows the last option of such a verb may look like one. */
	letters += sprintf(letters, "%s:h", command->last_option ? "+" : "");
	for (; options->name; options++)
		if (options->letter)
			letters += sprintf(letters, "%c%s", options->letter,
					   options->argument ? ":" : "");
}

/* The option that was found under its long or its short name. */
static int option_found(const struct option_spec *options, int found)
{
	int i;

	if (found >= FIRST_OPTION)
		return found - FIRST_OPTION;
	for (i = 0; options[i].letter != found; i++)
		;
	return i;
}

static bool parse_options(const struct command *command, int argc, char **argv,
			  struct arguments *arguments, bool *help)
{
	struct option table[OPTIONS_MAX + 2] = {
		{ "help", no_argument, NULL, HELP },
	};
	char letters[2 * OPTIONS_MAX + 4];
	int found;
	int i;

	list_letters(command, letters);
	for (i = 0; command->options[i].name; i++) {
		table[i + 1].name = command->options[i].name;
		table[i + 1].has_arg = command->options[i].argument ?
					       required_argument :
					       no_argument;
		table[i + 1].val = FIRST_OPTION + i;
	}
	optind = 1;
	opterr = 0;
	while ((found = getopt_long(argc, argv, letters, table, NULL)) != -1) {
		if (found == '?' || found == ':') {
			refuse_option(command, found, argv[optind - 1]);
			return false;
		}
		if (found == 'h' || found == HELP)
			*help = true;
		else
			arguments->options[option_found(command->options,
							found)] =
				optarg ? optarg : "";
	}
	arguments->operands = argv + optind;
	arguments->count = argc - optind;
	return true;
}

static enum exit_code run(const struct command *command, int argc, char **argv)
{
	struct arguments arguments = { 0 };
	bool help = false;

	if (!parse_options(command, argc, argv, &arguments, &help))
		return EXIT_USAGE;
	if (help) {
		help_verb(command, stdout);
		return EXIT_DONE;
	}
	if (arguments.count < command->least) {
		usage_error("'%s' needs %s", command->name, command->operands);
		return EXIT_USAGE;
	}
	if (arguments.count > command->most) {
		usage_error("'%s' does not know what to do with '%s'",
			    command->name, arguments.operands[command->most]);
		return EXIT_USAGE;
	}
	return command->run(&arguments);
}

static enum exit_code dispatch(int argc, char **argv)
{
	const struct command *command;
	enum exit_code code;

	if (argc < 2)
		return run(&cmd_show, argc, argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return run(&cmd_help, argc - 1, argv + 1);
	if (!strcmp(argv[1], PROBE_WORD))
		return probe_main() ? EXIT_OUTPUT : EXIT_DONE;
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return run(&cmd_version, argc - 1, argv + 1);
	command = verbs_find(argv[1]);
	if (!command)
		return EXIT_USAGE;
	code = run(command, argc - 1, argv + 1);
	return code == EXIT_USAGE && command->misuse ? command->misuse : code;
}

int main(int argc, char **argv)
{
	enum exit_code code = dispatch(argc, argv);

	/* A full disk must not look like success. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "cordonctl: cannot write the output: %s\n",
			strerror(errno));
		return code && code != EXIT_DIFFERENT ? code : EXIT_OUTPUT;
	}
	return code;
}
