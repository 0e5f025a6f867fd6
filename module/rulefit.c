// SPDX-License-Identifier: GPL-2.0
/*
 * A field that a family knows nothing of would make a rule that never matches,
 * or one that matches more than was meant: neither is taken.
 */
#include "rulefit.h"

#define ADDRESS_OPS (SOCKET_OPS & ~CORDON_SOCKET_OP_CREATE)
#define PACKET_OPS (CORDON_SOCKET_OP_ACCEPT | CORDON_SOCKET_OP_RECEIVE)
#define NAME_OPS                                                               \
	(CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN |                     \
	 CORDON_SOCKET_OP_CONNECT)
#define PEER_OPS (CORDON_SOCKET_OP_CONNECT | CORDON_SOCKET_OP_ACCEPT)

/**
 * struct fit - what a field goes with
 * @field: one RULE_* flag
 * @name: what it is called
 * @families: families that it is for
 * @ops: operations that it is for
 * @why_families: that a family is none of those
 * @why_ops: that an operation is none of those
 */
struct fit {
	u32 field;
	const char *name;
	u64 families;
	u16 ops;
	const char *why_families;
	const char *why_ops;
};

#define FIT(flag, word, for_families, names, for_ops)                          \
	{                                                                      \
		.field = (flag), .name = #word, .families = (for_families),    \
		.ops = (for_ops),                                              \
		.why_families = "'" #word "' goes with family " names " only", \
		.why_ops = "'" #word                                           \
			   "' does not go with all operations of the rule",    \
	}

/*
 * Transport protocols of IP are named by 'proto', so they have no use for type
 * and number.  The protocol of a packet socket changes when it is bound.
 */
static const struct fit fits[] = {
	FIT(RULE_ADDR, addr, FAMILIES_INET, "inet or inet6", ADDRESS_OPS),
	FIT(RULE_PORT, port, FAMILIES_INET | BIT_ULL(AF_VSOCK),
	    "inet, inet6 or vsock", ADDRESS_OPS),
	FIT(RULE_PROTO, proto, FAMILIES_INET, "inet or inet6", SOCKET_OPS),
	FIT(RULE_PATH, path, BIT_ULL(AF_UNIX), "unix", NAME_OPS),
	FIT(RULE_ABSTRACT, abstract, BIT_ULL(AF_UNIX), "unix", NAME_OPS),
	FIT(RULE_CID, cid, BIT_ULL(AF_VSOCK), "vsock", NAME_OPS),
	FIT(RULE_TYPE, type, ~FAMILIES_INET, "other than inet and inet6",
	    SOCKET_OPS),
	FIT(RULE_PEER, peer, FAMILIES_INET | BIT_ULL(AF_UNIX),
	    "inet, inet6 or unix", PEER_OPS),
	FIT(RULE_PROTOCOL, protocol, ~(FAMILIES_INET | BIT_ULL(AF_PACKET)),
	    "other than inet, inet6 and packet", SOCKET_OPS),
};

/**
 * rulefit_families - the families that a rule is about
 * @shape: what it names
 *
 * Return: those that it names, or without any those that its fields are for.
 */
u64 rulefit_families(const struct rule_shape *shape)
{
	if (shape->families)
		return shape->families;
	if (shape->fields & (RULE_ADDR | RULE_PORT | RULE_PROTO))
		return FAMILIES_INET;
	if (shape->fields & (RULE_PATH | RULE_ABSTRACT))
		return BIT_ULL(AF_UNIX);
	if (shape->fields & RULE_CID)
		return BIT_ULL(AF_VSOCK);
	if (shape->fields & RULE_PEER)
		return FAMILIES_INET | BIT_ULL(AF_UNIX);
	return ~0ULL;
}

/* What families allow to be asked of them, whatever the fields. */
static u16 family_ops(const struct rule_shape *shape)
{
	u64 families = rulefit_families(shape);

	u16 ops = SOCKET_OPS;

	/* Without any named, those with IP addresses are among them. */
	if (shape->families && (families & ~FAMILIES_INET))
		ops &= ~PACKET_OPS;
	if (!(families & FAMILIES_INET))
		ops &= ~PACKET_OPS;
	/* TCP is below SMC: its addresses are judged as those of TCP. */
	if (families == BIT_ULL(AF_SMC))
		return CORDON_SOCKET_OP_CREATE;
	/* Which socket the file is made for that one is bound to is not known. */
	if ((shape->fields & RULE_TYPE) && (families & BIT_ULL(AF_UNIX)))
		ops &= ~CORDON_SOCKET_OP_BIND;
	/* Only netlink sockets tell afterwards what they were made for. */
	if ((shape->fields & RULE_PROTOCOL) && families != BIT_ULL(AF_NETLINK))
		return CORDON_SOCKET_OP_CREATE;
	return ops;
}

/**
 * rulefit_ops - the operations that the fields of a rule are for
 * @shape: what it names; its operations do not matter
 *
 * Return: operations, for "all" to stand for.
 */
u16 rulefit_ops(const struct rule_shape *shape)
{
	u16 ops = family_ops(shape);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fits); i++)
		if (shape->fields & fits[i].field)
			ops &= fits[i].ops;
	return ops;
}

/* What cannot be said of one field alone. */
static const char *find_special(const struct rule_shape *shape)
{
	u64 families = shape->families;

	if (!families && (shape->fields & RULE_TYPE))
		return "'type' without 'family'";
	if (!families && (shape->fields & RULE_PROTOCOL))
		return "'protocol' without 'family'";
	if ((shape->fields & RULE_TYPE) && (shape->fields & RULE_PATH))
		return "'type' does not go with 'path'";
	if (families & BIT_ULL(AF_SMC) && families != BIT_ULL(AF_SMC))
		return "family 'smc' needs a rule of its own";
	if (!(shape->ops & ~family_ops(shape)))
		return NULL;
	if (families == BIT_ULL(AF_SMC))
		return "family 'smc' goes with 'create' only; its addresses are those of 'tcp'";
	if ((shape->fields & RULE_TYPE) && (families & BIT_ULL(AF_UNIX)) &&
	    (shape->ops & CORDON_SOCKET_OP_BIND))
		return "'type' with family 'unix' does not go with 'bind'";
	if (shape->ops & ~family_ops(shape) & PACKET_OPS)
		return "'accept' and 'receive' go with family inet or inet6 only";
	return "'protocol' goes with 'create' only, save for family 'netlink'";
}

/**
 * rulefit_check - whether the parts of a rule go together
 * @shape: what it names
 * @misfit: set to what does not
 *
 * Return: true when all do.
 */
bool rulefit_check(const struct rule_shape *shape, struct rule_misfit *misfit)
{
	u64 families = rulefit_families(shape);
	u32 i;

	memset(misfit, 0, sizeof(*misfit));
	misfit->why = find_special(shape);
	if (misfit->why)
		return false;
	for (i = 0; i < ARRAY_SIZE(fits); i++) {
		const struct fit *fit = &fits[i];

		if (!(shape->fields & fit->field))
			continue;
		misfit->field = fit->name;
		misfit->families = families & ~fit->families;
		misfit->ops = shape->ops & ~fit->ops;
		misfit->why = misfit->families ? fit->why_families :
						 fit->why_ops;
		if (misfit->families || misfit->ops)
			return false;
	}
	return true;
}
