# SPDX-License-Identifier: GPL-2.0
"""What is in files: brought from one into another, or taken away."""
import os
import unittest

import cordon
from cordon import CordonTest, file_section, read_file, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

TOP = "/srv/data"
REVOKE = "\n    revoke: true"

# Ways to bring what is in one file into another.
WAYS = ["copying", "vectors", "sendfile", "copy-range", "splice", "ring",
        "ring-splice"]
# The filesystem here may not have this one; the other is no use of a file
# that is open but its memory.
CLONES = ["clone", "clone-range"]
MAPPING = ["mapping"]

# Ways to cut off or make holes in a file that is open for writing.
ALLOCATIONS = ["-", "keep", "punch", "zero", "collapse", "insert"]

# Ways to cut off a file by its name, and what is left of it.
CUTS = [
    ("truncate {} 1", 1),
    ("open r+trunc {}", 0),
    ("open-old r+trunc {}", 0),
    ("openat2 r+trunc {}", 0),
    ("open w+trunc {}", 0),
    ("open r+creat+trunc {}", 0),
    ("creat {}", 0),
    ("uring worker open r+trunc {}", 0),
]


class DataCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(TOP, f"{TOP}/yes", f"{TOP}/no",
                       files=("from", "to"))

    def load_open(self, more=""):
        self.load(acme=file_section(default="allow") + more)

    def load_denying(self, ops, more=""):
        self.load(acme=file_section(f"- {{deny: {ops}, path: {TOP}/no/**}}",
                                    default="allow") + more)

    def open_both(self, task, source, target):
        task.must("source", "r", f"{TOP}/{source}")
        task.must("open", "rw", f"{TOP}/{target}")

    def refused(self, task, *words, op, name, **wanted):
        """By the one rule; what is in the files stays."""
        before = cordon.snapshot(TOP)
        self.denied(task, *words, op=op, path=f"{TOP}/{name}",
                    origin=self.policy.origin("deny:"), **wanted)
        self.assertEqual(cordon.snapshot(TOP), before)


class BringTest(DataCase):
    def test_not_open(self):
        """What may not be opened is not there to be brought or to be filled,
        and a mere place is no open file."""
        task, free = self.task("acme"), self.task()
        self.load_denying("[read, write]")
        self.refused(task, "source", "r", f"{TOP}/no/from", op="read",
                     name="no/from")
        for how, op in (("r", "read"), ("w", "write"), ("rw", "read")):
            self.refused(task, "open", how, f"{TOP}/no/to", op=op,
                         name="no/to")
        before = cordon.snapshot(TOP)
        for way in WAYS + CLONES + MAPPING:
            with self.subTest(way):
                for how, name in (("source path", "no/from"),
                                  ("open path", "no/to"),
                                  ("open r", "yes/to")):
                    answers = []
                    for each in (free, task):
                        self.open_both(each, "yes/from", "yes/to")
                        each.must(f"{how} {TOP}/{name}")
                        answers.append(each.do("bring", way))
                    self.assertEqual(answers[0], answers[1])
                    self.assertNotEqual(answers[0], "OK")
        self.no_events()
        self.assertEqual(cordon.snapshot(TOP), before)

    def test_allowed(self):
        """It gets there when nothing is denied."""
        task = self.task("acme")
        self.load_denying("all", REVOKE)
        for way in WAYS + MAPPING:
            with self.subTest(way):
                write_file(f"{TOP}/yes/to", "." * len(f"{TOP}/yes/from"))
                self.open_both(task, "yes/from", "yes/to")
                self.allowed(task, "bring", way)
                self.assertEqual(read_file(f"{TOP}/yes/to"),
                                 f"{TOP}/yes/from")

    def check_revoked(self, source, target, op, name):
        """Both ends were open before it was denied to use one of them."""
        task = self.task("acme")
        for way in WAYS:
            with self.subTest(way):
                self.load_open(REVOKE)
                self.open_both(task, source, target)
                self.allowed(task, "bring", way)
                write_file(f"{TOP}/{target}", "old")
                self.load_denying(op, REVOKE)
                self.refused(task, "bring", way, op=op, name=name,
                             worker=way.startswith("ring"))

    def test_source_revoked(self):
        self.check_revoked("no/from", "yes/to", "read", "no/from")

    def test_target_revoked(self):
        self.check_revoked("yes/from", "no/to", "write", "no/to")

    def test_not_revoked(self):
        """Without the key, what is open stays so, whatever others have."""
        task = self.task("acme")
        self.load_open()
        self.session.load(cordon.Policy(
            globex=file_section(default="allow") + REVOKE))
        self.open_both(task, "no/from", "no/to")
        self.load_denying("[read, write]")
        for way in WAYS:
            with self.subTest(way):
                write_file(f"{TOP}/no/to", "." * len(f"{TOP}/no/from"))
                self.allowed(task, "bring", way)
                self.assertEqual(read_file(f"{TOP}/no/to"), f"{TOP}/no/from")

    def test_clone(self):
        """A matter of ioctl as well, at the file that is filled."""
        task, free = self.task("acme"), self.task()
        self.load_denying("ioctl")
        for way in CLONES:
            with self.subTest(way):
                self.open_both(task, "yes/from", "no/to")
                self.refused(task, "bring", way, op="ioctl", name="no/to")
                for each in (free, task):
                    self.open_both(each, "no/from", "yes/to")
                answer = free.do("bring", way)
                self.assertIn(answer, ("OK", "EOPNOTSUPP"))
                self.assertEqual(task.do("bring", way), answer)
                self.no_events()


class SharedTest(DataCase):
    """Memory that is a file."""

    def test_write(self):
        task = self.task("acme")
        self.load_denying("write")
        self.refused(task, "open", "rw", f"{TOP}/no/to", op="write",
                     name="no/to")
        before = cordon.snapshot(f"{TOP}/no")
        task.must("open", "r", f"{TOP}/no/to")
        self.fails(task, "EACCES", "mmap-shared rw")
        self.allowed(task, "mmap-shared r")
        self.fails(task, "EACCES", "mprotect rw")
        # What is written into memory of one's own stays there.
        self.allowed(task, "mmap rw")
        self.allowed(task, "poke mine")
        self.assertEqual(cordon.snapshot(f"{TOP}/no"), before)
        task.must("open", "rw", f"{TOP}/yes/to")
        self.allowed(task, "mmap-shared rw")
        self.allowed(task, "poke mine")
        self.assertEqual(read_file(f"{TOP}/yes/to"),
                         "mine" + f"{TOP}/yes/to"[4:])

    def test_read(self):
        task = self.task("acme")
        self.load_denying("read")
        self.refused(task, "open", "rw", f"{TOP}/no/to", op="read",
                     name="no/to")
        task.must("open", "w", f"{TOP}/no/to")
        self.fails(task, "EACCES", "mmap r")
        self.fails(task, "EACCES", "mmap-shared w")
        task.must("open", "r", f"{TOP}/yes/to")
        self.allowed(task, "mmap r")
        self.assertEqual(self.allowed(task, "peek"), f"text:{TOP}/yes/to")


class CutTest(DataCase):
    """What is taken away from a file is written to it."""

    def test_by_name(self):
        task = self.task("acme")
        self.load_denying("write")
        for act, size in CUTS:
            with self.subTest(act):
                self.refused(task, act.format(f"{TOP}/no/to"), op="write",
                             name="no/to", worker=act.startswith("uring"))
                write_file(f"{TOP}/yes/to", "something")
                self.allowed(task, act.format(f"{TOP}/yes/to"))
                self.assertEqual(os.path.getsize(f"{TOP}/yes/to"), size)

    def test_all_but(self):
        """Any other right does not help."""
        self.load(acme=file_section(
            "- {allow: [exec, map], path: /cordon/bin/act}",
            "- {allow: [read, exec, map, create, delete, setattr, ioctl], "
            f"path: {TOP}/no/**}}"))
        task = self.task("acme")
        before = cordon.snapshot(TOP)
        for act, _ in CUTS:
            with self.subTest(act):
                self.denied(task, act.format(f"{TOP}/no/to"), op="write",
                            path=f"{TOP}/no/to",
                            worker=act.startswith("uring"))
                self.assertEqual(cordon.snapshot(TOP), before)

    def test_open_before(self):
        """To cut off what is open is judged anew, revoked or not."""
        task = self.task("acme")
        for more in ("", REVOKE):
            self.load_open(more)
            task.must("open", "rw", f"{TOP}/no/to")
            self.load_denying("write", more)
            with self.subTest(more):
                self.refused(task, "ftruncate 1", op="write", name="no/to")
                task.must("open", "rw", f"{TOP}/yes/to")
                self.allowed(task, "ftruncate 1")
                self.assertEqual(os.path.getsize(f"{TOP}/yes/to"), 1)

    def test_by_ring(self):
        """Where io_uring can do it."""
        free, task = self.task(), self.task("acme")
        free.must("open", "rw", f"{TOP}/yes/to")
        answer = free.do("uring-ftruncate worker 1")
        self.load_open()
        task.must("open", "rw", f"{TOP}/no/to")
        self.load_denying("write")
        if answer == "EINVAL":
            self.fails(task, "EINVAL", "uring-ftruncate worker 1")
            return
        self.assertEqual(answer, "OK")
        self.refused(task, "uring-ftruncate worker 1", op="write",
                     name="no/to", worker=True)
        task.must("open", "rw", f"{TOP}/yes/from")
        self.allowed(task, "uring-ftruncate worker 1")
        self.assertEqual(os.path.getsize(f"{TOP}/yes/from"), 1)

    def test_holes(self):
        """All that fallocate() does, by a descriptor that was revoked."""
        free, task = self.task(), self.task("acme")
        for mode in ALLOCATIONS:
            for act in ("fallocate", "uring-fallocate worker"):
                with self.subTest(mode=mode, act=act):
                    self.load_open(REVOKE)
                    task.must("open", "rw", f"{TOP}/no/to")
                    self.load_denying("write", REVOKE)
                    self.refused(task, f"{act} {mode}", op="write",
                                 name="no/to", worker="uring" in act)
                    for each in (free, task):
                        each.must("open", "rw", f"{TOP}/yes/to")
                    answer = free.do(f"{act} {mode}")
                    if mode in ("-", "keep", "punch"):
                        self.assertEqual(answer, "OK")
                    self.assertEqual(task.do(f"{act} {mode}"), answer)
                    self.no_events()


if __name__ == "__main__":
    unittest.main()
