// SPDX-License-Identifier: GPL-2.0
/*
 * What the module needs is checked when it is compiled; here it is for a host
 * where it does not load, or was compiled for another kernel.
 */
#include "kconfig.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "alloc.h"

#define PACKED "/proc/config.gz"

/**
 * struct option - an option of the kernel
 * @name: without CONFIG_
 * @level: how bad it is when it is not set
 * @set: it is; all else is for the table
 */
struct option {
	const char *name;
	enum finding_level level;
	bool set;
};

static const struct option wanted[] = {
	{ "MODULES", FINDING_ERROR },
	{ "DYNAMIC_FTRACE_WITH_DIRECT_CALLS", FINDING_ERROR },
	{ "KPROBES", FINDING_ERROR },
	{ "CGROUPS", FINDING_ERROR },
	{ "SECURITY_NETWORK", FINDING_ERROR },
	{ "SECURITY_PATH", FINDING_ERROR },
	{ "CRYPTO_LIB_SHA256", FINDING_ERROR },
	{ "AUDIT", FINDING_WARNING },
};

#define WANTED (sizeof(wanted) / sizeof(wanted[0]))

static void take_line(struct option *options, const char *line)
{
	size_t i;

	if (strncmp(line, "CONFIG_", 7))
		return;
	for (i = 0; i < WANTED; i++) {
		size_t len = strlen(options[i].name);
		const char *value = line + 7 + len;

		if (!strncmp(line + 7, options[i].name, len) &&
		    (!strncmp(value, "=y", 2) || !strncmp(value, "=m", 2)))
			options[i].set = true;
	}
}

/* Names of options that are not set, for the caller to free; "" when all are. */
static char *lacking(const struct option *options, enum finding_level *level)
{
	char *names = alloc_text("", 0);
	size_t i;

	*level = FINDING_OK;
	for (i = 0; i < WANTED; i++) {
		char *more;

		if (options[i].set)
			continue;
		if (options[i].level > *level)
			*level = options[i].level;
		more = alloc_printf("%s%sCONFIG_%s", names, *names ? ", " : "",
				    options[i].name);
		free(names);
		names = more;
	}
	return names;
}

static const struct finding finding = {
	.check = "kernel-config",
	.expected =
		"modules, ftrace direct calls, kprobes, cgroups, the hooks on paths and the network, SHA-256, and audit for its records",
	.advice =
		"run a kernel that has these options, as those of Debian have; without CONFIG_AUDIT only the records of audit are missing",
};

/**
 * kconfig_examine - look for what the module needs
 * @in: the configuration, as of /boot/config-*
 * @where: where it is from
 * @findings: what is found
 */
void kconfig_examine(FILE *in, const char *where, struct findings *findings)
{
	struct finding found = finding;
	struct option options[WANTED];
	size_t lines = 0;
	size_t room = 0;
	char *line = NULL;
	char *names;

	memcpy(options, wanted, sizeof(options));
	for (; getline(&line, &room, in) >= 0; lines++)
		take_line(options, line);
	free(line);
	names = lacking(options, &found.level);
	if (!lines) {
		found.level = FINDING_UNKNOWN;
		finding_add(findings, &found, "%s cannot be read", where);
	} else if (*names) {
		finding_add(findings, &found, "not set in %s: %s", where,
			    names);
	} else {
		finding_add(findings, &found, "%s has all that is needed",
			    where);
	}
	free(names);
}

/**
 * kconfig_check - the same for the kernel that runs
 * @findings: what is found
 */
void kconfig_check(struct findings *findings)
{
	struct finding found = finding;
	struct utsname name;
	char *path;
	FILE *in;

	if (!access(PACKED, R_OK)) {
		in = popen("exec gzip -dc " PACKED " 2>/dev/null", "r");
		if (in) {
			kconfig_examine(in, PACKED, findings);
			pclose(in);
			return;
		}
	}
	uname(&name);
	path = alloc_printf("/boot/config-%s", name.release);
	in = fopen(path, "re");
	if (in) {
		kconfig_examine(in, path, findings);
		fclose(in);
	} else {
		found.level = FINDING_UNKNOWN;
		found.advice =
			"nothing where the module is loaded; else ask who built the kernel";
		finding_add(findings, &found,
			    "there is neither " PACKED " nor %s", path);
	}
	free(path);
}
