# SPDX-License-Identifier: GPL-2.0
"""Renames and hard links: nothing becomes more accessible by another name."""
import os
import stat
import subprocess
import unittest

import cordon
from cordon import ALLOW_ACT, CordonTest, file_section, read_file, snapshot, \
    write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

# What can be allowed for a file besides the coming and going of its name.
OPERATIONS = ["read", "write", "exec", "map", "setattr", "ioctl"]

# Ways to give {0} the name {1}; the last act is the one that is judged.
RENAMES = [
    ["rename {0} {1}"],
    ["renameat {0} {1}"],
    ["renameat2 - {0} {1}"],
    ["renameat2 noreplace {0} {1}"],
    ["uring-rename worker {0} {1}"],
]
WHITEOUT = ["renameat2 whiteout {0} {1}"]
LINKS = [
    ["link {0} {1}"],
    ["linkat {0} {1}"],
    ["link-follow {0} {1}"],
    ["open path {0}", "link-fd {1}"],
    ["open path {0}", "link-proc {1}"],
    ["uring-link worker {0} {1}"],
]

# What is done with old and new, both there; what is denied where; what that is
# taken for and whose path is reported.  Nothing is reported of what may be.
NAMES = [
    ("rename", "delete", "old", "delete", "old"),
    ("rename", "create", "new", "create", "new"),
    ("rename", "delete", "new", "delete", "new"),
    ("rename", "read", "new", None, None),
    ("renameat2 whiteout", "create", "old", "create", "old"),
    ("renameat2 whiteout", "delete", "old", "delete", "old"),
    ("renameat2 whiteout", "create", "new", "create", "new"),
    ("renameat2 whiteout", "delete", "new", "delete", "new"),
    ("renameat2 whiteout", "read", "new", None, None),
    ("renameat2 exchange", "create", "old", "create", "old"),
    ("renameat2 exchange", "delete", "old", "delete", "old"),
    ("renameat2 exchange", "create", "new", "create", "new"),
    ("renameat2 exchange", "delete", "new", "delete", "new"),
    ("renameat2 exchange", "read", "other", None, None),
    ("uring-rename worker", "delete", "old", "delete", "old"),
    ("uring-rename worker", "create", "new", "create", "new"),
]

# With everything else allowed: what is denied where, a directory, the name
# that it is to get, and what it would gain: nothing, and then it is moved;
# what the rule denies; or, as is said when only what may be in it would gain,
# "create".
SUBTREES = [
    # An ancestor of what is protected, and a neighbour.
    ("all", "a/keep/**", "a", "b", "create"),
    ("all", "a/in/keep", "a", "b", "create"),
    ("all", "a/in/keep", "a/in", "b", "create"),
    ("all", "a/in/keep", "a/out", "b", None),
    ("all", "a/in/keep", "a/in/other", "a/other", None),
    # Out of a protected place and into it.
    ("read", "a/**", "a/in", "b", "read"),
    ("read", "a/**", "a/in", "a/out", None),
    ("read", "b/**", "a/in", "b/in", None),
    # It would be protected better, but not for certain.
    ("read", "b/in/x.key", "a", "b/in", "create"),
    ("read", "b/in/x.key", "a", "b/out", None),
    # The same patterns go on below both names.
    ("read", "**/*.key", "a", "b", None),
    ("read", "**/*.key", "a", "b/in/deep", None),
    ("read", "*/x.key", "a", "b", None),
    ("read", "*/x.key", "a", "b/in", "create"),
    ("read", "*/x.key", "a/in", "b", "create"),
    ("read", "[ab]*/x.key", "a", "b", None),
    ("read", "[ab]*/x.key", "a", "c", "create"),
    ("read", "[ab]*/x.key", "c", "a", "create"),
    ("read", "*/in/**", "a/in", "b/in", None),
    ("read", "*/in/**", "a/in", "b/out", "read"),
    ("read", "**/in/**", "a", "b", None),
    ("read", "**/in/*/x.key", "a/in", "b/in", None),
    ("read", "**/in/*/x.key", "a/in", "b/out", "create"),
]


class MoveCase(CordonTest):
    """A tree of files that are named after where they were made."""

    top = "/srv/m"
    ways = RENAMES + [WHITEOUT] + LINKS

    def setUp(self):
        super().setUp()
        self.place()

    def place(self):
        self.make_tree(self.top, files=())

    def at(self, name):
        return f"{self.top}/{name}"

    def fresh(self, *names):
        """The tree with these files in it and nothing else."""
        cordon.remove_tree(self.top)
        os.mkdir(self.top)
        for name in names:
            write_file(self.at(name), name)

    def load_denying(self, *denials):
        """Everything but: pairs of operation and pattern."""
        self.load(acme=file_section(
            *[f"- {{deny: {op}, path: '{self.at(pattern)}'}}"
              for op, pattern in denials], default="allow"))

    def do_way(self, way, judge, task, *names, **wanted):
        """Does what precedes the act that is judged; then that."""
        words = [act.format(*names) for act in way]
        for act in words[:-1]:
            task.must(act)
        judge(task, words[-1], **wanted)

    def refused(self, task, way, *names, **wanted):
        """Denied, reported and without any effect."""
        before = snapshot(self.top)
        self.do_way(way, self.denied, task, *names,
                    worker=way[-1].startswith("uring-"), **wanted)
        self.assertEqual(snapshot(self.top), before)

    def widens(self, task, way, *names, **wanted):
        self.refused(task, way, *names, reason="widens", **wanted)


class GainTest(MoveCase):
    def expect_moved(self, way, old, new):
        self.assertEqual(read_file(self.at(new)), old)
        if way in LINKS:
            self.assertTrue(os.path.samefile(self.at(old), self.at(new)))
        elif way == WHITEOUT:
            info = os.stat(self.at(old))
            self.assertTrue(stat.S_ISCHR(info.st_mode))
            self.assertEqual(info.st_rdev, 0)
        else:
            self.assertFalse(os.path.lexists(self.at(old)))

    def check_way(self, task, way, op, **wanted):
        """From where op is denied it goes nowhere; there it may come."""
        self.fresh("less/f", "more/f")
        self.widens(task, way, self.at("less/f"), self.at("more/new"), op=op,
                    path=self.at("more/new"), **wanted)
        self.do_way(way, self.allowed, task, self.at("more/f"),
                    self.at("less/new"))
        self.expect_moved(way, "more/f", "less/new")
        self.fresh("less/f")
        self.do_way(way, self.allowed, task, self.at("less/f"),
                    self.at("less/new"))
        self.expect_moved(way, "less/f", "less/new")

    def test_denied_by_rule(self):
        """Each operation alone, by each way, out of a place and into it."""
        task = None
        for op in OPERATIONS:
            self.load_denying((op, "less/**"))
            task = task or self.task("acme")
            for way in self.ways:
                with self.subTest(op=op, way=way):
                    self.check_way(task, way, op,
                                   origin=self.policy.origin("less"))

    def test_not_allowed(self):
        """The same where there is no rule that allows it."""
        task = None
        for op in OPERATIONS:
            others = [other for other in OPERATIONS if other != op]
            self.load(acme=file_section(
                ALLOW_ACT, f"- {{allow: all, path: '{self.at('more/**')}'}}",
                f"- {{allow: [create, delete, {', '.join(others)}], "
                f"path: '{self.at('less/**')}'}}"))
            task = task or self.task("acme")
            for way in self.ways:
                with self.subTest(op=op, way=way):
                    self.check_way(task, way, op)

    def test_exchange(self):
        """One of both gains, whichever is named first."""
        task = None
        for op in OPERATIONS:
            self.load_denying((op, "less/**"))
            task = task or self.task("acme")
            for names in (("less/f", "more/f"), ("more/f", "less/f")):
                with self.subTest(op=op, names=names):
                    self.fresh("less/f", "more/f")
                    self.widens(task, ["renameat2 exchange {0} {1}"],
                                *map(self.at, names), op=op,
                                path=self.at("more/f"),
                                origin=self.policy.origin("less"))
            self.fresh("less/f", "less/g")
            self.allowed(task, "renameat2", "exchange", self.at("less/f"),
                         self.at("less/g"))
            self.assertEqual(read_file(self.at("less/f")), "less/g")
            self.assertEqual(read_file(self.at("less/g")), "less/f")

    def test_nobody_else(self):
        """What is no tenant's is not touched."""
        self.load_denying(("all", "less/**"))
        member, task = self.task("acme"), self.task()
        self.fresh("less/f")
        self.refused(member, ["rename {0} {1}"], self.at("less/f"),
                     self.at("f"), op="delete", path=self.at("less/f"),
                     origin=self.policy.origin("less"))
        for way in self.ways:
            with self.subTest(way=way):
                self.fresh("less/f", "more/f")
                self.do_way(way, self.allowed, task, self.at("less/f"),
                            self.at("more/new"))
                self.expect_moved(way, "less/f", "more/new")

    def test_audit_mode(self):
        self.load(acme=file_section(
            f"- {{deny: read, path: '{self.at('less/**')}'}}",
            default="allow", mode="audit"))
        task = self.task("acme")
        self.fresh("less/f", "more/f")
        self.reported(task, "OK", "rename", self.at("less/f"),
                      self.at("more/new"), op="read", ino=0,
                      path=self.at("more/new"), verdict="would-deny",
                      reason="widens", origin=self.policy.origin("less"))
        self.assertEqual(read_file(self.at("more/new")), "less/f")


class NameTest(MoveCase):
    """What becomes of the names themselves."""

    def test_names(self):
        task = None
        for act, op, name, blamed, path in NAMES:
            self.load_denying((op, name))
            task = task or self.task("acme")
            with self.subTest(act=act, op=op, name=name):
                self.fresh("old", "new")
                way = [f"{act} {{0}} {{1}}"]
                names = self.at("old"), self.at("new")
                if blamed:
                    self.refused(task, way, *names, op=blamed,
                                 path=self.at(path),
                                 origin=self.policy.origin("deny:"))
                else:
                    self.do_way(way, self.allowed, task, *names)
                    self.assertEqual(read_file(names[1]), "old")

    def test_replaced(self):
        """Only a name that is there is deleted by taking its place."""
        self.load_denying(("delete", "new"))
        task = self.task("acme")
        self.fresh("old", "new")
        origin = self.policy.origin("new")
        self.refused(task, ["rename {0} {1}"], self.at("old"), self.at("new"),
                     op="delete", path=self.at("new"), origin=origin)
        self.fails(task, "EEXIST", "renameat2", "noreplace", self.at("old"),
                   self.at("new"))
        os.unlink(self.at("new"))
        self.allowed(task, "rename", self.at("old"), self.at("new"))
        self.fresh("old/f")
        os.mkdir(self.at("new"))
        self.refused(task, ["rename {0} {1}"], self.at("old"), self.at("new"),
                     op="delete", path=self.at("new"), origin=origin)
        os.rmdir(self.at("new"))
        self.allowed(task, "rename", self.at("old"), self.at("new"))
        self.assertEqual(read_file(self.at("new/f")), "old/f")

    def test_create_alone(self):
        """To be where one could not be made is something to lose, too."""
        self.load_denying(("create", "less/**"))
        task = self.task("acme")
        for way in self.ways:
            with self.subTest(way=way):
                self.fresh("less/f", "more/f")
                wanted = {"op": "create", "path": self.at("more/new"),
                          "origin": self.policy.origin("less")}
                if way == WHITEOUT:
                    wanted["path"] = self.at("less/f")
                else:
                    wanted["reason"] = "widens"
                self.refused(task, way, self.at("less/f"),
                             self.at("more/new"), **wanted)

    def test_onto_protected(self):
        """What is the tenant's own does not take a name that is not."""
        self.load_denying(("[write, create, delete, setattr]", "passwd"))
        task = self.task("acme")
        origin = self.policy.origin("passwd")
        for way in self.ways:
            with self.subTest(way=way):
                self.fresh("mine")
                self.refused(task, way, self.at("mine"), self.at("passwd"),
                             op="create", path=self.at("passwd"),
                             origin=origin)
                self.do_way(way, self.allowed, task, self.at("mine"),
                            self.at("other"))
        self.fresh("mine", "passwd")
        for names in (("mine", "passwd"), ("passwd", "mine")):
            self.refused(task, ["renameat2 exchange {0} {1}"],
                         *map(self.at, names), op="create",
                         path=self.at("passwd"), origin=origin)

    def test_relative(self):
        """From within what is to be moved, too."""
        self.load_denying(("read", "less/**"))
        task = self.task("acme")
        self.fresh("less/in/f", "more/f")
        task.must("chdir", self.at("less/in"))
        origin = self.policy.origin("less")
        for act in ("rename f {}", "link f {}", "rename ../in {}"):
            with self.subTest(act):
                self.refused(task, [act.format("../../more/new")], op="read",
                             path=self.at("more/new"), reason="widens",
                             origin=origin)
        self.allowed(task, "rename ../../more/f g")
        self.assertEqual(read_file(self.at("less/in/g")), "more/f")

    def test_symlinks(self):
        """A symbolic link is moved, and what it leads to stays."""
        self.load_denying(("read", "less/**"))
        task = self.task("acme")
        self.fresh("less/f", "more/f")
        os.symlink("../less/f", self.at("more/link"))
        self.allowed(task, "link", self.at("more/link"), self.at("more/two"))
        self.allowed(task, "rename", self.at("more/link"),
                     self.at("more/three"))
        for name in ("two", "three"):
            self.assertEqual(os.readlink(self.at(f"more/{name}")),
                             "../less/f")
            self.denied(task, "open", "r", self.at(f"more/{name}"),
                        op="read", path=self.at("less/f"),
                        origin=self.policy.origin("less"))
        self.widens(task, ["link-follow {0} {1}"], self.at("more/two"),
                    self.at("more/new"), op="read", path=self.at("more/new"),
                    origin=self.policy.origin("less"))

    def test_other_filesystem(self):
        """What the kernel refuses anyway is refused by it."""
        self.load_denying(("read", "less/**"))
        task = self.task("acme")
        self.fresh("more/f")
        self.assertNotEqual(os.stat(self.top).st_dev, os.stat("/run").st_dev)
        for act in ("rename", "link"):
            self.fails(task, "EXDEV", act, self.at("more/f"), "/run/f")


class SubtreeTest(MoveCase):
    def make_folder(self, name, empty):
        self.fresh()
        os.makedirs(self.at(name))
        if not empty:
            for inner in ("x.key", "in/x.key", "in/deep/x.key", "other/f"):
                write_file(self.at(f"{name}/{inner}"), inner)

    def check_folder(self, task, old, new, gain, **wanted):
        os.makedirs(os.path.dirname(self.at(new)), exist_ok=True)
        if gain:
            self.widens(task, ["rename {0} {1}"], self.at(old), self.at(new),
                        op=gain, path=self.at(new), **wanted)
            return
        before = snapshot(self.at(old))
        self.allowed(task, "rename", self.at(old), self.at(new))
        self.assertEqual(
            {path.replace(self.at(old), self.at(new), 1): what
             for path, what in before.items()}, snapshot(self.at(new)))
        self.assertFalse(os.path.exists(self.at(old)))

    def test_folders(self):
        """By the rules alone, whatever is in the directory or not."""
        task = None
        for op, pattern, old, new, gain in SUBTREES:
            self.load_denying((op, pattern))
            task = task or self.task("acme")
            wanted = {}
            if gain == op:
                wanted["origin"] = self.policy.origin("deny:")
            for empty in (True, False):
                with self.subTest(pattern=pattern, old=old, new=new,
                                  empty=empty):
                    self.make_folder(old, empty)
                    self.check_folder(task, old, new, gain, **wanted)

    def test_file(self):
        """Nothing is below a file."""
        self.load_denying(("all", "a/keep/**"))
        task = self.task("acme")
        self.fresh("a")
        self.allowed(task, "rename", self.at("a"), self.at("b"))
        self.allowed(task, "link", self.at("b"), self.at("a"))
        self.assertTrue(os.path.samefile(self.at("a"), self.at("b")))

    def test_high_ancestor(self):
        """However far up."""
        self.load_denying(("all", "a/b/c/d/e/f/g/h"))
        task = self.task("acme")
        self.fresh("a/b/c/d/e/f/g/h", "a/b/c/d/other/f/g/h")
        self.widens(task, ["rename {0} {1}"], self.top, f"{self.top}2",
                    op="create", path=f"{self.top}2")
        self.widens(task, ["rename {0} {1}"], self.at("a"), self.at("z"),
                    op="create", path=self.at("z"))
        self.allowed(task, "rename", self.at("a/b/c/d/other"), self.at("z"))

    def test_more_below(self):
        """A place below which more is allowed takes no directory."""
        self.load(acme=file_section(
            ALLOW_ACT,
            f"- {{allow: [read, create, delete], path: {self.top}/**}}",
            f"- {{allow: all, path: {self.top}/a/in/**}}"))
        task = self.task("acme")
        for new, op in (("a", "create"), ("a/in", "write"),
                        ("a/in/deep", "write")):
            with self.subTest(new):
                self.make_folder("b", False)
                self.check_folder(task, "b", new, op)
        self.make_folder("b", False)
        self.check_folder(task, "b", "a/other", None)
        self.make_folder("a/in", False)
        self.check_folder(task, "a/in", "b", None)

    def test_exchange(self):
        """Of directories, and of a directory with a file, either way."""
        self.load_denying(("all", "a/in/keep"))
        task = self.task("acme")
        cases = [("a", "b"), ("b", "a"), ("a/in", "b"), ("b", "a/in"),
                 ("a", "c"), ("c", "a")]
        for names in cases:
            with self.subTest(names):
                self.fresh("a/in/x", "b/x", "c")
                self.widens(task, ["renameat2 exchange {0} {1}"],
                            *map(self.at, names), op="create",
                            path=self.at(self.blamed(*names)))
        self.fresh("a/in/x", "a/out/y", "b/x")
        self.allowed(task, "renameat2", "exchange", self.at("a/out"),
                     self.at("b"))
        self.assertEqual(read_file(self.at("a/out/x")), "b/x")
        self.assertEqual(read_file(self.at("b/y")), "a/out/y")

    def blamed(self, old, new):
        """The path that the directory would get that cannot be moved: of two,
        the one named first is looked at first, and files may go anywhere."""
        return old if os.path.isfile(self.at(old)) else new

    def test_whiteout(self):
        self.load_denying(("all", "a/keep"))
        task = self.task("acme")
        self.fresh("a/f", "b/f")
        self.widens(task, WHITEOUT, self.at("a"), self.at("c"), op="create",
                    path=self.at("c"))
        self.allowed(task, *WHITEOUT[0].format(
            self.at("b"), self.at("c")).split())
        self.assertEqual(read_file(self.at("c/f")), "b/f")
        self.assertEqual(os.stat(self.at("b")).st_rdev, 0)


class TmpfileTest(MoveCase):
    """A file that is made without a name and gets one later."""

    def open_tmpfile(self, task, folder):
        os.makedirs(self.at(folder), exist_ok=True)
        task.must("open", "rw+tmpfile", self.at(folder))
        task.must("write", "made")

    def test_link(self):
        self.load_denying(("exec", "less/**"), ("create", "no/**"))
        task = self.task("acme")
        for act in ("link-fd", "link-proc"):
            with self.subTest(act):
                self.fresh("more/f", "no/f")
                self.open_tmpfile(task, "less")
                self.widens(task, [f"{act} {{0}}"], self.at("more/new"),
                            op="exec", path=self.at("more/new"),
                            origin=self.policy.origin("less"))
                self.refused(task, [f"{act} {{0}}"], self.at("no/new"),
                             op="create", path=self.at("no/new"),
                             origin=self.policy.origin("no/**"))
                self.allowed(task, act, self.at("less/new"))
                self.assertEqual(read_file(self.at("less/new")), "made")
                self.open_tmpfile(task, "more")
                self.allowed(task, act, self.at("less/more"))
                self.assertEqual(read_file(self.at("less/more")), "made")

    def test_memfd(self):
        """An anonymous file gets no name in a filesystem."""
        self.load_denying(("exec", "less/**"))
        task = self.task("acme")
        task.must("memfd any")
        for act in ("link-fd", "link-proc"):
            self.fails(task, "EXDEV", act, self.at("new"))

    def test_deleted(self):
        """One whose last name is gone keeps that, and gets no other."""
        self.load_denying(("read", "less/**"))
        task = self.task("acme")
        for act in ("link-fd", "link-proc"):
            with self.subTest(act):
                self.fresh("less/f", "more/f")
                task.must("open", "path", self.at("less/f"))
                os.unlink(self.at("less/f"))
                self.widens(task, [f"{act} {{0}}"], self.at("more/new"),
                            op="read", path=self.at("more/new"),
                            origin=self.policy.origin("less"))
                task.must("open", "path", self.at("more/f"))
                os.unlink(self.at("more/f"))
                self.fails(task, "ENOENT", act, self.at("more/new"))


class OverlayTest(GainTest):
    """On overlayfs, whose every rename and link makes others below it."""

    top = "/srv/o/m"
    ways = RENAMES + LINKS

    def place(self):
        """What is in "low" comes from the lower layer."""
        self.make_tree("/srv/o", "/srv/o.lower/m/low", "/srv/o.upper",
                       "/srv/o.work")
        layers = ",".join(f"{name}dir=/srv/o.{name}"
                          for name in ("lower", "upper", "work"))
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "none",
                        "/srv/o"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", "/srv/o"],
                        check=True)

    def test_lower(self):
        """A file that is copied up by it."""
        self.load_denying(("read", "low/**"), ("create", "no/**"))
        task = self.task("acme")
        os.mkdir(self.at("no"))
        for act in ("rename", "link"):
            with self.subTest(act):
                self.widens(task, [act + " {0} {1}"], self.at("low/f"),
                            self.at("new"), op="read", path=self.at("new"),
                            origin=self.policy.origin("/low/"))
                self.refused(task, [act + " {0} {1}"], self.at("low/f"),
                             self.at("no/new"), op="create",
                             path=self.at("no/new"),
                             origin=self.policy.origin("no/"))
        self.allowed(task, "link", self.at("low/f"), self.at("low/g"))
        self.allowed(task, "rename", self.at("low/f"), self.at("low/h"))
        self.assertTrue(os.path.samefile(self.at("low/g"), self.at("low/h")))
        self.assertEqual(read_file("/srv/o.upper/m/low/g"),
                         "/srv/o.lower/m/low/f")


if __name__ == "__main__":
    unittest.main()
