# SPDX-License-Identifier: GPL-2.0
"""Requests to explain from a sender that may ask and means no good."""
import cordon
import netlink
from cordon import CordonTest, file_section
from netlink import A_ACT, A_NAME, ACT_ADDR, ACT_CID, ACT_CLASS, ACT_FAMILY, \
    ACT_NAME, ACT_OP, ACT_OWN, ACT_PATH, ACT_PORT, ACT_PROTOCOL, ACT_TYPE, \
    EXPLAIN, Connection, attr, nest

setUpModule = cordon.begin
tearDownModule = cordon.end


def act(*parts, **changed):
    """An act on a file that is whole; parts can be other than usual."""
    known = {"class": attr(ACT_CLASS, netlink.FILE), "op": attr(ACT_OP, 1),
             "path": attr(ACT_PATH, b"/x"), **changed}
    return nest(A_ACT, *(part for part in known.values() if part), *parts)


def sock(*parts, op=8, family=2, kind=1, protocol=6):
    return nest(A_ACT, attr(ACT_CLASS, netlink.SOCKET), attr(ACT_OP, op),
                attr(ACT_FAMILY, family), attr(ACT_TYPE, kind),
                attr(ACT_PROTOCOL, protocol), *parts)


def guard(*parts, op=1):
    return nest(A_ACT, attr(ACT_CLASS, netlink.GUARD), attr(ACT_OP, op),
                *parts)


TCP = (attr(ACT_ADDR, b"\x0a\0\0\1"), attr(ACT_PORT, 443))
NAME = attr(A_NAME, "acme")

BAD_ACTS = {
    "nothing": b"",
    "empty": nest(A_ACT),
    "not a nest": attr(A_ACT, b"garbage!"),
    "nest without its flag": attr(A_ACT, act()[4:]),
    "an unknown attribute": act(attr(77, 1)),
    "class missing": act(**{"class": None}),
    "class 0": act(**{"class": attr(ACT_CLASS, 0)}),
    "class stream": act(**{"class": attr(ACT_CLASS, 4)}),
    "class admin": act(**{"class": attr(ACT_CLASS, 5)}),
    "class 99": act(**{"class": attr(ACT_CLASS, 99)}),
    "class of a byte": act(**{"class": attr(ACT_CLASS, b"\1")}),
    "op missing": act(op=None),
    "op 0": act(op=attr(ACT_OP, 0)),
    "two ops": act(op=attr(ACT_OP, 3)),
    "op 256": act(op=attr(ACT_OP, 256)),
    "op 2^31": act(op=attr(ACT_OP, 1 << 31)),
    "path missing": act(path=None),
    "path empty": act(path=attr(ACT_PATH, b"")),
    "path relative": act(path=attr(ACT_PATH, b"x")),
    "path with a NUL": act(path=attr(ACT_PATH, b"/a\0b")),
    "path with a NUL at its end": act(path=attr(ACT_PATH, b"/a\0")),
    "path with dots": act(path=attr(ACT_PATH, b"/a/../b")),
    "path with a dot": act(path=attr(ACT_PATH, b"/./b")),
    "path with an empty part": act(path=attr(ACT_PATH, b"/a//b")),
    "path with a slash at its end": act(path=attr(ACT_PATH, b"/a/")),
    "path of 4097": act(path=attr(ACT_PATH, b"/a" * 2048 + b"b")),
    "name of 256": act(path=attr(ACT_PATH, b"/" + b"n" * 256)),
    "memfd without a name": act(path=attr(ACT_PATH, b"memfd:")),
    "a port in a file's": act(attr(ACT_PORT, 1)),
    "a name in a file's": act(attr(ACT_NAME, b"/x")),
    "own in a file's": act(attr(ACT_OWN, b"")),
    "own with bytes": guard(attr(ACT_OWN, b"\1"), op=4),
    "own of a mount": guard(attr(ACT_OWN, b"")),
    "guard with a path": guard(attr(ACT_PATH, b"/x")),
    "guard op 256": guard(op=256),
    "family 0": sock(*TCP, family=0),
    "family 64": sock(*TCP, family=64),
    "family 2^32-1": sock(*TCP, family=0xffffffff),
    "type 16": sock(*TCP, kind=16),
    "type 2^32-1": sock(*TCP, kind=0xffffffff),
    "neither type nor protocol": sock(*TCP, kind=0, protocol=0),
    "socket op 64": sock(*TCP, op=64),
    "socket op 0": sock(*TCP, op=0),
    "no address": sock(),
    "port alone": sock(attr(ACT_PORT, 443)),
    "port 65536": sock(attr(ACT_ADDR, b"\x0a\0\0\1"), attr(ACT_PORT, 65536)),
    "address of 0": sock(attr(ACT_ADDR, b"")),
    "address of 3": sock(attr(ACT_ADDR, b"\x0a\0\0")),
    "address of 5": sock(attr(ACT_ADDR, b"\x0a\0\0\0\1")),
    "address of 16 in inet": sock(attr(ACT_ADDR, b"\1" * 16)),
    "address of 17": sock(attr(ACT_ADDR, b"\1" * 17), family=10),
    "address to create": sock(*TCP, op=1),
    "path of a socket": sock(*TCP, attr(ACT_PATH, b"/x")),
    "name in inet": sock(*TCP, attr(ACT_NAME, b"/x")),
    "cid in inet": sock(*TCP, attr(ACT_CID, 2)),
    "empty name": sock(attr(ACT_NAME, b""), family=1, protocol=0),
    "relative name": sock(attr(ACT_NAME, b"x"), family=1, protocol=0),
    "name with a NUL": sock(attr(ACT_NAME, b"/x\0y"), family=1, protocol=0),
    "name of 4097": sock(attr(ACT_NAME, b"@" * 4097), family=1, protocol=0),
    "name to create": sock(attr(ACT_NAME, b"/x"), family=1, op=1),
    "accept of unix": sock(family=1, op=16, protocol=0),
    "vsock without a cid": sock(family=40, protocol=0),
    "vsock without a port": sock(attr(ACT_CID, 2), family=40, protocol=0),
    "netlink without a type": sock(family=16, kind=0, protocol=0),
}


class WireTest(CordonTest):
    """Requests by hand; that only those who may get answers is tested with
    all other requests."""

    def setUp(self):
        super().setUp()
        self.load(acme=file_section("- {allow: read, path: /x}") +
                  "\n    socket: {default: deny}")
        self.connection = Connection()
        self.addCleanup(self.connection.close)

    def ask(self, *attributes):
        return self.connection.request(EXPLAIN, *attributes)

    def test_bad(self):
        for name, message in BAD_ACTS.items():
            with self.subTest(name):
                answer = self.ask(NAME, message)
                self.assertIn(answer.name, ("EINVAL", "ERANGE"), answer)
                self.assertNotEqual(answer.text, "")
                self.assertEqual(answer.messages, [])
        self.no_events()

    def test_good(self):
        for name, message in {
                "file": act(), "root": act(path=attr(ACT_PATH, b"/")),
                "bytes": act(path=attr(ACT_PATH, b"/\xff\n")),
                "4096": act(path=attr(ACT_PATH, b"/" + b"a/" * 2047 + b"b")),
                "memfd": act(path=attr(ACT_PATH, b"memfd:x/y")),
                "socket": sock(*TCP), "guard": guard(),
                "own": guard(attr(ACT_OWN, b""), op=4),
                "abstract": sock(attr(ACT_NAME, b"@\0\xff"), family=1,
                                 protocol=0),
                "autobind": sock(attr(ACT_NAME, b"@"), family=1, op=2,
                                 protocol=0),
                "long name": sock(attr(ACT_NAME, b"/" + b"a/" * 2047 + b"b"),
                                  family=1, protocol=0),
                "create": sock(op=1, family=45, protocol=3)}.items():
            with self.subTest(name):
                answer = self.ask(NAME, message)
                self.assertEqual((answer.name, len(answer.messages)),
                                 ("OK", 1), answer)

    def test_tenant(self):
        for message, name in ((act(), "EINVAL"),
                              (attr(A_NAME, "nobody") + act(), "ENOENT"),
                              (attr(A_NAME, "") + act(), "ENOENT"),
                              (attr(A_NAME, b"acme") + act(), "EINVAL"),
                              (attr(A_NAME, "n" * 64) + act(), "EINVAL"),
                              (attr(A_NAME, b"ac\0me\0") + act(), "ENOENT"),
                              (NAME + act() + attr(10, b"\0" * 8), "EINVAL")):
            answer = self.ask(message)
            self.assertEqual(answer.name, name, message)
            self.assertEqual(answer.messages, [])
            self.assertNotEqual(answer.text, "")

    def test_cut_short(self):
        """Every length that a request can be cut to."""
        whole = NAME + sock(*TCP)
        for length in range(len(whole)):
            answer = self.ask(whole[:length])
            self.assertIn(answer.name, ("EINVAL", "ERANGE", "ENOENT"), length)
            self.assertEqual(answer.messages, [])

    def test_dump(self):
        answer = self.connection.request(EXPLAIN, NAME, act(),
                                         flags=netlink.DUMP)
        self.assertEqual(answer.name, "ENOTSUP")

    def test_other_protocol(self):
        """A port of what has none does not matter."""
        for kind in (3, 2):
            answer = self.ask(NAME, sock(*TCP, kind=kind, protocol=1))
            self.assertEqual(answer.name, "OK")
