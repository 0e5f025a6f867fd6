// SPDX-License-Identifier: GPL-2.0
/* A bare errno helps nobody: say what was tried, what came back, what to do. */
#include "refusal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"

/*
 * Whether what was asked for is unknown there: a command, for which the kernel
 * has no words, or an attribute.
 */
static bool is_foreign(const struct session *session, int error)
{
	static const char *const signs[] = {
		"Unknown attribute type",
		"Unsupported attribute",
		"attribute is not one of this command",
	};
	size_t i;

	if (error == -EPROTONOSUPPORT)
		return true;
	if (error == -EOPNOTSUPP)
		return !session->why[0];
	for (i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (!strcmp(session->why, signs[i]))
			return true;
	return false;
}

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
	static const char other_version[] =
		"; the module is another version than this tool: see 'cordonctl version'";
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
	else if (error == -EAGAIN && !session->why[0])
		refusal->text =
			alloc_printf("no answer %s: the policy changes all the time; try again",
				     doing);
	else if (error == -EBADMSG)
		refusal->text =
			alloc_printf("cannot understand the module when asked %s; %s",
				     doing,
				     "is it another version? see 'cordonctl version'");
	else
		refusal->text = alloc_printf("the kernel refused %s: %s%s",
					     doing, why,
					     is_foreign(session, error) ?
						     other_version :
						     "");
}

/**
 * refusal_say - refuse what the kernel was not even asked for
 * @refusal: becomes the refusal
 * @error: a negative errno
 * @text: a sentence for the user, which is taken over
 */
void refusal_say(struct refusal *refusal, int error, char *text)
{
	*refusal = (struct refusal){ .error = -error, .text = text };
}

/* What is behind a name and ": " at the beginning of a text, or NULL. */
static const char *behind(const char *text, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(text, name, len) && !strncmp(text + len, ": ", 2) ?
		       text + len + 2 :
		       NULL;
}

/*
 * Several places may have one origin: rules that share a line, or files of the
 * same name.  What they have in common is shown, a line or nothing.
 */
static void blame(struct refusal *refusal, const struct position *at)
{
	struct position *known = &refusal->at;

	if (!refusal->places++)
		*known = *at;
	else if (known->source != at->source || known->line != at->line)
		*known = (struct position){ 0 };
	else if (known->column != at->column)
		known->column = 0;
}

static bool is_about_tenant(const char *why, const char *name)
{
	return !strncmp(why, "tenant ", 7) && behind(why + 7, name);
}

/**
 * refusal_locate - find out which line of a policy file is to blame
 * @refusal: its @origin, if there is one, says which
 * @policy: what was refused
 * @why: what the kernel said, which else may begin with a rule's origin or a
 * tenant's name
 */
void refusal_locate(struct refusal *refusal, const struct policy *policy,
		    const char *why)
{
	const char *origin = refusal->origin;
	size_t i;
	size_t j;

	for (i = 0; i < policy->count; i++) {
		const struct policy_tenant *tenant = &policy->tenants[i];

		if (origin ? !strcmp(origin, tenant->origin) :
			     is_about_tenant(why, tenant->name))
			blame(refusal, &tenant->at);
		for (j = 0; j < tenant->rule_count; j++) {
			const struct policy_rule *rule = &tenant->rules[j];

			if (origin ? !strcmp(origin, rule->origin) :
				     !!behind(why, rule->origin))
				blame(refusal, &rule->at);
		}
	}
}

/**
 * refusal_print - tell the user
 * @refusal: the refusal
 * @out: where to
 */
void refusal_print(const struct refusal *refusal, FILE *out)
{
	const char *origin = refusal->origin;

	if (origin && !strstr(refusal->text, origin))
		fprintf(out, "cordonctl: %s: %s\n", origin, refusal->text);
	else
		fprintf(out, "cordonctl: %s\n", refusal->text);
	diag_excerpt(&refusal->at, out);
}

/**
 * refusal_conclude - tell the user what became of it
 * @refusal: the refusal
 * @done: what would have been done, such as "loaded"
 */
void refusal_conclude(const struct refusal *refusal, const char *done)
{
	if (refusal->unsure)
		fprintf(stderr,
			"cordonctl: it is not known whether anything was %s; see 'cordonctl show'\n",
			done);
	else
		fprintf(stderr, "cordonctl: nothing was %s\n", done);
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
	refusal_print(&refusal, stderr);
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
