// SPDX-License-Identifier: GPL-2.0
/* A bare errno helps nobody: say what was tried, what came back, what to do. */
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"

/**
 * refusal_set - put an error into words
 * @refusal: becomes the refusal
 * @session: what the kernel said
 * @error: a negative errno
 * @doing: what was tried, such as "to commit the policy"
 */
void refusal_set(struct refusal *refusal, const struct session *session,
		 int error, const char *doing)
{
	static const char who_may[] =
		"it takes CAP_MAC_ADMIN in the initial user namespace, outside of any tenant";
	static const char unloaded[] =
		"the kernel module was unloaded; no more events come";
	const char *why = session->why[0] ? session->why : strerror(-error);

	memset(refusal, 0, sizeof(*refusal));
	refusal->error = -error;
	if (session->missing)
		refusal->text =
			alloc_printf("the kernel module is not loaded (%s); %s",
				     "genetlink family '" CORDON_FAMILY_NAME
				     "' not found",
				     "try 'modprobe cordon'");
	else if (session->gone)
		refusal->text = alloc_printf("%s", unloaded);
	else if (error == -EPERM || error == -EACCES)
		refusal->text = alloc_printf("not permitted %s: %s", doing,
					     session->why[0] ? why : who_may);
	else if (error == -EBADMSG)
		refusal->text =
			alloc_printf("cannot understand the module when asked %s; %s",
				     doing,
				     "is it another version? see 'cordonctl version'");
	else
		refusal->text =
			alloc_printf("the kernel refused %s: %s", doing, why);
}

/**
 * refusal_print - tell the user
 * @refusal: the refusal
 */
void refusal_print(const struct refusal *refusal)
{
	const char *origin = refusal->origin;

	if (origin && !strstr(refusal->text, origin))
		fprintf(stderr, "cordonctl: %s: %s\n", origin, refusal->text);
	else
		fprintf(stderr, "cordonctl: %s\n", refusal->text);
}

/**
 * refusal_code - the exit code that belongs to a refusal
 * @refusal: the refusal
 *
 * Return: the code.
 */
enum exit_code refusal_code(const struct refusal *refusal)
{
	if (refusal->error == EPERM || refusal->error == EACCES)
		return EXIT_NOT_PERMITTED;
	return EXIT_REFUSED;
}

/**
 * refusal_clear - free what a refusal holds
 * @refusal: the refusal
 */
void refusal_clear(struct refusal *refusal)
{
	free(refusal->text);
	free(refusal->origin);
	memset(refusal, 0, sizeof(*refusal));
}

/**
 * refused - tell the user about an error
 * @session: what the kernel said
 * @error: a negative errno
 * @doing: what was tried
 *
 * Return: the exit code that belongs to it.
 */
enum exit_code refused(const struct session *session, int error,
		       const char *doing)
{
	struct refusal refusal;
	enum exit_code code;

	refusal_set(&refusal, session, error, doing);
	refusal_print(&refusal);
	code = refusal_code(&refusal);
	refusal_clear(&refusal);
	return code;
}

/**
 * open_or_refuse - open a session, or tell the user why not
 * @session: becomes the session; the caller closes it in either case
 *
 * Return: EXIT_DONE, or the exit code that belongs to the error.
 */
enum exit_code open_or_refuse(struct session *session)
{
	int ret = session_open(session);

	return ret ? refused(session, ret, "to talk to the module") : EXIT_DONE;
}
