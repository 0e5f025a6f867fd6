# SPDX-License-Identifier: GPL-2.0
"""Which path a file has where there is more than one way to it, or none."""
import os
import subprocess
import unittest

import cordon
from cordon import ACT, CordonTest, file_section, read_file, snapshot, \
    write_file
from inside import own_mounts

setUpModule = cordon.begin
tearDownModule = cordon.end

TOP = "/srv/p"
SUBJECT = 20000

# Everything is allowed, wherever it is: but it has to be somewhere.
EVERYWHERE = "- {allow: all, path: '/**'}"

# What is done in a directory; the operation; the file's name.
ACTS = [
    ("open r f", "read", "f"),
    ("openat2 r f", "read", "f"),
    ("open r+dir .", "read", "."),
    ("open w f", "write", "f"),
    ("open w+trunc f", "write", "f"),
    ("truncate f 1", "write", "f"),
    ("open w+creat new", "create", None),
    ("mknod p new", "create", None),
    ("mkdir new", "create", None),
    ("symlink f new", "create", None),
    ("bindnode new", "create", None),
    ("unlink f", "delete", "f"),
    ("rmdir d", "delete", "d"),
    ("exec ./act", "exec", "act"),
    ("uring here open r f", "read", "f"),
]


def mount(*arguments):
    if not os.path.exists(arguments[-1]):
        os.makedirs(arguments[-1])
    subprocess.run(["mount", *arguments], check=True)


def identity(path):
    """What an event says of a file besides its path."""
    info = os.stat(path)
    return {"ino": info.st_ino, "dev_major": os.major(info.st_dev),
            "dev_minor": os.minor(info.st_dev)}


class MountCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(TOP, files=())
        for name in ("yes", "no"):
            self.fill(f"{TOP}/{name}")

    def fill(self, top):
        """A file, a program and a directory."""
        write_file(f"{top}/f", f"{top}/f")
        os.makedirs(f"{top}/d")
        with open(ACT, "rb") as act:
            write_file(f"{top}/act", act.read())
        os.chmod(f"{top}/act", 0o755)

    def mount(self, *arguments):
        """For everybody, until the test ends."""
        mount(*arguments)
        self.addCleanup(subprocess.run, ["umount", "-l", arguments[-1]],
                        check=True)

    def deny_no(self, *others):
        self.load(acme=file_section(
            f"- {{deny: read, path: {TOP}/no/**}}", *others,
            default="allow"))

    def expect_no(self, task, words, path=f"{TOP}/no/f", **wanted):
        """It is judged by a path below the directory that is denied."""
        self.denied(task, words, op="read", path=path,
                    origin=self.policy.origin("deny: read"), **wanted)

    def expect_none(self, task, words, op, **wanted):
        """It has no path to be judged by."""
        self.denied(task, words, op=op, path="", reason="no-path", **wanted)


class BindTest(MountCase):
    """What the host has mounted."""

    def test_bind(self):
        """A file has as many paths as ways lead to it."""
        self.mount("-o", "bind", f"{TOP}/no", f"{TOP}/b")
        self.deny_no()
        task = self.task("acme")
        self.expect_no(task, f"open r {TOP}/no/f")
        self.allowed(task, f"open r {TOP}/b/f")
        self.load(acme=file_section(
            f"- {{deny: read, path: '{TOP}/{{no,b}}/**'}}", default="allow"))
        self.expect_no(task, f"open r {TOP}/no/f")
        self.expect_no(task, f"open r {TOP}/b/f", f"{TOP}/b/f")

    def test_bound_file(self):
        self.mount("-o", "bind", f"{TOP}/yes/f", f"{TOP}/no/f")
        self.deny_no()
        task = self.task("acme")
        self.expect_no(task, f"open r {TOP}/no/f")
        self.allowed(task, f"open r {TOP}/yes/f")

    def test_bound_tree(self):
        """With what is mounted below."""
        self.mount("-t", "tmpfs", "none", f"{TOP}/no/d")
        write_file(f"{TOP}/no/d/f")
        self.mount("-o", "rbind", f"{TOP}/no", f"{TOP}/b")
        self.deny_no(f"- {{deny: write, path: {TOP}/b/d/**}}")
        task = self.task("acme")
        self.expect_no(task, f"open r {TOP}/no/d/f", f"{TOP}/no/d/f")
        self.allowed(task, f"open r {TOP}/b/d/f")
        self.denied(task, f"open w {TOP}/b/d/f", op="write",
                    path=f"{TOP}/b/d/f",
                    origin=self.policy.origin("deny: write"))

    def test_tmpfs(self):
        """Mounts on mounts."""
        self.mount("-t", "tmpfs", "none", f"{TOP}/m")
        self.mount("-t", "tmpfs", "none", f"{TOP}/m/x/n")
        write_file(f"{TOP}/m/x/n/y/f")
        write_file(f"{TOP}/m/f")
        self.load(acme=file_section(
            f"- {{deny: read, path: {TOP}/m/x/*/y/f}}", default="allow"))
        task = self.task("acme")
        self.expect_no(task, f"open r {TOP}/m/x/n/y/f", f"{TOP}/m/x/n/y/f")
        self.allowed(task, f"open r {TOP}/m/f")

    def test_over_mount(self):
        """What is mounted over a directory is what is found there; what it
        covers has the same path for who was there before."""
        self.deny_no()
        task, before = self.task("acme"), self.task("acme")
        before.must(f"chdir {TOP}/no")
        self.expect_no(task, f"open r {TOP}/no/f")
        covered = identity(f"{TOP}/no/f")
        for _ in range(3):
            self.mount("-t", "tmpfs", "none", f"{TOP}/no")
            write_file(f"{TOP}/no/f")
            write_file(f"{TOP}/no/d/f")
            self.expect_no(task, f"open r {TOP}/no/f")
            self.expect_no(task, f"open r {TOP}/no/d/f", f"{TOP}/no/d/f")
            self.expect_no(before, "open r f", **covered)
        self.allowed(task, f"open r {TOP}/yes/f")

    def test_moved_mount(self):
        """The path is that of the moment."""
        mount("-t", "tmpfs", "none", f"{TOP}/m")
        write_file(f"{TOP}/m/f")
        self.deny_no()
        task = self.task("acme")
        task.must(f"chdir {TOP}/m")
        self.allowed(task, "open r f")
        self.mount("-o", "move", f"{TOP}/m", f"{TOP}/no/m")
        self.expect_no(task, "open r f", f"{TOP}/no/m/f")
        self.allowed(task, f"open r {TOP}/yes/f")

    def test_moved_out(self):
        """A directory that is open and that its bind mount does not show any
        more cannot be reached from any root."""
        os.makedirs(f"{TOP}/yes/d/in")
        write_file(f"{TOP}/yes/d/in/f")
        self.mount("-o", "bind", f"{TOP}/yes", f"{TOP}/b")
        self.load(acme=file_section(EVERYWHERE))
        task, other = self.task("acme"), self.task("acme")
        task.must(f"chdir {TOP}/b/d/in")
        other.must(f"chdir {TOP}/yes/d/in")
        self.allowed(task, "open r f")
        os.rename(f"{TOP}/yes/d", f"{TOP}/no/was-d")
        self.expect_none(task, "open r f", "read",
                         **identity(f"{TOP}/no/was-d/in/f"))
        self.fails(task, "ENOENT", "open r ../in/f")
        self.allowed(other, "open r f")
        os.rename(f"{TOP}/no/was-d", f"{TOP}/yes/d")
        self.allowed(task, "open r f")

    def test_procfs(self):
        self.load(acme=file_section(
            "- {deny: read, path: [/proc/version, /proc/*/environ]}",
            default="allow"))
        task = self.task("acme")
        self.expect_no(task, "open r /proc/version", "/proc/version")
        self.expect_no(task, "open r /proc/self/environ",
                       f"/proc/{task.pid}/environ")
        self.expect_no(task, "open r /proc/thread-self/../../environ",
                       f"/proc/{task.pid}/environ")
        self.allowed(task, "open r /proc/uptime")


class ChrootTest(MountCase):
    def test_chroot(self):
        """Paths are the host's, from wherever they are seen."""
        self.deny_no()
        task, outside = self.task("acme"), self.task("acme")
        outside.must(f"open path {TOP}/no")
        outside.must(f"chroot {TOP}/yes")
        task.must(f"chroot {TOP}")
        self.expect_no(task, "open r /no/f")
        self.allowed(task, "open r /yes/f")
        self.expect_no(outside, "open-in r f")
        self.allowed(outside, "open r /f")

    def test_chroot_below(self):
        """The root of a task can be a directory that rules speak of."""
        self.deny_no()
        task = self.task("acme")
        task.must(f"chroot {TOP}/no")
        self.expect_no(task, "open r /f")
        self.expect_no(task, "open r+dir /", f"{TOP}/no")
        task.must("chroot d")
        self.expect_no(task, "open r+dir /", f"{TOP}/no/d")

    def test_in_own_namespace(self):
        """Made by root, and by who has become it in a user namespace."""
        self.load(acme=file_section(
            f"- {{deny: read, path: {TOP}/no/**}}", default="allow")
            + "\n    guard: {allow: userns}")
        for uid, spaces in ((0, "mnt"), (SUBJECT, "user+mnt")):
            with self.subTest(uid=uid):
                task = self.task("acme", uid=uid)
                self.allowed(task, f"unshare {spaces}")
                self.allowed(task, f"chroot {TOP}")
                self.expect_no(task, "open r /no/f")
                self.allowed(task, "open r /yes/f")


class MagicLinkTest(MountCase):
    """Names of open files, which lead to them past all directories."""

    def setUp(self):
        super().setUp()
        if not os.path.lexists("/dev/fd"):
            os.symlink("/proc/self/fd", "/dev/fd")

    def test_descriptors(self):
        """O_PATH is no open, but what is made of it is."""
        self.deny_no()
        task = self.task("acme")
        for name in ("no", "yes"):
            self.allowed(task, f"open path {TOP}/{name}/f")
            fd = task.must("descriptor").split(":")[1]
            for place in ("/proc/self/fd", f"/proc/{task.pid}/fd",
                          f"/proc/self/task/{task.tid}/fd",
                          "/proc/thread-self/fd", "/dev/fd"):
                with self.subTest(place, name=name):
                    words = f"try-open r {place}/{fd}"
                    if name == "no":
                        self.expect_no(task, words)
                    else:
                        self.allowed(task, words)

    def test_peers(self):
        """Those of another task of the tenant."""
        self.deny_no()
        for name in ("no", "yes"):
            task, peer = self.task("acme"), self.task("acme")
            self.allowed(peer, f"open path {TOP}/{name}/f")
            fd = peer.must("descriptor").split(":")[1]
            peer.must(f"chdir {TOP}/{name}")
            for path in (f"fd/{fd}", "cwd/f", f"root{TOP}/{name}/f"):
                with self.subTest(path, name=name):
                    words = f"open r /proc/{peer.pid}/{path}"
                    if name == "no":
                        self.expect_no(task, words)
                    else:
                        self.allowed(task, words)
            peer.must(f"chroot {TOP}")
            words = f"open r /proc/{peer.pid}/root/{name}/f"
            if name == "no":
                self.expect_no(task, words)
            else:
                self.allowed(task, words)

    def test_outsiders(self):
        """Those of a task outside, even where it may be traced: the path
        decides."""
        host = self.task()
        host.must(f"open r {TOP}/no/f")
        host.must(f"chdir {TOP}/no")
        fd = host.must("descriptor").split(":")[1]
        self.load(acme=file_section(
            f"- {{deny: read, path: {TOP}/no/**}}", default="allow")
            + "\n    guard: {allow: ptrace}")
        task = self.task("acme")
        for path in (f"fd/{fd}", "cwd/f", f"root{TOP}/no/f"):
            with self.subTest(path):
                self.expect_no(task, f"open r /proc/{host.pid}/{path}")
        self.allowed(task, f"open r /proc/{host.pid}/root{TOP}/yes/f")

    def test_memory(self):
        """Shared memory is a file without a place, and no program."""
        self.load(acme=file_section(
            "- {allow: all, path: ['/**', 'memfd:*']}"))
        task, host = self.task("acme"), self.task()
        for kind, id_of in (("anon", "dev/zero"), ("sysv", "SYSV00000000")):
            with self.subTest(kind):
                self.assertEqual(task.do(f"exec-memory {kind} {ACT}"),
                                 "EACCES")
                events = self.session.take()
                self.assertEqual(len(events), 1, events)
                self.check_event(events[0], task, {
                    "op": "exec", "path": "", "reason": "no-path",
                    **self.memory(task, id_of)})
                self.assertEqual(host.do(f"exec-memory {kind} {ACT}"),
                                 "ready")
                self.no_events()

    def memory(self, task, name):
        """What an event says of memory that a task has mapped."""
        for line in read_file(f"/proc/{task.pid}/maps").split("\n"):
            if name in line:
                device, inode = line.split()[3:5]
                major, minor = (int(part, 16) for part in device.split(":"))
                return {"ino": int(inode), "dev_major": major,
                        "dev_minor": minor}
        raise AssertionError(f"{name} is not mapped")

    def test_deleted(self):
        """A file that has lost its name keeps its verdict, and one that gets
        the name afterwards is another."""
        self.deny_no()
        task = self.task("acme")
        for name in ("no", "yes"):
            task.must(f"open path {TOP}/{name}/f")
            gone = identity(f"{TOP}/{name}/f")
            os.unlink(f"{TOP}/{name}/f")
            for again in (False, True):
                if again:
                    write_file(f"{TOP}/{name}/f", "another")
                with self.subTest(name, again=again):
                    if name == "no":
                        self.expect_no(task, "reopen r", **gone)
                    else:
                        self.allowed(task, "reopen r")
            if name == "no":
                self.expect_no(task, f"open r {TOP}/no/f")

    def test_deleted_directory(self):
        self.deny_no()
        task = self.task("acme")
        for name in ("no", "yes"):
            task.must(f"chdir {TOP}/{name}/d")
            gone = identity(f"{TOP}/{name}/d")
            os.rmdir(f"{TOP}/{name}/d")
            if name == "no":
                self.expect_no(task, "open r+dir .", f"{TOP}/no/d", **gone)
            else:
                self.allowed(task, "open r+dir .")


class NamespaceTest(MountCase):
    """Mount namespaces that the host has made."""

    def space_task(self, name, cgroup="acme"):
        """A task whose namespace has a tmpfs that no other has."""
        with own_mounts():
            mount("-t", "tmpfs", "none", f"{TOP}/m")
            write_file(f"{TOP}/m/{name}")
            write_file(f"{TOP}/m/f")
            return self.task(cgroup)

    def of(self, task, path):
        return identity(f"/proc/{task.pid}/root{path}")

    def test_own(self):
        """A file's path is from the root of the namespace."""
        write_file(f"{TOP}/m/f")
        self.load(acme=file_section(
            f"- {{deny: read, path: ['{TOP}/m/f', '{TOP}/m/inner']}}",
            default="allow"))
        task, other, host = self.space_task("inner"), \
            self.space_task("other"), self.task("acme")
        self.expect_no(task, f"open r {TOP}/m/inner", f"{TOP}/m/inner",
                       **self.of(task, f"{TOP}/m/inner"))
        self.expect_no(task, f"open r {TOP}/m/f", f"{TOP}/m/f",
                       **self.of(task, f"{TOP}/m/f"))
        self.expect_no(host, f"open r {TOP}/m/f", f"{TOP}/m/f")
        self.allowed(other, f"open r {TOP}/m/other")
        self.fails(host, "ENOENT", f"open r {TOP}/m/inner")

    def test_of_another(self):
        """A file in a third namespace has no path to go by."""
        self.load(acme=file_section(EVERYWHERE))
        task, other = self.space_task("inner"), self.space_task("other")
        self.allowed(other, f"open r {TOP}/m/other")
        for path in (f"{TOP}/m/other", f"{TOP}/yes/f"):
            self.expect_none(task, f"open r /proc/{other.pid}/root{path}",
                             "read", **self.of(other, path))
        other.must(f"chdir {TOP}/m")
        self.expect_none(task, f"open r /proc/{other.pid}/cwd/f", "read",
                         **self.of(other, f"{TOP}/m/f"))
        self.allowed(task, f"open r {TOP}/m/inner")

    def test_of_the_host(self):
        """One in the host's has the path that it has there."""
        self.deny_no()
        host, task = self.task("acme"), self.space_task("inner")
        root = f"/proc/{host.pid}/root"
        self.expect_no(task, f"open r {root}{TOP}/no/f")
        self.allowed(task, f"open r {root}{TOP}/yes/f")

    def test_left(self):
        """What was opened before the namespace was left behind."""
        self.load(acme=file_section(EVERYWHERE))
        task = self.space_task("inner")
        self.allowed(task, f"open path {TOP}/m")
        self.allowed(task, "open-in r inner")
        inner = self.of(task, f"{TOP}/m/inner")
        self.allowed(task, f"open path {TOP}/m")
        self.allowed(task, "unshare mnt")
        self.expect_none(task, "open-in r inner", "read", **inner)
        self.allowed(task, f"open r {TOP}/m/inner")

    def test_gone(self):
        """Its last task has ended, but a directory in it is open."""
        self.load(acme=file_section(EVERYWHERE))
        task, other = self.task("acme"), \
            self.space_task("other", "acme/other")
        self.allowed(task, f"open path /proc/{other.pid}/root{TOP}/m")
        gone = self.of(other, f"{TOP}/m/other")
        self.expect_none(task, "open-in r other", "read", **gone)
        self.allowed(task, f"open path /proc/{other.pid}/root{TOP}/m")
        other.stop()
        self.tasks.remove(other)
        self.expect_none(task, "open-in r other", "read", **gone)


class DetachedTest(MountCase):
    """Mounts that are nowhere: d_path() prints what is on them as if it were
    in the root directory."""

    def check_cloned(self, flags):
        task = self.task("acme")
        task.must(f"open-tree {flags} {TOP}/yes")
        task.must("fchdir")
        self.load(acme=file_section(EVERYWHERE))
        for words, op, name in ACTS:
            where = identity(f"{TOP}/yes/{name or ''}")
            if name is None:
                where["ino"] = 0
            before = snapshot(TOP)
            with self.subTest(words):
                self.expect_none(task, words, op, **where)
                self.assertEqual(snapshot(TOP), before)

    def test_cloned(self):
        self.check_cloned("clone")

    def test_cloned_tree(self):
        self.mount("-t", "tmpfs", "none", f"{TOP}/yes/m")
        self.check_cloned("clone+rec")

    def test_same_acts(self):
        """Where the same directory has a path."""
        self.load(acme=file_section(EVERYWHERE))
        task = self.task("acme")
        task.must(f"open-tree - {TOP}/yes")
        task.must("fchdir")
        for words, _, name in ACTS:
            with self.subTest(words):
                self.allowed(task, words)
                if name is None:
                    subprocess.run(["rm", "-r", f"{TOP}/yes/new"],
                                   check=True)
                self.fill_again()

    def fill_again(self):
        for name in ("f", "act"):
            if not os.path.exists(f"{TOP}/yes/{name}"):
                write_file(f"{TOP}/yes/{name}")
        os.makedirs(f"{TOP}/yes/d", exist_ok=True)

    def test_submount(self):
        """A mount below it is as detached as it is."""
        self.mount("-t", "tmpfs", "none", f"{TOP}/yes/m")
        write_file(f"{TOP}/yes/m/f")
        task = self.task("acme")
        task.must(f"open-tree clone+rec {TOP}/yes")
        self.load(acme=file_section(EVERYWHERE))
        self.expect_none(task, "open-in r m/f", "read",
                         **identity(f"{TOP}/yes/m/f"))
        self.allowed(task, f"open r {TOP}/yes/m/f")

    def test_made(self):
        """A filesystem that was never mounted anywhere: /version is not the
        file of that name in the root directory."""
        tasks = {"proc": self.task("acme"), "tmpfs": self.task("acme")}
        for kind, task in tasks.items():
            for words in (f"fsopen {kind}", "fsconfig create", "fsmount"):
                task.must(words)
        self.load(acme=file_section(EVERYWHERE))
        for kind, name in (("proc", "version"), ("tmpfs", ".")):
            task = tasks[kind]
            with self.subTest(kind):
                self.assertEqual(task.do(f"open-in r {name}"), "EACCES")
                events = self.session.take()
                self.assertEqual(len(events), 1, events)
                self.check_event(events[0], task, {
                    "op": "read", "path": "", "reason": "no-path",
                    "dev_major": 0, "dev_minor": events[0]["dev_minor"],
                    "ino": events[0]["ino"]})

    def test_attached(self):
        """Once it is somewhere, that is its path."""
        self.load(acme=file_section(EVERYWHERE,
                                    f"- {{deny: read, path: {TOP}/no/**}}")
                  + "\n    guard: {allow: mount}")
        with own_mounts():
            task = self.task("acme")
        inode = identity(f"{TOP}/yes/f")
        for place in ("no", "yes"):
            self.allowed(task, f"open-tree clone {TOP}/yes")
            self.allowed(task, "fchdir")
            self.expect_none(task, "open r f", "read", **inode)
            self.allowed(task, f"move-mount {TOP}/{place}/d")
            if place == "no":
                self.expect_no(task, "open r f", f"{TOP}/no/d/f", **inode)
            else:
                self.allowed(task, "open r f")

    def test_handed_over(self):
        """By the host, to a member: it is no more than a place to stand on."""
        self.load(acme=file_section(EVERYWHERE))
        host, task = self.task(), self.task("acme")
        task.must("await @detached")
        host.must(f"open-tree clone {TOP}/yes")
        host.must("pass @detached")
        self.allowed(task, "take")
        self.expect_none(task, "open-in r f", "read",
                         **identity(f"{TOP}/yes/f"))

    def test_unmounted(self):
        """What is on a mount that was taken away has no path any more."""
        mount("-t", "tmpfs", "none", f"{TOP}/m")
        mount("-t", "tmpfs", "none", f"{TOP}/m/below")
        write_file(f"{TOP}/m/f")
        write_file(f"{TOP}/m/below/f")
        self.load(acme=file_section(EVERYWHERE))
        task, below, inside = (self.task("acme") for _ in range(3))
        task.must(f"open path {TOP}/m/f")
        below.must(f"open path {TOP}/m/below/f")
        inside.must(f"chdir {TOP}/m")
        for one in (task, below):
            self.allowed(one, "reopen r")
        files = [identity(f"{TOP}/m/{name}") for name in ("f", "below/f")]
        subprocess.run(["umount", "-l", f"{TOP}/m"], check=True)
        self.expect_none(task, "reopen r", "read", **files[0])
        self.expect_none(below, "reopen r", "read", **files[1])
        self.expect_none(inside, "open r f", "read", **files[0])
        self.expect_none(inside, "mkdir new", "create",
                         **{**files[0], "ino": 0})


if __name__ == "__main__":
    unittest.main()
