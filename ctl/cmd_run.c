// SPDX-License-Identifier: GPL-2.0
/*
 * run: start a command as a member of a tenant.
 *
 * It takes the place of this process, which the module has promised to make a
 * member when it executes something, or else to kill: there is no way from here
 * to a command that runs without being one.
 */
#include <errno.h>
#include <netlink/msg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "command.h"
#include "encode.h"
#include "refusal.h"

static int ask(struct session *session, const char *tenant)
{
	struct nl_msg *message = encode_join(session->family, tenant);
	int ret = session_request(session, message, NULL, NULL);

	nlmsg_free(message);
	return ret;
}

static enum exit_code prepare(const char *tenant)
{
	struct session session;
	enum exit_code code = open_or_refuse(&session);
	int ret = code ? 0 : ask(&session, tenant);

	if (ret)
		code = refused(&session, ret, "to run a command in the tenant");
	session_close(&session);
	return code;
}

static enum exit_code become(const char *tenant, char **command)
{
	int error;

	execvp(command[0], command);
	error = errno;
	fprintf(stderr, "cordonctl: cannot execute '%s': %s\n", command[0],
		strerror(error));
	if (error == EACCES)
		fprintf(stderr,
			"cordonctl: 'cordonctl events --tenant=%s' tells whether the tenant's policy denied it\n",
			tenant);
	return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTED;
}

static enum exit_code run_member(const struct arguments *arguments)
{
	const char *tenant = arguments->operands[0];
	char **command = arguments->operands + 1;

	if (!strcmp(*command, "--"))
		command++;
	if (!*command) {
		usage_error("'run' needs a command");
		return EXIT_USAGE;
	}
	if (!*tenant || strlen(tenant) > CORDON_NAME_MAX) {
		usage_error("'%s' cannot be the name of a tenant", tenant);
		return EXIT_USAGE;
	}
	if (prepare(tenant))
		return EXIT_NOT_RUN;
	return become(tenant, command);
}

static const struct option_spec options[] = {
	{ NULL },
};

const struct command cmd_run = {
	.name = "run",
	.operands = "TENANT -- COMMAND...",
	.help = "run a command as a member of a tenant",
	.about =
		"The command takes the place of cordonctl, as with env(1): the same process,\n"
		"user, cgroup, environment and open files. It is the tenant's from its first\n"
		"instruction on, wherever it is, and so are its children. Whoever may load\n"
		"policy may do this.\n"
		"\n"
		"It ends with the exit code of the command, or with 125 when nothing was\n"
		"executed, 126 when the command cannot be, which the tenant's policy has to\n"
		"allow, and 127 when there is no such command.\n",
	.least = 2,
	.most = SIZE_MAX,
	.options = options,
	.last_option = true,
	.misuse = EXIT_NOT_RUN,
	.run = run_member,
};
