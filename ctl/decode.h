/* SPDX-License-Identifier: GPL-2.0 */
/* Attributes of the wire protocol -> structs. */
#ifndef CTL_DECODE_H
#define CTL_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

struct nlmsghdr;

/**
 * struct digest - the SHA-256 of policy
 * @bytes: its bytes
 * @known: there is one
 */
struct digest {
	uint8_t bytes[32];
	bool known;
};

/**
 * struct counters - what became of events
 * @generated: events that happened
 * @sent: delivered
 * @suppressed: held back on purpose
 * @lost: dropped for want of room
 * @pending: not sent yet, or held to count those like them
 */
struct counters {
	uint64_t generated;
	uint64_t sent;
	uint64_t suppressed;
	uint64_t lost;
	uint64_t pending;
};

/**
 * struct tenant_state - a tenant as the kernel has it
 * @tenant: name, origin, mode, defaults and selectors
 * @rules: how many rules the kernel has for it
 * @members: how many tasks belong to it
 * @bytes: kernel memory of its policy
 * @sealed: it stays as it is until the next boot
 * @events: what became of its events
 */
struct tenant_state {
	struct policy_tenant tenant;
	uint32_t rules;
	uint32_t members;
	uint64_t bytes;
	bool sealed;
	struct counters events;
};

/**
 * struct status - state of the module
 * @version: its version
 * @hooks: names of attached hooks
 * @hook_count: how many
 * @loaded: when it was loaded, in nanoseconds since boot
 * @generation: policy generation in force
 * @digest: of all policy in force
 * @sealed: all policy stays as it is until the next boot
 * @sealed_tenants: how many tenants are sealed one by one
 * @tenants: number of tenants
 * @rules: number of rules
 * @members: number of members
 * @members_max: bound on it
 * @sockets: number of sockets that packets and peers are judged for
 * @sockets_max: bound on it
 * @backlog_max: bound on waiting events
 * @backlog_bytes: kernel memory of waiting events
 * @history: how many events are kept that were sent
 * @history_max: bound on them
 * @history_first: number of the oldest of them, 0 when there is none
 * @history_bytes: kernel memory of them
 * @audit_logged: events that the audit subsystem took
 * @audit_missed: events that it did not
 * @policy_bytes: kernel memory of all policy
 * @policy_bytes_max: bound on it
 * @events: what became of events
 */
struct status {
	char *version;
	char **hooks;
	size_t hook_count;
	uint64_t loaded;
	uint64_t generation;
	struct digest digest;
	bool sealed;
	uint32_t sealed_tenants;
	uint32_t tenants;
	uint32_t rules;
	uint32_t members;
	uint32_t members_max;
	uint32_t sockets;
	uint32_t sockets_max;
	uint32_t backlog_max;
	uint64_t backlog_bytes;
	uint32_t history;
	uint32_t history_max;
	uint64_t history_first;
	uint64_t history_bytes;
	uint64_t audit_logged;
	uint64_t audit_missed;
	uint64_t policy_bytes;
	uint64_t policy_bytes_max;
	struct counters events;
};

/**
 * status_bytes_per_rule - what a rule takes of the kernel's memory on average
 * @status: the state
 *
 * Return: bytes; 0 without rules.
 */
static inline uint64_t status_bytes_per_rule(const struct status *status)
{
	return status->rules ? status->policy_bytes / status->rules : 0;
}

/**
 * struct member - a task that belongs to a tenant
 * @tenant: name of the tenant
 * @comm: command name
 * @pid: thread id
 * @tgid: process id
 * @ppid: process id of the parent, or 0
 */
struct member {
	char *tenant;
	char *comm;
	uint32_t pid;
	uint32_t tgid;
	uint32_t ppid;
};

/**
 * struct endpoint_address - one end of a socket
 * @ip: address in network order
 * @len: 4 or 16; 0 when the event has none
 * @port: port
 * @cid: vsock context id
 * @has_cid: the event has one
 */
struct endpoint_address {
	uint8_t ip[16];
	size_t len;
	uint32_t port;
	uint32_t cid;
	bool has_cid;
};

/**
 * struct event - one event; the fields are those of the wire protocol
 * @seq: number on this host
 * @tenant_seq: number in the tenant
 * @time_wall: nanoseconds since the epoch
 * @time_boot: nanoseconds since boot
 * @generation: policy generation
 * @cgroup_id: cgroup
 * @dev: device of the file
 * @ino: inode of the file
 * @tenant: name of the tenant
 * @origin: of the rule, or "default"
 * @comm: command name
 * @path: bytes of the path, or of the name of a unix socket, or NULL
 * @path_len: how many
 * @class: a cordon_class
 * @op: one operation flag
 * @verdict: a cordon_verdict
 * @reason: a cordon_reason
 * @error: error number, or 0
 * @pid: thread id
 * @tgid: process id
 * @ppid: parent process id
 * @uid: real uid
 * @gid: real gid
 * @family: address family
 * @type: socket type
 * @protocol: protocol number
 * @repeat: how many events this one stands for
 * @local: local end of the socket
 * @remote: remote end of the socket
 * @target_pid: process id of the other task of a guard event, or 0
 * @suppressed: how many events a summary is about
 * @loginuid: uid that the task logged in with
 * @generation_before: policy generation before an act of administration
 * @digest_before: digest of all policy before it
 * @digest: digest of all policy after it
 *
 * The path of an act of administration is why it was refused.  An event that a
 * tenant was given of its own has no @seq and no @generation.
 */
struct event {
	uint64_t seq;
	uint64_t tenant_seq;
	uint64_t time_wall;
	uint64_t time_boot;
	uint64_t generation;
	uint64_t cgroup_id;
	uint64_t dev;
	uint64_t ino;
	char *tenant;
	char *origin;
	char *comm;
	char *path;
	size_t path_len;
	uint32_t class;
	uint32_t op;
	uint32_t verdict;
	uint32_t reason;
	uint32_t error;
	uint32_t pid;
	uint32_t tgid;
	uint32_t ppid;
	uint32_t uid;
	uint32_t gid;
	uint32_t family;
	uint32_t type;
	uint32_t protocol;
	uint32_t repeat;
	struct endpoint_address local;
	struct endpoint_address remote;
	uint32_t target_pid;
	uint64_t suppressed;
	uint32_t loginuid;
	uint64_t generation_before;
	struct digest digest_before;
	struct digest digest;
};

int decode_generation(struct nlmsghdr *header, uint64_t *generation);
int decode_tenant(struct nlmsghdr *header, struct tenant_state *state);
int decode_rules(struct nlmsghdr *header, struct policy_tenant *tenant);
int decode_status(struct nlmsghdr *header, struct status *status);
int decode_member(struct nlmsghdr *header, struct member *member);
int decode_event(struct nlmsghdr *header, struct event *event);

void status_clear(struct status *status);
void member_clear(struct member *member);
void event_clear(struct event *event);

#endif /* CTL_DECODE_H */
