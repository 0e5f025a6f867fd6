# SPDX-License-Identifier: GPL-2.0
"""Names of any bytes, any length and at any depth."""
import os
import unittest

import cordon
from cordon import CordonTest, file_section, snapshot, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

YES, NO = "/srv/yes", "/srv/no"
# Most bytes of a name, and of a path with the NUL behind it.
NAME_MAX = 255
PATH_MAX = 4096
# Most components that a path of that length can have.
DEPTH_MAX = PATH_MAX // 2

NAMES = [
    b"new\nline", b"\n", b"carriage\rreturn", b"bell\x07", b"escape\x1b[2J",
    b" ", b"blank ", b"\t", b"\x7f", b"*", b"?", b"[a]", b"{a,b}", b"...",
    b'quo"te', b"'", b"-", b"#1", b"back\\slash", b"\\xff", b"%41",
    b"memfd:any", b"(deleted)", b"f (deleted)", b"<stdin>:1",
    # Text beyond ASCII, some of it written in two ways.
    "gr\u00fc\u00df".encode(), "e\u0301".encode(), "\u00e9".encode(),
    "\u202etxt".encode(), "\u2028".encode(), "\u0085".encode(),
    "\U0001f512".encode(), b"\xef\xbf\xbd", b"\xef\xbb\xbf",
    # Not UTF-8: stray, cut off, too long, surrogates, out of range.
    b"\xff", b"\xfe\xff", b"\x80", b"a\xc3", b"\xe2\x82", b"\xc0\xaf",
    b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80",
    b"\xc3\xbc\xff\\xff", b"\xff\n",
]

# What makes a name, and what needs one that is there.
MAKING = [
    ("mkdir", "create"), ("mknod p", "create"), ("symlink /none", "create"),
    ("open w+creat", "create"), ("rename /srv/yes/f", "create"),
    ("link /srv/yes/f", "create"),
]
USING = [("open r", "read"), ("open w", "write"), ("exec", "exec"),
        ("truncate", "write"), ("chmod", "setattr"), ("unlink", "delete")]


def expected(path):
    """How an event has a path, given as bytes, and whether it is escaped."""
    try:
        return path.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    text = ""
    while path:
        step = next((length for length in range(1, 5)
                     if is_plain(path[:length])), 0)
        text += path[:step].decode() if step else f"\\x{path[0]:02x}"
        path = path[step or 1:]
    return text, True


def is_plain(part):
    """Whether it is one character that stands for itself."""
    try:
        text = part.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(text) == 1 and text != "\\" \
        and not (text < " " or "\x7f" <= text <= "\x9f")


class NameCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(YES, NO)

    def load_denying(self, *patterns):
        self.load(acme=file_section(
            *[f"- {{deny: all, path: '{pattern}'}}" for pattern in patterns],
            default="allow"))

    def refused(self, task, *words, op, path):
        """Denied by the one rule, and reported under this name."""
        text, escaped = expected(os.fsencode(path))
        major, minor = cordon.device_of(path)
        ino = os.lstat(path).st_ino if os.path.lexists(path) else 0
        self.denied(task, *words, op=op, path=text, path_escaped=escaped,
                    dev_major=major, dev_minor=minor, ino=ino,
                    origin=self.policy.origin("deny:"))


class BytesTest(NameCase):
    def test_made(self):
        """A name that may not be there does not come to be."""
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        before = snapshot(NO)
        for name in NAMES:
            path = f"{NO}/{os.fsdecode(name)}"
            for act, op in MAKING:
                with self.subTest(name=name, act=act):
                    self.refused(task, *act.split(), path, op=op, path=path)
            self.assertEqual(snapshot(NO), before)

    def test_used(self):
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        for name in NAMES:
            path = f"{NO}/{os.fsdecode(name)}"
            write_file(path, "text")
            os.chmod(path, 0o755)
            before = snapshot(NO)
            for act, op in USING:
                more = {"truncate": ["1"], "chmod": ["600"]}.get(act, [])
                with self.subTest(name=name, act=act):
                    self.refused(task, *act.split(), path, *more, op=op,
                                 path=path)
            self.assertEqual(snapshot(NO), before)
            os.unlink(path)

    def test_allowed(self):
        """Where they may be, they come, stay and go."""
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        for name in NAMES:
            path = f"{YES}/{os.fsdecode(name)}"
            with self.subTest(name):
                self.allowed(task, "mkdir", path)
                self.assertTrue(os.path.isdir(path))
                self.allowed(task, "open", "w+creat", f"{path}/f")
                self.allowed(task, "unlink", f"{path}/f")
                self.allowed(task, "rmdir", path)
        self.assertEqual(os.listdir(YES), ["f"])

    def test_directories(self):
        """In the middle of a path."""
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        for name in NAMES:
            path = f"{NO}/{os.fsdecode(name)}/f"
            write_file(path)
            with self.subTest(name):
                self.refused(task, "open", "r", path, op="read", path=path)


class PatternTest(NameCase):
    """A pattern is about bytes."""

    def matches(self, task, pattern, names, others):
        self.load_denying(f"{YES}/{pattern}")
        task = task or self.task("acme")
        for name in names + others:
            path = f"{YES}/{os.fsdecode(name)}"
            write_file(path)
            with self.subTest(pattern=pattern, name=name):
                if name in names:
                    self.refused(task, "open", "r", path, op="read",
                                 path=path)
                else:
                    self.allowed(task, "open", "r", path)
        return task

    def test_bytes(self):
        two, three = "\u00fc".encode(), "\u20ac".encode()
        task = self.matches(None, "?", [b"\xff", b"a", b"\n"], [two, three])
        self.matches(task, "??", [two, b"\xff\xfe", b"ab"], [three, b"\xff"])
        self.matches(task, "???", [three], [two])
        self.matches(task, "*", [two, three, b"\xff"], [])
        self.matches(task, "[!a]", [b"\xff", b"b", b"\n"], [b"a", two])

    def test_letters(self):
        """What looks alike is not the same."""
        task = self.matches(None, "\u00e9", ["\u00e9".encode()],
                            ["e\u0301".encode(), b"e", b"\xe9"])
        self.matches(task, "gr\u00fc\u00df", ["gr\u00fc\u00df".encode()],
                     ["gr\u00fcss".encode(), "GR\u00dc\u00df".encode()])
        self.matches(task, "case", [b"case"], [b"Case", b"CASE"])
        self.matches(task, "\u00fc*", ["\u00fcx".encode()],
                     [b"\xc3", b"\xc3x", "\u00f6x".encode()])

    def test_special(self):
        """A backslash takes the meaning from what is special."""
        task = self.matches(None, "\\*", [b"*"], [b"a", b"\\*", b"**"])
        self.matches(task, "\\?", [b"?"], [b"a", b"\\"])
        self.matches(task, "\\[a\\]", [b"[a]"], [b"a"])
        self.matches(task, "\\{a,b\\}", [b"{a,b}"], [b"a", b"b"])
        self.matches(task, "\\\\xff", [b"\\xff"], [b"\xff", b"xff"])


class LengthTest(NameCase):
    def test_longest_names(self):
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        for byte in (b"n", b"\xff", b"\n", b"\\"):
            for length in (NAME_MAX - 1, NAME_MAX):
                name = os.fsdecode(byte * length)
                with self.subTest(byte=byte, length=length):
                    self.refused(task, "mkdir", f"{NO}/{name}", op="create",
                                 path=f"{NO}/{name}")
                    self.allowed(task, "mkdir", f"{YES}/{name}")
            name = os.fsdecode(byte * (NAME_MAX + 1))
            self.fails(task, "ENAMETOOLONG", "mkdir", f"{NO}/{name}")
        self.assertEqual(os.listdir(NO), ["f"])

    def folder_of(self, top, size, byte=b"n"):
        """A directory below another whose path has so many bytes."""
        path = os.fsencode(top)
        while size - len(path) > 1:
            step = min(NAME_MAX, size - len(path) - 1)
            # What is left over must be enough for a name.
            if size - len(path) - 1 - step == 1:
                step -= 1
            path += b"/" + byte * step
        self.assertEqual(len(path), size)
        return os.fsdecode(path)

    def test_longest_path(self):
        """The longest that can be asked for, and of the worst bytes."""
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        for byte in (b"n", b"\xff", b"\n"):
            with self.subTest(byte):
                no, yes = (self.folder_of(top, PATH_MAX - 3, byte)
                           for top in (NO, YES))
                os.makedirs(no)
                os.makedirs(yes)
                self.refused(task, "mkdir", f"{no}/x", op="create",
                             path=f"{no}/x")
                self.assertEqual(os.listdir(no), [])
                self.allowed(task, "mkdir", f"{yes}/x")
                self.fails(task, "ENAMETOOLONG", "mkdir", f"{no}/xy")
                self.make_tree(YES, NO)

    def descend(self, task, top, path):
        """Has a task go down to where no path is short enough to lead."""
        task.must("chdir", top)
        for name in path.split("/"):
            task.must("chdir", name)

    def test_beyond(self):
        """Longer paths are reached in steps, and cut off in the report; that
        can be in the middle of a character."""
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        for text in ("n" * 250, "\u00fc" * 125):
            path = "/".join([text] * 20)
            with self.subTest(text):
                fd = self.make_deep(NO, path)
                cut, escaped = expected(
                    os.fsencode(f"{NO}/{path}")[:PATH_MAX])
                device = os.fstat(fd).st_dev
                self.descend(task, NO, path)
                self.denied(task, "mkdir new", op="create", path=cut, ino=0,
                            path_escaped=escaped, dev_major=os.major(device),
                            dev_minor=os.minor(device),
                            origin=self.policy.origin("deny:"))
                self.assertEqual(os.listdir(fd), [])
                fd = self.make_deep(YES, path)
                self.descend(task, YES, path)
                self.allowed(task, "mkdir new")
                self.assertEqual(os.listdir(fd), ["new"])

    def make_deep(self, top, path):
        """Makes directories one by one; the last one, open."""
        fd = os.open(top, os.O_PATH)
        for name in path.split("/"):
            os.mkdir(name, dir_fd=fd)
            inner = os.open(name, os.O_RDONLY, dir_fd=fd)
            os.close(fd)
            fd = inner
        self.addCleanup(os.close, fd)
        return fd

    def test_moved_below(self):
        """Where a rename makes paths too long to be asked for, the whole of
        them counts."""
        self.load_denying(f"{YES}/**/secret")
        task = self.task("acme")
        path = "/".join(["n" * 250] * 12)
        self.make_deep(YES, path)
        self.make_deep(NO, path)
        write_file(f"{NO}/{path}/in/secret", "secret")
        before = snapshot(NO)
        # Below YES there is a rule on what may lie in it; below NO is none.
        self.denied(task, "rename", f"{NO}/{'n' * 250}", f"{YES}/other",
                    op="create", path=f"{YES}/other", reason="widens")
        self.assertEqual(snapshot(NO), before)
        # Within YES the same rules go on, and what is moved gets longer.
        task.must("chdir", f"{YES}/{path}")
        os.makedirs("/".join([YES, "move", *["m" * 250] * 5]))
        self.allowed(task, "rename", f"{YES}/move", "moved")
        task.must("chdir", "moved/" + "/".join(["m" * 250] * 5))
        whole = "/".join([YES, path, "moved", *["m" * 250] * 5, "secret"])
        self.assertGreater(len(whole), PATH_MAX)
        device = os.stat(YES).st_dev
        self.denied(task, "mkdir secret", op="create", path=whole[:PATH_MAX],
                    ino=0, dev_major=os.major(device),
                    dev_minor=os.minor(device),
                    origin=self.policy.origin("deny:"))
        self.allowed(task, "mkdir other")


class DepthTest(NameCase):
    def reach(self, task, depth):
        """Directories below YES, and a task in the last, which is so deep."""
        self.make_tree(YES)
        fd = os.open(YES, os.O_PATH)
        task.must("chdir", YES)
        for _ in range(depth - 2):
            os.mkdir("d", dir_fd=fd)
            inner = os.open("d", os.O_PATH, dir_fd=fd)
            os.close(fd)
            fd = inner
        os.close(fd)
        for step in (500, 100, 10, 1):
            while depth - 2 >= step:
                task.must("chdir", "/".join(["d"] * step))
                depth -= step

    def test_deepest(self):
        """As deep as a path that can be asked for; what is deeper has none,
        and is denied rather than guessed at."""
        self.load_denying(f"{NO}/**")
        task = self.task("acme")
        device = os.stat(YES).st_dev
        numbers = {"dev_major": os.major(device),
                   "dev_minor": os.minor(device)}
        self.reach(task, DEPTH_MAX - 1)
        self.allowed(task, "mkdir new")
        self.allowed(task, "rename new other")
        self.reach(task, DEPTH_MAX)
        self.denied(task, "mkdir new", op="create", path="", ino=0,
                    reason="no-path", **numbers)
        self.denied(task, "open w+creat new", op="create", path="", ino=0,
                    reason="no-path", **numbers)
        self.allowed(task, "open r .")
        task.must("chdir /")

    def test_rule_below(self):
        """A rule is found at any depth."""
        self.load_denying(f"{YES}/**/secret")
        task = self.task("acme")
        self.reach(task, DEPTH_MAX - 1)
        device = os.stat(YES).st_dev
        path = "/".join([YES, *["d"] * (DEPTH_MAX - 3), "secret"])
        self.denied(task, "mkdir secret", op="create", path=path[:PATH_MAX],
                    ino=0, dev_major=os.major(device),
                    dev_minor=os.minor(device),
                    origin=self.policy.origin("deny:"))
        self.allowed(task, "mkdir other")
        task.must("chdir /")


if __name__ == "__main__":
    unittest.main()
