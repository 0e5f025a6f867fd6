# SPDX-License-Identifier: GPL-2.0
"""What comes in: connections and datagrams, from other hosts and from here.

The other host is a network namespace at the other end of a veth pair.
"""
import contextlib
import select
import socket
import struct
import subprocess
import unittest

import cordon
from cordon import CordonTest, cgroup_id, read_file, socket_section
from otherhost import OtherHost, fill

HERE = {4: "10.3.0.1", 6: "fd00:3::1"}
FRIEND = {4: "10.3.0.2", 6: "fd00:3::2"}
STRANGER = {4: "10.3.0.3", 6: "fd00:3::3"}
NOBODY = 2**32 - 1
# What a packet that must not come through is given to do so all the same.
BRIEFLY = "300"
LONG = str(cordon.TIMEOUT * 1000)
MPTCP, SCTP, UDPLITE = 262, 132, 136

FRIENDS = "addr: [10.3.0.2, 'fd00:3::2', 127.0.0.2]"
RULES = [
    "- {allow: [bind, listen, connect], family: [inet, inet6]}",
    f"- {{allow: accept, {FRIENDS}, port: 7000}}",
    f"- {{allow: receive, {FRIENDS}, proto: [udp, udplite], port: 7000}}",
    f"- {{allow: receive, {FRIENDS}, proto: [icmp, raw]}}",
]
SETTINGS = {
    "net/ipv4/ping_group_range": "0 100",
    # For clients and servers, without options and cookies.
    "net/ipv4/tcp_fastopen": str(0x1 | 0x2 | 0x4 | 0x200 | 0x400),
}


def setting(name, text):
    with open(f"/proc/sys/{name}", "w", encoding="ascii") as file:
        file.write(text)


other = None


def setUpModule():
    global other
    for module in ("veth", "sctp"):
        subprocess.run(["modprobe", "-q", module], check=False)
    other = OtherHost("here", "there")
    fill("here", HERE)
    with other.there():
        fill("there", FRIEND, STRANGER)
        setting("net/ipv4/tcp_fastopen", SETTINGS["net/ipv4/tcp_fastopen"])
    for name, text in SETTINGS.items():
        setting(name, text)
    cordon.begin()


def tearDownModule():
    cordon.end()
    other.remove()


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def name_of(address):
    return "inet6" if ":" in address else "inet"


class IngressCase(CordonTest):
    rules = RULES
    options = {}

    def setUp(self):
        super().setUp()
        self.load(acme=socket_section(*self.rules, **self.options))
        self.acme = self.task("acme")

    def peer(self, address, kind=socket.SOCK_STREAM, protocol=0, local=False):
        """A socket of the other host, or of this one but of no tenant."""
        place = contextlib.nullcontext() if local else other.there()
        with place:
            peer = socket.socket(family_of(address), kind, protocol)
        self.addCleanup(peer.close)
        peer.bind((address, 0))
        return peer

    def packet_events(self, op, peer, **wanted):
        """What was reported of packets of a peer: how many, each the same."""
        address, port = peer.getsockname()[:2]
        events = self.session.take()
        for event in events:
            self.check_event(event, self.acme, {
                "op": op, "pid": 0, "tgid": 0, "ppid": 0, "comm": "",
                "uid": 0, "gid": NOBODY, "cgroup_id": cgroup_id("acme"),
                "remote_addr": address, "remote_port": port, **wanted})
        return len(events)


class AcceptCase(IngressCase):
    def listen(self, address, port=7000, kind="stream", protocol=0):
        self.acme.must(f"socket {name_of(address)} {kind} {protocol}")
        self.acme.must(f"bind {name_of(address)},{address},{port}")
        self.acme.must("listen")

    def fields(self, address, port=7000, family=None, **more):
        return {"family": family or name_of(address), "type": "stream",
                "protocol": "tcp", "local_addr": address, "local_port": port,
                **more}

    def let_in(self, peer, address, port=7000, by=None):
        peer.settimeout(cordon.TIMEOUT)
        (by or peer.connect)((address, port))
        self.acme.must("accept", LONG)
        self.acme.must("send x")
        self.assertEqual(peer.recv(1), b"x")
        self.no_events()

    def kept_out(self, peer, address, port=7000, by=None, **wanted):
        """It hears nothing; nor does the tenant, and it is reported."""
        peer.settimeout(int(BRIEFLY) / 1000)
        with self.assertRaises(TimeoutError):
            (by or peer.connect)((address, port))
        count = self.packet_events(
            "accept", peer, **{**self.fields(address, port), **wanted})
        peer.close()
        self.assertGreaterEqual(count, 1)
        self.assertEqual(self.acme.do("accept", BRIEFLY), "EAGAIN")
        self.session.take()


class AcceptTest(AcceptCase):
    def test_from_elsewhere(self):
        for version in 4, 6:
            with self.subTest(version):
                here = HERE[version]
                self.listen(here)
                self.kept_out(self.peer(STRANGER[version]), here)
                self.let_in(self.peer(FRIEND[version]), here)

    def test_on_any_address(self):
        """One socket for both versions of IP."""
        self.listen("::")
        self.kept_out(self.peer(STRANGER[6]), HERE[6])
        self.kept_out(self.peer(STRANGER[4]), HERE[4], family="inet6")
        self.let_in(self.peer(FRIEND[4]), HERE[4])
        self.listen("::")
        self.let_in(self.peer(FRIEND[6]), HERE[6])

    def test_port(self):
        """The port is that of the socket."""
        self.listen(HERE[4], 7001)
        self.kept_out(self.peer(FRIEND[4]), HERE[4], 7001)

    def test_loopback(self):
        self.listen("127.0.0.1")
        self.kept_out(self.peer("127.0.0.3", local=True), "127.0.0.1")
        self.let_in(self.peer("127.0.0.2", local=True), "127.0.0.1")

    def test_cookies(self):
        """With SYN cookies always, for which nothing is kept of a request."""
        before = read_file("/proc/sys/net/ipv4/tcp_syncookies").strip()
        self.addCleanup(setting, "net/ipv4/tcp_syncookies", before)
        setting("net/ipv4/tcp_syncookies", "2")
        for version in 4, 6:
            with self.subTest(version):
                self.listen(HERE[version])
                self.kept_out(self.peer(STRANGER[version]), HERE[version])
                self.let_in(self.peer(FRIEND[version]), HERE[version])

    def test_fast_open(self):
        """Data that come with the request get no further than it does."""
        def send(peer):
            # Or else the system call waits for the connection.
            peer.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                peer.sendto(b"early", socket.MSG_FASTOPEN, (HERE[4], 7000))

        self.listen(HERE[4])
        send(self.peer(FRIEND[4]))
        self.acme.must("accept", LONG)
        self.assertEqual(self.acme.do("recv", LONG), "text:early")
        self.no_events()
        self.listen(HERE[4])
        stranger = self.peer(STRANGER[4])
        send(stranger)
        self.assertEqual(self.acme.do("accept", BRIEFLY), "EAGAIN")
        self.assertGreaterEqual(
            self.packet_events("accept", stranger, **self.fields(HERE[4])), 1)
        stranger.close()
        self.session.take()

    def test_listening_again(self):
        """A connection can be made a socket that listens."""
        self.listen(HERE[4])
        self.let_in(self.peer(FRIEND[4]), HERE[4])
        self.acme.must("connect unspec,0.0.0.0,0")
        self.acme.must(f"bind inet,{HERE[4]},7002")
        self.acme.must("listen")
        self.kept_out(self.peer(FRIEND[4]), HERE[4], 7002)

    def test_of_nobody(self):
        """Whoever listens without a tenant is reached by anybody."""
        with socket.create_server((HERE[4], 7003)) as server:
            server.settimeout(cordon.TIMEOUT)
            peer = self.peer(STRANGER[4])
            peer.settimeout(cordon.TIMEOUT)
            peer.connect((HERE[4], 7003))
            server.accept()[0].close()
        self.no_events()

    def test_mptcp(self):
        try:
            peer = self.peer(STRANGER[4], protocol=MPTCP)
        except OSError:
            self.skipTest("this kernel has no MPTCP")
        self.listen(HERE[4], protocol=MPTCP)
        # It is a socket of MPTCP, also for who asks for plain TCP.
        self.kept_out(peer, HERE[4], protocol="mptcp")
        self.kept_out(self.peer(STRANGER[4]), HERE[4], protocol="mptcp")
        self.let_in(self.peer(FRIEND[4], protocol=MPTCP), HERE[4])
        self.listen(HERE[4], protocol=MPTCP)
        self.let_in(self.peer(FRIEND[4]), HERE[4])

    def test_sctp(self):
        self.listen(HERE[4], protocol=SCTP)
        self.kept_out(self.peer(STRANGER[4], protocol=SCTP), HERE[4],
                      protocol="sctp")
        self.let_in(self.peer(FRIEND[4], protocol=SCTP), HERE[4])
        self.listen(HERE[6], protocol=SCTP)
        self.kept_out(self.peer(STRANGER[6], protocol=SCTP), HERE[6],
                      protocol="sctp")

    def test_sctp_one_to_many(self):
        self.listen(HERE[4], kind="seqpacket", protocol=SCTP)
        peer = self.peer(STRANGER[4], protocol=SCTP)
        peer.settimeout(int(BRIEFLY) / 1000)
        with self.assertRaises(TimeoutError):
            peer.connect((HERE[4], 7000))
        self.assertGreaterEqual(self.packet_events(
            "accept", peer, **self.fields(HERE[4], type="seqpacket",
                                          protocol="sctp")), 1)
        peer.close()
        self.session.take()

    def test_policy_that_comes_later(self):
        """It holds for a socket that listens already."""
        self.listen(HERE[4])
        peer = self.peer(STRANGER[4])
        self.load(acme=socket_section(default="allow"))
        self.let_in(peer, HERE[4])
        self.listen(HERE[4])
        self.load(acme=socket_section("- {deny: accept, addr: 10.3.0.0/24}",
                                      default="allow"))
        self.kept_out(self.peer(FRIEND[4]), HERE[4],
                      origin=self.policy.origin("deny"))


class DeniedListenTest(AcceptCase):
    rules = RULES + ["- {deny: listen, port: 7003}"]

    def test_denied(self):
        """Who tries in vain does not make a socket his own."""
        self.acme.must("socket inet stream")
        self.acme.must(f"bind inet,{HERE[4]},7003")
        self.denied(self.acme, "listen", **self.fields(
            HERE[4], 7003, op="listen", remote_addr=None, remote_port=None,
            origin=self.policy.origin("deny: listen")))
        self.assertEqual(cordon.status()["sockets"], 0)


class AcceptInet6Test(AcceptCase):
    """A socket for both versions of IP, and rules about one of them."""

    rules = ["- {allow: [bind, listen, accept], family: inet6}"]

    def test_on_any_address(self):
        self.listen("::")
        self.kept_out(self.peer(FRIEND[4]), HERE[4], family="inet6")
        self.let_in(self.peer(FRIEND[6]), HERE[6])


class AcceptAuditTest(AcceptCase):
    options = {"mode": "audit"}

    def test_audit(self):
        self.listen(HERE[4])
        peer = self.peer(STRANGER[4])
        peer.settimeout(cordon.TIMEOUT)
        peer.connect((HERE[4], 7000))
        self.acme.must("accept", LONG)
        self.assertGreaterEqual(self.packet_events(
            "accept", peer, **self.fields(HERE[4], verdict="would-deny")), 1)


class AcceptLoudTest(AcceptCase):
    rules = ["- {deny: accept, addr: 10.3.0.3}",
             "- {allow: accept, addr: 10.3.0.2, log: always}"]
    options = {"default": "allow"}

    def test_origin(self):
        self.listen(HERE[4])
        self.kept_out(self.peer(STRANGER[4]), HERE[4],
                      origin=self.policy.origin("deny"))
        peer = self.peer(FRIEND[4])
        peer.settimeout(cordon.TIMEOUT)
        peer.connect((HERE[4], 7000))
        self.assertEqual(self.packet_events(
            "accept", peer, **self.fields(
                HERE[4], verdict="allowed",
                origin=self.policy.origin("always"))), 1)


class FoundTest(CordonTest):
    """Sockets that were made by somebody who was no member yet."""

    def begin(self, *acts):
        self.acme = self.task("acme")
        for act in acts:
            self.acme.must(act)
        self.load(acme=socket_section(*RULES))

    packet_events = IngressCase.packet_events
    peer = IngressCase.peer
    fields = AcceptCase.fields
    kept_out = AcceptCase.kept_out

    def test_listening(self):
        self.begin("socket inet stream", f"bind inet,{HERE[4]},7000",
                   "listen")
        self.kept_out(self.peer(STRANGER[4]), HERE[4])

    def test_listening_later(self):
        self.begin("socket inet stream", f"bind inet,{HERE[4]},7000")
        self.acme.must("listen")
        self.kept_out(self.peer(STRANGER[4]), HERE[4])

    def test_datagrams(self):
        self.begin("socket inet dgram", f"bind inet,{HERE[4]},7000")
        peer = self.peer(STRANGER[4], socket.SOCK_DGRAM)
        peer.sendto(b"x", (HERE[4], 7000))
        self.assertEqual(self.acme.do("recv", BRIEFLY), "EAGAIN")
        self.assertEqual(self.packet_events(
            "receive", peer, family="inet", type="dgram", protocol="udp",
            local_addr=HERE[4], local_port=7000), 1)


class ReceiveCase(IngressCase):
    def open(self, address, port=7000, protocol=0):
        self.acme.must(f"socket {name_of(address)} dgram {protocol}")
        self.acme.must(f"bind {name_of(address)},{address},{port}")

    def fields(self, address, port=7000, **more):
        return {"family": name_of(address), "type": "dgram",
                "protocol": "udp", "local_addr": address, "local_port": port,
                **more}

    def comes(self, peer, address, port=7000, text="hello"):
        peer.sendto(text.encode(), (address, port))
        self.assertEqual(self.acme.do("recv", LONG), f"text:{text}")
        self.no_events()

    def is_dropped(self, peer, address, port=7000, **wanted):
        peer.sendto(b"x", (address, port))
        self.assertEqual(self.acme.do("recv", BRIEFLY), "EAGAIN")
        self.assertEqual(self.packet_events(
            "receive", peer, **{**self.fields(address, port), **wanted}), 1)


class ReceiveTest(ReceiveCase):
    def test_from_elsewhere(self):
        for version in 4, 6:
            with self.subTest(version):
                here = HERE[version]
                self.open(here)
                self.is_dropped(self.peer(STRANGER[version],
                                          socket.SOCK_DGRAM), here)
                self.comes(self.peer(FRIEND[version], socket.SOCK_DGRAM),
                           here)

    def test_on_any_address(self):
        self.open("::")
        self.is_dropped(self.peer(STRANGER[6], socket.SOCK_DGRAM), HERE[6])
        self.is_dropped(self.peer(STRANGER[4], socket.SOCK_DGRAM), HERE[4],
                        family="inet6")
        self.comes(self.peer(FRIEND[4], socket.SOCK_DGRAM), HERE[4])
        self.comes(self.peer(FRIEND[6], socket.SOCK_DGRAM), HERE[6])

    def test_port(self):
        self.open(HERE[4], 7001)
        self.is_dropped(self.peer(FRIEND[4], socket.SOCK_DGRAM), HERE[4],
                        7001)

    def test_loopback(self):
        self.open("127.0.0.1")
        self.is_dropped(self.peer("127.0.0.3", socket.SOCK_DGRAM, local=True),
                        "127.0.0.1")
        self.comes(self.peer("127.0.0.2", socket.SOCK_DGRAM, local=True),
                   "127.0.0.1")

    def test_answer(self):
        """Of the one to whom a socket is connected; of nobody else."""
        peer = self.peer(STRANGER[4], socket.SOCK_DGRAM)
        port = peer.getsockname()[1]
        self.open(HERE[4])
        self.acme.must(f"connect inet,{STRANGER[4]},{port}")
        self.comes(peer, HERE[4])
        self.acme.must("connect unspec,0.0.0.0,0")
        self.open(HERE[4], 7004)
        self.is_dropped(peer, HERE[4], 7004)

    def test_udplite(self):
        try:
            peer = self.peer(STRANGER[4], socket.SOCK_DGRAM, UDPLITE)
        except OSError:
            self.skipTest("this kernel has no UDP-Lite")
        self.open(HERE[4], protocol=UDPLITE)
        self.is_dropped(peer, HERE[4], protocol="udplite")
        self.comes(self.peer(FRIEND[4], socket.SOCK_DGRAM, UDPLITE), HERE[4])

    def test_ping(self):
        """Answers to an echo request that was allowed to be sent."""
        for address, dropped in ((FRIEND[4], 0), (STRANGER[4], 1)):
            with self.subTest(address):
                self.acme.must("socket inet dgram 1")
                self.acme.must("ping", f"inet,{address},0")
                got = self.acme.do("recv", BRIEFLY)
                self.assertEqual(len(self.session.take()), dropped, got)

    def test_raw(self):
        """Packets of any kind come to these, from a friend only."""
        self.acme.must("socket inet raw 253")
        with other.there():
            raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 253)
        self.addCleanup(raw.close)
        raw.bind((STRANGER[4], 0))
        raw.sendto(b"x", (HERE[4], 0))
        self.assertEqual(self.acme.do("recv", BRIEFLY), "EAGAIN")
        self.assertEqual(self.packet_events(
            "receive", raw, family="inet", type="raw", protocol=253,
            local_addr=HERE[4], local_port=0, remote_addr=STRANGER[4],
            remote_port=0), 1)

    def test_of_nobody(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind((HERE[4], 7005))
            self.peer(STRANGER[4], socket.SOCK_DGRAM).sendto(
                b"x", (HERE[4], 7005))
            self.assertTrue(select.select([server], [], [],
                                          cordon.TIMEOUT)[0])
        self.no_events()


class ReceiveInet6Test(ReceiveCase):
    """A socket for both versions of IP, and rules about one of them."""

    rules = ["- {allow: [bind, receive], family: inet6}"]

    def test_on_any_address(self):
        self.open("::")
        self.is_dropped(self.peer(FRIEND[4], socket.SOCK_DGRAM), HERE[4],
                        family="inet6")
        self.comes(self.peer(FRIEND[6], socket.SOCK_DGRAM), HERE[6])


class AnswerTest(ReceiveCase):
    rules = ["- {allow: [bind, connect], family: [inet, inet6]}"]

    def test_datagrams(self):
        for version in 4, 6:
            with self.subTest(version):
                here, there = HERE[version], STRANGER[version]
                peer = self.peer(there, socket.SOCK_DGRAM)
                self.open(here)
                self.is_dropped(peer, here)
                self.acme.must(f"connect {name_of(here)},{there},"
                               f"{peer.getsockname()[1]}")
                self.comes(peer, here)

    def test_on_a_socket_for_both(self):
        peer = self.peer(STRANGER[4], socket.SOCK_DGRAM)
        self.open("::")
        self.acme.must(f"connect inet6,::ffff:{STRANGER[4]},"
                       f"{peer.getsockname()[1]}")
        self.comes(peer, HERE[4])

    def test_ping(self):
        """The kernel lets the answers of others through as well."""
        self.acme.must("socket inet dgram 1")
        self.acme.must(f"bind inet,{HERE[4]},0")
        number = int(self.acme.must("port").split(":")[1])
        self.acme.must(f"connect inet,{STRANGER[4]},0")
        reply = struct.pack("!BBHHH", 0, 0, 0xffff - number - 1, number, 1)
        for address, comes in ((STRANGER[4], True), (FRIEND[4], False)):
            with other.there():
                raw = socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                    socket.IPPROTO_ICMP)
            with self.subTest(address), raw:
                raw.bind((address, 0))
                raw.sendto(reply, (HERE[4], 0))
                got = self.acme.do("recv", LONG if comes else BRIEFLY)
                self.assertEqual(got != "EAGAIN", comes)
                self.assertEqual(len(self.session.take()), not comes)


class ReceiveDenyTest(ReceiveCase):
    rules = ["- {deny: receive, addr: 10.3.0.3}"]
    options = {"default": "allow"}

    def test_answer(self):
        """What a rule denies is no answer."""
        peer = self.peer(STRANGER[4], socket.SOCK_DGRAM)
        self.open(HERE[4])
        self.acme.must(f"connect inet,{STRANGER[4]},{peer.getsockname()[1]}")
        self.is_dropped(peer, HERE[4], origin=self.policy.origin("deny"))


if __name__ == "__main__":
    unittest.main()
