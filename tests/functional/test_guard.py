# SPDX-License-Identifier: GPL-2.0
"""The guard: other tasks, the kernel, and files without their paths."""
import os
import signal
import stat
import subprocess
import unittest

import cordon
from cordon import CordonTest, file_section, read_file, snapshot, \
    socket_section, wait_until, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

TOP = "/srv/g"
SUBJECT = 20000
HOLDER = "/cordon/holder.ko"
MODPROBE = "/proc/sys/kernel/modprobe"

# Policy that denies nothing by itself.
OPEN = file_section(default="allow")


def guard(*ops):
    """The body of a tenant that may do these besides."""
    return OPEN + f"\n    guard: {{allow: [{', '.join(ops)}]}}"


# What looks into another task, with {} for its number, and the answer where
# that is denied.
TRACING = [
    ("trace attach {}", "EPERM"),
    ("trace seize {}", "EPERM"),
    ("vm-read {}", "EPERM"),
    ("vm-write {} altered", "EPERM"),
    ("getfd {} 1", "EPERM"),
    ("advise {}", "EACCES"),
    ("robust {}", "EPERM"),
    ("open rw /proc/{}/mem", "EACCES"),
    ("open r /proc/{}/environ", "EACCES"),
    ("open r /proc/{}/maps", "EACCES"),
    ("open r /proc/{}/auxv", "EACCES"),
    ("open path /proc/{}/root", "EACCES"),
    ("open r /proc/{}/root/srv", "EACCES"),
    ("open path /proc/{}/cwd", "EACCES"),
    ("open path /proc/{}/exe", "EACCES"),
    ("open path /proc/{}/fd/1", "EACCES"),
    ("open r /proc/{}/ns/mnt", "EACCES"),
]

# What sends a signal, with {} for the task and the signal.
SIGNALLING = ["kill {} {}", "tkill {} {}", "tgkill {} {}", "sigqueue {} {}",
              "tgsigqueue {} {}", "pidfd-signal {} {}"]


class GuardCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(TOP)


class TraceTest(GuardCase):
    def check_denied(self, task, target):
        for words, answer in TRACING:
            with self.subTest(words, target=target.cgroup):
                self.guarded(task, words.format(target.pid), op="ptrace",
                             answer=answer, target_pid=target.pid)
        self.assertEqual(target.do("secret"), "text:secret")
        self.assertIn("TracerPid:\t0\n",
                      read_file(f"/proc/{target.pid}/status"))

    def test_outside(self):
        """The host's tasks and those of other tenants."""
        task, host, other = self.task("acme"), self.task(), \
            self.task("globex")
        self.load(acme=OPEN, globex=OPEN)
        self.check_denied(task, host)
        self.check_denied(task, other)
        self.load(acme=guard("ptrace"))
        for words, _ in TRACING[2:]:
            with self.subTest(words):
                self.allowed(task, words.format(host.pid))
        self.assertEqual(host.do("secret"), "text:altered")

    def test_outside_by_uid(self):
        """Nor a task of the same user."""
        task, host = (self.task(cgroup, uid=SUBJECT)
                      for cgroup in ("acme", None))
        self.load(acme=OPEN)
        self.check_denied(task, host)

    def test_inside(self):
        task, peer = self.task("acme"), self.task("acme")
        self.load(acme=OPEN)
        for words, _ in TRACING[2:] + TRACING[:1]:
            with self.subTest(words):
                self.allowed(task, words.format(peer.pid))
        self.assertEqual(task.do(f"vm-read {peer.pid}"), "text:altered")
        third = self.task("acme")
        self.allowed(third, f"trace seize {task.pid}")

    def test_sampling(self):
        """Privileged, which the kernel takes for the right to trace."""
        task, peer, host = (self.task(cgroup)
                            for cgroup in ("acme", "acme", None))
        self.load(acme=OPEN)
        self.guarded(task, f"perf {host.pid}", op="ptrace",
                     target_pid=host.pid)
        self.guarded(task, "perf -1", op="ptrace")
        self.allowed(task, "perf 0")
        self.allowed(task, f"perf {peer.pid}")
        self.allowed(host, f"perf {task.pid}")
        self.allowed(host, "perf -1")
        task.become("fork")
        self.no_events()
        self.load(acme=guard("ptrace"))
        self.allowed(task, f"perf {host.pid}")
        self.allowed(task, "perf -1")

    def test_comparing(self):
        task, peer, host = (self.task(cgroup)
                            for cgroup in ("acme", "acme", None))
        if task.do(f"kcmp {host.pid}") == "ENOSYS":
            self.skipTest("this kernel cannot compare tasks")
        self.load(acme=OPEN)
        self.guarded(task, f"kcmp {host.pid}", op="ptrace",
                     target_pid=host.pid)
        self.allowed(task, f"kcmp {peer.pid}")

    def test_looking_around(self):
        """What shows less to whom may not trace is no attempt to."""
        task, host = self.task("acme"), self.task()
        self.load(acme=OPEN)
        for name in ("stat", "status", "statm", "cmdline"):
            with self.subTest(name):
                self.allowed(task, f"open r /proc/{host.pid}/{name}")
                task.must("read")
                self.no_events()

    def test_joining(self):
        """Who has not executed anything in the cgroup is outside."""
        task, host = self.task("acme"), self.task()
        host.must(f"move {cordon.cgroup_dir('acme')}")
        self.load(acme=OPEN)
        self.allowed(task, f"vm-read {host.pid}")
        late = self.task()
        late.must(f"move {cordon.cgroup_dir('acme')}")
        self.guarded(task, f"vm-read {late.pid}", op="ptrace",
                     target_pid=late.pid)

    def test_nobody_else(self):
        member, host, globex = self.task("acme"), self.task(), \
            self.task("globex")
        self.load(acme=OPEN, globex=socket_section(default="allow"))
        for tracer in (host, globex):
            for words, _ in TRACING[2:]:
                with self.subTest(words, cgroup=tracer.cgroup):
                    self.allowed(tracer, words.format(member.pid))


class SignalTest(GuardCase):
    def test_outside(self):
        task, host, other = self.task("acme"), self.task(), \
            self.task("globex")
        self.load(acme=OPEN, globex=OPEN)
        for target in (host, other):
            for words in SIGNALLING:
                for number in (signal.SIGKILL, signal.SIGCONT):
                    line = words.format(target.pid, int(number))
                    with self.subTest(line, target=target.cgroup):
                        self.guarded(task, line, op="signal",
                                     target_pid=target.pid)
                        target.must("id")

    def test_outside_by_uid(self):
        task, host = (self.task(cgroup, uid=SUBJECT)
                      for cgroup in ("acme", None))
        self.load(acme=OPEN)
        for words in SIGNALLING:
            self.guarded(task, words.format(host.pid, 9), op="signal",
                         target_pid=host.pid)
        host.must("id")

    def test_no_signal(self):
        """Whether a task is there may be asked."""
        task, host = self.task("acme"), self.task()
        self.load(acme=OPEN)
        for words in SIGNALLING:
            self.allowed(task, words.format(host.pid, 0))

    def expect_end(self, target):
        self.assertTrue(wait_until(
            lambda: target.process.poll() == -signal.SIGTERM))

    def test_inside(self):
        task = self.task("acme")
        self.load(acme=OPEN)
        for words in SIGNALLING:
            with self.subTest(words):
                peer = self.task("acme")
                self.allowed(task, words.format(peer.pid, 15))
                self.expect_end(peer)

    def test_allowed(self):
        task = self.task("acme")
        self.load(acme=guard("signal"))
        for words in SIGNALLING:
            with self.subTest(words):
                host = self.task()
                self.allowed(task, words.format(host.pid, 15))
                self.expect_end(host)

    def test_nobody_else(self):
        host = self.task()
        self.load(acme=OPEN)
        for words in SIGNALLING:
            with self.subTest(words):
                member = self.task("acme")
                self.allowed(host, words.format(member.pid, 15))
                self.expect_end(member)

    def test_everybody(self):
        """Those outside are spared, one by one."""
        task, peer, host = (self.task(cgroup, uid=SUBJECT)
                            for cgroup in ("acme", "acme", None))
        self.load(acme=OPEN)
        self.assertEqual(task.do("kill -1 15"), "OK")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        self.check_event(events[0], task, {
            **cordon.GUARDED, "op": "signal", "target_pid": host.pid})
        self.expect_end(peer)
        host.must("id")

    def test_sigio(self):
        """A signal that the kernel is asked to send is one all the same; of
        these calls it cannot tell that they lead nowhere."""
        task, host = self.task("acme"), self.task()
        host.must("group")
        self.load(acme=OPEN)
        for words in ("sigio", "sigio-ex", "sigio-socket"):
            for number in (host.pid, -host.pid):
                if (words, number) == ("sigio-ex", -host.pid):
                    words, number = "sigio-group", host.pid
                with self.subTest(words, number=number):
                    self.guarded(task, f"{words} {number} 9", op="signal",
                                 answer="OK", target_pid=host.pid, errno=0,
                                 errno_name=None)
                    host.must("id")
        for words in ("sigio", "sigio-ex", "sigio-socket"):
            peer = self.task("acme")
            self.allowed(task, f"{words} {peer.pid} 15")
            self.expect_end(peer)
        self.load(acme=guard("signal"))
        self.allowed(task, f"sigio {host.pid} 15")
        self.expect_end(host)

class ModuleTest(GuardCase):
    HELPER = f"{TOP}/modprobe"
    ASKED = f"{TOP}/asked"

    def loaded(self, name="holder"):
        return f"{name} " in read_file("/proc/modules")

    def remove_holder(self):
        if self.loaded():
            subprocess.run(["rmmod", "holder"], check=True)

    def test_loading(self):
        task = self.task("acme")
        self.addCleanup(self.remove_holder)
        for how in ("init", "finit"):
            words = "module-" + how, HOLDER, "function=security_sb_statfs"
            with self.subTest(how):
                self.load(acme=OPEN)
                self.guarded(task, *words, op="module")
                self.assertFalse(self.loaded())
                self.load(acme=guard("module"))
                self.allowed(task, *words)
                self.assertTrue(self.loaded())
                self.remove_holder()

    def test_removing(self):
        """Not even by force: that would end all policy."""
        task = self.task("acme")
        subprocess.run(["insmod", HOLDER, "function=security_sb_statfs"],
                       check=True)
        self.addCleanup(self.remove_holder)
        self.load(acme=OPEN)
        for words in ("module-delete holder", "module-delete cordon",
                      "module-delete cordon force",
                      "module-delete-32 cordon force"):
            with self.subTest(words):
                self.guarded(task, words, op="module")
                self.assertTrue(self.loaded())
                self.assertTrue(self.loaded("cordon"))
        self.load(acme=guard("module"))
        self.allowed(task, "module-delete holder")
        self.assertFalse(self.loaded())

    def test_request(self):
        """Nor one that the kernel would have loaded to serve the task."""
        write_file(self.HELPER, f'#!/bin/sh\necho "$@" >>{self.ASKED}\n')
        os.chmod(self.HELPER, 0o755)
        self.addCleanup(write_file, MODPROBE, read_file(MODPROBE))
        write_file(MODPROBE, self.HELPER)
        task = self.task("acme")
        self.load(acme=OPEN)
        for family in ("29", "35"):
            self.guarded(task, f"family {family}", op="module",
                         answer="EAFNOSUPPORT")
        self.assertFalse(os.path.exists(self.ASKED))
        self.load(acme=guard("module"))
        self.fails(task, "EAFNOSUPPORT", "family 29")
        self.assertIn("net-pf-29", read_file(self.ASKED))

    def check_kexec(self, words, allowed):
        """Another kernel would know no policy."""
        task = self.task("acme")
        if task.do(words) == "ENOSYS":
            self.skipTest("this kernel cannot load another so")
        self.load(acme=OPEN)
        self.guarded(task, words, op="module")
        self.load(acme=guard("module"))
        self.fails(task, allowed, words)

    def test_kexec(self):
        self.check_kexec("kexec", "OK")

    def test_kexec_file(self):
        self.check_kexec(f"kexec-file {TOP}/f", "ENOEXEC")

    def test_nobody_else(self):
        self.load(acme=OPEN)
        self.addCleanup(self.remove_holder)
        task = self.task("other")
        self.allowed(task, "module-finit", HOLDER,
                     "function=security_sb_statfs")
        self.allowed(task, "module-delete holder")


class BpfTest(GuardCase):
    def test_bpf(self):
        task, host = self.task("acme"), self.task()
        for words in ("bpf map", "bpf program"):
            with self.subTest(words):
                self.load(acme=OPEN)
                self.guarded(task, words, op="bpf")
                self.allowed(host, words)
                self.load(acme=guard("bpf"))
                self.allowed(task, words)


class HandleTest(GuardCase):
    """A handle leads to a file past all directories."""

    def setUp(self):
        super().setUp()
        subprocess.run(["mount", "-t", "tmpfs", "none", TOP], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", TOP], check=True)
        write_file(f"{TOP}/yes/f", "yes")
        write_file(f"{TOP}/no/f", "no")

    def test_handle(self):
        task = self.task("acme")
        self.allowed(task, f"handle {TOP}/yes/f")
        self.load(acme=OPEN)
        for how in ("r", "w", "path"):
            with self.subTest(how):
                self.guarded(task, f"open-handle {how} {TOP}", op="handle")
        self.guarded(task, f"open-handle-32 r {TOP}", op="handle")
        self.load(acme=guard("handle"))
        self.allowed(task, f"open-handle r {TOP}")
        self.assertEqual(task.do("read"), "text:yes")
        self.allowed(task, f"open-handle-32 r {TOP}")
        self.assertEqual(task.do("read"), "text:yes")

    def test_path(self):
        """Where handles may be used, the path decides as always."""
        task = self.task("acme")
        rule = f"- {{deny: read, path: {TOP}/no/**}}"
        self.load(acme=file_section(rule, default="allow")
                  + "\n    guard: {allow: handle}")
        origin = self.policy.origin("deny: read")
        self.allowed(task, f"handle {TOP}/no/f")
        self.denied(task, f"open-handle r {TOP}", op="read",
                    path=f"{TOP}/no/f", origin=origin)
        self.allowed(task, f"open-handle path {TOP}")
        self.denied(task, "reopen r", op="read", path=f"{TOP}/no/f",
                    origin=origin)
        self.allowed(task, f"handle {TOP}/yes/f")
        self.allowed(task, f"open-handle r {TOP}")
        self.assertEqual(task.do("read"), "text:yes")

    def test_no_path(self):
        """A file that is found by handle alone has no path."""
        folder = "/srv/hierarchy"
        hierarchy = ["mount", "-t", "cgroup", "-o", "none,name=cordon",
                     "none", folder]
        os.makedirs(folder)
        self.addCleanup(os.rmdir, folder)
        subprocess.run(hierarchy, check=True)
        self.addCleanup(subprocess.run, ["umount", folder], check=True)
        # What has something in it stays while it is not mounted.
        os.mkdir(f"{folder}/child")
        self.addCleanup(os.rmdir, f"{folder}/child")
        task = self.task("acme")
        path = f"{folder}/child/cgroup.procs"
        self.load(acme=file_section("- {deny: write, path: /nowhere}",
                                    "- {deny: read, path: /nowhere}",
                                    default="allow")
                  + "\n    guard: {allow: handle}")
        self.allowed(task, f"handle {path}")
        self.allowed(task, f"open-handle r {folder}")
        self.allowed(task, f"open r {TOP}/yes/f")
        # Mounted anew it knows no names but that of its root.
        subprocess.run(["umount", folder], check=True)
        subprocess.run(hierarchy, check=True)
        self.assertEqual(task.do(f"open-handle r {folder}"), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        info = os.stat(path)
        self.check_event(events[0], task, dict(
            op="read", path="", ino=info.st_ino, reason="no-path",
            dev_major=os.major(info.st_dev),
            dev_minor=os.minor(info.st_dev)))
        self.allowed(task, f"open r {path}")
        self.allowed(task, f"open r {TOP}/yes/f")

    def test_nobody_else(self):
        self.load(acme=OPEN)
        task = self.task("other")
        self.allowed(task, f"handle {TOP}/no/f")
        self.allowed(task, f"open-handle r {TOP}")
        self.assertEqual(task.do("read"), "text:no")


class DeviceTest(GuardCase):
    DEVICES = [("c", stat.S_IFCHR), ("b", stat.S_IFBLK)]

    def test_device(self):
        """No node of a device, wherever the tenant may make files."""
        task = self.task("acme")
        for letter, kind in self.DEVICES:
            words = f"device {letter} {TOP}/new-{letter} 1 3"
            with self.subTest(words):
                self.load(acme=OPEN)
                before = snapshot(TOP)
                self.guarded(task, words, op="device")
                self.assertEqual(snapshot(TOP), before)
                self.load(acme=guard("device"))
                self.allowed(task, words)
                info = os.lstat(f"{TOP}/new-{letter}")
                self.assertEqual(stat.S_IFMT(info.st_mode), kind)

    def test_no_device(self):
        """Other nodes, and the whiteout, which stands for no device."""
        task = self.task("acme")
        self.load(acme=OPEN)
        for words in (f"mknod p {TOP}/p", f"mknod s {TOP}/s",
                      f"mknod f {TOP}/new", f"device c {TOP}/white 0 0"):
            self.allowed(task, words)

    def test_nobody_else(self):
        self.load(acme=OPEN)
        self.allowed(self.task("other"), f"device c {TOP}/null 1 3")


if __name__ == "__main__":
    unittest.main()
