// SPDX-License-Identifier: GPL-2.0
/* Which tenant a task would join.  Tasks and their cgroups are made up. */
#include <linux/cgroup-defs.h>
#include <linux/cred.h>
#include <linux/kernfs.h>
#include <linux/slab.h>

#include "seal.h"
#include "seal.h"
#include "selectors.h"
#include "support.h"

#define CGROUPS_MAX 40
#define TENANTS_MAX 4

/* A task in a cgroup, of which just what is looked at is there. */
struct fake_task {
	struct task_struct *task;
	struct css_set *set;
	struct cgroup *cgroup;
	struct cred *cred;
	struct kernfs_node *nodes;
};

static void *make_zeroed(struct kunit *test, size_t size)
{
	void *memory = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	return memory;
}

static struct fake_task *make_task(struct kunit *test)
{
	struct fake_task *fake = make_zeroed(test, sizeof(*fake));

	fake->task = make_zeroed(test, sizeof(*fake->task));
	fake->set = make_zeroed(test, sizeof(*fake->set));
	fake->cgroup = make_zeroed(test, sizeof(*fake->cgroup));
	fake->cred = make_zeroed(test, sizeof(*fake->cred));
	fake->nodes = make_zeroed(test, CGROUPS_MAX * sizeof(*fake->nodes));
	fake->set->dfl_cgrp = fake->cgroup;
	rcu_assign_pointer(fake->task->cgroups, fake->set);
	rcu_assign_pointer(fake->task->real_cred, fake->cred);
	return fake;
}

/* Makes the cgroups of a path, each name in memory of just its size. */
static void move_task(struct kunit *test, struct fake_task *fake,
		      const char *cgroup)
{
	struct kernfs_node *node = fake->nodes;

	memset(node, 0, CGROUPS_MAX * sizeof(*node));
	node->name = "";
	while (*cgroup++ == '/' && *cgroup) {
		size_t len = strcspn(cgroup, "/");
		char *name = make_zeroed(test, len + 1);

		KUNIT_ASSERT_LT(test, node - fake->nodes, CGROUPS_MAX - 1L);
		memcpy(name, cgroup, len);
		node[1].parent = node;
		node[1].name = name;
		node++;
		cgroup += len;
	}
	fake->cgroup->kn = node;
}

/* Tenants "a", "b", and so on, with one selector or two each. */
struct fixture {
	struct selectors_source sources[TENANTS_MAX];
	struct fake_task *fake;
	u32 count;
};

static int begin(struct kunit *test)
{
	test->priv = make_zeroed(test, sizeof(struct fixture));
	((struct fixture *)test->priv)->fake = make_task(test);
	return 0;
}

/* Selectors that were freed hold no tenant any more. */
static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	while (fixture->count--) {
		struct selectors_source *source =
			&fixture->sources[fixture->count];

		KUNIT_EXPECT_EQ(test, refcount_read(&source->tenant->refs), 1u);
		policy_free((struct policy *)source->policy);
		tenant_put(source->tenant);
	}
}

static void add_tenant(struct kunit *test, const struct selector *selectors,
		       u32 count)
{
	struct fixture *fixture = test->priv;
	struct selectors_source *source = &fixture->sources[fixture->count];
	char name[2] = { 'a' + fixture->count };
	struct policy *policy = make_policy(selectors, count);

	KUNIT_ASSERT_NOT_NULL(test, policy);
	source->policy = policy;
	source->tenant = make_tenant(test, name);
	fixture->count++;
}

static int build(struct kunit *test, struct selectors **selectors)
{
	struct fixture *fixture = test->priv;
	const char *why = "";

	return selectors_build(selectors, fixture->sources, fixture->count,
			       &why);
}

/* A cgroup, a uid and the tenant that a task there joins. */
struct match_case {
	const char *cgroup;
	u32 uid;
	const char *tenant;
};

static void expect_tenant(struct kunit *test, const struct match_case *one)
{
	struct fixture *fixture = test->priv;
	const struct tenant *tenant;

	move_task(test, fixture->fake, one->cgroup);
	fixture->fake->cred->uid = KUIDT_INIT(one->uid);
	rcu_read_lock();
	tenant = selectors_match(fixture->fake->task);
	rcu_read_unlock();
	KUNIT_EXPECT_STREQ_MSG(test, tenant ? tenant->name : "none",
			       one->tenant, "uid %u in %s", one->uid,
			       one->cgroup);
}

/* No hook is attached while suites run, so nobody else asks. */
static void expect_tenants(struct kunit *test, const struct match_case *cases,
			   u32 count)
{
	struct selectors *selectors, *before;
	u32 i;

	KUNIT_ASSERT_EQ(test, build(test, &selectors), 0);
	mutex_lock(&policy_mutex);
	before = selectors_replace(selectors);
	for (i = 0; i < count; i++)
		expect_tenant(test, &cases[i]);
	KUNIT_EXPECT_PTR_EQ(test, selectors_replace(before), selectors);
	mutex_unlock(&policy_mutex);
	synchronize_rcu();
	selectors_free(selectors);
}

static void test_uids(struct kunit *test)
{
	const struct selector a[] = {
		{ .uid_first = 1000, .uid_last = 1999 },
		{ .uid_first = 5, .uid_last = 5 },
	};
	const struct selector b = { .uid_first = 1500, .uid_last = 2500 };
	const struct selector c = { .uid_last = 2600 };
	const struct selector d = { .uid_first = 4294967294u,
				    .uid_last = 4294967294u };
	const struct match_case cases[] = {
		{ "/", 2601, "none" },	   { "/", 4294967293u, "none" },
		{ "/", U32_MAX, "none" },  { "/x/y", 3000, "none" },
		{ "/", 0, "c" },	   { "/", 4, "c" },
		{ "/", 5, "a" },	   { "/", 6, "c" },
		{ "/", 999, "c" },	   { "/", 1000, "a" },
		{ "/", 1500, "a" },	   { "/", 1999, "a" },
		{ "/", 2000, "b" },	   { "/", 2500, "b" },
		{ "/", 2501, "c" },	   { "/x/y", 2600, "c" },
		{ "/", 4294967294u, "d" },
	};

	add_tenant(test, a, ARRAY_SIZE(a));
	add_tenant(test, &b, 1);
	add_tenant(test, &c, 1);
	add_tenant(test, &d, 1);
	expect_tenants(test, cases, ARRAY_SIZE(cases));
}

/* The deepest cgroup wins, then the name of the tenant, and uids come last. */
static void test_cgroups(struct kunit *test)
{
	const struct selector a = { .cgroup = "/t/*" };
	const struct selector b[] = {
		{ .cgroup = "/t/b" },
		{ .cgroup = "/k/**/c-*.scope" },
	};
	const struct selector c[] = {
		{ .cgroup = "/t/b/deep" },
		{ .cgroup = "/{m,n}" },
	};
	const struct selector d = { .uid_last = 10 };
	const struct match_case cases[] = {
		{ "/", 11, "none" },
		{ "/t", 11, "none" },
		{ "/tt/b", 11, "none" },
		{ "/x/t/b", 11, "none" },
		{ "/k/c-1.scopes", 11, "none" },
		{ "/o", 11, "none" },
		{ "/t", 5, "d" },
		{ "/", 0, "d" },
		{ "/t/x", 5, "a" },
		{ "/t/b", 5, "a" },
		{ "/t/x/y/z", 11, "a" },
		{ "/t/b/shallow", 11, "a" },
		{ "/t/b/deep", 11, "c" },
		{ "/t/b/deep/er", 11, "c" },
		{ "/k/c-1.scope", 11, "b" },
		{ "/k/pod/x/c-a-long-name.scope/init", 11, "b" },
		{ "/m", 11, "c" },
		{ "/n/a", 11, "c" },
	};

	add_tenant(test, &a, 1);
	add_tenant(test, b, ARRAY_SIZE(b));
	add_tenant(test, c, ARRAY_SIZE(c));
	add_tenant(test, &d, 1);
	expect_tenants(test, cases, ARRAY_SIZE(cases));
}

/* Of a cgroup deeper than 32 the first 32 names are what counts. */
static void test_depth(struct kunit *test)
{
	const struct selector a = { .cgroup = "/1/**/32" };
	const struct selector b = { .cgroup = "/1/**/33" };
	const struct selector c = { .cgroup = "/1" };
	struct match_case one = { NULL, 0, "a" };
	char *cgroup = make_zeroed(test, 256);
	u32 i;

	for (i = 1; i <= 32; i++)
		sprintf(cgroup + strlen(cgroup), "/%u", i);
	add_tenant(test, &a, 1);
	add_tenant(test, &b, 1);
	add_tenant(test, &c, 1);
	one.cgroup = cgroup;
	expect_tenants(test, &one, 1);
	strcat(cgroup, "/33");
	expect_tenants(test, &one, 1);
	strcat(cgroup, "/34/35/36");
	expect_tenants(test, &one, 1);
	one.cgroup = "/1/2/3";
	one.tenant = "c";
	expect_tenants(test, &one, 1);
}

static void test_none(struct kunit *test)
{
	const struct match_case cases[] = {
		{ "/", 0, "none" },
		{ "/t/a", 1000, "none" },
	};
	u32 i;

	/* No selectors are in force while suites run. */
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		expect_tenant(test, &cases[i]);
	selectors_free(NULL);
	expect_tenants(test, cases, ARRAY_SIZE(cases));
}

/* More patterns than can match at once, and more than there may be. */
static void test_too_many(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct selector *many =
		kunit_kcalloc(test, 5000, sizeof(*many), GFP_KERNEL);
	const char *why = "";
	struct selectors *selectors;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, many);
	for (i = 0; i < 5000; i++)
		many[i].cgroup = "/{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}";
	add_tenant(test, many, 5000);
	KUNIT_EXPECT_EQ(test,
			selectors_build(&selectors, fixture->sources, 1, &why),
			-E2BIG);
	KUNIT_EXPECT_STREQ(test, why, "too many cgroup patterns");
	for (i = 0; i < 130; i++) {
		many[i].cgroup = make_zeroed(test, 16);
		snprintf(many[i].cgroup, 16, "/*%u*/**/x", i);
	}
	add_tenant(test, many, 130);
	KUNIT_EXPECT_EQ(test,
			selectors_build(&selectors, fixture->sources + 1, 1,
					&why),
			-E2BIG);
	KUNIT_EXPECT_STREQ(test, why,
			   "too many cgroup patterns with '**' or globs can match at once");
}

/* Ranges of which each covers all those before it: too much work. */
static void test_too_many_uids(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	const u32 count = 5000;
	struct selector *many =
		kunit_kcalloc(test, count, sizeof(*many), GFP_KERNEL);
	struct selectors *selectors;
	const char *why = "";
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, many);
	for (i = 0; i < count; i++) {
		many[i].uid_first = i;
		many[i].uid_last = 4 * count - i;
	}
	add_tenant(test, many, count);
	KUNIT_EXPECT_EQ(test,
			selectors_build(&selectors, fixture->sources, 1, &why),
			-E2BIG);
	KUNIT_EXPECT_STREQ(test, why, "too many uid ranges");
}

/* What came after a seal takes nothing from what was there, however deep. */
static void test_ranks(struct kunit *test)
{
	const struct selector a[] = {
		{ .cgroup = "/t/a" },
		{ .uid_first = 10, .uid_last = 20 },
	};
	const struct selector b = { .cgroup = "/t/a/old" };
	const struct selector c[] = {
		{ .cgroup = "/t/a/old/new" },
		{ .cgroup = "/t/c" },
		{ .uid_first = 15, .uid_last = 30 },
	};
	const struct selector d[] = {
		{ .cgroup = "/t/**" },
		{ .uid_last = 100 },
	};
	const struct match_case cases[] = {
		{ "/t/a", 0, "a" },	    { "/t/a/old", 0, "b" },
		{ "/t/a/old/new", 0, "b" }, { "/t/a/new", 0, "a" },
		{ "/t/c", 0, "c" },	    { "/t/c/x", 0, "c" },
		{ "/t/c", 12, "a" },	    { "/", 20, "a" },
		{ "/", 21, "c" },	    { "/t/e", 0, "d" },
		{ "/", 31, "d" },	    { "/", 101, "none" },
	};
	struct fixture *fixture = test->priv;

	add_tenant(test, a, ARRAY_SIZE(a));
	add_tenant(test, &b, 1);
	add_tenant(test, c, ARRAY_SIZE(c));
	add_tenant(test, d, ARRAY_SIZE(d));
	((struct policy *)fixture->sources[2].policy)->rank = 2;
	((struct policy *)fixture->sources[3].policy)->rank =
		SEAL_RANKS_MAX - 1;
	expect_tenants(test, cases, ARRAY_SIZE(cases));
}

static void test_faults(struct kunit *test)
{
	const struct selector a[] = {
		{ .cgroup = "/t/*" },
		{ .uid_first = 1, .uid_last = 2 },
	};
	struct fixture *fixture = test->priv;
	struct faults faults = {};
	refcount_t *refs;

	add_tenant(test, a, ARRAY_SIZE(a));
	refs = &fixture->sources[0].tenant->refs;
	while (faults_begin(&faults)) {
		struct selectors *selectors = NULL;
		int ret = build(test, &selectors);

		faults_end(test, &faults, ret);
		KUNIT_EXPECT_EQ(test, !selectors, !!ret);
		KUNIT_EXPECT_EQ(test, refcount_read(refs), ret ? 1u : 2u);
		selectors_free(selectors);
	}
	/* Themselves, tenants, a rank, patterns and text, a tree of seven, uids. */
	faults_done(test, &faults, 14);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_uids),
	KUNIT_CASE(test_cgroups),
	KUNIT_CASE(test_depth),
	KUNIT_CASE(test_none),
	KUNIT_CASE(test_too_many),
	KUNIT_CASE(test_too_many_uids),
	KUNIT_CASE(test_ranks),
	KUNIT_CASE(test_faults),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_selectors",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
