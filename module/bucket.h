/* SPDX-License-Identifier: GPL-2.0 */
/* A token bucket: so many at once, and so many a second. */
#ifndef CORDON_BUCKET_H
#define CORDON_BUCKET_H

#include "pure.h"

#define BUCKET_SECOND 1000000000ull

/**
 * struct bucket_limit - how much a bucket gives
 * @interval: nanoseconds in which one token comes in
 * @depth: nanoseconds in which an empty bucket fills up
 */
struct bucket_limit {
	u64 interval;
	u64 depth;
};

/**
 * struct bucket - a bucket of tokens
 * @full_at: when it is full, or will be if nothing is taken until then
 *
 * All zero is one that is full.  The time alone says how many tokens it has.
 */
struct bucket {
	u64 full_at;
};

/**
 * bucket_limit - make a limit
 * @rate: tokens a second, from 1 to BUCKET_SECOND
 * @burst: how many tokens there is room for, at least 1
 *
 * Return: the limit.
 */
static inline struct bucket_limit bucket_limit(u32 rate, u32 burst)
{
	const u64 interval = (u32)BUCKET_SECOND / rate;
	const struct bucket_limit limit = {
		.interval = interval,
		.depth = interval * burst,
	};

	return limit;
}

bool bucket_take(struct bucket *bucket, const struct bucket_limit *limit,
		 u64 now);

#endif /* CORDON_BUCKET_H */
