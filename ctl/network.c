// SPDX-License-Identifier: GPL-2.0
/*
 * What a private network needs, as plain rules: nothing behind the grammar
 * knows that they were not written out.
 */
#include "network.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "grammar.h"
#include "text.h"
#include "value.h"

/*
 * Named one by one: a raw socket would send with any header, and neither it nor
 * whatever else there is may even be made.
 */
#define NETWORK_PROTOS                                                         \
	(CORDON_PROTO_TCP | CORDON_PROTO_UDP | CORDON_PROTO_ICMP |             \
	 CORDON_PROTO_SCTP | CORDON_PROTO_MPTCP | CORDON_PROTO_UDPLITE)

#define DNS_PORT 53

/**
 * struct addresses - addresses of one kind
 * @at: where the key is that they belong to
 * @items: the addresses
 * @count: how many
 */
struct addresses {
	struct position at;
	struct address *items;
	size_t count;
};

/**
 * struct network - a private network while it is parsed
 * @at: where the key "network" is
 * @prefixes: what belongs to it
 * @resolvers: who answers questions about names
 */
struct network {
	struct position at;
	struct addresses prefixes;
	struct addresses resolvers;
};

static int by_address(const void *a, const void *b)
{
	const struct address *left = a;
	const struct address *right = b;
	int order = memcmp(left->ip, right->ip, sizeof(left->ip));

	if (left->len != right->len)
		return left->len < right->len ? -1 : 1;
	if (order)
		return order;
	return (int)left->prefix_len - (int)right->prefix_len;
}

static int by_address_and_place(const void *a, const void *b)
{
	const struct position *left = &((const struct address *)a)->at;
	const struct position *right = &((const struct address *)b)->at;
	int order = by_address(a, b);

	if (order)
		return order;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return left->column < right->column ? -1 : left->column > right->column;
}

/* On a sorted copy, lest a list that somebody made huge take ages. */
static void check_duplicates(const struct addresses *list, const char *what,
			     struct diag *diag)
{
	struct address *sorted = alloc_zeroed(list->count, sizeof(*sorted));
	size_t i;

	if (list->count)
		memcpy(sorted, list->items, list->count * sizeof(*sorted));
	qsort(sorted, list->count, sizeof(*sorted), by_address_and_place);
	for (i = 1; i < list->count; i++) {
		char *text;

		if (by_address(&sorted[i - 1], &sorted[i]))
			continue;
		text = text_prefix(&sorted[i]);
		diag_error(diag, &sorted[i].at,
			   "duplicate %s %s; it is also at line %u", what, text,
			   sorted[i - 1].at.line);
		free(text);
	}
	free(sorted);
}

static void take_prefix(const struct yaml_node *item, void *into,
			struct diag *diag)
{
	struct addresses *list = into;
	struct address address;

	if (value_address(item, &address, diag))
		*array_push(list->items, list->count) = address;
}

static void take_resolver(const struct yaml_node *item, void *into,
			  struct diag *diag)
{
	struct addresses *list = into;
	struct address address;
	char *text;

	if (!value_address(item, &address, diag))
		return;
	if (address.prefix_len == address.len * 8) {
		*array_push(list->items, list->count) = address;
		return;
	}
	text = text_prefix(&address);
	diag_error(diag, &item->at,
		   "resolver %s is a whole prefix; write the address of each resolver",
		   text);
	free(text);
}

static void parse_prefixes(const struct yaml_node *key,
			   const struct yaml_node *value, void *into,
			   struct diag *diag)
{
	struct network *network = into;

	network->prefixes.at = key->at;
	grammar_each(key, value, take_prefix, &network->prefixes, diag);
	check_duplicates(&network->prefixes, "prefix", diag);
}

static void parse_resolvers(const struct yaml_node *key,
			    const struct yaml_node *value, void *into,
			    struct diag *diag)
{
	struct network *network = into;

	network->resolvers.at = key->at;
	grammar_each(key, value, take_resolver, &network->resolvers, diag);
	check_duplicates(&network->resolvers, "resolver", diag);
}

static struct policy_rule *add_rule(struct policy_tenant *tenant,
				    const struct position *at, uint32_t ops,
				    uint32_t protos)
{
	struct policy_rule *rule =
		array_push(tenant->rules, tenant->rule_count);

	rule->at = *at;
	rule->origin = source_origin(at);
	rule->class = CORDON_CLASS_SOCKET;
	rule->action = CORDON_ACTION_ALLOW;
	rule->ops = ops;
	rule->protos = protos;
	return rule;
}

static struct policy_rule *add_rule_about(struct policy_tenant *tenant,
					  const struct addresses *list,
					  uint32_t ops, uint32_t protos)
{
	struct policy_rule *rule = add_rule(tenant, &list->at, ops, protos);
	size_t i;

	for (i = 0; i < list->count; i++)
		*array_push(rule->addresses, rule->address_count) =
			list->items[i];
	return rule;
}

/*
 * A server may bind to the wildcard: who reaches it is decided when packets
 * come.  Each allow rule brings "create" for its protocols, and nothing else
 * does.  No rule without its addresses: it would be about all there are.
 */
static void add_rules(struct policy_tenant *tenant,
		      const struct network *network)
{
	struct policy_rule *rule;

	rule = add_rule(tenant, &network->at,
			CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN,
			NETWORK_PROTOS);
	rule->families = FAMILIES_INET;
	if (network->prefixes.count)
		add_rule_about(tenant, &network->prefixes,
			       CORDON_SOCKET_OP_CONNECT |
				       CORDON_SOCKET_OP_ACCEPT |
				       CORDON_SOCKET_OP_RECEIVE,
			       NETWORK_PROTOS);
	if (!network->resolvers.count)
		return;
	rule = add_rule_about(tenant, &network->resolvers,
			      CORDON_SOCKET_OP_CONNECT,
			      CORDON_PROTO_TCP | CORDON_PROTO_UDP);
	*array_push(rule->ports, rule->port_count) =
		(struct ports){ DNS_PORT, DNS_PORT };
	add_rule_about(tenant, &network->resolvers, CORDON_SOCKET_OP_RECEIVE,
		       CORDON_PROTO_UDP);
}

/**
 * network_parse - take over the private network of a tenant
 * @key: the key "network"
 * @value: prefixes, or a map of prefixes and resolvers
 * @into: the tenant, which gets rules and a default
 * @diag: where errors are reported
 */
void network_parse(const struct yaml_node *key, const struct yaml_node *value,
		   void *into, struct diag *diag)
{
	static const struct name keys[] = {
		{ "prefix", 0 },
		{ "resolvers", 1 },
		{ NULL },
	};
	static const struct key_parser parsers[] = {
		{ parse_prefixes, true },
		{ parse_resolvers },
	};
	struct network network = { .at = key->at };

	if (value->kind == YAML_MAP)
		grammar_map(value, "section 'network'", keys, parsers, &network,
			    diag);
	else
		parse_prefixes(key, value, &network, diag);
	add_rules(into, &network);
	free(network.prefixes.items);
	free(network.resolvers.items);
}
