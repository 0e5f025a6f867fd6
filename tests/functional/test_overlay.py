# SPDX-License-Identifier: GPL-2.0
"""Overlayfs: files have the path that is seen, and layers are its own affair.

It opens, makes and changes files of its layers in the course of what a task
does on top.  Whatever is denied has to be reported once, whatever is allowed
not at all, and the layers' own paths may not matter.
"""
import os
import shutil
import stat
import subprocess
import unittest

import cordon
from cordon import ACT, ALLOW_ACT, CordonTest, file_section, snapshot, \
    write_file
from inside import own_mounts
from test_file import ACTS

setUpModule = cordon.begin
tearDownModule = cordon.end

# Where the layers are, and where they are seen.
LAYERS, LOWER, UPPER = "/srv/l", "/srv/l/lower", "/srv/l/upper"
TOP = "/srv/o"
YES, NO = f"{TOP}/yes", f"{TOP}/no"
SUBJECT = 20000

OPEN = file_section(default="allow")
REVOKE = "\n    revoke: true"

# What has a file copied up, the operation, and the name that it is about.
COPYING_UP = [
    ("write", "write", "{}"), ("truncate", "write", "{}"),
    ("chmod", "setattr", "{}"), ("chown", "setattr", "{}"),
    ("utime", "setattr", "{}"), ("setxattr", "setattr", "{}"),
    ("link", "create", "{}-new"), ("rename", "delete", "{}"),
]

USES = [
    ("read", "read"), ("readv", "read"), ("sendfile", "read"),
    ("splice", "read"), ("mmap", "read"), ("mmap-shared", "read"),
    ("write", "write"), ("pwrite", "write"), ("splice-into", "write"),
    ("mmap-write", "write"),
]


def fill(top):
    """The things that the acts of test_file want to find."""
    for name in ("f", "u1", "u2", "u3"):
        write_file(f"{top}/{name}", f"{top}/{name}")
    for name in ("d", "e1", "e2", "e3"):
        os.makedirs(f"{top}/{name}")
    os.symlink("f", f"{top}/link")
    shutil.copy(ACT, f"{top}/act")


def below(path):
    """Where something is in the upper layer, once it is there."""
    return UPPER + path[len(TOP):]


class OverlayCase(CordonTest):
    def setUp(self):
        super().setUp()
        os.makedirs(LAYERS, exist_ok=True)
        self.mount("-t", "tmpfs", "none", LAYERS)
        for name in ("lower", "upper", "work"):
            os.mkdir(f"{LAYERS}/{name}")

    def mount(self, *arguments):
        os.makedirs(arguments[-1], exist_ok=True)
        subprocess.run(["mount", *arguments], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", arguments[-1]],
                        check=True)

    def fill_layer(self, layer):
        for name in ("yes", "no"):
            fill(f"{layer}/{name}")

    def overlay(self, lower=LOWER, options="", top=TOP):
        self.mount("-t", "overlay", "overlay", "-o",
                   f"lowerdir={lower},upperdir={UPPER},"
                   f"workdir={LAYERS}/work{options}", top)

    def load_acme(self, *rules, more="", **options):
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: all, path: {YES}/**}}",
            *rules, **options) + more)
        return self.task("acme")

    def object(self, path):
        """What an event says of a file.  What stat() says of it can be of
        the layer, where those are on several filesystems."""
        device = os.stat(TOP).st_dev
        return {"dev_major": os.major(device), "dev_minor": os.minor(device)}

    def goes_on(self, task, words):
        """It is not denied, nor reported; overlayfs has no whiteouts made on
        top of it, by whomever."""
        if words.startswith("mknod w"):
            self.fails(task, "EPERM", words)
        else:
            self.allowed(task, words)

    def denied_once(self, task, words, op, path):
        """It is reported once, and changes nothing in any layer."""
        before = snapshot(UPPER), snapshot(NO)
        self.denied(task, words, op=op, path=path, worker="worker" in words,
                    **self.object(path))
        self.assertEqual((snapshot(UPPER), snapshot(NO)), before)


class OperationTest(OverlayCase):
    """All that test_file does, where files are in one layer or the other."""

    def check_acts(self):
        task = self.load_acme()
        for words, op, name in ACTS:
            with self.subTest(words, denied=True):
                self.denied_once(task, words.format(NO), op, f"{NO}/{name}")
        for words, op, name in ACTS:
            with self.subTest(words, denied=False):
                self.goes_on(task, words.format(YES))
                path = f"{YES}/{name}"
                if op in ("create", "delete"):
                    self.assertEqual(os.path.lexists(path), op == "create"
                                     and not words.startswith("mknod w"))

    def test_lower(self):
        self.fill_layer(LOWER)
        self.overlay()
        self.check_acts()

    def test_upper(self):
        self.fill_layer(UPPER)
        self.overlay()
        self.check_acts()

    def test_redirecting(self):
        """With all that newer formats of layers have."""
        self.fill_layer(LOWER)
        self.overlay(options=",metacopy=on,redirect_dir=on,index=on")
        self.check_acts()

    def test_nested(self):
        """A layer that is an overlay itself."""
        self.fill_layer(LOWER)
        inner = f"{LAYERS}/inner"
        os.mkdir(f"{LAYERS}/other")
        self.mount("-t", "overlay", "overlay", "-o",
                   f"lowerdir={LOWER}:{LAYERS}/other", inner)
        self.overlay(lower=inner)
        self.check_acts()

    def test_audit_mode(self):
        self.fill_layer(LOWER)
        self.overlay()
        task = self.load_acme(mode="audit")
        for words, op, name in (("open w {}/f", "write", "f"),
                                ("mkdir {}/new", "create", "new"),
                                ("unlink {}/u1", "delete", "u1"),
                                ("copy-up chmod {}/u2", "setattr", "u2")):
            path = f"{NO}/{name}"
            there = os.path.lexists(path)
            self.reported(task, "OK", words.format(NO), op=op, path=path,
                          ino=os.lstat(path).st_ino if there else 0,
                          verdict="would-deny", **self.object(path))
        self.assertTrue(os.path.exists(below(f"{NO}/f")))

    def test_nobody_else(self):
        self.fill_layer(LOWER)
        self.overlay()
        self.load_acme()
        task = self.task("other")
        for words, _, _ in ACTS:
            self.goes_on(task, words.format(NO))


class CopyUpTest(OverlayCase):
    def check_ways(self):
        for folder in (NO, YES):
            for way, _, _ in COPYING_UP:
                write_file(f"{LOWER}{folder[len(TOP):]}/{way}", "lower")
        self.overlay(options=self.options)
        task = self.load_acme()
        for way, op, name in COPYING_UP:
            with self.subTest(way):
                self.denied_once(task, f"copy-up {way} {NO}/{way}", op,
                                 f"{NO}/{name.format(way)}")
                self.assertFalse(os.path.exists(below(f"{NO}/{way}")))
                self.allowed(task, f"copy-up {way} {YES}/{way}")
                self.assertTrue(
                    os.path.exists(below(f"{YES}/{name.format(way)}")))

    def test_whole(self):
        self.options = ""
        self.check_ways()

    def test_attributes_only(self):
        """Where the data stays in the lower layer for as long as it can."""
        self.options = ",metacopy=on"
        self.check_ways()
        task = self.tasks[0]
        for way in ("chmod", "chown"):
            self.allowed(task, f"open r {YES}/{way}")
            self.assertEqual(task.do("read"), "text:lower")
        self.assertEqual(os.stat(below(f"{YES}/chmod")).st_blocks, 0)

    def test_directory(self):
        """Renamed and only noted so, or copied with what it holds."""
        for name in ("yes", "no"):
            write_file(f"{LOWER}/{name}/d/in/f", name)
        self.overlay(options=",redirect_dir=on")
        task = self.load_acme()
        self.denied_once(task, f"copy-up rename {NO}/d", "delete", f"{NO}/d")
        self.allowed(task, f"copy-up rename {YES}/d")
        self.allowed(task, f"open r {YES}/d-new/in/f")
        self.assertEqual(task.do("read"), "text:yes")
        self.allowed(task, f"copy-up write {YES}/d-new/in/f")

    def test_program(self):
        """One that was copied up in part is a program still."""
        for name in ("yes", "no"):
            os.mkdir(f"{LOWER}/{name}")
            shutil.copy(ACT, f"{LOWER}/{name}/act")
        self.overlay(options=",metacopy=on")
        for name in (NO, YES):
            os.chmod(f"{name}/act", 0o711)
        task = self.load_acme()
        self.denied_once(task, f"exec {NO}/act", "exec", f"{NO}/act")
        self.assertEqual(self.allowed(task, f"exec {YES}/act"), "ready")
        self.allowed(task, f"open r {YES}/act")


class LayerTest(OverlayCase):
    """The paths of the layers are those of other files."""

    def setUp(self):
        super().setUp()
        self.fill_layer(LOWER)
        fill(f"{UPPER}/both")
        self.overlay()

    def test_rules_about_layers(self):
        """No rule about a layer holds for what is done on top of it."""
        self.load(acme=file_section(
            f"- {{deny: all, path: {LAYERS}/**}}",
            "- {deny: all, path: ['/yes/**', '/f', '/work/**', '/both/**']}",
            default="allow"))
        task = self.task("acme")
        for words, _, _ in ACTS:
            with self.subTest(words):
                self.goes_on(task, words.format(YES))
        for way, _, _ in COPYING_UP:
            with self.subTest(way):
                self.allowed(task, f"copy-up {way} {NO}/f")
                if way == "rename":
                    self.allowed(task, f"copy-up rename {NO}/u1")

    def test_layers_by_themselves(self):
        """Whom the layers are shown finds them at their own paths."""
        task = self.load_acme()
        for layer in (f"{LOWER}/yes", f"{LOWER}/no", f"{UPPER}/both"):
            self.denied(task, f"open r {layer}/f", op="read",
                        path=f"{layer}/f")
        self.load_acme(f"- {{allow: read, path: {LOWER}/no/**}}")
        self.allowed(task, f"open r {LOWER}/no/f")
        self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                    **self.object(f"{NO}/f"))


class LookTest(OverlayCase):
    def test_merged_directory(self):
        """Listing one lists all layers."""
        for number in (1, 2):
            for name in ("yes", "no"):
                write_file(f"{LAYERS}/lower{number}/{name}/in{number}")
        for name in ("yes", "no"):
            write_file(f"{UPPER}/{name}/in0")
        self.overlay(lower=f"{LAYERS}/lower1:{LAYERS}/lower2")
        self.assertEqual(sorted(os.listdir(YES)), ["in0", "in1", "in2"])
        for more in ("", REVOKE):
            task = self.load_acme(more=more)
            self.denied_once(task, f"open r+dir {NO}", "read", NO)
            self.allowed(task, f"open r+dir {YES}")
            self.allowed(task, "use getdents")

    def test_uses(self):
        """Of open files, each judged once where that is wanted."""
        self.fill_layer(LOWER)
        self.overlay()
        os.chmod(f"{YES}/u1", 0o644)
        for more in ("", REVOKE):
            self.load(acme=OPEN + more)
            no, task = self.task("acme"), self.task("acme")
            for one in (no, task):
                one.must(f"open w+creat {YES}/other")
                one.must("other")
            no.must(f"open rw {NO}/f")
            self.load_acme(more=more)
            for how, name in (("r", "u2"), ("rw", "u1"), ("rw", "f")):
                self.allowed(task, f"open {how} {YES}/{name}")
                for use, op in USES:
                    if op in ("read", "write" if "w" in how else "read"):
                        with self.subTest(use, name=name, more=more):
                            self.allowed(task, f"use {use}")
            for use, op in USES if more else ():
                wanted = "read" if use == "mmap-write" else op
                with self.subTest(use):
                    self.denied(no, f"use {use}", op=wanted, path=f"{NO}/f",
                                **self.object(f"{NO}/f"))

    def test_audit_mode(self):
        """Where a use is not stopped, what it leads to is no other use."""
        self.fill_layer(LOWER)
        self.overlay()
        task = self.load_acme(mode="audit", more=REVOKE)
        path = f"{NO}/f"
        for words, op in (("open r {}", "read"), ("use read", "read"),
                          ("use splice", "read"), ("use mmap", "read"),
                          ("open w {}", "write"), ("use write", "write"),
                          ("use allocate", "write")):
            with self.subTest(words):
                self.reported(task, "OK", words.format(path), op=op, path=path,
                              verdict="would-deny", **self.object(path))

    def test_executable_mapping(self):
        self.fill_layer(LOWER)
        self.overlay()
        task = self.load_acme(f"- {{allow: read, path: {NO}/**}}")
        where = self.object(f"{NO}/act")
        self.allowed(task, f"open r {NO}/act")
        self.denied(task, "mmap rx", op="map", path=f"{NO}/act", **where)
        self.allowed(task, "mmap r")
        self.denied(task, "mprotect rx", op="map", path=f"{NO}/act", **where)
        self.allowed(task, f"open r {YES}/act")
        self.allowed(task, "mmap rx")
        self.allowed(task, "mmap r")
        self.allowed(task, "mprotect rx")

    def test_by_mapping(self):
        """The file that is mapped can be the layer's, but is not opened as
        that."""
        self.fill_layer(LOWER)
        self.overlay()
        self.load(acme=OPEN)
        no, yes = self.task("acme"), self.task("acme")
        for task, folder in ((no, NO), (yes, YES)):
            task.must(f"open r {folder}/f")
            task.must("keep-map r")
        self.load_acme()
        self.denied(no, "open-map r", op="read", path=f"{NO}/f",
                    **self.object(f"{NO}/f"))
        self.allowed(yes, "open-map r")
        self.assertEqual(yes.do("read"), f"text:{LOWER}/yes/f")

    def test_whiteouts(self):
        """What stands for a file that is gone is no device to make, and is
        not there for whoever asks."""
        self.fill_layer(LOWER)
        self.overlay()
        task = self.load_acme()
        for name in ("f", "u1"):
            self.allowed(task, f"unlink {YES}/{name}")
            info = os.lstat(below(f"{YES}/{name}"))
            self.assertTrue(stat.S_ISCHR(info.st_mode))
            self.fails(task, "ENOENT", f"open r {YES}/{name}")
        self.allowed(task, f"open w+creat+excl {YES}/f")
        self.allowed(task, f"mkdir {YES}/u1")
        os.unlink(f"{NO}/f")
        self.denied_once(task, f"open w+creat {NO}/f", "create", f"{NO}/f")
        self.denied_once(task, f"mkdir {NO}/f", "create", f"{NO}/f")

    def test_tmpfile(self):
        self.fill_layer(LOWER)
        self.overlay()
        host = self.task()
        if host.do(f"open w+tmpfile {YES}") == "EOPNOTSUPP":
            self.skipTest("this kernel's overlayfs cannot do it")
        task = self.load_acme()
        self.allowed(task, f"open w+tmpfile {YES}")
        self.allowed(task, "use write")
        self.assertEqual(task.do(f"open w+tmpfile {NO}"), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        self.check_event(events[0], task, {
            "op": "write", "path": events[0]["path"],
            "ino": events[0]["ino"], **self.object(NO)})
        self.assertRegex(events[0]["path"], f"^{NO}/#[0-9]+$")


class OtherFilesystemTest(OverlayCase):
    """Layers on several filesystems, whose inodes are told apart."""

    LOWER = "/srv/other-lower"

    def test_acts(self):
        self.make_tree(self.LOWER, files=())
        self.fill_layer(self.LOWER)
        self.overlay(lower=self.LOWER)
        task = self.load_acme()
        for words, op, name in ACTS:
            path = f"{NO}/{name}"
            with self.subTest(words):
                self.assertEqual(task.do(words.format(NO)), "EACCES")
                events = self.session.take()
                self.assertEqual(len(events), 1, events)
                self.assertEqual(events[0]["ino"] > 0, os.path.lexists(path))
                self.check_event(events[0], task, {
                    "op": op, "path": path, "ino": events[0]["ino"],
                    **self.object(path),
                    **(self.by_worker(events[0], task)
                       if "worker" in words else {})})
                self.goes_on(task, words.format(YES))


class ImpostorTest(OverlayCase):
    """A tenant cannot pass for overlayfs at work."""

    def setUp(self):
        super().setUp()
        self.fill_layer(LOWER)
        self.overlay()

    def test_own_overlay(self):
        """Where it may mount, what it has mounted has a path of its own."""
        for name in ("yes", "no"):
            os.mkdir(f"{LOWER}/{name}/m")
        self.load(acme=file_section(
            f"- {{deny: all, path: {NO}/**}}",
            f"- {{deny: all, path: {LOWER}/no/**}}", default="allow")
            + "\n    guard: {allow: [userns, mount]}")
        origin = self.policy.origin(f"{NO}/**")
        with own_mounts():
            task = self.task("acme", uid=SUBJECT)
        self.allowed(task, "unshare user+mnt")
        options = f"lowerdir={LOWER}/yes:{LOWER}/no"
        for place in (f"{NO}/m", f"{YES}/m"):
            self.allowed(task, "mount", "-", "overlay", place, "overlay",
                         options)
        root = f"/proc/{task.pid}/root"
        info = os.stat(f"{root}{NO}/m/f")
        device = os.stat(f"{root}{NO}/m").st_dev
        self.denied(task, f"open r {NO}/m/f", op="read", path=f"{NO}/m/f",
                    ino=info.st_ino, origin=origin,
                    dev_major=os.major(device), dev_minor=os.minor(device))
        self.allowed(task, f"open r {YES}/m/f")
        self.allowed(task, "use read")

    def test_own_detached_overlay(self):
        """Nowhere, it is as nowhere as the layers' own mounts, but not the
        kernel's."""
        self.load(acme=file_section("- {allow: all, path: '/**'}")
                  + "\n    guard: {allow: [userns, mount]}")
        task = self.task("acme")
        for words in ("fsopen overlay",
                      f"fsconfig string lowerdir {LOWER}/yes:{LOWER}/no",
                      "fsconfig create", "fsmount"):
            self.allowed(task, words)
        for how, op in (("r", "read"), ("r+dir", "read")):
            name = "d" if "dir" in how else "f"
            self.assertEqual(task.do(f"open-in {how} {name}"), "EACCES")
            events = self.session.take()
            self.assertEqual(len(events), 1, events)
            self.check_event(events[0], task, {
                "op": op, "path": "", "reason": "no-path",
                "dev_major": 0, "dev_minor": events[0]["dev_minor"],
                "ino": events[0]["ino"]})

    def test_cloned_layer(self):
        """A mount like those that overlayfs has of its layers."""
        task = self.task("acme")
        task.must(f"open-tree clone {LOWER}")
        self.load(acme=file_section("- {allow: all, path: '/**'}"))
        info = os.stat(f"{LOWER}/yes/f")
        self.denied(task, "open-in r yes/f", op="read", path="",
                    reason="no-path", ino=info.st_ino,
                    dev_major=os.major(info.st_dev),
                    dev_minor=os.minor(info.st_dev))

    def denied_by_worker(self, task, words, **wanted):
        """By the task itself or by whom its ring has left it to."""
        self.assertEqual(task.do(words), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        if events[0]["pid"] != task.tid:
            wanted.update(pid=events[0]["pid"], comm=f"iou-wrk-{task.pid}")
        self.check_event(events[0], task, wanted)

    def test_credentials(self):
        """Those of another moment, which overlayfs uses as well."""
        task = self.load_acme()
        task.must("ring")
        number = task.must("ring-personality").split(":")[1]
        task.must("setuid 20000")
        for path in (f"{LOWER}/no/f", f"{LOWER}/yes/f", f"{NO}/f"):
            device = os.stat(os.path.dirname(path)).st_dev
            for act, op in (("ring-open r", "read"),
                            ("ring-setxattr", "setattr")):
                with self.subTest(act, path=path):
                    self.denied_by_worker(
                        task, f"{act} {path} {number}", op=op, path=path,
                        uid=0, dev_major=os.major(device),
                        dev_minor=os.minor(device))
        self.assertEqual(os.listxattr(f"{LOWER}/no/f"), [])
        self.allowed(task, f"ring-setxattr {YES}/f {number}")
        self.allowed(task, f"ring-open r {YES}/f {number}")


if __name__ == "__main__":
    unittest.main()
