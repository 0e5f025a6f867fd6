# SPDX-License-Identifier: GPL-2.0
"""Rules about sockets that are wrong, as the module itself gets them."""
import unittest

import cordon
import netlink
from netlink import attr, nest, rule
from test_netlink import NAME, NetlinkCase, number

setUpModule = cordon.begin
tearDownModule = cordon.end


def sockets(*parts, ops=netlink.CONNECT, action=netlink.ALLOW):
    """A rule on sockets."""
    return NAME + rule(*parts, leave_out="path",
                       **{"class": attr(netlink.R_CLASS, netlink.SOCKET)},
                       **number("ops", ops), **number("action", action))


BAD_RULES = {
    "abstract name in a file rule": NAME + rule(attr(netlink.R_ABSTRACT,
                                                     "x")),
    "type in a file rule": NAME + rule(attr(netlink.R_TYPE, 1)),
    "protocol in a file rule": NAME + rule(attr(netlink.R_PROTOCOL, 1)),
    "cid in a file rule": NAME + rule(nest(netlink.R_CID, attr(1, 1),
                                           attr(2, 1))),
    "family 64": sockets(attr(netlink.R_FAMILY, 64)),
    "family 2^32-1": sockets(attr(netlink.R_FAMILY, 0xffffffff)),
    "type 11": sockets(attr(netlink.R_TYPE, 11)),
    "reversed cids": sockets(nest(netlink.R_CID, attr(1, 5), attr(2, 4))),
    "half a range of cids": sockets(nest(netlink.R_CID, attr(1, 5))),
    "empty abstract name": sockets(attr(netlink.R_ABSTRACT, "")),
    "abstract name with two stars": sockets(attr(netlink.R_ABSTRACT, "**")),
    "relative path of a socket": sockets(attr(netlink.R_PATH, "x")),
    "accept with unix": sockets(attr(netlink.R_FAMILY, 1), ops=16),
    "port with unix": sockets(attr(netlink.R_FAMILY, 1), nest(
        netlink.R_PORT, attr(1, 1), attr(2, 1))),
    "address with create": sockets(nest(
        netlink.R_ADDR, attr(1, b"\x0a\0\0\0"), attr(2, 8)),
                                   ops=netlink.CREATE),
    "path with create": sockets(attr(netlink.R_PATH, "/x"),
                                ops=netlink.CREATE),
    "type without family": sockets(attr(netlink.R_TYPE, 1)),
    "type with inet": sockets(attr(netlink.R_TYPE, 1),
                              attr(netlink.R_FAMILY, 2)),
    "cid with netlink": sockets(attr(netlink.R_FAMILY, 16), nest(
        netlink.R_CID, attr(1, 1), attr(2, 1))),
    "unknown peer": sockets(attr(netlink.R_PEER, 2)),
    "peer 0": sockets(attr(netlink.R_PEER, 0)),
    "peer in a file rule": NAME + rule(attr(netlink.R_PEER, 1)),
    "peer in a denial": sockets(attr(netlink.R_PEER, 1), action=netlink.DENY),
    "peer with udp": sockets(attr(netlink.R_PEER, 1), attr(netlink.R_PROTO,
                                                           2)),
    "peer with bind": sockets(attr(netlink.R_PEER, 1), ops=2),
    "peer with vsock": sockets(attr(netlink.R_PEER, 1),
                               attr(netlink.R_FAMILY, 40)),
    "connect with smc": sockets(attr(netlink.R_FAMILY, 43)),
}

# What does not go together shows when no more of a rule can come.
LATE = {"port with unix", "address with create", "path with create",
        "type without family", "type with inet", "cid with netlink",
        "connect with smc", "accept with unix", "peer with bind",
        "peer with vsock"}


class SocketRuleTest(NetlinkCase):
    def test_rules(self):
        self.expect_bad_rules(BAD_RULES, LATE)


if __name__ == "__main__":
    unittest.main()
