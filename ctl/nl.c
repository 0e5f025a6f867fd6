// SPDX-License-Identifier: GPL-2.0
/*
 * Replies are read here rather than by libnl, which does not hand out the
 * text and the offset that the kernel attaches to a refusal.
 */
#include "nl.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/cordon.h>

#include "alloc.h"

/*
 * Events wait here while the reader is busy; those that do not fit it asks for
 * again.
 */
#define RECEIVE_BYTES (1 << 20)

static int error_of(int nl_error)
{
	switch (-nl_error) {
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

/**
 * session_connect - open a socket for generic netlink
 * @session: becomes the session; the caller closes it, also after an error
 *
 * Return: 0, or a negative errno.
 */
int session_connect(struct session *session)
{
	int on = 1;
	int fd;
	int ret;

	memset(session, 0, sizeof(*session));
	session->socket = nl_socket_alloc();
	if (!session->socket)
		return -ENOMEM;
	ret = genl_connect(session->socket);
	if (ret)
		return error_of(ret);
	fd = nl_socket_get_fd(session->socket);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		return -errno;
	return 0;
}

/**
 * session_open - open a socket and find the module
 * @session: becomes the session; the caller closes it, also after an error
 *
 * Return: 0, or a negative errno; @session->missing says whether the module
 * is not there.
 */
int session_open(struct session *session)
{
	int ret = session_connect(session);

	if (ret)
		return ret;
	ret = genl_ctrl_resolve(session->socket, CORDON_FAMILY_NAME);
	session->missing = ret == -NLE_OBJ_NOTFOUND;
	if (ret < 0)
		return error_of(ret);
	session->family = ret;
	return 0;
}

/**
 * session_close - close a socket; the kernel drops its transaction
 * @session: the session
 */
void session_close(struct session *session)
{
	nl_socket_free(session->socket);
	free(session->buffer);
	memset(session, 0, sizeof(*session));
}

/**
 * session_descriptor - what to wait on
 * @session: the session
 *
 * Return: the file descriptor of its socket.
 */
int session_descriptor(const struct session *session)
{
	return nl_socket_get_fd(session->socket);
}

/* Reads one datagram of the kernel; what others send is skipped. */
static ssize_t receive(struct session *session)
{
	int fd = session_descriptor(session);

	for (;;) {
		struct sockaddr_nl from = { 0 };
		socklen_t len = sizeof(from);
		ssize_t got = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC);

		if (got > 0 && (size_t)got > session->room) {
			free(session->buffer);
			session->buffer = alloc_zeroed(got, 1);
			session->room = got;
		}
		if (got >= 0)
			got = recvfrom(fd, session->buffer, session->room, 0,
				       (struct sockaddr *)&from, &len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!from.nl_pid)
			return got;
	}
}

static void take_extack(struct session *session, struct nlattr *attrs, int len)
{
	struct nlattr *attr;
	int rest;

	nla_for_each_attr(attr, attrs, len, rest) {
		if (nla_type(attr) == NLMSGERR_ATTR_MSG) {
			nla_strlcpy(session->why, attr, sizeof(session->why));
		} else if (nla_type(attr) == NLMSGERR_ATTR_OFFS &&
			   nla_len(attr) == sizeof(uint32_t)) {
			session->offset = nla_get_u32(attr);
			session->has_offset = true;
		}
	}
}

/* The verdict in an acknowledgment or at the end of a dump. */
static int take_verdict(struct session *session, struct nlmsghdr *header)
{
	size_t fixed = header->nlmsg_type == NLMSG_DONE ?
			       sizeof(int) :
			       sizeof(struct nlmsgerr);
	const int *error = nlmsg_data(header);
	char *attrs = (char *)nlmsg_data(header) + NLMSG_ALIGN(fixed);
	char *end = (char *)header + header->nlmsg_len;

	if (header->nlmsg_type == NLMSG_DONE &&
	    header->nlmsg_len < (uint32_t)nlmsg_size(sizeof(int)))
		return 0;
	if (header->nlmsg_len < (uint32_t)nlmsg_size(fixed))
		return -EBADMSG;
	if (header->nlmsg_flags & NLM_F_ACK_TLVS && attrs < end)
		take_extack(session, (struct nlattr *)attrs, end - attrs);
	session->refused = *error;
	return *error;
}

/**
 * struct exchange - a request that waits for its end
 * @seq: its sequence number
 * @take: called for every message with data
 * @into: its second argument
 * @interrupted: the dump was not consistent
 * @done: the verdict is in
 */
struct exchange {
	uint32_t seq;
	session_take take;
	void *into;
	bool interrupted;
	bool done;
};

static int take_datagram(struct session *session, struct exchange *exchange,
			 ssize_t len)
{
	struct nlmsghdr *header = (struct nlmsghdr *)session->buffer;
	int rest = len;
	int ret = 0;

	for (; nlmsg_ok(header, rest) && !exchange->done;
	     header = nlmsg_next(header, &rest)) {
		if (header->nlmsg_seq != exchange->seq)
			continue;
		if (header->nlmsg_flags & NLM_F_DUMP_INTR)
			exchange->interrupted = true;
		if (header->nlmsg_type == NLMSG_ERROR ||
		    header->nlmsg_type == NLMSG_DONE) {
			exchange->done = true;
			return take_verdict(session, header);
		}
		if (header->nlmsg_type == NLMSG_OVERRUN)
			return -EOVERFLOW;
		if (header->nlmsg_type != session->family || !exchange->take)
			continue;
		ret = exchange->take(header, exchange->into);
		if (ret)
			return ret;
	}
	return ret;
}

/**
 * session_request - send a request and wait for its end
 * @session: the session
 * @message: the request; the caller frees it
 * @take: called for every reply with data, or NULL
 * @into: its second argument
 *
 * Return: 0, -EAGAIN when a dump was changed while it ran, or another
 * negative errno with @session->why.
 */
int session_request(struct session *session, struct nl_msg *message,
		    session_take take, void *into)
{
	struct exchange exchange = { .take = take, .into = into };
	struct nlmsghdr *header = nlmsg_hdr(message);
	ssize_t len;
	int ret;

	session->why[0] = '\0';
	session->refused = false;
	session->has_offset = false;
	if (!(header->nlmsg_flags & NLM_F_DUMP))
		header->nlmsg_flags |= NLM_F_ACK;
	nl_complete_msg(session->socket, message);
	exchange.seq = header->nlmsg_seq;
	ret = nl_send(session->socket, message);
	if (ret < 0)
		return error_of(ret);
	do {
		len = receive(session);
		if (len < 0)
			return len;
		ret = take_datagram(session, &exchange, len);
	} while (!ret && !exchange.done);
	return !ret && exchange.interrupted ? -EAGAIN : ret;
}

static int join(struct session *session, const char *family, const char *group)
{
	int number = genl_ctrl_resolve_grp(session->socket, family, group);

	if (number < 0)
		return error_of(number);
	if (!setsockopt(session_descriptor(session), SOL_NETLINK,
			NETLINK_ADD_MEMBERSHIP, &number, sizeof(number)))
		return 0;
	number = -errno;
	/* Which the kernel says nothing about. */
	if (number == -EPERM)
		snprintf(session->why, sizeof(session->why), "%s",
			 "it takes CAP_NET_ADMIN and CAP_SYS_ADMIN besides CAP_MAC_ADMIN in the initial user namespace, outside of any tenant");
	return number;
}

/**
 * session_listen - join a multicast group
 * @session: the session
 * @group: name of the group
 *
 * And the one that tells when the family goes: nothing else would.
 *
 * Return: 0, or a negative errno.
 */
int session_listen(struct session *session, const char *group)
{
	int fd = session_descriptor(session);
	int bytes = RECEIVE_BYTES;
	int ret;

	/* Beyond the system's limit only the privileged may go. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)))
		return -errno;
	ret = join(session, "nlctrl", "notify");
	return ret ? ret : join(session, CORDON_FAMILY_NAME, group);
}

/* Whether a message says that our family is no more. */
static bool is_farewell(const struct session *session, struct nlmsghdr *header)
{
	const struct genlmsghdr *message = nlmsg_data(header);
	struct nlattr *id;

	if (header->nlmsg_type != GENL_ID_CTRL || !genlmsg_valid_hdr(header, 0))
		return false;
	id = nlmsg_find_attr(header, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);
	return message->cmd == CTRL_CMD_DELFAMILY && id &&
	       nla_len(id) == sizeof(uint16_t) &&
	       nla_get_u16(id) == session->family;
}

/**
 * session_receive - take what came in from the multicast group
 * @session: the session
 * @take: called for every message
 * @into: its second argument
 *
 * Return: 0, -ENOBUFS when messages were dropped because the reader was too
 * slow, -ENODEV when the module was unloaded, another negative errno, or what
 * @take returned.
 */
int session_receive(struct session *session, session_take take, void *into)
{
	ssize_t len = receive(session);
	struct nlmsghdr *header = (struct nlmsghdr *)session->buffer;
	int rest = len;
	int ret = 0;

	if (len < 0)
		return len;
	for (; !ret && nlmsg_ok(header, rest);
	     header = nlmsg_next(header, &rest)) {
		if (header->nlmsg_type == session->family)
			ret = take(header, into);
		session->gone |= is_farewell(session, header);
	}
	return !ret && session->gone ? -ENODEV : ret;
}
