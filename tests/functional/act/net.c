// SPDX-License-Identifier: GPL-2.0
/* Acts on sockets. */
#define _GNU_SOURCE
#include "act.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <linux/if_alg.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/sctp.h>
#include <linux/vm_sockets.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
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

/* Others go by number. */
static const struct name families[] = {
	{ "unspec", AF_UNSPEC },   { "unix", AF_UNIX },
	{ "inet", AF_INET },	   { "inet6", AF_INET6 },
	{ "netlink", AF_NETLINK }, { "packet", AF_PACKET },
	{ "alg", AF_ALG },	   { "vsock", AF_VSOCK },
	{ "xdp", AF_XDP },	   { NULL, -1 }
};

static const struct name types[] = { { "stream", SOCK_STREAM },
				     { "dgram", SOCK_DGRAM },
				     { "raw", SOCK_RAW },
				     { "seqpacket", SOCK_SEQPACKET },
				     { NULL, -1 } };

static int lookup(const struct name *names, const char *text)
{
	if (isdigit((unsigned char)*text))
		return atoi(text);
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

/* The name of a unix socket; in an abstract one "~" is a byte of zero. */
static int fill_name(const char *name, bool abstract, void *address)
{
	struct sockaddr_un *un = address;
	size_t len = strlen(name);
	size_t i;

	un->sun_family = AF_UNIX;
	if (len > sizeof(un->sun_path) - 1)
		len = sizeof(un->sun_path) - 1;
	for (i = 0; i < len; i++)
		un->sun_path[i + abstract] =
			abstract && name[i] == '~' ? '\0' : name[i];
	return offsetof(struct sockaddr_un, sun_path) + len + 1;
}

static int fill_vsock(char *rest, void *address)
{
	struct sockaddr_vm *vm = address;

	vm->svm_family = AF_VSOCK;
	vm->svm_cid = strtoul(strsep(&rest, ","), NULL, 10);
	vm->svm_port = strtoul(rest, NULL, 10);
	return sizeof(*vm);
}

static int fill_netlink(char *rest, void *address)
{
	struct sockaddr_nl *nl = address;

	nl->nl_family = AF_NETLINK;
	nl->nl_pid = strtoul(strsep(&rest, ","), NULL, 10);
	nl->nl_groups = strtoul(rest, NULL, 10);
	return sizeof(*nl);
}

/* The number of the interface: asking for it would take a socket. */
static int fill_packet(const char *number, void *address)
{
	struct sockaddr_ll *ll = address;

	ll->sll_family = AF_PACKET;
	ll->sll_protocol = htons(ETH_P_ALL);
	ll->sll_ifindex = atoi(number);
	return sizeof(*ll);
}

static int fill_alg(char *rest, void *address)
{
	struct sockaddr_alg *alg = address;

	alg->salg_family = AF_ALG;
	strcpy((char *)alg->salg_type, strsep(&rest, ","));
	strcpy((char *)alg->salg_name, rest);
	return sizeof(*alg);
}

/*
 * path,PATH  abstract,NAME  autobind,  cid,CID,PORT  group,PID,GROUPS
 * device,NUMBER  cipher,TYPE,NAME: of unix, vsock, netlink, packet and alg
 * sockets.  Returns 0 when it is something else.
 */
static int fill_other(char *text, void *address)
{
	const char *form = strsep(&text, ",");

	if (!text)
		return 0;
	if (!strcmp(form, "path"))
		return fill_name(text, false, address);
	if (!strcmp(form, "abstract"))
		return fill_name(text, true, address);
	if (!strcmp(form, "autobind"))
		return fill_name("", true, address) - 1;
	if (!strcmp(form, "cid"))
		return fill_vsock(text, address);
	if (!strcmp(form, "group"))
		return fill_netlink(text, address);
	if (!strcmp(form, "device"))
		return fill_packet(text, address);
	return strcmp(form, "cipher") ? 0 : fill_alg(text, address);
}

/* FAMILY,IP,PORT[,LENGTH]; the length need not be that of the family. */
static int fill_inet(const char *text, void *address, int *len)
{
	char *copy = strdupa(text);
	int family = lookup(families, strsep(&copy, ","));
	const char *ip = strsep(&copy, ",");
	const char *port = strsep(&copy, ",");

	if (family < 0 || !ip || !port) {
		errno = EDOM;
		return -1;
	}
	*len = fill_address(family, ip, atoi(port), address);
	if (copy)
		*len = atoi(copy);
	return 0;
}

/* An address in one of the forms above. */
int parse_address(const char *text, void *address, int *len)
{
	memset(address, 0, sizeof(struct sockaddr_storage));
	*len = fill_other(strdupa(text), address);
	return *len ? 0 : fill_inet(text, address, len);
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

/* An IPv6 socket shall have nothing to do with IPv4. */
static int act_v6only(char **words)
{
	int one = 1;

	(void)words;
	return setsockopt(last_fd, IPPROTO_IPV6, IPV6_V6ONLY, &one,
			  sizeof(one));
}

/* Others may be bound to the same port. */
static int act_share(char **words)
{
	int one = 1;

	(void)words;
	return setsockopt(last_fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
}

/* DEVICE: the socket is bound to it. */
static int act_onto(char **words)
{
	return setsockopt(last_fd, SOL_SOCKET, SO_BINDTODEVICE, words[0],
			  strlen(words[0]));
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

/* An echo request, by a socket of datagrams of ICMP. */
static int act_ping(char **words)
{
	char request[8] = { ICMP_ECHO };
	struct sockaddr_storage address;
	ssize_t sent;
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	if (address.ss_family == AF_INET6)
		request[0] = (char)ICMP6_ECHO_REQUEST;
	sent = sendto(last_fd, request, sizeof(request), 0,
		      (struct sockaddr *)&address, len);
	return sent < 0 ? -1 : 0;
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
	return listen(last_fd, 100);
}

/* Whether something can be read or accepted within some milliseconds. */
static int wait_for_input(const char *milliseconds)
{
	struct pollfd wait = { .fd = last_fd, .events = POLLIN };

	errno = EAGAIN;
	return poll(&wait, 1, atoi(milliseconds)) == 1 ? 0 : -1;
}

/* Takes a connection, which is the last descriptor from then on. */
static int act_accept(char **words)
{
	int fd;

	if (wait_for_input(words[0]))
		return -1;
	fd = accept(last_fd, NULL, NULL);
	return fd < 0 ? -1 : keep_fd(fd);
}

/* The text of a message. */
static int act_recv(char **words)
{
	char text[100];
	ssize_t len;

	if (wait_for_input(words[0]))
		return -1;
	len = recv(last_fd, text, sizeof(text) - 1, 0);
	return len < 0 ? -1 : answer("text:%.*s", (int)len, text);
}

/* A pair of sockets of a family and type that hear each other. */
static int act_pair(char **words)
{
	char byte = 0;
	int pair[2];
	int error;

	if (socketpair(lookup(families, words[0]), lookup(types, words[1]), 0,
		       pair))
		return -1;
	error = write(pair[0], "x", 1) == 1 && read(pair[1], &byte, 1) == 1 &&
				byte == 'x' ?
			0 :
			EPROTO;
	close(pair[0]);
	close(pair[1]);
	errno = error;
	return error ? -1 : 0;
}

/* Several addresses as SCTP takes them, one behind the other. */
static int act_list(char **words, int option)
{
	char list[8 * sizeof(struct sockaddr_in6)];
	int used = 0;

	for (; *words; words++) {
		struct sockaddr_storage address;
		int len;

		if (parse_address(*words, &address, &len))
			return -1;
		memcpy(list + used, &address, len);
		used += len;
	}
	return setsockopt(last_fd, IPPROTO_SCTP, option, list, used) < 0 ? -1 :
									   0;
}

static int act_bindx(char **words)
{
	return act_list(words, SCTP_SOCKOPT_BINDX_ADD);
}

static int act_connectx(char **words)
{
	return act_list(words, SCTP_SOCKOPT_CONNECTX);
}

/* Makes the only association of the socket a socket of its own. */
static int act_peel(char **words)
{
	struct {
		struct sctp_assoc_ids head;
		sctp_assoc_t id;
	} list = { 0 };
	sctp_peeloff_arg_t peel = { 0 };
	socklen_t len = sizeof(list);

	(void)words;
	if (getsockopt(last_fd, IPPROTO_SCTP, SCTP_GET_ASSOC_ID_LIST, &list,
		       &len))
		return -1;
	peel.associd = list.id;
	len = sizeof(peel);
	/* It returns the descriptor. */
	if (getsockopt(last_fd, IPPROTO_SCTP, SCTP_SOCKOPT_PEELOFF, &peel,
		       &len) < 0)
		return -1;
	return keep_fd(peel.sd);
}

/* ADDRESS TEXT IPV4: a message that names one more address of the peer. */
static int act_sendmore(char **words)
{
	char control[CMSG_SPACE(sizeof(struct in_addr))] = { 0 };
	struct sockaddr_storage address;
	struct iovec text = { words[1], strlen(words[1]) };
	struct msghdr msg = { .msg_name = &address,
			      .msg_iov = &text,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int len;

	if (parse_address(words[0], &address, &len))
		return -1;
	msg.msg_namelen = len;
	cmsg->cmsg_level = IPPROTO_SCTP;
	cmsg->cmsg_type = SCTP_DSTADDRV4;
	cmsg->cmsg_len = CMSG_LEN(sizeof(struct in_addr));
	inet_pton(AF_INET, words[2], CMSG_DATA(cmsg));
	return sendmsg(last_fd, &msg, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

const struct act acts_net[] = {
	{ "socket", 2, act_socket },	 { "connect", 1, act_connect },
	{ "bind", 1, act_bind },	 { "listen", 0, act_listen },
	{ "accept", 1, act_accept },	 { "recv", 1, act_recv },
	{ "send", 1, act_send },	 { "sendto", 2, act_sendto },
	{ "ping", 1, act_ping },	 { "fastopen", 2, act_fastopen },
	{ "sendmsg", 2, act_sendmsg },	 { "sendmmsg", 3, act_sendmmsg },
	{ "port", 0, act_port },	 { "pair", 2, act_pair },
	{ "bindx", 1, act_bindx },	 { "connectx", 1, act_connectx },
	{ "sendmore", 3, act_sendmore }, { "v6only", 0, act_v6only },
	{ "share", 0, act_share },	 { "peel", 0, act_peel },
	{ "onto", 1, act_onto },	 { NULL },
};
