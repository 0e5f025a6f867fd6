// SPDX-License-Identifier: GPL-2.0
/*
 * The socket, against a family that every kernel has: the controller of
 * generic netlink answers, dumps and refuses like the module does.
 */
#include "support.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "encode.h"
#include "nl.h"
#include "refusal.h"

static int connect_session(void **state)
{
	static struct session session;

	if (session_connect(&session))
		return -1;
	session.family = GENL_ID_CTRL;
	*state = &session;
	return 0;
}

static int close_session(void **state)
{
	session_close(*state);
	return 0;
}

static int count(struct nlmsghdr *header, void *into)
{
	assert_int_equal(header->nlmsg_type, GENL_ID_CTRL);
	++*(int *)into;
	return 0;
}

static void test_answer(void **state)
{
	struct nl_msg *message =
		encode_command(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	int answers = 0;

	nla_put_string(message, CTRL_ATTR_FAMILY_NAME, "nlctrl");
	assert_int_equal(session_request(*state, message, count, &answers), 0);
	assert_int_equal(answers, 1);
	nlmsg_free(message);
}

static void test_dump(void **state)
{
	struct nl_msg *message =
		encode_command(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_DUMP);
	int answers = 0;

	assert_int_equal(session_request(*state, message, count, &answers), 0);
	assert_true(answers >= 1);
	nlmsg_free(message);
}

static void test_refusal_without_text(void **state)
{
	struct nl_msg *message =
		encode_command(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	struct session *session = *state;

	strcpy(session->why, "of an earlier request");
	nla_put_string(message, CTRL_ATTR_FAMILY_NAME, "no-such-family");
	assert_int_equal(session_request(session, message, NULL, NULL),
			 -ENOENT);
	assert_true(session->refused);
	assert_string_equal(session->why, "");
	nlmsg_free(message);
}

/* The text and the place that the kernel attaches to a refusal. */
static void test_refusal_with_text(void **state)
{
	struct nl_msg *message =
		encode_command(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	struct session *session = *state;
	struct refusal refusal;
	int ret;

	nla_put_u32(message, CTRL_ATTR_VERSION, 1);
	nla_put(message, CTRL_ATTR_FAMILY_ID, 1, "");
	ret = session_request(session, message, NULL, NULL);
	assert_true(ret < 0);
	assert_true(session->why[0]);
	assert_true(session->has_offset);
	assert_in_range(session->offset, NLMSG_HDRLEN + GENL_HDRLEN,
			nlmsg_hdr(message)->nlmsg_len - 1);
	refusal_set(&refusal, session, ret, "to test");
	assert_non_null(strstr(refusal.text, session->why));
	assert_int_equal(refusal_code(&refusal), EXIT_REFUSED);
	refusal_clear(&refusal);
	nlmsg_free(message);
}

static int stop(struct nlmsghdr *header, void *into)
{
	(void)header;
	++*(int *)into;
	return -EBADMSG;
}

static void test_handler_gives_up(void **state)
{
	struct nl_msg *message =
		encode_command(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	int answers = 0;

	nla_put_string(message, CTRL_ATTR_FAMILY_NAME, "nlctrl");
	assert_int_equal(session_request(*state, message, stop, &answers),
			 -EBADMSG);
	assert_int_equal(answers, 1);
	/* It may be done. */
	assert_false(((const struct session *)*state)->refused);
	nlmsg_free(message);
}

static void test_sentences(void **state)
{
	struct session missing = { .missing = true };
	struct session plain = { .why = "" };
	struct refusal refusal;

	(void)state;
	refusal_set(&refusal, &missing, -ENOENT, "to talk to the module");
	assert_string_equal(refusal.text,
			    "the kernel module is not loaded (genetlink family 'cordon' not found); try 'modprobe cordon'");
	assert_int_equal(refusal_code(&refusal), EXIT_REFUSED);
	refusal_clear(&refusal);

	refusal_set(&refusal, &plain, -EPERM, "to commit the policy");
	assert_string_equal(refusal.text,
			    "not permitted to commit the policy: it takes CAP_MAC_ADMIN in the initial user namespace, outside of any tenant");
	assert_int_equal(refusal_code(&refusal), EXIT_NOT_PERMITTED);
	refusal_clear(&refusal);

	refusal_set(&refusal, &plain, -EAGAIN, "to tell what is in force");
	assert_string_equal(refusal.text,
			    "no answer to tell what is in force: the policy changes all the time; try again");
	refusal_clear(&refusal);

	strcpy(plain.why, "members of a tenant may not");
	refusal_set(&refusal, &plain, -EPERM, "to commit the policy");
	assert_string_equal(refusal.text,
			    "not permitted to commit the policy: members of a tenant may not");
	refusal_clear(&refusal);
}

/* What tells that the module is older or newer, and what does not. */
static void test_other_version(void **state)
{
	static const struct {
		int error;
		const char *why;
		bool other;
	} cases[] = {
		{ -EPROTONOSUPPORT, "version 1 and 2", true },
		{ -EOPNOTSUPP, "", true },
		{ -EOPNOTSUPP, "this kernel has no such hook", false },
		{ -EINVAL, "Unknown attribute type", true },
		{ -EINVAL, "Unsupported attribute", true },
		{ -EINVAL, "attribute is not one of this command", true },
		{ -EINVAL, "rule has no path", false },
		{ -EINVAL, "", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct session session = { .why = "" };
		struct refusal refusal;

		strcpy(session.why, cases[i].why);
		refusal_set(&refusal, &session, cases[i].error, "to x");
		assert_int_equal(!!strstr(refusal.text,
					  "see 'cordonctl version'"),
				 cases[i].other);
		assert_non_null(strstr(refusal.text, cases[i].why));
		refusal_clear(&refusal);
	}
}

/**
 * struct blame - what the kernel says, and the place that is shown for it
 * @origin: the origin that it named, or NULL
 * @why: what it said
 * @shown: what the user is told
 */
struct blame {
	const char *origin;
	const char *why;
	const char *shown;
};

static void expect_shown(const struct policy *policy, const struct blame *blame)
{
	struct session session = { .why = "" };
	struct refusal refusal;
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	strcpy(session.why, blame->why);
	refusal_set(&refusal, &session, -EINVAL, "to x");
	if (blame->origin)
		refusal.origin =
			alloc_text(blame->origin, strlen(blame->origin));
	refusal_locate(&refusal, policy, session.why);
	refusal_print(&refusal, out);
	fclose(out);
	assert_string_equal(shown, blame->shown);
	free(shown);
	refusal_clear(&refusal);
}

#define REFUSED "the kernel refused to x: "

static void test_places(void **state)
{
	static const struct blame blames[] = {
		{ "t.yaml:9", "bad",
		  "cordonctl: t.yaml:9: " REFUSED "bad\n"
		  "            - {allow: read, path: /a}\n"
		  "              ^\n" },
		{ "t.yaml:9", "t.yaml:9: bad",
		  "cordonctl: " REFUSED "t.yaml:9: bad\n"
		  "            - {allow: read, path: /a}\n"
		  "              ^\n" },
		{ NULL, "t.yaml:10: bad",
		  "cordonctl: " REFUSED "t.yaml:10: bad\n"
		  "            - {allow: read, path: /b}\n"
		  "              ^\n" },
		{ NULL, "tenant acme: bad",
		  "cordonctl: " REFUSED "tenant acme: bad\n"
		  "      acme:\n      ^\n" },
		{ "t.yaml:3", "bad",
		  "cordonctl: t.yaml:3: " REFUSED "bad\n"
		  "      acme:\n      ^\n" },
		{ NULL, "tenant acm: bad",
		  "cordonctl: " REFUSED "tenant acm: bad\n" },
		{ NULL, "tenant acme2: bad",
		  "cordonctl: " REFUSED "tenant acme2: bad\n" },
		{ NULL, "t.yaml:99: bad",
		  "cordonctl: " REFUSED "t.yaml:99: bad\n" },
		{ NULL, "t.yaml:1: bad",
		  "cordonctl: " REFUSED "t.yaml:1: bad\n" },
		{ NULL, "of t.yaml:9: bad",
		  "cordonctl: " REFUSED "of t.yaml:9: bad\n" },
		{ NULL, "", "cordonctl: " REFUSED "Invalid argument\n" },
	};
	struct input input;
	size_t i;

	(void)state;
	input_good(&input, FILE_HEAD "        - {allow: read, path: /a}\n"
				     "        - {allow: read, path: /b}\n");
	for (i = 0; i < ARRAY_SIZE(blames); i++)
		expect_shown(&input.policy, &blames[i]);
	input_clear(&input);
}

#define FILE_OF_LINE(name, uid)                                                \
	"version: 1\ntenants:\n  " name ":\n    {select: [uid: " uid "], "     \
	"file: {default: deny, rules: [{allow: read, path: /a}]}}\n"

/* With several rules in a line it is not known which one it is. */
static void test_shared_places(void **state)
{
	static const struct blame blames[] = {
		{ "t.yaml:9", "bad",
		  "cordonctl: t.yaml:9: " REFUSED "bad\n"
		  "            - {allow: read, path: /a}\n"
		  "              ^\n" },
		{ "t.yaml:13", "bad",
		  "cordonctl: t.yaml:13: " REFUSED "bad\n"
		  "          rules: [{allow: bind, port: 1}, {allow: bind, port: 2}]\n" },
		{ NULL, "t.yaml:13: bad",
		  "cordonctl: " REFUSED "t.yaml:13: bad\n"
		  "          rules: [{allow: bind, port: 1}, {allow: bind, port: 2}]\n" },
		{ "t.yaml:14", "bad",
		  "cordonctl: t.yaml:14: " REFUSED "bad\n"
		  "      b: {select: [uid: 2], socket: {default: deny, rules: [{allow: bind, port: \n" },
	};
	struct input input;
	size_t i;

	(void)state;
	input_good(&input, FILE_HEAD
		   "        - {allow: read, path: /a}\n"
		   "        - {allow: read, path: /b}\n"
		   "    socket:\n"
		   "      default: deny\n"
		   "      rules: [{allow: bind, port: 1}, {allow: bind, port: 2}]\n"
		   "  b: {select: [uid: 2], socket: {default: deny, rules: [{allow: bind, port: 3}]}}\n");
	for (i = 0; i < ARRAY_SIZE(blames); i++)
		expect_shown(&input.policy, &blames[i]);
	input_clear(&input);
}

/* Files of the same name have lines of the same number. */
static void test_same_name(void **state)
{
	static const struct blame blame = { "t.yaml:4", "bad",
					    "cordonctl: t.yaml:4: " REFUSED
					    "bad\n" };
	struct input a;
	struct input b;
	struct policy both = { 0 };

	(void)state;
	input_good(&a, FILE_OF_LINE("a", "1"));
	input_good(&b, FILE_OF_LINE("b", "2"));
	*array_push(both.tenants, both.count) = *a.policy.tenants;
	*array_push(both.tenants, both.count) = *b.policy.tenants;
	expect_shown(&both, &blame);
	free(both.tenants);
	input_clear(&a);
	input_clear(&b);
}

#define WITH_SESSION(test)                                                     \
	cmocka_unit_test_setup_teardown(test, connect_session, close_session)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SESSION(test_answer),
		WITH_SESSION(test_dump),
		WITH_SESSION(test_refusal_without_text),
		WITH_SESSION(test_refusal_with_text),
		WITH_SESSION(test_handler_gives_up),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_other_version),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_shared_places),
		cmocka_unit_test(test_same_name),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
