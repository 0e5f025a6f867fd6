// SPDX-License-Identifier: GPL-2.0
/* An event as attributes. */
#include "netlink.h"

#include <linux/kdev_t.h>

#define PAD CORDON_EVENT_UNSPEC

/* They grow with what others do. */
static int put_host_numbers(struct sk_buff *skb, const struct event *event)
{
	return nla_put_u64_64bit(skb, CORDON_EVENT_SEQ, event->seq, PAD) ||
	       nla_put_u64_64bit(skb, CORDON_EVENT_GENERATION,
				 event->generation, PAD);
}

static int put_numbers(struct sk_buff *skb, const struct event *event)
{
	return nla_put_u64_64bit(skb, CORDON_EVENT_TENANT_SEQ,
				 event->tenant_seq, PAD) ||
	       nla_put_u64_64bit(skb, CORDON_EVENT_TIME_WALL, event->time_wall,
				 PAD) ||
	       nla_put_u64_64bit(skb, CORDON_EVENT_TIME_BOOT, event->time_boot,
				 PAD) ||
	       nla_put_u32(skb, CORDON_EVENT_REPEAT, event->repeat);
}

static int put_verdict(struct sk_buff *skb, const struct event *event)
{
	return nla_put_string(skb, CORDON_EVENT_TENANT, event_tenant(event)) ||
	       nla_put_u32(skb, CORDON_EVENT_CLASS, event->class) ||
	       nla_put_u32(skb, CORDON_EVENT_OP, event->op) ||
	       nla_put_u32(skb, CORDON_EVENT_VERDICT, event->verdict) ||
	       nla_put_u32(skb, CORDON_EVENT_REASON, event->reason) ||
	       nla_put_u32(skb, CORDON_EVENT_ERRNO, event->error) ||
	       nla_put_string(skb, CORDON_EVENT_ORIGIN, event_origin(event));
}

static int put_processes(struct sk_buff *skb, const struct event *event)
{
	return nla_put_u32(skb, CORDON_EVENT_PID, event->pid) ||
	       nla_put_u32(skb, CORDON_EVENT_TGID, event->tgid) ||
	       nla_put_u32(skb, CORDON_EVENT_PPID, event->ppid);
}

static int put_subject(struct sk_buff *skb, const struct event *event)
{
	return nla_put_string(skb, CORDON_EVENT_COMM, event->comm) ||
	       nla_put_u32(skb, CORDON_EVENT_UID, event->uid) ||
	       nla_put_u32(skb, CORDON_EVENT_GID, event->gid) ||
	       nla_put_u64_64bit(skb, CORDON_EVENT_CGROUP_ID, event->cgroup_id,
				 PAD);
}

static int put_file(struct sk_buff *skb, const struct event *event)
{
	u64 dev = (u64)MAJOR(event->object.file.dev) << 32 |
		  MINOR(event->object.file.dev);

	return nla_put(skb, CORDON_EVENT_PATH, event->path_len,
		       event_path(event)) ||
	       nla_put_u64_64bit(skb, CORDON_EVENT_DEV, dev, PAD) ||
	       nla_put_u64_64bit(skb, CORDON_EVENT_INO, event->object.file.ino,
				 PAD);
}

/**
 * struct end_attrs - the attributes of one end of a socket
 * @address: of its IP address
 * @cid: of its context id
 * @port: of its port
 */
struct end_attrs {
	int address;
	int cid;
	int port;
};

static const struct end_attrs local_attrs = {
	.address = CORDON_EVENT_LOCAL_ADDR,
	.cid = CORDON_EVENT_LOCAL_CID,
	.port = CORDON_EVENT_LOCAL_PORT,
};

static const struct end_attrs remote_attrs = {
	.address = CORDON_EVENT_REMOTE_ADDR,
	.cid = CORDON_EVENT_REMOTE_CID,
	.port = CORDON_EVENT_REMOTE_PORT,
};

static int put_end(struct sk_buff *skb, const u8 *address, u32 len, u32 port,
		   const struct end_attrs *attrs)
{
	int ret;

	if (!len)
		return 0;
	if (len == EVENT_CID_LEN)
		ret = nla_put(skb, attrs->cid, sizeof(u32), address);
	else
		ret = nla_put(skb, attrs->address, len, address);
	return ret ? ret : nla_put_u32(skb, attrs->port, port);
}

static int put_socket(struct sk_buff *skb, const struct event *event)
{
	const struct event_socket *socket = &event->object.socket;

	if (nla_put_u32(skb, CORDON_EVENT_FAMILY, socket->family) ||
	    nla_put_u32(skb, CORDON_EVENT_TYPE, socket->type) ||
	    nla_put_u32(skb, CORDON_EVENT_PROTOCOL, socket->protocol))
		return -EMSGSIZE;
	if (put_end(skb, socket->local, socket->local_len, socket->local_port,
		    &local_attrs) ||
	    put_end(skb, socket->remote, socket->remote_len,
		    socket->remote_port, &remote_attrs))
		return -EMSGSIZE;
	if (event->path_len &&
	    nla_put(skb, CORDON_EVENT_NAME, event->path_len, event_path(event)))
		return -EMSGSIZE;
	return 0;
}

static int put_admin(struct sk_buff *skb, const struct event *event)
{
	const struct event_admin *admin = &event->object.admin;

	if (nla_put_u32(skb, CORDON_EVENT_LOGINUID, admin->loginuid) ||
	    nla_put_u64_64bit(skb, CORDON_EVENT_GENERATION_BEFORE,
			      admin->before, PAD))
		return -EMSGSIZE;
	if (event->op != CORDON_ADMIN_OP_REQUEST &&
	    (nla_put(skb, CORDON_EVENT_DIGEST_BEFORE, DIGEST_SIZE,
		     admin->digest_before) ||
	     nla_put(skb, CORDON_EVENT_DIGEST, DIGEST_SIZE, admin->digest)))
		return -EMSGSIZE;
	if (event->path_len &&
	    nla_put(skb, CORDON_EVENT_WHY, event->path_len, event_path(event)))
		return -EMSGSIZE;
	return 0;
}

/* What a tenant may know of a request that one of its tasks made in vain. */
static int put_own_request(struct sk_buff *skb, const struct event *event)
{
	return nla_put(skb, CORDON_EVENT_WHY, event->path_len,
		       event_path(event));
}

static int put_object(struct sk_buff *skb, const struct event *event,
		      enum netlink_view view)
{
	int ret = 0;

	if (event->class == CORDON_CLASS_FILE)
		ret = put_file(skb, event);
	else if (event->class == CORDON_CLASS_SOCKET)
		ret = put_socket(skb, event);
	else if (event->class == CORDON_CLASS_STREAM)
		ret = nla_put_u64_64bit(skb, CORDON_EVENT_SUPPRESSED,
					event->object.suppressed, PAD);
	else if (event->class == CORDON_CLASS_ADMIN)
		ret = view == NETLINK_EVENT_ALL ? put_admin(skb, event) :
						  put_own_request(skb, event);
	else if (event->object.target_pid && view != NETLINK_EVENT_OWN_INSIDE)
		ret = nla_put_u32(skb, CORDON_EVENT_TARGET_PID,
				  event->object.target_pid);
	return ret ? -EMSGSIZE : 0;
}

/**
 * netlink_put_event - put an event into a message
 * @skb: the message
 * @event: the event
 * @view: what is put
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int netlink_put_event(struct sk_buff *skb, const struct event *event,
		      enum netlink_view view)
{
	struct nlattr *nest = nla_nest_start(skb, CORDON_A_EVENT);
	int ret;

	if (!nest || put_numbers(skb, event) || put_verdict(skb, event) ||
	    put_subject(skb, event))
		return -EMSGSIZE;
	if (view == NETLINK_EVENT_ALL && put_host_numbers(skb, event))
		return -EMSGSIZE;
	if (view != NETLINK_EVENT_OWN_INSIDE && put_processes(skb, event))
		return -EMSGSIZE;
	ret = put_object(skb, event, view);
	if (ret)
		return ret;
	nla_nest_end(skb, nest);
	return 0;
}
