// SPDX-License-Identifier: GPL-2.0
/*
 * A name of others is taken where it means the same and has values of the same
 * kind; all else begins with "cordon.", which nobody else uses.  The same table
 * is in cordon-events(5).
 */
#include "field.h"

#include <stddef.h>

const struct field fields[] = {
	{ "time", "evt.time.iso8601", "@timestamp" },
	{ "time_boot_ns", "cordon.time_boot_ns", "cordon.time_boot_ns" },
	{ "seq", "evt.num", "event.sequence" },
	{ "tenant_seq", "cordon.tenant_seq", "cordon.tenant_seq" },
	{ "tenant", "cordon.tenant", "cordon.tenant" },
	{ "generation", "cordon.generation", "cordon.generation" },
	{ "class", "cordon.class", "cordon.class" },
	{ "op", "cordon.op", "event.action" },
	{ "verdict", "cordon.verdict", "cordon.verdict" },
	{ "reason", "cordon.reason", "event.reason" },
	{ "errno", "cordon.errno", "cordon.errno" },
	{ "errno_name", "evt.res", "error.code" },
	{ "origin", "cordon.origin", "rule.id" },
	{ "pid", "thread.tid", "process.thread.id" },
	{ "tgid", "proc.pid", "process.pid" },
	{ "ppid", "proc.ppid", "process.parent.pid" },
	{ "comm", "proc.name", "process.name" },
	{ "comm_escaped", "cordon.comm_escaped", "cordon.comm_escaped" },
	{ "uid", "user.uid", "user.id" },
	{ "gid", "group.gid", "group.id" },
	{ "cgroup_id", "cordon.cgroup_id", "cordon.cgroup_id" },
	{ "path", "fd.name", "file.path" },
	{ "path_escaped", "cordon.path_escaped", "cordon.path_escaped" },
	{ "dev_major", "fd.dev.major", "cordon.dev_major" },
	{ "dev_minor", "fd.dev.minor", "cordon.dev_minor" },
	{ "ino", "fd.ino", "file.inode" },
	{ "family", "cordon.family", "cordon.family" },
	{ "type", "cordon.type", "cordon.type" },
	{ "protocol", "cordon.protocol", "network.transport" },
	{ "local_addr", "fd.lip", "source.ip" },
	{ "local_port", "fd.lport", "source.port" },
	{ "remote_addr", "fd.rip", "destination.ip" },
	{ "remote_port", "fd.rport", "destination.port" },
	{ "local_cid", "cordon.local_cid", "cordon.local_cid" },
	{ "remote_cid", "cordon.remote_cid", "cordon.remote_cid" },
	{ "name", "fd.name", "cordon.name" },
	{ "name_escaped", "cordon.name_escaped", "cordon.name_escaped" },
	{ "target_pid", "cordon.target_pid", "cordon.target_pid" },
	{ "repeat", "cordon.repeat", "cordon.repeat" },
	{ "suppressed", "cordon.suppressed", "cordon.suppressed" },
	{ "loginuid", "user.loginuid", "cordon.loginuid" },
	{ "generation_before", "cordon.generation_before",
	  "cordon.generation_before" },
	{ "digest_before", "cordon.digest_before", "cordon.digest_before" },
	{ "digest", "cordon.digest", "cordon.digest" },
	{ "why", "cordon.why", "error.message" },
	{ "why_escaped", "cordon.why_escaped", "cordon.why_escaped" },
	{ NULL },
};
