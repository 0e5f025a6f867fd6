// SPDX-License-Identifier: GPL-2.0
/* Tenants, and drafts of policy. */
#include <linux/slab.h>

#include "enrolled.h"
#include "support.h"

static void test_bad_names(struct kunit *test)
{
	static const char *const names[] = {
		"",	 "-a",	".a",  "_a",   "a b",	"a/b",
		"a\n",	 "a\"", "a=b", "\xe4", "a\xe4", "a\x7f",
		"a\x01", " a",	"a:",  "a\\",  "a,b",	"a*",
	};
	char longest[CORDON_NAME_MAX + 2];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_FALSE_MSG(test, tenant_name_valid(names[i]),
				       "'%s'", names[i]);
	memset(longest, 'a', sizeof(longest));
	longest[CORDON_NAME_MAX + 1] = '\0';
	KUNIT_EXPECT_FALSE(test, tenant_name_valid(longest));
	longest[CORDON_NAME_MAX] = '\0';
	KUNIT_EXPECT_TRUE(test, tenant_name_valid(longest));
}

static void test_good_names(struct kunit *test)
{
	static const char *const names[] = {
		"a", "Z", "0", "acme", "a.b-c_d", "9a", "a-", "a.",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		KUNIT_EXPECT_TRUE_MSG(test, tenant_name_valid(names[i]), "'%s'",
				      names[i]);
}

static void test_new_tenant(struct kunit *test)
{
	struct tenant *tenant = make_tenant(test, "acme");
	u32 fate;

	KUNIT_EXPECT_STREQ(test, tenant->name, "acme");
	KUNIT_EXPECT_EQ(test, refcount_read(&tenant->refs), 1u);
	KUNIT_EXPECT_EQ(test, atomic_read(&tenant->members), 0);
	for (fate = 0; fate < EVENT_FATES; fate++)
		KUNIT_EXPECT_EQ(test, tenant->tally.counters.of[fate], 0ULL);
	rcu_read_lock();
	KUNIT_EXPECT_NULL(test, policy_of(tenant));
	rcu_read_unlock();
	tenant_get(tenant);
	tenant_put(tenant);
	KUNIT_EXPECT_EQ(test, refcount_read(&tenant->refs), 1u);
	tenant_put(tenant);
}

/* Until the generation of a commit is in force, the policy before it is. */
static void test_policy_of(struct kunit *test)
{
	struct tenant *tenant = make_tenant(test, "acme");
	struct policy old = { .generation = policy_generation };
	struct policy new = { .generation = policy_generation + 1 };

	rcu_read_lock();
	rcu_assign_pointer(tenant->policy, &old);
	KUNIT_EXPECT_PTR_EQ(test, policy_of(tenant),
			    (const struct policy *)&old);
	rcu_assign_pointer(tenant->policy, &new);
	KUNIT_EXPECT_NULL(test, policy_of(tenant));
	new.previous = &old;
	KUNIT_EXPECT_PTR_EQ(test, policy_of(tenant),
			    (const struct policy *)&old);
	new.generation--;
	KUNIT_EXPECT_PTR_EQ(test, policy_of(tenant),
			    (const struct policy *)&new);
	rcu_read_unlock();
	tenant_put(tenant);
}

/* Half-made policies, as a refused request leaves them, can be freed. */
static void test_policy_free(struct kunit *test)
{
	const struct selector selectors[] = { { .cgroup = "/a" }, { NULL } };
	struct policy *policy;

	policy_free(NULL);
	policy = policy_new();
	KUNIT_ASSERT_NOT_NULL(test, policy);
	policy_free(policy);
	policy = make_policy(selectors, ARRAY_SIZE(selectors));
	KUNIT_ASSERT_NOT_NULL(test, policy);
	policy->selector_count = 1;
	policy->origin = kstrdup("a.yaml:1", GFP_KERNEL);
	policy_free(policy);
}

static void test_draft(struct kunit *test)
{
	struct draft_tenant *first, *second;
	struct draft draft;

	draft_init(&draft);
	KUNIT_EXPECT_NULL(test, draft_find(&draft, "a"));
	first = draft_add(&draft, "a");
	second = draft_add(&draft, "ab");
	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	KUNIT_EXPECT_EQ(test, draft.count, 2u);
	KUNIT_EXPECT_NULL(test, first->policy);
	KUNIT_EXPECT_PTR_EQ(test, draft_find(&draft, "a"), first);
	KUNIT_EXPECT_PTR_EQ(test, draft_find(&draft, "ab"), second);
	KUNIT_EXPECT_NULL(test, draft_find(&draft, "abc"));
	KUNIT_EXPECT_NULL(test, draft_find(&draft, ""));
	draft_destroy(&draft);
	KUNIT_EXPECT_EQ(test, draft.count, 0u);
	KUNIT_EXPECT_NULL(test, draft_find(&draft, "a"));
	draft_destroy(&draft);
}

/* A draft frees the policies that nobody took. */
/* Whatever the order in which they come, they are found, and are in order. */
static void test_enrolled(struct kunit *test)
{
	static const char *const names[] = { "m", "c", "x", "a", "ab", "b" };
	char last[CORDON_NAME_MAX + 1] = "";
	struct tenant *tenant, *next;
	u32 count = 0;
	u32 i;

	mutex_lock(&policy_mutex);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		KUNIT_EXPECT_NULL(test, enrolled_find(names[i]));
		enrol(make_tenant(test, names[i]));
	}
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		tenant = enrolled_find(names[i]);
		KUNIT_EXPECT_NOT_NULL(test, tenant);
		if (tenant)
			KUNIT_EXPECT_STREQ(test, tenant->name, names[i]);
	}
	KUNIT_EXPECT_NULL(test, enrolled_find("aa"));
	list_for_each_entry_safe(tenant, next, &policy_tenants, list) {
		KUNIT_EXPECT_LT(test, strcmp(last, tenant->name), 0);
		strscpy(last, tenant->name, sizeof(last));
		unenrol(tenant);
		KUNIT_EXPECT_NULL(test, enrolled_find(last));
		count++;
	}
	KUNIT_EXPECT_EQ(test, count, (u32)ARRAY_SIZE(names));
	mutex_unlock(&policy_mutex);
}

static void test_draft_with_policies(struct kunit *test)
{
	const struct selector selector = { .uid_first = 1, .uid_last = 2 };
	struct draft_tenant *added;
	struct draft draft;

	draft_init(&draft);
	added = draft_add(&draft, "a");
	KUNIT_ASSERT_NOT_NULL(test, added);
	added->policy = make_policy(&selector, 1);
	KUNIT_ASSERT_NOT_NULL(test, added->policy);
	KUNIT_ASSERT_NOT_NULL(test, draft_add(&draft, "b"));
	draft_destroy(&draft);
	KUNIT_EXPECT_TRUE(test, list_empty(&draft.tenants));
}

static int make_all(struct draft *draft)
{
	struct tenant *tenant = tenant_new("a");
	struct draft_tenant *added;

	if (!tenant)
		return -ENOMEM;
	tenant_put(tenant);
	added = draft_add(draft, "a");
	if (!added)
		return -ENOMEM;
	added->policy = policy_new();
	return added->policy ? 0 : -ENOMEM;
}

static void test_faults(struct kunit *test)
{
	struct faults faults = {};
	struct draft draft;

	draft_init(&draft);
	while (faults_begin(&faults)) {
		int ret = make_all(&draft);

		faults_end(test, &faults, ret);
		KUNIT_EXPECT_LE(test, draft.count, 1u);
		draft_destroy(&draft);
	}
	faults_done(test, &faults, 3);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_bad_names),   KUNIT_CASE(test_good_names),
	KUNIT_CASE(test_new_tenant),  KUNIT_CASE(test_policy_of),
	KUNIT_CASE(test_policy_free), KUNIT_CASE(test_draft),
	KUNIT_CASE(test_enrolled),    KUNIT_CASE(test_draft_with_policies),
	KUNIT_CASE(test_faults),      {},
};

static struct kunit_suite suite = {
	.name = "cordon_tenant",
	.test_cases = cases,
};

kunit_test_suite(suite);
