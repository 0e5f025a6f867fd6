/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rules say about an address, found out by asking each rule.  Shares no
 * code with the evaluator.
 */
#ifndef UNIT_ORACLE_ADDR_H
#define UNIT_ORACLE_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#define ADDR_RULE_LIST_MAX 4

/**
 * struct addr_prefix - an address prefix
 * @bytes: the address in network order
 * @len: 4 or 16
 * @bits: length of the prefix
 */
struct addr_prefix {
	uint8_t bytes[16];
	uint8_t len;
	uint8_t bits;
};

/**
 * struct addr_ports - a range of ports
 * @first: its first
 * @last: its last
 */
struct addr_ports {
	uint16_t first;
	uint16_t last;
};

/**
 * struct addr_rule - a socket rule
 * @deny: it denies
 * @loud: its permission is to be reported
 * @ops: flags of operations
 * @families: 1 for IPv4, 2 for IPv6; 0 for both, others for none
 * @protos: flags of protocols; 0 for all
 * @prefix_count: number of @prefixes; 0 for any address
 * @port_count: number of @ports; 0 for any port
 * @prefixes: address prefixes
 * @ports: port ranges
 */
struct addr_rule {
	bool deny;
	bool loud;
	uint16_t ops;
	uint8_t families;
	uint8_t protos;
	unsigned int prefix_count;
	unsigned int port_count;
	struct addr_prefix prefixes[ADDR_RULE_LIST_MAX];
	struct addr_ports ports[ADDR_RULE_LIST_MAX];
};

/**
 * struct addr_query - what is asked about
 * @bytes: the address in network order
 * @len: 4 or 16
 * @port: the port
 * @proto: one flag
 * @op: one flag
 */
struct addr_query {
	uint8_t bytes[16];
	uint8_t len;
	uint16_t port;
	uint8_t proto;
	uint16_t op;
};

bool oracle_rule_matches(const struct addr_rule *rule,
			 const struct addr_query *query);

#endif /* UNIT_ORACLE_ADDR_H */
