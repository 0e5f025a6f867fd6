// SPDX-License-Identifier: GPL-2.0
/* Events as entries of the journal. */
#include "support.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <syslog.h>

#include "field.h"
#include "journal.h"
#include "journal_entry.h"

#define STREAM "abcdef00000040008000000000000002"

static struct event make_event(void)
{
	struct event event = denied_read();

	event.path = (char *)"/a\nPRIORITY=0";
	event.path_len = strlen(event.path);

	return event;
}

static void expect_entry(const struct event *event, uint64_t missed,
			 const char *const *expected)
{
	struct journal_entry entry;
	size_t i;

	journal_entry_make(&entry, event, STREAM, missed);
	for (i = 0; i < entry.count && expected[i]; i++)
		assert_string_equal(entry.fields[i].iov_base, expected[i]);
	assert_null(expected[i]);
	assert_int_equal(i, entry.count);
	for (i = 0; i < entry.count; i++)
		assert_int_equal(entry.fields[i].iov_len, strlen(expected[i]));
	journal_entry_clear(&entry);
}

/* A line in a name is none in the message, and no field. */
static void test_file(void **state)
{
	static const char *const expected[] = {
		"MESSAGE=DENIED acme file read /a\\x0aPRIORITY=0 EACCES"
		" acme.yaml:14 pid=10 comm=cat uid=20000",
		"MESSAGE_ID=" JOURNAL_MESSAGE_ID,
		"PRIORITY=4",
		"SYSLOG_IDENTIFIER=cordon",
		"ERRNO=13",
		"CORDON_STREAM=" STREAM,
		"CORDON_TIME=2026-11-22T15:04:05.123456789Z",
		"CORDON_TIME_BOOT_NS=42",
		"CORDON_SEQ=7",
		"CORDON_TENANT_SEQ=2",
		"CORDON_TENANT=acme",
		"CORDON_GENERATION=3",
		"CORDON_CLASS=file",
		"CORDON_OP=read",
		"CORDON_VERDICT=denied",
		"CORDON_REASON=rule",
		"CORDON_ERRNO=13",
		"CORDON_ERRNO_NAME=EACCES",
		"CORDON_ORIGIN=acme.yaml:14",
		"CORDON_PID=11",
		"CORDON_TGID=10",
		"CORDON_PPID=9",
		"CORDON_COMM=cat",
		"CORDON_COMM_ESCAPED=false",
		"CORDON_UID=20000",
		"CORDON_GID=100",
		"CORDON_CGROUP_ID=4",
		"CORDON_PATH=/a\nPRIORITY=0",
		"CORDON_PATH_ESCAPED=false",
		"CORDON_DEV_MAJOR=8",
		"CORDON_DEV_MINOR=1",
		"CORDON_INO=5",
		"CORDON_REPEAT=1",
		NULL,
	};
	struct event event = make_event();

	(void)state;
	expect_entry(&event, 0, expected);
}

/* What is null in JSON is no field, and what was missed is one. */
static void test_absent(void **state)
{
	struct event event = make_event();
	struct journal_entry entry;
	bool missed = false;
	size_t i;

	(void)state;
	event.class = CORDON_CLASS_SOCKET;
	event.op = CORDON_SOCKET_OP_CREATE;
	event.error = 0;
	event.path = NULL;
	journal_entry_make(&entry, &event, STREAM, 3);
	for (i = 0; i < entry.count; i++) {
		const char *field = entry.fields[i].iov_base;

		assert_null(strstr(field, "ERRNO_NAME="));
		assert_null(strstr(field, "REMOTE_ADDR="));
		assert_false(!strncmp(field, "ERRNO=", 6));
		missed |= !strcmp(field, "CORDON_MISSED=3");
	}
	assert_true(missed);
	journal_entry_clear(&entry);
}

/* The journal takes capitals, digits and underscores, 64 at most. */
static void test_names(void **state)
{
	const struct field *field;

	(void)state;
	for (field = fields; field->key; field++) {
		assert_true(strlen("CORDON_") + strlen(field->key) <= 64);
		assert_int_equal(strspn(field->key,
					"abcdefghijklmnopqrstuvwxyz0123456789_"),
				 strlen(field->key));
		/* These are of the entry itself. */
		assert_string_not_equal(field->key, "stream");
		assert_string_not_equal(field->key, "missed");
	}
}

static void test_priority(void **state)
{
	static const struct {
		uint32_t class;
		uint32_t verdict;
		int priority;
	} cases[] = {
		{ CORDON_CLASS_FILE, CORDON_VERDICT_DENIED, LOG_WARNING },
		{ CORDON_CLASS_SOCKET, CORDON_VERDICT_DENIED, LOG_WARNING },
		{ CORDON_CLASS_GUARD, CORDON_VERDICT_DENIED, LOG_ERR },
		{ CORDON_CLASS_ADMIN, CORDON_VERDICT_DENIED, LOG_ERR },
		{ CORDON_CLASS_FILE, CORDON_VERDICT_WOULD_DENY, LOG_NOTICE },
		{ CORDON_CLASS_STREAM, CORDON_VERDICT_NOTED, LOG_NOTICE },
		{ CORDON_CLASS_ADMIN, CORDON_VERDICT_ALLOWED, LOG_INFO },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct event event = { .class = cases[i].class,
					     .verdict = cases[i].verdict };

		assert_int_equal(journal_priority(&event), cases[i].priority);
	}
}

static void test_missed(void **state)
{
	struct journal journal = { .stream = STREAM };

	(void)state;
	journal_note(&journal, 5);
	assert_true(!journal.missed);
	journal_note(&journal, 6);
	assert_true(!journal.missed);
	journal_note(&journal, 9);
	assert_true(journal.missed == 2);
	/* One that is not wanted does not hide what was missed before it. */
	journal_note(&journal, 11);
	assert_true(journal.missed == 3);
}

int main(void)
{
	const struct CMUnitTest journal[] = {
		cmocka_unit_test(test_file),	 cmocka_unit_test(test_absent),
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_missed),
		cmocka_unit_test(test_priority),
	};

	return cmocka_run_group_tests(journal, NULL, NULL);
}
