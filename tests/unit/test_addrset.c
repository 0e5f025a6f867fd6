// SPDX-License-Identifier: GPL-2.0
/* Sets of prefixes and ports: what they say, who said it, and their limits. */
#include "support.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "addrset.h"
#include "fault.h"

/**
 * struct entry_text - an entry; entry i is rule i and allows bit i
 */
struct entry_text {
	const char *prefix;
	u8 prefix_len;
	u16 first;
	u16 last;
};

/**
 * struct addr_expect - an address, a port, and the entries that match, as bits
 */
struct addr_expect {
	const char *address;
	u16 port;
	u64 matches;
};

static struct ip ip_of(const char *text)
{
	bool v6 = strchr(text, ':');
	u8 bytes[16];

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text, bytes), 1);
	return ip_from_bytes(bytes, v6 ? 16 : 4);
}

/* The set takes over what this returns. */
static struct addr_entry *make_entries(const struct entry_text *texts,
				       size_t count)
{
	struct addr_entry *entries = calloc(count + 1, sizeof(*entries));
	size_t i;

	assert_non_null(entries);
	for (i = 0; i < count; i++) {
		entries[i].ip = ip_of(texts[i].prefix);
		entries[i].prefix_len = texts[i].prefix_len;
		entries[i].first = texts[i].first;
		entries[i].last = texts[i].last;
		entries[i].says.allow = 1ULL << i;
		entries[i].rule = i;
	}
	return entries;
}

static void check(const struct entry_text *texts, size_t entry_count,
		  const struct addr_expect *expects, size_t count)
{
	const struct addr_verdict any = { ~0ULL, ~0ULL, ~0ULL };
	struct addrset set = { 0 };
	size_t wrong = 0;
	size_t i;

	assert_int_equal(addrset_build(&set, make_entries(texts, entry_count),
				       entry_count),
			 0);
	for (i = 0; i < count; i++) {
		struct ip ip = ip_of(expects[i].address);
		u64 wanted = expects[i].matches;
		u32 first = wanted ? (u32)__builtin_ctzll(wanted) :
				     ADDRSET_NONE;
		struct addr_verdict verdict = { 0 };
		u32 rule = addrset_rule(&set, &ip, expects[i].port, &any);

		addrset_lookup(&set, &ip, expects[i].port, &verdict);
		if (verdict.allow == wanted && !verdict.deny && !verdict.loud &&
		    rule == first)
			continue;
		print_error("%s port %u: 0x%llx by rule %d, not 0x%llx\n",
			    expects[i].address, expects[i].port,
			    (unsigned long long)verdict.allow, (int)rule,
			    (unsigned long long)wanted);
		wrong++;
	}
	addrset_destroy(&set);
	assert_int_equal(wrong, 0);
}

#define CHECK(entries, expects)                                                \
	check(entries, ARRAY_SIZE(entries), expects, ARRAY_SIZE(expects))

static void test_empty(void **state)
{
	static const struct addr_expect expects[] = {
		{ "0.0.0.0", 0, 0 },
		{ "255.255.255.255", 65535, 0 },
		{ "::", 0, 0 },
	};

	(void)state;
	check(NULL, 0, expects, ARRAY_SIZE(expects));
}

static void test_one(void **state)
{
	static const struct entry_text entries[] = {
		{ "10.1.0.0", 16, 0, 65535 },
	};
	static const struct addr_expect expects[] = {
		{ "10.1.0.0", 0, 1 },	  { "10.1.255.255", 65535, 1 },
		{ "10.0.255.255", 0, 0 }, { "10.2.0.0", 0, 0 },
		{ "0.0.0.0", 0, 0 },	  { "255.255.255.255", 0, 0 },
		{ "11.1.0.0", 0, 0 },
	};

	(void)state;
	CHECK(entries, expects);
}

static void test_nested(void **state)
{
	static const struct entry_text entries[] = {
		{ "10.0.0.0", 8, 0, 65535 },	{ "10.0.0.0", 16, 0, 65535 },
		{ "10.0.0.0", 24, 0, 65535 },	{ "10.0.0.0", 32, 0, 65535 },
		{ "10.0.0.128", 25, 0, 65535 }, { "10.9.0.0", 16, 0, 65535 },
		{ "10.9.9.9", 32, 0, 65535 },
	};
	static const struct addr_expect expects[] = {
		{ "9.255.255.255", 1, 0 }, { "10.0.0.0", 1, 15 },
		{ "10.0.0.1", 1, 7 },	   { "10.0.0.127", 1, 7 },
		{ "10.0.0.128", 1, 23 },   { "10.0.0.255", 1, 23 },
		{ "10.0.1.0", 1, 3 },	   { "10.1.0.0", 1, 1 },
		{ "10.9.9.8", 1, 33 },	   { "10.9.9.9", 1, 97 },
		{ "10.9.9.10", 1, 33 },	   { "10.255.255.255", 1, 1 },
		{ "11.0.0.0", 1, 0 },
	};

	(void)state;
	CHECK(entries, expects);
}

static void test_adjacent(void **state)
{
	static const struct entry_text entries[] = {
		{ "10.0.0.0", 25, 0, 65535 },
		{ "10.0.0.128", 25, 0, 65535 },
		{ "10.0.1.0", 24, 0, 65535 },
		{ "10.0.3.0", 24, 0, 65535 },
	};
	static const struct addr_expect expects[] = {
		{ "9.255.255.255", 1, 0 }, { "10.0.0.127", 1, 1 },
		{ "10.0.0.128", 1, 2 },	   { "10.0.0.255", 1, 2 },
		{ "10.0.1.0", 1, 4 },	   { "10.0.1.255", 1, 4 },
		{ "10.0.2.0", 1, 0 },	   { "10.0.2.255", 1, 0 },
		{ "10.0.3.0", 1, 8 },	   { "10.0.4.0", 1, 0 },
	};

	(void)state;
	CHECK(entries, expects);
}

static void test_everything(void **state)
{
	static const struct entry_text entries[] = {
		{ "0.0.0.0", 0, 0, 65535 },
		{ "0.0.0.0", 1, 0, 65535 },
		{ "128.0.0.0", 1, 0, 65535 },
		{ "0.0.0.0", 32, 0, 65535 },
		{ "255.255.255.255", 32, 0, 65535 },
	};
	static const struct addr_expect expects[] = {
		{ "0.0.0.0", 1, 11 },	     { "0.0.0.1", 1, 3 },
		{ "127.255.255.255", 1, 3 }, { "128.0.0.0", 1, 5 },
		{ "255.255.255.254", 1, 5 }, { "255.255.255.255", 1, 21 },
	};

	(void)state;
	CHECK(entries, expects);
}

/* Prefixes that end in the first half of an address, between, and behind. */
static void test_ipv6(void **state)
{
	static const struct entry_text entries[] = {
		{ "::", 0, 0, 65535 },
		{ "fdaa:0:ac::", 48, 0, 65535 },
		{ "fdaa:0:ac::", 63, 0, 65535 },
		{ "fdaa:0:ac:1::", 64, 0, 65535 },
		{ "fdaa:0:ac:1::", 65, 0, 65535 },
		{ "fdaa:0:ac:1:8000::", 65, 0, 65535 },
		{ "fdaa:0:ac:1::1", 128, 0, 65535 },
	};
	static const struct addr_expect expects[] = {
		{ "::", 1, 1 },
		{ "fdaa:0:ab:ffff:ffff:ffff:ffff:ffff", 1, 1 },
		{ "fdaa:0:ac::", 1, 7 },
		{ "fdaa:0:ac:1::", 1, 31 },
		{ "fdaa:0:ac:1::1", 1, 95 },
		{ "fdaa:0:ac:1::2", 1, 31 },
		{ "fdaa:0:ac:1:7fff:ffff:ffff:ffff", 1, 31 },
		{ "fdaa:0:ac:1:8000::", 1, 47 },
		{ "fdaa:0:ac:2::", 1, 3 },
		{ "fdaa:0:ad::", 1, 1 },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, 1 },
	};

	(void)state;
	CHECK(entries, expects);
}

static void test_ports(void **state)
{
	static const struct entry_text entries[] = {
		{ "10.0.0.0", 8, 1, 1 },     { "10.0.0.0", 8, 65535, 65535 },
		{ "10.0.0.0", 8, 80, 443 },  { "10.0.0.0", 8, 443, 8080 },
		{ "10.0.0.0", 8, 444, 444 }, { "10.0.0.0", 16, 1, 65535 },
		{ "10.0.0.0", 8, 80, 443 },  { "10.0.0.0", 8, 100, 200 },
	};
	static const struct addr_expect expects[] = {
		{ "10.1.0.0", 0, 0 },	  { "10.1.0.0", 1, 1 },
		{ "10.1.0.0", 2, 0 },	  { "10.1.0.0", 79, 0 },
		{ "10.1.0.0", 80, 68 },	  { "10.1.0.0", 99, 68 },
		{ "10.1.0.0", 100, 196 }, { "10.1.0.0", 200, 196 },
		{ "10.1.0.0", 201, 68 },  { "10.1.0.0", 442, 68 },
		{ "10.1.0.0", 443, 76 },  { "10.1.0.0", 444, 24 },
		{ "10.1.0.0", 445, 8 },	  { "10.1.0.0", 8080, 8 },
		{ "10.1.0.0", 8081, 0 },  { "10.1.0.0", 65534, 0 },
		{ "10.1.0.0", 65535, 2 }, { "10.0.0.0", 0, 0 },
		{ "10.0.0.0", 1, 33 },	  { "10.0.0.0", 65535, 34 },
		{ "11.0.0.0", 80, 0 },
	};

	(void)state;
	CHECK(entries, expects);
}

static void test_all_ports(void **state)
{
	static const struct entry_text entries[] = {
		{ "10.0.0.0", 8, 0, 65535 },
		{ "10.0.0.0", 8, 0, 0 },
		{ "10.0.0.0", 8, 65535, 65535 },
	};
	static const struct addr_expect expects[] = {
		{ "10.0.0.0", 0, 3 },
		{ "10.0.0.0", 1, 1 },
		{ "10.0.0.0", 65534, 1 },
		{ "10.0.0.0", 65535, 5 },
	};

	(void)state;
	CHECK(entries, expects);
}

/* Among entries of several prefixes, and only those that say it. */
static void test_lowest_rule(void **state)
{
	static const struct entry_text texts[] = {
		{ "0.0.0.0", 0, 0, 65535 },
		{ "10.0.0.0", 8, 0, 65535 },
		{ "10.0.0.0", 16, 0, 79 },
		{ "10.0.0.0", 16, 80, 65535 },
	};
	const struct addr_verdict deny = { .deny = 1 };
	const struct addr_verdict loud = { .loud = 1 };
	const struct addr_verdict all = { 1, 1, 1 };
	const struct addr_verdict none = { 0 };
	struct addr_entry *entries = make_entries(texts, ARRAY_SIZE(texts));
	struct ip ip = ip_of("10.0.0.1");
	struct addrset set = { 0 };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		/* The longer the prefix, the lower the rule. */
		entries[i].rule = 10 - i;
		entries[i].says.allow = 1;
	}
	entries[1].says.deny = 1;
	entries[2].says.loud = 1;
	assert_int_equal(addrset_build(&set, entries, ARRAY_SIZE(texts)), 0);
	assert_int_equal(addrset_rule(&set, &ip, 80, &all), 7);
	assert_int_equal(addrset_rule(&set, &ip, 79, &all), 8);
	assert_int_equal(addrset_rule(&set, &ip, 80, &deny), 9);
	assert_int_equal(addrset_rule(&set, &ip, 79, &loud), 8);
	assert_int_equal(addrset_rule(&set, &ip, 80, &loud), ADDRSET_NONE);
	assert_int_equal(addrset_rule(&set, &ip, 80, &none), ADDRSET_NONE);
	ip = ip_of("11.0.0.1");
	assert_int_equal(addrset_rule(&set, &ip, 80, &all), 10);
	assert_int_equal(addrset_rule(&set, &ip, 80, &deny), ADDRSET_NONE);
	addrset_destroy(&set);
}

/* What was there before stays: several sets can be asked in turn. */
static void test_verdict_is_added_to(void **state)
{
	static const struct entry_text texts[] = { { "10.0.0.0", 8, 0,
						     65535 } };
	struct addr_verdict verdict = { 2, 4, 8 };
	struct ip ip = ip_of("10.0.0.1");
	struct addrset set = { 0 };

	(void)state;
	assert_int_equal(addrset_build(&set, make_entries(texts, 1), 1), 0);
	addrset_lookup(&set, &ip, 80, &verdict);
	assert_true(verdict.allow == 3 && verdict.deny == 4 &&
		    verdict.loud == 8);
	addrset_destroy(&set);
}

/* @count ranges, each inside the one before: count * count steps. */
static int build_overlapping(u32 count)
{
	struct addr_entry *entries = calloc(count, sizeof(*entries));
	struct addrset set = { 0 };
	u32 i;
	int ret;

	assert_non_null(entries);
	for (i = 0; i < count; i++) {
		entries[i].first = i + 1;
		entries[i].last = 65534 - i;
		entries[i].says.allow = 1;
	}
	ret = addrset_build(&set, entries, count);
	addrset_destroy(&set);
	return ret;
}

static void test_work_is_bounded(void **state)
{
	(void)state;
	assert_int_equal(ADDRSET_WORK_MAX, 4096 * 4096);
	assert_int_equal(build_overlapping(4096), 0);
	assert_int_equal(build_overlapping(4097), -E2BIG);
}

static void test_no_memory(void **state)
{
	static const struct entry_text texts[] = { { "10.0.0.0", 8, 1, 2 },
						   { "10.0.0.0", 9, 1, 2 } };
	size_t before = fault_memory_in_use();
	unsigned int n = 0;
	bool failed;

	(void)state;
	do {
		struct addr_entry *entries = make_entries(texts, 2);
		struct addrset set = { 0 };
		int ret;

		fault_after(n++);
		ret = addrset_build(&set, entries, 2);
		failed = fault_disarm();
		assert_int_equal(ret, failed ? -ENOMEM : 0);
		addrset_destroy(&set);
		assert_int_equal(fault_memory_in_use(), before);
	} while (failed);
	/* Prefixes, their keys, spans, and where ranges are cut. */
	assert_int_equal(n, 5);
}

static void test_mask(void **state)
{
	const struct ip all = { ~0ULL, ~0ULL };
	u32 len;

	(void)state;
	for (len = 0; len <= 128; len++) {
		struct ip ip = ip_mask(all, len);

		assert_int_equal(__builtin_popcountll(ip.high) +
					 __builtin_popcountll(ip.low),
				 len);
		assert_int_equal(ip.high ? __builtin_ctzll(ip.high) : 64,
				 len < 64 ? 64 - len : 0);
		assert_int_equal(ip.low ? __builtin_ctzll(ip.low) : 64,
				 len > 64 ? 128 - len : 64);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_adjacent),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_all_ports),
		cmocka_unit_test(test_lowest_rule),
		cmocka_unit_test(test_verdict_is_added_to),
		cmocka_unit_test(test_work_is_bounded),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests_name("addrset", tests, NULL, NULL);
}
