/* SPDX-License-Identifier: GPL-2.0 */
/* Reading requests and refusing them. */
#ifndef CORDON_REQUEST_H
#define CORDON_REQUEST_H

#include <net/genetlink.h>

#include "ruleset.h"

int request_refuse(struct genl_info *info, const struct nlattr *attr, int err,
		   const char *why);
int request_missing(struct genl_info *info, const char *what);
int request_take_rule(struct genl_info *info, struct nlattr *nest,
		      struct ruleset *rules);

#endif /* CORDON_REQUEST_H */
