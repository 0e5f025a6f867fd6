// SPDX-License-Identifier: GPL-2.0
/*
 * What other programs loaded need not be something that a policy file can say.
 * So the text is read again, and must be one that can be loaded.
 */
#include "reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "emit.h"
#include "input.h"
#include "normal.h"
#include "unknown.h"
#include "wire.h"

/* The text of the normal form of a policy, or NULL when it is not UTF-8. */
static char *normal_text(const struct policy *policy)
{
	struct policy normal = normal_policy(policy);
	char *text = NULL;
	size_t len;
	FILE *out = alloc_stream(&text, &len);
	bool good = emit_policy(&normal, out);

	alloc_stream_end(out);
	normal_free(&normal);
	if (good)
		return text;
	free(text);
	return NULL;
}

static void read_again(struct input *input, const char *text)
{
	struct source *source;

	memset(input, 0, sizeof(*input));
	source = source_list_add(&input->sources, "<shown>");
	free(source->text);
	source->size = strlen(text);
	source->text = alloc_text(text, source->size);
	input_parse(input);
}

/* The first error; warnings do not keep a policy from being loaded. */
static char *first_error(const struct diag *diag)
{
	size_t i;

	for (i = 0; i < diag->count; i++)
		if (!diag->items[i].warning)
			return alloc_text(diag->items[i].message,
					  strlen(diag->items[i].message));
	return alloc_printf("it has errors");
}

/* Why the text of a policy cannot be loaded, or NULL when it can. */
static char *check(const struct policy *policy, const char *text, bool *exact)
{
	struct input input;
	char *why = NULL;

	if (strlen(text) > SOURCE_SIZE_MAX)
		return alloc_printf("it takes more than the 16 MiB of a file");
	read_again(&input, text);
	if (input.diag.errors)
		why = first_error(&input.diag);
	else
		*exact = wire_same(policy, &input.policy);
	input_clear(&input);
	return why;
}

static bool has_unknown(const struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (policy->tenants[i].unknown)
			return true;
	return false;
}

static char *text_or_why(const struct policy *policy, bool *exact, char **why)
{
	char *text = normal_text(policy);

	*why = NULL;
	/* No file may have no tenants, but that of none is what it says. */
	if (!text)
		*why = alloc_printf("it has texts that are not UTF-8");
	else if (has_unknown(policy))
		*why = alloc_printf("%s", unknown_why);
	else if (policy->count)
		*why = check(policy, text, exact);
	else
		*exact = true;
	if (*why) {
		free(text);
		text = NULL;
	}
	return text;
}

/* Takes @why over; where each tenant can be loaded, it is all of them. */
static char *name_tenant(const struct policy *policy, char *why)
{
	char *named = NULL;
	size_t i;

	for (i = 0; !named && i < policy->count; i++) {
		const struct policy alone = { &policy->tenants[i], 1 };
		char *own = NULL;
		bool exact;

		free(text_or_why(&alone, &exact, &own));
		if (own)
			named = alloc_printf("tenant '%s': %s",
					     alone.tenants->name, own);
		free(own);
	}
	if (!named)
		named = alloc_printf("%s; name fewer tenants", why);
	free(why);
	return named;
}

/**
 * reload_text - a policy as the text of a policy file, in normal form
 * @policy: the policy
 * @exact: set to whether to load it leaves the digest as it is
 * @why: set to the reason when there is no such text, for the caller to free
 *
 * Return: the text, for the caller to free, or NULL.
 */
char *reload_text(const struct policy *policy, bool *exact, char **why)
{
	char *text = text_or_why(policy, exact, why);

	if (!text)
		*why = name_tenant(policy, *why);
	return text;
}
