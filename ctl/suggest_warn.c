// SPDX-License-Identifier: GPL-2.0
/*
 * What a suggestion gives away.  The tables are of what is known to be wanted by
 * those who break out; that something is not in them does not say it is harmless.
 */
#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "match.h"
#include "suggest.h"

#define ANY_OP 0xffffu
#define READS CORDON_FILE_OP_READ
#define CHANGES                                                                \
	(CORDON_FILE_OP_WRITE | CORDON_FILE_OP_CREATE |                        \
	 CORDON_FILE_OP_DELETE | CORDON_FILE_OP_SETATTR)
#define RUNS (CORDON_FILE_OP_EXEC | CORDON_FILE_OP_MAP)

/**
 * struct danger - paths that are more than they seem
 * @pattern: a plain pattern
 * @ops: operations that it is about
 * @warning: why
 */
struct danger {
	const char *pattern;
	uint32_t ops;
	const char *warning;
};

#define CREDENTIALS "there are passwords or keys in it"
#define DEVICE "whoever has it, has the memory or the disks of the host"
#define HOST "whoever changes it, runs what he wants as root on the host"
#define KERNEL "whoever changes it, changes how the kernel of the host works"

static const struct danger file_dangers[] = {
	{ "/etc/*shadow*", ANY_OP, CREDENTIALS },
	{ "/etc/ssh/*key", ANY_OP, CREDENTIALS },
	{ "/etc/ssl/private/**", ANY_OP, CREDENTIALS },
	{ "/etc/krb5.keytab", ANY_OP, CREDENTIALS },
	{ "/etc/kubernetes/**", ANY_OP, CREDENTIALS },
	{ "/**/.ssh/**", ANY_OP, CREDENTIALS },
	{ "/**/.gnupg/**", ANY_OP, CREDENTIALS },
	{ "/**/.aws/**", ANY_OP, CREDENTIALS },
	{ "/**/.kube/**", ANY_OP, CREDENTIALS },
	{ "/**/.netrc", ANY_OP, CREDENTIALS },
	{ "/**/.pgpass", ANY_OP, CREDENTIALS },
	{ "/**/secrets/**", ANY_OP, CREDENTIALS },
	{ "/proc/*/environ", ANY_OP, CREDENTIALS },
	{ "/proc/*/mem", ANY_OP, DEVICE },
	{ "/proc/kcore", ANY_OP, DEVICE },
	{ "/dev/mem", ANY_OP, DEVICE },
	{ "/dev/kmem", ANY_OP, DEVICE },
	{ "/dev/port", ANY_OP, DEVICE },
	{ "/dev/sd*", ANY_OP, DEVICE },
	{ "/dev/vd*", ANY_OP, DEVICE },
	{ "/dev/nvme*", ANY_OP, DEVICE },
	{ "/dev/dm-*", ANY_OP, DEVICE },
	{ "/proc/sysrq-trigger", CHANGES, KERNEL },
	{ "/proc/sys/**", CHANGES, KERNEL },
	{ "/sys/**", CHANGES, KERNEL },
	{ "/etc/**", CHANGES, HOST },
	{ "/boot/**", CHANGES, HOST },
	{ "/bin/**", CHANGES, HOST },
	{ "/sbin/**", CHANGES, HOST },
	{ "/lib/**", CHANGES, HOST },
	{ "/lib64/**", CHANGES, HOST },
	{ "/usr/**", CHANGES, HOST },
	{ "/root/**", CHANGES, HOST },
	{ "/var/spool/cron/**", CHANGES, HOST },
	{ "/tmp/**", RUNS, "others can put programs there" },
	{ "/var/tmp/**", RUNS, "others can put programs there" },
	{ "/dev/shm/**", RUNS, "others can put programs there" },
	{ "memfd:*", RUNS,
	  "a program in memory comes from nowhere, and any can be given that name" },
};

#define DAEMON "whoever may talk to it, can become root on the host"

static const struct danger socket_dangers[] = {
	{ "/**/docker.sock", ANY_OP, DAEMON },
	{ "/**/containerd.sock", ANY_OP, DAEMON },
	{ "/**/crio.sock", ANY_OP, DAEMON },
	{ "/**/podman.sock", ANY_OP, DAEMON },
	{ "/run/systemd/private", ANY_OP, DAEMON },
	{ "/run/dbus/system_bus_socket", ANY_OP,
	  "all that the host's services offer on the bus is behind it" },
};

/**
 * struct metadata - where hosts of a cloud get credentials
 * @family: of the address
 * @address: the address
 */
struct metadata {
	int family;
	const char *address;
};

static const struct metadata metadata[] = {
	{ AF_INET, "169.254.169.254" }, { AF_INET, "169.254.170.2" },
	{ AF_INET, "168.63.129.16" },	{ AF_INET, "100.100.100.200" },
	{ AF_INET6, "fd00:ec2::254" },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/**
 * suggest_warn - add a warning, unless it is there already
 * @suggestion: to what
 * @warning: the warning
 */
void suggest_warn(struct suggestion *suggestion, const char *warning)
{
	size_t i;

	for (i = 0; i < suggestion->count; i++)
		if (!strcmp(suggestion->warnings[i], warning))
			return;
	*array_push(suggestion->warnings, suggestion->count) =
		alloc_text(warning, strlen(warning));
}

static void warn_of_path(struct suggestion *suggestion,
			 const struct pathname *path, uint32_t ops,
			 const struct danger *dangers, size_t count)
{
	uint32_t agrees;
	size_t i;

	for (i = 0; i < count; i++)
		if ((dangers[i].ops & ops) &&
		    match_path(dangers[i].pattern, path, &agrees))
			suggest_warn(suggestion, dangers[i].warning);
}

/**
 * suggest_warn_file - warn of what a rule on a file gives away
 * @suggestion: to what warnings are added
 * @act: the act, which query_make() takes
 * @ops: the operations
 */
void suggest_warn_file(struct suggestion *suggestion, const struct act *act,
		       uint32_t ops)
{
	struct query query;
	const char *why;

	if (!query_make(&query, act, &why))
		warn_of_path(suggestion, &query.path, ops, file_dangers,
			     COUNT(file_dangers));
	query_clear(&query);
	if ((ops & RUNS) && (ops & CHANGES))
		suggest_warn(suggestion,
			     "what the tenant can write, it can run then");
}

static bool is_metadata(const struct endpoint *endpoint)
{
	size_t i;

	for (i = 0; i < COUNT(metadata); i++) {
		size_t len = metadata[i].family == AF_INET ? 4 : 16;
		uint8_t bytes[16];
		struct ip ip;

		inet_pton(metadata[i].family, metadata[i].address, bytes);
		ip = ip_from_bytes(bytes, len);
		if (endpoint->version == (len == 4 ? IP_V4 : IP_V6) &&
		    ip.high == endpoint->ip.high && ip.low == endpoint->ip.low)
			return true;
	}
	return false;
}

static void warn_of_address(struct suggestion *suggestion,
			    const struct query *query, uint32_t ops)
{
	const struct endpoint *endpoint = &query->endpoint;

	if (is_metadata(endpoint))
		suggest_warn(suggestion,
			     "that is a metadata service, which hands out credentials of the host");
	if (!endpoint->port &&
	    !(endpoint->proto & (CORDON_PROTO_RAW | CORDON_PROTO_ICMP)))
		suggest_warn(suggestion,
			     "port 0 is none that a rule can name: all ports are allowed");
	if (!endpoint->ip.high && !endpoint->ip.low &&
	    (ops & (CORDON_SOCKET_OP_BIND | CORDON_SOCKET_OP_LISTEN)))
		suggest_warn(suggestion,
			     "that is at all addresses of the host; name one where that is enough");
	if (endpoint->proto == CORDON_PROTO_RAW)
		suggest_warn(suggestion,
			     "a raw socket can send packets as anybody");
	if (endpoint->proto == CORDON_PROTO_OTHER)
		suggest_warn(suggestion,
			     "all protocols without a name of their own are allowed");
}

static void warn_of_name(struct suggestion *suggestion, const struct act *act,
			 const struct query *query, uint32_t ops)
{
	if (ops == CORDON_SOCKET_OP_CREATE)
		return;
	if (query->named)
		warn_of_path(suggestion, &query->path, ops, socket_dangers,
			     COUNT(socket_dangers));
	else if (!act->path)
		suggest_warn(suggestion,
			     "a socket without a name: all unix sockets are allowed");
	else if (act->path_len <= 1)
		suggest_warn(suggestion,
			     "the kernel chooses the name: all abstract names are allowed");
	if (query->named && (ops & CORDON_SOCKET_OP_BIND))
		suggest_warn(suggestion,
			     "where the tenant has a section 'file', that has to allow to create the path as well");
}

/**
 * suggest_warn_socket - warn of what a rule on a socket gives away
 * @suggestion: to what warnings are added
 * @act: the act, which query_make() takes
 * @ops: the operations
 */
void suggest_warn_socket(struct suggestion *suggestion, const struct act *act,
			 uint32_t ops)
{
	struct query query;
	const char *why;

	if (query_make(&query, act, &why)) {
		query_clear(&query);
		return;
	}
	if (query.addressed)
		warn_of_address(suggestion, &query, ops);
	else if (act->family == AF_UNIX)
		warn_of_name(suggestion, act, &query, ops);
	else if (act->family == AF_PACKET ||
		 query.kind.proto == CORDON_PROTO_RAW)
		suggest_warn(suggestion,
			     "such a socket can send packets as anybody");
	query_clear(&query);
}

/**
 * suggest_warn_guard - warn of what the guard would let go
 * @suggestion: to what warnings are added
 * @ops: the operations
 */
void suggest_warn_guard(struct suggestion *suggestion, uint32_t ops)
{
	if (ops & CORDON_GUARD_OP_USERNS)
		suggest_warn(suggestion,
			     "in a user namespace the tenant has all capabilities there");
	if (ops & ~(uint32_t)CORDON_GUARD_OP_USERNS)
		suggest_warn(suggestion,
			     "the guard has no finer rules, and the tenant can step around its policy by that");
}
