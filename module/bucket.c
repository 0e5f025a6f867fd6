// SPDX-License-Identifier: GPL-2.0
#include "bucket.h"

/**
 * bucket_take - take a token
 * @bucket: the bucket
 * @limit: how much it gives, which may be another than the last time
 * @now: nanoseconds of a clock
 *
 * Return: false when there is none, in which case nothing is taken.
 */
bool bucket_take(struct bucket *bucket, const struct bucket_limit *limit,
		 u64 now)
{
	if (bucket->full_at < now)
		bucket->full_at = now;
	/* A smaller one than it was, or a clock that went back: it is empty. */
	if (bucket->full_at - now > limit->depth)
		bucket->full_at = now + limit->depth;
	if (bucket->full_at - now + limit->interval > limit->depth)
		return false;
	bucket->full_at += limit->interval;
	return true;
}
