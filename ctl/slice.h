/* SPDX-License-Identifier: GPL-2.0 */
/* Rules in portions that fit a message. */
#ifndef CTL_SLICE_H
#define CTL_SLICE_H

#include <stddef.h>

#include "model.h"

/* What one portion may take, so that some fit one message. */
#define SLICE_BYTES_MAX 8192

/**
 * struct rule_cursor - how far the rules of a tenant are encoded
 * @rule: index of the next rule
 * @pattern: index of its next pattern
 * @address: index of its next address
 * @port: index of its next port range
 *
 * A rule that does not fit one message is sent as several that mean the same
 * together.
 */
struct rule_cursor {
	size_t rule;
	size_t pattern;
	size_t address;
	size_t port;
};

/**
 * struct slice - the part of a rule that goes into one message
 * @rule: the rule
 * @from: the indices that it begins with
 * @to: the indices behind it
 * @bytes: what it takes on the wire
 */
struct slice {
	const struct policy_rule *rule;
	struct rule_cursor from;
	struct rule_cursor to;
	size_t bytes;
};

struct slice slice_rule(const struct policy_rule *rule,
			const struct rule_cursor *cursor);
void slice_advance(struct rule_cursor *cursor, const struct slice *slice);

#endif /* CTL_SLICE_H */
