/* SPDX-License-Identifier: GPL-2.0 */
/* Which fields of a socket rule go with which families and operations. */
#ifndef CORDON_RULEFIT_H
#define CORDON_RULEFIT_H

#include <linux/cordon.h>

#include "pure.h"

/* Families that have IP addresses, as a set of their numbers. */
#define FAMILIES_INET (BIT_ULL(AF_INET) | BIT_ULL(AF_INET6))
/* More than these no kernel has. */
#define FAMILIES_MAX 64u

#define SOCKET_OPS (__CORDON_SOCKET_OP_LAST - 1)

/* Fields that a socket rule can have, as flags. */
#define RULE_ADDR BIT(0)
#define RULE_PORT BIT(1)
#define RULE_PROTO BIT(2)
#define RULE_PATH BIT(3)
#define RULE_ABSTRACT BIT(4)
#define RULE_CID BIT(5)
#define RULE_TYPE BIT(6)
#define RULE_PROTOCOL BIT(7)
#define RULE_PEER BIT(8)

/**
 * struct rule_shape - what a socket rule names
 * @families: the families, as a set of their numbers; 0 for none
 * @fields: RULE_* flags
 * @ops: operations
 */
struct rule_shape {
	u64 families;
	u32 fields;
	u16 ops;
};

/**
 * struct rule_misfit - what does not go together in a rule
 * @why: both, in a static phrase
 * @field: the field, or NULL where @why says all
 * @families: families that @field does not go with
 * @ops: operations that @field does not go with
 */
struct rule_misfit {
	const char *why;
	const char *field;
	u64 families;
	u16 ops;
};

u64 rulefit_families(const struct rule_shape *shape);
u16 rulefit_ops(const struct rule_shape *shape);
bool rulefit_check(const struct rule_shape *shape, struct rule_misfit *misfit);

#endif /* CORDON_RULEFIT_H */
