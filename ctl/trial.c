// SPDX-License-Identifier: GPL-2.0
/*
 * The tenant selects a cgroup that is made for it, so that nobody else can be
 * in it, and is loaded beside the others, which stay as they are.  Its name
 * tells which process it belongs to: when that is no more, whatever ended it,
 * the next run removes what it left.
 *
 * Signals that would end the tool wait until it has cleaned up, which is soon:
 * between the steps it looks whether one came.
 */
#include "trial.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "alloc.h"
#include "cgroup.h"
#include "fetch.h"
#include "input.h"
#include "probe.h"
#include "refusal.h"
#include "tracers.h"
#include "transaction.h"
#include "trial_name.h"

/* What the origins of such tenants begin with. */
#define ORIGIN "cordonctl doctor"

/* Somebody who replaces all policy removes the tenant: it is tried again. */
#define TRIES 3
/* How long events may take. */
#define PATIENCE_MS 20000

/* How far the clock of an event may be from ours, in nanoseconds. */
#define CLOCK_SLACK 1000000000ULL

static const char policy_text[] =
	"version: 1\n"
	"tenants:\n"
	"  %s:\n"
	"    select: [cgroup: /%s]\n"
	"    file: {default: allow, rules: [{deny: read, path: " PROBE_DENIED_FILE
	"}]}\n"
	"    socket: {default: allow, rules: [{deny: connect, proto: tcp, addr: " PROBE_ADDRESS
	"}]}\n";

/**
 * struct trial - how far it is
 * @top: where cgroups are mounted
 * @name: of the tenant and of its cgroup
 * @session: for requests
 * @live: for events
 * @input: the policy
 * @pid: the tenant's task
 * @from: where to read from what that found
 * @result: what it found
 * @begun: when it was about to be started, in nanoseconds since the epoch
 * @open_seen: the event of the denied open came
 * @connect_seen: that of the denied connection
 * @clock_off: by how much the time of an event was wrong at most
 * @findings: where findings go
 */
struct trial {
	char *top;
	char *name;
	struct session *session;
	struct session live;
	struct input input;
	pid_t pid;
	int from;
	struct probe_result result;
	uint64_t begun;
	bool open_seen;
	bool connect_seen;
	uint64_t clock_off;
	struct findings *findings;
};

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ULL + time.tv_nsec;
}

static int unload(struct session *session, char *name, struct refusal *refusal)
{
	const struct policy nothing = { 0 };
	const struct change change = { .policy = &nothing,
				       .remove = &name,
				       .remove_count = 1 };
	uint64_t generation;

	return transaction_run(session, &change, &generation, refusal);
}

static const struct finding leftover = {
	.check = "leftovers",
	.level = FINDING_WARNING,
	.expected = "nothing is left of runs that were killed",
	.advice = "nothing: it was removed",
};

static const struct finding stuck = {
	.check = "leftovers",
	.level = FINDING_ERROR,
	.expected = "nothing is left of runs that were killed",
	.advice = "remove it, with 'cordonctl unload' or rmdir",
};

static const struct finding kept = {
	.check = "leftovers",
	.level = FINDING_WARNING,
	.expected = "nothing is left of runs that were killed",
	.advice = "nothing: no task can join it",
};

static int sweep_tenants(struct session *session, const struct status *status,
			 struct findings *findings)
{
	struct tenant_list list;
	struct refusal refusal;
	size_t i;
	int ret = fetch_tenants(session, &list);

	for (i = 0; !ret && i < list.count; i++) {
		struct policy_tenant *tenant = &list.items[i].tenant;

		if (!trial_is_left(tenant->name) ||
		    strncmp(tenant->origin, ORIGIN, strlen(ORIGIN)))
			continue;
		if (status->sealed || list.items[i].sealed) {
			finding_add(findings, &kept,
				    "tenant '%s' is sealed and stays until the next boot",
				    tenant->name);
		} else if (unload(session, tenant->name, &refusal)) {
			finding_add(findings, &stuck, "tenant '%s': %s",
				    tenant->name, refusal.text);
			refusal_clear(&refusal);
		} else {
			finding_add(findings, &leftover,
				    "tenant '%s' was left and is removed",
				    tenant->name);
		}
	}
	tenant_list_clear(&list);
	return ret;
}

static void sweep_cgroups(struct findings *findings)
{
	char *top = cgroup_top();
	DIR *folder = top ? opendir(top) : NULL;
	struct dirent *entry;
	int ret;

	while (folder && (entry = readdir(folder))) {
		if (!trial_is_left(entry->d_name))
			continue;
		ret = cgroup_end(top, entry->d_name);
		if (ret)
			finding_add(findings, &stuck, "cgroup '%s/%s': %s", top,
				    entry->d_name, strerror(-ret));
		else
			finding_add(findings, &leftover,
				    "cgroup '%s/%s' was left and is removed",
				    top, entry->d_name);
	}
	if (folder)
		closedir(folder);
	free(top);
}

/**
 * trial_sweep - remove what runs left that were killed
 * @session: an open session
 * @status: the state of the module
 * @findings: what is found
 *
 * Return: 0, or a negative errno when the module would not tell its tenants.
 */
int trial_sweep(struct session *session, const struct status *status,
		struct findings *findings)
{
	int ret = sweep_tenants(session, status, findings);

	sweep_cgroups(findings);
	return ret;
}

static bool is_interrupted(void)
{
	sigset_t pending;

	sigemptyset(&pending);
	sigpending(&pending);
	return sigismember(&pending, SIGINT) == 1 ||
	       sigismember(&pending, SIGTERM) == 1 ||
	       sigismember(&pending, SIGHUP) == 1;
}

static void hold_signals(int how)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(how, &signals, NULL);
}

static const struct finding failed = {
	.check = "trial",
	.level = FINDING_ERROR,
	.expected =
		"a tenant can be loaded, a task joins it, and what it does is judged",
	.advice =
		"see 'dmesg' and cordon-doctor(8); policy may not be enforced",
};

/* The function that a refusal to attach hooks is about, or NULL. */
static char *refused_hook(const char *text)
{
	static const char before[] = "cannot attach hook ";
	const char *name = strstr(text, before);

	if (!name || !strstr(text, "another tracer"))
		return NULL;
	name += strlen(before);
	return alloc_text(name, strcspn(name, ":"));
}

static void say_refused(struct trial *trial, const struct refusal *refusal)
{
	struct finding finding = failed;
	char *hook = refused_hook(refusal->text);
	char *holder = hook ? tracers_name(hook) : NULL;

	finding.expected = "a tenant can be loaded";
	if (hook)
		finding.advice =
			"stop that tracer, or have it use another kind of probe";
	if (holder)
		finding_add(trial->findings, &finding, "%s is held by %s", hook,
			    holder);
	else
		finding_add(trial->findings, &finding, "%s", refusal->text);
	free(holder);
	free(hook);
}

static int load(struct trial *trial)
{
	struct source *source;
	struct refusal refusal;
	const struct change change = { .policy = &trial->input.policy };
	uint64_t generation;
	int ret;

	source = source_list_add(&trial->input.sources, ORIGIN);
	free(source->text);
	source->text = alloc_printf(policy_text, trial->name, trial->name);
	source->size = strlen(source->text);
	input_parse(&trial->input);
	ret = transaction_run(trial->session, &change, &generation, &refusal);
	if (!ret)
		return 0;
	say_refused(trial, &refusal);
	refusal_clear(&refusal);
	return ret;
}

static bool is_denial(const struct trial *trial, const struct event *event)
{
	return event->tenant && !strcmp(event->tenant, trial->name) &&
	       event->tgid == (uint32_t)trial->pid &&
	       event->verdict == CORDON_VERDICT_DENIED &&
	       event->error == EACCES;
}

static void take_clock(struct trial *trial, uint64_t time)
{
	uint64_t ended = now(CLOCK_REALTIME);
	uint64_t off = time < trial->begun ? trial->begun - time :
		       time > ended	   ? time - ended :
					     0;

	if (off > trial->clock_off)
		trial->clock_off = off;
}

static int take_event(struct nlmsghdr *header, void *into)
{
	struct trial *trial = into;
	struct event event;
	int ret = decode_event(header, &event);

	if (!ret && is_denial(trial, &event)) {
		take_clock(trial, event.time_wall);
		trial->open_seen |=
			event.class == CORDON_CLASS_FILE &&
			event.op == CORDON_FILE_OP_READ &&
			event.path_len == strlen(PROBE_DENIED_FILE) &&
			!memcmp(event.path, PROBE_DENIED_FILE, event.path_len);
		trial->connect_seen |= event.class == CORDON_CLASS_SOCKET &&
				       event.op == CORDON_SOCKET_OP_CONNECT;
	}
	event_clear(&event);
	return ret;
}

static bool has_seen(const struct trial *trial)
{
	return trial->open_seen && trial->connect_seen;
}

/* A storm of others can drop what came; the module still has it, as a rule. */
static void watch(struct trial *trial)
{
	struct pollfd live = { .fd = session_descriptor(&trial->live),
			       .events = POLLIN };
	uint64_t end = now(CLOCK_MONOTONIC) + PATIENCE_MS * 1000000ULL;
	int ret = 0;

	while (!ret && !has_seen(trial) && !is_interrupted() &&
	       now(CLOCK_MONOTONIC) < end) {
		if (poll(&live, 1, 100) > 0)
			ret = session_receive(&trial->live, take_event, trial);
		if (ret == -ENOBUFS)
			ret = fetch_events(trial->session, 0, take_event,
					   trial);
	}
}

static int perform(struct trial *trial)
{
	int ret = session_open(&trial->live);

	if (!ret)
		ret = session_listen(&trial->live, CORDON_MCGRP_EVENTS);
	if (ret) {
		finding_add(trial->findings, &failed,
			    "events cannot be listened to: %s", strerror(-ret));
		return ret;
	}
	trial->begun = now(CLOCK_REALTIME);
	trial->pid = probe_start(trial->top, trial->name, &trial->from);
	if (trial->pid < 0) {
		ret = trial->pid;
	} else {
		ret = probe_read(trial->from, &trial->result);
		close(trial->from);
	}
	if (ret)
		finding_add(trial->findings, &failed,
			    "the tenant's task ended before it was done: %s",
			    strerror(-ret));
	else
		watch(trial);
	return ret;
}

/**
 * struct attempt - what the tenant's task tried
 * @check: what that proves
 * @what: what it was
 * @error: what came of it
 * @denied: it should have been denied
 */
struct attempt {
	const char *check;
	const char *what;
	int error;
	bool denied;
};

static void judge_attempt(const struct attempt *attempt,
			  struct findings *findings)
{
	/* What is allowed may go wrong for other reasons. */
	bool good = attempt->denied == (attempt->error == EACCES);
	const struct finding finding = {
		.check = attempt->check,
		.level = good ? FINDING_OK : FINDING_ERROR,
		.expected = attempt->denied ? "it is denied with EACCES" :
					      "policy does not deny it",
		.advice =
			"see 'dmesg'; policy is not enforced as it says: load the module anew, and report it if that does not help",
	};

	finding_add(findings, &finding, "%s %s", attempt->what,
		    attempt->error == EACCES ? "was denied" :
		    attempt->error	     ? strerror(attempt->error) :
					       "went well");
}

static void judge_events(const struct trial *trial)
{
	struct finding finding = {
		.check = "event",
		.level = has_seen(trial) ? FINDING_OK : FINDING_ERROR,
		.expected = "both denials are told by events",
		.advice =
			"see 'cordonctl stats' for what became of events; the host may be too busy",
	};

	finding_add(trial->findings, &finding,
		    "the denied open was %stold, the denied connection was %stold",
		    trial->open_seen ? "" : "not ",
		    trial->connect_seen ? "" : "not ");
	if (!has_seen(trial))
		return;
	finding.check = "event-time";
	finding.level = trial->clock_off > CLOCK_SLACK ? FINDING_WARNING :
							 FINDING_OK;
	finding.expected = "events bear the time at which they happened";
	finding.advice = "run it again: the clock was set, or is unsteady";
	finding_add(trial->findings, &finding,
		    "times of events are off by %" PRIu64 " ms at most",
		    trial->clock_off / 1000000);
}

static void judge(const struct trial *trial)
{
	const struct probe_result *result = &trial->result;
	const struct attempt attempts[] = {
		{ "denied-open", "opening " PROBE_DENIED_FILE,
		  result->denied_open, true },
		{ "allowed-open", "opening " PROBE_ALLOWED_FILE,
		  result->allowed_open, false },
		{ "denied-connect", "connecting to " PROBE_ADDRESS " by TCP",
		  result->denied_connect, true },
		{ "allowed-connect", "connecting to " PROBE_ADDRESS " by UDP",
		  result->allowed_connect, false },
	};
	size_t i;

	for (i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++)
		judge_attempt(&attempts[i], trial->findings);
	judge_events(trial);
}

/* Whether the tenant is still there; also when that cannot be told. */
static bool is_there(const struct trial *trial)
{
	struct tenant_list list;
	bool found = fetch_tenants(trial->session, &list) != 0;
	size_t i;

	for (i = 0; i < list.count; i++)
		found |= !strcmp(list.items[i].tenant.name, trial->name);
	tenant_list_clear(&list);
	return found;
}

/* Whether the tenant was there to the end, so that what was found counts. */
static bool tear_down(struct trial *trial, bool loaded)
{
	struct refusal refusal;
	bool there = loaded && is_there(trial);
	int ret = cgroup_end(trial->top, trial->name);

	if (ret)
		finding_add(trial->findings, &stuck, "cgroup '%s/%s': %s",
			    trial->top, trial->name, strerror(-ret));
	if (trial->pid > 0)
		waitpid(trial->pid, NULL, 0);
	if (there && unload(trial->session, trial->name, &refusal)) {
		/* It was removed by somebody else just now. */
		if (refusal.error != ENOENT)
			finding_add(trial->findings, &stuck, "tenant '%s': %s",
				    trial->name, refusal.text);
		refusal_clear(&refusal);
	}
	session_close(&trial->live);
	input_clear(&trial->input);
	return there;
}

/* Whether it came to an end that counts. */
static bool try_once(struct session *session, char *top,
		     struct findings *findings)
{
	struct findings tentative = { 0 };
	struct trial trial = { .top = top,
			       .name = trial_make_name(),
			       .session = session,
			       .findings = &tentative };
	int ret = cgroup_make(top, trial.name);
	bool loaded;
	bool there;

	if (ret)
		finding_add(&tentative, &failed,
			    "cannot make a cgroup in %s: %s", top,
			    strerror(-ret));
	loaded = !ret && !load(&trial);
	if (loaded && !is_interrupted())
		ret = perform(&trial);
	there = tear_down(&trial, loaded);
	if (there && !ret && !is_interrupted())
		judge(&trial);
	free(trial.name);
	if (loaded && !there) {
		findings_clear(&tentative);
		return false;
	}
	findings_move(findings, &tentative);
	return true;
}

/**
 * trial_run - load a tenant, see what is denied to it and told, remove it
 * @session: an open session
 * @findings: what is found
 */
void trial_run(struct session *session, struct findings *findings)
{
	char *top = cgroup_top();
	unsigned int i;

	if (!top) {
		finding_add(findings, &failed,
			    "without cgroup v2 there is nothing to try it in");
		return;
	}
	hold_signals(SIG_BLOCK);
	for (i = 0; i < TRIES && !is_interrupted(); i++)
		if (try_once(session, top, findings))
			break;
	if (i == TRIES)
		finding_add(findings, &failed,
			    "somebody else removed the tenant, %d times",
			    TRIES);
	free(top);
	/* Whoever interrupted it has waited for this. */
	hold_signals(SIG_UNBLOCK);
}
