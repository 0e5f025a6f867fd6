// SPDX-License-Identifier: GPL-2.0
/* Sets of prefixes and ports. */
#include <linux/prandom.h>
#include <linux/slab.h>

#include "support.h"

#define RANDOM_SETS 60
#define RANDOM_ENTRIES 25
#define RANDOM_LOOKUPS 60

/* A prefix with ports, and what is said about it. */
struct entry_spec {
	const char *net;
	u16 first;
	u16 last;
	u64 allow;
	u64 deny;
};

static int build(struct kunit *test, struct addrset *set,
		 const struct entry_spec *specs, u32 count)
{
	struct addr_entry *entries =
		kvcalloc(count + 1, sizeof(*entries), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, entries);
	for (i = 0; i < count; i++) {
		u8 bytes[16];
		u32 prefix_len;
		u32 len = parse_net(specs[i].net, bytes, &prefix_len);

		KUNIT_ASSERT_NE(test, len, 0u);
		entries[i].ip = ip_from_bytes(bytes, len);
		entries[i].prefix_len = prefix_len;
		entries[i].first = specs[i].first;
		entries[i].last = specs[i].last;
		entries[i].says.allow = specs[i].allow;
		entries[i].says.deny = specs[i].deny;
		entries[i].rule = i;
	}
	return addrset_build(set, entries, count);
}

static struct ip parse(struct kunit *test, const char *text)
{
	u8 bytes[16];
	u32 len = parse_ip(text, bytes);

	KUNIT_ASSERT_NE(test, len, 0u);
	return ip_from_bytes(bytes, len);
}

/* An address and a port, and what is to be said about them. */
struct lookup_case {
	const char *ip;
	u16 port;
	u64 allow;
	u64 deny;
};

static void expect_lookups(struct kunit *test, const struct addrset *set,
			   const struct lookup_case *cases, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		struct ip ip = parse(test, cases[i].ip);
		struct addr_verdict verdict = {};

		addrset_lookup(set, &ip, cases[i].port, &verdict);
		KUNIT_EXPECT_EQ_MSG(test, verdict.allow, cases[i].allow,
				    "%s port %u", cases[i].ip, cases[i].port);
		KUNIT_EXPECT_EQ_MSG(test, verdict.deny, cases[i].deny,
				    "%s port %u", cases[i].ip, cases[i].port);
	}
}

static void test_v4(struct kunit *test)
{
	static const struct entry_spec specs[] = {
		{ "10.0.0.0/8", 443, 443, 1, 0 },
		{ "10.1.0.0/16", 0, 65535, 2, 0 },
		{ "10.1.2.0/24", 8000, 8999, 0, 4 },
		{ "10.1.2.3/32", 65535, 65535, 8, 0 },
		{ "192.168.0.0/31", 1, 1, 16, 0 },
	};
	static const struct lookup_case cases[] = {
		{ "9.255.255.255", 443, 0, 0 },
		{ "11.0.0.0", 443, 0, 0 },
		{ "10.0.0.0", 442, 0, 0 },
		{ "10.0.0.0", 444, 0, 0 },
		{ "10.0.0.0", 0, 0, 0 },
		{ "10.2.0.0", 8000, 0, 0 },
		{ "192.168.0.2", 1, 0, 0 },
		{ "0.0.0.0", 443, 0, 0 },
		{ "255.255.255.255", 443, 0, 0 },
		{ "10.255.255.255", 443, 1, 0 },
		{ "10.1.0.0", 443, 3, 0 },
		{ "10.1.2.0", 7999, 2, 0 },
		{ "10.1.2.0", 8000, 2, 4 },
		{ "10.1.2.255", 8999, 2, 4 },
		{ "10.1.2.255", 9000, 2, 0 },
		{ "10.1.3.0", 8000, 2, 0 },
		{ "10.1.2.3", 65535, 10, 0 },
		{ "10.1.2.4", 65535, 2, 0 },
		{ "192.168.0.1", 1, 16, 0 },
	};
	struct addrset set = {};

	KUNIT_ASSERT_EQ(test, build(test, &set, specs, ARRAY_SIZE(specs)), 0);
	expect_lookups(test, &set, cases, ARRAY_SIZE(cases));
	addrset_destroy(&set);
}

static void test_v6(struct kunit *test)
{
	static const struct entry_spec specs[] = {
		{ "::/0", 53, 53, 1, 0 },
		{ "fdaa:0:ac::/48", 0, 65535, 2, 0 },
		{ "fdaa:0:ac:1::/64", 1, 1, 0, 4 },
		{ "fdaa:0:ac:1:8000::/65", 1, 1, 8, 0 },
		{ "fdaa:0:ac:1::1/128", 2, 2, 16, 0 },
	};
	static const struct lookup_case cases[] = {
		{ "fdaa:0:ab:ffff::", 1, 0, 0 },
		{ "fdaa:0:ad::", 1, 0, 0 },
		{ "::", 52, 0, 0 },
		{ "fdaa:0:ac:1::2", 2, 2, 0 },
		{ "::", 53, 1, 0 },
		{ "fdaa:0:ac:ffff::", 53, 3, 0 },
		{ "fdaa:0:ac:1:7fff::", 1, 2, 4 },
		{ "fdaa:0:ac:1:8000::", 1, 10, 4 },
		{ "fdaa:0:ac:1::1", 2, 18, 0 },
	};
	struct addrset set = {};

	KUNIT_ASSERT_EQ(test, build(test, &set, specs, ARRAY_SIZE(specs)), 0);
	expect_lookups(test, &set, cases, ARRAY_SIZE(cases));
	addrset_destroy(&set);
}

static void test_empty(struct kunit *test)
{
	static const struct lookup_case cases[] = {
		{ "0.0.0.0", 0, 0, 0 },
		{ "ffff::", 65535, 0, 0 },
	};
	struct addr_verdict all = { .allow = ~0ULL, .deny = ~0ULL };
	struct addrset set = {};
	struct ip ip = {};

	KUNIT_ASSERT_EQ(test, build(test, &set, NULL, 0), 0);
	expect_lookups(test, &set, cases, ARRAY_SIZE(cases));
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &ip, 1, &all), ADDRSET_NONE);
	addrset_destroy(&set);
}

static void test_first_rule(struct kunit *test)
{
	static const struct entry_spec specs[] = {
		{ "10.0.0.0/8", 1, 10, 1, 0 },
		{ "10.1.0.0/16", 5, 20, 0, 1 },
		{ "10.1.0.0/16", 5, 5, 1, 1 },
	};
	struct addr_verdict allow = { .allow = 1 };
	struct addr_verdict deny = { .deny = 1 };
	struct addr_verdict other = { .allow = 2, .deny = 2, .loud = 1 };
	struct addrset set = {};
	struct ip in = parse(test, "10.1.1.1");
	struct ip out = parse(test, "11.1.1.1");

	KUNIT_ASSERT_EQ(test, build(test, &set, specs, ARRAY_SIZE(specs)), 0);
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &in, 5, &allow), 0u);
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &in, 5, &deny), 1u);
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &in, 11, &allow),
			ADDRSET_NONE);
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &in, 4, &deny), ADDRSET_NONE);
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &in, 21, &deny), ADDRSET_NONE);
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &in, 5, &other), ADDRSET_NONE);
	KUNIT_EXPECT_EQ(test, addrset_rule(&set, &out, 5, &allow),
			ADDRSET_NONE);
	addrset_destroy(&set);
}

/* Ranges of which each overlaps all others: too much work. */
static void test_overlaps(struct kunit *test)
{
	const u32 count = 8000;
	struct addr_entry *entries =
		kvcalloc(count, sizeof(*entries), GFP_KERNEL);
	struct addrset set = {};
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, entries);
	for (i = 0; i < count; i++) {
		entries[i].first = i;
		entries[i].last = 65535 - i;
	}
	KUNIT_EXPECT_EQ(test, addrset_build(&set, entries, count), -E2BIG);
	addrset_destroy(&set);
}

static void test_masks(struct kunit *test)
{
	const struct ip ones = { ~0ULL, ~0ULL };
	u32 len;

	for (len = 0; len <= 128; len++) {
		struct ip masked = ip_mask(ones, len);

		KUNIT_EXPECT_EQ_MSG(test,
				    hweight64(masked.high) +
					    hweight64(masked.low),
				    (unsigned long)len, "/%u", len);
		KUNIT_EXPECT_TRUE(test, len <= 64 || masked.high == ~0ULL);
		KUNIT_EXPECT_TRUE(test, len > 64 || !masked.low);
	}
}

/* Few bits in play, so that prefixes nest and meet. */
static void random_entry(struct rnd_state *random, struct addr_entry *entry,
			 u32 number)
{
	u16 a = prandom_u32_state(random) % 12;
	u16 b = prandom_u32_state(random) % 12;

	entry->prefix_len = 60 + prandom_u32_state(random) % 9;
	entry->ip.high = prandom_u32_state(random) % 16;
	entry->ip.low = (u64)prandom_u32_state(random) << 60;
	entry->ip = ip_mask(entry->ip, entry->prefix_len);
	entry->first = min(a, b);
	entry->last = prandom_u32_state(random) % 8 ? max(a, b) : 65535;
	entry->says.allow = BIT_ULL(number);
	entry->rule = number;
}

static u64 ask_one_by_one(const struct addr_entry *entries, struct ip ip,
			  u16 port)
{
	u64 allow = 0;
	u32 i;

	for (i = 0; i < RANDOM_ENTRIES; i++) {
		struct ip masked = ip_mask(ip, entries[i].prefix_len);

		if (masked.high == entries[i].ip.high &&
		    masked.low == entries[i].ip.low &&
		    entries[i].first <= port && port <= entries[i].last)
			allow |= entries[i].says.allow;
	}
	return allow;
}

static void try_random_set(struct kunit *test, struct rnd_state *random)
{
	struct addr_entry *entries =
		kvcalloc(RANDOM_ENTRIES, sizeof(*entries), GFP_KERNEL);
	struct addrset set = {};
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, entries);
	for (i = 0; i < RANDOM_ENTRIES; i++)
		random_entry(random, &entries[i], i);
	KUNIT_ASSERT_EQ(test, addrset_build(&set, entries, RANDOM_ENTRIES), 0);
	for (i = 0; i < RANDOM_LOOKUPS; i++) {
		struct ip ip = {
			.high = prandom_u32_state(random) % 16,
			.low = (u64)prandom_u32_state(random) << 60,
		};
		u16 port = prandom_u32_state(random) % 14;
		struct addr_verdict verdict = {};
		u64 expected = ask_one_by_one(entries, ip, port);

		addrset_lookup(&set, &ip, port, &verdict);
		KUNIT_EXPECT_EQ(test, verdict.allow, expected);
		verdict.allow = ~0ULL;
		KUNIT_EXPECT_EQ(test, addrset_rule(&set, &ip, port, &verdict),
				expected ? (u32)__ffs64(expected) :
					   ADDRSET_NONE);
	}
	addrset_destroy(&set);
}

/* The set says the same as its entries one by one. */
static void test_random_sets(struct kunit *test)
{
	struct rnd_state random;
	u32 i;

	prandom_seed_state(&random, 2);
	for (i = 0; i < RANDOM_SETS; i++)
		try_random_set(test, &random);
}

static void test_faults(struct kunit *test)
{
	struct faults faults = {};

	while (!faults.finished) {
		struct addr_entry *entries =
			kvcalloc(2, sizeof(*entries), GFP_KERNEL);
		struct addrset set = {};
		int ret;

		KUNIT_ASSERT_NOT_NULL(test, entries);
		faults_begin(&faults);
		ret = addrset_build(&set, entries, 2);
		faults_end(test, &faults, ret);
		addrset_destroy(&set);
	}
	/* Prefixes, spans, and the memory to cut spans with. */
	faults_done(test, &faults, 3);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_v4),
	KUNIT_CASE(test_v6),
	KUNIT_CASE(test_empty),
	KUNIT_CASE(test_first_rule),
	KUNIT_CASE(test_overlaps),
	KUNIT_CASE(test_masks),
	KUNIT_CASE(test_random_sets),
	KUNIT_CASE(test_faults),
	{},
};

static struct kunit_suite suite = {
	.name = "cordon_addrset",
	.test_cases = cases,
};

kunit_test_suite(suite);
