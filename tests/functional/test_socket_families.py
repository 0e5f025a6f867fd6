# SPDX-License-Identifier: GPL-2.0
"""Making sockets, listening, and the families that have no IP addresses."""
import select
import socket
import subprocess
import unittest

import cordon
from cordon import CordonTest, NO_ADDRESS, socket_section

LOCAL = "127.0.0.1"
OTHER = "127.0.0.2"
NUMBERS = {"mptcp": 262, "sctp": 132, "udplite": 136, "smc": 43}


def setUpModule():
    for module in ("sctp", "vsock", "vsock_loopback", "af_alg", "smc"):
        subprocess.run(["modprobe", "-q", module], check=False)
    cordon.begin()


tearDownModule = cordon.end


def has_family(family, kind=socket.SOCK_STREAM, protocol=0):
    """Whether this kernel knows such sockets at all."""
    try:
        socket.socket(family, kind, protocol).close()
    except OSError:
        return False
    return True


class FamilyCase(CordonTest):
    def begin(self, *rules, **options):
        self.load(acme=socket_section(*rules, **options))
        self.acme = self.task("acme")

    def made(self, family, kind, protocol=0, **more):
        return {"op": "create", "family": family, "type": kind,
                "protocol": protocol, **NO_ADDRESS, **more}

    def not_made(self, words, family, kind, protocol=0, **more):
        self.denied(self.acme, f"socket {words}",
                    **self.made(family, kind, protocol, **more))


class CreateTest(FamilyCase):
    # What act asks for; how an event shows it: family, type, protocol.
    SOCKETS = [
        ("inet stream", "inet", "stream", "tcp"),
        ("inet stream 6", "inet", "stream", "tcp"),
        ("inet dgram", "inet", "dgram", "udp"),
        ("inet6 stream", "inet6", "stream", "tcp"),
        ("inet6 dgram 17", "inet6", "dgram", "udp"),
        ("inet dgram 1", "inet", "dgram", "icmp"),
        ("inet raw 1", "inet", "raw", "icmp"),
        ("inet raw 6", "inet", "raw", "tcp"),
        ("inet stream 262", "inet", "stream", "mptcp"),
        ("inet seqpacket 132", "inet", "seqpacket", "sctp"),
        ("inet stream 132", "inet", "stream", "sctp"),
        ("inet dgram 136", "inet", "dgram", "udplite"),
        ("inet stream 253", "inet", "stream", 253),
        ("unix stream", "unix", "stream", 0),
        ("unix dgram", "unix", "dgram", 0),
        ("netlink raw 0", "netlink", "raw", "route"),
        ("netlink dgram 9", "netlink", "dgram", "audit"),
        ("netlink raw 16", "netlink", "raw", "generic"),
        ("packet raw 0", "packet", "raw", 0),
        ("packet dgram 768", "packet", "dgram", 768),
        ("alg seqpacket", "alg", "seqpacket", 0),
        ("vsock stream", "vsock", "stream", 0),
        ("xdp raw", "xdp", "raw", 0),
        ("43 stream", "smc", "stream", 0),
        ("29 raw 1", "can", "raw", 1),
        ("31 raw 1", "bluetooth", "raw", 1),
        ("30 stream", "tipc", "stream", 0),
        ("15 raw 2", "key", "raw", 2),
        ("45 dgram", "mctp", "dgram", 0),
        ("33 dgram", "rxrpc", "dgram", 0),
    ]

    def test_default_deny(self):
        """No family is forgotten, be it one that this kernel does not know."""
        self.begin()
        for words, *shown in self.SOCKETS:
            with self.subTest(words):
                self.not_made(words, *shown)

    def test_every_number(self):
        """Whatever the kernel takes for a family at all is asked about."""
        self.begin()
        for number in range(46):
            got = self.acme.do(f"socket {number} raw 1")
            events = self.session.take()
            with self.subTest(number):
                self.assertEqual((got, len(events)), ("EACCES", 1))

    def test_default_allow(self):
        self.begin("- {deny: create, family: [packet, netlink, 45]}",
                   "- {deny: create, proto: raw}", default="allow")
        denied = {"packet", "netlink", "mctp"}
        for words, family, kind, protocol in self.SOCKETS:
            with self.subTest(words):
                if family in denied:
                    self.not_made(words, family, kind, protocol,
                                  origin=self.policy.origin("packet"))
                elif kind == "raw" and family.startswith("inet"):
                    self.not_made(words, family, kind, protocol,
                                  origin=self.policy.origin("raw"))
                else:
                    self.acme.do(f"socket {words}")
                    self.no_events()

    def test_by_number(self):
        """A family without a socket layer is the kernel's to refuse."""
        self.begin("- {allow: create, family: 45}")
        self.assertNotEqual(self.acme.do("socket 45 dgram"), "EACCES")
        self.no_events()
        self.not_made("44 raw", "xdp", "raw")

    def test_implied(self):
        """What may be connected or bound may be made."""
        self.begin("- {allow: connect, proto: tcp, addr: 10.0.0.1}",
                   "- {allow: bind, family: inet6, proto: udp}",
                   "- {allow: connect, path: /run/x}")
        for words in ("inet stream", "inet6 stream", "inet6 dgram",
                      "unix stream", "unix dgram"):
            self.allowed(self.acme, f"socket {words}")
        self.not_made("inet dgram", "inet", "dgram", "udp")
        self.not_made("inet stream 262", "inet", "stream", "mptcp")
        self.not_made("inet raw 6", "inet", "raw", "tcp")
        self.not_made("netlink raw", "netlink", "raw", "route")

    def test_denied_all_the_same(self):
        self.begin("- {allow: [create, connect], family: [inet, inet6]}",
                   "- {deny: create, family: inet6}")
        self.allowed(self.acme, "socket inet stream")
        self.not_made("inet6 stream", "inet6", "stream", "tcp",
                      origin=self.policy.origin("deny:"))

    def test_netlink_protocols(self):
        self.begin("- {allow: all, family: netlink, protocol: [route, 16]}")
        for number, name in ((0, "route"), (16, "generic"), (9, "audit"),
                             (15, "kobject-uevent"), (12, "netfilter")):
            with self.subTest(name):
                if number in (0, 16):
                    self.allowed(self.acme, f"socket netlink raw {number}")
                    self.allowed(self.acme, "bind group,0,0")
                else:
                    self.not_made(f"netlink raw {number}", "netlink", "raw",
                                  name)

    def test_types(self):
        self.begin("- {allow: create, family: packet, type: dgram}",
                   "- {allow: create, family: can, protocol: 1}")
        self.allowed(self.acme, "socket packet dgram 0")
        self.not_made("packet raw", "packet", "raw")
        self.assertNotEqual(self.acme.do("socket 29 raw 1"), "EACCES")
        self.no_events()
        self.not_made("29 dgram 2", "can", "dgram", 2)

    def test_audit_and_log(self):
        self.begin("- {allow: create, family: unix, log: always}",
                   mode="audit")
        self.reported(self.acme, "OK", "socket inet stream",
                      verdict="would-deny",
                      **self.made("inet", "stream", "tcp"))
        self.reported(self.acme, "OK", "socket unix stream",
                      verdict="allowed", origin=self.policy.origin("always"),
                      **self.made("unix", "stream"))

    def test_nobody_else(self):
        self.begin()
        task = self.task()
        for words in ("inet stream", "unix stream", "netlink raw"):
            self.allowed(task, f"socket {words}")


class ListenTest(FamilyCase):
    def test_inet(self):
        self.begin("- {allow: bind, proto: tcp, addr: 127.0.0.0/8}",
                   "- {allow: listen, proto: tcp, addr: 127.0.0.1,"
                   " port: 7000-7009}",
                   "- {allow: [bind, listen], family: inet6, addr: '::1'}")
        for family, address, port, good in (
                ("inet", LOCAL, 7000, True), ("inet", LOCAL, 7010, False),
                ("inet", OTHER, 7000, False), ("inet6", "::1", 9, True)):
            with self.subTest(address=address, port=port):
                self.acme.must(f"socket {family} stream")
                self.allowed(self.acme, f"bind {family},{address},{port}")
                if good:
                    self.allowed(self.acme, "listen")
                    continue
                self.denied(self.acme, "listen", op="listen", family=family,
                            type="stream", protocol="tcp", local_addr=address,
                            local_port=port, remote_addr=None,
                            remote_port=None)

    def test_unbound(self):
        """Listening where the kernel likes is at no port that has a rule."""
        self.begin("- {allow: [bind, listen], proto: tcp, port: 1-65535}")
        self.acme.must("socket inet stream")
        self.denied(self.acme, "listen", op="listen", family="inet",
                    type="stream", protocol="tcp", local_addr="0.0.0.0",
                    local_port=0, remote_addr=None, remote_port=None)
        self.load(acme=socket_section("- {allow: listen, proto: tcp}"))
        self.allowed(self.acme, "listen")


class VsockTest(FamilyCase):
    """Through the loopback device, context id 1."""

    def setUp(self):
        super().setUp()
        if not has_family(socket.AF_VSOCK):
            self.skipTest("this kernel has no vsock")

    def listener(self, port):
        listener = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
        self.addCleanup(listener.close)
        listener.bind((socket.VMADDR_CID_ANY, port))
        listener.listen()
        listener.settimeout(10)
        return listener

    def ends(self, op, **more):
        return {"op": op, "family": "vsock", "type": "stream", "protocol": 0,
                **NO_ADDRESS, **more}

    def test_connect(self):
        self.begin("- {allow: connect, family: vsock, cid: local,"
                   " port: [70000, 80000-80009]}")
        for cid, port, good in ((1, 70000, True), (1, 80005, True),
                                (1, 70001, False), (1, 4464, False),
                                (2, 70000, False)):
            with self.subTest(cid=cid, port=port):
                listener = self.listener(port) if cid == 1 else None
                self.acme.must("socket vsock stream")
                words = f"connect cid,{cid},{port}"
                if good:
                    self.allowed(self.acme, words)
                    listener.accept()[0].close()
                else:
                    self.denied(self.acme, words, **self.ends(
                        "connect", remote_cid=cid, remote_port=port))
                    if listener:
                        self.assertEqual(
                            select.select([listener], [], [], 0)[0], [])
                if listener:
                    listener.close()

    def test_bind_and_listen(self):
        self.begin("- {allow: [bind, listen], cid: any, family: vsock,"
                   " port: 70000}", "- {allow: bind, cid: any}",
                   "- {deny: bind, family: vsock, port: 5}")
        self.acme.must("socket vsock stream")
        self.allowed(self.acme, "bind cid,4294967295,70000")
        self.allowed(self.acme, "listen")
        self.acme.must("socket vsock stream")
        self.allowed(self.acme, "bind cid,4294967295,70001")
        self.denied(self.acme, "listen", **self.ends(
            "listen", local_cid=4294967295, local_port=70001))
        self.acme.must("socket vsock stream")
        self.denied(self.acme, "bind cid,4294967295,5", **self.ends(
            "bind", local_cid=4294967295, local_port=5,
            origin=self.policy.origin("deny:")))
        self.denied(self.acme, "bind cid,1,70000", **self.ends(
            "bind", local_cid=1, local_port=70000))

    def test_short(self):
        self.begin("- {allow: all, family: vsock}")
        self.acme.must("socket vsock stream")
        for act in ("connect", "bind"):
            for length in (2, 15):
                self.fails(self.acme, "EINVAL",
                           f"{act} inet,1.2.3.4,5,{length}")


class KindTest(FamilyCase):
    """Families whose addresses no rule can name."""

    def kind(self, op, family, kind, protocol=0, **more):
        return {"op": op, "family": family, "type": kind,
                "protocol": protocol, **NO_ADDRESS, **more}

    def test_netlink(self):
        """To the kernel one may speak who has the socket; to others not."""
        self.begin("- {allow: create, family: netlink, protocol: usersock}")
        peer = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 2)
        self.addCleanup(peer.close)
        peer.bind((4000, 0))
        self.acme.must("socket netlink raw 2")
        self.denied(self.acme, "sendto group,4000,0 hello",
                    **self.kind("connect", "netlink", "raw", "usersock"))
        self.denied(self.acme, "connect group,4000,0",
                    **self.kind("connect", "netlink", "raw", "usersock"))
        self.denied(self.acme, "sendto group,0,1 hello",
                    **self.kind("connect", "netlink", "raw", "usersock"))
        self.denied(self.acme, "bind group,0,1",
                    **self.kind("bind", "netlink", "raw", "usersock"))
        self.assertEqual(select.select([peer], [], [], 0)[0], [])
        self.allowed(self.acme, "connect group,0,0")
        self.load(acme=socket_section(
            "- {allow: connect, family: netlink, protocol: usersock}"))
        self.allowed(self.acme, "sendto group,4000,0 hello")
        self.assertEqual(peer.recv(100), b"hello")

    def test_packet(self):
        self.begin("- {allow: create, family: packet}")
        self.acme.must("socket packet raw 768")
        self.denied(self.acme, "bind device,1",
                    **self.kind("bind", "packet", "raw"))
        self.denied(self.acme, "sendto device,1 %00%01%02%03%04%05%06%07"
                    "%08%09%0a%0b%0c%0d%0e",
                    **self.kind("connect", "packet", "raw"))
        self.load(acme=socket_section("- {allow: all, family: packet}"))
        self.allowed(self.acme, "bind device,1")

    def test_alg(self):
        if not has_family(socket.AF_ALG, socket.SOCK_SEQPACKET):
            self.skipTest("this kernel has no crypto sockets")
        self.begin("- {allow: create, family: alg}")
        self.acme.must("socket alg seqpacket")
        self.denied(self.acme, "bind cipher,hash,sha256",
                    **self.kind("bind", "alg", "seqpacket"))

    def test_xdp(self):
        self.begin("- {allow: create, family: xdp}")
        self.acme.must("socket xdp raw")
        self.denied(self.acme, "bind inet,1.2.3.4,0,16",
                    **self.kind("bind", "xdp", "raw"))


class TransportCase(FamilyCase):
    def listener(self, kind, protocol, port):
        listener = socket.socket(socket.AF_INET, kind, protocol)
        self.addCleanup(listener.close)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("0.0.0.0", port))
        if kind != socket.SOCK_DGRAM:
            listener.listen()
        listener.settimeout(10)
        return listener

    def heard(self, listener):
        """Whether anybody connected or sent."""
        return bool(select.select([listener], [], [], 0)[0])

    def far(self, kind, protocol, address, port=7000, op="connect", **more):
        return {"op": op, "family": "inet", "type": kind,
                "protocol": protocol, "local_addr": "0.0.0.0",
                "local_port": 0, "remote_addr": address, "remote_port": port,
                **more}

    def need(self, kind, name):
        if not has_family(socket.AF_INET, kind, NUMBERS[name]):
            self.skipTest(f"this kernel has no {name}")


class TransportTest(TransportCase):
    """Transports beside TCP and UDP are protocols of their own."""

    def test_mptcp(self):
        self.need(socket.SOCK_STREAM, "mptcp")
        self.begin(f"- {{allow: connect, proto: mptcp, addr: {LOCAL}}}",
                   "- {allow: [create, connect], proto: tcp}")
        listener = self.listener(socket.SOCK_STREAM, NUMBERS["mptcp"], 7000)
        for words in (f"connect inet,{OTHER},7000",
                      f"fastopen inet,{OTHER},7000 hello",
                      f"connect inet,{OTHER},7000"):
            self.acme.must("socket inet stream 262")
            self.denied(self.acme, words,
                        **self.far("stream", "mptcp", OTHER))
        self.assertFalse(self.heard(listener))
        self.allowed(self.acme, f"connect inet,{LOCAL},7000")
        self.allowed(self.acme, "send hello")
        with listener.accept()[0] as connection:
            self.assertEqual(connection.recv(100), b"hello")

    def test_mptcp_is_no_way_around_tcp(self):
        """It falls back to TCP, so what denies TCP denies it."""
        self.need(socket.SOCK_STREAM, "mptcp")
        self.begin("- {deny: connect, proto: tcp, port: 7000}",
                   default="allow")
        listener = self.listener(socket.SOCK_STREAM, 0, 7000)
        self.acme.must("socket inet stream 262")
        self.denied(self.acme, f"connect inet,{LOCAL},7000",
                    origin=self.policy.origin("deny:"),
                    **self.far("stream", "mptcp", LOCAL))
        self.assertFalse(self.heard(listener))

    def listen_denied(self, words, **shown):
        self.begin(f"- {{deny: listen, proto: tcp, addr: {OTHER}}}",
                   default="allow")
        for address in (OTHER, LOCAL):
            self.acme.must(f"socket {words}")
            self.allowed(self.acme, f"bind inet,{address},7000")
            if address == OTHER:
                self.denied(self.acme, "listen", **{
                    "op": "listen", "family": "inet", "type": "stream",
                    "local_addr": OTHER, "local_port": 7000,
                    "remote_addr": None, "remote_port": None,
                    "origin": self.policy.origin("deny:"), **shown})
        self.allowed(self.acme, "listen")

    def test_mptcp_listen(self):
        self.need(socket.SOCK_STREAM, "mptcp")
        self.listen_denied("inet stream 262", protocol="mptcp")

    def test_smc_listen(self):
        """It is the TCP socket below that listens, at its own address."""
        if not has_family(NUMBERS["smc"]):
            self.skipTest("this kernel has no SMC")
        self.listen_denied("43 stream", protocol="tcp")

    def test_bound_to_a_device(self):
        """That changes nothing about addresses."""
        self.begin(f"- {{allow: connect, addr: {LOCAL}}}")
        for kind, name in (("stream", "tcp"), ("dgram", "udp")):
            listener = self.listener(
                socket.SOCK_STREAM if kind == "stream" else socket.SOCK_DGRAM,
                0, 7000)
            for address in (OTHER, LOCAL):
                self.acme.must(f"socket inet {kind}")
                self.acme.must("onto lo")
                words = f"connect inet,{address},7000"
                if address == LOCAL:
                    self.allowed(self.acme, words)
                    continue
                self.denied(self.acme, words, **self.far(kind, name, address))
                self.assertFalse(self.heard(listener))

    def test_udplite(self):
        self.need(socket.SOCK_DGRAM, "udplite")
        self.begin(f"- {{allow: connect, proto: udplite, addr: {LOCAL}}}",
                   "- {allow: connect, proto: udp}")
        listener = self.listener(socket.SOCK_DGRAM, NUMBERS["udplite"], 7000)
        self.acme.must("socket inet dgram 136")
        self.denied(self.acme, f"sendto inet,{OTHER},7000 hello",
                    **self.far("dgram", "udplite", OTHER))
        self.assertFalse(self.heard(listener))
        self.allowed(self.acme, f"sendto inet,{LOCAL},7000 hello")
        self.assertEqual(listener.recv(100), b"hello")

    def test_raw_tcp(self):
        """Raw is raw, whichever protocol it carries."""
        self.begin("- {allow: [create, connect], proto: [tcp, udp]}",
                   "- {allow: create, proto: raw}")
        for number, name in ((6, "tcp"), (17, "udp")):
            self.acme.must(f"socket inet raw {number}")
            self.denied(self.acme, f"sendto inet,{LOCAL},0 hello",
                        **self.far("raw", name, LOCAL, 0, local_port=number))

    def test_smc(self):
        """SMC has TCP below, whose address is what is judged."""
        if not has_family(NUMBERS["smc"]):
            self.skipTest("this kernel has no SMC")
        self.begin("- {allow: create, family: smc}",
                   f"- {{allow: [bind, connect], proto: tcp, addr: {LOCAL}}}")
        listener = self.listener(socket.SOCK_STREAM, 0, 7000)
        shown = {"op": "connect", "family": "smc", "type": "stream",
                 "protocol": 0, "local_addr": None, "local_port": None,
                 "remote_addr": OTHER, "remote_port": 7000}
        for words in (f"connect inet,{OTHER},7000",
                      f"fastopen inet,{OTHER},7000 hello"):
            self.acme.must("socket 43 stream")
            self.denied(self.acme, words, **shown)
        self.denied(self.acme, f"bind inet,{OTHER},7000", **{
            **shown, "op": "bind", "local_addr": OTHER, "local_port": 7000,
            "remote_addr": None, "remote_port": None})
        self.assertFalse(self.heard(listener))
        self.acme.must("socket 43 stream")
        self.allowed(self.acme, f"connect inet,{LOCAL},7000")
        listener.accept()[0].close()

    def test_smc_on_any_address(self):
        """Below is a TCP socket, for IPv4 as well."""
        if not has_family(NUMBERS["smc"]):
            self.skipTest("this kernel has no SMC")
        self.begin("- {deny: bind, addr: 0.0.0.0}", default="allow")
        self.acme.must("socket 43 stream 1")
        self.denied(self.acme, "bind inet6,::,7000", op="bind", family="smc",
                    type="stream", protocol=1, local_addr="0.0.0.0",
                    local_port=7000, remote_addr=None, remote_port=None,
                    origin=self.policy.origin("deny:"))


if __name__ == "__main__":
    unittest.main()
