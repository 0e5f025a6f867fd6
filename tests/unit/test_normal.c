// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel has, written out as a file: here the kernel is played by
 * encoding a policy, decoding it again and filling in what the module fills in.
 */
#include "support.h"

#include <dirent.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alike.h"
#include "alloc.h"
#include "compare.h"
#include "decode.h"
#include "encode.h"
#include "normal.h"
#include "reload.h"
#include "yaml.h"

static void echo_rules(const struct policy_tenant *from,
		       struct policy_tenant *tenant)
{
	struct rule_cursor cursor = { 0 };
	struct nl_msg *message;

	while ((message = encode_rules(1, from, &cursor))) {
		assert_int_equal(decode_rules(nlmsg_hdr(message), tenant), 0);
		nlmsg_free(message);
	}
}

static void echo_tenant(const struct policy_tenant *from,
			struct policy_tenant *tenant)
{
	struct nl_msg *message = encode_tenant(1, from);
	struct tenant_state state;

	assert_int_equal(decode_tenant(nlmsg_hdr(message), &state), 0);
	nlmsg_free(message);
	*tenant = state.tenant;
	if (!tenant->event_rate)
		tenant->event_rate = CORDON_EVENT_RATE_DEFAULT;
	if (!tenant->event_burst)
		tenant->event_burst = CORDON_EVENT_BURST_DEFAULT;
	if (!from->has_guard && !from->file_default)
		tenant->guard_allow = names_enforced(names_guard_op);
	echo_rules(from, tenant);
}

/* What the kernel gives back; it keeps tenants by name, newest draft first. */
static void echo(const struct policy *from, struct policy *policy)
{
	size_t i;

	memset(policy, 0, sizeof(*policy));
	for (i = from->count; i; i--)
		echo_tenant(&from->tenants[i - 1],
			    array_push(policy->tenants, policy->count));
}

static char *text_and(const struct policy *policy, bool *exact)
{
	char *why = NULL;
	char *text = reload_text(policy, exact, &why);

	if (!text)
		print_error("%s\n", why);
	assert_non_null(text);
	assert_null(why);
	return text;
}

static char *text_of(const struct policy *policy)
{
	bool exact;

	return text_and(policy, &exact);
}

static size_t changes(const struct policy *before, const struct policy *after)
{
	struct policy a = normal_policy(before);
	struct policy b = normal_policy(after);
	struct comparison comparison;
	size_t count;

	assert_null(compare_policies(&comparison, &a, &b));
	count = comparison.changes;
	compare_clear(&comparison);
	normal_free(&a);
	normal_free(&b);
	return count;
}

/* Shown and loaded again, the kernel has the same rules in the same order. */
static void expect_reloads(const struct policy *kernel, const char *text)
{
	struct policy again;
	struct policy sorted;
	struct policy expected;
	struct input input;

	input_from_text(&input, text);
	assert_int_equal(input.diag.errors, 0);
	echo(&input.policy, &again);
	sorted = normal_policy(&again);
	expected = normal_policy(kernel);
	assert_string_equal(policy_difference(&sorted, &expected) ?: "none",
			    "none");
	assert_int_equal(model_rule_count(&again), model_rule_count(kernel));
	normal_free(&sorted);
	normal_free(&expected);
	policy_clear(&again);
	input_clear(&input);
}

static void expect_round_trip(const struct policy *policy)
{
	struct policy kernel;
	bool exact = false;
	char *shown;
	char *expanded;

	echo(policy, &kernel);
	shown = text_and(&kernel, &exact);
	assert_true(exact);
	expanded = text_of(policy);
	assert_string_equal(shown, expanded);
	assert_int_equal(changes(&kernel, policy), 0);
	expect_reloads(&kernel, shown);
	free(shown);
	free(expanded);
	policy_clear(&kernel);
}

static void expect_text(const char *text)
{
	struct input input;

	input_good(&input, text);
	expect_round_trip(&input.policy);
	input_clear(&input);
}

#define SELECT "    select: [uid: 1]\n"

static void test_defaults(void **state)
{
	static const char *const bodies[] = {
		"    file: {default: deny}\n",
		"    socket: {default: deny}\n",
		"    file: {default: deny}\n    guard: {allow: all}\n",
		"    socket: {default: deny}\n    guard: {allow: all}\n",
		"    socket: {default: deny}\n    guard: {allow: mount}\n",
		"    guard: {allow: mount}\n",
		"    file: {default: deny}\n    events: {rate: 100}\n",
		"    file: {default: deny}\n    events: {burst: 1000}\n",
		"    file: {default: deny}\n    events: {rate: 99, burst: 999}\n",
		"    file: {default: deny}\n    events: {self: true}\n",
		"    file: {default: deny}\n    revoke: true\n    mode: audit\n",
		"    file: {default: deny}\n    setup: [/a, 'memfd:*']\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bodies); i++) {
		char *text = alloc_printf("version: 1\ntenants:\n  b:\n" SELECT
					  "%s  a:\n" SELECT
					  "    file: {default: allow}\n",
					  bodies[i]);
		struct input input;

		/* Not input_good(): both select the same uid, and a warning. */
		input_from_text(&input, text);
		assert_int_equal(input.diag.errors, 0);
		expect_round_trip(&input.policy);
		input_clear(&input);
		free(text);
	}
}

/* Sections may stand in any order; rules of a network are among the others. */
static void test_order(void **state)
{
	static const char other[] = HEAD
		"    file: {default: deny, rules: [{allow: read, path: /a}]}\n"
		"    socket:\n"
		"      default: deny\n"
		"      rules: [{allow: bind, port: 1}]\n";
	static const char text[] = HEAD
		"    socket:\n"
		"      default: deny\n"
		"      rules: [{allow: bind, port: 1}]\n"
		"    file: {default: deny, rules: [{allow: read, path: /a}]}\n";
	static const char among[] = HEAD
		"    network: 'fdaa::/48'\n"
		"    file: {default: deny, rules: [{allow: read, path: /a}]}\n"
		"    socket: {rules: [{allow: bind, path: /s}]}\n";
	struct input a;
	struct input b;

	(void)state;
	input_good(&a, text);
	input_good(&b, other);
	assert_int_equal(a.policy.tenants[0].rules[0].class, CORDON_CLASS_FILE);
	assert_int_equal(changes(&a.policy, &b.policy), 0);
	input_clear(&a);
	input_clear(&b);
	expect_text(among);
}

static char *many(const char *head, const char *each, const char *tail)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int i;

	fputs(head, out);
	for (i = 1; i <= 900; i++) {
		fputs(i > 1 ? ", " : "", out);
		fprintf(out, each, i);
	}
	fputs(tail, out);
	fclose(out);
	return text;
}

/* The name of a file takes room in messages, but must not change rules. */
static void expect_text_of_any_name(const char *text)
{
	char name[201];
	struct policy kernel;
	struct input longer;
	struct input input;

	memset(name, 'n', 200);
	name[200] = '\0';
	input_good(&input, text);
	input_from_bytes(&longer, name, text, strlen(text));
	assert_int_equal(longer.diag.errors, 0);
	expect_round_trip(&input.policy);
	expect_round_trip(&longer.policy);
	echo(&longer.policy, &kernel);
	assert_int_equal(changes(&kernel, &input.policy), 0);
	policy_clear(&kernel);
	input_clear(&longer);
	input_clear(&input);
}

/* Rules that are cut in portions on their way, from whichever line they are. */
static void test_long_rules(void **state)
{
	char *paths = many(FILE_HEAD "        - {deny: read, path: [",
			   "'/some/rather/long/path/number/%i/**'", "]}\n");
	char *ports =
		many(SOCKET_HEAD
		     "        - {allow: connect, proto: tcp, addr: [10.0.0.0/8, '::1'], port: [",
		     "%i", "]}\n");
	char *names =
		many(SOCKET_HEAD
		     "        - {allow: bind, path: [/a, /b], abstract: [",
		     "'name of a socket number %i'", "]}\n");

	(void)state;
	expect_text_of_any_name(paths);
	expect_text_of_any_name(ports);
	expect_text_of_any_name(names);
	free(paths);
	free(ports);
	free(names);
}

static int is_policy(const struct dirent *entry)
{
	return !!strstr(entry->d_name, ".yaml");
}

/* All policies that come with the project and have no errors. */
static void test_files(void **state)
{
	static const char *const folders[] = { "ctl/examples", "tests/demo",
					       "tests/functional",
					       "tests/fuzz/corpus/yaml" };
	size_t good = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(folders); i++) {
		char *folder = alloc_printf("%s/%s", TOP_DIR, folders[i]);
		struct dirent **entries;
		int count = scandir(folder, &entries, is_policy, alphasort);

		while (count-- > 0) {
			char *path = alloc_printf("%s/%s", folder,
						  entries[count]->d_name);
			struct input input;

			input_read(&input, &path, 1);
			if (!input.diag.errors) {
				expect_round_trip(&input.policy);
				good++;
			}
			input_clear(&input);
			free(path);
			free(entries[count]);
		}
		free(entries);
		free(folder);
	}
	assert_true(good >= 8);
}

static void expect_inexact(const struct policy *kernel)
{
	bool exact = true;
	char *text = text_and(kernel, &exact);

	assert_false(exact);
	free(text);
}

/* What others may load as no policy file does, though it means the same. */
static void test_other_digest(void **state)
{
	static const char text[] = HEAD
		"    file: {default: deny, rules: [{allow: read, path: /a}]}\n"
		"    socket:\n"
		"      default: deny\n"
		"      rules: [{allow: connect, proto: [tcp, udp], addr: '::1'}]\n";
	struct policy_rule rule;
	struct policy kernel;
	struct input input;
	char *paths = many(FILE_HEAD "        - {deny: read, path: [",
			   "'/some/rather/long/path/of/number/%i/**'", "]}\n");

	(void)state;
	input_good(&input, text);
	echo(&input.policy, &kernel);
	rule = kernel.tenants[0].rules[0];
	kernel.tenants[0].rules[0] = kernel.tenants[0].rules[1];
	kernel.tenants[0].rules[1] = rule;
	expect_inexact(&kernel);
	kernel.tenants[0].rules[1] = kernel.tenants[0].rules[0];
	kernel.tenants[0].rules[0] = rule;
	free(text_of(&kernel));
	kernel.tenants[0].rules[1].protos = __CORDON_PROTO_LAST - 1;
	expect_inexact(&kernel);
	policy_clear(&kernel);
	input_clear(&input);
	/* As it is in the file, it was not cut. */
	input_good(&input, paths);
	expect_inexact(&input.policy);
	input_clear(&input);
	free(paths);
}

/* What others may load and no policy file can say is not shown as one. */
static void test_not_a_file(void **state)
{
	struct selector selector = { .uid_first = 1, .uid_last = 1 };
	struct policy_tenant tenant = {
		.name = (char *)"a",
		.origin = (char *)"x",
		.mode = CORDON_MODE_ENFORCE,
		.socket_default = CORDON_ACTION_DENY,
		.has_guard = true,
		.selectors = &selector,
		.selector_count = 1,
	};
	const struct policy policy = { &tenant, 1 };
	char *why = NULL;
	bool exact;

	(void)state;
	assert_null(reload_text(&policy, &exact, &why));
	assert_non_null(strstr(why, "tenant 'a': "));
	assert_non_null(strstr(why, "'allow' is an empty list"));
	free(why);
	tenant.guard_allow = CORDON_GUARD_OP_MOUNT;
	selector.cgroup = (char *)"/\xff";
	assert_null(reload_text(&policy, &exact, &why));
	assert_string_equal(why, "tenant 'a': it has texts that are not UTF-8");
	free(why);
	selector.cgroup = NULL;
	tenant.unknown = true;
	assert_null(reload_text(&policy, &exact, &why));
	assert_non_null(strstr(why, "tenant 'a': the module knows more of it"));
	free(why);
	tenant.unknown = false;
	tenant.mode = 9;
	assert_null(reload_text(&policy, &exact, &why));
	assert_non_null(strstr(why, "unknown mode '9'"));
	free(why);
}

/* Two tenants with the same rules, each of which alone is not too much. */
static void expect_too_big(struct policy_rule *rules, size_t count,
			   const char *expected)
{
	struct selector selector = { .uid_first = 1, .uid_last = 1 };
	const struct policy_tenant tenant = {
		.origin = (char *)"x",
		.mode = CORDON_MODE_ENFORCE,
		.file_default = CORDON_ACTION_DENY,
		.socket_default = CORDON_ACTION_DENY,
		.selectors = &selector,
		.selector_count = 1,
		.rules = rules,
		.rule_count = count,
	};
	struct policy_tenant tenants[] = { tenant, tenant };
	const struct policy both = { tenants, 2 };
	char *why = NULL;
	bool exact;

	tenants[0].name = (char *)"a";
	tenants[1].name = (char *)"b";
	assert_null(reload_text(&both, &exact, &why));
	assert_string_equal(why, expected);
	free(why);
}

/* Files that were loaded together need not fit one. */
static void test_too_many_bytes(void **state)
{
	struct policy_rule rule = {
		.origin = (char *)"x",
		.class = CORDON_CLASS_FILE,
		.action = CORDON_ACTION_ALLOW,
		.ops = CORDON_FILE_OP_READ,
	};
	char *rest = alloc_text("", 0);
	size_t i;

	(void)state;
	while (strlen(rest) < 3800) {
		char *longer = alloc_printf("%s/%0250i", rest, 1);

		free(rest);
		rest = longer;
	}
	for (i = 0; i < 3000; i++)
		array_push(rule.patterns, rule.pattern_count)->text =
			alloc_printf("/%zu%s", i, rest);
	expect_too_big(&rule, 1,
		       "it takes more than the 16 MiB of a file; name fewer tenants");
	for (i = 0; i < rule.pattern_count; i++)
		free(rule.patterns[i].text);
	free(rule.patterns);
	free(rest);
}

static void test_too_many_values(void **state)
{
	struct pattern pattern = { .text = (char *)"/a" };
	const struct policy_rule rule = {
		.origin = (char *)"x",
		.class = CORDON_CLASS_FILE,
		.action = CORDON_ACTION_ALLOW,
		.ops = names_enforced(names_file_op),
		.patterns = &pattern,
		.pattern_count = 1,
	};
	const size_t values = 4 + __builtin_popcount(rule.ops);
	struct policy_rule *rules = NULL;
	size_t count = 0;

	(void)state;
	while (count < YAML_NODES_MAX / 2 / values)
		*array_push(rules, count) = rule;
	expect_too_big(rules, count,
		       "more than 2000000 values in one file; name fewer tenants");
	free(rules);
}

static void test_nothing(void **state)
{
	const struct policy nothing = { 0 };
	char *text = text_of(&nothing);

	(void)state;
	assert_string_equal(text, "version: 1\ntenants: {}\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_long_rules),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_not_a_file),
		cmocka_unit_test(test_other_digest),
		cmocka_unit_test(test_too_many_bytes),
		cmocka_unit_test(test_too_many_values),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests_name("normal", tests, NULL, NULL);
}
