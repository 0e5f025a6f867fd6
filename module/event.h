/* SPDX-License-Identifier: GPL-2.0 */
/* The record of an event: what was denied, or what a rule wants reported. */
#ifndef CORDON_EVENT_H
#define CORDON_EVENT_H

#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/sched.h>

#include "tenant.h"

struct sock;

/* The gid of an event that no task is behind. */
#define EVENT_NOBODY U32_MAX

/**
 * struct event_file - the object of a file event
 * @dev: device of its filesystem
 * @ino: its inode number, 0 for a name that does not exist yet
 */
struct event_file {
	dev_t dev;
	u64 ino;
};

/**
 * struct event_socket - the object of a socket event
 * @family: address family of the socket
 * @type: its type
 * @protocol: its protocol
 * @local: its own address, network order
 * @remote: address of the peer, network order
 * @local_port: its own port, host order
 * @remote_port: port of the peer, host order
 * @local_len: length of @local, 0 when there is none
 * @remote_len: length of @remote, 0 when there is none
 *
 * A context id of vsock is an address of EVENT_CID_LEN bytes, a u32.  The name
 * of a unix socket is the path of the event.  There is nothing between members,
 * so that two can be told apart by their bytes.
 */
struct event_socket {
	u16 family;
	u16 type;
	u32 protocol;
	u8 local[16];
	u8 remote[16];
	u32 local_port;
	u32 remote_port;
	u16 local_len;
	u16 remote_len;
};

/* Told from lengths of IP addresses. */
#define EVENT_CID_LEN 5

/**
 * struct event_admin - an act of administration
 * @before: policy generation before it
 * @loginuid: uid that the task logged in with
 * @digest_before: of all policy before it
 * @digest: of all policy after it
 *
 * Why it was refused is the path of the event.  A request of somebody who may
 * not send it has no digests.
 */
struct event_admin {
	u64 before;
	u32 loginuid;
	u8 digest_before[DIGEST_SIZE];
	u8 digest[DIGEST_SIZE];
};

/**
 * union event_object - what something was done to
 * @file: of a file event
 * @socket: of a socket event
 * @target_pid: process id of the other task of a guard event, or 0
 * @suppressed: how many events a summary is about
 * @admin: of an act of administration
 */
union event_object {
	struct event_file file;
	struct event_socket socket;
	u32 target_pid;
	u64 suppressed;
	struct event_admin admin;
};

/**
 * struct event - one event
 * @refs: who uses it
 * @size: bytes of memory that it takes
 * @tenant: the tenant, until it is known what became of the event
 * @tenant_id: id of the tenant, which stays known
 * @in_history: its place among all events of the history
 * @in_share: its place among those of its tenant there
 * @added: how many events were put into the history before it
 * @seq: its number on this host
 * @tenant_seq: its number in its tenant
 * @time_wall: nanoseconds since the epoch
 * @time_boot: nanoseconds since boot
 * @generation: policy generation that decided; of an act of administration
 * the one after it
 * @cgroup_id: id of the cgroup of the task, or of the socket for a packet
 * @class: enum cordon_class
 * @verdict: enum cordon_verdict
 * @reason: enum cordon_reason
 * @op: one operation flag of the class
 * @error: positive error number that the caller got, 0 when it went on or was
 * told nothing
 * @repeat: how many like events it stands for
 * @pid: thread id, 0 for a packet
 * @tgid: process id
 * @ppid: process id of the parent
 * @uid: real uid
 * @gid: real gid
 * @comm: command name
 * @object: what it was done to
 * @origin_at: where the origin begins in @text
 * @path_at: where the path begins in @text
 * @path_len: length of the path in bytes
 * @text: the name of the tenant and the origin, each with its NUL, then the
 * path without one
 */
struct event {
	refcount_t refs;
	u32 size;
	struct tenant *tenant;
	u64 tenant_id;
	struct rb_node in_history;
	struct rb_node in_share;
	u64 added;
	u64 seq;
	u64 tenant_seq;
	u64 time_wall;
	u64 time_boot;
	u64 generation;
	u64 cgroup_id;
	u8 class;
	u8 verdict;
	u8 reason;
	u16 op;
	u32 error;
	u32 repeat;
	u32 pid;
	u32 tgid;
	u32 ppid;
	u32 uid;
	u32 gid;
	char comm[TASK_COMM_LEN];
	union event_object object;
	u16 origin_at;
	u16 path_at;
	u16 path_len;
	char text[];
};

/**
 * struct event_cause - what an event is about
 * @tenant: the tenant
 * @policy: its policy that decided
 * @class: enum cordon_class
 * @op: one operation flag
 * @reason: enum cordon_reason
 * @rule: index of the rule that decided, or RULESET_NONE
 * @denied: whether the policy denies, or allows and reports it
 * @error: positive error number of a denial
 * @packet_for: the socket that a packet came for, which is what happened; NULL
 * when current did something
 * @object: what it was done to
 * @path: path of the object, or NULL; why administration was refused
 * @path_len: its length in bytes
 */
struct event_cause {
	struct tenant *tenant;
	const struct policy *policy;
	u8 class;
	u16 op;
	u8 reason;
	u32 rule;
	bool denied;
	u32 error;
	const struct sock *packet_for;
	union event_object object;
	const char *path;
	size_t path_len;
};

static inline const char *event_tenant(const struct event *event)
{
	return event->text;
}

static inline const char *event_origin(const struct event *event)
{
	return event->text + event->origin_at;
}

static inline const char *event_path(const struct event *event)
{
	return event->text + event->path_at;
}

void event_init(void);
u64 event_began(void);
bool event_wanted(const struct event_cause *cause);
const char *event_cause_origin(const struct event_cause *cause);
u8 event_verdict(const struct event_cause *cause);
u64 event_generation(const struct event_cause *cause);
u64 event_digest(const struct event_cause *cause);
struct event *event_new(const struct event_cause *cause);
struct event *event_new_summary(struct tenant *tenant, u64 suppressed);
void event_forget_tenant(struct event *event);
void event_put(struct event *event);

/**
 * event_result - what a hook returns for a verdict
 * @policy: the policy that decided
 * @denied: whether it denies
 * @error: the error of a denial, negative
 *
 * Return: @error, or 0 when the operation goes on.
 */
static inline int event_result(const struct policy *policy, bool denied,
			       int error)
{
	return denied && policy->mode == CORDON_MODE_ENFORCE ? error : 0;
}

#endif /* CORDON_EVENT_H */
