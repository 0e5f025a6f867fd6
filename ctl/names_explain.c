// SPDX-License-Identifier: GPL-2.0
/* Names of what an explanation says. */
#include <assert.h>

#include <linux/cordon.h>

#include "names.h"

const struct name names_ruling[] = {
	{ "allowed", CORDON_RULING_ALLOWED },
	{ "denied", CORDON_RULING_DENIED },
	{ "depends", CORDON_RULING_DEPENDS },
	{ NULL },
};
static_assert(__CORDON_RULING_LAST == CORDON_RULING_DEPENDS + 1,
	      "every ruling has a name");

const struct name names_basis[] = {
	{ "rule", CORDON_BASIS_RULE },
	{ "default", CORDON_BASIS_DEFAULT },
	{ "implied", CORDON_BASIS_IMPLIED },
	{ "guard", CORDON_BASIS_GUARD },
	{ "own", CORDON_BASIS_OWN },
	{ "unmediated", CORDON_BASIS_UNMEDIATED },
	{ NULL },
};
static_assert(__CORDON_BASIS_LAST == CORDON_BASIS_UNMEDIATED + 1,
	      "every basis has a name");

const struct name names_condition[] = {
	{ "peer", CORDON_CONDITION_PEER },
	{ "answer", CORDON_CONDITION_ANSWER },
	{ "v6only", CORDON_CONDITION_V6ONLY },
	{ NULL },
};
static_assert(__CORDON_CONDITION_LAST == CORDON_CONDITION_V6ONLY + 1,
	      "every condition has a name");

const struct name names_miss[] = {
	{ "op", CORDON_MISS_OP },
	{ "path", CORDON_MISS_PATH },
	{ "family", CORDON_MISS_FAMILY },
	{ "type", CORDON_MISS_TYPE },
	{ "protocol", CORDON_MISS_PROTOCOL },
	{ "proto", CORDON_MISS_PROTO },
	{ "addr", CORDON_MISS_ADDR },
	{ "port", CORDON_MISS_PORT },
	{ "cid", CORDON_MISS_CID },
	{ "name", CORDON_MISS_NAME },
	{ "peer", CORDON_MISS_PEER },
	{ NULL },
};
static_assert(__CORDON_MISS_LAST == 2 * CORDON_MISS_PEER,
	      "all that can be amiss has a name");
