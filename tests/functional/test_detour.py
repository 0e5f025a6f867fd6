# SPDX-License-Identifier: GPL-2.0
"""Ways for packets to get elsewhere than to the address that was judged."""
import select
import socket
import unittest

import cordon
from cordon import NO_ADDRESS, CordonTest, socket_section

setUpModule = cordon.begin
tearDownModule = cordon.end

OWN = "- {allow: [bind, connect], addr: [127.0.0.1, '::1']}"
ELSEWHERE = {4: "10.66.6.6", 6: "2001:db8::6"}


class RouteTest(CordonTest):
    """Source routes: their first stop is where packets go."""

    def setUp(self):
        super().setUp()
        self.load(acme=socket_section(OWN))
        self.acme = self.task("acme")

    def refused(self, version, kind, *words, port=0):
        family, own = ("inet", "0.0.0.0") if version == 4 else ("inet6", "::")
        protocol = "tcp" if kind == "stream" else "udp"
        if port:
            own = "127.0.0.1" if version == 4 else "::1"
        self.denied(self.acme, *words, op="connect", reason="redirects",
                    family=family, type=kind, protocol=protocol,
                    local_addr=own, local_port=port, remote_addr=None,
                    remote_port=None)

    def test_option(self):
        for kind in ("stream", "dgram"):
            self.acme.must(f"socket inet6 {kind}")
            self.refused(6, kind, f"route {ELSEWHERE[6]}")
            self.acme.must(f"socket inet {kind}")
            self.refused(4, kind, f"route4 {ELSEWHERE[4]}")

    def test_message(self):
        self.acme.must("socket inet6 dgram")
        self.acme.must("bind inet6,::1,7009")
        self.refused(6, "dgram", f"routed inet6,::1,7000 {ELSEWHERE[6]}",
                     port=7009)
        self.acme.must("socket inet dgram")
        self.acme.must("bind inet,127.0.0.1,7009")
        self.refused(4, "dgram",
                     f"routed4 inet,127.0.0.1,7000 {ELSEWHERE[4]}", port=7009)

    def test_connected(self):
        for version, family, own in ((6, "inet6", "::1"),
                                     (4, "inet", "127.0.0.1")):
            self.acme.must(f"socket {family} dgram")
            self.acme.must(f"connect {family},{own},7000")
            port = int(self.acme.must("port").split(":")[1])
            act = "routed" if version == 6 else "routed4"
            self.refused(version, "dgram", f"{act} - {ELSEWHERE[version]}",
                         port=port)

    def test_nobody_else(self):
        """Whoever is in no tenant, or one without such rules."""
        self.load(acme=socket_section("- {deny: bind, port: 1}",
                                      default="allow"))
        for task in (self.task(), self.acme):
            task.must("socket inet6 dgram")
            for words in (f"route {ELSEWHERE[6]}",
                          f"routed inet6,::1,7000 {ELSEWHERE[6]}"):
                self.assertNotEqual(task.do(words), "EACCES")
        self.no_events()


class AnyAddressTest(CordonTest):
    """To any address is to this host."""

    def setUp(self):
        super().setUp()
        self.load(acme=socket_section(
            "- {deny: connect, addr: [127.0.0.0/8, '::1']}", default="allow"))
        self.acme = self.task("acme")

    CASES = [("inet", "0.0.0.0", "127.0.0.1"), ("inet6", "::", "::1"),
             ("inet6", "::ffff:0.0.0.0", "::ffff:127.0.0.1")]

    def test_denied(self):
        for family, called, meant in self.CASES:
            for kind, protocol, act in (("stream", "tcp", "connect"),
                                        ("dgram", "udp", "connect"),
                                        ("dgram", "udp", "sendto"),
                                        ("stream", "tcp", "fastopen")):
                with self.subTest(called=called, kind=kind, act=act):
                    self.acme.must(f"socket {family} {kind}")
                    words = f"{act} {family},{called},7000"
                    self.denied(
                        self.acme,
                        words if act == "connect" else words + " x",
                        op="connect", family=family, type=kind,
                        protocol=protocol, remote_addr=meant,
                        remote_port=7000, local_port=0,
                        local_addr="::" if family == "inet6" else "0.0.0.0",
                        origin=self.policy.origin("deny:"))

    def test_bound(self):
        """It is the address that the socket is bound to."""
        self.acme.must("socket inet dgram")
        self.acme.must("bind inet,127.0.0.9,7009")
        self.denied(self.acme, "connect inet,0.0.0.0,7000", op="connect",
                    family="inet", type="dgram", protocol="udp",
                    remote_addr="127.0.0.9", remote_port=7000,
                    local_addr="127.0.0.9", local_port=7009,
                    origin=self.policy.origin("deny:"))

    def test_allowed(self):
        self.load(acme=socket_section(OWN))
        for family, called, _ in self.CASES:
            place = ("127.0.0.1" if family == "inet" or "." in called
                     else "::1")
            peer = socket.socket(socket.AF_INET6 if ":" in place
                                 else socket.AF_INET, socket.SOCK_DGRAM)
            self.addCleanup(peer.close)
            peer.bind((place, 7000))
            self.acme.must(f"socket {family} dgram")
            self.allowed(self.acme, f"sendto {family},{called},7000 x")
            self.assertTrue(select.select([peer], [], [], 5)[0], called)
            peer.close()


class OtherTest(CordonTest):
    def test_raw_without_family(self):
        """Raw sockets of a protocol of datagrams are not those."""
        self.load(acme=socket_section(
            "- {allow: create, family: inet6}",
            "- {allow: connect, proto: [udp, raw], addr: '::1'}"))
        acme = self.task("acme")
        for protocol in (17, 136):
            acme.must(f"socket inet6 raw {protocol}")
            self.denied(acme, f"sendto unspec,{ELSEWHERE[6]},0 x",
                        op="connect", family="inet6", type="raw",
                        protocol="udp" if protocol == 17 else "udplite",
                        remote_addr=ELSEWHERE[6], remote_port=0,
                        local_addr="::", local_port=protocol)

    def test_netlink_group(self):
        """Joining a group is what binding to it is."""
        fields = {"op": "bind", "family": "netlink", "type": "raw",
                  "protocol": "route", **NO_ADDRESS}
        self.load(acme=socket_section("- {allow: create, family: netlink}"))
        acme = self.task("acme")
        acme.must("socket netlink raw 0")
        self.denied(acme, "join 1", **fields)
        self.denied(acme, "bind group,0,1", **fields)
        self.load(acme=socket_section("- {allow: bind, family: netlink}"))
        acme.must("socket netlink raw 0")
        self.allowed(acme, "join 1")


if __name__ == "__main__":
    unittest.main()
