# SPDX-License-Identifier: GPL-2.0
"""What newer kernels do in other ways, or let be done in new ones."""
import fcntl
import os
import struct
import unittest

import cordon
from cordon import CordonTest, file_section

setUpModule = cordon.begin
tearDownModule = cordon.end

YES, NO = "/srv/yes", "/srv/no"
MODULE = "/cordon/cordon.ko"
FS_IOC_GETFLAGS = 0x80086601
MODULE_COMPRESSED = 4

# How a file gets other attributes, {} being the file, and what comes before.
ATTRIBUTES = {
    "acl": ("acl {}", None),
    "acl_remove": ("acl-remove {}", "acl {}"),
    "setxattrat": ("setxattrat {} trusted.a", None),
    "removexattrat": ("removexattrat {} trusted.a", "setxattrat {} trusted.a"),
    "ioctl": ("setflags {}", None),
    "file_setattr": ("file_setattr {}", None),
}


def attributes(path):
    """Mode, names of extended attributes, and flags."""
    fd = os.open(path, os.O_RDONLY)
    flags = fcntl.ioctl(fd, FS_IOC_GETFLAGS, bytes(8))
    os.close(fd)
    return (os.stat(path).st_mode, sorted(os.listxattr(path)),
            struct.unpack("=q", flags)[0])


class AttributeTest(CordonTest):
    """They are what they are, whatever the way in."""

    def check(self, words, before):
        self.make_tree(YES, NO)
        host = self.task()
        for path in (f"{YES}/f", f"{NO}/f"):
            if before and host.do(before.format(path)) == "ENOSYS":
                self.skipTest("this kernel has no such system call")
        self.load(acme=file_section(f"- {{deny: setattr, path: {NO}/**}}",
                                    default="allow"))
        task = self.task("acme")
        state = attributes(f"{YES}/f")
        if task.do(words.format(f"{YES}/f")) == "ENOSYS":
            self.skipTest("this kernel has no such system call")
        self.no_events()
        self.assertNotEqual(attributes(f"{YES}/f"), state)
        state = attributes(f"{NO}/f")
        self.denied(task, words.format(f"{NO}/f"), op="setattr",
                    path=f"{NO}/f", origin=self.policy.origin("setattr"))
        self.assertEqual(attributes(f"{NO}/f"), state)

    def test_flags_are_ioctl_too(self):
        """What sets them by a command needs both operations."""
        self.make_tree(NO)
        self.load(acme=file_section(f"- {{deny: ioctl, path: {NO}/**}}",
                                    default="allow"))
        self.denied(self.task("acme"), f"setflags {NO}/f", op="ioctl",
                    path=f"{NO}/f", origin=self.policy.origin("ioctl"))


def add_attribute_tests():
    for name, (words, before) in ATTRIBUTES.items():
        def test(self, words=words, before=before):
            self.check(words, before)
        setattr(AttributeTest, f"test_{name}", test)


class GuardCase(CordonTest):
    def guarded(self, task, op, *words):
        """It fails with EPERM and is reported as an operation of the guard."""
        self.assertEqual(task.do(*words), "EPERM")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        wanted = {"tenant": task.cgroup, "class": "guard", "op": op,
                  "verdict": "denied", "errno_name": "EPERM",
                  "reason": "guard", "pid": task.tid}
        self.assertEqual({key: events[0][key] for key in wanted}, wanted)

    def load_acme(self, *rules, guard=""):
        self.load(acme=file_section(*rules, default="allow") + guard)
        return self.task("acme")


class NamespaceTest(GuardCase):
    """Paths begin at the root of the mount namespace of a task."""

    def test_enter(self):
        """Even that which the task is in: no telling is worth it."""
        task = self.load_acme()
        self.allowed(task, "open r /proc/self/ns/mnt")
        self.guarded(task, "mount", "enter")
        task = self.load_acme(guard="\n    guard: {allow: mount}")
        self.allowed(task, "open r /proc/self/ns/mnt")
        self.allowed(task, "enter")

    def test_made_of_a_directory(self):
        """A denied file would have another name in it."""
        self.make_tree(NO)
        rule = f"- {{deny: read, path: {NO}/**}}"
        task = self.load_acme(rule)
        self.guarded(task, "mount", f"namespace {NO}")
        # Whoever may mount can rename everything, as is documented.
        task = self.load_acme(rule, guard="\n    guard: {allow: mount}")
        self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                    origin=self.policy.origin("deny: read"))
        if task.do(f"namespace {NO}") == "EINVAL":
            self.skipTest("this kernel makes no such namespaces")
        self.allowed(task, "enter")
        self.allowed(task, "open r /f")


class ModuleTest(GuardCase):
    """A module is one in a box, too."""

    def test_finit(self):
        for flags in (0, MODULE_COMPRESSED):
            with self.subTest(flags=flags):
                task = self.load_acme()
                self.allowed(task, f"open r {MODULE}")
                self.guarded(task, "module", f"finit {flags}")
                task = self.load_acme(guard="\n    guard: {allow: module}")
                self.allowed(task, f"open r {MODULE}")
                # It is loaded already, and not compressed.
                self.assertNotIn(task.do(f"finit {flags}"), ("EPERM", "OK"))
                self.no_events()


add_attribute_tests()

if __name__ == "__main__":
    unittest.main()
