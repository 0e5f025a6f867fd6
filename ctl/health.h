/* SPDX-License-Identifier: GPL-2.0 */
/* What of the host and of the module's state is not as it should be. */
#ifndef CTL_HEALTH_H
#define CTL_HEALTH_H

#include "decode.h"
#include "fetch.h"
#include "finding.h"

void health_host(struct findings *findings);
void health_version(const char *version, struct findings *findings);
void health_bounds(const struct status *status, struct findings *findings);
bool health_seal(const struct status *status, struct findings *findings);
void health_events(const struct status *status, const struct tenant_list *list,
		   struct findings *findings);

#endif /* CTL_HEALTH_H */
