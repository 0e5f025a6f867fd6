// SPDX-License-Identifier: GPL-2.0
/* Token buckets, next to one that counts tokens one by one. */
#include "support.h"

#include "bucket.h"
#include "random.h"

static u32 take_all(struct bucket *bucket, const struct bucket_limit *limit,
		    u64 now)
{
	u32 taken = 0;

	while (taken < 10000000 && bucket_take(bucket, limit, now))
		taken++;
	return taken;
}

/* A limit, and what a bucket gives that has been left alone so long. */
struct wait_case {
	u32 rate;
	u32 burst;
	u64 wait;
	u32 tokens;
};

static void test_waiting(void **state)
{
	static const struct wait_case cases[] = {
		{ 1, 1, 0, 0 },
		{ 1, 1, BUCKET_SECOND - 1, 0 },
		{ 1, 1, BUCKET_SECOND, 1 },
		{ 1, 1, 100 * BUCKET_SECOND, 1 },
		{ 100, 1000, BUCKET_SECOND, 100 },
		{ 100, 1000, 10 * BUCKET_SECOND - 1, 999 },
		{ 100, 1000, 10 * BUCKET_SECOND, 1000 },
		{ 100, 1000, UINT64_MAX / 2, 1000 },
		{ 3, 2, 333333333, 1 },
		{ 1000000, 1000000, 1000, 1 },
		{ 1000000, 1000000, BUCKET_SECOND, 1000000 },
		{ 1, 1000000, 1000000 * BUCKET_SECOND, 1000000 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct wait_case *c = &cases[i];
		const struct bucket_limit limit =
			bucket_limit(c->rate, c->burst);
		const u64 start = 12345;
		struct bucket bucket = { 0 };

		assert_int_equal(take_all(&bucket, &limit, start), c->burst);
		assert_int_equal(take_all(&bucket, &limit, start), 0);
		assert_int_equal(take_all(&bucket, &limit, start + c->wait),
				 c->tokens);
	}
}

/* A smaller limit empties a bucket, a wider one gives no more than it adds. */
static void test_other_limit(void **state)
{
	const struct bucket_limit slow = bucket_limit(1, 1000000);
	const struct bucket_limit fast = bucket_limit(1000, 10);
	struct bucket bucket = { 0 };

	(void)state;
	assert_int_equal(take_all(&bucket, &slow, 0), 1000000);
	assert_int_equal(take_all(&bucket, &fast, 0), 0);
	assert_int_equal(take_all(&bucket, &fast, BUCKET_SECOND / 1000), 1);
	assert_int_equal(take_all(&bucket, &fast, BUCKET_SECOND), 10);
	assert_int_equal(take_all(&bucket, &slow, BUCKET_SECOND), 999999);
}

/* After a clock went back nobody waits longer than for an empty bucket. */
static void test_clock_goes_back(void **state)
{
	const struct bucket_limit limit = bucket_limit(100, 1000);
	struct bucket bucket = { 0 };

	(void)state;
	assert_true(bucket_take(&bucket, &limit, UINT64_MAX / 2));
	assert_int_equal(take_all(&bucket, &limit, 5), 0);
	assert_int_equal(take_all(&bucket, &limit, 5 + BUCKET_SECOND), 100);
}

/* Tokens of which each comes in at its moment, where interval divides. */
static void test_oracle(void **state)
{
	const u64 interval = 1000;
	const u32 burst = 7;
	const struct bucket_limit limit = bucket_limit(1000000, burst);
	struct bucket bucket = { 0 };
	struct random random;
	u64 credit = burst * interval;
	u64 now = 0;
	u32 given = 0;
	u32 i;

	(void)state;
	random_seed(&random, random_from_env("CORDON_SEED", 1), 0);
	for (i = 0; i < 100000; i++) {
		u64 step = random_below(&random, 2 * interval);
		bool expected;

		now += step;
		credit += step;
		if (credit > burst * interval)
			credit = burst * interval;
		expected = credit >= interval;
		assert_int_equal(bucket_take(&bucket, &limit, now), expected);
		if (expected) {
			credit -= interval;
			given++;
		}
	}
	/* Both answers came often. */
	assert_in_range(given, 1000, 99900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_other_limit),
		cmocka_unit_test(test_clock_goes_back),
		cmocka_unit_test(test_oracle),
	};

	return cmocka_run_group_tests_name("bucket", tests, NULL, NULL);
}
