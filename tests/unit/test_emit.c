// SPDX-License-Identifier: GPL-2.0
/*
 * Policies written out: how that looks, and that it means the same.  The
 * latter is tried on every good policy of the other tests as well, by
 * input_good().
 */
#include "support.h"

#include <dirent.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "emit.h"

static void test_layout(void **state)
{
	static const char text[] =
		"version: 1\n"
		"tenants:\n"
		"  b:\n"
		"    guard: {allow: [bpf, userns]}\n"
		"    mode: audit\n"
		"    revoke: true\n"
		"    socket:\n"
		"      rules:\n"
		"        - {deny: all, proto: any, addr: '::1', log: never}\n"
		"        - {allow: all, family: 16, protocol: [0, 31]}\n"
		"        - {allow: all, cid: host}\n"
		"        - {allow: all, abstract: 'x', path: [/a, '/*'], log: always}\n"
		"        - {deny: [create, listen], family: [63, unix], type: [raw, stream]}\n"
		"      default: allow\n"
		"    file: {default: deny, rules: [{allow: all, path: '/a b'}]}\n"
		"    select: [uid: 7-7, uid: 8-9, cgroup: '/{a,b}']\n"
		"    setup: memfd:x\n"
		"    events: {self: true, burst: 9, rate: 5}\n"
		"  a:\n"
		"    select: [uid: 1]\n"
		"    events: {rate: 1}\n"
		"    file: {default: allow}\n"
		"    socket:\n"
		"      default: deny\n"
		"      rules: [{allow: connect, peer: self, proto: tcp}]\n";
	static const char expected[] =
		"version: 1\n"
		"tenants:\n"
		"  b:\n"
		"    select:\n"
		"    - uid: 7\n"
		"    - uid: 8-9\n"
		"    - cgroup: /{a,b}\n"
		"    setup: memfd:x\n"
		"    mode: audit\n"
		"    revoke: true\n"
		"    events:\n"
		"      rate: 5\n"
		"      burst: 9\n"
		"      self: true\n"
		"    file:\n"
		"      default: deny\n"
		"      rules:\n"
		"      - allow: [read, write, exec, map, create, delete, setattr, ioctl]\n"
		"        path: /a b\n"
		"    socket:\n"
		"      default: allow\n"
		"      rules:\n"
		"      - deny: [bind, listen, connect, accept, receive]\n"
		"        addr: ::1\n"
		"        log: never\n"
		"      - allow: [create, bind, listen, connect]\n"
		"        family: netlink\n"
		"        protocol: [route, 31]\n"
		"      - allow: [bind, listen, connect]\n"
		"        cid: 2\n"
		"      - allow: [bind, listen, connect]\n"
		"        path:\n"
		"        - /a\n"
		"        - /*\n"
		"        abstract: x\n"
		"        log: always\n"
		"      - deny: [create, listen]\n"
		"        family: [unix, 63]\n"
		"        type: [stream, raw]\n"
		"    guard:\n"
		"      allow: [userns, bpf]\n"
		"  a:\n"
		"    select:\n"
		"    - uid: 1\n"
		"    mode: enforce\n"
		"    events:\n"
		"      rate: 1\n"
		"    file:\n"
		"      default: allow\n"
		"    socket:\n"
		"      default: deny\n"
		"      rules:\n"
		"      - allow: connect\n"
		"        proto: tcp\n"
		"        peer: self\n";
	struct input input;
	char *found;

	(void)state;
	input_good(&input, text);
	found = expand(&input.policy);
	assert_string_equal(found, expected);
	free(found);
	input_clear(&input);
}

/**
 * struct example - a policy that stands for nothing but a text
 * @selector: its selector
 * @pattern: its pattern, an abstract name
 * @rule: its rule
 * @tenant: its tenant
 * @policy: the policy
 */
struct example {
	struct selector selector;
	struct pattern pattern;
	struct policy_rule rule;
	struct policy_tenant tenant;
	struct policy policy;
};

static void make_example(struct example *example, const char *text)
{
	memset(example, 0, sizeof(*example));
	example->pattern.text = alloc_text(text, strlen(text));
	example->pattern.abstract = true;
	example->rule.class = CORDON_CLASS_SOCKET;
	example->rule.action = CORDON_ACTION_ALLOW;
	example->rule.ops = CORDON_SOCKET_OP_BIND;
	example->rule.patterns = &example->pattern;
	example->rule.pattern_count = 1;
	example->tenant.name = alloc_text("a", 1);
	example->tenant.mode = CORDON_MODE_ENFORCE;
	example->tenant.socket_default = CORDON_ACTION_DENY;
	example->tenant.selectors = &example->selector;
	example->tenant.selector_count = 1;
	example->tenant.rules = &example->rule;
	example->tenant.rule_count = 1;
	example->policy.tenants = &example->tenant;
	example->policy.count = 1;
}

static void drop_example(struct example *example)
{
	free(example->pattern.text);
	free(example->tenant.name);
}

/* What YAML gives a meaning to, what it cannot show, and what it folds. */
static const char *const odd_texts[] = {
	"*",
	"?",
	"-",
	"- a",
	"#a",
	"a #b",
	"a: b",
	"a:",
	":",
	"!a",
	"&a",
	"%a",
	"@a",
	"`a",
	"'",
	"''a",
	"\"",
	"\\\\",
	",",
	"{a,b}",
	"[a]",
	"|",
	">",
	"~",
	"null",
	"true",
	"1",
	"0123",
	"0x1",
	"0o17",
	"0b1",
	"1_000",
	"1:30",
	"1.5",
	".5",
	"1e3",
	"-1",
	"+.inf",
	".NaN",
	"no",
	"Yes",
	"ON",
	"y",
	"Null",
	"=",
	"<<",
	"2024-01-01",
	"2024-01-01T10:00:00Z",
	"2024-01-01 10:00:00.5 +1",
	"10.0.0.1",
	"1:2:3:4:5:6:7:8",
	"\u0444\u0430\u0439\u043b",
	"---",
	"...",
	"--- a",
	" a",
	"a ",
	"  ",
	"a  b",
	"\t",
	"a\tb",
	"\n",
	"a\nb",
	"\na",
	"a\n",
	"a \x0a b",
	"a\n\nb",
	"a\n b",
	"\r\n",
	"\x01",
	"\x7f",
	"\u00e9",
	"\xc2\x85",
	"\u2028",
	"\u202e",
	"\ufeff",
	"\U0001f512",
	"a b c d e f g h i j k l m n o p q r s t u v w "
	"x y z a b c d e f g h i j k l m n o p q r s t u v w x y z",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
	"b     c d e f g h i j k l m n o p q r s t u v",
};

static void test_quotes(void **state)
{
	struct example example;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(odd_texts); i++) {
		make_example(&example, odd_texts[i]);
		expect_expanded(&example.policy);
		drop_example(&example);
	}
}

/* The text as another reader of YAML understands it, which writes JSON. */
static struct json_object *other_reader(const char *text)
{
	static const char program[] =
		"/usr/bin/python3 -c '"
		"import json, sys, yaml\n"
		"json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)' ";
	char *command = alloc_printf("%s %s", program, "/dev/fd/3 3<<\"E\"\n");
	char *whole = alloc_printf("%s%sE\n", command, text);
	struct json_object *object;
	FILE *in = popen(whole, "r");

	assert_non_null(in);
	object = json_object_from_fd(fileno(in));
	assert_int_equal(pclose(in), 0);
	free(command);
	free(whole);
	return object;
}

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = json_object_object_get(object, key);

	assert_non_null(value);
	return value;
}

static void expect_words(struct json_object *value, const char *expected)
{
	assert_int_equal(json_object_get_type(value), json_type_string);
	assert_string_equal(json_object_get_string(value), expected);
}

static struct json_object *rule_of(struct json_object *root, const char *tenant)
{
	struct json_object *section =
		member(member(member(root, "tenants"), tenant), "socket");

	return json_object_array_get_idx(member(section, "rules"), 0);
}

/* Names, patterns and addresses are text to other readers as well. */
static void test_other_reader(void **state)
{
	static const char *const names[] = { "0123",	  "0x10", "no",
					     "null",	  "yes",  "123",
					     "2024-01-01" };
	struct pattern patterns[ARRAY_SIZE(odd_texts)] = { 0 };
	struct policy_tenant tenants[ARRAY_SIZE(names)];
	struct address address = { .len = 16, .prefix_len = 128 };
	struct json_object *root;
	struct json_object *rule;
	struct example example;
	char *text;
	size_t i;

	(void)state;
	make_example(&example, "a");
	for (i = 0; i < ARRAY_SIZE(odd_texts); i++) {
		patterns[i].text = (char *)odd_texts[i];
		patterns[i].abstract = true;
	}
	for (i = 0; i < 16; i++)
		address.ip[i] = i % 2;
	example.rule.patterns = patterns;
	example.rule.pattern_count = ARRAY_SIZE(patterns);
	example.rule.addresses = &address;
	example.rule.address_count = 1;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		tenants[i] = example.tenant;
		tenants[i].name = (char *)names[i];
	}
	example.policy.tenants = tenants;
	example.policy.count = ARRAY_SIZE(tenants);
	text = expand(&example.policy);
	root = other_reader(text);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		rule = rule_of(root, names[i]);
		expect_words(member(rule, "addr"), "1:1:1:1:1:1:1:1");
	}
	rule = member(rule_of(root, names[0]), "abstract");
	for (i = 0; i < ARRAY_SIZE(odd_texts); i++)
		expect_words(json_object_array_get_idx(rule, i), odd_texts[i]);
	json_object_put(root);
	free(text);
	drop_example(&example);
}

/* The kernel may have been given any bytes; they must not turn into others. */
static void test_not_text(void **state)
{
	static const char *const texts[] = { "\xff", "a\xc3(", "\xed\xa0\x80" };
	struct example example;
	char *text = NULL;
	size_t len;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		FILE *out = open_memstream(&text, &len);

		make_example(&example, texts[i]);
		assert_false(emit_policy(&example.policy, out));
		drop_example(&example);
		fclose(out);
		free(text);
	}
}

static void test_no_room(void **state)
{
	struct example example;
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(out);
	setvbuf(out, NULL, _IONBF, 0);
	make_example(&example, "a");
	assert_false(emit_policy(&example.policy, out));
	drop_example(&example);
	fclose(out);
}

/* Whether the file is a good policy; if so it is written out and compared. */
static bool is_good(const char *folder, const char *name)
{
	char *path = alloc_printf("%s/%s/%s", TOP_DIR, folder, name);
	struct input input;
	bool good;

	input_read(&input, &path, 1);
	good = !input.diag.errors;
	if (good)
		expect_expanded(&input.policy);
	input_clear(&input);
	free(path);
	return good;
}

static int is_policy(const struct dirent *entry)
{
	return !!strstr(entry->d_name, ".yaml");
}

/* Of all policies in a folder, those that have errors, each with a blank. */
static char *bad_ones(const char *folder)
{
	char *path = alloc_printf("%s/%s", TOP_DIR, folder);
	char *bad = alloc_text("", 0);
	struct dirent **entries;
	int count = scandir(path, &entries, is_policy, alphasort);
	int i;

	assert_true(count > 0);
	for (i = 0; i < count; i++) {
		char *longer = alloc_printf("%s%s ", bad, entries[i]->d_name);

		if (is_good(folder, entries[i]->d_name)) {
			free(longer);
		} else {
			free(bad);
			bad = longer;
		}
		free(entries[i]);
	}
	free(entries);
	free(path);
	return bad;
}

static void expect_folder(const char *folder, const char *expected)
{
	char *bad = bad_ones(folder);

	assert_string_equal(bad, expected);
	free(bad);
}

/* Each example passes the check. */
static void test_examples(void **state)
{
	(void)state;
	expect_folder("ctl/examples", "");
}

static void test_files(void **state)
{
	(void)state;
	expect_folder("tests/fuzz/corpus/yaml", "flow.yaml wrong.yaml ");
	expect_folder("tests/demo", "");
	expect_folder("tests/functional", "");
}

/**
 * struct letters - a path and how it is written out
 * @path: the path
 * @written: in which way, as a part of the file
 */
struct letters {
	const char *path;
	const char *written;
};

/* Letters of any language can be read; what fools terminals is escaped. */
static void test_letters(void **state)
{
	static const struct letters cases[] = {
		{ "/caf\u00e9", "        abstract: /caf\u00e9\n" },
		{ "/\u0444\u0430\u0439\u043b",
		  "        abstract: /\u0444\u0430\u0439\u043b\n" },
		{ "/\xc2\x9b", "        abstract: \"/\\x9B\"\n" },
		{ "/\u202e\u00e9", "        abstract: \"/\\u202E\\xE9\"\n" },
		{ "/\u2066", "        abstract: \"/\\u2066\"\n" },
		{ "/\u2028", "        abstract: \"/\\L\"\n" },
		{ "/\x1b[2J\u00e9", "        abstract: \"/\\e[2J\u00e9\"\n" },
		{ "/\\\x7f", "        abstract: \"/\\\\\\x7F\"\n" },
	};
	struct example example;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		char *text;

		make_example(&example, cases[i].path);
		text = expand(&example.policy);
		if (!strstr(text, cases[i].written))
			print_error("%s", text);
		assert_non_null(strstr(text, cases[i].written));
		free(text);
		drop_example(&example);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_other_reader),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_not_text),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
