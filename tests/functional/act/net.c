// SPDX-License-Identifier: GPL-2.0
/* Acts on sockets. */
#define _GNU_SOURCE
#include "act.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/**
 * struct name - a word and the number that it stands for
 * @text: the word
 * @value: the number
 */
struct name {
	const char *text;
	int value;
};

static const struct name families[] = { { "unspec", AF_UNSPEC },
					{ "unix", AF_UNIX },
					{ "inet", AF_INET },
					{ "inet6", AF_INET6 },
					{ NULL, -1 } };

static const struct name types[] = { { "stream", SOCK_STREAM },
				     { "dgram", SOCK_DGRAM },
				     { "raw", SOCK_RAW },
				     { NULL, -1 } };

static int lookup(const struct name *names, const char *text)
{
	while (names->text && strcmp(names->text, text))
		names++;
	return names->value;
}

/* Laid out as the text of the address is, whatever the family says. */
static int fill_address(int family, const char *ip, int port, void *address)
{
	struct sockaddr_in6 *in6 = address;
	struct sockaddr_in *in = address;

	if (strchr(ip, ':')) {
		in6->sin6_family = family;
		in6->sin6_port = htons(port);
		inet_pton(AF_INET6, ip, &in6->sin6_addr);
		return sizeof(*in6);
	}
	in->sin_family = family;
	in->sin_port = htons(port);
	inet_pton(AF_INET, ip, &in->sin_addr);
	return sizeof(*in);
}

/* FAMILY,IP,PORT[,LENGTH]; the length need not be that of the family. */
int parse_address(const char *text, void *address, int *len)
{
	char *copy = strdupa(text);
	int family = lookup(families, strsep(&copy, ","));
	const char *ip = strsep(&copy, ",");
	const char *port = strsep(&copy, ",");

	memset(address, 0, sizeof(struct sockaddr_storage));
	if (family < 0 || !ip || !port) {
		errno = EDOM;
		return -1;
	}
	*len = fill_address(family, ip, atoi(port), address);
	if (copy)
		*len = atoi(copy);
	return 0;
}

static int act_socket(char **words)
{
	struct timeval second = { .tv_sec = 1 };
	int one = 1;
	int fd = socket(lookup(families, words[0]), lookup(types, words[1]),
			words[2] ? atoi(words[2]) : 0);

	if (fd < 0)
		return -1;
	/* A lost packet must not hang the test. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof(second));
	/* Nor may a connection of an earlier one that is closing. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return keep_fd(fd);
}

static int act_connect(char **words)
{
	struct sockaddr_storage address;
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	return connect(last_fd, (struct sockaddr *)&address, len);
}

static int act_bind(char **words)
{
	struct sockaddr_storage address;
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	return bind(last_fd, (struct sockaddr *)&address, len);
}

static int act_send(char **words)
{
	ssize_t sent = send(last_fd, words[0], strlen(words[0]), MSG_NOSIGNAL);

	return sent < 0 ? -1 : 0;
}

static int send_to(char **words, int flags)
{
	struct sockaddr_storage address;
	ssize_t sent;
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	sent = sendto(last_fd, words[1], strlen(words[1]), flags | MSG_NOSIGNAL,
		      (struct sockaddr *)&address, len);
	return sent < 0 ? -1 : 0;
}

static int act_sendto(char **words)
{
	return send_to(words, 0);
}

static int act_fastopen(char **words)
{
	return send_to(words, MSG_FASTOPEN);
}

static int act_sendmsg(char **words)
{
	struct sockaddr_storage address;
	struct iovec text = { words[1], strlen(words[1]) };
	struct msghdr msg = { .msg_name = &address,
			      .msg_iov = &text,
			      .msg_iovlen = 1 };
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	msg.msg_namelen = len;
	return sendmsg(last_fd, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Two messages, to two addresses; tells how many were sent. */
static int act_sendmmsg(char **words)
{
	struct sockaddr_storage addresses[2];
	struct iovec text = { words[2], strlen(words[2]) };
	struct mmsghdr msgs[2] = { 0 };
	int len, i, sent;

	for (i = 0; i < 2; i++) {
		if (parse_address(words[i], &addresses[i], &len))
			return -1;
		msgs[i].msg_hdr.msg_name = &addresses[i];
		msgs[i].msg_hdr.msg_namelen = len;
		msgs[i].msg_hdr.msg_iov = &text;
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	sent = sendmmsg(last_fd, msgs, 2, MSG_NOSIGNAL);
	return sent < 0 ? -1 : answer("text:%d", sent);
}

/* The port that the socket is bound to. */
static int act_port(char **words)
{
	struct sockaddr_in6 address = { 0 };
	socklen_t len = sizeof(address);

	(void)words;
	if (getsockname(last_fd, (struct sockaddr *)&address, &len))
		return -1;
	return answer("text:%u", ntohs(address.sin6_port));
}

static int act_listen(char **words)
{
	(void)words;
	return listen(last_fd, 1);
}

static int act_connect_unix(char **words)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	strncpy(address.sun_path, words[0], sizeof(address.sun_path) - 1);
	return connect(last_fd, (struct sockaddr *)&address, sizeof(address));
}

const struct act acts_net[] = {
	{ "socket", 2, act_socket },
	{ "connect", 1, act_connect },
	{ "bind", 1, act_bind },
	{ "listen", 0, act_listen },
	{ "send", 1, act_send },
	{ "sendto", 2, act_sendto },
	{ "fastopen", 2, act_fastopen },
	{ "sendmsg", 2, act_sendmsg },
	{ "sendmmsg", 3, act_sendmmsg },
	{ "port", 0, act_port },
	{ "connect-unix", 1, act_connect_unix },
	{ NULL },
};
