# SPDX-License-Identifier: GPL-2.0
"""What is written about a file: mode, owner, times, attributes, flags."""
import fcntl
import os
import stat
import struct
import subprocess
import unittest

import cordon
from cordon import CordonTest, file_section, snapshot, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

FS_IOC_GETFLAGS = 0x80086601
ACL = "system.posix_acl_access"

# Acts on {}, which may not be; the last of a row is the one that is judged.
# Where it starts from is described by PREPARED.
PATHS = [
    ["chmod {} 604"],
    ["fchmodat {} 604"],
    ["chown {} 7"],
    ["chgrp {} 7"],
    ["lchown {} 7"],
    ["fchownat {} 7"],
    ["utime {}"],
    ["utimes {}"],
    ["futimesat {}"],
    ["utimensat {}"],
    ["utimensat-link {}"],
    ["touch {}"],
    ["setxattr {} trusted.new v"],
    ["setxattr {} security.new v"],
    ["setxattr {} trusted.old changed"],
    ["lsetxattr {} trusted.new v"],
    ["removexattr {} trusted.old"],
    ["lremovexattr {} trusted.old"],
    ["uring-setxattr worker {} trusted.new v"],
    ["acl {}"],
    ["unacl {}"],
]
DESCRIPTORS = [
    ["open r {}", "fchmod 604"],
    ["open r {}", "fchown 7"],
    ["open r {}", "futimens"],
    ["open r {}", "fsetxattr trusted.new v"],
    ["open r {}", "fremovexattr trusted.old"],
    ["open r {}", "uring-fsetxattr worker trusted.new v"],
    ["open r {}", "facl"],
    ["open path {}", "chmod-proc 604"],
    ["open path {}", "fchownat-fd 7"],
    ["open path {}", "utimensat-fd"],
    ["open path {}", "setxattr-proc trusted.new v"],
]
# What not all kernels and filesystems have.  A task of no tenant is told which
# of these errors then.
NOT_EVERYWHERE = [
    (["fchmodat2 {} 604"], "ENOSYS"),
    (["open path {}", "fchmodat2-fd 604"], "ENOSYS"),
    (["open r {}", "setxattrat-fd trusted.new v"], "ENOSYS"),
    (["open r {}", "removexattrat-fd trusted.old"], "ENOSYS"),
    (["file-setattr {}"], "ENOSYS"),
    (["setxattr {} user.new v"], "EOPNOTSUPP"),
    (["acl-empty {}"], "EINVAL"),
]


def flags_of(path):
    """What chattr is about; 0 where there is nothing like it."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        got = fcntl.ioctl(fd, FS_IOC_GETFLAGS, struct.pack("l", 0))
        return struct.unpack("l", got)[0]
    except OSError:
        return 0
    finally:
        os.close(fd)


def attributes(path):
    """All that is known about a file, and not in it."""
    info = os.lstat(path)
    follow = not stat.S_ISLNK(info.st_mode)
    return {
        "mode": info.st_mode, "owner": (info.st_uid, info.st_gid),
        "times": (info.st_atime_ns, info.st_mtime_ns),
        "xattrs": {name: os.getxattr(path, name, follow_symlinks=False)
                   for name in os.listxattr(path, follow_symlinks=False)},
        "flags": flags_of(path) if follow else 0}


class AttrCase(CordonTest):
    """Files of which nothing may be changed in "no", and anything in "yes"."""

    top = "/srv/attr"

    def setUp(self):
        super().setUp()
        self.count = 0
        self.place()

    def place(self):
        self.make_tree(self.top, f"{self.top}/yes", f"{self.top}/no")
        for folder in ("yes", "no"):
            self.prepare(self.at(f"{folder}/f"))

    def at(self, name):
        return f"{self.top}/{name}"

    def fresh(self, folder):
        """A file that nobody has changed yet."""
        self.count += 1
        path = self.at(f"{folder}/f{self.count}")
        self.prepare(path)
        return path

    def prepare(self, path):
        """A file that every act changes."""
        write_file(path, "text")
        for name in os.listxattr(path):
            os.removexattr(path, name)
        os.chown(path, 3, 4)
        os.chmod(path, 0o640)
        os.setxattr(path, "trusted.old", b"value")
        os.utime(path, (500000, 500000))
        self.add_acl(path)

    def add_acl(self, path):
        """Read for user 9 besides."""
        entries = [(1, 6, -1), (2, 4, 9), (4, 4, -1), (16, 4, -1),
                   (32, 0, -1)]
        value = struct.pack("<I", 2)
        for entry in entries:
            value += struct.pack("<HHi", *entry)
        os.setxattr(path, ACL, value)

    def load_denying(self, op):
        self.load(acme=file_section(
            f"- {{deny: {op}, path: '{self.at('no/**')}'}}",
            default="allow"))
        return self.task("acme")

    def begin_row(self, task, row, path):
        """Does what precedes the last act of a row; that one."""
        for act in row[:-1]:
            task.must(act.format(path))
        return row[-1].format(path)

    def expect_denied(self, task, row, path=None, reported=None, op="setattr"):
        """By the one rule; and nothing has changed."""
        path = path or self.fresh("no")
        act = self.begin_row(task, row, path)
        reported = reported or path
        before = attributes(reported)
        self.denied(task, act, op=op, path=reported,
                    worker=act.startswith("uring-"),
                    origin=self.policy.origin("deny:"))
        self.assertEqual(attributes(reported), before)

    def expect_done(self, task, row, path=None):
        """It is done, as can be seen, and nobody hears of it."""
        path = path or self.fresh("yes")
        act = self.begin_row(task, row, path)
        before = attributes(path)
        self.allowed(task, act)
        self.assertNotEqual(attributes(path), before)


class SetattrTest(AttrCase):
    def test_denied(self):
        task = self.load_denying("setattr")
        for row in PATHS + DESCRIPTORS:
            with self.subTest(row):
                self.expect_denied(task, row)

    def test_allowed(self):
        task = self.load_denying("setattr")
        for row in PATHS + DESCRIPTORS:
            with self.subTest(row):
                self.expect_done(task, row)

    def test_not_everywhere(self):
        """What there is, a tenant has under the same rules."""
        task, free = self.load_denying("setattr"), self.task()
        for row, missing in NOT_EVERYWHERE:
            with self.subTest(row):
                path = self.fresh("yes")
                answer = free.do(self.begin_row(free, row, path))
                if answer == missing:
                    self.fails(task, missing, self.begin_row(task, row, path))
                else:
                    self.assertEqual(answer, "OK")
                    self.expect_done(task, row)
                if answer == "OK" or missing != "ENOSYS":
                    self.expect_denied(task, row)

    def test_directory(self):
        task = self.load_denying("setattr")
        rows = [["chmod {} 704"], ["chown {} 7"], ["utimensat {}"],
                ["setxattr {} trusted.new v"], ["acl {}"], ["acl-default {}"],
                ["open r+dir {}", "fchmod 704"], ["open r+dir {}", "facl"]]
        for row in rows:
            with self.subTest(row):
                self.expect_denied(task, row, self.at("no"))
                self.make_tree(self.at("yes"))
                self.expect_done(task, row, self.at("yes"))

    def test_symlink(self):
        """What a link leads to, or the link itself."""
        task = self.load_denying("setattr")
        for folder in ("yes", "no"):
            os.symlink("f", self.at(f"{folder}/here"))
            os.symlink("../no/f", self.at(f"{folder}/there"))
        for row in (["chmod {} 604"], ["chown {} 7"], ["utimensat {}"],
                    ["setxattr {} trusted.new v"], ["acl {}"]):
            with self.subTest(row):
                self.expect_denied(task, row, self.at("yes/there"),
                                   self.at("no/f"))
        for row in (["lchown {} 7"], ["utimensat-link {}"],
                    ["lsetxattr {} trusted.new v"]):
            with self.subTest(row):
                self.expect_denied(task, row, self.at("no/here"))
                self.expect_done(task, row, self.at("yes/there"))

    def test_other_operations(self):
        """Who may not write or read may still change attributes, if told."""
        task = self.load_denying("[read, write, exec, map, create, delete]")
        for row in PATHS:
            with self.subTest(row):
                self.expect_done(task, row, self.fresh("no"))

    def test_audit_mode(self):
        self.load(acme=file_section(
            f"- {{deny: setattr, path: '{self.at('no/**')}'}}",
            default="allow", mode="audit"))
        task = self.task("acme")
        for act in ("chmod {} 604", "utimensat {}",
                    "setxattr {} trusted.new v"):
            before = attributes(self.at("no/f"))
            self.reported(task, "OK", act.format(self.at("no/f")),
                          op="setattr", path=self.at("no/f"),
                          verdict="would-deny",
                          origin=self.policy.origin("deny:"))
            self.assertNotEqual(attributes(self.at("no/f")), before)


class MountTest(AttrCase):
    """The kernel says which file, but not by which mount it was reached."""

    ROWS = [["utimensat {}"], ["setxattr {} trusted.new v"], ["acl {}"],
            ["open r {}", "futimens"], ["open r {}", "facl"],
            ["open r {}", "fsetxattr trusted.new v"]]

    def setUp(self):
        super().setUp()
        self.mount("-o", "bind", self.at("no"), self.at("alias"))
        self.mount("-t", "tmpfs", "none", self.at("other"))

    def mount(self, *arguments):
        os.makedirs(arguments[-1])
        subprocess.run(["mount", *arguments], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", arguments[-1]],
                        check=True)

    def test_bind(self):
        """Either path has its own verdict, in whatever order."""
        task = self.load_denying("setattr")
        for row in self.ROWS:
            with self.subTest(row):
                path = self.fresh("no")
                self.expect_denied(task, row, path)
                self.expect_done(task, row, path.replace("no", "alias"))
                self.expect_denied(task, row, path)

    def test_after_another(self):
        """What was done last, elsewhere and whether it went well or not, does
        not matter."""
        task = self.load_denying("setattr")
        write_file(self.at("other/f"))
        for before in ("utimensat {}/yes/f", "utimensat {}/alias/f",
                       "utimensat {}/other/f", "rmdir {}/other/none",
                       "mkdir {}/alias/new", "unlink {}/alias/none"):
            for row in self.ROWS:
                with self.subTest(before=before, row=row):
                    task.do(before.format(self.top))
                    self.expect_denied(task, row)
            if before.startswith("mkdir"):
                os.rmdir(self.at("alias/new"))

    def test_threads(self):
        """What one thread does is not what another does."""
        task = self.load_denying("setattr")
        self.allowed(task, "utimensat", self.at("alias/f"))
        leader = task.tid
        task.become("thread")
        self.assertNotEqual(task.tid, leader)
        for row in self.ROWS:
            with self.subTest(row):
                self.expect_denied(task, row)


class OverlayTest(SetattrTest):
    """On overlayfs, which copies a file up to change it there."""

    top = "/srv/o/attr"

    def place(self):
        """What is on top stays in the lower layer until a task changes it."""
        lower = "/srv/o.lower/attr"
        self.make_tree("/srv/o", f"{lower}/yes", f"{lower}/no",
                       "/srv/o.upper", "/srv/o.work", files=())
        for folder in ("yes", "no"):
            for name in ["f", *[f"f{number}" for number in range(1, 100)]]:
                super().prepare(f"{lower}/{folder}/{name}")
        layers = ",".join(f"{name}dir=/srv/o.{name}"
                          for name in ("lower", "upper", "work"))
        subprocess.run(["mount", "-t", "overlay", "-o", layers, "none",
                        "/srv/o"], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", "/srv/o"],
                        check=True)

    def prepare(self, path):
        self.assertTrue(os.path.exists(path))

    def expect_denied(self, *arguments, **options):
        """It is not even copied up."""
        before = snapshot("/srv/o.upper")
        super().expect_denied(*arguments, **options)
        self.assertEqual(snapshot("/srv/o.upper"), before)


class IoctlTest(AttrCase):
    """Commands to files and devices, by programs of either width."""

    def test_file(self):
        task = self.load_denying("ioctl")
        for call in ("ioctl", "ioctl32"):
            for name in ("getflags", "setflags", "fsgetxattr", "fssetxattr",
                         "blocksize", "readable"):
                with self.subTest(call=call, name=name):
                    self.expect_denied(task, ["open r {}", f"{call} {name}"],
                                       op="ioctl")

    def test_allowed(self):
        task, free = self.load_denying("ioctl"), self.task()
        for call in ("ioctl", "ioctl32"):
            for name in ("getflags", "blocksize", "readable"):
                with self.subTest(call=call, name=name):
                    for each in (task, free):
                        each.must("open", "r", self.at("yes/f"))
                        self.allowed(each, call, name)
            self.expect_done(task, ["open r {}", f"{call} setflags"])

    def test_about_descriptor(self):
        """What is not about the file is nobody's business."""
        task = self.load_denying("ioctl")
        task.must("open", "r", self.at("no/f"))
        for call in ("ioctl", "ioctl32"):
            for name in ("cloexec", "nocloexec", "nonblock", "async"):
                with self.subTest(call=call, name=name):
                    self.allowed(task, call, name)

    def test_setattr(self):
        """Flags of a file are its attributes, by whichever call."""
        task = self.load_denying("setattr")
        for call in ("ioctl", "ioctl32"):
            for name in ("setflags", "fssetxattr"):
                with self.subTest(call=call, name=name):
                    self.expect_denied(task, ["open r {}", f"{call} {name}"])
            task.must("open", "r", self.at("no/f"))
            self.allowed(task, call, "getflags")

    def test_device(self):
        """A device's path is that of its node."""
        self.load(acme=file_section("- {deny: ioctl, path: /dev/null}",
                                    default="allow"))
        task = self.task("acme")
        before = os.stat("/dev/null")
        for act in ("ioctl readable", "ioctl32 readable",
                    "uring-command here", "uring-command worker"):
            with self.subTest(act):
                task.must("open rw /dev/null")
                self.denied(task, act, op="ioctl", path="/dev/null",
                            worker="worker" in act,
                            origin=self.policy.origin("deny:"))
                task.must("open rw /dev/zero")
        self.assertEqual(os.stat("/dev/null"), before)

    def test_device_allowed(self):
        self.load(acme=file_section("- {deny: ioctl, path: /dev/zero}",
                                    default="allow"))
        task, free = self.task("acme"), self.task()
        for each in (free, task):
            each.must("open rw /dev/null")
            self.fails(each, "ENOTTY", "ioctl readable")
            for where in ("here", "worker"):
                self.allowed(each, "uring-command", where)


if __name__ == "__main__":
    unittest.main()
