// SPDX-License-Identifier: GPL-2.0
/*
 * Whose the socket at the other end of a connection on this host is.
 *
 * Only TCP can tell: two sockets never have both ends in common, so the one that
 * asks for a connection is found by its addresses.  Datagrams could be from any
 * of the sockets that share a port.
 *
 * To ask where a task connects to is for its convenience, who is refused at once
 * then.  Another may listen there by the time the request comes, so that is
 * judged again, by both sockets as they are.
 */
#include "socket_peer.h"

#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/inet_hashtables.h>
#include <net/inet6_hashtables.h>
#include <net/route.h>

#include "compat.h"
#include "socket_check.h"
#include "socket_owner.h"

/**
 * struct ip_address - an address of either version
 * @bytes: in network order
 * @len: 4 or 16
 */
struct ip_address {
	const u8 *bytes;
	u8 len;
};

/* What IPv6 calls mapped are addresses of IPv4 to the host. */
static struct ip_address plain_address(const u8 *bytes, u8 len)
{
	if (len == 16 && ipv6_addr_v4mapped((const struct in6_addr *)bytes))
		return (struct ip_address){ bytes + 12, 4 };
	return (struct ip_address){ bytes, len };
}

static __be32 as_ipv4(struct ip_address address)
{
	return (__force __be32)get_unaligned((const u32 *)address.bytes);
}

static const struct in6_addr *as_ipv6(struct ip_address address)
{
	return (const struct in6_addr *)address.bytes;
}

/*
 * The number of the device that has an address of this host, or 0.  Packets to
 * it come by the loopback device, but sockets that are bound to a device get
 * them when it is that one.  Those of VRFs are left out: there it is two.
 */
static int device_of(struct net *net, struct ip_address address)
{
	const struct net_device *device;

	if (address.len == 4)
		device = __ip_dev_find(net, as_ipv4(address), false);
	else if (ipv6_chk_addr(net, as_ipv6(address), NULL, 0))
		device = ipv6_dev_find(net, as_ipv6(address), NULL);
	else
		device = NULL;
	if (!device || netif_is_l3_slave(device) || netif_is_l3_master(device))
		return 0;
	return device->ifindex;
}

/* No reference is held. */
static const struct sock *find_listener(struct net *net,
					struct ip_address address, u16 port,
					int device)
{
	if (address.len == 4)
		return compat_tcp4_listener(net, as_ipv4(address), port,
					    device);
	return compat_tcp6_listener(net, as_ipv6(address), port, device);
}

/**
 * socket_peer_client - the socket on this host that asks for a connection
 * @sk: the socket that listens
 * @packet: the request
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: the socket, to be given to sock_gen_put(), or NULL when the request
 * is from elsewhere or nobody's any more.
 */
struct sock *socket_peer_client(const struct sock *sk,
				const struct packet *packet)
{
	const struct ip_address own =
		plain_address(packet->remote, packet->len);
	const struct ip_address peer =
		plain_address(packet->local, packet->len);
	struct net *net = sock_net(sk);
	struct sock *client;
	int device;

	if (!packet->loopback || own.len != peer.len)
		return NULL;
	device = device_of(net, own);
	if (own.len == 4)
		client = compat_tcp4_established(net, as_ipv4(peer),
						 packet->local_port,
						 as_ipv4(own),
						 packet->remote_port, device);
	else
		client = compat_tcp6_established(net, as_ipv6(peer),
						 packet->local_port,
						 as_ipv6(own),
						 packet->remote_port, device);
	if (!client || sk_fullsock(client))
		return client;
	sock_gen_put(client);
	return NULL;
}

/* Whether rules about peers of the own tenant can lift a denial. */
static bool may_be_self(const struct event_cause *cause)
{
	return cause->denied && cause->rule == RULESET_NONE &&
	       (cause->policy->rules.self_ops & cause->op);
}

/* Turns a denial into a permission; whether there is nothing more to be said. */
static bool lift(struct event_cause *cause, u32 rule)
{
	cause->denied = false;
	cause->rule = rule;
	return ruleset_rule(&cause->policy->rules, rule)->log !=
	       CORDON_LOG_ALWAYS;
}

/**
 * socket_peer_lifts_connect - whether a denial to connect is none after all
 * @cause: the decision by other rules, which is changed when it is
 * @endpoint: the address
 * @sk: the socket that is to be connected
 * @bytes: the address in network order
 * @len: its length in bytes, 4 or 16
 * @ret: set to what the hook is to return when it is
 *
 * Where nobody listens the connection is refused here already, as the kernel
 * would: it must not wait until somebody else does, or open one as well.
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: true when it is, and not to be reported either.
 */
bool socket_peer_lifts_connect(struct event_cause *cause,
			       const struct endpoint *endpoint,
			       const struct sock *sk, const u8 *bytes, u8 len,
			       int *ret)
{
	const struct ip_address address = plain_address(bytes, len);
	struct net *net = sock_net(sk);
	const struct sock *listener;
	u32 rule;
	int device;

	if (!may_be_self(cause))
		return false;
	rule = decide_self(&cause->policy->rules, endpoint, cause->op);
	device = rule == RULESET_NONE ? 0 : device_of(net, address);
	if (!device)
		return false;
	listener = find_listener(net, address, endpoint->port, device);
	if (!listener) {
		*ret = event_result(cause->policy, true, -ECONNREFUSED);
		return true;
	}
	if (socket_owner(listener) != cause->tenant)
		return false;
	/* The request is judged by it; one that was accepted is not in yet. */
	if (socket_owner_add(sk, cause->tenant))
		return false;
	*ret = 0;
	return lift(cause, rule);
}

/* The tenant on this host that asks for a connection, or NULL. */
static const struct tenant *client_tenant(const struct sock *sk,
					  const struct packet *packet)
{
	struct sock *client = socket_peer_client(sk, packet);
	const struct tenant *tenant;

	if (!client)
		return NULL;
	tenant = socket_owner(client);
	sock_gen_put(client);
	return tenant;
}

/**
 * socket_peer_lifts_accept - whether a denial to accept is none after all
 * @cause: the decision by other rules, which is changed when it is
 * @endpoint: the address of the one who asks, and the local port
 * @sk: the socket that listens
 * @packet: the request
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: true when it is, and not to be reported either.
 */
bool socket_peer_lifts_accept(struct event_cause *cause,
			      const struct endpoint *endpoint,
			      const struct sock *sk,
			      const struct packet *packet)
{
	u32 rule;

	if (!may_be_self(cause))
		return false;
	rule = decide_self(&cause->policy->rules, endpoint, cause->op);
	return rule != RULESET_NONE &&
	       client_tenant(sk, packet) == cause->tenant && lift(cause, rule);
}

/**
 * socket_peer_lifts_unix - whether a denial to talk to a unix socket is none
 * after all
 * @cause: the decision by other rules, which is changed when it is
 * @kind: what the socket is
 * @path: where the other is bound, or NULL
 * @other: the other, or NULL when this is about none
 *
 * Context: inside rcu_read_lock(); does not sleep.
 * Return: true when it is, and not to be reported either.
 */
bool socket_peer_lifts_unix(struct event_cause *cause, const struct kind *kind,
			    const struct pathname *path,
			    const struct sock *other)
{
	u32 rule;

	if (!other || !may_be_self(cause))
		return false;
	rule = decide_self_kind(&cause->policy->rules, kind, path, cause->op);
	return rule != RULESET_NONE && socket_owner(other) == cause->tenant &&
	       lift(cause, rule);
}
