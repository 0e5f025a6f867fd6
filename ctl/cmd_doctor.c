// SPDX-License-Identifier: GPL-2.0
/* doctor: is policy enforced on this host, and what stands in its way? */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "fetch.h"
#include "finding.h"
#include "health.h"
#include "json.h"
#include "kconfig.h"
#include "refusal.h"
#include "terminal.h"
#include "tracers.h"
#include "trial.h"

enum {
	OPTION_JSON
};

static void say_module(const struct session *session, int error,
		       struct findings *findings)
{
	struct finding finding = {
		.check = "module",
		.level = error ? FINDING_ERROR : FINDING_OK,
		.expected = "the module is loaded and answers the caller",
		.advice =
			session->missing ?
				"modprobe cordon, and see 'dmesg' if that fails" :
				"run it as root, outside of all tenants",
	};
	struct refusal refusal;

	if (!error) {
		finding_add(findings, &finding, "the module is loaded");
		return;
	}
	refusal_set(&refusal, session, error, "to report its state");
	finding_add(findings, &finding, "%s", refusal.text);
	refusal_clear(&refusal);
}

static void check_state(struct session *session, const struct status *status,
			struct findings *findings)
{
	struct tenant_list list;

	health_version(status->version, findings);
	health_bounds(status, findings);
	if (!fetch_tenants(session, &list))
		health_events(status, &list, findings);
	tenant_list_clear(&list);
}

static int check_module(struct session *session, struct findings *findings)
{
	struct status status = { 0 };
	int ret = session_open(session);

	if (!ret)
		ret = fetch_status(session, &status);
	say_module(session, ret, findings);
	if (!ret) {
		check_state(session, &status, findings);
		trial_sweep(session, &status, findings);
		if (health_seal(&status, findings))
			trial_run(session, findings);
	}
	status_clear(&status);
	return ret;
}

static enum exit_code run(const struct arguments *arguments)
{
	struct findings findings = { 0 };
	struct session session;
	int ret;

	kconfig_check(&findings);
	health_host(&findings);
	tracers_check(&findings);
	ret = check_module(&session, &findings);
	session_close(&session);
	if (arguments->options[OPTION_JSON])
		json_write(findings_json(&findings), false, stdout);
	else
		findings_print(&findings, terminal_has_colours(STDOUT_FILENO),
			       stdout);
	if (ret != -EPERM)
		ret = findings.levels[FINDING_ERROR] ? EXIT_REFUSED : EXIT_DONE;
	else
		ret = EXIT_NOT_PERMITTED;
	findings_clear(&findings);
	return ret;
}

static const struct option_spec options[] = {
	[OPTION_JSON] = { "json", NULL, "print what was found as JSON" },
	{ NULL },
};

const struct command cmd_doctor = {
	.name = "doctor",
	.operands = "",
	.help = "try on this host whether policy is enforced",
	.about =
		"Loads a tenant of its own, has a task of it try what is denied and what is\n"
		"not, waits for the events, and removes all of it. Other tenants stay as they\n"
		"are. Looks at the kernel and the state of the module as well, and says what to\n"
		"do. Where all policy is sealed, nothing can be tried, and it says so.\n"
		"\n"
		"Ends with 0 when no error was found, whatever the warnings; else with 1 or 4.\n",
	.options = options,
	.run = run,
};
