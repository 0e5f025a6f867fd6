// SPDX-License-Identifier: GPL-2.0
#include "oracle_addr.h"

#include <string.h>

#include <linux/cordon.h>

static bool bit_of(const uint8_t *bytes, unsigned int n)
{
	return bytes[n / 8] & 0x80 >> n % 8;
}

static bool prefix_matches(const struct addr_prefix *prefix,
			   const uint8_t *bytes, unsigned int len)
{
	unsigned int i;

	if (prefix->len != len)
		return false;
	for (i = 0; i < prefix->bits; i++)
		if (bit_of(prefix->bytes, i) != bit_of(bytes, i))
			return false;
	return true;
}

static bool address_matches(const struct addr_rule *rule, const uint8_t *bytes,
			    unsigned int len)
{
	unsigned int i;

	if (rule->families && !(rule->families & (len == 4 ? 1 : 2)))
		return false;
	for (i = 0; i < rule->prefix_count; i++)
		if (prefix_matches(&rule->prefixes[i], bytes, len))
			return true;
	return !rule->prefix_count;
}

static bool port_matches(const struct addr_rule *rule, unsigned int port)
{
	unsigned int i;

	for (i = 0; i < rule->port_count; i++)
		if (rule->ports[i].first <= port && port <= rule->ports[i].last)
			return true;
	return !rule->port_count;
}

/* ::ffff:a.b.c.d */
static bool is_mapped(const struct addr_query *query)
{
	static const uint8_t begin[12] = { 0, 0, 0, 0, 0,    0,
					   0, 0, 0, 0, 0xff, 0xff };

	return query->len == 16 && !memcmp(query->bytes, begin, 12);
}

/* Who must not use TCP must not use what becomes TCP. */
static bool is_denied_as_tcp(const struct addr_rule *rule,
			     const struct addr_query *query)
{
	return rule->deny && (rule->protos & CORDON_PROTO_TCP) &&
	       query->proto == CORDON_PROTO_MPTCP;
}

/**
 * oracle_rule_matches - whether a rule is about what is asked
 * @rule: the rule
 * @query: what is asked
 *
 * Return: true when it is.
 */
bool oracle_rule_matches(const struct addr_rule *rule,
			 const struct addr_query *query)
{
	if (!(rule->ops & query->op))
		return false;
	if (rule->protos && !(rule->protos & query->proto) &&
	    !is_denied_as_tcp(rule, query))
		return false;
	if (!port_matches(rule, query->port))
		return false;
	if (is_mapped(query))
		return address_matches(rule, query->bytes + 12, 4);
	return address_matches(rule, query->bytes, query->len);
}
