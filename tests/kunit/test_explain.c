// SPDX-License-Identifier: GPL-2.0
/* Questions about policy: what is taken for one, what is said, and no memory. */
#include <net/genetlink.h>

#include "enrolled.h"
#include "match.h"
#include "netlink.h"
#include "support.h"

#define PATHS                                                                  \
	{                                                                      \
		"/srv/a/**", "/srv/{b,c}/d"                                    \
	}

static const struct rule_spec rules[] = {
	{ CORDON_CLASS_FILE, CORDON_ACTION_ALLOW, CORDON_FILE_OP_READ,
	  .origin = "r:1", .paths = PATHS },
	{ CORDON_CLASS_FILE, CORDON_ACTION_DENY, CORDON_FILE_OP_READ,
	  .origin = "r:2", .paths = { "/srv/a/no" } },
	{ CORDON_CLASS_FILE, CORDON_ACTION_ALLOW, CORDON_FILE_OP_WRITE,
	  .origin = "r:3", .paths = { "/srv/b/d" } },
	{ CORDON_CLASS_SOCKET, CORDON_ACTION_ALLOW, CORDON_SOCKET_OP_CONNECT,
	  .origin = "r:4", .protos = CORDON_PROTO_TCP, .nets = { "10.0.0.0/8" },
	  .ports = { { 443, 443 } } },
};

/* An act, and what is to be said to it. */
struct expect {
	struct act act;
	u8 ruling;
	u8 basis;
	u32 rule;
	u32 near;
};

#define FILE_ACT(operation, text)                                              \
	{                                                                      \
		.class = CORDON_CLASS_FILE, .op = CORDON_FILE_OP_##operation,  \
		.path = (text), .path_len = sizeof(text) - 1                   \
	}

static const u8 inside[] = { 10, 1, 2, 3 };
static const u8 outside[] = { 11, 1, 2, 3 };

#define TCP_ACT(operation, bytes, number)                                      \
	{                                                                      \
		.class = CORDON_CLASS_SOCKET,                                  \
		.op = CORDON_SOCKET_OP_##operation, .family = AF_INET,         \
		.type = SOCK_STREAM, .ip = (bytes), .ip_len = 4,               \
		.port = (number), .has_port = true                             \
	}

static const struct expect expected[] = {
	{ FILE_ACT(READ, "/srv/a/x"), CORDON_RULING_ALLOWED, CORDON_BASIS_RULE,
	  0, 1 },
	{ FILE_ACT(READ, "/srv/c/d"), CORDON_RULING_ALLOWED, CORDON_BASIS_RULE,
	  0, 1 },
	{ FILE_ACT(READ, "/srv/a/no"), CORDON_RULING_DENIED, CORDON_BASIS_RULE,
	  1, 1 },
	{ FILE_ACT(READ, "/etc/x"), CORDON_RULING_DENIED, CORDON_BASIS_DEFAULT,
	  RULESET_NONE, 0 },
	{ FILE_ACT(WRITE, "/srv/b/e"), CORDON_RULING_DENIED,
	  CORDON_BASIS_DEFAULT, RULESET_NONE, 1 },
	{ TCP_ACT(CONNECT, inside, 443), CORDON_RULING_ALLOWED,
	  CORDON_BASIS_RULE, 3, 0 },
	{ TCP_ACT(CONNECT, inside, 80), CORDON_RULING_DENIED,
	  CORDON_BASIS_DEFAULT, RULESET_NONE, 1 },
	{ TCP_ACT(CONNECT, outside, 443), CORDON_RULING_DENIED,
	  CORDON_BASIS_DEFAULT, RULESET_NONE, 1 },
};

static void make_rules(struct kunit *test, struct ruleset *set)
{
	struct ruleset_error error;

	memset(set, 0, sizeof(*set));
	set->file_default = CORDON_ACTION_DENY;
	set->socket_default = CORDON_ACTION_DENY;
	KUNIT_ASSERT_EQ(test, add_rules(set, rules, ARRAY_SIZE(rules), &error),
			0);
	KUNIT_ASSERT_EQ(test, ruleset_compile(set, &error), 0);
}

/* Asks, and looks at all rules; how many come near. */
static int ask(struct kunit *test, const struct ruleset *set,
	       const struct act *act, struct finding *finding, u32 *near)
{
	struct matches *matches =
		kunit_kzalloc(test, sizeof(*matches), GFP_KERNEL);
	struct query query;
	const char *why;
	int ret = query_make(&query, act, &why);
	u32 i;

	if (!ret) {
		*finding = query_rules(set, &query);
		ret = matches_begin(matches, set, &query, *finding);
		for (i = 0; !ret && i < set->rules.count; i++)
			matches_add(matches, i);
		matches_end(matches);
		*near = matches->count;
	}
	query_clear(&query);
	return ret;
}

static void test_findings(struct kunit *test)
{
	struct ruleset set;
	u32 i;

	make_rules(test, &set);
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct expect *wanted = &expected[i];
		struct finding finding = {};
		u32 near = 0;

		KUNIT_EXPECT_EQ_MSG(test,
				    ask(test, &set, &wanted->act, &finding,
					&near),
				    0, "act %u", i);
		KUNIT_EXPECT_EQ_MSG(test, finding.ruling, wanted->ruling,
				    "act %u", i);
		KUNIT_EXPECT_EQ_MSG(test, finding.basis, wanted->basis,
				    "act %u", i);
		KUNIT_EXPECT_EQ_MSG(test, finding.rule, wanted->rule, "act %u",
				    i);
		KUNIT_EXPECT_EQ_MSG(test, near, wanted->near, "act %u", i);
	}
	ruleset_destroy(&set);
}

/* The longest path that there can be, and one that is longer. */
static void test_long_paths(struct kunit *test)
{
	char *text = kunit_kzalloc(test, QUERY_PATH_MAX + 2, GFP_KERNEL);
	struct act act = FILE_ACT(READ, "");
	struct finding finding;
	struct ruleset set;
	u32 near;
	u32 i;

	make_rules(test, &set);
	for (i = 0; i <= QUERY_PATH_MAX; i++)
		text[i] = i % 2 ? 'a' : '/';
	act.path = text;
	act.path_len = QUERY_PATH_MAX;
	KUNIT_EXPECT_EQ(test, ask(test, &set, &act, &finding, &near), 0);
	act.path_len = QUERY_PATH_MAX + 1;
	KUNIT_EXPECT_EQ(test, ask(test, &set, &act, &finding, &near), -EINVAL);
	ruleset_destroy(&set);
}

static void test_guard(struct kunit *test)
{
	const struct act act = { .class = CORDON_CLASS_GUARD,
				 .op = CORDON_GUARD_OP_SIGNAL };
	struct query query;
	const char *why;

	KUNIT_ASSERT_EQ(test, query_make(&query, &act, &why), 0);
	KUNIT_EXPECT_EQ(test, query_guard(act.op, &query).ruling,
			CORDON_RULING_DENIED);
	KUNIT_EXPECT_EQ(test, query_guard(0, &query).ruling,
			CORDON_RULING_ALLOWED);
	query.own = true;
	KUNIT_EXPECT_EQ(test, query_guard(act.op, &query).basis,
			CORDON_BASIS_OWN);
	query_clear(&query);
}

static void test_faults(struct kunit *test)
{
	struct faults faults = {};
	struct finding finding;
	struct ruleset set;
	u32 near;

	make_rules(test, &set);
	while (faults_begin(&faults)) {
		struct query query;
		const char *why;
		int ret = query_make(&query, &expected[0].act, &why);

		faults_end(test, &faults, ret);
		query_clear(&query);
	}
	/* Text and names. */
	faults_done(test, &faults, 2);
	KUNIT_EXPECT_EQ(test,
			ask(test, &set, &expected[0].act, &finding, &near), 0);
	ruleset_destroy(&set);
}

/**
 * struct request - a request as the handler gets it
 * @skb: its attributes
 * @attrs: the same, by number
 * @header: its header
 * @extack: what it is told
 * @info: all of it
 */
struct request {
	struct sk_buff *skb;
	struct nlattr *attrs[CORDON_A_MAX + 1];
	struct genlmsghdr header;
	struct netlink_ext_ack extack;
	struct genl_info info;
};

static void put_act(struct request *request, u32 class)
{
	struct nlattr *nest = nla_nest_start(request->skb, CORDON_A_ACT);

	request->attrs[CORDON_A_ACT] = nest;
	nla_put_u32(request->skb, CORDON_ACT_CLASS, class);
	nla_put_u32(request->skb, CORDON_ACT_OP, 1);
	if (class == CORDON_CLASS_FILE)
		nla_put(request->skb, CORDON_ACT_PATH, 6, "/srv/a");
	nla_nest_end(request->skb, nest);
}

/* One from a port that nobody has, about a tenant or none, and a class or none. */
static void make_request(struct kunit *test, struct request *request,
			 const char *tenant, u32 class)
{
	memset(request, 0, sizeof(*request));
	request->skb = alloc_skb(1024, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, request->skb);
	request->header.cmd = CORDON_CMD_EXPLAIN;
	request->info.attrs = request->attrs;
	request->info.genlhdr = &request->header;
	request->info.extack = &request->extack;
	request->info.snd_portid = 4294967294u;
	genl_info_net_set(&request->info, &init_net);
	if (tenant) {
		request->attrs[CORDON_A_TENANT_NAME] =
			(struct nlattr *)skb_tail_pointer(request->skb);
		nla_put_string(request->skb, CORDON_A_TENANT_NAME, tenant);
	}
	if (class)
		put_act(request, class);
}

static void expect_error(struct kunit *test, const char *tenant, u32 class,
			 int error)
{
	struct request request;

	make_request(test, &request, tenant, class);
	KUNIT_EXPECT_EQ(test, explain(request.skb, &request.info), error);
	KUNIT_EXPECT_NOT_NULL(test, request.extack._msg);
	kfree_skb(request.skb);
}

static void test_requests(struct kunit *test)
{
	expect_error(test, NULL, CORDON_CLASS_FILE, -EINVAL);
	expect_error(test, "a", 0, -EINVAL);
	expect_error(test, "a", CORDON_CLASS_STREAM, -EINVAL);
	expect_error(test, "nobody", CORDON_CLASS_FILE, -ENOENT);
}

/* The answer is made as a whole; that nobody has the port is another matter. */
static void test_answer_faults(struct kunit *test)
{
	static const u8 classes[] = { CORDON_CLASS_FILE, CORDON_CLASS_GUARD };
	const struct selector nobody = { .uid_first = 4294967294u,
					 .uid_last = 4294967294u };
	struct tenant *tenant = make_tenant(test, "a");
	struct policy *policy = make_policy(&nobody, 1);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, policy);
	make_rules(test, &policy->rules);
	policy->mode = CORDON_MODE_ENFORCE;
	mutex_lock(&policy_mutex);
	rcu_assign_pointer(tenant->policy, policy);
	enrol(tenant);
	mutex_unlock(&policy_mutex);
	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		struct faults faults = { .survivable = true };

		struct request request;

		make_request(test, &request, "a", classes[i]);
		while (faults_begin(&faults)) {
			int ret = explain(request.skb, &request.info);

			faults_end(test, &faults,
				   ret == -ECONNREFUSED ? 0 : ret);
		}
		/* The answer, and what a path and its rules take. */
		faults_done(test, &faults, i ? 2 : 5);
		kfree_skb(request.skb);
	}
	mutex_lock(&policy_mutex);
	RCU_INIT_POINTER(tenant->policy, NULL);
	unenrol(tenant);
	mutex_unlock(&policy_mutex);
	policy_free(policy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_findings),
	KUNIT_CASE(test_long_paths),
	KUNIT_CASE(test_guard),
	KUNIT_CASE(test_faults),
	KUNIT_CASE(test_requests),
	KUNIT_CASE(test_answer_faults),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_explain",
	.test_cases = cases,
};

kunit_test_suite(suite);
