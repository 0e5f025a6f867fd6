/* SPDX-License-Identifier: GPL-2.0 */
/* The netlink socket: send a request, collect replies, read refusals. */
#ifndef CTL_NL_H
#define CTL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nl_msg;
struct nl_sock;
struct nlmsghdr;

/**
 * struct session - a socket that talks to the module
 * @socket: the socket
 * @family: number of the family
 * @buffer: what was received last
 * @room: size of @buffer
 * @refused: the kernel refused the last request, which else may have been done
 * although that failed
 * @why: what the kernel said about its last refusal, or ""
 * @has_offset: it named an attribute
 * @offset: offset of that attribute in the request
 * @missing: there is no such family
 * @gone: there was one, to which it listened, until the module was unloaded
 */
struct session {
	struct nl_sock *socket;
	int family;
	char *buffer;
	size_t room;
	bool refused;
	char why[256];
	bool has_offset;
	uint32_t offset;
	bool missing;
	bool gone;
};

/* Takes one message; a negative errno ends the request. */
typedef int (*session_take)(struct nlmsghdr *header, void *into);

int session_connect(struct session *session);
int session_open(struct session *session);
void session_close(struct session *session);
int session_request(struct session *session, struct nl_msg *message,
		    session_take take, void *into);
int session_listen(struct session *session, const char *group);
int session_receive(struct session *session, session_take take, void *into);
int session_descriptor(const struct session *session);

#endif /* CTL_NL_H */
