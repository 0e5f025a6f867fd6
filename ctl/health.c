// SPDX-License-Identifier: GPL-2.0
#include "health.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "alloc.h"
#include "cgroup.h"
#include "version.h"

/* Beyond this share of a bound somebody should look at it. */
#define NEARLY_PERCENT 90
/* Memory below this share of the host's is little. */
#define LITTLE_PERCENT 5
/* No clock that is right shows a time before this was written. */
#define NOT_BEFORE 1767225600

/* The first number in a file, or -1. */
static long long number_in(const char *path)
{
	FILE *in = fopen(path, "re");
	long long number = -1;

	if (!in)
		return -1;
	if (fscanf(in, "%lld", &number) != 1)
		number = -1;
	fclose(in);
	return number;
}

static void check_ftrace(struct findings *findings)
{
	long long on = number_in("/proc/sys/kernel/ftrace_enabled");
	struct finding finding = {
		.check = "ftrace",
		.level = on > 0	 ? FINDING_OK :
			 on == 0 ? FINDING_ERROR :
				   FINDING_UNKNOWN,
		.expected = "kernel.ftrace_enabled = 1",
		.advice =
			"sysctl kernel.ftrace_enabled=1, and find out who changed it; no policy can be loaded until then",
	};

	if (on < 0)
		finding_add(findings, &finding,
			    "there is no kernel.ftrace_enabled to read");
	else
		finding_add(findings, &finding, "kernel.ftrace_enabled = %lld",
			    on);
}

static void check_cgroup(struct findings *findings)
{
	char *top = cgroup_top();
	struct finding finding = {
		.check = "cgroup",
		.level = top ? FINDING_OK : FINDING_ERROR,
		.expected = "cgroup v2 is mounted",
		.advice =
			"mount -t cgroup2 cgroup2 /sys/fs/cgroup, or boot with systemd.unified_cgroup_hierarchy=1; tenants that select by uid work without",
	};

	if (top)
		finding_add(findings, &finding, "cgroup v2 at %s", top);
	else
		finding_add(findings, &finding, "cgroup v2 is not mounted");
	free(top);
}

static void check_clock(struct findings *findings)
{
	struct timex timex = { 0 };
	int state = adjtimex(&timex);
	time_t now = time(NULL);
	struct finding finding = {
		.check = "clock",
		.level = now < NOT_BEFORE    ? FINDING_WARNING :
			 state < 0	     ? FINDING_UNKNOWN :
			 state == TIME_ERROR ? FINDING_WARNING :
					       FINDING_OK,
		.expected = "the clock is right and kept so",
		.advice =
			"have chrony, systemd-timesyncd or ntpd keep it; events bear its time",
	};

	if (now < NOT_BEFORE)
		finding_add(findings, &finding,
			    "the clock is %lld seconds after 1970, in the past",
			    (long long)now);
	else
		finding_add(findings, &finding, "the clock is %s",
			    state < 0		? "not to be asked" :
			    state == TIME_ERROR ? "not synchronised" :
						  "synchronised");
}

static void check_memory(struct findings *findings)
{
	unsigned long long total = 0;
	unsigned long long available = 0;
	FILE *in = fopen("/proc/meminfo", "re");
	struct finding finding = {
		.check = "memory",
		.expected = "more than one part in twenty is available",
		.advice =
			"free memory: where there is none, tasks of tenants that should go on are denied",
	};

	if (in &&
	    fscanf(in,
		   "MemTotal: %llu kB MemFree: %*u kB MemAvailable: %llu kB",
		   &total, &available) != 2)
		total = 0;
	if (in)
		fclose(in);
	finding.level = !total ? FINDING_UNKNOWN :
			available * 100 < total * LITTLE_PERCENT ?
				 FINDING_WARNING :
				 FINDING_OK;
	finding_add(findings, &finding, "%llu of %llu kB available", available,
		    total);
}

/**
 * struct taint - a flag of the kernel that is reason for doubt
 * @bit: its bit in kernel.tainted
 * @meaning: what happened
 */
struct taint {
	unsigned int bit;
	const char *meaning;
};

static const struct taint taints[] = {
	{ 1, "a module was loaded by force" },
	{ 3, "a module was removed by force" },
	{ 4, "the processor reported an error" },
	{ 5, "a page of memory was bad" },
	{ 7, "the kernel had an oops" },
};

static void check_taint(struct findings *findings)
{
	long long flags = number_in("/proc/sys/kernel/tainted");
	struct finding finding = {
		.check = "taint",
		.level = FINDING_WARNING,
		.expected = "the kernel has had no trouble since it booted",
		.advice = "look at dmesg, and reboot when you can",
	};
	bool found = false;
	size_t i;

	for (i = 0; flags > 0 && i < sizeof(taints) / sizeof(taints[0]); i++) {
		if (!(flags >> taints[i].bit & 1))
			continue;
		finding_add(findings, &finding, "%s", taints[i].meaning);
		found = true;
	}
	if (found)
		return;
	finding.level = flags < 0 ? FINDING_UNKNOWN : FINDING_OK;
	finding_add(findings, &finding,
		    flags < 0 ? "kernel.tainted cannot be read" :
				"the kernel has had no trouble");
}

/**
 * health_host - look at what the module relies on, loaded or not
 * @findings: what is found
 */
void health_host(struct findings *findings)
{
	check_ftrace(findings);
	check_cgroup(findings);
	check_clock(findings);
	check_memory(findings);
	check_taint(findings);
}

/**
 * health_version - whether tool and module belong together
 * @version: that of the module, or NULL
 * @findings: what is found
 */
void health_version(const char *version, struct findings *findings)
{
	bool same = version && !strcmp(version, CORDON_VERSION);
	const struct finding finding = {
		.check = "version",
		.level = same ? FINDING_OK : FINDING_WARNING,
		.expected = "module and tool are of one version",
		.advice =
			"install the other of the same version; the module is replaced by 'cordonctl flush', 'rmmod cordon' and 'modprobe cordon'",
	};

	finding_add(findings, &finding, "module %s, tool %s",
		    version ? version : "of no version", CORDON_VERSION);
}

/**
 * struct bound - something that there can be only so much of
 * @what: what
 * @used: how much there is
 * @max: how much there can be
 */
struct bound {
	const char *what;
	uint64_t used;
	uint64_t max;
};

static bool is_near(const struct bound *bound)
{
	return bound->used / NEARLY_PERCENT >= bound->max / 100 &&
	       bound->used * 100 >= bound->max * NEARLY_PERCENT;
}

/**
 * health_bounds - look for bounds that are nearly reached
 * @status: the state of the module
 * @findings: what is found
 */
void health_bounds(const struct status *status, struct findings *findings)
{
	const struct bound bounds[] = {
		{ "members_max", status->members, status->members_max },
		{ "sockets_max", status->sockets, status->sockets_max },
		{ "policy_bytes_max", status->policy_bytes,
		  status->policy_bytes_max },
		{ "backlog_max", status->events.pending, status->backlog_max },
	};
	struct finding finding = {
		.check = "bounds",
		.level = FINDING_WARNING,
		.expected = "less than nine tenths of each bound are used",
		.advice =
			"load the module with a higher bound, see 'modinfo cordon'; what is beyond is refused",
	};
	bool found = false;
	size_t i;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		if (!is_near(&bounds[i]))
			continue;
		finding_add(findings, &finding,
			    "%" PRIu64 " of %" PRIu64 " of %s are used",
			    bounds[i].used, bounds[i].max, bounds[i].what);
		found = true;
	}
	if (found)
		return;
	finding.level = FINDING_OK;
	finding_add(findings, &finding,
		    "%" PRIu32 " of %" PRIu32 " members, %" PRIu64
		    " of %" PRIu64 " bytes of policy",
		    status->members, status->members_max, status->policy_bytes,
		    status->policy_bytes_max);
}

/**
 * health_seal - whether policy can still be changed, as a trial does
 * @status: the state of the module
 * @findings: gets a word about it if not, since nothing else tells then
 * whether policy is enforced
 *
 * Return: whether it can.
 */
bool health_seal(const struct status *status, struct findings *findings)
{
	static const struct finding finding = {
		.check = "trial",
		/* A host that is sealed is as its owner wants it. */
		.level = FINDING_UNKNOWN,
		.expected =
			"a tenant can be loaded, so that enforcement can be tried on it",
		.advice =
			"nothing; after the next boot, run it before policy is sealed",
	};

	if (status->sealed)
		finding_add(findings, &finding,
			    "policy is sealed, so enforcement cannot be tried; what is in force stays so until the next boot");
	return !status->sealed;
}

static void check_lost(const struct status *status,
		       const struct tenant_list *list,
		       struct findings *findings)
{
	struct finding finding = {
		.check = "lost-events",
		.level = FINDING_WARNING,
		.expected = "no event was lost",
		.advice =
			"look at who storms with 'cordonctl stats', lower that tenant's event limits, or load the module with a higher backlog_max",
	};
	bool found = false;
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct tenant_state *state = &list->items[i];

		if (!state->events.lost)
			continue;
		finding_add(findings, &finding,
			    "%" PRIu64 " of %" PRIu64
			    " events of tenant '%s' were lost",
			    state->events.lost, state->events.generated,
			    state->tenant.name);
		found = true;
	}
	if (found)
		return;
	if (!status->events.lost)
		finding.level = FINDING_OK;
	finding_add(findings, &finding,
		    "%" PRIu64 " of %" PRIu64 " events were lost",
		    status->events.lost, status->events.generated);
}

/**
 * health_events - look for events that somebody should have seen
 * @status: the state of the module
 * @list: the tenants
 * @findings: what is found
 */
void health_events(const struct status *status, const struct tenant_list *list,
		   struct findings *findings)
{
	const struct finding finding = {
		.check = "audit-records",
		.level = status->audit_missed ? FINDING_WARNING : FINDING_OK,
		.expected = "the audit subsystem took every event",
		.advice =
			"raise the backlog of audit ('auditctl -b') or its rate; what it missed is still told by 'cordonctl monitor'",
	};

	check_lost(status, list, findings);
	finding_add(findings, &finding,
		    "the audit subsystem took %" PRIu64
		    " events and missed %" PRIu64,
		    status->audit_logged, status->audit_missed);
}
