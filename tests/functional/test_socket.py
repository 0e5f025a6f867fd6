# SPDX-License-Identifier: GPL-2.0
"""Connecting, sending and binding, over IPv4 and IPv6."""
import select
import socket
import subprocess
import unittest

import cordon
from cordon import CordonTest, file_section, socket_section

ADDRESSES = ["10.1.0.1", "10.1.255.9", "10.2.0.1", "10.9.0.1", "fd00:1::1",
             "fd00:2::1"]
NAMES = {socket.SOCK_STREAM: "stream", socket.SOCK_DGRAM: "dgram",
         socket.SOCK_RAW: "raw"}

RULES = [
    "- {allow: [connect, bind], proto: tcp, addr: [10.1.0.0/16,"
    " 'fd00:1::/32', 127.0.0.1], port: [7000, 7100-7199]}",
    "- {allow: [connect, bind], proto: udp, addr: [10.1.0.0/16,"
    " 'fd00:1::/32', 127.0.0.1], port: [7000, 7100-7199]}",
    "- {allow: connect, proto: udp, addr: '::1'}",
    "- {deny: connect, addr: 10.1.255.0/24}",
]


def setUpModule():
    cordon.begin()
    subprocess.run(["ip", "link", "set", "dummy0", "up"], check=True)
    for address in ADDRESSES:
        prefix = "/128" if ":" in address else "/32"
        subprocess.run(["ip", "addr", "add", address + prefix, "dev",
                        "dummy0"], check=True)
    # An IPv6 address is tentative until nobody else claimed it.
    cordon.wait_until(lambda: "tentative" not in cordon.run(
        "ip", "addr", "show", "dev", "dummy0").stdout)
    with open("/proc/sys/net/ipv4/tcp_fastopen", "w",
              encoding="ascii") as setting:
        setting.write("519")
    with open("/proc/sys/net/ipv4/ping_group_range", "w",
              encoding="ascii") as setting:
        setting.write("0 100")


def tearDownModule():
    subprocess.run(["ip", "addr", "flush", "dev", "dummy0"], check=True)
    cordon.end()


def family_of(address):
    return "inet6" if ":" in address else "inet"


class Peer:
    """A socket of the host that hears what reaches an address."""

    def __init__(self, kind, address, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, kind)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self.socket.bind((address, port))
        self.kind = kind
        if kind == socket.SOCK_STREAM:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
            self.socket.listen(5)

    def heard(self, seconds=5):
        """What came, or None if nothing did."""
        if not select.select([self.socket], [], [], seconds)[0]:
            return None
        if self.kind == socket.SOCK_DGRAM:
            return self.socket.recv(100)
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(0.2)
            try:
                return connection.recv(100)
            except TimeoutError:
                return b""

    def close(self):
        self.socket.close()


class SocketCase(CordonTest):
    rules = RULES

    def setUp(self):
        super().setUp()
        self.load(acme=socket_section(*self.rules))
        self.acme = self.task("acme")

    def peer(self, kind, address, port):
        peer = Peer(kind, address, port)
        self.addCleanup(peer.close)
        return peer

    def fields(self, kind, family="inet", protocol=None, **more):
        any_address = "0.0.0.0" if family == "inet" else "::"
        wanted = {"family": family, "type": NAMES[kind],
                  "protocol": protocol or ("tcp" if kind == socket.SOCK_STREAM
                                           else "udp"),
                  "local_addr": any_address, "local_port": 0}
        wanted.update(more)
        return wanted

    def denied_peer(self, kind, words, address, port, family=None, **more):
        """Connecting or sending to a peer, which then has heard nothing."""
        wanted = self.fields(kind, family or family_of(address),
                             op="connect", remote_addr=address,
                             remote_port=port)
        wanted.update(more)
        return self.denied(self.acme, *words, **wanted)


class ConnectTest(SocketCase):
    CASES = [
        # address, port, whether it is allowed
        ("10.1.0.1", 7000, True), ("10.1.0.1", 7100, True),
        ("10.1.0.1", 7150, True), ("10.1.0.1", 7199, True),
        ("10.1.0.1", 6999, False), ("10.1.0.1", 7001, False),
        ("10.1.0.1", 7099, False), ("10.1.0.1", 7200, False),
        ("10.2.0.1", 7000, False), ("10.9.0.1", 7000, False),
        ("127.0.0.1", 7000, True),
        ("fd00:1::1", 7000, True), ("fd00:1::1", 7199, True),
        ("fd00:1::1", 7200, False), ("fd00:2::1", 7000, False),
        ("::1", 7000, False)]

    def test_tcp(self):
        for address, port, good in self.CASES:
            with self.subTest(address=address, port=port):
                family = family_of(address)
                peer = self.peer(socket.SOCK_STREAM, address, port)
                self.acme.must(f"socket {family} stream")
                words = [f"connect {family},{address},{port}"]
                if good:
                    self.allowed(self.acme, *words)
                    self.allowed(self.acme, "send hello")
                    self.assertEqual(peer.heard(), b"hello")
                else:
                    self.denied_peer(socket.SOCK_STREAM, words, address, port)
                    self.assertIsNone(peer.heard(0))

    def test_udp(self):
        for address, port, good in self.CASES[:-1]:
            family = family_of(address)
            for words in (f"connect {family},{address},{port}",
                          f"sendto {family},{address},{port} hello",
                          f"sendmsg {family},{address},{port} hello"):
                with self.subTest(words):
                    self.udp(words, family, address, port, good)

    def udp(self, words, family, address, port, good):
        peer = self.peer(socket.SOCK_DGRAM, address, port)
        self.acme.must(f"socket {family} dgram")
        if not good:
            self.denied_peer(socket.SOCK_DGRAM, [words], address, port)
            self.assertIsNone(peer.heard(0))
        else:
            self.allowed(self.acme, words)
            if words.startswith("connect"):
                self.allowed(self.acme, "send hello")
            self.assertEqual(peer.heard(), b"hello")
        peer.close()

    def test_without_address(self):
        """Who was connected once may send, whatever the policy says by now."""
        peer = self.peer(socket.SOCK_DGRAM, "10.1.0.1", 7000)
        self.acme.must("socket inet dgram")
        self.allowed(self.acme, "connect inet,10.1.0.1,7000")
        self.load(acme=socket_section())
        self.allowed(self.acme, "send hello")
        self.assertEqual(peer.heard(), b"hello")

    def test_bound(self):
        """The event tells where it came from as well."""
        self.acme.must("socket inet dgram")
        self.allowed(self.acme, "bind inet,10.1.0.1,7123")
        self.denied_peer(socket.SOCK_DGRAM, ["connect inet,10.2.0.1,53"],
                         "10.2.0.1", 53, local_addr="10.1.0.1",
                         local_port=7123)

    def test_deny_overrides(self):
        origin = self.policy.origin("deny:")
        self.acme.must("socket inet stream")
        self.denied_peer(socket.SOCK_STREAM, ["connect inet,10.1.255.9,7000"],
                         "10.1.255.9", 7000, origin=origin)
        self.load(acme=socket_section(*self.rules[::-1]))
        self.denied_peer(socket.SOCK_STREAM, ["connect inet,10.1.255.9,7000"],
                         "10.1.255.9", 7000,
                         origin=self.policy.origin("deny:"))

    def test_nobody_else(self):
        task = self.task()
        peer = self.peer(socket.SOCK_STREAM, "10.9.0.1", 7000)
        task.must("socket inet stream")
        self.allowed(task, "connect inet,10.9.0.1,7000")
        self.allowed(task, "send hello")
        self.assertEqual(peer.heard(), b"hello")

    def test_audit_mode(self):
        peer = self.peer(socket.SOCK_DGRAM, "10.2.0.1", 7000)
        self.acme.must("socket inet dgram")
        self.load(acme=socket_section(mode="audit"))
        self.reported(self.acme, "OK", "sendto inet,10.2.0.1,7000 hello",
                      verdict="would-deny", op="connect",
                      remote_addr="10.2.0.1", remote_port=7000,
                      **self.fields(socket.SOCK_DGRAM))
        self.assertEqual(peer.heard(), b"hello")

    def test_log(self):
        self.load(acme=socket_section(
            "- {allow: connect, addr: 10.1.0.1, log: always}",
            "- {deny: connect, addr: 10.2.0.1, log: never}"))
        self.acme.must("socket inet dgram")
        self.reported(self.acme, "OK", "connect inet,10.1.0.1,7000",
                      verdict="allowed", op="connect",
                      origin=self.policy.origin("always"),
                      remote_addr="10.1.0.1", remote_port=7000,
                      **self.fields(socket.SOCK_DGRAM))
        self.fails(self.acme, "EACCES", "connect inet,10.2.0.1,7000")

    def test_no_socket_section(self):
        self.load(acme=file_section(default="allow"))
        peer = self.peer(socket.SOCK_DGRAM, "10.9.0.1", 7000)
        self.acme.must("socket inet dgram")
        self.allowed(self.acme, "sendto inet,10.9.0.1,7000 hello")
        self.assertEqual(peer.heard(), b"hello")


class OtherWaysTest(SocketCase):
    """Each way to reach an address is a connect to it."""

    def test_sendmmsg(self):
        """One call with two addresses: each is judged."""
        good, bad = "inet,10.1.0.1,7000", "inet,10.2.0.1,7000"
        peers = [self.peer(socket.SOCK_DGRAM, address, 7000)
                 for address in ("10.1.0.1", "10.2.0.1")]
        self.acme.must("socket inet dgram")
        self.denied_peer(socket.SOCK_DGRAM, [f"sendmmsg {bad} {good} hello"],
                         "10.2.0.1", 7000)
        self.assertEqual([peer.heard(0) for peer in peers], [None, None])
        port = self.acme.must("port")
        self.assertEqual(port, "text:0")
        self.assertEqual(self.acme.do(f"sendmmsg {good} {bad} hello"),
                         "text:1")
        self.assertEqual(len(self.session.take()), 1)
        self.assertEqual([peer.heard(0) for peer in peers], [b"hello", None])

    def test_fastopen(self):
        for address, good in (("10.1.0.1", True), ("10.2.0.1", False)):
            with self.subTest(address):
                peer = self.peer(socket.SOCK_STREAM, address, 7000)
                self.acme.must("socket inet stream")
                words = [f"fastopen inet,{address},7000 hello"]
                if good:
                    self.allowed(self.acme, *words)
                    self.assertEqual(peer.heard(), b"hello")
                else:
                    self.denied_peer(socket.SOCK_STREAM, words, address, 7000)
                    self.assertIsNone(peer.heard(0))

    def test_stream_ignores_address(self):
        """A connected stream sends to its peer, whatever address is given."""
        peer = self.peer(socket.SOCK_STREAM, "10.1.0.1", 7000)
        self.acme.must("socket inet stream")
        self.allowed(self.acme, "connect inet,10.1.0.1,7000")
        self.assertIn(self.acme.do("sendto inet,10.2.0.1,7000 hello"),
                      ("OK", "EISCONN"))
        self.no_events()
        self.assertIn(peer.heard(), (b"hello", b""))

    def test_uring(self):
        for where in ("here", "worker"):
            for kind, name, act in (
                    (socket.SOCK_STREAM, "stream", "connect {}"),
                    (socket.SOCK_DGRAM, "dgram", "sendmsg {} hello")):
                with self.subTest(where=where, act=act):
                    self.uring(where, kind, name, act)

    def uring(self, where, kind, name, act):
        act = f"uring {where} {act}"
        bad = self.peer(kind, "10.2.0.1", 7000)
        good = self.peer(kind, "10.1.0.1", 7000)
        self.acme.must(f"socket inet {name}")
        self.assertEqual(self.acme.do(act.format("inet,10.2.0.1,7000")),
                         "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1)
        worker = events[0]["pid"]
        self.assertEqual(worker != self.acme.pid, where == "worker")
        self.check_event(events[0], self.acme, self.fields(
            kind, op="connect", remote_addr="10.2.0.1", remote_port=7000,
            pid=worker, comm=events[0]["comm"]))
        self.assertIsNone(bad.heard(0))
        self.allowed(self.acme, act.format("inet,10.1.0.1,7000"))
        self.assertEqual(good.heard(), b"hello" if kind == socket.SOCK_DGRAM
                         else b"")
        bad.close()
        good.close()

    def test_raw(self):
        """No rule names raw sockets, so nothing can be sent with one."""
        self.load(acme=socket_section("- {allow: create, proto: raw}"))
        self.acme.must("socket inet raw 1")
        self.denied_peer(socket.SOCK_RAW, ["sendto inet,10.1.0.1,0 hello"],
                         "10.1.0.1", 0, protocol="icmp", local_port=1)
        self.denied_peer(socket.SOCK_RAW, ["connect inet,10.1.0.1,0"],
                         "10.1.0.1", 0, protocol="icmp", local_port=1)

    def test_ping(self):
        self.load(acme=socket_section("- {allow: create, proto: icmp}"))
        self.acme.must("socket inet dgram 1")
        self.denied_peer(
            socket.SOCK_DGRAM, ["sendto inet,10.1.0.1,0 %08%00%00%00abcd"],
            "10.1.0.1", 0, protocol="icmp")


class AddressTest(SocketCase):
    """Addresses that are not what they seem."""

    def test_mapped(self):
        """An IPv4 address inside an IPv6 one is the IPv4 address."""
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for address, good in (("10.1.0.1", True), ("10.2.0.1", False)):
                with self.subTest(kind=kind, address=address):
                    self.mapped(kind, address, good)

    def mapped(self, kind, address, good):
        peer = self.peer(kind, address, 7000)
        self.acme.must(f"socket inet6 {NAMES[kind]}")
        words = [f"connect inet6,::ffff:{address},7000"]
        if good:
            self.allowed(self.acme, *words)
            self.allowed(self.acme, "send hello")
            self.assertEqual(peer.heard(), b"hello")
        else:
            self.denied_peer(kind, words, f"::ffff:{address}", 7000,
                             family="inet6")
            self.assertIsNone(peer.heard(0))
        peer.close()

    def test_ipv4_on_ipv6_socket(self):
        """Some calls take an IPv4 address on an IPv6 socket."""
        peer = self.peer(socket.SOCK_DGRAM, "10.2.0.1", 7000)
        self.acme.must("socket inet6 dgram")
        for act in ("connect {}", "sendto {} hello", "sendmsg {} hello"):
            self.denied_peer(socket.SOCK_DGRAM,
                             [act.format("inet,10.2.0.1,7000")],
                             "10.2.0.1", 7000, family="inet6")
        self.assertIsNone(peer.heard(0))
        peer = self.peer(socket.SOCK_DGRAM, "10.1.0.1", 7000)
        self.allowed(self.acme, "sendto inet,10.1.0.1,7000 hello")
        self.assertEqual(peer.heard(), b"hello")

    def test_unspec_connect(self):
        """It ends an association, which everybody may."""
        for family in ("inet", "inet6"):
            self.acme.must(f"socket {family} dgram")
            self.allowed(self.acme, "connect unspec,0.0.0.0,0")

    def test_unspec_sendto(self):
        """To IPv4 that is an IPv4 address like any other."""
        peer = self.peer(socket.SOCK_DGRAM, "10.2.0.1", 7000)
        self.acme.must("socket inet dgram")
        self.denied_peer(socket.SOCK_DGRAM,
                         ["sendto unspec,10.2.0.1,7000 hello"],
                         "10.2.0.1", 7000)
        self.assertIsNone(peer.heard(0))
        peer = self.peer(socket.SOCK_DGRAM, "10.1.0.1", 7000)
        self.allowed(self.acme, "sendto unspec,10.1.0.1,7000 hello")
        self.assertEqual(peer.heard(), b"hello")

    def test_unspec_sendto_inet6(self):
        """To UDP over IPv6 it means the peer that was connected to."""
        peer = self.peer(socket.SOCK_DGRAM, "fd00:2::1", 7000)
        self.acme.must("socket inet6 dgram")
        self.fails(self.acme, "EDESTADDRREQ",
                   "sendto unspec,10.2.0.1,7000,28 hello")
        self.assertIsNone(peer.heard(0))

    def test_short(self):
        """Less than an address is never a pass, and not worth an event."""
        for kind in ("stream", "dgram"):
            for address in ("inet,10.2.0.1,7000,15", "inet,10.2.0.1,7000,2",
                            "inet,10.2.0.1,7000,1", "inet,10.2.0.1,7000,0"):
                for act in ("connect", "bind"):
                    with self.subTest(kind=kind, act=act, address=address):
                        self.acme.must(f"socket inet {kind}")
                        self.fails(self.acme, "EINVAL", f"{act} {address}")
            self.acme.must(f"socket inet6 {kind}")
            for length in (23, 16, 2, 1):
                address = f"inet6,fd00:2::1,7000,{length}"
                self.fails(self.acme, "EINVAL", f"connect {address}")
                self.fails(self.acme, "EINVAL", f"bind {address}")

    def test_short_sendto(self):
        self.acme.must("socket inet dgram")
        for length in (15, 8, 2, 1):
            self.fails(self.acme, "EINVAL",
                       f"sendto inet,10.2.0.1,7000,{length} hello")

    def test_without_scope(self):
        """IPv6 addresses were 24 bytes long once and still may be."""
        self.acme.must("socket inet6 dgram")
        self.denied_peer(socket.SOCK_DGRAM,
                         ["connect inet6,fd00:2::1,7000,24"],
                         "fd00:2::1", 7000)
        self.allowed(self.acme, "connect inet6,fd00:1::1,7000,24")

    def test_other_family(self):
        """Whatever family is written there, it is read as the socket's."""
        self.acme.must("socket inet stream")
        self.denied_peer(socket.SOCK_STREAM, ["connect unix,0,0,16"],
                         "0.0.0.0", 0, family="inet")

    def test_ipv6_on_ipv4_socket(self):
        """The kernel would not take it; policy does not let it through."""
        self.acme.must("socket inet dgram")
        self.denied_peer(socket.SOCK_DGRAM, ["connect inet6,fd00:2::1,7000"],
                         "0.0.0.0", 7000, family="inet")


class BindTest(SocketCase):
    def denied_bind(self, kind, family, words, address, port):
        wanted = self.fields(kind, family, op="bind", remote_addr=None,
                             remote_port=None, local_addr=address,
                             local_port=port)
        self.denied(self.acme, words, **wanted)

    def test_bind(self):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            for address, port, good in (
                    ("10.1.0.1", 7000, True), ("10.1.0.1", 7150, True),
                    ("10.1.0.1", 22, False), ("10.2.0.1", 7000, False),
                    ("0.0.0.0", 7000, False), ("10.1.0.1", 0, False),
                    ("fd00:1::1", 7000, True), ("fd00:2::1", 7000, False),
                    ("::", 7000, False)):
                with self.subTest(kind=kind, address=address, port=port):
                    self.bind(kind, address, port, good)

    def bind(self, kind, address, port, good):
        family = family_of(address)
        self.acme.must(f"socket {family} {NAMES[kind]}")
        words = f"bind {family},{address},{port}"
        if good:
            self.allowed(self.acme, words)
            self.assertEqual(self.acme.must("port"), f"text:{port}")
        else:
            self.denied_bind(kind, family, words, address, port)
            self.assertEqual(self.acme.must("port"), "text:0")

    def test_unspec(self):
        """IPv4 takes it for the wildcard address, whatever it says."""
        self.load(acme=socket_section("- {allow: bind, addr: 10.1.0.0/16}"))
        self.acme.must("socket inet stream")
        self.denied_bind(socket.SOCK_STREAM, "inet",
                         "bind unspec,0.0.0.0,7000", "0.0.0.0", 7000)
        self.assertEqual(self.acme.must("port"), "text:0")
        self.load(acme=socket_section("- {allow: bind, addr: 0.0.0.0}"))
        self.allowed(self.acme, "bind unspec,0.0.0.0,7000")
        self.assertEqual(self.acme.must("port"), "text:7000")

    def test_unspec_address(self):
        """With an address in it the kernel refuses; no need for policy to."""
        self.acme.must("socket inet stream")
        self.fails(self.acme, "EAFNOSUPPORT", "bind unspec,10.1.0.1,7000")
        self.denied_bind(socket.SOCK_STREAM, "inet",
                         "bind unspec,10.2.0.1,7000", "10.2.0.1", 7000)

    def test_raw_with_another_family(self):
        """Raw sockets do not look at the family, only at the address."""
        self.load(acme=socket_section("- {deny: bind, addr: 10.2.0.0/16}",
                                      default="allow"))
        for address in ("inet,10.2.0.1,0", "inet6,10.2.0.1,0,28",
                        "inet6,10.2.0.1,0,16", "unspec,10.2.0.1,0"):
            with self.subTest(address):
                self.acme.must("socket inet raw 1")
                self.assertIn(self.acme.do(f"bind {address}"),
                              ("EACCES", "EAFNOSUPPORT", "EINVAL"))
                self.session.take()

    def test_mapped(self):
        self.acme.must("socket inet6 stream")
        self.denied_bind(socket.SOCK_STREAM, "inet6",
                         "bind inet6,::ffff:10.2.0.1,7000",
                         "::ffff:10.2.0.1", 7000)
        self.allowed(self.acme, "bind inet6,::ffff:10.1.0.1,7000")

    def test_default_allow(self):
        self.load(acme=socket_section("- {deny: bind, port: 1-1023}",
                                      default="allow"))
        self.acme.must("socket inet stream")
        for port in (1, 80, 1023):
            wanted = self.fields(socket.SOCK_STREAM, op="bind",
                                 remote_addr=None, remote_port=None,
                                 local_addr="10.1.0.1", local_port=port)
            self.denied(self.acme, f"bind inet,10.1.0.1,{port}",
                        origin=self.policy.origin("deny:"), **wanted)
        self.allowed(self.acme, "bind inet,10.1.0.1,1024")


class BothVersionsTest(SocketCase):
    """Any address of IPv6 is any of IPv4 as well."""

    def denied_both(self, kind, words, op, port, rule):
        """It is about IPv4 that there is such a rule."""
        self.denied(self.acme, words, **self.fields(
            kind, "inet6", op=op, local_addr="0.0.0.0", local_port=port,
            remote_addr=None, remote_port=None,
            origin=self.policy.origin(rule)))

    def test_bind(self):
        self.load(acme=socket_section(
            "- {deny: bind, addr: 0.0.0.0/0, port: 7000}", default="allow"))
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with self.subTest(kind):
                self.acme.must(f"socket inet6 {NAMES[kind]}")
                self.denied_both(kind, "bind inet6,::,7000", "bind", 7000,
                                 "deny:")
                self.assertEqual(self.acme.must("port"), "text:0")
                self.allowed(self.acme, "bind inet6,::,7001")
                self.acme.must(f"socket inet6 {NAMES[kind]}")
                self.allowed(self.acme, "bind inet6,::1,7000")

    def test_ipv6_only(self):
        """Another thread could take that back while the socket is bound."""
        self.load(acme=socket_section("- {deny: bind, addr: 0.0.0.0}",
                                      default="allow"))
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            with self.subTest(kind):
                self.acme.must(f"socket inet6 {NAMES[kind]}")
                self.acme.must("v6only")
                self.denied_both(kind, "bind inet6,::,7000", "bind", 7000,
                                 "deny:")

    def test_raw(self):
        """It has to do with packets of IPv6 only."""
        self.load(acme=socket_section("- {deny: bind, addr: 0.0.0.0}",
                                      default="allow"))
        self.acme.must("socket inet6 raw 253")
        self.allowed(self.acme, "bind inet6,::,0")

    def test_default_deny(self):
        """Who may bind to :: may; whom that lets in other rules tell."""
        self.load(acme=socket_section("- {allow: bind, family: inet6}"))
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            self.acme.must(f"socket inet6 {NAMES[kind]}")
            self.allowed(self.acme, "bind inet6,::,7000")

    def test_listen(self):
        self.load(acme=socket_section(
            "- {deny: listen, addr: 0.0.0.0, port: 7000}", default="allow"))
        self.acme.must("socket inet6 stream")
        self.allowed(self.acme, "bind inet6,::,7000")
        self.denied_both(socket.SOCK_STREAM, "listen", "listen", 7000,
                         "deny:")
        # A socket that has a port stays for IPv6 only.
        self.acme.must("socket inet6 stream")
        self.acme.must("v6only")
        self.allowed(self.acme, "bind inet6,::,7000")
        self.allowed(self.acme, "listen")
        self.acme.must("socket inet6 stream")
        self.allowed(self.acme, "bind inet6,::1,7000")
        self.allowed(self.acme, "listen")

    def test_listen_unbound(self):
        """The kernel chooses the port."""
        self.load(acme=socket_section("- {deny: listen, addr: 0.0.0.0}",
                                      default="allow"))
        self.acme.must("socket inet6 stream")
        self.denied_both(socket.SOCK_STREAM, "listen", "listen", 0, "deny:")
        self.acme.must("socket inet6 stream")
        self.acme.must("v6only")
        self.allowed(self.acme, "listen")

    def test_audit(self):
        self.load(acme=socket_section("- {deny: bind, addr: 0.0.0.0}",
                                      default="allow", mode="audit"))
        self.acme.must("socket inet6 dgram")
        self.reported(self.acme, "OK", "bind inet6,::,7000",
                      **self.fields(
                          socket.SOCK_DGRAM, "inet6", op="bind",
                          local_addr="0.0.0.0", local_port=7000,
                          remote_addr=None, remote_port=None,
                          verdict="would-deny",
                          origin=self.policy.origin("deny:")))


if __name__ == "__main__":
    unittest.main()
