# SPDX-License-Identifier: GPL-2.0
"""Operations on files: each by every system call that leads to it."""
import os
import shutil
import unittest

import cordon
from cordon import ACT, ALLOW_ACT, CordonTest, file_section, snapshot, \
    socket_section

setUpModule = cordon.begin
tearDownModule = cordon.end

YES, NO, READ_ONLY = "/srv/yes", "/srv/no", "/srv/ro"

# What is done, with {} for the directory; the operation; the file's name.
ACTS = [
    ("open r {}/f", "read", "f"),
    ("open-old r {}/f", "read", "f"),
    ("openat2 r {}/f", "read", "f"),
    ("open r+dir {}/d", "read", "d"),
    ("open w {}/f", "write", "f"),
    ("open-old w {}/f", "write", "f"),
    ("openat2 w {}/f", "write", "f"),
    ("open w+append {}/f", "write", "f"),
    ("open w+trunc {}/f", "write", "f"),
    ("open w+creat {}/f", "write", "f"),
    ("open rw {}/f", "read", "f"),
    ("open 3 {}/f", "read", "f"),
    ("open w+creat+excl {}/new1", "create", "new1"),
    ("open r+creat {}/new2", "create", "new2"),
    ("open-old rw+creat {}/new3", "create", "new3"),
    ("openat2 w+creat+trunc {}/new4", "create", "new4"),
    ("creat {}/new5", "create", "new5"),
    ("mknod f {}/new6", "create", "new6"),
    ("mknod p {}/new7", "create", "new7"),
    ("mknod s {}/new8", "create", "new8"),
    ("mknodat p {}/new10", "create", "new10"),
    ("mkdir {}/new11", "create", "new11"),
    ("mkdirat {}/new12", "create", "new12"),
    ("symlink target {}/new13", "create", "new13"),
    ("symlinkat target {}/new14", "create", "new14"),
    ("bindnode {}/new15", "create", "new15"),
    ("openat2 r+creat+excl {}/new16", "create", "new16"),
    ("open rw+creat+append {}/new17", "create", "new17"),
    ("mknod w {}/new18", "create", "new18"),
    ("mknodat f {}/new19", "create", "new19"),
    ("mkdir {}/new20/", "create", "new20"),
    ("uring-mkdir worker {}/new21", "create", "new21"),
    ("uring-symlink worker target {}/new22", "create", "new22"),
    ("uring worker open w+creat {}/new23", "create", "new23"),
    ("truncate {}/f 1", "write", "f"),
    ("unlink {}/u1", "delete", "u1"),
    ("unlinkat {}/u2", "delete", "u2"),
    ("unlink {}/link", "delete", "link"),
    ("rmdir {}/e1", "delete", "e1"),
    ("rmdirat {}/e2", "delete", "e2"),
    ("uring-unlink worker {}/u3", "delete", "u3"),
    ("uring-rmdir worker {}/e3", "delete", "e3"),
    ("uring here open r {}/f", "read", "f"),
    ("exec {}/act", "exec", "act"),
]


class FileCase(CordonTest):
    """Three directories with the same things in them."""

    def setUp(self):
        super().setUp()
        self.fill()

    def fill(self):
        self.make_tree(YES, NO, READ_ONLY, files=("f", "u1", "u2", "u3"))
        for folder in (YES, NO, READ_ONLY):
            for name in ("d", "e1", "e2", "e3"):
                os.mkdir(f"{folder}/{name}")
            os.symlink("f", f"{folder}/link")
            shutil.copy(ACT, f"{folder}/act")

    def load_acme(self, **options):
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: all, path: {YES}/**}}",
            f"- {{allow: read, path: {READ_ONLY}/**}}", **options))
        return self.task("acme")


class OperationTest(FileCase):
    def test_denied(self):
        task = self.load_acme()
        before = snapshot(NO)
        for words, op, name in ACTS:
            with self.subTest(words):
                self.denied(task, words.format(NO), op=op,
                            path=f"{NO}/{name}", worker="worker" in words)
                self.assertEqual(snapshot(NO), before)

    def test_allowed(self):
        task = self.load_acme()
        for words, op, name in ACTS:
            with self.subTest(words):
                self.allowed(task, words.format(YES))
                path = f"{YES}/{name}"
                if op in ("create", "delete"):
                    self.assertEqual(os.path.lexists(path), op == "create")

    def test_one_denied(self):
        """One operation alone, by a rule; no other is taken for it."""
        task = None
        for denied in ("read", "write", "create", "delete", "exec"):
            self.fill()
            self.load(acme=file_section(
                f"- {{deny: {denied}, path: {NO}/**}}", default="allow"))
            task = task or self.task("acme")
            origin = self.policy.origin("deny:")
            before = snapshot(NO)
            for words, op, name in ACTS:
                if op == denied:
                    with self.subTest(words, denied=denied):
                        self.denied(task, words.format(NO), op=op,
                                    path=f"{NO}/{name}", origin=origin,
                                    worker="worker" in words)
                        self.assertEqual(snapshot(NO), before)
            for words, op, _ in ACTS:
                # To open can need several at once.
                if op != denied and "open" not in words \
                        and "creat " not in words:
                    with self.subTest(words, denied=denied):
                        self.allowed(task, words.format(NO))

    def test_nobody_else(self):
        """A task of no tenant is not touched, while another is denied."""
        member = self.load_acme()
        self.denied(member, f"open r {NO}/f", op="read", path=f"{NO}/f")
        task = self.task()
        for words, _, _ in ACTS:
            with self.subTest(words):
                self.allowed(task, words.format(NO))

    def test_what_is_read(self):
        task = self.load_acme()
        self.allowed(task, f"open r {YES}/f")
        self.assertEqual(task.do("read"), f"text:{YES}/f")

    def test_only_the_missing_operation(self):
        """What a rule does allow is not blamed."""
        task = self.load_acme()
        for words, op in (("open rw {}/f", "write"), ("open 3 {}/f", "write"),
                          ("open r+trunc {}/f", "write"),
                          ("open r+creat {}/new", "create")):
            with self.subTest(words):
                before = snapshot(READ_ONLY)
                self.denied(task, words.format(READ_ONLY), op=op,
                            path=words.format(READ_ONLY).split()[-1])
                self.assertEqual(snapshot(READ_ONLY), before)
        self.allowed(task, f"open r {READ_ONLY}/f")

    def test_create_alone(self):
        """Where a file may be made and no more, one is: the name is not what
        is denied then."""
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: create, path: {YES}/**}}"))
        task = self.task("acme")
        for how, op in (("w", "write"), ("r", "read"), ("rw", "read")):
            path = f"{YES}/new-{how}"
            self.denied(task, f"open {how}+creat {path}", op=op, path=path)
            self.assertEqual(os.path.getsize(path), 0)
            self.denied(task, f"open {how}+creat {path}", op=op, path=path)
        self.allowed(task, f"mknod f {YES}/made")

    def test_existing(self):
        """To open what is there with O_CREAT makes nothing."""
        self.load(acme=file_section(f"- {{deny: create, path: {NO}/**}}",
                                    default="allow"))
        task = self.task("acme")
        for act in ("open rw+creat", "open-old r+creat", "openat2 w+creat",
                    "creat"):
            self.allowed(task, f"{act} {NO}/f")
        self.fails(task, "EEXIST", f"open w+creat+excl {NO}/f")
        self.fails(task, "EEXIST", f"mkdir {NO}/f")
        self.denied(task, f"open w+creat {NO}/new", op="create",
                    path=f"{NO}/new", origin=self.policy.origin("deny:"))

    def test_missing(self):
        """What is not there is not found, whatever it would be."""
        task = self.load_acme()
        for words in ("open r {}/none", "unlink {}/none", "rmdir {}/none",
                      "truncate {}/none 1", "mkdir {}/none/new",
                      "exec {}/none"):
            with self.subTest(words):
                self.fails(task, "ENOENT", words.format(NO))

    def test_reopen(self):
        """O_PATH is no open, but what is made of it is."""
        task = self.load_acme()
        self.allowed(task, f"open path {NO}/f")
        for how, op in (("r", "read"), ("w", "write")):
            self.denied(task, f"reopen {how}", op=op, path=f"{NO}/f")
        self.allowed(task, f"open r {READ_ONLY}/f")
        self.denied(task, "reopen w", op="write", path=f"{READ_ONLY}/f")

    def test_tmpfile(self):
        """A file without a name is made in a directory all the same."""
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: [read, write], path: {NO}/**}}",
            f"- {{allow: [write, create], path: {YES}/**}}"))
        task = self.task("acme")
        self.assertEqual(task.do(f"open w+tmpfile {NO}"), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1)
        ino = events[0]["ino"]
        self.assertGreater(ino, 0)
        major, minor = cordon.device_of(NO)
        self.check_event(events[0], task, {
            "op": "create", "path": f"{NO}/#{ino}", "ino": ino,
            "dev_major": major, "dev_minor": minor})
        self.allowed(task, f"open w+tmpfile {YES}")


class LinkTest(FileCase):
    """What a symbolic link leads to is what counts, if it is there or not."""

    ACTS = [
        ("open r {}/file", "read", "f"),
        ("open w {}/file", "write", "f"),
        ("truncate {}/file 1", "write", "f"),
        ("exec {}/program", "exec", "act"),
        ("open w+creat {}/nowhere", "create", "new"),
        ("open-old r+creat {}/nowhere", "create", "new"),
        ("openat2 rw+creat {}/nowhere", "create", "new"),
        ("creat {}/nowhere", "create", "new"),
        ("uring worker open w+creat {}/nowhere", "create", "new"),
        ("open w+creat {}/folder/new", "create", "new"),
        ("mkdir {}/folder/new", "create", "new"),
        ("mknod p {}/folder/new", "create", "new"),
        ("symlink target {}/folder/new", "create", "new"),
        ("bindnode {}/folder/new", "create", "new"),
        ("unlink {}/folder/u1", "delete", "u1"),
        ("rmdir {}/folder/e1", "delete", "e1"),
        ("uring-unlink worker {}/folder/u2", "delete", "u2"),
    ]

    def make_links(self, folder, target):
        for name, path in (("file", "f"), ("program", "act"),
                           ("nowhere", "new"), ("folder", "")):
            os.symlink(f"{target}/{path}", f"{folder}/{name}")

    def test_out(self):
        """Out of an allowed place into another."""
        self.make_links(YES, NO)
        task = self.load_acme()
        before = snapshot(NO)
        for words, op, name in self.ACTS:
            with self.subTest(words):
                self.denied(task, words.format(YES), op=op,
                            path=f"{NO}/{name}", worker="worker" in words)
                self.assertEqual(snapshot(NO), before)

    def test_in(self):
        """The link itself may be anywhere."""
        self.make_links(NO, YES)
        task = self.load_acme()
        for words, op, name in self.ACTS:
            with self.subTest(words):
                self.allowed(task, words.format(NO))
                if op == "create":
                    path = f"{YES}/{name}"
                    self.assertTrue(os.path.lexists(path))
                    (os.rmdir if os.path.isdir(path) else os.unlink)(path)

    def test_not_followed(self):
        """What is about a link itself is judged by its own name."""
        self.make_links(YES, NO)
        self.make_links(NO, YES)
        task = self.load_acme()
        for name in ("file", "nowhere", "folder"):
            self.fails(task, "EEXIST", f"mkdir {YES}/{name}")
            self.denied(task, f"unlink {NO}/{name}", op="delete",
                        path=f"{NO}/{name}")
            self.allowed(task, f"unlink {YES}/{name}")
        self.assertTrue(os.path.exists(f"{NO}/f"))


class VerdictTest(FileCase):
    def test_audit_mode(self):
        """What would be denied is done and reported."""
        task = self.load_acme(mode="audit")
        self.reported(task, "OK", f"open r {NO}/f", op="read",
                      path=f"{NO}/f", verdict="would-deny")
        self.assertEqual(task.do("read"), f"text:{NO}/f")
        self.reported(task, "OK", f"mkdir {NO}/made", op="create",
                      path=f"{NO}/made", ino=0, verdict="would-deny")
        self.assertTrue(os.path.isdir(f"{NO}/made"))
        self.allowed(task, f"open r {YES}/f")

    def test_log_always(self):
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: read, path: {YES}/f, log: always}}",
            f"- {{allow: read, path: {YES}/**}}"))
        task = self.task("acme")
        self.reported(task, "OK", f"open r {YES}/f", op="read",
                      path=f"{YES}/f", verdict="allowed",
                      origin=self.policy.origin("log: always"))
        self.allowed(task, f"open r {YES}/u1")

    def test_log_never(self):
        self.load(acme=file_section(
            f"- {{deny: read, path: {NO}/f, log: never}}",
            f"- {{deny: read, path: {NO}/u1}}", default="allow"))
        task = self.task("acme")
        self.fails(task, "EACCES", f"open r {NO}/f")
        self.denied(task, f"open r {NO}/u1", op="read", path=f"{NO}/u1",
                    origin=self.policy.origin("u1"))

    def test_default_allow(self):
        self.load(acme=file_section(f"- {{deny: write, path: {NO}/**}}",
                                    default="allow"))
        task = self.task("acme")
        self.denied(task, f"open w {NO}/f", op="write", path=f"{NO}/f",
                    origin=self.policy.origin("deny: write"))
        self.allowed(task, f"open r {NO}/f")
        self.allowed(task, f"open w {YES}/f")

    def test_deny_overrides(self):
        """Whichever rule comes first."""
        rules = [f"- {{allow: all, path: {NO}/**}}",
                 f"- {{deny: read, path: {NO}/f}}"]
        for order in (rules, rules[::-1]):
            self.load(acme=file_section(ALLOW_ACT, *order))
            task = self.task("acme")
            self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                        origin=self.policy.origin("deny: read"))
            self.allowed(task, f"open w {NO}/f")
            self.allowed(task, f"open r {NO}/u1")

    def test_no_file_section(self):
        """A class that is absent is not mediated."""
        self.load(acme=socket_section("- {allow: bind, family: unix}"))
        task = self.task("acme")
        for words, _, _ in ACTS:
            with self.subTest(words):
                self.allowed(task, words.format(NO))


if __name__ == "__main__":
    unittest.main()
