// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers of events begin anew with each load of the module.  Two loads of one
 * boot are told apart by when they were, and two boots by the kernel.
 */
#include "load_id.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fetch.h"
#include "refusal.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static bool read_boot(char *boot)
{
	FILE *file = fopen(BOOT_ID, "r");
	bool good = file && fgets(boot, LOAD_ID_BOOT_SIZE, file) &&
		    strlen(boot) == LOAD_ID_BOOT_SIZE - 1;

	if (file)
		fclose(file);
	return good;
}

static enum exit_code complain(const char *why)
{
	fprintf(stderr, "cordonctl: %s\n", why);
	return EXIT_REFUSED;
}

/**
 * load_id_ask - which load of the module it is that answers
 * @session: an open session
 * @load: becomes the load
 *
 * Return: EXIT_DONE, or the exit code that belongs to the error, which was told.
 */
enum exit_code load_id_ask(struct session *session, struct load_id *load)
{
	struct status status;
	int ret;

	if (!read_boot(load->boot))
		return complain("cannot read '" BOOT_ID "'");
	ret = fetch_status(session, &status);
	load->time_boot = status.loaded;
	status_clear(&status);
	if (ret)
		return refused(session, ret, "to tell when it was loaded");
	if (load->time_boot)
		return EXIT_DONE;
	return complain("the module does not tell when it was loaded");
}
