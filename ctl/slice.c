// SPDX-License-Identifier: GPL-2.0
/* How a rule is cut whose lists are too long for one message. */
#include "slice.h"

#include <netlink/attr.h>
#include <string.h>

/* Sizes of nested attributes on the wire: headers and padding included. */
#define ADDRESS_BYTES 32
#define PORTS_BYTES 20

static size_t text_bytes(const char *text)
{
	return nla_total_size(strlen(text) + 1);
}

/* Index behind the fixed-size elements that fit half a rule. */
static size_t slice_end(size_t from, size_t count, size_t each)
{
	size_t fit = SLICE_BYTES_MAX / 2 / each;

	return count - from < fit ? count : from + fit;
}

/* What each part of a rule repeats. */
static size_t fixed_bytes(const struct policy_rule *rule)
{
	return (FAMILIES_MAX + 16 + rule->protocol_count) * nla_total_size(4) +
	       rule->cid_count * PORTS_BYTES;
}

/**
 * slice_rule - as much of a rule as one message may hold
 * @rule: the rule
 * @cursor: where to begin in it
 *
 * Where a rule was written has no say in how it is cut: the longest origin is
 * reckoned with, so that a policy that is shown and loaded again is cut alike.
 *
 * Return: the portion, with at least one pattern if there are any.
 */
struct slice slice_rule(const struct policy_rule *rule,
			const struct rule_cursor *cursor)
{
	struct slice slice = { .rule = rule, .from = *cursor, .to = *cursor };
	size_t i = cursor->pattern;

	slice.bytes = nla_total_size(0) + 6 * nla_total_size(4) +
		      nla_total_size(CORDON_ORIGIN_MAX + 1) + fixed_bytes(rule);
	while (i < rule->pattern_count) {
		size_t more = text_bytes(rule->patterns[i].text);

		if (i > cursor->pattern && slice.bytes + more > SLICE_BYTES_MAX)
			break;
		slice.bytes += more;
		i++;
	}
	slice.to.pattern = i;
	slice.to.address =
		slice_end(cursor->address, rule->address_count, ADDRESS_BYTES);
	slice.to.port = slice_end(cursor->port, rule->port_count, PORTS_BYTES);
	slice.bytes += (slice.to.address - cursor->address) * ADDRESS_BYTES +
		       (slice.to.port - cursor->port) * PORTS_BYTES;
	return slice;
}

/**
 * slice_advance - go on behind a portion
 * @cursor: where it began; becomes the place behind it
 * @slice: the portion
 *
 * Every part of the addresses meets every part of the ports.
 */
void slice_advance(struct rule_cursor *cursor, const struct slice *slice)
{
	const struct policy_rule *rule = slice->rule;

	if (slice->to.pattern < rule->pattern_count) {
		cursor->pattern = slice->to.pattern;
	} else if (slice->to.port < rule->port_count) {
		cursor->port = slice->to.port;
	} else if (slice->to.address < rule->address_count) {
		cursor->port = 0;
		cursor->address = slice->to.address;
	} else {
		*cursor = (struct rule_cursor){ .rule = cursor->rule + 1 };
	}
}
