// SPDX-License-Identifier: GPL-2.0
/*
 * Random socket rules and addresses: the evaluator against the oracle.
 *
 * CORDON_COMPARISONS says how many (one is an address and a port, with all
 * operations and protocols), and CORDON_SEED which.
 */
#include "support.h"

#include <inttypes.h>
#include <string.h>

#include "case_addr.h"
#include "reduce.h"

#define QUERIES_PER_CASE 200

/**
 * struct tally - what was met
 * @compared: comparisons
 * @matched: those that some rule was about
 * @mapped: those with an IPv4-mapped address
 * @nested: prefixes that are inside others
 * @nets: prefixes
 */
struct tally {
	uint64_t compared;
	uint64_t matched;
	uint64_t mapped;
	uint64_t nested;
	uint64_t nets;
};

static struct tally tally;
static uint64_t seed;

static void count_query(const struct addr_case *a_case)
{
	struct addr_query query = a_case->query;
	unsigned int i;

	query.op = CORDON_SOCKET_OP_CONNECT;
	query.proto = CORDON_PROTO_TCP;
	tally.compared++;
	tally.mapped +=
		query.len == 16 &&
		!memcmp(query.bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	for (i = 0; i < a_case->count; i++) {
		if (oracle_rule_matches(&a_case->rules[i], &query)) {
			tally.matched++;
			break;
		}
	}
}

static void count_nets(const struct addrset *set)
{
	u32 i;

	tally.nets += set->net_count;
	for (i = 0; i < set->net_count; i++)
		tally.nested += !!set->nets[i].parent;
}

static void report(struct addr_case *a_case)
{
	struct ruleset set;

	reduce(a_case, sizeof(*a_case), addr_case_simpler, addr_case_fails);
	addr_case_compile(a_case, &set);
	print_error("evaluator and oracle disagree: %s\n",
		    addr_case_compare(a_case, &set));
	ruleset_destroy(&set);
	addr_case_print(a_case, stderr);
}

/* Returns false, with the query in the case, where they disagree. */
static bool compare_queries(struct addr_case *a_case, struct ruleset *set,
			    struct random *random)
{
	unsigned int i;

	for (i = 0; i < QUERIES_PER_CASE; i++) {
		addr_case_random_query(a_case, random);
		if (addr_case_compare(a_case, set))
			return false;
		count_query(a_case);
	}
	count_nets(&set->sockets[WHOSE_ANY].nets[IP_V4]);
	count_nets(&set->sockets[WHOSE_ANY].nets[IP_V6]);
	return true;
}

static bool compare_rules(struct addr_case *a_case, uint64_t number)
{
	struct ruleset set;
	struct random random;
	bool agreed = false;
	int ret;

	random_seed(&random, seed, number);
	addr_case_random_rules(a_case, &random);
	ret = addr_case_compile(a_case, &set);
	if (!ret)
		agreed = compare_queries(a_case, &set, &random);
	ruleset_destroy(&set);
	assert_int_equal(ret, 0);
	if (!agreed)
		report(a_case);
	return agreed;
}

/* That the cases are the ones that matter is part of the test. */
static void check_tally(uint64_t wanted)
{
	print_message("oracle_addr: %" PRIu64 " comparisons, %" PRIu64
		      " matched, %" PRIu64 " mapped; %" PRIu64
		      " prefixes, %" PRIu64 " nested; seed %" PRIu64 "\n",
		      tally.compared, tally.matched, tally.mapped, tally.nets,
		      tally.nested, seed);
	assert_true(tally.compared >= wanted);
	assert_in_range(tally.matched * 100 / tally.compared, 30, 80);
	assert_in_range(tally.mapped * 100 / tally.compared, 3, 30);
	assert_in_range(tally.nested * 100 / tally.nets, 30, 95);
}

static void test_addresses(void **state)
{
	uint64_t wanted = random_from_env("CORDON_COMPARISONS", 1000000);
	struct addr_case a_case;
	uint64_t number = 0;
	bool agreed = true;

	(void)state;
	seed = random_from_env("CORDON_SEED", 1);
	while (agreed && tally.compared < wanted)
		agreed = compare_rules(&a_case, number++);
	if (!agreed)
		fail_msg("seed %" PRIu64 ", rule set %" PRIu64, seed,
			 number - 1);
	check_tally(wanted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests_name("oracle_addr", tests, NULL, NULL);
}
