// SPDX-License-Identifier: GPL-2.0
/* What doctor makes of what the kernel says, on hosts that are not at hand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

#include "decode.h"
#include "finding.h"
#include "health.h"
#include "kconfig.h"
#include "tracers.h"
#include "trial_name.h"
#include "version.h"

static const char *const level_names[FINDING_LEVELS] = { "ok", "unknown",
							 "warning", "error" };

/* All findings, a line each; they are gone then. */
static void expect_found(struct findings *findings, const char *expected)
{
	char *text = NULL;
	size_t len;
	size_t i;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	for (i = 0; i < findings->count; i++)
		fprintf(out, "%s %s: %s\n",
			level_names[findings->items[i].level],
			findings->items[i].check, findings->items[i].found);
	fclose(out);
	assert_string_equal(text, expected);
	free(text);
	findings_clear(findings);
}

static FILE *open_text(const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");

	assert_non_null(in);
	return in;
}

#define GOOD                                                                   \
	"CONFIG_MODULES=y\nCONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\n"        \
	"CONFIG_KPROBES=y\nCONFIG_CGROUPS=y\nCONFIG_SECURITY_NETWORK=y\n"      \
	"CONFIG_CRYPTO_LIB_SHA256=m\n"

static void test_config(void **state)
{
	static const char *const cases[][2] = {
		{ GOOD "CONFIG_SECURITY_PATH=y\nCONFIG_AUDIT=y\n",
		  "ok kernel-config: x has all that is needed\n" },
		{ GOOD "CONFIG_SECURITY_PATH=y\n# CONFIG_AUDIT is not set\n",
		  "warning kernel-config: not set in x: CONFIG_AUDIT\n" },
		{ GOOD "CONFIG_SECURITY_PATHS=y\nCONFIG_SECURITY_PATH=n\n",
		  "error kernel-config: not set in x: CONFIG_SECURITY_PATH, CONFIG_AUDIT\n" },
		{ "#\n",
		  "error kernel-config: not set in x: CONFIG_MODULES, CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS, CONFIG_KPROBES, CONFIG_CGROUPS, CONFIG_SECURITY_NETWORK, CONFIG_SECURITY_PATH, CONFIG_CRYPTO_LIB_SHA256, CONFIG_AUDIT\n" },
	};
	struct findings findings = { 0 };
	FILE *nothing = fopen("/dev/null", "re");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *in = open_text(cases[i][0]);

		kconfig_examine(in, "x", &findings);
		fclose(in);
		expect_found(&findings, cases[i][1]);
	}
	kconfig_examine(nothing, "x", &findings);
	fclose(nothing);
	expect_found(&findings, "unknown kernel-config: x cannot be read\n");
}

/* As kernels from 6.1 to 7.3 print it, but for blanks at the ends. */
static const char traced[] =
	"security_file_open (1)   D   M \ttramp: 0xffffffffc0a (call_direct_funcs+0x0/0x20) ->call_direct_funcs+0x0/0x20\n"
	"\tdirect-->hook_entry_4+0x0/0x40 [cordon]\n"
	"vfs_read (1) R I\n"
	"security_path_mkdir (1)   D   M\n"
	"\tdirect-->return_at_once+0x0/0x10 [holder]\n"
	"security_sk_free (1)   D   M\n"
	"\tdirect(jmp)-->somebody+0x0/0x10\n"
	"vfs_write (2)   D   M\n"
	"\tdirect-->bpf_trampoline_6442474946+0x0/0x1000\n"
	"security_bpf (2)   D   M\n"
	"\tdirect-->bpf_trampoline_12+0x0/0x1000\n";

static void test_tracers(void **state)
{
	struct findings findings = { 0 };
	FILE *in = open_text(traced);

	(void)state;
	assert_int_equal(tracers_examine(in, &findings), 3);
	fclose(in);
	expect_found(&findings,
		     "warning hooks: security_path_mkdir is held by kernel module holder\n"
		     "warning hooks: security_sk_free is held by somebody\n"
		     "warning hooks: security_bpf is held by a BPF program\n");
}

static void test_holder(void **state)
{
	static const char *const cases[][2] = {
		{ "security_file_open", "kernel module cordon" },
		{ "security_path_mkdir", "kernel module holder" },
		{ "vfs_write", "a BPF program" },
		{ "vfs_read", NULL },
		{ "security_path", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		FILE *in = open_text(traced);
		char *name = tracers_holder(in, cases[i][0]);

		fclose(in);
		if (cases[i][1])
			assert_string_equal(name, cases[i][1]);
		else
			assert_null(name);
		free(name);
	}
}

static void test_version(void **state)
{
	struct findings findings = { 0 };

	(void)state;
	health_version(CORDON_VERSION, &findings);
	expect_found(&findings, "ok version: module " CORDON_VERSION
				", tool " CORDON_VERSION "\n");
	health_version("0.0.9", &findings);
	expect_found(&findings,
		     "warning version: module 0.0.9, tool " CORDON_VERSION
		     "\n");
	health_version(NULL, &findings);
	expect_found(&findings,
		     "warning version: module of no version, tool " CORDON_VERSION
		     "\n");
}

static void test_bounds(void **state)
{
	struct status status = {
		.members = 89,
		.members_max = 100,
		.sockets_max = 100,
		.policy_bytes_max = UINT64_MAX / 200,
		.backlog_max = 10,
		.events = { .pending = 8 },
	};
	struct findings findings = { 0 };
	char *expected = NULL;

	(void)state;
	if (asprintf(&expected,
		     "ok bounds: 89 of 100 members, 0 of %ju bytes of policy\n",
		     (uintmax_t)status.policy_bytes_max) < 0)
		fail();
	health_bounds(&status, &findings);
	expect_found(&findings, expected);
	free(expected);
	status.members = 90;
	status.sockets = 100;
	status.events.pending = 9;
	health_bounds(&status, &findings);
	expect_found(&findings,
		     "warning bounds: 90 of 100 of members_max are used\n"
		     "warning bounds: 100 of 100 of sockets_max are used\n"
		     "warning bounds: 9 of 10 of backlog_max are used\n");
}

static void test_events(void **state)
{
	struct status status = { .events = { .generated = 9 },
				 .audit_logged = 9 };
	struct tenant_state tenants[2] = {
		{ .tenant.name = (char *)"acme", .events = { .generated = 5 } },
		{ .tenant.name = (char *)"globex",
		  .events = { .generated = 4, .lost = 2 } },
	};
	struct tenant_list list = { tenants, 1 };
	struct findings findings = { 0 };

	(void)state;
	health_events(&status, &list, &findings);
	expect_found(&findings,
		     "ok lost-events: 0 of 9 events were lost\n"
		     "ok audit-records: the audit subsystem took 9 events and missed 0\n");
	/* A tenant that is gone. */
	status.events.lost = 2;
	status.audit_missed = 1;
	health_events(&status, &list, &findings);
	expect_found(&findings,
		     "warning lost-events: 2 of 9 events were lost\n"
		     "warning audit-records: the audit subsystem took 9 events and missed 1\n");
	list.count = 2;
	health_events(&status, &list, &findings);
	expect_found(&findings,
		     "warning lost-events: 2 of 4 events of tenant 'globex' were lost\n"
		     "warning audit-records: the audit subsystem took 9 events and missed 1\n");
}

/* Some tenants that are sealed are no matter: one more can be loaded. */
static void test_seal(void **state)
{
	struct status status = { .sealed_tenants = 2 };
	struct findings findings = { 0 };

	(void)state;
	assert_true(health_seal(&status, &findings));
	expect_found(&findings, "");
	status.sealed = true;
	assert_false(health_seal(&status, &findings));
	assert_int_equal(findings.levels[FINDING_ERROR], 0);
	expect_found(&findings,
		     "unknown trial: policy is sealed, so enforcement cannot be tried; what is in force stays so until the next boot\n");
}

static void test_names(void **state)
{
	static const char good[] = "cordon-doctor-12-34-0123abcd";
	static const char *const bad[] = {
		"",
		"acme",
		"cordon-doctor-",
		"cordon-doctor-12-34",
		"cordon-doctor-12-34-",
		"cordon-doctor-x-34-00000000",
		"cordon-doctor-12-34-0123abcdx",
		"cordon-doctor-12-34-0123abcd-",
	};
	unsigned long long start;
	long pid;
	size_t i;

	(void)state;
	assert_true(trial_parse_name(good, &pid, &start));
	assert_int_equal(pid, 12);
	assert_int_equal(start, 34);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(trial_parse_name(bad[i], &pid, &start));
}

/* What came from elsewhere cannot do anything to a terminal. */
static void test_shown(void **state)
{
	static const struct finding finding = { .check = "x",
						.level = FINDING_WARNING,
						.expected = "less",
						.advice = "none" };
	struct findings findings = { 0 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	finding_add(&findings, &finding, "%s", "a\033[2Jb");
	findings_print(&findings, false, out);
	findings_print(&findings, true, out);
	fclose(out);
	assert_string_equal(text, "warning x: a\\x1b[2Jb\n"
				  "        expected: less\n"
				  "        to do: none\n"
				  "1 check: 0 errors, 1 warning, 0 unknown\n"
				  "\033[33mwarning \033[0mx: a\\x1b[2Jb\n"
				  "        expected: less\n"
				  "        to do: none\n"
				  "1 check: 0 errors, 1 warning, 0 unknown\n");
	free(text);
	findings_clear(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_config), cmocka_unit_test(test_tracers),
		cmocka_unit_test(test_holder), cmocka_unit_test(test_version),
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_events),
		cmocka_unit_test(test_seal),   cmocka_unit_test(test_names),
		cmocka_unit_test(test_shown),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
