/* SPDX-License-Identifier: GPL-2.0 */
/* A policy as plain structs, from files or from the kernel. */
#ifndef CTL_MODEL_H
#define CTL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/cordon.h>

#include "diag.h"
#include "rulefit.h"
#include "source.h"

/* Numbers of a kind that a rule may have: each of its parts repeats them. */
#define MODEL_NUMBERS_MAX 64

/* What the selectors of one tenant may take in a message. */
#define MODEL_SELECTOR_BYTES_MAX 24576

/**
 * struct selector - which tasks join a tenant
 * @at: where it was written
 * @cgroup: pattern of cgroups, or NULL for a range of uids
 * @uid_first: first uid of the range
 * @uid_last: last uid of the range
 */
struct selector {
	struct position at;
	char *cgroup;
	uint32_t uid_first;
	uint32_t uid_last;
};

/**
 * struct pattern - a pattern of a rule
 * @at: where it was written
 * @text: the pattern
 * @abstract: it is one of abstract names and not of paths
 */
struct pattern {
	struct position at;
	char *text;
	bool abstract;
};

/**
 * struct address - an address prefix
 * @at: where it was written
 * @ip: in network order, zero behind the prefix
 * @len: 4 or 16
 * @prefix_len: length of the prefix in bits
 */
struct address {
	struct position at;
	uint8_t ip[16];
	uint8_t len;
	uint8_t prefix_len;
};

/**
 * struct ports - a range of ports or of context ids
 * @first: its first
 * @last: its last
 */
struct ports {
	uint32_t first;
	uint32_t last;
};

/**
 * struct policy_rule - one rule
 * @at: where it was written
 * @origin: the same as text, which events will name
 * @class: a cordon_class
 * @action: a cordon_action
 * @ops: flags of operations
 * @log: a cordon_log
 * @all: "all" stands among its operations
 * @wide_ports: its ports have 32 bits
 * @named_protocol: a protocol was given by the name that netlink has for it
 * @peer: a cordon_peer; 0 means anybody (socket)
 * @families: bit N is address family N; 0 means those of the other fields
 * @types: bit N is socket type N; 0 means all
 * @protos: flags; 0 means all
 * @patterns: of paths, and of abstract names (socket)
 * @pattern_count: how many
 * @addresses: none means any (socket)
 * @address_count: how many
 * @ports: none means any (socket)
 * @port_count: how many
 * @protocols: none means any (socket)
 * @protocol_count: how many
 * @cids: none means any (socket)
 * @cid_count: how many
 */
struct policy_rule {
	struct position at;
	char *origin;
	uint32_t class;
	uint32_t action;
	uint32_t ops;
	uint32_t log;
	bool all;
	bool wide_ports;
	bool named_protocol;
	uint32_t peer;
	uint64_t families;
	uint32_t types;
	uint32_t protos;
	struct pattern *patterns;
	size_t pattern_count;
	struct address *addresses;
	size_t address_count;
	struct ports *ports;
	size_t port_count;
	uint32_t *protocols;
	size_t protocol_count;
	struct ports *cids;
	size_t cid_count;
};

/**
 * struct policy_tenant - one tenant
 * @at: where its name was written
 * @name: its name
 * @origin: where it was written, as text
 * @mode: a cordon_mode
 * @file_default: a cordon_action, or 0 when the class is not mediated
 * @socket_default: the same
 * @has_guard: it has a guard section, or comes from the kernel
 * @guard_allow: guard operations that are allowed
 * @revoke: rules hold for open files as well
 * @event_rate: events that are reported a second; 0 where it does not say
 * @event_burst: events that are reported at once; the same
 * @event_self: its tasks may read its events
 * @setup: patterns of programs that prepare what its tasks run in
 * @setup_count: how many
 * @selectors: which tasks join
 * @selector_count: how many
 * @rules: those of files, then those of sockets, each in the order of the file
 * @rule_count: how many
 * @unknown: the kernel says more of it than this tool knows
 */
struct policy_tenant {
	struct position at;
	char *name;
	char *origin;
	uint32_t mode;
	uint32_t file_default;
	uint32_t socket_default;
	bool has_guard;
	uint32_t guard_allow;
	bool revoke;
	uint32_t event_rate;
	uint32_t event_burst;
	bool event_self;
	struct pattern *setup;
	size_t setup_count;
	struct selector *selectors;
	size_t selector_count;
	struct policy_rule *rules;
	size_t rule_count;
	bool unknown;
};

/**
 * struct policy - tenants of all files of a load
 * @tenants: in the order of the files
 * @count: how many
 */
struct policy {
	struct policy_tenant *tenants;
	size_t count;
};

void model_check(const struct policy *policy, struct diag *diag);
const struct policy_tenant *policy_find(const struct policy *policy,
					const char *name);
size_t model_rule_count(const struct policy *policy);
struct rule_shape rule_shape(const struct policy_rule *rule);
void rule_clear(struct policy_rule *rule);
void tenant_clear(struct policy_tenant *tenant);
void policy_clear(struct policy *policy);

#endif /* CTL_MODEL_H */
