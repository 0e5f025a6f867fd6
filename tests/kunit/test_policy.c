// SPDX-License-Identifier: GPL-2.0
/*
 * Putting policy in force.  Real commits, with selectors that match no task,
 * so that hooks are attached and nobody is held by them.
 */
#include <linux/slab.h>

#include "attach.h"
#include "member.h"
#include "support.h"

#define HOOKS_MAX 32
#define WHY_SIZE 160

static const struct selector nobody = {
	.uid_first = 4294967294u,
	.uid_last = 4294967294u,
};

static const struct selector everybody = { .uid_last = 0 };

static const struct rule_spec delete_rule = {
	CORDON_CLASS_FILE,
	CORDON_ACTION_DENY,
	CORDON_FILE_OP_DELETE,
	.paths = { "/a/{b,c}/**" },
};

/* Two batches of hooks: one can fail to be attached when the other is. */
static const struct rule_spec create_rule = {
	CORDON_CLASS_FILE,
	CORDON_ACTION_DENY,
	CORDON_FILE_OP_CREATE,
	.paths = { "/a/{b,c}/**" },
};

static const struct rule_spec bind_rule = {
	CORDON_CLASS_SOCKET,
	CORDON_ACTION_DENY,
	CORDON_SOCKET_OP_BIND,
	.nets = { "10.0.0.0/8" },
};

/* What commits must not change when they fail. */
struct snapshot {
	struct policy_totals totals;
	u64 join_generation;
	const char *hooks[HOOKS_MAX];
	struct tenant *tenants[4];
	struct policy *policies[4];
	u32 refs[4];
};

static void take_snapshot(struct snapshot *snapshot)
{
	struct tenant *tenant;
	u32 i = 0;

	memset(snapshot, 0, sizeof(*snapshot));
	while (i < HOOKS_MAX && (snapshot->hooks[i] = attach_name(i)))
		i++;
	i = 0;
	mutex_lock(&policy_mutex);
	policy_totals(&snapshot->totals);
	snapshot->join_generation = policy_join_generation;
	list_for_each_entry(tenant, &policy_tenants, list) {
		snapshot->tenants[i] = tenant;
		snapshot->policies[i] = policy_locked(tenant);
		snapshot->refs[i] = refcount_read(&tenant->refs);
		if (++i == ARRAY_SIZE(snapshot->tenants))
			break;
	}
	mutex_unlock(&policy_mutex);
}

static void expect_unchanged(struct kunit *test, const struct snapshot *before)
{
	struct snapshot after;

	take_snapshot(&after);
	KUNIT_EXPECT_EQ_MSG(test,
			    memcmp(&after.totals, &before->totals,
				   sizeof(after.totals)),
			    0, "totals");
	KUNIT_EXPECT_EQ(test, after.join_generation, before->join_generation);
	KUNIT_EXPECT_EQ_MSG(test,
			    memcmp(after.hooks, before->hooks,
				   sizeof(after.hooks)),
			    0, "hooks");
	KUNIT_EXPECT_EQ_MSG(test,
			    memcmp(after.tenants, before->tenants,
				   sizeof(after.tenants)),
			    0, "tenants");
	KUNIT_EXPECT_EQ_MSG(test,
			    memcmp(after.policies, before->policies,
				   sizeof(after.policies)),
			    0, "policies");
	KUNIT_EXPECT_EQ_MSG(test,
			    memcmp(after.refs, before->refs,
				   sizeof(after.refs)),
			    0, "references");
}

/* Adds a tenant with at most one rule; without selectors it is a removal. */
static struct draft_tenant *name_tenant(struct kunit *test, struct draft *draft,
					const char *name,
					const struct selector *selector,
					const struct rule_spec *rule)
{
	struct draft_tenant *tenant = draft_add(draft, name);
	struct ruleset_error error;

	KUNIT_ASSERT_NOT_NULL(test, tenant);
	if (!selector)
		return tenant;
	tenant->policy = make_policy(selector, 1);
	KUNIT_ASSERT_NOT_NULL(test, tenant->policy);
	tenant->policy->rules.file_default = CORDON_ACTION_ALLOW;
	tenant->policy->rules.socket_default = CORDON_ACTION_ALLOW;
	if (rule)
		KUNIT_ASSERT_EQ(test,
				add_rule(&tenant->policy->rules, rule, &error),
				0);
	return tenant;
}

/* One program that is set-up. */
static void add_setup(struct kunit *test, struct policy *policy)
{
	static const struct rule_spec exec = {
		.class = CORDON_CLASS_FILE,
		.action = CORDON_ACTION_ALLOW,
		.ops = CORDON_FILE_OP_EXEC,
		.paths = { "/usr/sbin/runc" },
	};
	struct ruleset_error error;

	policy->setup.file_default = CORDON_ACTION_DENY;
	KUNIT_ASSERT_EQ(test, add_rule(&policy->setup, &exec, &error), 0);
}

static int commit(struct draft *draft)
{
	char why[WHY_SIZE];
	u64 generation;
	int ret = policy_commit(draft, NULL, &generation, why, sizeof(why));

	draft_destroy(draft);
	return ret;
}

/* One tenant in force, or replaced. */
static int load(struct kunit *test, const char *name,
		const struct rule_spec *rule)
{
	struct draft draft;

	draft_init(&draft);
	name_tenant(test, &draft, name, &nobody, rule);
	return commit(&draft);
}

static int flush(void)
{
	struct draft draft;

	draft_init(&draft);
	draft.replace_all = true;
	return commit(&draft);
}

static void expect_refused(struct kunit *test, struct draft *draft,
			   const u64 *expected, int ret, const char *text)
{
	char why[WHY_SIZE] = "";
	struct snapshot before;
	u64 generation = 0;

	take_snapshot(&before);
	KUNIT_EXPECT_EQ(test,
			policy_commit(draft, expected, &generation, why,
				      sizeof(why)),
			ret);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why, text), "%s", why);
	KUNIT_EXPECT_EQ(test, generation, 0ULL);
	draft_destroy(draft);
	expect_unchanged(test, &before);
}

static bool is_hooked(const char *name)
{
	const char *hook;
	u32 i;

	for (i = 0; (hook = attach_name(i)); i++)
		if (!strcmp(hook, name))
			return true;
	return false;
}

static void end(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, flush(), 0);
	KUNIT_EXPECT_NULL(test, attach_name(0));
	KUNIT_EXPECT_TRUE(test, list_empty(&policy_tenants));
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 0);
}

static void test_life(struct kunit *test)
{
	struct policy_totals totals;
	u64 generation = policy_generation;
	struct snapshot snapshot;

	KUNIT_ASSERT_EQ(test, load(test, "b", &delete_rule), 0);
	KUNIT_EXPECT_EQ(test, policy_generation, generation + 1);
	KUNIT_EXPECT_EQ(test, policy_join_generation, generation + 1);
	KUNIT_EXPECT_TRUE(test, is_hooked("security_path_unlink"));
	KUNIT_EXPECT_TRUE(test, is_hooked("security_bprm_check"));
	KUNIT_EXPECT_FALSE(test, is_hooked("security_socket_bind"));
	KUNIT_EXPECT_FALSE(test, is_hooked("security_file_open"));

	KUNIT_ASSERT_EQ(test, load(test, "a", NULL), 0);
	take_snapshot(&snapshot);
	KUNIT_EXPECT_STREQ(test, snapshot.tenants[0]->name, "a");
	KUNIT_EXPECT_STREQ(test, snapshot.tenants[1]->name, "b");
	/* One reference is the list's, one that of the selectors. */
	KUNIT_EXPECT_EQ(test, snapshot.refs[0], 2u);

	KUNIT_ASSERT_EQ(test, load(test, "b", &bind_rule), 0);
	KUNIT_EXPECT_FALSE(test, is_hooked("security_path_unlink"));
	KUNIT_EXPECT_TRUE(test, is_hooked("security_socket_bind"));
	mutex_lock(&policy_mutex);
	policy_totals(&totals);
	mutex_unlock(&policy_mutex);
	KUNIT_EXPECT_EQ(test, totals.tenants, 2u);
	KUNIT_EXPECT_EQ(test, totals.rules, 1u);
	KUNIT_EXPECT_EQ(test, totals.generation, generation + 3);
	KUNIT_EXPECT_GT(test, totals.bytes, 0ULL);
}

static void test_remove(struct kunit *test)
{
	struct draft draft;

	KUNIT_ASSERT_EQ(test, load(test, "a", NULL), 0);
	KUNIT_ASSERT_EQ(test, load(test, "b", NULL), 0);
	draft_init(&draft);
	name_tenant(test, &draft, "a", NULL, NULL);
	KUNIT_EXPECT_EQ(test, commit(&draft), 0);
	KUNIT_EXPECT_FALSE(test, list_empty(&policy_tenants));
	KUNIT_EXPECT_TRUE(test, is_hooked("security_task_alloc"));
	draft_init(&draft);
	name_tenant(test, &draft, "b", NULL, NULL);
	KUNIT_EXPECT_EQ(test, commit(&draft), 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&policy_tenants));
	KUNIT_EXPECT_NULL(test, attach_name(0));
}

static void test_replace_all(struct kunit *test)
{
	struct draft draft;
	struct snapshot snapshot;

	KUNIT_ASSERT_EQ(test, load(test, "a", NULL), 0);
	draft_init(&draft);
	draft.replace_all = true;
	name_tenant(test, &draft, "c", &nobody, NULL);
	name_tenant(test, &draft, "b", &nobody, NULL);
	KUNIT_ASSERT_EQ(test, commit(&draft), 0);
	take_snapshot(&snapshot);
	KUNIT_EXPECT_STREQ(test, snapshot.tenants[0]->name, "b");
	KUNIT_EXPECT_STREQ(test, snapshot.tenants[1]->name, "c");
	KUNIT_EXPECT_NULL(test, snapshot.tenants[2]);
}

static void test_refused(struct kunit *test)
{
	static const struct rule_spec without_effect = {
		CORDON_CLASS_FILE,
		CORDON_ACTION_DENY,
		CORDON_FILE_OP_READ,
		.origin = "bad.yaml:7",
	};
	u64 stale = policy_generation;
	struct draft draft;

	KUNIT_ASSERT_EQ(test, load(test, "b", &delete_rule), 0);
	draft_init(&draft);
	name_tenant(test, &draft, "a", &nobody, &bind_rule);
	expect_refused(test, &draft, &stale, -ESTALE,
		       "somebody else changed the policy");
	stale += 2;
	name_tenant(test, &draft, "b", NULL, NULL);
	expect_refused(test, &draft, &stale, -ESTALE,
		       "somebody else changed the policy");
	name_tenant(test, &draft, "b", &nobody, &bind_rule);
	name_tenant(test, &draft, "c", NULL, NULL);
	expect_refused(test, &draft, NULL, -ENOENT,
		       "tenant c: there is none of that name");
	name_tenant(test, &draft, "a", &nobody, &bind_rule);
	name_tenant(test, &draft, "b", &nobody, &without_effect);
	expect_refused(test, &draft, NULL, -EINVAL,
		       "bad.yaml:7: file rule without a path");
}

static void test_bytes_max(struct kunit *test)
{
	u64 before = policy_bytes_max();
	struct snapshot snapshot;
	struct draft draft;

	KUNIT_ASSERT_EQ(test, load(test, "b", &delete_rule), 0);
	take_snapshot(&snapshot);
	policy_init(snapshot.totals.bytes);
	/* As much as there is may stay, and no more may come. */
	KUNIT_EXPECT_EQ(test, load(test, "b", &delete_rule), 0);
	draft_init(&draft);
	name_tenant(test, &draft, "a", &nobody, &bind_rule);
	expect_refused(test, &draft, NULL, -E2BIG, "policy_bytes_max allows");
	policy_init(before);
}

/*
 * All tasks of root should join, and there is room for one: it is set free
 * again, and the hooks that were attached meanwhile are detached.
 */
static void test_members_max(struct kunit *test)
{
	struct tenant *tenant = make_tenant(test, "other");
	u32 count = member_table.max - 1;
	char *tasks = kunit_kzalloc(test, count, GFP_KERNEL);
	struct draft draft;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, tasks);
	KUNIT_ASSERT_EQ(test, load(test, "b", &delete_rule), 0);
	for (i = 0; i < count; i++)
		KUNIT_EXPECT_EQ(test,
				member_add((void *)(tasks + i), tenant, 1,
					   false),
				0);
	draft_init(&draft);
	name_tenant(test, &draft, "a", &everybody, &bind_rule);
	expect_refused(test, &draft, NULL, -EAGAIN,
		       "tasks would be members; see parameter members_max");
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), (int)count);
	KUNIT_EXPECT_EQ(test, refcount_read(&tenant->refs), count + 1);
	for (i = 0; i < count; i++)
		member_drop((void *)(tasks + i));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, refcount_read(&tenant->refs), 1u);
	tenant_put(tenant);
}

/* Whoever loads a policy must not be a member when it is in force. */
static void test_loader_is_member(struct kunit *test)
{
	struct tenant *tenant = make_tenant(test, "other");
	struct draft draft;

	KUNIT_ASSERT_EQ(test, load(test, "b", &delete_rule), 0);
	KUNIT_EXPECT_EQ(test, member_add(current, tenant, 1, false), 0);
	draft_init(&draft);
	name_tenant(test, &draft, "a", &nobody, &bind_rule);
	expect_refused(test, &draft, NULL, -EDEADLK,
		       "a selector matches the task that loads the policy");
	member_drop(current);
	rcu_barrier();
	tenant_put(tenant);
}

/*
 * Every allocation of a commit fails in turn: of one that adds a tenant, that
 * replaces one, and removes one, with hooks to attach for the first of them.
 */
static void test_faults(struct kunit *test)
{
	struct faults faults = { .survivable = true };
	struct draft_tenant *tenant;
	struct snapshot before;
	struct draft draft;

	while (!faults.finished) {
		int ret;

		KUNIT_ASSERT_EQ(test, load(test, "a", NULL), 0);
		KUNIT_ASSERT_EQ(test, load(test, "b", &delete_rule), 0);
		take_snapshot(&before);
		draft_init(&draft);
		name_tenant(test, &draft, "a", NULL, NULL);
		name_tenant(test, &draft, "b", &nobody, &delete_rule);
		tenant = name_tenant(test, &draft, "c", &nobody, &create_rule);
		add_setup(test, tenant->policy);
		faults_begin(&faults);
		ret = commit(&draft);
		faults_end(test, &faults, ret);
		if (ret)
			expect_unchanged(test, &before);
		else
			KUNIT_ASSERT_EQ(test, flush(), 0);
	}
	/*
	 * Removal of a 1, compiling b and c and its set-up 11 each, tenant c 1,
	 * selectors 7; those of ftrace come on top.
	 */
	faults_done(test, &faults, 42);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_life),
	KUNIT_CASE(test_remove),
	KUNIT_CASE(test_replace_all),
	KUNIT_CASE(test_refused),
	KUNIT_CASE(test_bytes_max),
	KUNIT_CASE(test_members_max),
	KUNIT_CASE(test_loader_is_member),
	KUNIT_CASE(test_faults),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_policy",
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
