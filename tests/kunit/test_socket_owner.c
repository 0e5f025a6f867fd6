// SPDX-License-Identifier: GPL-2.0
/*
 * The table of tenants' sockets.  Of a socket only its address matters here, so
 * made-up ones are addresses that belong to nobody else.  The table has room for
 * 64 of them (see guest.sh), so buckets are shared.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/net.h>
#include <linux/prandom.h>
#include <net/sock.h>

#include "socket_owner.h"
#include "support.h"

#define GENERATION 1000
#define THREADS 4
#define ROUNDS 1500
#define SHARED_SOCKETS 10

/* What a case has: tenants, and more sockets than there is room for. */
struct fixture {
	struct tenant *tenants[2];
	u64 generation;
	char sockets[100][64];
};

static struct sock *sk(struct fixture *fixture, u32 number)
{
	return (struct sock *)fixture->sockets[number];
}

static int begin(struct kunit *test)
{
	struct fixture *fixture =
		kunit_kzalloc(test, sizeof(*fixture), GFP_KERNEL);

	if (!fixture)
		return -ENOMEM;
	fixture->tenants[0] = make_tenant(test, "a");
	fixture->tenants[1] = make_tenant(test, "b");
	fixture->generation = policy_join_generation;
	policy_join_generation = GENERATION;
	test->priv = fixture;
	socket_owner_open();
	return 0;
}

/* Whatever a case did, nothing of it is left once the table is closed. */
static void end(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 i;

	socket_owner_close();
	rcu_barrier();
	policy_join_generation = fixture->generation;
	KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count), 0);
	for (i = 0; i < ARRAY_SIZE(fixture->tenants); i++) {
		struct tenant *tenant = fixture->tenants[i];

		KUNIT_EXPECT_EQ(test, refcount_read(&tenant->refs), 1u);
		KUNIT_EXPECT_EQ(test, atomic_read(&tenant->sockets), 0);
		tenant_put(tenant);
	}
}

static struct tenant *owner_of(struct fixture *fixture, u32 number)
{
	const struct hlist_head *bucket;
	struct tenant *tenant = NULL;

	rcu_read_lock();
	bucket = socket_owner_hint(sk(fixture, number));
	if (bucket)
		tenant = socket_owner_in(bucket, sk(fixture, number));
	rcu_read_unlock();
	return tenant;
}

static int add(struct fixture *fixture, u32 number, u32 tenant)
{
	int ret;

	rcu_read_lock();
	ret = socket_owner_add(sk(fixture, number), fixture->tenants[tenant]);
	rcu_read_unlock();
	return ret;
}

static void test_add_and_drop(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_EXPECT_NULL(test, owner_of(fixture, 0));
	KUNIT_ASSERT_EQ(test, add(fixture, 0, 0), 0);
	KUNIT_ASSERT_EQ(test, add(fixture, 1, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, owner_of(fixture, 0), fixture->tenants[0]);
	KUNIT_EXPECT_PTR_EQ(test, owner_of(fixture, 1), fixture->tenants[1]);
	KUNIT_EXPECT_NULL(test, owner_of(fixture, 2));
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenants[0]->refs), 2u);
	socket_owner_drop(sk(fixture, 0));
	KUNIT_EXPECT_NULL(test, owner_of(fixture, 0));
	KUNIT_EXPECT_PTR_EQ(test, owner_of(fixture, 1), fixture->tenants[1]);
	socket_owner_drop(sk(fixture, 0));
	socket_owner_drop(sk(fixture, 2));
	KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count), 1);
}

/* It stays the first tenant's. */
static void test_duplicate(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, add(fixture, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, 0, 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, owner_of(fixture, 0), fixture->tenants[0]);
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenants[0]->refs), 2u);
	KUNIT_EXPECT_EQ(test, refcount_read(&fixture->tenants[1]->refs), 1u);
	KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count), 1);
}

static void test_bound(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 half = socket_owner_table.max / 2;
	u32 i;

	KUNIT_ASSERT_GT(test, half, 4u);
	KUNIT_ASSERT_LT(test, half, (u32)ARRAY_SIZE(fixture->sockets));
	for (i = 0; i < half; i++)
		KUNIT_ASSERT_EQ(test, add(fixture, i, 0), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, half, 0), -ENFILE);
	KUNIT_EXPECT_EQ(test, add(fixture, half, 0), -ENFILE);
	KUNIT_EXPECT_EQ(test, add(fixture, 3, 0), 0);
	KUNIT_EXPECT_NULL(test, owner_of(fixture, half));
	KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count),
			(int)half);
	socket_owner_drop(sk(fixture, 3));
	KUNIT_EXPECT_EQ(test, add(fixture, half, 0), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, 3, 0), -ENFILE);
}

/* One tenant that takes all it can get leaves half of the rest to the next. */
static void test_share(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 max = socket_owner_table.max;
	u32 i = 0;

	KUNIT_ASSERT_LT(test, max, (u32)ARRAY_SIZE(fixture->sockets));
	while (i < max && !add(fixture, i, 0))
		i++;
	KUNIT_EXPECT_EQ(test, i, max / 2);
	while (i < max && !add(fixture, i, 1))
		i++;
	KUNIT_EXPECT_EQ(test, i, max / 2 + max / 4);
	KUNIT_EXPECT_EQ(test, atomic_read(&fixture->tenants[0]->sockets),
			(int)max / 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&fixture->tenants[1]->sockets),
			(int)max / 4);
	for (i = 0; i < 4; i++)
		socket_owner_drop(sk(fixture, i));
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, add(fixture, i, 1), 0);
	KUNIT_EXPECT_EQ(test, add(fixture, 2, 1), -ENFILE);
	KUNIT_EXPECT_EQ(test, add(fixture, 2, 0), -ENFILE);
}

static void test_closed(struct kunit *test)
{
	struct fixture *fixture = test->priv;

	KUNIT_ASSERT_EQ(test, add(fixture, 0, 0), 0);
	socket_owner_close();
	KUNIT_EXPECT_NULL(test, owner_of(fixture, 0));
	KUNIT_EXPECT_EQ(test, add(fixture, 1, 0), 0);
	KUNIT_EXPECT_NULL(test, owner_of(fixture, 1));
	socket_owner_open();
	KUNIT_EXPECT_EQ(test, add(fixture, 1, 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, owner_of(fixture, 1), fixture->tenants[0]);
}

static void test_drop_generation(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	u32 i;

	for (i = 0; i < 30; i++) {
		policy_join_generation = GENERATION + i % 3;
		KUNIT_ASSERT_EQ(test, add(fixture, i, i & 1), 0);
	}
	socket_owner_drop_generation(GENERATION + 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count), 30);
	socket_owner_drop_generation(GENERATION + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count), 20);
	for (i = 0; i < 30; i++)
		KUNIT_EXPECT_EQ_MSG(test, !owner_of(fixture, i), i % 3 == 1,
				    "socket %u", i);
}

/* Those of a tenant that has lost its policy go, and no others. */
static void test_drop_tenants(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct policy policy = {};
	u32 i;

	rcu_assign_pointer(fixture->tenants[0]->policy, &policy);
	for (i = 0; i < 10; i++)
		KUNIT_ASSERT_EQ(test, add(fixture, i, i & 1), 0);
	socket_owner_drop_tenants();
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_PTR_EQ(test, owner_of(fixture, i),
				    i & 1 ? NULL : fixture->tenants[0]);
	RCU_INIT_POINTER(fixture->tenants[0]->policy, NULL);
}

/**
 * struct serves_case - a socket that is made, and whether it is entered
 * @family: its family
 * @type: its type
 * @protocol: its protocol
 * @kernel: the kernel makes it
 * @serves: whether it is entered
 * @peers: whether it is while rules ask whose a peer is
 */
struct serves_case {
	int family;
	int type;
	int protocol;
	bool kernel;
	bool serves;
	bool peers;
};

static void test_serves(struct kunit *test)
{
	static const struct serves_case cases[] = {
		{ AF_INET, SOCK_DGRAM, IPPROTO_UDP, false, true, true },
		{ AF_INET6, SOCK_RAW, IPPROTO_ICMPV6, false, true, true },
		{ AF_INET, SOCK_STREAM, IPPROTO_TCP, false, false, true },
		{ AF_INET, SOCK_STREAM, IPPROTO_SCTP, false, false, false },
		{ AF_INET6, SOCK_STREAM, IPPROTO_TCP, true, true, true },
		{ AF_INET, SOCK_DGRAM, IPPROTO_UDP, true, false, false },
		{ AF_INET, SOCK_RAW, IPPROTO_ICMP, true, false, false },
		{ AF_UNIX, SOCK_DGRAM, 0, false, false, true },
		{ AF_UNIX, SOCK_DGRAM, 0, true, false, false },
		{ AF_UNIX, SOCK_STREAM, 0, false, false, false },
		{ AF_NETLINK, SOCK_RAW, 0, false, false, false },
		{ AF_PACKET, SOCK_RAW, 0, false, false, false },
	};
	struct sock *made = kunit_kzalloc(test, sizeof(*made), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, made);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		made->sk_family = cases[i].family;
		made->sk_type = cases[i].type;
		made->sk_protocol = cases[i].protocol;
		KUNIT_EXPECT_EQ_MSG(test, cases[i].serves,
				    socket_owner_serves(made, cases[i].kernel),
				    "case %u", i);
		socket_owner_want_peers(true);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].peers,
				    socket_owner_serves(made, cases[i].kernel),
				    "case %u with peers", i);
		socket_owner_want_peers(false);
	}
}

static void test_faults(struct kunit *test)
{
	struct fixture *fixture = test->priv;
	struct faults faults = {};

	while (faults_begin(&faults)) {
		int ret = add(fixture, 0, 0);

		faults_end(test, &faults, ret);
		KUNIT_EXPECT_EQ(test, !owner_of(fixture, 0), !!ret);
		KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count),
				!ret);
		socket_owner_drop(sk(fixture, 0));
	}
	faults_done(test, &faults, 1);
}

/* A thread that adds, drops and finds the same sockets as the others. */
struct storm {
	struct fixture *fixture;
	struct completion done;
	u32 seed;
	u32 wrong;
};

static void storm_once(struct storm *storm, u32 number, u32 act)
{
	struct fixture *fixture = storm->fixture;
	struct tenant *tenant;

	if (act == 0) {
		storm->wrong += add(fixture, number, number & 1) != 0;
	} else if (act == 1) {
		socket_owner_drop(sk(fixture, number));
	} else {
		/* Each socket is only ever one tenant's. */
		tenant = owner_of(fixture, number);
		storm->wrong += tenant &&
				tenant != fixture->tenants[number & 1];
	}
}

static int run_storm(void *arg)
{
	struct storm *storm = arg;
	struct rnd_state random;
	u32 i;

	prandom_seed_state(&random, storm->seed);
	for (i = 0; i < ROUNDS; i++) {
		u32 number = prandom_u32_state(&random) % SHARED_SOCKETS;

		storm_once(storm, number, prandom_u32_state(&random) % 4);
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
	/* Closed in the midst of it, nothing is left behind. */
	socket_owner_close();
	KUNIT_EXPECT_EQ(test, atomic_read(&socket_owner_table.count), 0);
	socket_owner_open();
	for (i = 0; i < THREADS; i++) {
		wait_for_completion(&storms[i].done);
		KUNIT_EXPECT_EQ(test, storms[i].wrong, 0u);
	}
	KUNIT_EXPECT_LE(test, atomic_read(&socket_owner_table.count),
			SHARED_SOCKETS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_add_and_drop),
	KUNIT_CASE(test_duplicate),
	KUNIT_CASE(test_bound),
	KUNIT_CASE(test_share),
	KUNIT_CASE(test_closed),
	KUNIT_CASE(test_drop_generation),
	KUNIT_CASE(test_drop_tenants),
	KUNIT_CASE(test_serves),
	KUNIT_CASE(test_faults),
	KUNIT_CASE(test_storm),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_socket_owner",
	.init = begin,
	.exit = end,
	.test_cases = cases,
};

kunit_test_suite(suite);
