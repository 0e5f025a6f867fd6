/* SPDX-License-Identifier: GPL-2.0 */
/* Single values of a policy file: text -> checked number, address, pattern. */
#ifndef CTL_VALUE_H
#define CTL_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "names.h"
#include "pattern.h"
#include "yaml.h"

bool value_bound(const struct yaml_node *key, const struct yaml_node *node,
		 uint32_t most, uint32_t *bound, struct diag *diag);
bool value_number(const char *text, uint64_t most, uint64_t *number);
bool value_name(const struct yaml_node *node, const char *what,
		const struct name *table, uint32_t *value, struct diag *diag);
bool value_uids(const struct yaml_node *node, struct selector *selector,
		struct diag *diag);
bool value_name_or_number(const struct yaml_node *node, const char *what,
			  const struct name *table, uint32_t most,
			  uint32_t *value, struct diag *diag);
bool value_ports(const struct yaml_node *node, bool wide, struct ports *ports,
		 struct diag *diag);
bool value_cids(const struct yaml_node *node, struct ports *cids,
		struct diag *diag);
bool value_address(const struct yaml_node *node, struct address *address,
		   struct diag *diag);
bool value_pattern(const struct yaml_node *node, enum pattern_kind kind,
		   struct diag *diag);
bool value_tenant_name(const struct yaml_node *node, struct diag *diag);

#endif /* CTL_VALUE_H */
