// SPDX-License-Identifier: GPL-2.0
/*
 * The table of members.  Of a task only its address matters here, so made-up
 * ones are addresses that belong to nobody else.  The table has room for 64
 * members in 64 buckets (see guest.sh), so buckets are shared.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/prandom.h>

#include "member.h"
#include "support.h"

#define GENERATION 1000
#define THREADS 4
#define ROUNDS 1500
#define SHARED_TASKS 10

/* What a case has: tenants, and more tasks than there is room for. */
struct fixture {
	struct tenant *tenants[2];
	char tasks[100][64];
};

static struct task_struct *task(struct fixture *fixture, u32 number)
{
	return (struct task_struct *)fixture->tasks[number];
}

static int begin(struct kunit *test)
{
	struct fixture *fixture =
		kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	fixture->tenants[0] = make_tenant(test, "a");
	fixture->tenants[1] = make_tenant(test, "b");
	test->priv = fixture;
	return 0;
}

/* Whatever a case did, nothing of it is left. */
static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fixture->tasks); i++)
		member_drop(task(fixture, i));
	rcu_barrier();
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 0);
	for (i = 0; i < ARRAY_SIZE(fixture->tenants); i++) {
		struct tenant *tenant = fixture->tenants[i];

		KUNIT_EXPECT_EQ(test, refcount_read(&tenant->refs), 1u);
		KUNIT_EXPECT_EQ(test, atomic_read(&tenant->members), 0);
		tenant_put(tenant);
	}
}

static struct tenant *tenant_of(struct fixture *fixture, u32 number)
{
	struct tenant *tenant;

	rcu_read_lock();
	tenant = member_tenant(task(fixture, number));
	rcu_read_unlock();
	return tenant;
}

static int add(struct fixture *fixture, u32 number, u32 tenant)
{
	return member_add(task(fixture, number), fixture->tenants[tenant],
			  GENERATION, false);
}

static void test_add_and_drop(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_EXPECT_NULL(test, tenant_of(fixture, 0));
	KUNIT_ASSERT_EQ(test, add(fixture, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, add(fixture, 1, 1), 0);
	KUNIT_EXPECT_TRUE(test, member_maybe(task(fixture, 0)));
	KUNIT_EXPECT_PTR_EQ(test, tenant_of(fixture, 0), fixture->tenants[0]);
	KUNIT_EXPECT_PTR_EQ(test, tenant_of(fixture, 1), fixture->tenants[1]);
	KUNIT_EXPECT_NULL(test, tenant_of(fixture, 2));
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenants[0]->refs), 2u);
	KUNIT_EXPECT_EQ(test, atomic_read(&fixture->tenants[0]->members), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 2);
	member_drop(task(fixture, 0));
	KUNIT_EXPECT_NULL(test, tenant_of(fixture, 0));
	KUNIT_EXPECT_PTR_EQ(test, tenant_of(fixture, 1), fixture->tenants[1]);
	member_drop(task(fixture, 0));
	member_drop(task(fixture, 2));
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 1);
}

/* Membership is for life: a second tenant does not get the task. */
static void test_duplicate(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, add(fixture, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, 0, 0), -EEXIST);
	KUNIT_EXPECT_EQ(test, add(fixture, 0, 1), -EEXIST);
	KUNIT_EXPECT_PTR_EQ(test, tenant_of(fixture, 0), fixture->tenants[0]);
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenants[0]->refs), 2u);
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenants[1]->refs), 1u);
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 1);
}

static void test_bound(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 max = member_table.max;
	u32 i;

	KUNIT_ASSERT_LT(test, max, (u32)ARRAY_SIZE(fixture->tasks));
	for (i = 0; i < max; i++)
		KUNIT_ASSERT_EQ(test, add(fixture, i, 0), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, max, 0), -EAGAIN);
	KUNIT_EXPECT_EQ(test, add(fixture, max, 0), -EAGAIN);
	KUNIT_EXPECT_NULL(test, tenant_of(fixture, max));
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), (int)max);
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenants[0]->refs),
			max + 1);
	member_drop(task(fixture, 3));
	KUNIT_EXPECT_EQ(test, add(fixture, max, 1), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, 3, 1), -EAGAIN);
}

static void test_joining(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct member *member;

	KUNIT_ASSERT_EQ(test,
			member_add(task(fixture, 0), fixture->tenants[0],
				   GENERATION, true),
			0);
	KUNIT_EXPECT_NULL(test, tenant_of(fixture, 0));
	KUNIT_EXPECT_EQ(test, atomic_read(&fixture->tenants[0]->members), 0);
	rcu_read_lock();
	member = member_find(task(fixture, 0));
	KUNIT_EXPECT_NOT_NULL(test, member);
	member_confirm(task(fixture, 1));
	KUNIT_EXPECT_NULL(test, tenant_of(fixture, 0));
	member_confirm(task(fixture, 0));
	member_confirm(task(fixture, 0));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, atomic_read(&fixture->tenants[0]->members), 1);
	KUNIT_EXPECT_PTR_EQ(test, tenant_of(fixture, 0), fixture->tenants[0]);
	KUNIT_EXPECT_NULL(test, tenant_of(fixture, 1));
}

static void test_drop_generation(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 i;

	for (i = 0; i < 30; i++)
		KUNIT_ASSERT_EQ(test,
				member_add(task(fixture, i),
					   fixture->tenants[i & 1],
					   GENERATION + i % 3, i % 5),
				0);
	member_drop_generation(GENERATION + 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 30);
	member_drop_generation(GENERATION + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 20);
	rcu_read_lock();
	for (i = 0; i < 30; i++)
		KUNIT_EXPECT_EQ_MSG(test, !member_find(task(fixture, i)),
				    i % 3 == 1, "task %u", i);
	rcu_read_unlock();
}

/* Members of a tenant that has lost its policy are set free, and no others. */
static void test_drop_tenants(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct policy policy = {};
	u32 i;

	rcu_assign_pointer(fixture->tenants[0]->policy, &policy);
	for (i = 0; i < 10; i++)
		KUNIT_ASSERT_EQ(test, add(fixture, i, i & 1), 0);
	member_drop_tenants();
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_PTR_EQ(test, tenant_of(fixture, i),
				    i & 1 ? NULL : fixture->tenants[0]);
	RCU_INIT_POINTER(fixture->tenants[0]->policy, NULL);
}

static int count_member(const struct member *member, void *arg)
{
	u32 *seen = arg;

	return ++*seen == 3 ? -EINTR : 0;
}

static void test_visit(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 buckets = 1u << member_table.bits;
	u32 seen = 100;
	int ret = 0;
	u32 i;

	for (i = 0; i < 20; i++)
		KUNIT_ASSERT_EQ(test, add(fixture, i, 0), 0);
	for (i = 0; i < buckets; i++)
		KUNIT_EXPECT_EQ(test, member_visit(i, count_member, &seen), 0);
	KUNIT_EXPECT_EQ(test, seen, 120u);
	seen = 0;
	for (i = 0; !ret && i < buckets; i++)
		ret = member_visit(i, count_member, &seen);
	KUNIT_EXPECT_EQ(test, ret, -EINTR);
	KUNIT_EXPECT_EQ(test, seen, 3u);
}

static void test_faults(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct faults faults = {};

	while (faults_begin(&faults)) {
		int ret = add(fixture, 0, 0);

		faults_end(test, &faults, ret);
		KUNIT_EXPECT_EQ(test, !tenant_of(fixture, 0), !!ret);
		KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), !ret);
		member_drop(task(fixture, 0));
	}
	faults_done(test, &faults, 1);
}

/* A thread that adds, drops and finds the same tasks as the others. */
struct storm {
	struct fixture *fixture;
	struct completion done;
	u32 seed;
	u32 wrong;
};

static void look(struct storm *storm, u32 number)
{
	struct fixture *fixture = storm->fixture;
	struct member *member;

	rcu_read_lock();
	member = member_find(task(fixture, number));
	/* Each task is only ever one tenant's. */
	if (member && (member->task != task(fixture, number) ||
		       member->tenant != fixture->tenants[number & 1] ||
		       member->generation != GENERATION))
		storm->wrong++;
	rcu_read_unlock();
}

static int run_storm(void *arg)
{
	struct storm *storm = arg;
	struct rnd_state random;
	u32 i;

	prandom_seed_state(&random, storm->seed);
	for (i = 0; i < ROUNDS; i++) {
		u32 number = prandom_u32_state(&random) % SHARED_TASKS;
		int ret = 0;

		switch (prandom_u32_state(&random) % 4) {
		case 0:
			ret = add(storm->fixture, number, number & 1);
			break;
		case 1:
			member_drop(task(storm->fixture, number));
			break;
		default:
			look(storm, number);
		}
		if (ret && ret != -EEXIST)
			storm->wrong++;
		cond_resched();
	}
	kthread_complete_and_exit(&storm->done, 0);
}

static void test_storm(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct storm storms[THREADS] = {};
	u32 i;

	for (i = 0; i < THREADS; i++) {
		struct task_struct *thread;

		storms[i].fixture = fixture;
		storms[i].seed = i + 1;
		init_completion(&storms[i].done);
		thread = kthread_run(run_storm, &storms[i], "storm-%u", i);
		KUNIT_EXPECT_FALSE(test, IS_ERR(thread));
		if (IS_ERR(thread))
			complete(&storms[i].done);
	}
	/* Passes over the whole table while it changes. */
	member_drop_generation(GENERATION);
	for (i = 0; i < THREADS; i++) {
		wait_for_completion(&storms[i].done);
		KUNIT_EXPECT_EQ(test, storms[i].wrong, 0u);
	}
	KUNIT_EXPECT_LE(test, atomic_read(&member_table.count), SHARED_TASKS);
	member_drop_generation(GENERATION);
	KUNIT_EXPECT_EQ(test, atomic_read(&member_table.count), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_add_and_drop),	  KUNIT_CASE(test_duplicate),
	KUNIT_CASE(test_bound),		  KUNIT_CASE(test_joining),
	KUNIT_CASE(test_drop_generation), KUNIT_CASE(test_drop_tenants),
	KUNIT_CASE(test_visit),		  KUNIT_CASE(test_faults),
	KUNIT_CASE(test_storm),		  {},
};

static struct kunit_suite suite = {
	.name = "cordon_member",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
