// SPDX-License-Identifier: GPL-2.0
/* An event as attributes. */
#include <linux/fs.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "netlink.h"
#include "support.h"

#define MESSAGE_MAX 8192

static const u8 local[16] = { 0xfd, 0xaa, [15] = 1 };
static const u8 remote[4] = { 10, 0, 0, 7 };

static struct event *make_event(struct kunit *test, const char *origin,
				const char *path, size_t path_len)
{
	static const char name[] = "acme";
	size_t origin_at = sizeof(name);
	size_t path_at = origin_at + strlen(origin) + 1;
	struct event *event =
		kunit_kzalloc(test,
			      struct_size(event, text, path_at + path_len),
			      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, event);
	event->repeat = 1;
	event->seq = 0x1122334455667788ULL;
	event->tenant_seq = 2;
	event->time_wall = 3;
	event->time_boot = 4;
	event->generation = 5;
	event->cgroup_id = 6;
	event->class = CORDON_CLASS_FILE;
	event->verdict = CORDON_VERDICT_DENIED;
	event->reason = CORDON_REASON_RULE;
	event->op = CORDON_FILE_OP_DELETE;
	event->error = EACCES;
	event->pid = 7;
	event->tgid = 8;
	event->ppid = 9;
	event->uid = 4294967294u;
	event->gid = 11;
	strcpy(event->comm, "fifteen-letters");
	event->origin_at = origin_at;
	event->path_at = path_at;
	memcpy(event->text, name, sizeof(name));
	strcpy(event->text + origin_at, origin);
	memcpy(event->text + path_at, path, path_len);
	event->path_len = path_len;
	return event;
}

static struct event *make_socket_event(struct kunit *test)
{
	struct event *event = make_event(test, "default", "", 0);

	event->class = CORDON_CLASS_SOCKET;
	event->op = CORDON_SOCKET_OP_CONNECT;
	event->object.socket.family = AF_INET6;
	event->object.socket.type = SOCK_STREAM;
	event->object.socket.protocol = IPPROTO_TCP;
	return event;
}

/* Puts an event into a message in which just @room bytes are left. */
static int put(struct kunit *test, const struct event *event, u32 room,
	       struct sk_buff **skb)
{
	*skb = nlmsg_new(MESSAGE_MAX, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, *skb);
	KUNIT_ASSERT_GE(test, skb_tailroom(*skb), (int)room);
	skb_reserve(*skb, skb_tailroom(*skb) - room);
	return netlink_put_event(*skb, event, NETLINK_EVENT_ALL);
}

static void parse(struct kunit *test, const struct sk_buff *skb,
		  struct nlattr **attrs)
{
	const struct nlattr *nest = (const struct nlattr *)skb->data;

	KUNIT_ASSERT_TRUE(test, nla_ok(nest, skb->len));
	KUNIT_EXPECT_EQ(test, nla_type(nest), (int)CORDON_A_EVENT);
	KUNIT_EXPECT_EQ(test, nla_total_size(nla_len(nest)), (int)skb->len);
	KUNIT_ASSERT_EQ(test,
			nla_parse(attrs, CORDON_EVENT_MAX, nla_data(nest),
				  nla_len(nest), NULL, NULL),
			0);
}

/* A number that has to be there. */
struct number_case {
	u32 attr;
	u64 value;
	u32 size;
};

static void expect_numbers(struct kunit *test, struct nlattr **attrs,
			   const struct number_case *cases, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		struct nlattr *attr = attrs[cases[i].attr];
		u64 value;

		KUNIT_ASSERT_NOT_NULL(test, attr);
		KUNIT_ASSERT_EQ_MSG(test, nla_len(attr), (int)cases[i].size,
				    "attribute %u", cases[i].attr);
		if (cases[i].size == 8)
			value = nla_get_u64(attr);
		else
			value = nla_get_u32(attr);
		KUNIT_EXPECT_EQ_MSG(test, value, cases[i].value, "attribute %u",
				    cases[i].attr);
	}
}

static void expect_bytes(struct kunit *test, const struct nlattr *attr,
			 const void *bytes, int len)
{
	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_ASSERT_EQ(test, nla_len(attr), len);
	KUNIT_EXPECT_EQ(test, memcmp(nla_data(attr), bytes, len), 0);
}

static void expect_absent(struct kunit *test, struct nlattr **attrs, u32 first,
			  u32 last)
{
	for (; first <= last; first++)
		KUNIT_EXPECT_NULL_MSG(test, attrs[first], "attribute %u",
				      first);
}

static void test_file(struct kunit *test)
{
	static const struct number_case numbers[] = {
		{ CORDON_EVENT_SEQ, 0x1122334455667788ULL, 8 },
		{ CORDON_EVENT_TENANT_SEQ, 2, 8 },
		{ CORDON_EVENT_TIME_WALL, 3, 8 },
		{ CORDON_EVENT_TIME_BOOT, 4, 8 },
		{ CORDON_EVENT_GENERATION, 5, 8 },
		{ CORDON_EVENT_CGROUP_ID, 6, 8 },
		{ CORDON_EVENT_CLASS, CORDON_CLASS_FILE, 4 },
		{ CORDON_EVENT_OP, CORDON_FILE_OP_DELETE, 4 },
		{ CORDON_EVENT_VERDICT, CORDON_VERDICT_DENIED, 4 },
		{ CORDON_EVENT_REASON, CORDON_REASON_RULE, 4 },
		{ CORDON_EVENT_ERRNO, EACCES, 4 },
		{ CORDON_EVENT_PID, 7, 4 },
		{ CORDON_EVENT_TGID, 8, 4 },
		{ CORDON_EVENT_PPID, 9, 4 },
		{ CORDON_EVENT_UID, 4294967294u, 4 },
		{ CORDON_EVENT_GID, 11, 4 },
		{ CORDON_EVENT_DEV, 0xfff000fffffULL, 8 },
		{ CORDON_EVENT_INO, U64_MAX, 8 },
		{ CORDON_EVENT_REPEAT, 1, 4 },
	};
	static const char path[] = "/srv/\xff\n";
	struct event *event =
		make_event(test, "acme.yaml:14", path, sizeof(path) - 1);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb;

	event->object.file.dev = MKDEV(0xfff, 0xfffff);
	event->object.file.ino = U64_MAX;
	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	expect_numbers(test, attrs, numbers, ARRAY_SIZE(numbers));
	expect_bytes(test, attrs[CORDON_EVENT_TENANT], "acme", 5);
	expect_bytes(test, attrs[CORDON_EVENT_ORIGIN], "acme.yaml:14", 13);
	expect_bytes(test, attrs[CORDON_EVENT_COMM], "fifteen-letters", 16);
	expect_bytes(test, attrs[CORDON_EVENT_PATH], path, sizeof(path) - 1);
	expect_absent(test, attrs, CORDON_EVENT_FAMILY,
		      CORDON_EVENT_REMOTE_PORT);
	nlmsg_free(skb);
}

static void test_socket(struct kunit *test)
{
	static const struct number_case numbers[] = {
		{ CORDON_EVENT_CLASS, CORDON_CLASS_SOCKET, 4 },
		{ CORDON_EVENT_OP, CORDON_SOCKET_OP_CONNECT, 4 },
		{ CORDON_EVENT_FAMILY, AF_INET6, 4 },
		{ CORDON_EVENT_TYPE, SOCK_STREAM, 4 },
		{ CORDON_EVENT_PROTOCOL, IPPROTO_TCP, 4 },
		{ CORDON_EVENT_LOCAL_PORT, 65535, 4 },
		{ CORDON_EVENT_REMOTE_PORT, 1, 4 },
	};
	struct event *event = make_socket_event(test);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb;

	memcpy(event->object.socket.local, local, sizeof(local));
	event->object.socket.local_len = sizeof(local);
	event->object.socket.local_port = 65535;
	memcpy(event->object.socket.remote, remote, sizeof(remote));
	event->object.socket.remote_len = sizeof(remote);
	event->object.socket.remote_port = 1;
	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	expect_numbers(test, attrs, numbers, ARRAY_SIZE(numbers));
	expect_bytes(test, attrs[CORDON_EVENT_LOCAL_ADDR], local,
		     sizeof(local));
	expect_bytes(test, attrs[CORDON_EVENT_REMOTE_ADDR], remote,
		     sizeof(remote));
	expect_absent(test, attrs, CORDON_EVENT_PATH, CORDON_EVENT_INO);
	nlmsg_free(skb);
}

static void test_no_addresses(struct kunit *test)
{
	struct event *event = make_socket_event(test);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	KUNIT_EXPECT_NOT_NULL(test, attrs[CORDON_EVENT_FAMILY]);
	expect_absent(test, attrs, CORDON_EVENT_LOCAL_ADDR,
		      CORDON_EVENT_REMOTE_PORT);
	nlmsg_free(skb);
}

static void test_no_path(struct kunit *test)
{
	struct event *event = make_event(test, "default", "", 0);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	expect_bytes(test, attrs[CORDON_EVENT_PATH], "", 0);
	nlmsg_free(skb);
}

static struct event *make_guard_event(struct kunit *test)
{
	struct event *event = make_event(test, "default", "", 0);

	event->class = CORDON_CLASS_GUARD;
	event->op = CORDON_GUARD_OP_SIGNAL;
	return event;
}

static void test_guard(struct kunit *test)
{
	static const struct number_case numbers[] = {
		{ CORDON_EVENT_CLASS, CORDON_CLASS_GUARD, 4 },
		{ CORDON_EVENT_OP, CORDON_GUARD_OP_SIGNAL, 4 },
		{ CORDON_EVENT_TARGET_PID, 12, 4 },
	};
	struct event *event = make_guard_event(test);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb;

	event->object.target_pid = 12;
	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	expect_numbers(test, attrs, numbers, ARRAY_SIZE(numbers));
	expect_absent(test, attrs, CORDON_EVENT_PATH, CORDON_EVENT_REMOTE_PORT);
	nlmsg_free(skb);
	event->object.target_pid = 0;
	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	KUNIT_EXPECT_NULL(test, attrs[CORDON_EVENT_TARGET_PID]);
	nlmsg_free(skb);
}

static struct event *make_summary(struct kunit *test)
{
	struct event *event = make_event(test, "default", "", 0);

	event->class = CORDON_CLASS_STREAM;
	event->op = CORDON_STREAM_OP_SUPPRESSED;
	event->object.suppressed = U64_MAX;
	return event;
}

static void test_summary(struct kunit *test)
{
	static const struct number_case numbers[] = {
		{ CORDON_EVENT_CLASS, CORDON_CLASS_STREAM, 4 },
		{ CORDON_EVENT_OP, CORDON_STREAM_OP_SUPPRESSED, 4 },
		{ CORDON_EVENT_SUPPRESSED, U64_MAX, 8 },
		{ CORDON_EVENT_REPEAT, 3, 4 },
	};
	struct event *event = make_summary(test);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb;

	event->repeat = 3;
	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	expect_numbers(test, attrs, numbers, ARRAY_SIZE(numbers));
	expect_absent(test, attrs, CORDON_EVENT_PATH, CORDON_EVENT_TARGET_PID);
	nlmsg_free(skb);
}

static struct event *make_admin(struct kunit *test)
{
	struct event *event = make_event(test, "default", "no", 2);

	event->class = CORDON_CLASS_ADMIN;
	event->op = CORDON_ADMIN_OP_LOAD;
	event->object.admin.before = 4;
	event->object.admin.loginuid = U32_MAX;
	memset(event->object.admin.digest, 0xa5, DIGEST_SIZE);
	return event;
}

static void test_admin(struct kunit *test)
{
	static const struct number_case numbers[] = {
		{ CORDON_EVENT_CLASS, CORDON_CLASS_ADMIN, 4 },
		{ CORDON_EVENT_GENERATION, 5, 8 },
		{ CORDON_EVENT_GENERATION_BEFORE, 4, 8 },
		{ CORDON_EVENT_LOGINUID, U32_MAX, 4 },
	};
	struct event *event = make_admin(test);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	parse(test, skb, attrs);
	expect_numbers(test, attrs, numbers, ARRAY_SIZE(numbers));
	expect_bytes(test, attrs[CORDON_EVENT_DIGEST],
		     event->object.admin.digest, DIGEST_SIZE);
	expect_bytes(test, attrs[CORDON_EVENT_DIGEST_BEFORE],
		     event->object.admin.digest_before, DIGEST_SIZE);
	expect_bytes(test, attrs[CORDON_EVENT_WHY], "no", 2);
	expect_absent(test, attrs, CORDON_EVENT_PATH, CORDON_EVENT_TARGET_PID);
	nlmsg_free(skb);
}

/* A tenant gets nothing that others have a part in. */
static void test_own(struct kunit *test)
{
	static const u32 hidden[] = {
		CORDON_EVENT_SEQ,      CORDON_EVENT_GENERATION,
		CORDON_EVENT_LOGINUID, CORDON_EVENT_GENERATION_BEFORE,
		CORDON_EVENT_DIGEST,   CORDON_EVENT_DIGEST_BEFORE,
		CORDON_EVENT_PID,      CORDON_EVENT_TGID,
		CORDON_EVENT_PPID,     CORDON_EVENT_TARGET_PID,
	};
	struct event *event = make_admin(test);
	struct nlattr *attrs[CORDON_EVENT_MAX + 1];
	struct sk_buff *skb = nlmsg_new(MESSAGE_MAX, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test,
			netlink_put_event(skb, event, NETLINK_EVENT_OWN_INSIDE),
			0);
	parse(test, skb, attrs);
	for (i = 0; i < ARRAY_SIZE(hidden); i++)
		KUNIT_EXPECT_NULL_MSG(test, attrs[hidden[i]], "attribute %u",
				      hidden[i]);
	KUNIT_EXPECT_NOT_NULL(test, attrs[CORDON_EVENT_TENANT_SEQ]);
	nlmsg_free(skb);
}

/* Whatever does not fit, down to the last byte, is -EMSGSIZE. */
static void expect_no_room(struct kunit *test, const struct event *event)
{
	struct sk_buff *skb;
	u32 needed;
	u32 room;

	KUNIT_ASSERT_EQ(test, put(test, event, MESSAGE_MAX, &skb), 0);
	needed = skb->len;
	nlmsg_free(skb);
	for (room = 0; room <= needed; room++) {
		KUNIT_EXPECT_EQ_MSG(test, put(test, event, room, &skb),
				    room == needed ? 0 : -EMSGSIZE,
				    "%u bytes of %u", room, needed);
		nlmsg_free(skb);
	}
}

static void test_no_room(struct kunit *test)
{
	struct event *event = make_socket_event(test);

	expect_no_room(test, make_event(test, "acme.yaml:14", "/srv/a", 6));
	event->object.socket.local_len = 16;
	event->object.socket.remote_len = 4;
	expect_no_room(test, event);
	event = make_guard_event(test);
	event->object.target_pid = 12;
	expect_no_room(test, event);
	expect_no_room(test, make_summary(test));
	expect_no_room(test, make_admin(test));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_file),	       KUNIT_CASE(test_socket),
	KUNIT_CASE(test_no_addresses), KUNIT_CASE(test_no_path),
	KUNIT_CASE(test_guard),	       KUNIT_CASE(test_summary),
	KUNIT_CASE(test_admin),	       KUNIT_CASE(test_own),
	KUNIT_CASE(test_no_room),      {},
};

static struct kunit_suite suite = {
	.name = "cordon_netlink_event",
	.test_cases = cases,
};

kunit_test_suite(suite);
