# SPDX-License-Identifier: GPL-2.0
"""Which path a file has, and which patterns match it."""
import os
import unittest

import cordon
from cordon import CordonTest, file_section, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

TOP = "/srv/p"

# A pattern, what it matches and what it does not.
GLOBS = [
    ("/srv/p/a", ["a"], ["b", "ab", "a/x"]),
    ("/srv/p/*", ["a", "b", "ab", ".hidden"], ["a/x", "d/e/f"]),
    ("/srv/p/a*", ["a", "ab", "abc"], ["b", "a/x", "ba"]),
    ("/srv/p/*c", ["abc", "c"], ["ab", "ca"]),
    ("/srv/p/a*c", ["abc", "ac"], ["ab", "bc", "a/c"]),
    ("/srv/p/?", ["a", "b"], ["ab", "a/x"]),
    ("/srv/p/a?c", ["abc", "axc"], ["ac", "abbc", "a/c"]),
    ("/srv/p/[ab]", ["a", "b"], ["c", "ab"]),
    ("/srv/p/[a-c]x", ["ax", "bx", "cx"], ["dx", "a", "x"]),
    ("/srv/p/[!a-c]x", ["dx", "zx"], ["ax", "bx", "x"]),
    ("/srv/p/{a,bc}", ["a", "bc"], ["b", "c", "abc", "{a,bc}"]),
    ("/srv/p/x{1,2}y*", ["x1y", "x2yz"], ["xy", "x3y", "x12y"]),
    ("/srv/p/**", ["a", "d/e/f", "d/e/f/g/h"], ["../q/a"]),
    ("/srv/p/d/**", ["d/e", "d/e/f"], ["a", "dd/e"]),
    ("/srv/p/**/z", ["z", "d/z", "d/e/f/z"], ["zz", "z/a", "d/z/a"]),
    ("/srv/p/d/**/f/*.txt", ["d/f/a.txt", "d/e/e/f/b.txt"],
     ["d/a.txt", "d/f/e/a.txt", "d/f/a.tx"]),
    ("/srv/**/e/**/g", ["e/g", "d/e/g", "d/e/f/g"], ["d/g", "e", "e/g/h"]),
    ("/srv/p/*/*/f", ["d/e/f", "x/y/f"], ["d/f", "d/e/e/f"]),
]

# Names that agree in many bytes and not in all.
EIGHT = "abcdefgh"
LONG_NAMES = [
    EIGHT, EIGHT[:7], EIGHT + "i", EIGHT * 2, EIGHT * 2 + "i", EIGHT + "i" * 8,
    "x" + EIGHT[1:], EIGHT * 4, EIGHT * 4 + "z", EIGHT * 3 + "abcdefgz",
    "z" + (EIGHT * 4)[1:], EIGHT * 5, "n" * 255, "n" * 254,
    "n" * 254 + "m", "m" + "n" * 254]


class PathCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(TOP, "/srv/q", files=())

    def load_only_deny(self, *patterns):
        """All is allowed but to read what these match."""
        self.load(acme=file_section(
            *[f"- {{deny: read, path: '{pattern}'}}" for pattern in patterns],
            default="allow"))

    def load_only_allow(self, *patterns):
        self.load(acme=file_section(
            cordon.ALLOW_ACT,
            *[f"- {{allow: read, path: '{pattern}'}}"
              for pattern in patterns]))

    def expect_denied(self, task, path, opened=None, **wanted):
        return self.denied(task, "open", "r", opened or path, op="read",
                           path=path, **wanted)

    def expect_deny_rule(self, task, path, opened=None):
        self.expect_denied(task, path, opened,
                           origin=self.policy.origin("deny:"))


class PatternTest(PathCase):
    def test_globs(self):
        task = None
        for pattern, matching, others in GLOBS:
            self.load_only_deny(pattern)
            task = task or self.task("acme")
            for name in matching + others:
                with self.subTest(pattern=pattern, name=name):
                    path = os.path.normpath(f"{TOP}/{name}")
                    if not os.path.exists(path):
                        self.make_file(path)
                    if name in matching:
                        self.expect_deny_rule(task, path)
                    else:
                        self.allowed(task, "open", "r", path)

    def make_file(self, path):
        """In place of whatever file is in the way."""
        parent = os.path.dirname(path)
        while parent.startswith(TOP):
            if os.path.isfile(parent):
                os.unlink(parent)
            parent = os.path.dirname(parent)
        write_file(path)

    def test_itself(self):
        """/x/** is /x, too, but not what begins alike."""
        os.makedirs(f"{TOP}/x/y")
        os.makedirs(f"{TOP}/xx")
        self.load_only_deny(f"{TOP}/x/**")
        task = self.task("acme")
        self.expect_deny_rule(task, f"{TOP}/x")
        self.expect_deny_rule(task, f"{TOP}/x/y")
        self.allowed(task, "open", "r", f"{TOP}/xx")
        self.allowed(task, "open", "r", TOP)

    def test_root(self):
        self.load_only_deny("/")
        task = self.task("acme")
        self.expect_deny_rule(task, "/")
        self.allowed(task, "open", "r", "/srv")

    def test_long_names(self):
        """Each is told from all the others."""
        for name in LONG_NAMES:
            write_file(f"{TOP}/{name}")
        task = None
        for name in LONG_NAMES:
            self.load_only_allow(f"{TOP}/{name}")
            task = task or self.task("acme")
            self.allowed(task, "open", "r", f"{TOP}/{name}")
            for other in LONG_NAMES:
                if other != name:
                    self.assertEqual(task.do(f"open r {TOP}/{other}"),
                                     "EACCES", (name, other))
            self.assertEqual([event["path"] for event in self.session.take()],
                             [f"{TOP}/{other}" for other in LONG_NAMES
                              if other != name])

    def test_strange_names(self):
        """Any byte but NUL and slash can be in a name."""
        names = [b"new\nline", b"blank ", b"\xff\xfe", b"tab\t", b"\x01",
                 "gr\u00fc\u00df".encode(), b"back\\slash", b"*", b"[a]",
                 b"{a,b}", b'"', b"'", b"-", b"..."]
        task = None
        for name in names:
            path = os.path.join(os.fsencode(TOP), name)
            write_file(os.fsdecode(path), b"")
            self.load_only_deny(f"{TOP}/**")
            task = task or self.task("acme")
            with self.subTest(name):
                self.expect_strange(task, path)

    def expect_strange(self, task, path):
        try:
            text, escaped = path.decode("utf-8"), False
        except UnicodeDecodeError:
            text = "".join(chr(byte) if byte < 0x7f else f"\\x{byte:02x}"
                           for byte in path)
            escaped = True
        info = os.stat(path)
        self.expect_denied(
            task, text, os.fsdecode(path), path_escaped=escaped,
            dev_major=os.major(info.st_dev), dev_minor=os.minor(info.st_dev),
            ino=info.st_ino, origin=self.policy.origin("deny:"))

    def test_quoted_name(self):
        """A name with a newline can be named in a rule as well."""
        write_file(f"{TOP}/a\nb")
        write_file(f"{TOP}/ab")
        self.load(acme=file_section(
            f'- {{deny: read, path: "{TOP}/a\\nb"}}', default="allow"))
        task = self.task("acme")
        self.expect_deny_rule(task, f"{TOP}/a\nb")
        self.allowed(task, "open", "r", f"{TOP}/ab")


class DepthTest(PathCase):
    def make_deep(self, names):
        """Makes directories below TOP one by one; the path can be too long
        to be given in one piece."""
        fd = os.open(TOP, os.O_PATH)
        for name in names:
            os.mkdir(name, dir_fd=fd)
            inner = os.open(name, os.O_PATH, dir_fd=fd)
            os.close(fd)
            fd = inner
        file = os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=fd)
        os.close(file)
        os.close(fd)

    def check_deep(self, names):
        self.make_deep(names)
        path = "/".join([TOP, *names, "f"])
        self.load_only_deny(path)
        task = self.task("acme")
        self.expect_deny_rule(task, path)
        self.load_only_deny(f"{TOP}/**/d/?/d/f")
        self.expect_deny_rule(task, path)
        self.load_only_deny(path[:-1] + "g", f"{TOP}/**/other")
        self.allowed(task, "open", "r", path)
        self.load_only_allow(f"{TOP}/**/f")
        self.allowed(task, "open", "r", path)
        self.load_only_allow(f"{TOP}/**/g")
        self.expect_denied(task, path)

    def test_40(self):
        self.check_deep(["d"] * 37)

    def test_200(self):
        self.check_deep(["d"] * 197)

    def test_1000(self):
        self.check_deep(["d"] * 997)

    def test_path_max(self):
        """4095 bytes is the longest that open() takes."""
        rest = 4095 - len(f"{TOP}//f")
        names = ["n" * 255] * (rest // 256)
        names.append("m" * (rest - 256 * len(names) - 1))
        self.assertEqual(len("/".join([TOP, *names, "f"])), 4094)
        self.make_deep(names)
        path = "/".join([TOP, *names, "f"])
        self.load_only_deny(f"{TOP}/**")
        self.expect_deny_rule(self.task("acme"), path)

    def test_beyond_path_max(self):
        """Longer ones are reached in steps, and cut off in the report."""
        names = ["n" * 255] * 20
        self.make_deep(names)
        self.load_only_deny(f"{TOP}/**/f")
        task = self.task("acme")
        task.must("chdir", "/".join([TOP, *names[:10]]))
        inner = "/".join(names[10:])
        fd = os.open("/".join([TOP, *names[:10]]), os.O_PATH)
        info = os.stat(f"{inner}/f", dir_fd=fd)
        os.close(fd)
        whole = "/".join([TOP, *names, "f"])
        self.expect_denied(
            task, whole[:4096], f"{inner}/f", ino=info.st_ino,
            dev_major=os.major(info.st_dev), dev_minor=os.minor(info.st_dev),
            origin=self.policy.origin("deny:"))


class ResolveTest(PathCase):
    def setUp(self):
        super().setUp()
        for name in ("no/f", "yes/f"):
            write_file(f"{TOP}/{name}")
        self.load_only_deny(f"{TOP}/no/**")

    def test_symlinks(self):
        """A link is what it leads to; what it is called does not matter."""
        os.symlink("../no/f", f"{TOP}/yes/link")
        os.symlink(f"{TOP}/no", f"{TOP}/yes/dir")
        os.symlink(f"{TOP}/yes/f", f"{TOP}/no/out")
        task = self.task("acme")
        for path in ("yes/link", "yes/dir/f"):
            self.expect_deny_rule(task, f"{TOP}/no/f", f"{TOP}/{path}")
        self.allowed(task, f"open r {TOP}/no/out")

    def test_dots(self):
        task = self.task("acme")
        for path in ("yes/../no/f", "no/./f", "//no///f", "no/../no/f"):
            self.expect_deny_rule(task, f"{TOP}/no/f", f"{TOP}/{path}")
        self.allowed(task, f"open r {TOP}/no/../yes/f")
        task.must(f"chdir {TOP}/no")
        self.expect_deny_rule(task, f"{TOP}/no/f", "f")
        self.allowed(task, "open r ../yes/f")

    def test_moved_directory(self):
        """The path is that of the moment."""
        task = self.task("acme")
        self.allowed(task, f"open r {TOP}/yes/f")
        task.must(f"open path {TOP}/yes/f")
        os.rename(f"{TOP}/yes", f"{TOP}/no/was-yes")
        self.expect_deny_rule(task, f"{TOP}/no/was-yes/f")
        self.denied(task, "reopen r", op="read", path=f"{TOP}/no/was-yes/f",
                    origin=self.policy.origin("deny:"))
        os.rename(f"{TOP}/no", f"{TOP}/anything")
        self.allowed(task, f"open r {TOP}/anything/was-yes/f")
        self.allowed(task, "reopen r")


if __name__ == "__main__":
    unittest.main()
