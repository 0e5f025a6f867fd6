# SPDX-License-Identifier: GPL-2.0
"""The guard: whatever would show a tenant its files in other places."""
import os
import unittest

import cordon
from cordon import ACT, CordonTest, cgroup_dir, file_section, read_file, \
    socket_section, write_file
from inside import own_mounts

setUpModule = cordon.begin
tearDownModule = cordon.end

TOP = "/srv/m"
SUBJECT = 20000

# Policy that denies nothing by itself.
OPEN = file_section(default="allow")


def guard(*ops):
    """The body of a tenant that may do these besides."""
    if not ops:
        return OPEN
    return OPEN + f"\n    guard: {{allow: [{', '.join(ops)}]}}"


AT_B = f"mount bind {TOP}/a {TOP}/b -"
TREE = f"open-tree clone {TOP}/a"

# What is done before there is policy; what is then denied, behind what is not;
# whether the task sees other mounts when that was done.
MOUNTING = [
    ([], f"mount - none {TOP}/c tmpfs", True),
    ([], f"mount bind {TOP}/a {TOP}/c -", True),
    ([AT_B], f"mount bind+rec {TOP}/b {TOP}/c -", True),
    ([AT_B], f"mount remount+bind+ro - {TOP}/b -", True),
    ([f"mount - none {TOP}/b tmpfs"], f"mount remount+ro - {TOP}/b -", True),
    ([AT_B], f"mount move {TOP}/b {TOP}/c -", True),
    ([AT_B], f"mount shared - {TOP}/b -", True),
    ([AT_B], f"umount - {TOP}/b", True),
    ([AT_B], f"umount detach {TOP}/b", True),
    ([], "fsopen tmpfs", False),
    (["fsopen tmpfs", "fsconfig create"], "fsmount", False),
    ([f"mount - none {TOP}/b tmpfs"],
     f"fspick {TOP}/b;fsconfig flag ro;fsconfig reconfigure", True),
    ([], f"open-tree clone {TOP}/a", False),
    ([], f"open-tree clone+rec {TOP}/a", False),
    ([], f"open-tree-32 clone {TOP}/a", False),
    ([TREE], f"move-mount {TOP}/c", True),
    ([AT_B, f"mount remount+bind+ro - {TOP}/b -"],
     f"mount-setattr {TOP}/b", True),
    ([AT_B, f"mount remount+bind+ro - {TOP}/b -"],
     f"mount-setattr-32 {TOP}/b", True),
    ([f"mount bind+rec {TOP}/a {TOP}/b -", f"chroot {TOP}/b",
      "mount bind /in /in -"], "pivot /in /in/old", True),
    (["open r /proc/self/ns/mnt", "unshare mnt"], "setns mnt", True),
    (["open r /proc/self/ns/mnt", "unshare mnt"], "setns -", True),
    (["process 0"], "setns mnt", False),
]


def view(task):
    """The mounts that a task sees, and the namespace that they are in."""
    return (read_file(f"/proc/{task.pid}/mountinfo"),
            os.readlink(f"/proc/{task.pid}/ns/mnt"))


class MountCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(TOP, files=())
        for name in ("a/f", "a/in/f", "a/in/old/f", "b/f", "c/f"):
            write_file(f"{TOP}/{name}", name)

    def prepared(self, *before, cgroup="acme", **options):
        """A task with mounts of its own that has done things already."""
        with own_mounts():
            task = self.task(cgroup, **options)
        for words in before:
            task.must(words)
        return task


class MountTest(MountCase):
    def check_rows(self, prepare, *others):
        """Each is denied and without effect, and then allowed."""
        rows = [(prepare(before), words, seen)
                for before, words, seen in MOUNTING]
        self.load(acme=guard(*others))
        for task, words, _ in rows:
            with self.subTest(words, denied=True):
                before = view(task)
                self.guarded(task, self.last(task, words), op="mount")
                self.assertEqual(view(task), before)
        self.load(acme=guard("mount", *others))
        for task, words, seen in rows:
            with self.subTest(words, denied=False):
                before = view(task)
                self.allowed(task, self.last(task, words))
                self.assertEqual(view(task) != before, seen)

    def last(self, task, words):
        """The last of several acts, once the others are done."""
        *others, words = words.split(";")
        for other in others:
            self.allowed(task, other)
        return words

    def test_root(self):
        self.check_rows(lambda before: self.prepared(*before))

    def test_in_user_namespace(self):
        """Where a task without any privilege has all of them."""
        self.check_rows(lambda before: self.prepared(
            "unshare user+mnt", *before, uid=SUBJECT), "userns")

    def test_open_tree_attr(self):
        task = self.prepared()
        words = f"open-tree-attr clone {TOP}/a"
        if task.do(words) == "ENOSYS":
            self.skipTest("this kernel has no such call")
        self.load(acme=guard())
        self.guarded(task, words, op="mount")
        self.load(acme=guard("mount"))
        self.allowed(task, words)

    def test_harmless(self):
        """What looks alike and leaves all mounts as they are."""
        task = self.prepared()
        self.load(acme=guard())
        for words in (f"open-tree - {TOP}/a", f"open-tree-32 - {TOP}/a",
                      "unshare mnt", "clone mnt"):
            with self.subTest(words):
                before = read_file(f"/proc/{task.pid}/mounts")
                if words.startswith("clone"):
                    task.become(words)
                else:
                    self.allowed(task, words)
                self.no_events()
                self.assertEqual(read_file(f"/proc/{task.pid}/mounts"),
                                 before)

    def test_nobody_else(self):
        """Neither who is in no tenant nor who has no rules about files."""
        rows = [(self.prepared(*before, cgroup=cgroup), words)
                for before, words, _ in MOUNTING
                for cgroup in ("other", "globex")]
        member = self.prepared()
        self.load(acme=guard(), globex=socket_section(default="allow"))
        for task, words in rows:
            with self.subTest(words, cgroup=task.cgroup):
                self.allowed(task, self.last(task, words))
        self.guarded(member, "fsopen tmpfs", op="mount")

    def test_audit_mode(self):
        task = self.prepared()
        self.load(acme=file_section(default="allow", mode="audit"))
        before = view(task)
        self.guarded(task, f"mount bind {TOP}/a {TOP}/c -", op="mount",
                     answer="OK", verdict="would-deny")
        self.assertNotEqual(view(task), before)
        self.guarded(task, f"open-tree clone {TOP}/a", op="mount",
                     answer="OK", verdict="would-deny")

    def test_before_joining(self):
        """What sets a workload up is in its cgroup, and no member yet."""
        self.load(acme=guard())
        with own_mounts():
            task = self.task()
        os.makedirs(cgroup_dir("acme"))
        task.must(f"move {cgroup_dir('acme')}")
        for words in (f"mount bind {TOP}/a {TOP}/b -", "unshare mnt",
                      f"open-tree clone {TOP}/a", f"move-mount {TOP}/c"):
            self.allowed(task, words)
        task.cgroup = "acme"
        task.become(f"exec {ACT}")
        self.guarded(task, f"umount - {TOP}/b", op="mount")
        self.guarded(task, f"open-tree clone {TOP}/a", op="mount")


class UserNamespaceTest(MountCase):
    """Who makes a user namespace has every privilege in it."""

    WAYS = ("unshare user", "unshare user+mnt", "clone user",
            "clone user+mnt", "clone3 user")

    def check_ways(self, **options):
        for words in self.WAYS:
            task = self.task("acme", **options)
            before = os.readlink(f"/proc/{task.pid}/ns/user")
            self.load(acme=guard())
            with self.subTest(words, denied=True):
                self.guarded(task, words, op="userns")
                self.assertEqual(os.readlink(f"/proc/{task.pid}/ns/user"),
                                 before)
            self.load(acme=guard("userns"))
            with self.subTest(words, denied=False):
                task.become(words)
                self.no_events()
                self.assertNotEqual(os.readlink(f"/proc/{task.pid}/ns/user"),
                                    before)

    def test_root(self):
        self.check_ways()

    def test_unprivileged(self):
        self.check_ways(uid=SUBJECT)

    def test_entering(self):
        """One that is there already, by its file or by a process in it."""
        inside = self.task("acme")
        inside.must("unshare user")
        for open_it, enter in ((f"open r /proc/{inside.pid}/ns/user",
                                "setns user"),
                               (f"open r /proc/{inside.pid}/ns/user",
                                "setns -"),
                               (f"process {inside.pid}", "setns user")):
            task = self.task("acme")
            task.must(open_it)
            before = os.readlink(f"/proc/{task.pid}/ns/user")
            self.load(acme=guard())
            with self.subTest(open_it, enter=enter):
                self.guarded(task, enter, op="userns")
                self.assertEqual(os.readlink(f"/proc/{task.pid}/ns/user"),
                                 before)
                self.load(acme=guard("userns"))
                self.allowed(task, enter)
                self.assertEqual(os.readlink(f"/proc/{task.pid}/ns/user"),
                                 os.readlink(f"/proc/{inside.pid}/ns/user"))

    def test_other_namespaces(self):
        """Namespaces that show no file elsewhere are not the guard's."""
        task = self.task("acme")
        self.load(acme=guard())
        self.allowed(task, "unshare pid")
        self.allowed(task, "open r /proc/self/ns/net")
        self.allowed(task, "setns -")

    def test_nobody_else(self):
        member = self.task("acme")
        self.load(acme=guard())
        self.guarded(member, "unshare user", op="userns")
        for words in self.WAYS:
            task = self.task("other")
            task.become(words)
            self.no_events()


if __name__ == "__main__":
    unittest.main()
