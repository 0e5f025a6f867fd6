// SPDX-License-Identifier: GPL-2.0
/* What people write about an act, and what programs do, and what is made of it. */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "asker.h"
#include "names.h"

/**
 * struct asked - words, and the act that they mean
 * @op: the operations
 * @object: the object
 * @shown: the object as it is shown, or what is wrong
 */
struct asked {
	const char *op;
	const char *object;
	const char *shown;
};

/* The object as it is understood, or why it is not; the caller frees it. */
static char *understand(const char *op, const char *object)
{
	struct question question = { .tenant = alloc_text("acme", 4) };
	struct query query;
	struct ops ops;
	const char *wrong;
	char *why = NULL;
	char *text;

	if (!ops_parse(&ops, op, object, &why)) {
		text = why;
		goto out;
	}
	question.act.class = ops.class;
	question.act.op = ops.flags & -ops.flags;
	if (!object_parse(&question, object, &why)) {
		text = why;
		goto out;
	}
	if (query_make(&query, &question.act, &wrong))
		text = alloc_text(wrong, strlen(wrong));
	else
		text = question_object(&question);
	query_clear(&query);
out:
	question_clear(&question);
	return text;
}

static void expect_shown(const struct asked *asked, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		char *text = understand(asked[i].op, asked[i].object);

		if (strcmp(text, asked[i].shown))
			fail_msg("%s %s: %s, not %s", asked[i].op,
				 asked[i].object, text, asked[i].shown);
		free(text);
	}
}

#define EXPECT_SHOWN(table)                                                    \
	expect_shown(table, sizeof(table) / sizeof((table)[0]))

static const struct asked good[] = {
	{ "read", "/no/such/f", "/no/such/f" },
	{ "read", "//no/./such/", "/no/such" },
	{ "read", "/", "/" },
	{ "read,write", "/no/a b", "/no/a b" },
	{ "read", "/no/\\x5c", "/no/\\x5c" },
	{ "read", "/no/\\xff", "/no/\\xff" },
	{ "exec", "memfd:x", "memfd:x" },
	{ "create", "/no/f", "/no/f" },
	{ "create", "tcp", "inet tcp" },
	{ "create", "inet6 udp", "inet6 udp" },
	{ "create", "inet raw icmp", "inet raw icmp" },
	{ "create", "netlink route", "netlink raw route" },
	{ "create", "netlink dgram 9", "netlink dgram audit" },
	{ "create", "alg seqpacket", "alg seqpacket" },
	{ "create", "packet raw", "packet raw" },
	{ "connect", "tcp 10.0.0.1:443", "inet tcp 10.0.0.1:443" },
	{ "connect", "inet tcp 10.0.0.1:443 from 10.0.0.2:5",
	  "inet tcp 10.0.0.1:443" },
	{ "connect", "tcp [2001:db8::1]:443", "inet6 tcp [2001:db8::1]:443" },
	{ "connect", "tcp 2001:db8::1 port 443",
	  "inet6 tcp [2001:db8::1]:443" },
	{ "connect", "inet6 udp 10.0.0.1:53", "inet6 udp 10.0.0.1:53" },
	{ "connect", "icmp 10.0.0.1", "inet icmp 10.0.0.1:0" },
	{ "connect", "tcp 0.0.0.0:80", "inet tcp 127.0.0.1:80" },
	{ "connect", "tcp [::]:80", "inet6 tcp [::1]:80" },
	{ "connect", "tcp [::ffff:0.0.0.0]:80",
	  "inet6 tcp [::ffff:127.0.0.1]:80" },
	{ "bind", "tcp 0.0.0.0:80", "inet tcp 0.0.0.0:80" },
	{ "accept", "inet tcp 10.0.0.1:5000 from 10.0.0.2:22",
	  "inet tcp 10.0.0.1 port 22" },
	{ "receive", "udp 10.0.0.1 port 53", "inet udp 10.0.0.1 port 53" },
	{ "connect", "/no/a b.sock", "unix stream /no/a b.sock" },
	{ "bind", "unix /no/a.sock", "unix stream /no/a.sock" },
	{ "connect", "unix dgram @a b", "unix dgram @a b" },
	{ "connect", "@\\x00x", "unix stream @\\x00x" },
	{ "connect", "vsock cid 2 port 70000",
	  "vsock stream cid 2 port 70000" },
	{ "listen", "vsock seqpacket cid 4294967295 port 1",
	  "vsock seqpacket cid 4294967295 port 1" },
	{ "mount", "", "" },
	{ "mount", "-", "" },
	{ "signal", "own", "own" },
	{ "ptrace", "of 12", "of 12" },
};

static void test_good(void **unused)
{
	(void)unused;
	EXPECT_SHOWN(good);
}

/* What is shown can be asked again, and means the same. */
static void test_again(void **unused)
{
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char *text = understand(good[i].op, good[i].shown);

		assert_string_equal(text, good[i].shown);
		free(text);
	}
}

static void test_bad(void **unused)
{
	static const struct asked bad[] = {
		{ "raed", "/x",
		  "unknown operation 'raed'; did you mean 'read'?" },
		{ "", "/x", "unknown operation ''" },
		{ "read,", "/x", "unknown operation ''" },
		{ "read,connect", "/x",
		  "'connect' is of another class than the others" },
		{ "suppressed", "", "unknown operation 'suppressed'" },
		{ "read", "", "path is missing" },
		{ "read", "/a/../b",
		  "path has an empty name, '.' or '..' in it" },
		{ "read", "/a\\x00b", "path has a NUL byte in it" },
		{ "connect", "", "that is not a socket" },
		{ "connect", "tcp", "address is missing" },
		{ "connect", "10.0.0.1:80", "socket type is missing" },
		{ "connect", "tcp 10.0.0.256:80",
		  "'10.0.0.256:80' is nothing that a socket has; see cordonctl(8)" },
		{ "connect", "tcp [::1:80",
		  "'[::1:80' is nothing that a socket has; see cordonctl(8)" },
		{ "connect", "tcp 10.0.0.1:65536",
		  "'10.0.0.1:65536' is nothing that a socket has; see cordonctl(8)" },
		{ "connect", "tcp 10.0.0.1 port 65536",
		  "port is not in 0 to 65535" },
		{ "connect", "tcp 10.0.0.1 port", "port is missing" },
		{ "connect", "tcp 10.0.0.1 port x", "'x' is not a port" },
		{ "connect", "tcp 10.0.0.1:1 from",
		  "'from' without an address" },
		{ "connect", "inet tcp [::1]:80",
		  "address is not one of its family" },
		{ "connect", "vsock cid 2", "context id or port is missing" },
		{ "create", "tcp 10.0.0.1:80",
		  "address does not go with that" },
		{ "create", "unix /x", "name does not go with that" },
		{ "accept", "unix /x",
		  "accept and receive are judged for inet and inet6 only" },
		{ "mount", "/x", "this operation has no object" },
		{ "signal", "me", "'me' is neither 'own' nor 'of PID'" },
		{ "signal", "own too", "'too' is too much" },
	};

	(void)unused;
	EXPECT_SHOWN(bad);
}

/**
 * struct line - a line of JSON, and the act that it is about
 * @json: the line
 * @shown: the object, or what is wrong
 */
struct line {
	const char *json;
	const char *shown;
};

#define SOCKET(rest)                                                            \
	"{\"tenant\":\"a\",\"class\":\"socket\",\"local_addr\":\"10.0.0.2\","   \
	"\"local_port\":7,\"remote_addr\":\"10.0.0.1\",\"remote_port\":9," rest \
	"}"

static char *read_line(const char *json)
{
	struct question question = { NULL };
	struct event event;
	const char *nothing;
	char *text = NULL;
	char *why;

	if (!json_read_event(&event, json, &why))
		text = why;
	else if (question_of_event(&question, &event, &nothing))
		text = question_object(&question);
	else
		text = alloc_text(nothing, strlen(nothing));
	event_clear(&event);
	question_clear(&question);
	return text;
}

static void test_json(void **unused)
{
	static const struct line lines[] = {
		{ "{\"tenant\":\"a\",\"class\":\"file\",\"op\":\"read\",\"path\":\"/x\"}",
		  "/x" },
		{ "{\"tenant\":\"a\",\"class\":\"file\",\"op\":\"read\",\"path\":\"/\\\\xff\",\"path_escaped\":true}",
		  "/\\xff" },
		{ SOCKET("\"op\":\"connect\",\"family\":\"inet\",\"type\":\"stream\",\"protocol\":\"tcp\""),
		  "inet tcp 10.0.0.1:9" },
		{ SOCKET("\"op\":\"bind\",\"family\":\"inet\",\"type\":\"stream\",\"protocol\":\"tcp\""),
		  "inet tcp 10.0.0.2:7" },
		{ SOCKET("\"op\":\"accept\",\"family\":2,\"type\":1,\"protocol\":6"),
		  "inet tcp 10.0.0.1 port 7" },
		{ "{\"tenant\":\"a\",\"class\":\"guard\",\"op\":\"mount\"}",
		  "" },
		{ "", "that is not a JSON object" },
		{ "[1]", "that is not a JSON object" },
		{ "{\"tenant\":", "that is not a JSON object" },
		{ "{}", "'tenant' is missing or not understood" },
		{ "{\"tenant\":1}", "'tenant' is missing or not understood" },
		{ "{\"tenant\":\"a\"}",
		  "'class' is missing or not understood" },
		{ "{\"tenant\":\"a\",\"class\":\"file\"}",
		  "'op' is missing or not understood" },
		{ "{\"tenant\":\"a\",\"class\":\"file\",\"op\":\"reed\"}",
		  "'op' is missing or not understood" },
		{ "{\"tenant\":\"a\",\"class\":\"file\",\"op\":-1}",
		  "'op' is missing or not understood" },
		{ "{\"tenant\":\"a\",\"class\":\"file\",\"op\":\"read\",\"path\":5}",
		  "'path' is missing or not understood" },
		{ SOCKET("\"op\":\"bind\",\"family\":\"inet\",\"local_port\":99999999999"),
		  "'local_port' is missing or not understood" },
		{ SOCKET("\"op\":\"bind\",\"family\":\"inet\",\"remote_addr\":\"x\""),
		  "'remote_addr' is missing or not understood" },
		{ "{\"tenant\":\"a\",\"class\":\"admin\",\"op\":\"load\"}",
		  "no policy decided it" },
		{ "{\"tenant\":\"a\",\"class\":\"file\",\"op\":\"read\",\"reason\":\"no-memory\"}",
		  "there was no memory to decide" },
	};
	size_t i;

	(void)unused;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char *text = read_line(lines[i].json);

		if (strcmp(text, lines[i].shown))
			fail_msg("%s: %s", lines[i].json, text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("question", tests, NULL, NULL);
}
