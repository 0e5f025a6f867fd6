// SPDX-License-Identifier: GPL-2.0
/* Help, all of it from the table of verbs. */
#include <string.h>

#include "verbs.h"

/* Column at which what verbs do begins. */
#define VERB_WIDTH 26
/* Column at which what options do begins. */
#define OPTION_WIDTH 24

/**
 * struct exit_line - what an exit code means
 * @code: the code
 * @meaning: one line
 */
struct exit_line {
	enum exit_code code;
	const char *meaning;
};

static const struct exit_line exit_lines[] = {
	{ EXIT_DONE, "done" },
	{ EXIT_REFUSED, "the kernel refused, or the module is not loaded" },
	{ EXIT_USAGE, "the command line is wrong" },
	{ EXIT_POLICY, "a policy file has errors" },
	{ EXIT_NOT_PERMITTED, "not permitted" },
	{ EXIT_DIFFERENT, "'diff' found differences" },
	{ EXIT_OUTPUT, "a file or database cannot be written or read" },
	{ EXIT_DENIED, "what was to be explained is denied" },
	{ EXIT_DEPENDS,
	  "it is denied or allowed, depending on more than policy" },
};

static void print_exit_codes(FILE *out)
{
	size_t i;

	fputs("\nexit codes:\n", out);
	for (i = 0; i < sizeof(exit_lines) / sizeof(exit_lines[0]); i++)
		fprintf(out, "  %d  %s\n", exit_lines[i].code,
			exit_lines[i].meaning);
	fputs("\nSee cordonctl(8), cordon(7), cordon-events(5), cordon-metrics(5),\n"
	      "cordon-policy(5), cordon-record(5) and cordon-sockets(5).\n",
	      out);
}

/**
 * help_all - help about the tool as a whole
 * @out: where to
 */
void help_all(FILE *out)
{
	const struct command *command;
	size_t i;

	fputs("usage: cordonctl [COMMAND [OPTION...] [OPERAND...]]\n\n"
	      "Loads policy into the cordon kernel module and reads its events.\n"
	      "Without a command it shows the tenants in force.\n\n"
	      "commands:\n",
	      out);
	for (i = 0; (command = verbs_get(i)); i++)
		fprintf(out, "  %s %-*s %s\n", command->name,
			VERB_WIDTH - 1 - (int)strlen(command->name),
			command->operands, command->help);
	fputs("\n'cordonctl help COMMAND' shows the options of a command.\n",
	      out);
	print_exit_codes(out);
}

static void print_option(const char *name, const char *argument,
			 const char *help, FILE *out)
{
	int width = OPTION_WIDTH - strlen(name) - !!argument;

	fprintf(out, "  --%s%s%-*s %s\n", name, argument ? "=" : "", width,
		argument ? argument : "", help);
}

/**
 * help_verb - help about a verb
 * @command: the verb
 * @out: where to
 */
void help_verb(const struct command *command, FILE *out)
{
	const struct option_spec *option = command->options;

	fprintf(out, "usage: cordonctl %s%s%s%s\n\n%s.\n", command->name,
		option->name ? " [OPTION...]" : "",
		*command->operands ? " " : "", command->operands,
		command->help);
	if (command->about)
		fprintf(out, "\n%s", command->about);
	fputs("\noptions:\n", out);
	for (; option->name; option++)
		print_option(option->name, option->argument, option->help, out);
	print_option("help", NULL, "show this", out);
	if (!command->misuse)
		print_exit_codes(out);
}
