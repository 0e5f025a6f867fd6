/* SPDX-License-Identifier: GPL-2.0 */
/* Which load of the module it is, whose events are one stream. */
#ifndef CTL_LOAD_ID_H
#define CTL_LOAD_ID_H

#include <stdint.h>

#include "command.h"
#include "nl.h"

/* Room for a UUID as text. */
#define LOAD_ID_BOOT_SIZE 37

/**
 * struct load_id - a load of the module
 * @boot: what the kernel calls the boot, as it writes it
 * @time_boot: when it was loaded, in nanoseconds since boot
 */
struct load_id {
	char boot[LOAD_ID_BOOT_SIZE];
	uint64_t time_boot;
};

enum exit_code load_id_ask(struct session *session, struct load_id *load);

#endif /* CTL_LOAD_ID_H */
