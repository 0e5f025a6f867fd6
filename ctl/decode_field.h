/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Each set of attributes is described by a table: where a value goes and how
 * wide it is.  A value of another length is refused, unknown attributes are
 * skipped so that an older tool reads a newer module.
 */
#ifndef CORDON_DECODE_FIELD_H
#define CORDON_DECODE_FIELD_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"

/**
 * enum field_kind - how an attribute is stored
 * @FIELD_NONE: not at all
 * @FIELD_U32: in a uint32_t
 * @FIELD_U64: in a uint64_t
 * @FIELD_FLAG: as a bool that is set
 * @FIELD_TEXT: as a char pointer to a copy
 * @FIELD_OTHER: by a function of the caller
 */
enum field_kind {
	FIELD_NONE,
	FIELD_U32,
	FIELD_U64,
	FIELD_FLAG,
	FIELD_TEXT,
	FIELD_OTHER,
};

/**
 * struct field - where an attribute goes
 * @kind: how
 * @offset: offset in the struct
 */
struct field {
	enum field_kind kind;
	size_t offset;
};

typedef int (*take_other)(struct nlattr *attr, void *into);

int decode_text(const struct nlattr *attr, char **text);
int decode_fields(struct nlattr *nested, const struct field *fields, int max,
		  void *into, take_other other);
struct nlattr *decode_main(struct nlmsghdr *header, int type);
int decode_digest(struct nlattr *attr, struct digest *digest);
int decode_number(struct nlattr *attr, uint32_t most, uint32_t *number);

#endif /* CORDON_DECODE_FIELD_H */
