# SPDX-License-Identifier: GPL-2.0
"""SCTP: lists of addresses, and associations that a message begins."""
import socket
import unittest

import cordon
import test_socket_families
from cordon import socket_section
from test_socket_families import LOCAL, NUMBERS, OTHER, TransportCase

THIRD = "127.0.0.3"

setUpModule = test_socket_families.setUpModule
tearDownModule = cordon.end


class SctpTest(TransportCase):
    """Lists of addresses, and associations that a message begins."""

    def setUp(self):
        super().setUp()
        self.need(socket.SOCK_STREAM, "sctp")
        self.begin(f"- {{allow: [bind, connect], proto: sctp,"
                   f" addr: [{LOCAL}, {THIRD}],"
                   " port: 7000-7009}")
        self.peer = self.listener(socket.SOCK_SEQPACKET, NUMBERS["sctp"],
                                  7000)

    def test_connect(self):
        self.acme.must("socket inet stream 132")
        self.denied(self.acme, f"connect inet,{OTHER},7000",
                    **self.far("stream", "sctp", OTHER))
        self.allowed(self.acme, f"connect inet,{LOCAL},7000")
        self.allowed(self.acme, "send hello")
        self.assertEqual(self.peer.recv(100), b"hello")

    def test_one_to_many(self):
        self.acme.must("socket inet seqpacket 132")
        for act in ("sendto", "sendmsg"):
            self.denied(self.acme, f"{act} inet,{OTHER},7000 hello",
                        **self.far("seqpacket", "sctp", OTHER))
        self.assertFalse(self.heard(self.peer))
        self.allowed(self.acme, f"sendto inet,{LOCAL},7000 hello")
        self.assertEqual(self.peer.recv(100), b"hello")

    def test_sendmmsg(self):
        """Not all of its messages are seen, so it begins no association."""
        name = f"inet,{LOCAL},7000"
        self.acme.must("socket inet seqpacket 132")
        self.denied(self.acme, f"sendmmsg {name} {name} hello",
                    **self.far("seqpacket", "sctp", None, None,
                               reason="redirects"))
        self.assertFalse(self.heard(self.peer))
        self.allowed(self.acme, f"sendto {name} first")
        self.assertEqual(self.acme.do(f"sendmmsg {name} {name} hello"),
                         "text:2")
        for text in (b"first", b"hello", b"hello"):
            self.assertEqual(self.peer.recv(100), text)

    def test_peeled_off(self):
        """An association that was made a socket of its own."""
        self.acme.must("socket inet seqpacket 132")
        self.allowed(self.acme, f"sendto inet,{LOCAL},7000 hello")
        self.assertEqual(self.peer.recv(100), b"hello")
        self.allowed(self.acme, "peel")
        self.allowed(self.acme, "send again")
        self.assertEqual(self.peer.recv(100), b"again")
        port = int(self.acme.must("port").split(":")[1])
        for act in (f"sendto inet,{OTHER},7000 x",
                    f"sendmsg inet,{OTHER},7000 x",
                    f"connect inet,{OTHER},7000"):
            self.denied(self.acme, act, **self.far(
                "seqpacket", "sctp", OTHER, local_port=port,
                local_addr=LOCAL))
        self.assertFalse(self.heard(self.peer))

    def test_connectx(self):
        """Each address of the list is judged."""
        for addresses in (f"inet,{OTHER},7000",
                          f"inet,{LOCAL},7000 inet,{OTHER},7000"):
            self.acme.must("socket inet stream 132")
            self.denied(self.acme, f"connectx {addresses}",
                        **self.far("stream", "sctp", OTHER))
        self.assertFalse(self.heard(self.peer))
        self.allowed(self.acme, f"connectx inet,{LOCAL},7000")

    def test_bindx(self):
        for addresses in (f"inet,{OTHER},7001",
                          f"inet,{LOCAL},7001 inet,{OTHER},7001"):
            self.acme.must("socket inet stream 132")
            self.denied(self.acme, f"bindx {addresses}", op="bind",
                        family="inet", type="stream", protocol="sctp",
                        local_addr=OTHER, local_port=7001, remote_addr=None,
                        remote_port=None)
        self.allowed(self.acme, f"bindx inet,{LOCAL},7001")

    def test_any_address(self):
        """Any address of IPv6 is any of IPv4 as well, in lists too."""
        self.load(acme=socket_section("- {deny: bind, addr: 0.0.0.0}",
                                      default="allow"))
        for act in ("bind inet6,::,7001", "bindx inet6,::1,7001 inet6,::,7001"):
            self.acme.must("socket inet6 stream 132")
            self.denied(self.acme, act, op="bind", family="inet6",
                        type="stream", protocol="sctp", local_addr="0.0.0.0",
                        local_port=7001, remote_addr=None, remote_port=None,
                        origin=self.policy.origin("deny:"))

    def test_both_versions(self):
        """A socket of IPv6 takes an address of IPv4, and is judged by it."""
        self.acme.must("socket inet6 stream 132")
        self.allowed(self.acme, f"bind inet,{LOCAL},7001")
        self.acme.must("socket inet6 stream 132")
        self.denied(self.acme, f"bind inet,{OTHER},7001", op="bind",
                    family="inet6", type="stream", protocol="sctp",
                    local_addr=OTHER, local_port=7001, remote_addr=None,
                    remote_port=None)

    def test_more_addresses(self):
        """A message can name further addresses beside its own."""
        self.acme.must("socket inet seqpacket 132")
        self.denied(self.acme, f"sendmore inet,{LOCAL},7000 hello {OTHER}",
                    **self.far("seqpacket", "sctp", OTHER))
        self.assertFalse(self.heard(self.peer))
        self.allowed(self.acme, f"sendmore inet,{LOCAL},7000 hello {THIRD}")
        self.assertEqual(self.peer.recv(100), b"hello")

    def test_other_families_in_lists(self):
        self.acme.must("socket inet stream 132")
        self.fails(self.acme, "EINVAL", "connectx path,/x")
        self.fails(self.acme, "EINVAL", "bindx path,/x")


if __name__ == "__main__":
    unittest.main()
