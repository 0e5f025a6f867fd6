// SPDX-License-Identifier: GPL-2.0
/* Messages of the module, whole and damaged. */
#include "support.h"

#include <errno.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "encode.h"

static struct nl_msg *begin(int attribute, struct nlattr **nest)
{
	struct nl_msg *message = encode_command(42, CORDON_CMD_EVENT_NTF, 0);

	*nest = nla_nest_start(message, attribute);
	assert_non_null(*nest);
	return message;
}

static struct nl_msg *event_message(struct nlattr **nest)
{
	struct nl_msg *message = begin(CORDON_A_EVENT, nest);

	nla_put_u64(message, CORDON_EVENT_SEQ, UINT64_MAX);
	nla_put_string(message, CORDON_EVENT_TENANT, "acme");
	nla_put_string(message, CORDON_EVENT_ORIGIN, "acme.yaml:14");
	nla_put_string(message, CORDON_EVENT_COMM, "cat");
	return message;
}

static void test_event(void **state)
{
	static const uint8_t ip[4] = { 192, 0, 2, 1 };
	struct nlattr *nest;
	struct nl_msg *message = event_message(&nest);
	struct event event;

	(void)state;
	nla_put_u32(message, CORDON_EVENT_CLASS, CORDON_CLASS_FILE);
	nla_put_u32(message, CORDON_EVENT_ERRNO, EACCES);
	nla_put(message, CORDON_EVENT_PATH, 5,
		"/a\0\xff"
		"b");
	nla_put(message, CORDON_EVENT_REMOTE_ADDR, sizeof(ip), ip);
	nla_put_u32(message, CORDON_EVENT_REMOTE_PORT, 443);
	/* From a newer module. */
	nla_put_u32(message, CORDON_EVENT_MAX + 1, 1);
	nla_nest_end(message, nest);
	assert_int_equal(decode_event(nlmsg_hdr(message), &event), 0);
	assert_true(event.seq == UINT64_MAX);
	assert_string_equal(event.tenant, "acme");
	assert_string_equal(event.origin, "acme.yaml:14");
	assert_string_equal(event.comm, "cat");
	assert_int_equal(event.class, CORDON_CLASS_FILE);
	assert_int_equal(event.error, EACCES);
	assert_int_equal(event.path_len, 5);
	assert_memory_equal(event.path,
			    "/a\0\xff"
			    "b",
			    5);
	assert_int_equal(event.remote.len, 4);
	assert_memory_equal(event.remote.ip, ip, 4);
	assert_int_equal(event.remote.port, 443);
	assert_int_equal(event.local.len, 0);
	event_clear(&event);
	nlmsg_free(message);
}

/* Ends an event with one bad attribute and expects it to be refused. */
static void expect_bad(int type, size_t len, const void *data)
{
	struct nlattr *nest;
	struct nl_msg *message = event_message(&nest);
	struct event event;

	nla_put(message, type, len, data);
	nla_nest_end(message, nest);
	assert_int_equal(decode_event(nlmsg_hdr(message), &event), -EBADMSG);
	event_clear(&event);
	nlmsg_free(message);
}

static void test_bad_attributes(void **state)
{
	static const char bytes[33] = "text";

	(void)state;
	expect_bad(CORDON_EVENT_PID, 2, bytes);
	expect_bad(CORDON_EVENT_PID, 8, bytes);
	expect_bad(CORDON_EVENT_SEQ, 4, bytes);
	expect_bad(CORDON_EVENT_COMM, 0, bytes);
	expect_bad(CORDON_EVENT_COMM, 4, bytes);
	expect_bad(CORDON_EVENT_COMM, 6, bytes);
	expect_bad(CORDON_EVENT_LOCAL_ADDR, 5, bytes);
	expect_bad(CORDON_EVENT_REMOTE_ADDR, 20, bytes);
	expect_bad(CORDON_EVENT_DIGEST, 31, bytes);
	expect_bad(CORDON_EVENT_DIGEST_BEFORE, 33, bytes);
	expect_bad(CORDON_EVENT_LOGINUID, 8, bytes);
}

static void test_missing_parts(void **state)
{
	struct nlattr *nest;
	struct nl_msg *message = begin(CORDON_A_EVENT, &nest);
	struct tenant_state tenant;
	struct status status;
	struct member member;
	struct event event;
	uint64_t generation;

	(void)state;
	nla_put_u32(message, CORDON_EVENT_PID, 1);
	nla_nest_end(message, nest);
	assert_int_equal(decode_event(nlmsg_hdr(message), &event), -EBADMSG);
	assert_int_equal(decode_tenant(nlmsg_hdr(message), &tenant), -EBADMSG);
	assert_int_equal(decode_status(nlmsg_hdr(message), &status), -EBADMSG);
	assert_int_equal(decode_member(nlmsg_hdr(message), &member), -EBADMSG);
	assert_int_equal(decode_generation(nlmsg_hdr(message), &generation),
			 -EBADMSG);
	nlmsg_free(message);
}

/* A header that is cut off. */
static void test_short_message(void **state)
{
	struct nlattr *nest;
	struct nl_msg *message = event_message(&nest);
	struct policy_tenant tenant = { 0 };
	struct event event;

	(void)state;
	nla_nest_end(message, nest);
	nlmsg_hdr(message)->nlmsg_len = NLMSG_HDRLEN + 2;
	assert_int_equal(decode_event(nlmsg_hdr(message), &event), -EBADMSG);
	assert_int_equal(decode_rules(nlmsg_hdr(message), &tenant), -EBADMSG);
	nlmsg_free(message);
}

static void test_status(void **state)
{
	struct nlattr *nest;
	struct nl_msg *message = begin(CORDON_A_STATUS, &nest);
	struct status status;

	(void)state;
	nla_put_string(message, CORDON_STATUS_VERSION, "0.1.0");
	nla_put_string(message, CORDON_STATUS_HOOK, "security_file_open");
	nla_put_string(message, CORDON_STATUS_HOOK, "security_mmap_file");
	nla_put_u64(message, CORDON_STATUS_LOADED, 1ULL << 41);
	nla_put_u64(message, CORDON_STATUS_GENERATION, 1ULL << 40);
	nla_put_u32(message, CORDON_STATUS_MEMBERS_MAX, 65536);
	nla_put_u32(message, CORDON_STATUS_SOCKETS, 7);
	nla_put_u32(message, CORDON_STATUS_SOCKETS_MAX, 8);
	nla_put_u64(message, CORDON_STATUS_LOST, 3);
	nla_put_u64(message, CORDON_STATUS_BACKLOG_BYTES, 4);
	nla_put_u32(message, CORDON_STATUS_HISTORY, 5);
	nla_put_u32(message, CORDON_STATUS_HISTORY_MAX, 6);
	nla_put_u64(message, CORDON_STATUS_HISTORY_FIRST, 7);
	nla_put_u64(message, CORDON_STATUS_HISTORY_BYTES, 8);
	nla_put_u64(message, CORDON_STATUS_AUDIT_LOGGED, 9);
	nla_put_u64(message, CORDON_STATUS_AUDIT_MISSED, 10);
	nla_nest_end(message, nest);
	assert_int_equal(decode_status(nlmsg_hdr(message), &status), 0);
	assert_string_equal(status.version, "0.1.0");
	assert_int_equal(status.hook_count, 2);
	assert_string_equal(status.hooks[0], "security_file_open");
	assert_string_equal(status.hooks[1], "security_mmap_file");
	assert_true(status.loaded == 1ULL << 41);
	assert_true(status.generation == 1ULL << 40);
	assert_int_equal(status.members_max, 65536);
	assert_int_equal(status.sockets, 7);
	assert_int_equal(status.sockets_max, 8);
	assert_int_equal(status.events.lost, 3);
	assert_int_equal(status.backlog_bytes, 4);
	assert_int_equal(status.history, 5);
	assert_int_equal(status.history_max, 6);
	assert_int_equal(status.history_first, 7);
	assert_int_equal(status.history_bytes, 8);
	assert_int_equal(status.audit_logged, 9);
	assert_int_equal(status.audit_missed, 10);
	status_clear(&status);
	nlmsg_free(message);
}

static void test_tenant_counters(void **state)
{
	struct nlattr *nest;
	struct nl_msg *message = begin(CORDON_A_TENANT, &nest);
	struct tenant_state tenant;

	(void)state;
	nla_put_string(message, CORDON_TENANT_NAME, "acme");
	nla_put_u32(message, CORDON_TENANT_RULES, 11);
	nla_put_u32(message, CORDON_TENANT_MEMBERS, 12);
	nla_put_u64(message, CORDON_TENANT_GENERATED, 10);
	nla_put_u64(message, CORDON_TENANT_SENT, 4);
	nla_put_u64(message, CORDON_TENANT_SUPPRESSED, 3);
	nla_put_u64(message, CORDON_TENANT_LOST, 2);
	nla_put_u64(message, CORDON_TENANT_PENDING, 1);
	nla_put_u64(message, CORDON_TENANT_BYTES, 4096);
	nla_put_u32(message, CORDON_TENANT_EVENT_RATE, 100);
	nla_put_u32(message, CORDON_TENANT_EVENT_BURST, 1000);
	nla_put_flag(message, CORDON_TENANT_EVENT_SELF);
	nla_nest_end(message, nest);
	assert_int_equal(decode_tenant(nlmsg_hdr(message), &tenant), 0);
	assert_int_equal(tenant.rules, 11);
	assert_int_equal(tenant.members, 12);
	assert_int_equal(tenant.events.generated, 10);
	assert_int_equal(tenant.events.sent, 4);
	assert_int_equal(tenant.events.suppressed, 3);
	assert_int_equal(tenant.events.lost, 2);
	assert_int_equal(tenant.events.pending, 1);
	assert_int_equal(tenant.bytes, 4096);
	assert_int_equal(tenant.tenant.event_rate, 100);
	assert_int_equal(tenant.tenant.event_burst, 1000);
	assert_true(tenant.tenant.event_self);
	tenant_clear(&tenant.tenant);
	nlmsg_free(message);
}

static void test_member(void **state)
{
	struct nlattr *nest;
	struct nl_msg *message = begin(CORDON_A_MEMBER, &nest);
	struct member member;

	(void)state;
	nla_put_string(message, CORDON_MEMBER_TENANT, "acme");
	nla_put_string(message, CORDON_MEMBER_COMM, "sh");
	nla_put_u32(message, CORDON_MEMBER_PID, 8);
	nla_put_u32(message, CORDON_MEMBER_TGID, 7);
	nla_put_u32(message, CORDON_MEMBER_PPID, 6);
	nla_nest_end(message, nest);
	assert_int_equal(decode_member(nlmsg_hdr(message), &member), 0);
	assert_string_equal(member.tenant, "acme");
	assert_string_equal(member.comm, "sh");
	assert_int_equal(member.pid, 8);
	assert_int_equal(member.tgid, 7);
	assert_int_equal(member.ppid, 6);
	member_clear(&member);
	nlmsg_free(message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_bad_attributes),
		cmocka_unit_test(test_missing_parts),
		cmocka_unit_test(test_short_message),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_tenant_counters),
		cmocka_unit_test(test_member),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
