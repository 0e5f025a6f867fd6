# SPDX-License-Identifier: GPL-2.0
"""Unix sockets: paths, abstract names, pairs, and who is at the other end."""
import os
import select
import socket
import unittest

import cordon
from cordon import ALLOW_ACT, CordonTest, NO_ADDRESS, file_section, \
    remove_tree, socket_section
from inside import own_mounts

setUpModule = cordon.begin
tearDownModule = cordon.end

OURS, THEIRS = "/srv/ours", "/srv/theirs"
TYPES = {"stream": socket.SOCK_STREAM, "dgram": socket.SOCK_DGRAM,
         "seqpacket": socket.SOCK_SEQPACKET}

RULES = [
    f"- {{allow: [bind, listen, connect], path: '{OURS}/*.sock'}}",
    f"- {{deny: connect, path: {OURS}/no.sock}}",
    "- {allow: [bind, listen, connect], abstract: ['acme*', /tmp/x/y]}",
    "- {deny: all, abstract: acme-no}",
]


class Peer:
    """A socket of the host that is bound to a name."""

    def __init__(self, kind, name):
        self.kind = kind
        self.socket = socket.socket(socket.AF_UNIX, TYPES[kind])
        self.socket.bind(name)
        if kind != "dgram":
            self.socket.listen(5)

    def heard(self):
        """What came; None if nothing did.  There is nothing to wait for."""
        if not select.select([self.socket], [], [], 0)[0]:
            return None
        if self.kind == "dgram":
            return self.socket.recv(100)
        connection, _ = self.socket.accept()
        with connection:
            if not select.select([connection], [], [], 0)[0]:
                return b""
            return connection.recv(100)

    def close(self):
        self.socket.close()


class UnixCase(CordonTest):
    rules = RULES

    def setUp(self):
        super().setUp()
        self.make_tree(OURS, THEIRS, files=())
        self.load(acme=socket_section(*self.rules))
        self.acme = self.task("acme")

    def peer(self, kind, name):
        peer = Peer(kind, name)
        self.addCleanup(peer.close)
        return peer

    def fields(self, op, kind, name, **more):
        return {"op": op, "family": "unix", "type": kind, "protocol": 0,
                "name": name, **NO_ADDRESS, **more}

    def denied_unix(self, words, op, kind, name, **more):
        return self.denied(self.acme, *words,
                           **self.fields(op, kind, name, **more))


class BindTest(UnixCase):
    PATHS = [(f"{OURS}/a.sock", True), (f"{OURS}/a.socket", False),
             (f"{OURS}/b/a.sock", False), (f"{THEIRS}/a.sock", False)]
    NAMES = [("acme", True), ("acme-1", True), ("/tmp/x/y", True),
             ("acme~1", True), ("acm", False), ("Acme", False),
             ("/tmp/x", False), ("~acme", False), ("", False),
             ("acme-no", False), ("x" * 107, False)]

    def test_path(self):
        os.mkdir(f"{OURS}/b")
        for kind in TYPES:
            for path, good in self.PATHS:
                with self.subTest(kind=kind, path=path):
                    self.acme.must(f"socket unix {kind}")
                    if good:
                        self.allowed(self.acme, f"bind path,{path}")
                        os.unlink(path)
                        continue
                    # Which socket a file is made for cannot be told.
                    self.denied_unix([f"bind path,{path}"], "bind", None,
                                     path)
                    self.assertFalse(os.path.lexists(path))

    def test_abstract(self):
        for kind in TYPES:
            for name, good in self.NAMES:
                with self.subTest(kind=kind, name=name):
                    self.abstract(kind, name, good)

    def abstract(self, kind, name, good):
        self.acme.must(f"socket unix {kind}")
        words = ["bind", f"abstract,{name}"]
        if good:
            self.allowed(self.acme, *words)
            return
        origin = "default"
        if name == "acme-no":
            origin = self.policy.origin("deny: all")
        shown = "@" + name.replace("~", "\\x00")
        self.denied_unix(words, "bind", kind, shown, origin=origin,
                         name_escaped="~" in name)

    def test_autobind(self):
        """The kernel would choose: that is a name like any other."""
        self.acme.must("socket unix dgram")
        self.denied_unix(["bind autobind,"], "bind", "dgram", "@")
        self.load(acme=socket_section("- {allow: bind, abstract: '*'}"))
        self.allowed(self.acme, "bind autobind,")

    def test_existing_file(self):
        """Whoever may not bind there does not learn that it is there."""
        self.peer("stream", f"{OURS}/a.sock")
        self.acme.must("socket unix stream")
        self.fails(self.acme, "EADDRINUSE", f"bind path,{OURS}/a.sock")

    def test_relative(self):
        """A path is what it leads to, however it was written."""
        os.mkdir(f"{OURS}/d")
        self.acme.must("socket unix stream")
        self.denied_unix([f"bind path,{OURS}/../theirs/a.sock"], "bind", None,
                         f"{THEIRS}/a.sock")
        self.allowed(self.acme, f"bind path,{OURS}/d/../a.sock")

    def test_symlink_in_the_path(self):
        os.symlink(THEIRS, f"{OURS}/link")
        self.acme.must("socket unix stream")
        self.denied_unix([f"bind path,{OURS}/link/a.sock"], "bind", None,
                         f"{THEIRS}/a.sock")

    def test_file_policy_too(self):
        """A socket's file needs the permission to create it as well."""
        rules = (ALLOW_ACT, f"- {{allow: create, path: {OURS}/yes.sock}}")
        both = file_section(*rules) + "\n" + \
            socket_section(*RULES).split("\n", 1)[1]
        self.load(acme=both)
        self.acme.must("socket unix stream")
        self.denied(self.acme, f"bind path,{OURS}/a.sock", op="create",
                    path=f"{OURS}/a.sock", ino=0)
        self.assertFalse(os.path.lexists(f"{OURS}/a.sock"))
        self.allowed(self.acme, f"bind path,{OURS}/yes.sock")

    def test_short_and_long(self):
        self.acme.must("socket unix stream")
        for length in (0, 1):
            self.fails(self.acme, "EINVAL", f"bind unspec,1.2.3.4,0,{length}")


class ListenTest(UnixCase):
    rules = RULES + ["- {allow: bind, abstract: 'mute*'}",
                     f"- {{allow: bind, path: '{OURS}/*.mute'}}"]

    def test_abstract(self):
        for kind in ("stream", "seqpacket"):
            self.acme.must(f"socket unix {kind}")
            self.allowed(self.acme, f"bind abstract,acme-{kind}")
            self.allowed(self.acme, "listen")
            self.acme.must(f"socket unix {kind}")
            self.allowed(self.acme, f"bind abstract,mute-{kind}")
            self.denied_unix(["listen"], "listen", kind, f"@mute-{kind}")

    def test_path(self):
        self.acme.must("socket unix stream")
        self.allowed(self.acme, f"bind path,{OURS}/a.sock")
        self.allowed(self.acme, "listen")
        self.acme.must("socket unix stream")
        self.allowed(self.acme, f"bind path,{OURS}/a.mute")
        self.denied_unix(["listen"], "listen", "stream", f"{OURS}/a.mute")


class ConnectTest(UnixCase):
    CASES = [(f"{OURS}/a.sock", True), (f"{OURS}/no.sock", False),
             (f"{THEIRS}/a.sock", False),
             ("@acme", True), ("@/tmp/x/y", True), ("@acme-no", False),
             ("@other", False)]

    def reach(self, kind, name):
        """The ways to reach a name."""
        address = f"abstract,{name[1:]}" if name[0] == "@" else f"path,{name}"
        yield f"connect {address}"
        yield f"uring here connect {address}"
        yield f"uring worker connect {address}"
        if kind == "dgram":
            yield f"sendto {address} hello"
            yield f"sendmsg {address} hello"
            yield f"uring here sendmsg {address} hello"

    def test_each_way(self):
        for kind in TYPES:
            for name, good in self.CASES:
                peer = self.peer(kind, "\0" + name[1:] if name[0] == "@"
                                 else name)
                for words in self.reach(kind, name):
                    with self.subTest(kind=kind, words=words):
                        self.one_way(peer, words, name, good)
                peer.close()
                if name[0] == "/":
                    os.unlink(name)

    def one_way(self, peer, words, name, good):
        self.acme.must(f"socket unix {peer.kind}")
        if not good:
            self.denied_unix([words], "connect", peer.kind, name,
                             origin=self.origin_of(name),
                             worker="worker" in words)
            self.assertIsNone(peer.heard())
            return
        self.allowed(self.acme, words)
        if "connect" in words:
            self.allowed(self.acme, "send hello")
        self.assertEqual(peer.heard(), b"hello")

    def origin_of(self, name):
        if name.endswith("no.sock"):
            return self.policy.origin("deny: connect")
        return self.policy.origin("deny: all") if name == "@acme-no" \
            else "default"

    def reported(self, task, answer, *words, worker=False, **wanted):
        """A kernel may do at once what a worker was asked to do."""
        if worker:
            self.assertEqual(task.do(*words), answer)
            event, = self.session.take()
            wanted.update(pid=event["pid"], comm=event["comm"])
            self.check_event(event, task, wanted)
            return event
        return super().reported(task, answer, *words, **wanted)

    def test_symlink(self):
        """A socket has the name that it is bound to, not how it is found."""
        peer = self.peer("stream", f"{THEIRS}/a.sock")
        os.symlink(f"{THEIRS}/a.sock", f"{OURS}/a.sock")
        self.acme.must("socket unix stream")
        self.denied_unix([f"connect path,{OURS}/a.sock"], "connect", "stream",
                         f"{THEIRS}/a.sock")
        self.assertIsNone(peer.heard())
        peer = self.peer("stream", f"{OURS}/b.sock")
        os.symlink(f"{OURS}/b.sock", f"{THEIRS}/link")
        self.allowed(self.acme, f"connect path,{THEIRS}/link")

    def test_hard_link(self):
        """Another name for the file is none for the socket."""
        for kind in ("stream", "dgram"):
            peer = self.peer(kind, f"{THEIRS}/{kind}")
            os.link(f"{THEIRS}/{kind}", f"{OURS}/{kind}.sock")
            self.acme.must(f"socket unix {kind}")
            self.denied_unix([f"connect path,{OURS}/{kind}.sock"], "connect",
                             kind, f"{THEIRS}/{kind}")
            self.assertIsNone(peer.heard())

    def test_moved_by_the_host(self):
        """Its file is where it is: what the host moves, it moves."""
        self.peer("stream", f"{THEIRS}/a.sock")
        os.rename(f"{THEIRS}/a.sock", f"{OURS}/a.sock")
        self.acme.must("socket unix stream")
        self.allowed(self.acme, f"connect path,{OURS}/a.sock")

    def test_moved_by_the_tenant(self):
        """A socket must not be reached through a rename."""
        peer = self.peer("stream", f"{THEIRS}/a.sock")
        self.fails_to_move(f"{THEIRS}/a.sock", f"{OURS}/a.sock")
        self.acme.must("socket unix stream")
        self.denied_unix([f"connect path,{THEIRS}/a.sock"], "connect",
                         "stream", f"{THEIRS}/a.sock")
        self.assertIsNone(peer.heard())
        # Where it may do no more than before it can be moved.
        self.peer("stream", f"{OURS}/b.sock")
        self.allowed(self.acme, f"rename {OURS}/b.sock {OURS}/c.sock")
        self.allowed(self.acme, f"rename {OURS}/c.sock {THEIRS}/c.sock")

    def fails_to_move(self, source, target):
        self.denied_unix([f"rename {source} {target}"], "bind", None, target,
                         reason="widens")
        self.assertTrue(os.path.lexists(source))

    def test_directory_moved_by_the_tenant(self):
        """Nor through a rename of the directory that it is in."""
        self.load(acme=socket_section(
            f"- {{allow: [create, connect], path: '{OURS}/d/*'}}"
            .replace("create, ", "")))
        os.mkdir(f"{THEIRS}/d")
        self.peer("stream", f"{THEIRS}/d/a.sock")
        self.denied_unix([f"rename {THEIRS}/d {OURS}/d"], "bind", None,
                         f"{OURS}/d", reason="widens")
        self.assertTrue(os.path.isdir(f"{THEIRS}/d"))

    def test_other_mount_namespace(self):
        """A socket that has no path here is nobody's."""
        with own_mounts():
            self.assertEqual(cordon.run("mount", "-t", "tmpfs", "none",
                                        OURS).returncode, 0)
            peer = self.peer("stream", f"{OURS}/a.sock")
            folder = os.open(OURS, os.O_PATH)
        self.addCleanup(os.close, folder)
        self.acme.must("socket unix stream")
        self.denied_unix(
            [f"connect path,/proc/{os.getpid()}/fd/{folder}/a.sock"],
            "connect", "stream", None, reason="no-path")
        self.assertIsNone(peer.heard())

    def test_connected_datagrams(self):
        """Who was connected may go on; by name each message is judged."""
        peer = self.peer("dgram", f"{OURS}/a.sock")
        self.acme.must("socket unix dgram")
        self.allowed(self.acme, f"connect path,{OURS}/a.sock")
        self.load(acme=socket_section())
        self.allowed(self.acme, "send hello")
        self.assertEqual(peer.heard(), b"hello")
        other = self.peer("dgram", f"{OURS}/b.sock")
        self.denied_unix([f"sendto path,{OURS}/b.sock hello"], "connect",
                         "dgram", f"{OURS}/b.sock")
        self.assertIsNone(other.heard())

    def test_replaced_socket(self):
        """A file that somebody else put there is judged by its place."""
        self.peer("stream", f"{OURS}/a.sock").close()
        os.unlink(f"{OURS}/a.sock")
        peer = self.peer("stream", f"{OURS}/a.sock")
        self.acme.must("socket unix stream")
        self.allowed(self.acme, f"connect path,{OURS}/a.sock")
        self.assertEqual(peer.heard(), b"")

    def test_nobody_there(self):
        """Without a socket there is nothing to be judged."""
        for path in (f"{OURS}/none.sock", f"{THEIRS}/none.sock"):
            self.acme.must("socket unix stream")
            self.fails(self.acme, "ENOENT", f"connect path,{path}")
        self.acme.must("socket unix stream")
        self.fails(self.acme, "ECONNREFUSED", "connect abstract,none")

    def test_unspec(self):
        self.acme.must("socket unix dgram")
        self.allowed(self.acme, "connect unspec,0.0.0.0,0")

    def test_audit_and_log(self):
        self.peer("stream", f"{THEIRS}/a.sock")
        self.load(acme=socket_section(
            f"- {{allow: connect, path: {OURS}/b.sock, log: always}}",
            mode="audit"))
        self.acme.must("socket unix stream")
        self.reported(self.acme, "OK", f"connect path,{THEIRS}/a.sock",
                      verdict="would-deny",
                      **self.fields("connect", "stream", f"{THEIRS}/a.sock"))
        self.peer("dgram", f"{OURS}/b.sock")
        self.acme.must("socket unix dgram")
        self.reported(self.acme, "OK", f"connect path,{OURS}/b.sock",
                      verdict="allowed", origin=self.policy.origin("always"),
                      **self.fields("connect", "dgram", f"{OURS}/b.sock"))

    def test_nobody_else(self):
        peer = self.peer("stream", f"{THEIRS}/a.sock")
        task = self.task()
        task.must("socket unix stream")
        self.allowed(task, f"connect path,{THEIRS}/a.sock")
        self.assertEqual(peer.heard(), b"")

    def test_deep_path(self):
        """More components than a handler has room for."""
        deep = OURS + "/d" * 40
        os.makedirs(deep)
        self.load(acme=socket_section(f"- {{allow: all, path: '{OURS}/**'}}"))
        peer = self.peer("stream", "\0keep")
        folder = os.open(deep, os.O_PATH)
        self.addCleanup(os.close, folder)
        deep_peer = self.peer("stream", f"/proc/self/fd/{folder}/a.sock")
        self.addCleanup(remove_tree, OURS)
        self.acme.must("socket unix stream")
        self.allowed(self.acme, f"connect path,{deep}/a.sock")
        self.assertEqual(deep_peer.heard(), b"")
        self.assertIsNone(peer.heard())


class PairTest(UnixCase):
    """Pairs have no name: they are made or not."""

    def test_pair(self):
        for kind in TYPES:
            self.allowed(self.acme, f"pair unix {kind}")
        self.load(acme=socket_section("- {allow: create, family: inet}"))
        for kind in TYPES:
            self.denied_unix([f"pair unix {kind}"], "create", kind, None)

    def test_by_type(self):
        self.load(acme=socket_section(
            "- {allow: all, family: unix, type: [stream, dgram]}"))
        self.allowed(self.acme, "pair unix stream")
        self.denied_unix(["pair unix seqpacket"], "create", "seqpacket", None)
        self.peer("stream", f"{THEIRS}/a.sock")
        self.acme.must("socket unix stream")
        self.allowed(self.acme, f"connect path,{THEIRS}/a.sock")

    def test_family_alone(self):
        """Without a name a rule is about all names."""
        self.load(acme=socket_section("- {allow: all, family: unix}",
                                      "- {deny: bind, abstract: x}"))
        for address in (f"path,{THEIRS}/a.sock", "abstract,any", "autobind,"):
            self.acme.must("socket unix stream")
            self.allowed(self.acme, f"bind {address}")
        self.acme.must("socket unix stream")
        self.denied_unix(["bind abstract,x"], "bind", "stream", "@x",
                         origin=self.policy.origin("deny: bind"))


if __name__ == "__main__":
    unittest.main()
