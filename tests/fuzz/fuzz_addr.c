// SPDX-License-Identifier: GPL-2.0
/*
 * Socket rules: what the evaluator makes of them is what the oracle does.
 *
 * The input is records of 24 bytes.  The first byte of each says what it is:
 * a rule, one more prefix or port range of the rule before it, or an address
 * to ask about; unused bytes are skipped.  Whatever the evaluator accepts,
 * both are asked about.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "case_addr.h"

/**
 * struct record - one record
 * @kind: what it is
 * @flags: of a rule
 * @families: of a rule
 * @protos: of a rule
 * @bits: length of a prefix
 * @first: a port, or the first of a range
 * @last: last port of a range
 * @bytes: an address; IPv4 when @flags is odd
 */
struct record {
	uint8_t kind;
	uint8_t flags;
	uint8_t families;
	uint8_t protos;
	uint8_t bits;
	uint8_t unused;
	uint8_t first[2];
	uint8_t bytes[16];
};

#define FLAG_V4 1
#define FLAG_DENY 2
#define FLAG_LOUD 4
#define FLAG_BIND 8
#define FLAG_PREFIX 16
#define FLAG_PORTS 32
#define FLAG_ZERO_HOST 64

static struct addr_case it;

static unsigned int port_of(const uint8_t *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

static void add_prefix(struct addr_rule *rule, const struct record *record)
{
	struct addr_prefix *prefix = &rule->prefixes[rule->prefix_count];
	unsigned int i;

	if (rule->prefix_count == ADDR_RULE_LIST_MAX)
		return;
	prefix->len = record->flags & FLAG_V4 ? 4 : 16;
	prefix->bits = record->bits;
	memcpy(prefix->bytes, record->bytes, sizeof(prefix->bytes));
	/* Else nearly all would be refused for bits behind the prefix. */
	if (record->flags & FLAG_ZERO_HOST)
		for (i = record->bits; i < 128; i++)
			prefix->bytes[i / 8] &= ~(0x80 >> i % 8);
	rule->prefix_count++;
}

static void add_ports(struct addr_rule *rule, const struct record *record)
{
	struct addr_ports *ports = &rule->ports[rule->port_count];

	if (rule->port_count == ADDR_RULE_LIST_MAX)
		return;
	ports->first = port_of(record->first);
	ports->last = port_of(record->bytes + 14);
	rule->port_count++;
}

static void add_rule(const struct record *record)
{
	struct addr_rule *rule = &it.rules[it.count];

	if (it.count == ADDR_CASE_RULES_MAX)
		return;
	memset(rule, 0, sizeof(*rule));
	rule->deny = record->flags & FLAG_DENY;
	rule->loud = record->flags & FLAG_LOUD;
	rule->ops = record->flags & FLAG_BIND ?
			    CORDON_SOCKET_OP_BIND :
			    CORDON_SOCKET_OP_LISTEN | CORDON_SOCKET_OP_CONNECT;
	rule->families = record->families;
	rule->protos = record->protos;
	it.count++;
}

static void add_record(const struct record *record)
{
	struct addr_rule *rule;

	if (record->kind % 4 == 0)
		add_rule(record);
	if (record->kind % 4 == 3 || !it.count)
		return;
	rule = &it.rules[it.count - 1];
	if (record->flags & FLAG_PREFIX)
		add_prefix(rule, record);
	if (record->flags & FLAG_PORTS)
		add_ports(rule, record);
}

static void ask(const struct ruleset *set, const struct record *record)
{
	const char *what;

	if (record->kind % 4 != 3)
		return;
	it.query.len = record->flags & FLAG_V4 ? 4 : 16;
	memcpy(it.query.bytes, record->bytes, sizeof(it.query.bytes));
	it.query.port = port_of(record->first);
	what = addr_case_compare(&it, set);
	if (!what)
		return;
	fprintf(stderr, "evaluator and oracle disagree: %s\n", what);
	addr_case_print(&it, stderr);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct record *records = (const struct record *)data;
	size_t count = size / sizeof(*records);
	struct ruleset set;
	size_t i;

	memset(&it, 0, sizeof(it));
	it.socket_default = size % 2 ? CORDON_ACTION_DENY : CORDON_ACTION_ALLOW;
	for (i = 0; i < count; i++)
		add_record(&records[i]);
	if (!addr_case_compile(&it, &set))
		for (i = 0; i < count; i++)
			ask(&set, &records[i]);
	ruleset_destroy(&set);
	return 0;
}
