// SPDX-License-Identifier: GPL-2.0
#include "outlook.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "alloc.h"
#include "fetch.h"
#include "normal.h"

/**
 * outlook_make - work out what a load would change
 * @outlook: becomes the outlook; the caller clears it in either case
 * @session: an open session
 * @files: what would be loaded, without errors; outlives @outlook
 * @replace_all: tenants that @files does not name would be removed
 * @refusal: says why, after an error
 *
 * Return: 0, or a negative errno.
 */
int outlook_make(struct outlook *outlook, struct session *session,
		 const struct policy *files, bool replace_all,
		 struct refusal *refusal)
{
	char *why;
	int ret;

	memset(outlook, 0, sizeof(*outlook));
	ret = fetch_policy(session, &outlook->in_force, &outlook->generation);
	if (ret) {
		refusal_set(refusal, session, ret, "to tell what is in force");
		return ret;
	}
	outlook->before = normal_policy(&outlook->in_force);
	outlook->files = normal_policy(files);
	outlook->after =
		normal_after(&outlook->before, &outlook->files, replace_all);
	why = compare_policies(&outlook->comparison, &outlook->before,
			       &outlook->after);
	if (!why)
		return 0;
	refusal_say(refusal, -EILSEQ, why);
	return -EILSEQ;
}

/**
 * outlook_expect - refuse a change of what is not in force any more
 * @outlook: what is in force, and what would be
 * @expected: the generation that has to be in force
 * @refusal: says why, after an error
 *
 * Return: 0 or -ESTALE.
 */
int outlook_expect(const struct outlook *outlook, uint64_t expected,
		   struct refusal *refusal)
{
	if (outlook->generation == expected)
		return 0;
	refusal_say(refusal, -ESTALE,
		    alloc_printf("policy generation is %" PRIu64
				 ", not %" PRIu64
				 ": somebody else changed the policy",
				 outlook->generation, expected));
	return -ESTALE;
}

/**
 * outlook_clear - free an outlook
 * @outlook: the outlook
 */
void outlook_clear(struct outlook *outlook)
{
	compare_clear(&outlook->comparison);
	normal_free(&outlook->after);
	normal_free(&outlook->files);
	normal_free(&outlook->before);
	policy_clear(&outlook->in_force);
}
