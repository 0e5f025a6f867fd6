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
#include <string.h>

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

	strcpy(plain.why, "members of a tenant may not");
	refusal_set(&refusal, &plain, -EPERM, "to commit the policy");
	assert_string_equal(refusal.text,
			    "not permitted to commit the policy: members of a tenant may not");
	refusal_clear(&refusal);
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
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
