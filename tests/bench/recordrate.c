// SPDX-License-Identifier: GPL-2.0
/*
 * How many events a second 'cordonctl record' puts into a database, by itself:
 * messages as the module sends them are decoded and taken as it does, without a
 * kernel that makes them.
 *
 * usage: recordrate DATABASE EVENTS
 */
#include <errno.h>
#include <inttypes.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/cordon.h>

#include "decode.h"
#include "encode.h"
#include "record.h"

/* Tenants that are denied things in turn, and files that each of them tries. */
#define TENANTS 16
#define FILES 256

/* Messages that are made before the time is taken, and come again. */
#define MESSAGES 4096

/* Between two events, in nanoseconds. */
#define STEP 30000

static double seconds(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static void put_numbered(struct nl_msg *message, int type, const char *name,
			 uint64_t number)
{
	char text[64];

	snprintf(text, sizeof(text), "%s%" PRIu64, name, number);
	if (nla_put_string(message, type, text))
		abort();
}

/* All that the module tells of an open that was denied. */
static struct nl_msg *make_message(uint64_t seq)
{
	struct nl_msg *message = encode_command(42, CORDON_CMD_EVENT_NTF, 0);
	struct nlattr *nest = nla_nest_start(message, CORDON_A_EVENT);
	char path[64];

	snprintf(path, sizeof(path), "/srv/customer/secrets/%" PRIu64 "/key",
		 seq % FILES);
	nla_put_u64(message, CORDON_EVENT_SEQ, seq);
	nla_put_u64(message, CORDON_EVENT_GENERATION, 7);
	nla_put_u64(message, CORDON_EVENT_TENANT_SEQ, seq / TENANTS + 1);
	nla_put_u64(message, CORDON_EVENT_TIME_WALL,
		    1795359845000000000ULL + seq * STEP);
	nla_put_u64(message, CORDON_EVENT_TIME_BOOT,
		    5000000000ULL + seq * STEP);
	nla_put_u32(message, CORDON_EVENT_REPEAT, 1);
	put_numbered(message, CORDON_EVENT_TENANT, "customer-", seq % TENANTS);
	nla_put_u32(message, CORDON_EVENT_CLASS, CORDON_CLASS_FILE);
	nla_put_u32(message, CORDON_EVENT_OP, CORDON_FILE_OP_READ);
	nla_put_u32(message, CORDON_EVENT_VERDICT, CORDON_VERDICT_DENIED);
	nla_put_u32(message, CORDON_EVENT_REASON, CORDON_REASON_RULE);
	nla_put_u32(message, CORDON_EVENT_ERRNO, EACCES);
	put_numbered(message, CORDON_EVENT_ORIGIN,
		     "customers.yaml:", 14 + seq % TENANTS);
	nla_put_u32(message, CORDON_EVENT_PID, 100000 + seq % 997);
	nla_put_u32(message, CORDON_EVENT_TGID, 100000 + seq % 997);
	nla_put_u32(message, CORDON_EVENT_PPID, 4711);
	nla_put_string(message, CORDON_EVENT_COMM, "postgres");
	nla_put_u32(message, CORDON_EVENT_UID, 20000);
	nla_put_u32(message, CORDON_EVENT_GID, 20000);
	nla_put_u64(message, CORDON_EVENT_CGROUP_ID, 123456);
	nla_put(message, CORDON_EVENT_PATH, strlen(path), path);
	nla_put_u64(message, CORDON_EVENT_DEV, 8ULL << 32 | 1);
	nla_put_u64(message, CORDON_EVENT_INO, 1000000 + seq % FILES);
	nla_nest_end(message, nest);
	return message;
}

/* Event number @seq, made of one of the messages. */
static int take(struct nl_msg **messages, uint64_t seq, struct record *record)
{
	uint64_t earlier = (seq - 1) / MESSAGES * MESSAGES;
	struct event event;
	int ret = decode_event(nlmsg_hdr(messages[seq - 1 - earlier]), &event);

	event.seq = seq;
	event.time_wall += earlier * STEP;
	event.time_boot += earlier * STEP;
	if (!ret)
		ret = record_take(&event, record);
	event_clear(&event);
	return ret;
}

static int take_all(uint64_t count, struct record *record)
{
	struct nl_msg *messages[MESSAGES];
	double wall;
	double used;
	uint64_t seq;
	int ret = 0;

	for (seq = 0; seq < MESSAGES; seq++)
		messages[seq] = make_message(seq + 1);
	wall = seconds(CLOCK_MONOTONIC);
	used = seconds(CLOCK_PROCESS_CPUTIME_ID);
	for (seq = 1; !ret && seq <= count; seq++)
		ret = take(messages, seq, record);
	if (!ret)
		ret = record_end(record);
	wall = seconds(CLOCK_MONOTONIC) - wall;
	used = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
	for (seq = 0; seq < MESSAGES; seq++)
		nlmsg_free(messages[seq]);
	if (!ret)
		printf("%" PRIu64
		       " events stored: %.0f a second, and %.0f a second of processor time\n",
		       count, count / wall, count / used);
	return ret;
}

int main(int argc, char **argv)
{
	const struct load_id load = { "00000000-0000-4000-8000-000000000001",
				      1 };
	struct record record = { .store.file = -1 };
	uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
	int ret;

	if (!count) {
		fputs("usage: recordrate DATABASE EVENTS\n", stderr);
		return 2;
	}
	ret = record_open(&record, argv[1]);
	if (!ret)
		ret = record_resume(&record, &load);
	if (!ret)
		ret = take_all(count, &record);
	if (ret)
		fprintf(stderr, "recordrate: %s\n",
			record.store.why ?: strerror(-ret));
	record_close(&record);
	return ret ? 1 : 0;
}
