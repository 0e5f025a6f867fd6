// SPDX-License-Identifier: GPL-2.0
/* Names of the numbers of the socket layer. */
#include <assert.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/cordon.h>
#include <linux/netlink.h>

#include "names.h"

const struct name names_proto[] = {
	{ "tcp", CORDON_PROTO_TCP },
	{ "udp", CORDON_PROTO_UDP },
	{ "icmp", CORDON_PROTO_ICMP },
	{ "sctp", CORDON_PROTO_SCTP },
	{ "mptcp", CORDON_PROTO_MPTCP },
	{ "raw", CORDON_PROTO_RAW },
	{ "other", CORDON_PROTO_OTHER },
	{ "udplite", CORDON_PROTO_UDPLITE },
	{ NULL },
};
static_assert(__CORDON_PROTO_LAST == 2 * CORDON_PROTO_UDPLITE,
	      "every protocol has a name");

const struct name names_peer[] = {
	{ "self", CORDON_PEER_SELF },
	{ NULL },
};
static_assert(__CORDON_PEER_LAST == CORDON_PEER_SELF + 1,
	      "every kind of peer has a name");

const struct name names_family[] = {
	{ "unspec", AF_UNSPEC },
	{ "unix", AF_UNIX },
	{ "inet", AF_INET },
	{ "ax25", AF_AX25 },
	{ "ipx", AF_IPX },
	{ "appletalk", AF_APPLETALK },
	{ "netrom", AF_NETROM },
	{ "bridge", AF_BRIDGE },
	{ "atmpvc", AF_ATMPVC },
	{ "x25", AF_X25 },
	{ "inet6", AF_INET6 },
	{ "rose", AF_ROSE },
	{ "decnet", AF_DECnet },
	{ "netbeui", AF_NETBEUI },
	{ "security", AF_SECURITY },
	{ "key", AF_KEY },
	{ "netlink", AF_NETLINK },
	{ "packet", AF_PACKET },
	{ "ash", AF_ASH },
	{ "econet", AF_ECONET },
	{ "atmsvc", AF_ATMSVC },
	{ "rds", AF_RDS },
	{ "sna", AF_SNA },
	{ "irda", AF_IRDA },
	{ "pppox", AF_PPPOX },
	{ "wanpipe", AF_WANPIPE },
	{ "llc", AF_LLC },
	{ "ib", AF_IB },
	{ "mpls", AF_MPLS },
	{ "can", AF_CAN },
	{ "tipc", AF_TIPC },
	{ "bluetooth", AF_BLUETOOTH },
	{ "iucv", AF_IUCV },
	{ "rxrpc", AF_RXRPC },
	{ "isdn", AF_ISDN },
	{ "phonet", AF_PHONET },
	{ "ieee802154", AF_IEEE802154 },
	{ "caif", AF_CAIF },
	{ "alg", AF_ALG },
	{ "nfc", AF_NFC },
	{ "vsock", AF_VSOCK },
	{ "kcm", AF_KCM },
	{ "qipcrtr", AF_QIPCRTR },
	{ "smc", AF_SMC },
	{ "xdp", AF_XDP },
	{ "mctp", AF_MCTP },
	{ NULL },
};

const struct name names_socket_type[] = {
	{ "stream", SOCK_STREAM },
	{ "dgram", SOCK_DGRAM },
	{ "raw", SOCK_RAW },
	{ "rdm", SOCK_RDM },
	{ "seqpacket", SOCK_SEQPACKET },
	{ "dccp", SOCK_DCCP },
	{ "packet", SOCK_PACKET },
	{ NULL },
};

const struct name names_protocol[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "icmpv6", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE },
	{ "raw", IPPROTO_RAW },
	{ "mptcp", IPPROTO_MPTCP },
	{ NULL },
};

const struct name names_netlink[] = {
	{ "route", NETLINK_ROUTE },
	{ "usersock", NETLINK_USERSOCK },
	{ "firewall", NETLINK_FIREWALL },
	{ "sock-diag", NETLINK_SOCK_DIAG },
	{ "nflog", NETLINK_NFLOG },
	{ "xfrm", NETLINK_XFRM },
	{ "selinux", NETLINK_SELINUX },
	{ "iscsi", NETLINK_ISCSI },
	{ "audit", NETLINK_AUDIT },
	{ "fib-lookup", NETLINK_FIB_LOOKUP },
	{ "connector", NETLINK_CONNECTOR },
	{ "netfilter", NETLINK_NETFILTER },
	{ "ip6-fw", NETLINK_IP6_FW },
	{ "dnrtmsg", NETLINK_DNRTMSG },
	{ "kobject-uevent", NETLINK_KOBJECT_UEVENT },
	{ "generic", NETLINK_GENERIC },
	{ "scsitransport", NETLINK_SCSITRANSPORT },
	{ "ecryptfs", NETLINK_ECRYPTFS },
	{ "rdma", NETLINK_RDMA },
	{ "crypto", NETLINK_CRYPTO },
	{ "smc", NETLINK_SMC },
	{ NULL },
};

/**
 * names_protocol_of - what protocol numbers of a family are called
 * @family: the family
 *
 * Return: their table; an empty one where they have no names here.
 */
const struct name *names_protocol_of(uint32_t family)
{
	static const struct name none[] = { { NULL } };

	if (family == AF_NETLINK)
		return names_netlink;
	return family == AF_INET || family == AF_INET6 ? names_protocol : none;
}

/**
 * names_protocol_in - what protocol numbers in a rule are called
 * @families: its families, as a set
 *
 * Return: their table; numbers of one family alone have names.
 */
const struct name *names_protocol_in(uint64_t families)
{
	bool netlink = families == 1ULL << AF_NETLINK;

	return names_protocol_of(netlink ? AF_NETLINK : AF_UNSPEC);
}
