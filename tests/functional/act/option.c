// SPDX-License-Identifier: GPL-2.0
/* Acts on options of sockets. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/netlink.h>

#include "act.h"

#define TYPE_2 2

/* A routing header of one stop (RFC 6275, 6.4). */
struct route {
	unsigned char next;
	unsigned char len;
	unsigned char type;
	unsigned char left;
	unsigned char reserved[4];
	struct in6_addr stop;
};

static struct route route_by(const char *address)
{
	struct route route = { .len = 2, .type = TYPE_2, .left = 1 };

	inet_pton(AF_INET6, address, &route.stop);
	return route;
}

/* ADDRESS: all that the socket sends goes there first. */
static int act_route(char **words)
{
	const struct route route = route_by(words[0]);

	return setsockopt(last_fd, IPPROTO_IPV6, IPV6_RTHDR, &route,
			  sizeof(route));
}

/* ADDRESS: the same over IPv4, as a loose source route (RFC 791). */
static int act_route4(char **words)
{
	unsigned char option[8] = { 131, 7, 4 };

	inet_pton(AF_INET, words[0], option + 3);
	return setsockopt(last_fd, IPPROTO_IP, IP_OPTIONS, option,
			  sizeof(option));
}

static int send_with(const char *name, int level, int type, const void *data,
		     size_t size)
{
	char control[CMSG_SPACE(sizeof(struct route))] = { 0 };
	struct sockaddr_storage address;
	struct iovec text = { "x", 1 };
	struct msghdr msg = { .msg_name = &address,
			      .msg_iov = &text,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = CMSG_SPACE(size) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int len = 0;

	if (strcmp(name, "-") && parse_address(name, &address, &len))
		return -1;
	msg.msg_namelen = len;
	cmsg->cmsg_level = level;
	cmsg->cmsg_type = type;
	cmsg->cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(cmsg), data, size);
	return sendmsg(last_fd, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* NAME ADDRESS: a message to the name, or "-" for none, that goes there. */
static int act_routed(char **words)
{
	const struct route route = route_by(words[1]);

	return send_with(words[0], IPPROTO_IPV6, IPV6_RTHDR, &route,
			 sizeof(route));
}

static int act_routed4(char **words)
{
	unsigned char option[8] = { 131, 7, 4 };

	inet_pton(AF_INET, words[1], option + 3);
	return send_with(words[0], IPPROTO_IP, IP_RETOPTS, option,
			 sizeof(option));
}

/* NUMBER: joins a group of netlink. */
static int act_join(char **words)
{
	int group = atoi(words[0]);

	return setsockopt(last_fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			  sizeof(group));
}

/* The socket hears nothing, so it is not told of refusals either. */
static int act_deaf(char **words)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &drop };

	(void)words;
	return setsockopt(last_fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			  sizeof(program));
}

/* The end of an association: the socket can be connected once more. */
static int act_dissolve(char **words)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	(void)words;
	return connect(last_fd, &none, sizeof(none));
}

const struct act acts_option[] = {
	{ "route", 1, act_route },	 { "route4", 1, act_route4 },
	{ "routed", 2, act_routed },	 { "routed4", 2, act_routed4 },
	{ "join", 1, act_join },	 { "deaf", 0, act_deaf },
	{ "dissolve", 0, act_dissolve }, { NULL },
};
