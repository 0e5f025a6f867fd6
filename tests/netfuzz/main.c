// SPDX-License-Identifier: GPL-2.0
/*
 * Sends requests to the module that are more or less wrong.
 *
 * usage: netfuzz SEED COUNT [UID]
 *
 * With a UID all of them come from that user, and none may be granted.  Every
 * request whose headers are right has to be answered, and those that are right
 * have to be granted often enough, or nothing but the door would be tested.
 */
#include "message.h"

#include <errno.h>
#include <linux/cordon.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Transactions that go on side by side. */
#define SOCKETS 3

static int sockets[SOCKETS];
static uint16_t family;
static unsigned long granted[256];
static unsigned long refused[256];
static unsigned long unanswered;

static void fail(const char *what)
{
	printf("netfuzz: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_socket(void)
{
	const struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	const int yes = 1;

	if (fd < 0 || bind(fd, (const void *)&any, sizeof(any)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &yes, sizeof(yes)))
		fail("socket");
	return fd;
}

/* The error in an answer to request @seq; 1 for one that is no end. */
static int error_of(const struct nlmsghdr *head, uint32_t seq)
{
	int error = 0;

	if (head->nlmsg_seq != seq ||
	    (head->nlmsg_type != NLMSG_ERROR && head->nlmsg_type != NLMSG_DONE))
		return 1;
	if (head->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, NLMSG_DATA(head), sizeof(error));
	return error;
}

/* The error that ends the answer to @seq; 1 when there is no answer. */
static int take_answer(int fd, uint32_t seq)
{
	static char buffer[1 << 18];
	int result = 1;

	for (;;) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		struct nlmsghdr *head = (struct nlmsghdr *)buffer;

		if (got <= 0)
			return result;
		for (; NLMSG_OK(head, got); head = NLMSG_NEXT(head, got)) {
			int error = error_of(head, seq);

			if (error <= 0)
				result = error;
		}
	}
}

static void send_to_kernel(int fd, const struct message *message)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (message->len &&
	    sendto(fd, message->bytes, message->len, 0, (const void *)&kernel,
		   sizeof(kernel)) < 0 &&
	    errno != EINVAL)
		fail("sendto");
}

static uint16_t find_family(int fd)
{
	static const char name[] = CORDON_FAMILY_NAME;
	struct {
		struct nlmsghdr outer;
		struct genlmsghdr inner;
		struct nlattr attr;
		char name[NLA_ALIGN(sizeof(name))];
	} request = {
		.outer = { .nlmsg_len = sizeof(request),
			   .nlmsg_type = GENL_ID_CTRL,
			   .nlmsg_flags = NLM_F_REQUEST },
		.inner = { .cmd = CTRL_CMD_GETFAMILY },
		.attr = { .nla_type = CTRL_ATTR_FAMILY_NAME,
			  .nla_len = NLA_HDRLEN + sizeof(name) },
	};
	char answer[8192];
	ssize_t len, at;

	memcpy(request.name, name, sizeof(name));
	if (send(fd, &request, sizeof(request), 0) < 0)
		fail("send");
	len = recv(fd, answer, sizeof(answer), 0);
	for (at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN < len;) {
		const struct nlattr *attr = (const void *)(answer + at);
		uint16_t number;

		memcpy(&number, answer + at + NLA_HDRLEN, sizeof(number));
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return number;
		at += NLA_ALIGN(attr->nla_len);
	}
	errno = ENOENT;
	fail("family cordon");
	return 0;
}

static void one_request(struct chance *chance, uint32_t seq)
{
	uint32_t at = chance_below(chance, SOCKETS);
	static struct message message;
	int error;

	/* A loader that goes away in the midst of its transaction. */
	if (!chance_below(chance, 100)) {
		close(sockets[at]);
		sockets[at] = open_socket();
	}
	message_make(&message, chance, family, seq);
	send_to_kernel(sockets[at], &message);
	error = take_answer(sockets[at], seq);
	if (error > 0)
		unanswered += message.sound;
	else if (error)
		refused[message.cmd]++;
	else if (message.sound)
		granted[message.cmd]++;
}

static unsigned long sum(const unsigned long *of)
{
	unsigned long all = 0;
	int i;

	for (i = 0; i < 256; i++)
		all += of[i];
	return all;
}

/* Whether what was granted and refused is what this sender has to expect. */
static int judge(int privileged)
{
	int cmd, wrong = unanswered != 0;

	if (!sum(refused))
		wrong = 1;
	if (!privileged)
		return wrong || sum(granted);
	for (cmd = 1; cmd < CORDON_CMD_EVENT_NTF; cmd++)
		if (!granted[cmd])
			wrong = 1;
	return wrong || !granted[CORDON_CMD_EXPLAIN];
}

int main(int argc, char **argv)
{
	struct chance chance;
	unsigned long count;
	uint32_t seq;
	int i, wrong;

	if (argc < 3)
		return 2;
	for (i = 0; i < SOCKETS; i++)
		sockets[i] = open_socket();
	family = find_family(sockets[0]);
	if (argc > 3 && setuid(atoi(argv[3])))
		fail("setuid");
	chance_seed(&chance, strtoull(argv[1], NULL, 10));
	count = strtoul(argv[2], NULL, 10);
	for (seq = 1; seq <= count; seq++)
		one_request(&chance, seq);
	wrong = judge(argc == 3);
	printf("netfuzz: seed %s: %lu requests, %lu granted, ", argv[1], count,
	       sum(granted));
	printf("%lu commits, %lu refused, %lu unanswered: %s\n",
	       granted[CORDON_CMD_POLICY_COMMIT], sum(refused), unanswered,
	       wrong ? "wrong" : "well");
	return wrong;
}
