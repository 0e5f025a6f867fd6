/* SPDX-License-Identifier: GPL-2.0 */
/* The key "network" of a tenant: one line -> the rules of a private network. */
#ifndef CTL_NETWORK_H
#define CTL_NETWORK_H

#include "diag.h"
#include "model.h"
#include "yaml.h"

void network_parse(const struct yaml_node *key, const struct yaml_node *value,
		   void *into, struct diag *diag);

#endif /* CTL_NETWORK_H */
