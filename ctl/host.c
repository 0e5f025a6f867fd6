// SPDX-License-Identifier: GPL-2.0
/*
 * Symbolic links are resolved before the module sees a path, so a rule that
 * names one matches nothing.  Only a warning: the policy may be for another
 * host, or the link may be another one inside a container.
 */
#include "host.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "pattern.h"
#include "text.h"

static bool is_link(const char *path)
{
	struct stat stat;

	return !lstat(path, &stat) && S_ISLNK(stat.st_mode);
}

/*
 * The first symbolic link among the leading components of a plain pattern
 * that have no wildcard; the caller frees it.
 */
static char *find_link(const char *plain)
{
	char *path = alloc_zeroed(strlen(plain) + 1, 1);
	size_t len = 0;

	while (*plain == '/') {
		enum component_kind kind;
		size_t step = pattern_component(++plain, &kind);

		if (!step || kind != COMPONENT_LITERAL)
			break;
		path[len++] = '/';
		len += pattern_unescape(plain, step, path + len);
		path[len] = '\0';
		if (is_link(path))
			return path;
		plain += step;
	}
	free(path);
	return NULL;
}

static void warn(const struct pattern *pattern, const char *path,
		 struct diag *diag)
{
	char target[PATH_MAX];
	char *safe = text_escape(path, strlen(path));
	char *safe_target;

	if (realpath(path, target)) {
		safe_target = text_escape(target, strlen(target));
		diag_warn(diag, &pattern->at,
			  "'%s' is a symbolic link on this host and is never matched; its target is '%s'",
			  safe, safe_target);
		free(safe_target);
	} else {
		diag_warn(diag, &pattern->at,
			  "'%s' is a symbolic link on this host and is never matched",
			  safe);
	}
	free(safe);
}

static void check_pattern(const struct pattern *pattern, struct diag *diag)
{
	size_t size = strlen(pattern->text) + 1;
	unsigned int count = pattern_alternatives(pattern->text);
	char *plain = alloc_zeroed(size, 1);
	unsigned int i;

	for (i = 0; i < count; i++) {
		char *path;

		if (pattern_alternative(pattern->text, i, plain, size))
			break;
		path = find_link(plain);
		if (path) {
			warn(pattern, path, diag);
			free(path);
			break;
		}
	}
	free(plain);
}

/**
 * host_check - warn about paths that are symbolic links here
 * @policy: a policy without errors
 * @diag: where warnings go
 */
void host_check(const struct policy *policy, struct diag *diag)
{
	size_t i;
	size_t j;
	size_t k;

	for (i = 0; i < policy->count; i++) {
		const struct policy_tenant *tenant = &policy->tenants[i];

		for (j = 0; j < tenant->setup_count; j++)
			check_pattern(&tenant->setup[j], diag);
		for (j = 0; j < tenant->rule_count; j++) {
			const struct policy_rule *rule = &tenant->rules[j];

			for (k = 0; k < rule->pattern_count; k++)
				check_pattern(&rule->patterns[k], diag);
		}
	}
}
