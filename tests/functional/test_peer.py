# SPDX-License-Identifier: GPL-2.0
"""Rules about whose the socket at the other end is."""
import collections
import itertools
import select
import socket
import subprocess
import unittest

import cordon
import test_ingress
from cordon import NO_ADDRESS, CordonTest, socket_section
from test_ingress import name_of

setUpModule = cordon.begin
tearDownModule = cordon.end

PATH = "/srv/peer"
OWN = "- {allow: [bind, listen], family: [inet, inet6, unix]}"
SELF = "- {allow: [connect, accept], peer: self}"
UNIX_NAMES = (f"path,{PATH}/server", "abstract,server")
CASES = list(itertools.product(("stream", "seqpacket", "dgram"), UNIX_NAMES))
MPTCP = 262
# The same host as its sockets are bound, and as it is called by others.
TCP_NAMES = [("127.0.0.1", "127.0.0.1"), ("::1", "::1"),
             ("::", "127.0.0.1"), ("127.0.0.1", "::ffff:127.0.0.1"),
             ("0.0.0.0", "127.7.7.7"), ("10.9.9.9", "10.9.9.9"),
             ("fd00:9::9", "fd00:9::9"), ("10.9.8.8", "10.9.8.8"),
             ("fd00:9::8", "fd00:9::8")]
DEVICES = {"lo": ["10.9.9.9/32", "fd00:9::9/128"],
           "dummy0": ["10.9.8.8/32", "fd00:9::8/128"]}
LONG = str(cordon.TIMEOUT * 1000)


class PeerCase(CordonTest):
    rules = [OWN, SELF]

    def setUp(self):
        super().setUp()
        self.make_tree(PATH, files=())
        self.load(acme=socket_section(*self.rules),
                  globex=socket_section(default="allow"))
        self.acme = self.task("acme")

    def others(self):
        """Who is not the tenant."""
        return {"the host": self.task(), "another tenant": self.task("globex")}


class UnixTest(PeerCase):
    def serve(self, task, kind, name):
        task.must(f"socket unix {kind}")
        task.must("bind", name)
        if kind != "dgram":
            task.must("listen")

    def fields(self, kind, name):
        shown = "@server" if name.startswith("abstract") else f"{PATH}/server"
        return {"op": "connect", "family": "unix", "type": kind,
                "protocol": 0, "name": shown, **NO_ADDRESS}

    def check_own(self, server, kind, name):
        self.serve(server, kind, name)
        self.acme.must(f"socket unix {kind}")
        self.allowed(self.acme, "connect", name)
        self.allowed(self.acme, "send x")
        if kind == "dgram":
            self.acme.must("socket unix dgram")
            self.allowed(self.acme, "sendto", name, "x")

    def check_other(self, server, kind, name):
        self.serve(server, kind, name)
        self.acme.must(f"socket unix {kind}")
        wanted = self.fields(kind, name)
        self.denied(self.acme, "connect", name, **wanted)
        if kind == "dgram":
            self.denied(self.acme, "sendto", name, "x", **wanted)

    def test_own(self):
        server = self.task("acme")
        for kind, name in CASES:
            with self.subTest(kind=kind, name=name):
                self.make_tree(PATH, files=())
                self.check_own(server, kind, name)

    def test_of_others(self):
        for who, server in self.others().items():
            for kind, name in CASES:
                with self.subTest(who, kind=kind, name=name):
                    self.make_tree(PATH, files=())
                    self.check_other(server, kind, name)
            server.stop()

    def test_made_before(self):
        """What members hold when the rule comes is the tenant's."""
        server = self.task("acme")
        for kind, name in CASES:
            with self.subTest(kind=kind, name=name):
                self.make_tree(PATH, files=())
                self.load(acme=socket_section(default="allow"))
                self.serve(server, kind, name)
                self.load(acme=socket_section(*self.rules))
                self.acme.must(f"socket unix {kind}")
                self.allowed(self.acme, "connect", name)

    def test_pair(self):
        self.allowed(self.acme, "pair unix stream")

    def test_denied_all_the_same(self):
        """A denial stays one, whose ever the socket is."""
        name = f"path,{PATH}/server"
        self.load(acme=socket_section(
            *self.rules, f"- {{deny: connect, path: '{PATH}/*'}}"))
        self.serve(self.task("acme"), "stream", name)
        self.acme.must("socket unix stream")
        self.denied(self.acme, "connect", name,
                    origin=self.policy.origin("deny:"),
                    **self.fields("stream", name))

    def test_paths(self):
        """The rule is about one path and one abstract name."""
        self.load(acme=socket_section(
            OWN, f"- {{allow: connect, path: {PATH}/server, peer: self}}",
            "- {allow: connect, abstract: server, peer: self}"))
        for name in UNIX_NAMES:
            server = self.task("acme")
            self.serve(server, "stream", name)
            self.acme.must("socket unix stream")
            self.allowed(self.acme, "connect", name)
            self.serve(server, "stream", name + "2")
            self.acme.must("socket unix stream")
            wanted = self.fields("stream", name)
            wanted["name"] += "2"
            self.denied(self.acme, "connect", name + "2", **wanted)

    def test_reported(self):
        self.load(acme=socket_section(
            OWN, "- {allow: connect, peer: self, log: always}"))
        for name in UNIX_NAMES:
            self.serve(self.task("acme"), "stream", name)
            self.acme.must("socket unix stream")
            self.reported(self.acme, "OK", "connect", name, verdict="allowed",
                          origin=self.policy.origin("self"),
                          **self.fields("stream", name))


class TcpCase(PeerCase, test_ingress.AcceptCase):
    def setUp(self):
        super().setUp()
        subprocess.run(["ip", "link", "set", "dummy0", "up"], check=True)
        for device in ("lo", "dummy0"):
            for address in DEVICES[device]:
                subprocess.run(["ip", "addr", "add", address, "dev", device],
                               check=False, stderr=subprocess.DEVNULL)

    def serve(self, task, address, port=7000, protocol=0, share=False):
        task.must(f"socket {name_of(address)} stream {protocol}")
        if share:
            task.must("share")
        task.must(f"bind {name_of(address)},{address},{port}")
        task.must("listen")

    def client(self, address, protocol=0):
        self.acme.must(f"socket {name_of(address)} stream {protocol}")
        return f"connect {name_of(address)},{address},7000"

    def wanted(self, address, **more):
        any_address = "::" if ":" in address else "0.0.0.0"
        return {"op": "connect", "family": name_of(address), "type": "stream",
                "protocol": "tcp", "remote_addr": address,
                "remote_port": 7000, "local_addr": any_address,
                "local_port": 0, **more}


class TcpTest(TcpCase):
    def test_own(self):
        server = self.task("acme")
        for bound, called in TCP_NAMES:
            with self.subTest(bound=bound, called=called):
                self.serve(server, bound)
                self.allowed(self.acme, self.client(called))
                self.allowed(server, "accept", LONG)

    def test_of_others(self):
        for who, server in self.others().items():
            for bound, called in TCP_NAMES:
                with self.subTest(who, bound=bound, called=called):
                    self.serve(server, bound)
                    self.denied(self.acme, self.client(called),
                                **self.wanted(called))
            server.stop()

    def test_for_others(self):
        """Nobody else gets in."""
        self.serve(self.acme, "127.0.0.1")
        self.kept_out(self.peer("127.0.0.1", local=True), "127.0.0.1")
        self.serve(self.acme, "::1")
        self.kept_out(self.peer("::1", local=True), "::1")
        client = self.task("globex")
        self.serve(self.acme, "127.0.0.1")
        client.must("socket inet stream")
        self.assertEqual(client.do("connect inet,127.0.0.1,7000"),
                         "EINPROGRESS")
        events = self.session.take()
        self.assertTrue(events)
        for event in events:
            self.assertEqual((event["tenant"], event["op"]),
                             ("acme", "accept"))

    def test_nobody(self):
        """Where nobody listens it is refused as ever."""
        self.fails(self.acme, "ECONNREFUSED", self.client("127.0.0.1"))
        self.fails(self.acme, "ECONNREFUSED", self.client("::1"))

    def test_elsewhere(self):
        """A socket of one's own at that port does not make it one's own."""
        server = self.task("acme")
        for address in ("0.0.0.0", "::"):
            self.serve(server, address)
            called = "203.0.113.1" if address == "0.0.0.0" else "2001:db8::1"
            self.denied(self.acme, self.client(called), **self.wanted(called))

    def test_udp(self):
        """Of datagrams it cannot be told for sure."""
        server = self.task("acme")
        server.must("socket inet dgram")
        server.must("bind inet,127.0.0.1,7000")
        self.acme.must("socket inet dgram")
        self.denied(self.acme, "sendto inet,127.0.0.1,7000 x",
                    **self.wanted("127.0.0.1", type="dgram", protocol="udp"))

    def test_bound_to_a_device(self):
        """That of the address, though packets come by another."""
        for called in ("10.9.8.8", "fd00:9::8"):
            server = self.task("acme")
            self.serve(server, called)
            connect = self.client(called)
            self.acme.must("onto dummy0")
            self.allowed(self.acme, connect)
            self.allowed(server, "accept", LONG)
            self.serve(self.task(), called, 7001)
            connect = self.client(called).replace("7000", "7001")
            self.acme.must("onto dummy0")
            self.denied(self.acme, connect,
                        **self.wanted(called, remote_port=7001))

    def test_used_again(self):
        """A socket that was accepted, and is connected once more."""
        server = self.task("acme")
        self.serve(server, "127.0.0.1")
        self.allowed(self.acme, self.client("127.0.0.1"))
        self.allowed(server, "accept", LONG)
        self.serve(self.acme, "127.0.0.1", 7001)
        self.allowed(server, "dissolve")
        self.allowed(server, "connect inet,127.0.0.1,7001")
        self.allowed(self.acme, "accept", LONG)

    def test_mptcp(self):
        server = self.task("acme")
        if server.do(f"socket inet stream {MPTCP}") == "EPROTONOSUPPORT":
            self.skipTest("this kernel has no MPTCP")
        self.serve(server, "127.0.0.1", protocol=MPTCP)
        self.allowed(self.acme, self.client("127.0.0.1", MPTCP))
        self.allowed(server, "accept", LONG)
        self.serve(self.task(), "127.0.0.1", protocol=MPTCP)
        self.denied(self.acme, self.client("127.0.0.1", MPTCP),
                    **self.wanted("127.0.0.1", protocol="mptcp"))

    def test_fast_open(self):
        self.serve(self.task(), "127.0.0.1")
        self.acme.must("socket inet stream")
        self.denied(self.acme, "fastopen inet,127.0.0.1,7000 x",
                    **self.wanted("127.0.0.1"))

    def test_cookies(self):
        name = "net/ipv4/tcp_syncookies"
        before = cordon.read_file(f"/proc/sys/{name}").strip()
        self.addCleanup(test_ingress.setting, name, before)
        test_ingress.setting(name, "2")
        self.test_own()

    def test_made_before(self):
        self.load(acme=socket_section(default="allow"))
        server = self.task("acme")
        self.serve(server, "127.0.0.1")
        connect = self.client("127.0.0.1")
        self.load(acme=socket_section(*self.rules))
        self.allowed(self.acme, connect)
        self.allowed(server, "accept", LONG)

    def test_reported(self):
        self.load(acme=socket_section(
            OWN, "- {allow: accept, peer: self}",
            "- {allow: connect, peer: self, log: always}"))
        self.serve(self.task("acme"), "127.0.0.1")
        self.reported(self.acme, "OK", self.client("127.0.0.1"),
                      verdict="allowed",
                      origin=self.policy.origin("always"),
                      **self.wanted("127.0.0.1"))


class CrossingTest(TcpCase):
    def test_crossing(self):
        """Two that ask each other, and nobody listens."""
        server = self.task("acme")
        self.serve(server, "127.0.0.1")
        server.must("deaf")
        connect = self.client("127.0.0.1")
        self.acme.must("bind inet,127.0.0.1,7001")
        self.assertEqual(self.acme.do(connect), "EINPROGRESS")
        server.must("socket unix stream")
        self.session.take()
        theirs = socket.socket()
        self.addCleanup(theirs.close)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        theirs.bind(("127.0.0.1", 7000))
        theirs.settimeout(3)
        with self.assertRaises(TimeoutError):
            theirs.connect(("127.0.0.1", 7001))
        events = self.session.take()
        self.assertTrue(events)
        for event in events:
            self.assertIn((event["op"], event["local_port"]),
                          {("accept", 7001), ("connect", 7001)})


class SharedPortTest(TcpCase):
    """Who is asked about and who gets the request may be two.

    Which of the two it is depends on the addresses, and a secret."""

    ROUNDS = 60

    def test_connect(self):
        own = self.task("acme")
        self.serve(own, "0.0.0.0", share=True)
        theirs = socket.socket()
        self.addCleanup(theirs.close)
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        theirs.bind(("0.0.0.0", 7000))
        theirs.listen(self.ROUNDS)
        answers = collections.Counter()
        for number in range(1, self.ROUNDS + 1):
            answer = self.acme.do(self.client(f"127.0.0.{number}"))
            answers[answer] += 1
            # The other connections stay where they are.
            self.assertFalse(select.select([theirs], [], [], 0)[0], answers)
        # One in a million runs lacks one.
        self.assertEqual(set(answers), {"OK", "EACCES", "EINPROGRESS"})
        dropped = [event for event in self.session.take()
                   if not event["pid"]]
        self.assertTrue(dropped)
        for event in dropped:
            self.assertEqual((event["op"], event["tenant"], event["origin"]),
                             ("connect", "acme", "default"))


if __name__ == "__main__":
    unittest.main()
