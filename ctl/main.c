// SPDX-License-Identifier: GPL-2.0
/* The table of commands; help and option parsing follow from it. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "names.h"
#include "pure.h"

static const struct command *const commands[] = {
	&cmd_show,   &cmd_load,	  &cmd_check, &cmd_flush,   &cmd_monitor,
	&cmd_events, &cmd_status, &cmd_ps,    &cmd_version,
};

static const char exit_codes[] =
	"\n"
	"exit codes:\n"
	"  0  done\n"
	"  1  the kernel refused, or the module is not loaded\n"
	"  2  the command line is wrong\n"
	"  3  a policy file has errors\n"
	"  4  not permitted\n"
	"\n"
	"See cordonctl(8), cordon-policy(5) and cordon-sockets(5).\n";

static enum exit_code print_help(void)
{
	size_t i;

	puts("usage: cordonctl [COMMAND [OPTION...] [OPERAND...]]\n\n"
	     "Loads policy into the cordon kernel module and reads its events.\n"
	     "Without a command it shows the tenants in force.\n\n"
	     "commands:");
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-8s %-14s %s\n", commands[i]->name,
		       commands[i]->operands, commands[i]->help);
	puts("\n'cordonctl COMMAND --help' shows the options of a command.");
	fputs(exit_codes, stdout);
	return EXIT_DONE;
}

static enum exit_code print_command_help(const struct command *command)
{
	const struct option_spec *option;

	printf("usage: cordonctl %s [OPTION...]%s%s\n\n%s\n\noptions:\n",
	       command->name, *command->operands ? " " : "", command->operands,
	       command->help);
	for (option = command->options; option->name; option++)
		printf("  --%s%s%-*s %s\n", option->name,
		       option->argument ? "=" : "",
		       22 - (int)strlen(option->name) - !!option->argument,
		       option->argument ? option->argument : "", option->help);
	fputs(exit_codes, stdout);
	return EXIT_DONE;
}

static const struct command *find_command(const char *name)
{
	struct name names[ARRAY_SIZE(commands) + 1] = { { NULL } };
	const char *nearest;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
		names[i].text = commands[i]->name;
	}
	nearest = names_nearest(names, name);
	if (nearest)
		usage_error("unknown command '%s'; did you mean '%s'?", name,
			    nearest);
	else
		usage_error("unknown command '%s'", name);
	return NULL;
}

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

static bool parse_options(const struct command *command, int argc, char **argv,
			  struct arguments *arguments, bool *help)
{
	struct option table[OPTIONS_MAX + 2] = {
		{ "help", no_argument, NULL, HELP },
	};
	int found;
	int i;

	for (i = 0; command->options[i].name; i++) {
		table[i + 1].name = command->options[i].name;
		table[i + 1].has_arg = command->options[i].argument ?
					       required_argument :
					       no_argument;
		table[i + 1].val = FIRST_OPTION + i;
	}
	optind = 1;
	opterr = 0;
	while ((found = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (found == '?' || found == ':') {
			refuse_option(command, found, argv[optind - 1]);
			return false;
		}
		if (found == 'h' || found == HELP)
			*help = true;
		else
			arguments->options[found - FIRST_OPTION] =
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
	if (help)
		return print_command_help(command);
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

	if (argc < 2)
		return run(&cmd_show, argc, argv);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help"))
		return print_help();
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return run(&cmd_version, argc - 1, argv + 1);
	command = find_command(argv[1]);
	if (!command)
		return EXIT_USAGE;
	return run(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	enum exit_code code = dispatch(argc, argv);

	/* A full disk must not look like success. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "cordonctl: cannot write the output: %s\n",
			strerror(errno));
		return code ? code : EXIT_REFUSED;
	}
	return code;
}
