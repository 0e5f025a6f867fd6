# SPDX-License-Identifier: GPL-2.0
"""A private network in one line: what it lets through, and nothing else.

The other host, at the other end of a veth pair, is everybody: members of the
network, a stranger, the resolver and the metadata service of a cloud.
"""
import select
import socket
import subprocess
import unittest

import cordon
from cordon import CordonTest, NO_ADDRESS, cgroup_id
from otherhost import OtherHost, fill

HERE = {4: "10.3.0.1", 6: "fd00:3::1"}
NEAR_CLOUD = {4: "169.254.169.1", 6: "fd00:ec2::1"}
MEMBER = {4: "10.3.0.2", 6: "fd00:3::2"}
STRANGER = {4: "10.3.0.130", 6: "fd00:3::1:3"}
RESOLVER = {4: "10.3.0.153", 6: "fd00:3::1:53"}
METADATA = {4: "169.254.169.254", 6: "fd00:ec2::254"}
LOOPBACK = {4: "127.0.0.1", 6: "::1"}
ANY = {4: "0.0.0.0", 6: "::"}

NETWORK = """
    network:
      prefix: [10.3.0.0/25, 'fd00:3::/112']
      resolvers: [10.3.0.153, 'fd00:3::1:53']
"""
DENY_METADATA = """
    socket:
      rules:
        - {deny: all, addr: [169.254.169.254, 'fd00:ec2::254']}
"""

PROTOCOLS = {"tcp": ("stream", 0), "sctp": ("stream", 132),
             "mptcp": ("stream", 262), "udp": ("dgram", 0),
             "udplite": ("dgram", 136)}
KINDS = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM}
FAMILIES = {4: ("inet", socket.AF_INET), 6: ("inet6", socket.AF_INET6)}
NOBODY = 2**32 - 1
# What a packet that must not come through is given to do so all the same.
BRIEFLY = "300"
LONG = str(cordon.TIMEOUT * 1000)

other = None


def setUpModule():
    global other
    for module in ("veth", "sctp"):
        subprocess.run(["modprobe", "-q", module], check=False)
    other = OtherHost("here", "there")
    fill("here", HERE, NEAR_CLOUD)
    with other.there():
        fill("there", MEMBER, STRANGER, RESOLVER, METADATA)
    with open("/proc/sys/net/ipv4/ping_group_range", "w",
              encoding="ascii") as setting:
        setting.write("0 100")
    cordon.begin()


def tearDownModule():
    cordon.end()
    other.remove()


class Way:
    """A protocol over a version of IP."""

    def __init__(self, protocol, version):
        self.protocol = protocol
        self.version = version
        self.type, self.number = PROTOCOLS[protocol]
        self.family = FAMILIES[version][0]
        self.connects = self.type == "stream"

    def socket(self):
        return socket.socket(FAMILIES[self.version][1], KINDS[self.type],
                             self.number)

    def fields(self):
        """What events say of it."""
        return {"family": self.family, "type": self.type,
                "protocol": self.protocol}

    def leaves_its_link(self):
        """SCTP does not speak of addresses that hold on one link only."""
        return (self.protocol, self.version) != ("sctp", 4)

    def exists(self):
        """Whether this kernel has it: UDP-Lite for one went some day."""
        try:
            self.socket().close()
        except OSError:
            return False
        return True


class NetworkCase(CordonTest):
    body = NETWORK

    def setUp(self):
        super().setUp()
        self.load(acme=self.body)
        self.acme = self.task("acme")

    def each_way(self, act):
        for protocol in PROTOCOLS:
            for version in FAMILIES:
                way = Way(protocol, version)
                if way.exists():
                    with self.subTest(protocol, version=version):
                        act(way)

    def peer(self, way, hosts, port=0):
        """A socket of the other host."""
        with other.there():
            peer = way.socket()
        self.addCleanup(peer.close)
        peer.settimeout(cordon.TIMEOUT)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        peer.bind((hosts[way.version], port))
        return peer

    def server(self, way, hosts, port):
        server = self.peer(way, hosts, port)
        if way.connects:
            server.listen()
        return server

    def make(self, way):
        self.allowed(self.acme, f"socket {way.family} {way.type} {way.number}")

    def reaches(self, way, hosts, port):
        server = self.server(way, hosts, port)
        self.make(way)
        self.allowed(self.acme,
                     f"connect {way.family},{hosts[way.version]},{port}")
        self.allowed(self.acme, "send hello")
        if way.connects:
            connection, _ = server.accept()
            server.close()
            server = connection
            server.settimeout(cordon.TIMEOUT)
        self.assertEqual(server.recv(100), b"hello")
        server.close()

    def does_not_reach(self, way, hosts, port, origin="default"):
        """Neither by connecting nor by sending."""
        address = hosts[way.version]
        where = f"{way.family},{address},{port}"
        tries = [f"connect {where}"]
        if not way.connects:
            tries += [f"sendto {where} x", f"sendmsg {where} x"]
        for words in tries:
            self.make(way)
            self.denied(self.acme, words, op="connect", origin=origin,
                        local_addr=ANY[way.version], local_port=0,
                        remote_addr=address, remote_port=port, **way.fields())

    def is_heard_by_nobody(self, way, hosts, port, origin="default"):
        """The same, with somebody there."""
        server = self.server(way, hosts, port)
        self.does_not_reach(way, hosts, port, origin)
        self.assertFalse(select.select([server], [], [], 0)[0])
        server.close()

    def wait_here(self, way):
        self.make(way)
        self.allowed(self.acme, f"bind {way.family},{ANY[way.version]},7000")
        if way.connects:
            self.allowed(self.acme, "listen")

    def is_reached(self, way, hosts):
        self.wait_here(way)
        peer = self.peer(way, hosts)
        peer.connect((HERE[way.version], 7000))
        if way.connects:
            self.acme.must("accept", LONG)
        peer.send(b"hello")
        self.assertEqual(self.acme.do("recv", LONG), "text:hello")
        self.no_events()
        peer.close()

    def is_not_reached(self, way, hosts, origin="default"):
        """What comes is dropped; who connects times out."""
        self.wait_here(way)
        peer = self.peer(way, hosts)
        if way.connects:
            peer.settimeout(int(BRIEFLY) / 1000)
            with self.assertRaises(TimeoutError):
                peer.connect((HERE[way.version], 7000))
        else:
            peer.sendto(b"x", (HERE[way.version], 7000))
        self.assertEqual(
            self.acme.do("accept" if way.connects else "recv", BRIEFLY),
            "EAGAIN")
        self.check_packets(way, peer, origin)
        peer.close()
        self.session.take()

    def check_packets(self, way, peer, origin):
        """Each packet of a peer that was dropped was reported."""
        address, port = peer.getsockname()[:2]
        events = self.session.take()
        for event in events:
            self.check_event(event, self.acme, {
                "op": "accept" if way.connects else "receive",
                "pid": 0, "tgid": 0, "ppid": 0, "comm": "", "uid": 0,
                "gid": NOBODY, "cgroup_id": cgroup_id("acme"),
                "origin": origin, "local_addr": HERE[way.version],
                "local_port": 7000, "remote_addr": address,
                "remote_port": port, **way.fields(),
                "protocol": way.protocol})
        self.assertGreaterEqual(len(events), 1)


class NetworkTest(NetworkCase):
    def test_out(self):
        self.each_way(lambda way: self.reaches(way, MEMBER, 7000))

    def test_out_elsewhere(self):
        def out(way):
            for hosts in STRANGER, METADATA:
                self.is_heard_by_nobody(way, hosts, 7000)
            self.does_not_reach(way, LOOPBACK, 7000)

        self.each_way(out)

    def test_in(self):
        self.each_way(lambda way: self.is_reached(way, MEMBER))

    def test_in_from_elsewhere(self):
        def come(way):
            self.is_not_reached(way, STRANGER)
            if way.leaves_its_link():
                self.is_not_reached(way, METADATA)

        self.each_way(come)

    def test_ping(self):
        for version, number, name in (4, 1, "icmp"), (6, 58, "icmpv6"):
            family = FAMILIES[version][0]
            words = f"socket {family} dgram {number}"
            with self.subTest(name):
                self.allowed(self.acme, words)
                self.allowed(self.acme, f"ping {family},{MEMBER[version]},0")
                answer = self.acme.do("recv", LONG)
                self.assertTrue(answer.startswith("text:"), answer)
                self.no_events()
                for hosts in STRANGER, RESOLVER, METADATA:
                    self.allowed(self.acme, words)
                    self.denied(self.acme,
                                f"ping {family},{hosts[version]},0",
                                op="connect", family=family, type="dgram",
                                protocol=name, local_addr=ANY[version],
                                local_port=0, remote_addr=hosts[version],
                                remote_port=0)

    def test_resolver(self):
        """By TCP and UDP, at the port of DNS."""
        def ask(way):
            if way.protocol in ("tcp", "udp"):
                self.reaches(way, RESOLVER, 53)
            else:
                self.is_heard_by_nobody(way, RESOLVER, 53)
            self.is_heard_by_nobody(way, RESOLVER, 54)

        self.each_way(ask)

    def test_answer_of_the_resolver(self):
        """To a socket that is not connected, as some libraries have it."""
        for version in FAMILIES:
            way = Way("udp", version)
            with self.subTest(version):
                server = self.server(way, RESOLVER, 53)
                self.make(way)
                self.allowed(self.acme,
                             f"sendto {way.family},{RESOLVER[version]},53 who")
                question, asker = server.recvfrom(100)
                self.assertEqual(question, b"who")
                server.sendto(b"you", asker)
                self.assertEqual(self.acme.do("recv", LONG), "text:you")
                self.no_events()

    def test_connection_of_the_resolver(self):
        """It answers; it does not call."""
        for version in FAMILIES:
            with self.subTest(version):
                self.is_not_reached(Way("tcp", version), RESOLVER)

    def test_create(self):
        """What can do with packets what it wants cannot even be made."""
        for words, *shown in (
                ("unix stream", "unix", "stream", 0),
                ("inet raw 1", "inet", "raw", "icmp"),
                ("inet raw 6", "inet", "raw", "tcp"),
                ("inet raw 255", "inet", "raw", "raw"),
                ("inet6 raw 58", "inet6", "raw", "icmpv6"),
                ("inet stream 33", "inet", "stream", 33),
                ("packet raw 3", "packet", "raw", 3),
                ("packet dgram 768", "packet", "dgram", 768),
                ("netlink raw 0", "netlink", "raw", "route"),
                ("netlink raw 4", "netlink", "raw", "sock-diag"),
                ("vsock stream", "vsock", "stream", 0),
                ("alg seqpacket", "alg", "seqpacket", 0),
                ("xdp raw", "xdp", "raw", 0),
                ("43 stream", "smc", "stream", 0),
                ("45 dgram", "mctp", "dgram", 0)):
            with self.subTest(words):
                fields = dict(zip(("family", "type", "protocol"), shown))
                self.denied(self.acme, f"socket {words}", op="create",
                            **fields, **NO_ADDRESS)

    def rules(self):
        return cordon.query("show", "acme")["rules"]

    def test_origin(self):
        """Rules are of the lines that they were made from."""
        network, prefix, resolvers = (
            self.policy.origin(key)
            for key in ("network:", "prefix:", "resolvers:"))
        self.assertEqual([rule["origin"] for rule in self.rules()],
                         [network, prefix, resolvers, resolvers])

    def test_expanded(self):
        """What --expand prints means the same to the kernel."""
        def meaning():
            return [{key: value for key, value in rule.items()
                     if key != "origin"} for rule in self.rules()]

        before = meaning()
        text = cordon.cordonctl("check", "--expand", "-",
                                stdin=self.policy.text)
        self.assertNotIn("network", text)
        cordon.cordonctl("load", "-", stdin=text)
        self.session.generation += 1
        self.assertEqual(meaning(), before)
        self.does_not_reach(Way("tcp", 4), STRANGER, 80)

    def test_not_expanded(self):
        """A policy with errors is not printed, and neither are two forms."""
        for words, text, code in (
                ("--expand", self.policy.text.replace("/25", "/24"), 0),
                ("--expand", self.policy.text.replace("/25", "/8"), 3),
                ("--expand --json", self.policy.text, 2)):
            with self.subTest(words, code=code):
                done = cordon.run("cordonctl", "check", *words.split(), "-",
                                  input=text)
                self.assertEqual(done.returncode, code)
                self.assertEqual(bool(done.stdout), code == 0)
                self.assertEqual(bool(done.stderr), code != 0)


class RulesBesideTest(NetworkCase):
    body = NETWORK + DENY_METADATA + \
        "        - {allow: [bind, listen, connect], path: /run/acme/*}\n"

    def test_unix(self):
        self.make_tree("/run/acme")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("/run/acme/server")
            server.listen()
            self.allowed(self.acme, "socket unix stream")
            self.allowed(self.acme, "connect path,/run/acme/server")
        self.allowed(self.acme, "socket unix stream")
        self.allowed(self.acme, "bind path,/run/acme/s")
        self.allowed(self.acme, "listen")
        self.allowed(self.acme, "socket unix stream")
        self.denied(self.acme, "bind path,/run/s", op="bind", family="unix",
                    type=None, protocol=0, name="/run/s", **NO_ADDRESS)

    def test_metadata(self):
        origin = self.policy.origin("deny:")
        self.each_way(lambda way: self.is_heard_by_nobody(way, METADATA, 80,
                                                          origin))


class WideTest(NetworkCase):
    """The metadata service stays denied when everything is the network."""
    body = "    network: [0.0.0.0/0, '::/0']\n" + DENY_METADATA

    def test_metadata(self):
        origin = self.policy.origin("deny:")

        def talk(way):
            self.is_heard_by_nobody(way, METADATA, 80, origin)
            if way.leaves_its_link():
                self.is_not_reached(way, METADATA, origin)
            self.reaches(way, STRANGER, 80)

        self.each_way(talk)


if __name__ == "__main__":
    unittest.main()
