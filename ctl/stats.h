/* SPDX-License-Identifier: GPL-2.0 */
/* What the module counts, of the host and of each tenant. */
#ifndef CTL_STATS_H
#define CTL_STATS_H

#include <stdbool.h>
#include <stdio.h>

#include "fetch.h"

struct json_object;

/**
 * struct stats - what is counted
 * @up: the module is there; nothing else is known when it is not
 * @status: of the host
 * @tenants: of each tenant
 */
struct stats {
	bool up;
	struct status status;
	struct tenant_list tenants;
};

int stats_fetch(struct session *session, struct stats *stats);
void stats_print(const struct stats *stats, FILE *out);
struct json_object *stats_json(const struct stats *stats);
void stats_clear(struct stats *stats);

#endif /* CTL_STATS_H */
