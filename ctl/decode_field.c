// SPDX-License-Identifier: GPL-2.0
#include "decode_field.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/cordon.h>

#include "alloc.h"

/**
 * decode_text - take an attribute that is a string
 * @attr: the attribute
 * @text: its copy, in place of what was there
 *
 * Return: 0, or -EBADMSG.
 */
int decode_text(const struct nlattr *attr, char **text)
{
	const char *data = nla_data(attr);
	int len = nla_len(attr);

	if (len < 1 || strnlen(data, len) != (size_t)len - 1)
		return -EBADMSG;
	free(*text);
	*text = alloc_text(data, len - 1);
	return 0;
}

static int take(const struct field *field, struct nlattr *attr, void *into,
		take_other other)
{
	char *at = (char *)into + field->offset;

	switch (field->kind) {
	case FIELD_U32:
		if (nla_len(attr) != sizeof(uint32_t))
			return -EBADMSG;
		*(uint32_t *)at = nla_get_u32(attr);
		return 0;
	case FIELD_U64:
		if (nla_len(attr) != sizeof(uint64_t))
			return -EBADMSG;
		*(uint64_t *)at = nla_get_u64(attr);
		return 0;
	case FIELD_FLAG:
		*(bool *)at = true;
		return 0;
	case FIELD_TEXT:
		return decode_text(attr, (char **)at);
	case FIELD_OTHER:
		return other(attr, into);
	default:
		return 0;
	}
}

/**
 * decode_fields - take all attributes of a set
 * @nested: the attribute that they are in
 * @fields: where each goes, by type
 * @max: the highest type
 * @into: the struct
 * @other: takes those that are FIELD_OTHER, or NULL when none is
 *
 * Return: 0, or -EBADMSG.
 */
int decode_fields(struct nlattr *nested, const struct field *fields, int max,
		  void *into, take_other other)
{
	struct nlattr *attr;
	int rest;
	int ret;

	nla_for_each_nested(attr, nested, rest) {
		if (nla_type(attr) > max)
			continue;
		ret = take(&fields[nla_type(attr)], attr, into, other);
		if (ret)
			return ret;
	}
	return 0;
}

/**
 * decode_main - the attribute of the main set that a message is about
 * @header: the message
 * @type: its type
 *
 * Return: the attribute, or NULL.
 */
struct nlattr *decode_main(struct nlmsghdr *header, int type)
{
	if (!genlmsg_valid_hdr(header, 0))
		return NULL;
	return nlmsg_find_attr(header, GENL_HDRLEN, type);
}

/**
 * decode_digest - take an attribute that is a digest
 * @attr: the attribute
 * @digest: becomes the digest
 *
 * Return: 0, or -EBADMSG.
 */
int decode_digest(struct nlattr *attr, struct digest *digest)
{
	if (nla_len(attr) != sizeof(digest->bytes))
		return -EBADMSG;
	memcpy(digest->bytes, nla_data(attr), sizeof(digest->bytes));
	digest->known = true;
	return 0;
}

/**
 * decode_number - take an attribute that is a number with a bound
 * @attr: the attribute
 * @most: the bound
 * @number: becomes the number
 *
 * Return: 0, or -EBADMSG.
 */
int decode_number(struct nlattr *attr, uint32_t most, uint32_t *number)
{
	if (nla_len(attr) != sizeof(*number) || nla_get_u32(attr) > most)
		return -EBADMSG;
	*number = nla_get_u32(attr);
	return 0;
}
