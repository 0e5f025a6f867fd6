/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The evaluator (pattern, glob, pathtree, addrset, decide) is compiled twice:
 * into the module and into the tool, its unit tests and its fuzzers.  It may
 * use nothing but what this header gives, so that both run the same source.
 */
#ifndef CORDON_PURE_H
#define CORDON_PURE_H

#ifdef __KERNEL__

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/socket.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

/* It moved from one to the other. */
#if __has_include(<linux/unaligned.h>)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#define pure_alloc(count, size) kvcalloc(count, size, GFP_KERNEL_ACCOUNT)
#define pure_free(memory) kvfree(memory)
#define pure_resched() cond_resched()
#define pure_sort(base, count, size, compare)                                  \
	sort(base, count, size, compare, NULL)

#else /* user space */

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;

#define pure_alloc(count, size) calloc(count, size)
#define pure_free(memory) free(memory)
#define pure_resched() ((void)0)
#define pure_sort(base, count, size, compare) qsort(base, count, size, compare)

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(nr) (1UL << (nr))
#define BIT_ULL(nr) (1ULL << (nr))
#define U32_MAX UINT32_MAX
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
#define noinline __attribute__((__noinline__))
#define fallthrough __attribute__((__fallthrough__))

#ifndef min
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#endif

static inline u64 pure_load_u64(const void *from)
{
	u64 word;

	memcpy(&word, from, sizeof(word));
	return word;
}

#define get_unaligned(pointer) pure_load_u64(pointer)

static inline u64 get_unaligned_be64(const void *from)
{
	return __builtin_bswap64(pure_load_u64(from));
}

static inline u32 get_unaligned_be32(const void *from)
{
	u32 word;

	memcpy(&word, from, sizeof(word));
	return __builtin_bswap32(word);
}

#endif /* __KERNEL__ */

/*
 * Kernels may zero every local array at entry (CONFIG_INIT_STACK_ALL_ZERO);
 * a large one that is written before it is read says so where that counts.
 */
#define UNINITIALIZED __attribute__((__uninitialized__))

#ifndef NAME_MAX
#define NAME_MAX 255
#endif

#endif /* CORDON_PURE_H */
