// SPDX-License-Identifier: GPL-2.0
/* What is said of removals, with a module that is played. */
#include "support.h"

#include <errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <string.h>
#include <unistd.h>

#include <linux/cordon.h>

#include "nl.h"
#include "progress.h"
#include "removal.h"
#include "transaction.h"

int __wrap_session_open(struct session *session);
int __wrap_session_request(struct session *session, struct nl_msg *message,
			   session_take take, void *into);
void __wrap_progress_show(const char *what, size_t done, size_t all);

/**
 * struct play - what the module does, and what becomes of it
 * @change: what it is asked
 * @command: the request that fails; 0 for none
 * @error: with what
 * @refused: as it does not want it
 * @waiting: becomes what the user is told meanwhile
 * @code: becomes the exit code
 */
struct play {
	struct change change;
	uint8_t command;
	int error;
	bool refused;
	const char *waiting;
	enum exit_code code;
};

static struct play *now;

int __wrap_session_open(struct session *session)
{
	memset(session, 0, sizeof(*session));
	return 0;
}

int __wrap_session_request(struct session *session, struct nl_msg *message,
			   session_take take, void *into)
{
	const struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(message));

	if (header->cmd == now->command) {
		session->refused = now->refused;
		return now->error;
	}
	if (take)
		*(uint64_t *)into = 7;
	return 0;
}

void __wrap_progress_show(const char *what, size_t done, size_t all)
{
	(void)done;
	(void)all;
	now->waiting = what;
}

static void remove_tenants(void *into)
{
	static const struct policy none;

	now = into;
	now->change.policy = &none;
	now->code = removal_run(&now->change, false);
}

static char *names[] = { (char *)"acme", (char *)"ebony" };

static void test_refused(void **state)
{
#define COMMIT CORDON_CMD_POLICY_COMMIT
#define REMOVE CORDON_CMD_POLICY_REMOVE_TENANT
	static const char nothing[] = "nothing was removed\n";
	static const char unknown[] = "it is not known whether anything was"
				      " removed; see 'cordonctl show'\n";
	static const struct {
		struct play play;
		const char *end;
	} cases[] = {
		{ { .command = COMMIT, .error = -EPERM, .refused = true },
		  nothing },
		{ { .command = COMMIT, .error = -EBADMSG }, unknown },
		{ { .command = COMMIT,
		    .error = -EBADMSG,
		    .change = { .dry_run = true } },
		  nothing },
		{ { .command = REMOVE, .error = -EBADMSG }, nothing },
	};
	char said[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct play play = cases[i].play;
		const char *end;

		play.change.remove = names;
		play.change.remove_count = 1;
		capture(STDERR_FILENO, remove_tenants, &play, said,
			sizeof(said));
		end = strchr(said, '\n') + 1;
		assert_memory_equal(end, "cordonctl: ", 11);
		assert_string_equal(end + 11, cases[i].end);
		assert_int_not_equal(play.code, EXIT_DONE);
	}
}

static void test_done(void **state)
{
	static const struct {
		struct change change;
		const char *said;
		const char *waiting;
	} cases[] = {
		{ { .remove_count = 1 },
		  "removed 1 tenant, generation 7\n",
		  "waiting for the module to put it in force" },
		{ { .remove_count = 2 },
		  "removed 2 tenants, generation 7\n",
		  "waiting for the module to put it in force" },
		{ { .remove_count = 1, .dry_run = true },
		  "dry run: the module accepts that 1 tenant is removed;"
		  " nothing was changed, generation 7\n",
		  "waiting for the module to check it" },
		{ { .replace_all = true, .dry_run = true },
		  "dry run: the module accepts that all tenants are removed;"
		  " nothing was changed, generation 7\n",
		  "waiting for the module to check it" },
	};
	char said[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct play play = { .change = cases[i].change };

		play.change.remove = names;
		capture(STDOUT_FILENO, remove_tenants, &play, said,
			sizeof(said));
		assert_string_equal(said, cases[i].said);
		assert_string_equal(play.waiting, cases[i].waiting);
		assert_int_equal(play.code, EXIT_DONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_done),
	};

	return cmocka_run_group_tests_name("removal", tests, NULL, NULL);
}
