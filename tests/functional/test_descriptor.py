# SPDX-License-Identifier: GPL-2.0
"""Descriptors: those that come from elsewhere, and those open before."""
import os
import unittest

import cordon
from cordon import ACT, ALLOW_ACT, CordonTest, cgroup_dir, file_section, \
    snapshot

setUpModule = cordon.begin
tearDownModule = cordon.end

YES, NO, READ_ONLY = "/srv/yes", "/srv/no", "/srv/ro"
FOLDERS = (YES, NO, READ_ONLY)
REVOKE = "\n    revoke: true"
OPEN = file_section(default="allow")

RULES = [ALLOW_ACT, f"- {{allow: all, path: {YES}/**}}",
         f"- {{allow: read, path: {READ_ONLY}/**}}"]

# How a file is opened, where, its name there, and the operation that is denied
# to who gets it.
FOREIGN = [
    ("r", NO, "f", "read"),
    ("w", NO, "f", "write"),
    ("rw", NO, "f", "read"),
    ("w+append", NO, "f", "write"),
    ("3", NO, "f", "read"),
    ("r+dir", NO, "d", "read"),
    ("w", READ_ONLY, "f", "write"),
    ("rw", READ_ONLY, "f", "write"),
    ("r", READ_ONLY, "f", None),
    ("r+dir", READ_ONLY, "d", None),
    ("rw", YES, "f", None),
    ("w", YES, "f", None),
]

# What can be done with a file that is open, and what that is.
USES = [
    ("read", "read"), ("pread", "read"), ("readv", "read"),
    ("preadv2", "read"), ("sendfile", "read"), ("copy", "read"),
    ("splice", "read"), ("aio", "read"), ("ring", "read"), ("mmap", "read"),
    ("mmap-shared", "read"), ("mmap-private-write", "read"),
    ("write", "write"), ("pwrite", "write"), ("writev", "write"),
    ("pwritev2", "write"), ("splice-into", "write"), ("allocate", "write"),
    ("mmap-write", "write"),
]


class DescriptorCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(*FOLDERS)
        for folder in FOLDERS:
            os.mkdir(f"{folder}/d")

    def load_acme(self, *rules, more="", **others):
        self.load(acme=file_section(*RULES, *rules) + more, **others)


class PassTest(DescriptorCase):
    """By a message on a unix socket."""

    def check_giver(self, giver):
        self.load_acme(globex=OPEN)
        task = self.task("acme")
        task.must("await inbox")
        for how, folder, name, op in FOREIGN:
            giver.must(f"open {how} {folder}/{name}")
            giver.must("pass inbox")
            before = os.listdir(f"/proc/{task.pid}/fd")
            with self.subTest(how, folder=folder, name=name):
                if op:
                    self.reported(task, "text:none truncated", "take", op=op,
                                  path=f"{folder}/{name}")
                    self.assertEqual(os.listdir(f"/proc/{task.pid}/fd"),
                                     before)
                    continue
                self.allowed(task, "take")
                if "w" in how:
                    self.allowed(task, "use write")
                elif name == "f":
                    self.assertEqual(task.do("read"), f"text:{folder}/{name}")

    def test_from_host(self):
        self.check_giver(self.task())

    def test_from_another_tenant(self):
        self.check_giver(self.task("globex"))

    def test_from_a_peer(self):
        """A member that is before its policy, so to say."""
        giver = self.task("acme")
        for number, (how, folder, name, op) in enumerate(FOREIGN):
            self.load(acme=OPEN)
            giver.must(f"open {how} {folder}/{name}")
            self.load_acme()
            task = self.task("acme")
            task.must(f"await inbox-{number}")
            giver.must(f"pass inbox-{number}")
            with self.subTest(how, folder=folder, name=name):
                if op:
                    self.reported(task, "text:none truncated", "take", op=op,
                                  path=f"{folder}/{name}")
                else:
                    self.allowed(task, "take")

    def test_place(self):
        """O_PATH gives no access, and what is made of it is an open."""
        self.load_acme()
        giver, task = self.task(), self.task("acme")
        task.must("await inbox")
        giver.must(f"open path {NO}/f")
        giver.must("pass inbox")
        self.allowed(task, "take")
        self.denied(task, "reopen r", op="read", path=f"{NO}/f")
        self.fails(task, "EBADF", "use read")
        giver.must(f"open path {NO}")
        giver.must("pass inbox")
        self.allowed(task, "take")
        self.denied(task, "open-in r f", op="read", path=f"{NO}/f")

    def test_no_files(self):
        """Sockets and the like are none."""
        self.load_acme()
        giver, task = self.task(), self.task("acme")
        task.must("await inbox")
        for words in ("socket inet stream", "process 0"):
            giver.must(words)
            giver.must("pass inbox")
            with self.subTest(words):
                self.allowed(task, "take")
                self.allowed(task, "descriptor")

    def test_memory(self):
        """memfd has a name to go by."""
        self.load_acme("- {allow: all, path: 'memfd:good'}")
        giver, task = self.task(), self.task("acme")
        task.must("await inbox")
        giver.must("memfd good")
        giver.must("pass inbox")
        self.allowed(task, "take")
        self.allowed(task, "use write")
        giver.must("memfd bad")
        giver.must("pass inbox")
        fd = giver.must("descriptor").split(":")[1]
        info = os.stat(f"/proc/{giver.pid}/fd/{fd}")
        self.reported(task, "text:none truncated", "take", op="read",
                      path="memfd:bad", ino=info.st_ino,
                      dev_major=os.major(info.st_dev),
                      dev_minor=os.minor(info.st_dev))

    def test_nobody_else(self):
        self.load_acme()
        giver, other = self.task(), self.task("other")
        other.must("await inbox")
        for how, folder, name, _ in FOREIGN:
            giver.must(f"open {how} {folder}/{name}")
            giver.must("pass inbox")
            self.allowed(other, "take")

    def test_audit_mode(self):
        self.load(acme=file_section(*RULES, mode="audit"))
        giver, task = self.task(), self.task("acme")
        task.must("await inbox")
        giver.must(f"open r {NO}/f")
        giver.must("pass inbox")
        self.reported(task, "OK", "take", op="read", path=f"{NO}/f",
                      verdict="would-deny")
        self.assertEqual(task.do("read"), f"text:{NO}/f")


class TakeTest(DescriptorCase):
    """Out of another process, by pidfd_getfd()."""

    def check_holder(self, holder, more=""):
        for how, folder, name, op in FOREIGN:
            self.load(acme=OPEN + more)
            holder.must(f"open {how} {folder}/{name}")
            fd = holder.must("descriptor").split(":")[1]
            self.load_acme(more=more)
            task = self.task("acme")
            words = f"getfd {holder.pid} {fd}"
            with self.subTest(how, folder=folder, name=name):
                if op:
                    self.denied(task, words, op=op, path=f"{folder}/{name}")
                else:
                    self.allowed(task, words)

    def test_from_a_peer(self):
        self.check_holder(self.task("acme"))

    def test_from_outside(self):
        """Even where the guard lets the tenant trace."""
        self.check_holder(self.task(), "\n    guard: {allow: ptrace}")


class RingTest(DescriptorCase):
    """Files that an io_uring has for itself."""

    def test_open(self):
        """In a place of its own, which is an open like any other."""
        self.load_acme()
        task = self.task("acme")
        task.must("ring")
        task.must(f"open r {YES}/f")
        task.must("ring-register")
        self.denied(task, f"ring-open r {NO}/f", op="read", path=f"{NO}/f")
        self.denied(task, f"ring-open-fixed r {NO}/f", op="read",
                    path=f"{NO}/f")
        self.allowed(task, f"ring-open-fixed r {READ_ONLY}/f")
        self.allowed(task, "use ring")

    def test_install(self):
        """Out of it, into the numbers of the process."""
        self.load(acme=OPEN)
        task = self.task("acme")
        task.must("ring")
        task.must(f"open r {YES}/f")
        task.must("ring-register")
        if task.do("ring-install") == "EINVAL":
            self.skipTest("this kernel cannot do it")
        for how, folder, name, op in FOREIGN:
            self.load(acme=OPEN)
            task.must(f"ring-open-fixed {how} {folder}/{name}")
            self.load_acme()
            with self.subTest(how, folder=folder, name=name):
                if op:
                    self.denied(task, "ring-install", op=op,
                                path=f"{folder}/{name}")
                else:
                    self.allowed(task, "ring-install")


class InheritTest(DescriptorCase):
    """Descriptors that a task brings along when it becomes a member."""

    def joined(self, how, path):
        """A member that had a file open before it was one."""
        task = self.task()
        task.must(f"open {how} {path}")
        fd = task.must("descriptor").split(":")[1]
        os.makedirs(cgroup_dir("acme"), exist_ok=True)
        task.must(f"move {cgroup_dir('acme')}")
        task.cgroup = "acme"
        task.become(f"exec {ACT}")
        task.must(f"inherit {fd}")
        return task

    def test_open_before(self):
        """It may be used, as it was open before; anything new may not."""
        self.load_acme()
        task = self.joined("r", f"{NO}/f")
        self.allowed(task, "use read")
        self.denied(task, "reopen r", op="read", path=f"{NO}/f")
        self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f")

    def test_revoke(self):
        """Unless each use is to be judged."""
        self.load_acme(more=REVOKE)
        task = self.joined("r", f"{NO}/f")
        self.denied(task, "use read", op="read", path=f"{NO}/f")
        self.denied(task, "use mmap", op="read", path=f"{NO}/f")
        task = self.joined("r", f"{READ_ONLY}/f")
        self.allowed(task, "use read")
        task = self.joined("w", f"{NO}/f")
        self.denied(task, "use write", op="write", path=f"{NO}/f")
        task = self.joined("r+dir", f"{NO}/d")
        self.denied(task, "use getdents", op="read", path=f"{NO}/d")

    def test_programs(self):
        """Programs run that may be executed and not read."""
        self.load_acme(more=REVOKE)
        task = self.task("acme")
        self.denied(task, f"open r {ACT}", op="read", path=ACT)
        task.become(f"exec {ACT}")
        self.no_events()
        self.allowed(task, f"open r {YES}/f")


class RevokeTest(DescriptorCase):
    """Files that were open when the policy changed."""

    def opened(self, path, how="rw"):
        task = self.task("acme")
        self.prepare(task, path, how)
        return task

    def prepare(self, task, path, how="rw"):
        task.must(f"open w+creat {YES}/other")
        task.must("other")
        task.must("ring")
        task.must(f"open {how} {path}")
        task.must("ring-register")

    def denied_use(self, task, use, op, path):
        """By the task, or by a worker that its ring has left it to."""
        self.assertEqual(task.do(f"use {use}"), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        wanted = {"op": op, "path": path}
        if use == "ring" and events[0]["pid"] != task.tid:
            wanted.update(pid=events[0]["pid"], comm=f"iou-wrk-{task.pid}")
        self.check_event(events[0], task, wanted)

    def test_uses(self):
        """Each is judged by the rules of the moment."""
        self.load(acme=OPEN + REVOKE)
        no, yes, read_only = (self.opened(f"{folder}/f")
                              for folder in (NO, YES, READ_ONLY))
        for use, _ in USES:
            self.allowed(no, f"use {use}")
        self.load_acme(more=REVOKE)
        before = snapshot(NO)
        for use, op in USES:
            with self.subTest(use):
                # Where both are denied, the first is reported.
                wanted = "read" if use == "mmap-write" else op
                self.denied_use(no, use, wanted, f"{NO}/f")
                self.allowed(yes, f"use {use}")
                if op == "write":
                    self.denied(read_only, f"use {use}", op="write",
                                path=f"{READ_ONLY}/f")
                else:
                    self.allowed(read_only, f"use {use}")
        self.allowed(no, "use mmap-none")
        self.assertEqual(snapshot(NO), before)
        self.load(acme=OPEN + REVOKE)
        for use, _ in USES:
            self.allowed(no, f"use {use}")

    def test_directory(self):
        self.load(acme=OPEN + REVOKE)
        task = self.opened(f"{NO}/d", "r+dir")
        self.allowed(task, "use getdents")
        self.load_acme(more=REVOKE)
        self.denied(task, "use getdents", op="read", path=f"{NO}/d")

    def test_without(self):
        """Without it what is open stays open."""
        self.load(acme=OPEN)
        task = self.opened(f"{NO}/f")
        self.load_acme()
        for use, _ in USES:
            with self.subTest(use):
                self.allowed(task, f"use {use}")

    def test_moved(self):
        """The path is that of the moment, too."""
        self.load_acme(more=REVOKE)
        task = self.opened(f"{YES}/f")
        self.allowed(task, "use read")
        os.rename(f"{YES}/f", f"{NO}/was-f")
        self.denied(task, "use read", op="read", path=f"{NO}/was-f")
        os.rename(f"{NO}/was-f", f"{YES}/f")
        self.allowed(task, "use read")

    def test_mapped(self):
        """What is mapped is out of reach, but does not become more."""
        self.load(acme=OPEN + REVOKE)
        no, none, yes = (self.opened(f"{folder}/f")
                         for folder in (NO, NO, YES))
        for task in (no, yes):
            task.must("keep-map r")
        none.must("keep-map -")
        self.load_acme(more=REVOKE)
        self.assertEqual(self.allowed(no, "read-map"), "text:/srv")
        self.denied(no, "protect-map rw", op="write", path=f"{NO}/f")
        self.allowed(no, "protect-map -")
        self.denied(no, "protect-map r", op="read", path=f"{NO}/f")
        self.denied(none, "protect-map r", op="read", path=f"{NO}/f")
        self.allowed(yes, "protect-map rw")

    def test_audit_mode(self):
        self.load(acme=file_section(*RULES, mode="audit") + REVOKE)
        task = self.task("acme")
        self.reported(task, "OK", f"open rw {NO}/f", op="read",
                      path=f"{NO}/f", verdict="would-deny")
        for use, op in (("read", "read"), ("write", "write"),
                        ("mmap", "read")):
            self.reported(task, "OK", f"use {use}", op=op, path=f"{NO}/f",
                          verdict="would-deny")

    def test_nobody_else(self):
        host = self.task()
        self.prepare(host, f"{NO}/f")
        self.load_acme(more=REVOKE)
        for use, _ in USES:
            self.allowed(host, f"use {use}")


if __name__ == "__main__":
    unittest.main()
