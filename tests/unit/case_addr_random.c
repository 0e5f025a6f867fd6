// SPDX-License-Identifier: GPL-2.0
/*
 * Random socket rules and addresses of which many match.
 *
 * Prefixes are made from others: the same, around, inside, or beside them; and
 * so are ports.  Addresses lie at the edges of prefixes, on either side.
 */
#include "case_addr.h"

#include <arpa/inet.h>
#include <string.h>

static const char *const beginnings[] = {
	"10.0.0.0",
	"10.0.0.0",
	"10.128.0.0",
	"192.0.2.1",
	"0.0.0.0",
	"127.0.0.1",
	"255.0.0.0",
	"255.255.255.255",
	"fdaa:0:ac::",
	"fdaa:0:ac::",
	"fdaa::",
	"::",
	"::1",
	"2001:db8::",
	"ffff::",
	"fdaa:0:ac:1:8000::",
	"::fffe:0:0",
	"fdaa:0:ac:0:ffff:ffff:ffff:ffff",
	"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

/**
 * struct past - what rules of the case have been made of
 * @prefix_count: number of @prefixes
 * @port_count: number of @ports
 * @prefixes: prefixes
 * @ports: port ranges
 */
struct past {
	unsigned int prefix_count;
	unsigned int port_count;
	struct addr_prefix prefixes[ADDR_CASE_RULES_MAX * ADDR_RULE_LIST_MAX];
	struct addr_ports ports[ADDR_CASE_RULES_MAX * ADDR_RULE_LIST_MAX];
};

static struct past past;

static void flip(uint8_t *bytes, unsigned int bit)
{
	bytes[bit / 8] ^= 0x80 >> bit % 8;
}

static void set_behind(uint8_t *bytes, unsigned int len, unsigned int bits,
		       bool value)
{
	unsigned int i;

	for (i = bits; i < 8 * len; i++) {
		bytes[i / 8] &= ~(0x80 >> i % 8);
		if (value)
			bytes[i / 8] |= 0x80 >> i % 8;
	}
}

static void begin(struct random *random, struct addr_prefix *prefix)
{
	const char *text =
		beginnings[random_below(random, ARRAY_SIZE(beginnings))];

	memset(prefix, 0, sizeof(*prefix));
	prefix->len = strchr(text, ':') ? 16 : 4;
	inet_pton(prefix->len == 4 ? AF_INET : AF_INET6, text, prefix->bytes);
	prefix->bits = random_below(random, 8 * prefix->len + 1);
	if (random_percent(random, 50))
		prefix->bits &= ~7;
}

/* A relative of a prefix: around it, inside, beside, or the same. */
static void relate(struct random *random, struct addr_prefix *prefix)
{
	unsigned int most = 8 * prefix->len;
	unsigned int by = 1 + random_below(random, 9);

	switch (random_below(random, 4)) {
	case 0:
		prefix->bits -= min(by, (unsigned int)prefix->bits);
		break;
	case 1:
		while (by-- && prefix->bits < most) {
			if (random_percent(random, 50))
				flip(prefix->bytes, prefix->bits);
			prefix->bits++;
		}
		break;
	case 2:
		if (prefix->bits)
			flip(prefix->bytes, prefix->bits - 1);
		break;
	}
}

static bool is_mapped(const struct addr_prefix *prefix)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return prefix->len == 16 && prefix->bits >= 96 &&
	       !memcmp(prefix->bytes, mapped, sizeof(mapped));
}

static struct addr_prefix make_prefix(struct random *random)
{
	struct addr_prefix prefix;

	do {
		if (past.prefix_count && random_percent(random, 75)) {
			prefix = past.prefixes[random_below(random,
							    past.prefix_count)];
			relate(random, &prefix);
		} else {
			begin(random, &prefix);
		}
		set_behind(prefix.bytes, prefix.len, prefix.bits, false);
	} while (is_mapped(&prefix));
	past.prefixes[past.prefix_count++] = prefix;
	return prefix;
}

static uint16_t any_port(struct random *random)
{
	static const uint16_t ports[] = { 1,	2,    22, 80,	 443,
					  1023, 1024, 80, 65534, 65535 };

	if (random_percent(random, 20))
		return 1 + random_below(random, 65535);
	return ports[random_below(random, ARRAY_SIZE(ports))];
}

/* The edges of a range or a port next to them, 0 where there is none. */
static uint16_t port_near(struct random *random)
{
	const struct addr_ports *ports;

	if (!past.port_count || random_percent(random, 20))
		return any_port(random);
	ports = &past.ports[random_below(random, past.port_count)];
	switch (random_below(random, 5)) {
	case 0:
		return ports->first;
	case 1:
		return ports->last;
	case 2:
		return ports->first - 1;
	case 3:
		return ports->last + 1;
	default:
		return ((unsigned int)ports->first + ports->last) / 2;
	}
}

static uint16_t rule_port(struct random *random)
{
	uint16_t port = port_near(random);

	return port ? port : 1;
}

static struct addr_ports make_ports(struct random *random)
{
	uint16_t one = rule_port(random);
	uint16_t other = random_percent(random, 40) ? one : rule_port(random);
	struct addr_ports ports = { min(one, other), max(one, other) };

	past.ports[past.port_count++] = ports;
	return ports;
}

/* The families among which the prefixes of a rule are, or none. */
static uint8_t make_families(struct random *random,
			     const struct addr_rule *rule)
{
	uint8_t families = 0;
	unsigned int i;

	if (random_percent(random, 60))
		return 0;
	for (i = 0; i < rule->prefix_count; i++)
		families |= rule->prefixes[i].len == 4 ? 1 : 2;
	if (random_percent(random, 60) && families)
		return families & -families;
	return 1 + random_below(random, 3);
}

static bool has_effect(const struct addr_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->prefix_count; i++)
		if (rule->families & (rule->prefixes[i].len == 4 ? 1 : 2))
			return true;
	return !rule->families || !rule->prefix_count;
}

static void make_rule(struct random *random, struct addr_rule *rule)
{
	static const uint16_t ops[] = { CORDON_SOCKET_OP_BIND,
					CORDON_SOCKET_OP_CONNECT,
					CORDON_SOCKET_OP_BIND |
						CORDON_SOCKET_OP_CONNECT |
						CORDON_SOCKET_OP_LISTEN };
	unsigned int i;

	memset(rule, 0, sizeof(*rule));
	rule->deny = random_percent(random, 40);
	rule->loud = !rule->deny && random_percent(random, 30);
	rule->ops = ops[random_below(random, ARRAY_SIZE(ops))];
	if (random_percent(random, 50))
		rule->protos =
			1 + random_below(random, __CORDON_PROTO_LAST - 1);
	if (random_percent(random, 90))
		rule->prefix_count =
			1 + random_below(random, ADDR_RULE_LIST_MAX);
	for (i = 0; i < rule->prefix_count; i++)
		rule->prefixes[i] = make_prefix(random);
	if (random_percent(random, 70))
		rule->port_count = 1 + random_below(random, ADDR_RULE_LIST_MAX);
	for (i = 0; i < rule->port_count; i++)
		rule->ports[i] = make_ports(random);
	do {
		rule->families = make_families(random, rule);
	} while (!has_effect(rule));
}

/**
 * addr_case_random_rules - make rules
 * @a_case: becomes rules
 * @random: where from
 */
void addr_case_random_rules(struct addr_case *a_case, struct random *random)
{
	unsigned int i;

	memset(a_case, 0, sizeof(*a_case));
	memset(&past, 0, sizeof(past));
	a_case->socket_default = random_percent(random, 50) ?
					 CORDON_ACTION_ALLOW :
					 CORDON_ACTION_DENY;
	a_case->count = random_below(random, ADDR_CASE_RULES_MAX + 1);
	if (random_percent(random, 50))
		a_case->count = min(a_case->count, 4u);
	for (i = 0; i < a_case->count; i++)
		make_rule(random, &a_case->rules[i]);
}

/* Behind the last bit of an address comes its first. */
static void step(uint8_t *bytes, unsigned int len, int by)
{
	unsigned int i;

	for (i = len; i--;) {
		bytes[i] += by;
		if (bytes[i] != (by > 0 ? 0 : 0xff))
			break;
	}
}

static void map(struct addr_query *query)
{
	memmove(query->bytes + 12, query->bytes, 4);
	memset(query->bytes, 0, 10);
	memset(query->bytes + 10, 0xff, 2);
	query->len = 16;
}

/**
 * addr_case_random_query - make an address and a port
 * @a_case: the rules; gets what is to be asked about
 * @random: where from; the rules came from it last
 */
void addr_case_random_query(struct addr_case *a_case, struct random *random)
{
	struct addr_query *query = &a_case->query;
	struct addr_prefix prefix;

	begin(random, &prefix);
	if (past.prefix_count && random_percent(random, 90))
		prefix = past.prefixes[random_below(random, past.prefix_count)];
	switch (random_below(random, 5)) {
	case 0:
		set_behind(prefix.bytes, prefix.len, prefix.bits, true);
		break;
	case 1:
		step(prefix.bytes, prefix.len, -1);
		break;
	case 2:
		set_behind(prefix.bytes, prefix.len, prefix.bits, true);
		step(prefix.bytes, prefix.len, 1);
		break;
	case 3:
		prefix.bytes[prefix.len - 1] ^= random_below(random, 256);
		break;
	}
	memcpy(query->bytes, prefix.bytes, sizeof(query->bytes));
	query->len = prefix.len;
	if (query->len == 4 && random_percent(random, 30))
		map(query);
	query->port = random_percent(random, 5) ? 0 : port_near(random);
}
