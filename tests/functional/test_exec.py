# SPDX-License-Identifier: GPL-2.0
"""What may be executed, and what may be mapped as code."""
import os
import resource
import shutil
import signal
import subprocess
import unittest

import cordon
from cordon import ACT, ALLOW_ACT, CordonTest, file_section, read_file, \
    write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

YES, NO = "/srv/yes", "/srv/no"
# A program that needs a loader, and that loader.
DYNAMIC = "/usr/bin/python3"
LOADER = os.path.realpath("/lib64/ld-linux-x86-64.so.2")
# A program that does not: what it is depends on what it is called.
STATIC = "/bin/busybox"

# Ways to execute {}; the last act is the one that is judged.
EXECS = [
    ["exec {}"],
    ["execveat {}"],
    ["open path {}", "execat"],
    ["open r {}", "execat"],
    ["open path {}", "fexec"],
    ["open r {}", "fexec"],
    ["open path {}", "exec-proc"],
    ["open r {}", "exec-proc"],
]


class ExecCase(CordonTest):
    """What is in one directory may not be executed or mapped, or not both."""

    def setUp(self):
        super().setUp()
        self.make_tree(YES, NO)
        for folder in (YES, NO):
            shutil.copy(ACT, f"{folder}/act")
            shutil.copy(DYNAMIC, f"{folder}/dynamic")
            shutil.copy(STATIC, f"{folder}/true")
            self.write_script(f"{folder}/script", f"{folder}/act")

    def write_script(self, path, interpreter):
        write_file(path, f"#!{interpreter}\n")
        os.chmod(path, 0o755)

    def load_denying(self, ops, *paths):
        """Everything but that, there or in NO; a task."""
        self.load(acme=file_section(
            *[f"- {{deny: {ops}, path: '{path}'}}"
              for path in paths or [f"{NO}/**"]], default="allow"))
        return self.task("acme")

    def try_row(self, judge, task, row, target, **wanted):
        words = [act.format(target) for act in row]
        for act in words[:-1]:
            task.must(act)
        return judge(task, words[-1], **wanted)

    def expect_denied(self, task, row, path, reported=None, **wanted):
        if "origin" not in wanted:
            wanted["origin"] = self.policy.origin("deny:")
        self.try_row(self.denied, task, row, path, path=reported or path,
                     **{"op": "exec", **wanted})

    def expect_executed(self, task, row, path):
        answer = self.try_row(self.allowed, task, row, path)
        self.assertEqual(answer, "ready")
        # By which name it goes then is the kernel's own business.
        task.comm = read_file(f"/proc/{task.tid}/comm").rstrip("\n")

    def run_beside(self, task, answer, *words, **wanted):
        """Has a child do it, who is denied something and says so."""
        self.assertEqual(task.do("run", *words), answer)
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        pid = events[0]["pid"]
        self.assertNotEqual(pid, task.pid)
        self.check_event(events[0], task, {
            "pid": pid, "tgid": pid, "ppid": task.pid, **wanted})


def object_of(path):
    """What an event says of a file that has no path to look at."""
    info = os.stat(path)
    return {"ino": info.st_ino, "dev_major": os.major(info.st_dev),
            "dev_minor": os.minor(info.st_dev)}


def open_object(task, text):
    """The same of a file that the task has open."""
    folder = f"/proc/{task.pid}/fd"
    for name in os.listdir(folder):
        if text in os.readlink(f"{folder}/{name}"):
            return object_of(f"{folder}/{name}")
    raise AssertionError(f"no {text} is open")


class ExecTest(ExecCase):
    def test_denied(self):
        task = self.load_denying("exec")
        for name in ("act", "script"):
            for row in EXECS:
                with self.subTest(name=name, row=row):
                    self.expect_denied(task, row, f"{NO}/{name}")

    def test_allowed(self):
        task = self.load_denying("exec")
        for row in EXECS:
            with self.subTest(row):
                self.expect_executed(task, row, f"{YES}/act")
        # To an interpreter, a script has to have a name.
        for row in EXECS[:2] + [EXECS[5]]:
            with self.subTest(row):
                self.expect_executed(task, row, f"{YES}/script")

    def test_other_operations(self):
        """Reading and executing are two things, either way."""
        task = self.load_denying("[read, write, create, delete, setattr]")
        self.expect_executed(task, EXECS[0], f"{NO}/act")
        self.expect_denied(task, ["open r {}"], f"{NO}/act", op="read")
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: read, path: {YES}/**}}"))
        for row in EXECS:
            with self.subTest(row):
                self.expect_denied(task, row, f"{YES}/act", origin="default")

    def test_symlink(self):
        task = self.load_denying("exec")
        os.symlink(f"{NO}/act", f"{YES}/link")
        os.symlink(f"{YES}/act", f"{NO}/link")
        self.expect_denied(task, EXECS[0], f"{YES}/link", f"{NO}/act")
        self.expect_executed(task, EXECS[0], f"{NO}/link")

    def test_itself(self):
        """What runs on may not be begun again."""
        self.load(acme=file_section(default="allow"))
        task = self.task("acme", program=f"{NO}/act")
        self.expect_executed(task, ["exec /proc/self/exe"], f"{NO}/act")
        self.load(acme=file_section(f"- {{deny: exec, path: {NO}/**}}",
                                    default="allow"))
        self.expect_denied(task, ["exec /proc/self/exe"], f"{NO}/act")

    def test_deleted(self):
        """A program that has lost its name keeps its verdict."""
        task = self.load_denying("exec")
        for folder in (NO, YES):
            for act in ("execat", "exec-proc"):
                with self.subTest(folder=folder, act=act):
                    shutil.copy(ACT, f"{folder}/gone")
                    task.must("open", "path", f"{folder}/gone")
                    known = object_of(f"{folder}/gone")
                    os.unlink(f"{folder}/gone")
                    if folder == NO:
                        self.expect_denied(task, [act], f"{NO}/gone", **known)
                    else:
                        self.expect_executed(task, [act], f"{YES}/gone")

    def test_thread(self):
        """Whichever thread asks."""
        task = self.load_denying("exec")
        task.become("thread")
        self.expect_denied(task, EXECS[0], f"{NO}/act")
        self.assertEqual(self.allowed(task, "exec", f"{YES}/act"), "ready")

    def test_uselib(self):
        """An old way to map a library, where the kernel still has it."""
        task, free = self.load_denying("exec"), self.task()
        answer = free.do("uselib", f"{YES}/act")
        self.fails(task, answer, "uselib", f"{YES}/act")
        if answer == "ENOSYS":
            self.fails(task, answer, "uselib", f"{NO}/act")
        else:
            self.assertEqual(answer, "ENOEXEC")
            self.expect_denied(task, ["uselib {}"], f"{NO}/act")


class InterpreterTest(ExecCase):
    """A program, what interprets it, and what loads that."""

    def test_script(self):
        """Each link of a chain has to be allowed, and is named if not."""
        self.write_script("/srv/yes/outer", "/srv/yes/inner")
        self.write_script("/srv/yes/inner", "/srv/yes/act")
        task = None
        for denied in ("outer", "inner", "act", None):
            with self.subTest(denied):
                task = self.load_denying("exec", f"{YES}/{denied}")
                for row in (["exec {}"], ["execveat {}"],
                            ["open r {}", "fexec"]):
                    if denied:
                        self.expect_denied(task, row, f"{YES}/outer",
                                           f"{YES}/{denied}")
                    else:
                        self.expect_executed(task, row, f"{YES}/outer")

    def test_loader(self):
        """A loader is executed as well, and maps its program."""
        task = self.load_denying("exec", LOADER)
        self.run_beside(task, "EACCES", f"{YES}/dynamic", "--version", op="exec",
                        path=LOADER, origin=self.policy.origin("deny:"))
        task = self.load_denying("exec")
        self.run_beside(task, "EACCES", f"{NO}/dynamic", "--version", op="exec",
                        path=f"{NO}/dynamic",
                        origin=self.policy.origin("deny:"))
        self.assertEqual(self.allowed(task, "run", f"{YES}/dynamic", "--version"),
                         "text:exit 0")

    def test_loader_first(self):
        """Of the first program of a tenant, too."""
        self.load(acme=file_section(f"- {{deny: exec, path: {LOADER}}}",
                                    default="allow"))
        task = self.task()
        os.makedirs(cordon.cgroup_dir("acme"))
        task.must("move", cordon.cgroup_dir("acme"))
        self.assertEqual(task.do("run", f"{YES}/dynamic", "--version"), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        self.assertEqual((events[0]["op"], events[0]["path"]),
                         ("exec", LOADER))
        self.assertEqual(self.allowed(task, "run", f"{YES}/true"),
                         "text:exit 0")

    def test_failed_and_loaded(self):
        """Such a task is still made a member when policy is loaded."""
        self.load_denying("exec").stop()
        write_file(f"{YES}/garbage", "\0\0\0\0")
        os.chmod(f"{YES}/garbage", 0o755)
        task = self.task()
        os.makedirs(cordon.cgroup_dir("acme"), exist_ok=True)
        task.must("move", cordon.cgroup_dir("acme"))
        self.fails(task, "ENOEXEC", "exec", f"{YES}/garbage")
        self.assertNotIn(task.tid, cordon.members("acme"))
        self.load_denying("exec").stop()
        self.assertIn(task.tid, cordon.members("acme"))

    def test_failed_first(self):
        """A first program that fails leaves nothing of the tenant behind."""
        self.load_denying("exec").stop()
        write_file(f"{YES}/garbage", "\0\0\0\0")
        os.chmod(f"{YES}/garbage", 0o755)
        task = self.task()
        task.must("move", cordon.cgroup_dir("acme"))
        self.fails(task, "ENOEXEC", "exec", f"{YES}/garbage")
        self.assertEqual(cordon.members("acme"), set())
        task.must("move", cordon.CGROUPS)
        self.assertEqual(self.allowed(task, "exec", f"{NO}/act"), "ready")

    def test_by_loader(self):
        """What a loader is given as an argument it maps: so that decides."""
        task = self.load_denying("[exec, map]")
        self.run_beside(task, "text:exit 127", LOADER, f"{NO}/dynamic",
                        "--version", op="map", path=f"{NO}/dynamic",
                        comm=os.path.basename(LOADER)[:15],
                        origin=self.policy.origin("deny:"))
        self.assertEqual(
            self.allowed(task, "run", LOADER, f"{YES}/dynamic", "--version"),
            "text:exit 0")

    def test_exec_without_map(self):
        """It begins, and is killed: there is nothing to go back to."""
        task = self.load_denying("map")
        for name, program in (("true", f"{NO}/true"),
                              ("dynamic", f"{NO}/dynamic")):
            with self.subTest(name):
                self.run_beside(
                    task, f"text:signal {signal.SIGSEGV.value}", program,
                    "--version", op="map", path=program, comm=name,
                    origin=self.policy.origin("deny:"))
        task = self.load_denying("map", LOADER)
        self.run_beside(
            task, f"text:signal {signal.SIGSEGV.value}", f"{YES}/dynamic",
            "--version", op="map", path=LOADER, comm="dynamic",
            origin=self.policy.origin("deny:"))
        self.assertEqual(self.allowed(task, "run", f"{YES}/true"),
                         "text:exit 0")


class FilelessTest(ExecCase):
    """Programs that are in no directory."""

    def test_memfd(self):
        """It has a name of a kind, which no rule about paths matches."""
        self.load(acme=file_section(
            ALLOW_ACT, "- {allow: [exec, map], path: 'memfd:good*'}",
            f"- {{allow: all, path: {YES}/**}}",
            "- {allow: all, path: '/memfd:bad'}",
            "- {allow: all, path: '/**/memfd:bad'}"))
        task = self.task("acme")
        for act in ("execat", "fexec", "exec-proc"):
            with self.subTest(act):
                task.must("memfd bad")
                task.must("copy", f"{YES}/act")
                self.expect_denied(task, [act], "memfd:bad", origin="default",
                                   **open_object(task, "memfd:bad"))
                task.must("memfd good1")
                task.must("copy", f"{YES}/act")
                task.must("reopen path")
                self.expect_executed(task, [act], None)

    def test_memfd_default_allow(self):
        self.load(acme=file_section("- {deny: [exec, map], path: 'memfd:*'}",
                                    default="allow"))
        task = self.task("acme")
        task.must("memfd any")
        task.must("copy", f"{YES}/act")
        self.expect_denied(task, ["execat"], "memfd:any",
                           **open_object(task, "memfd:any"))

    def test_tmpfile(self):
        """A file made without a name, in a directory all the same."""
        task = self.load_denying("exec")
        for folder in (NO, YES):
            for act in ("execat", "exec-proc"):
                with self.subTest(folder=folder, act=act):
                    task.must("open", "rw+tmpfile", folder)
                    task.must("copy", f"{YES}/act")
                    task.must("reopen path")
                    if folder == YES:
                        self.expect_executed(task, [act], None)
                        continue
                    known = open_object(task, f"{NO}/#")
                    self.expect_denied(task, [act], f"{NO}/#{known['ino']}",
                                       **known)

    def test_shared_memory(self):
        """Memory that is shared is a file of the kernel's own, and /proc has
        a link to it."""
        self.load(acme=file_section(
            ALLOW_ACT, f"- {{allow: all, path: [{YES}/**, /proc/**]}}"))
        task, free = self.task("acme"), self.task()
        for act in ("exec-shared", "exec-segment"):
            with self.subTest(act):
                self.assertEqual(free.do(act, f"{YES}/act"), "ready")
                self.assertEqual(task.do(act, f"{YES}/act"), "EACCES")
                events = self.session.take()
                self.assertEqual(len(events), 1, events)
                self.check_event(events[0], task, {
                    "op": "exec", "path": "", "reason": "no-path",
                    "ino": events[0]["ino"], "dev_major": 0,
                    "dev_minor": events[0]["dev_minor"]})


class MapTest(ExecCase):
    def test_map(self):
        """For execution, at first or later, by whichever call."""
        task = self.load_denying("map")
        for act in ("mmap rx", "mmap x", "mmap-shared rx", "mprotect-wide rx"):
            with self.subTest(act):
                self.expect_denied(task, ["open r {}", act], f"{NO}/f",
                                   op="map")
                self.try_row(self.allowed, task, ["open r {}", act],
                             f"{YES}/f")
        for act in ("mprotect rx", "mprotect x"):
            with self.subTest(act):
                self.check_later(task, act)
        task.must("open", "r", f"{NO}/f")
        for act in ("mmap r", "mprotect -", "mprotect r", "mmap rw",
                    "mprotect rw", "mremap"):
            self.allowed(task, act)

    def check_later(self, task, act):
        self.expect_denied(task, ["open r {}", "mmap r", act], f"{NO}/f",
                           op="map")
        self.expect_denied(task, ["open r {}", "mmap-shared r", act],
                           f"{NO}/f", op="map")
        self.try_row(self.allowed, task, ["open r {}", "mmap r", act],
                     f"{YES}/f")

    def test_map_with_key(self):
        task = self.load_denying("map")
        free = self.task()
        free.must("open", "r", f"{YES}/f")
        free.must("mmap r")
        if free.do("pkey-mprotect rx") == "ENOSYS":
            self.skipTest("this kernel has no protection keys")
        self.check_later(task, "pkey-mprotect rx")

    def test_once_mapped(self):
        """What is executable already is not asked about again."""
        task = self.load_denying("map", "/none")
        task.must("open", "r", f"{NO}/f")
        task.must("mmap rx")
        self.load(acme=file_section(f"- {{deny: map, path: {NO}/**}}",
                                    default="allow"))
        self.allowed(task, "mprotect rx")
        self.allowed(task, "mprotect r")
        self.expect_denied(task, ["mprotect rx"], f"{NO}/f", op="map")

    def test_personality(self):
        """READ_IMPLIES_EXEC makes every mapping for reading more than that."""
        task = self.load_denying("map")
        for path in (NO, YES):
            task.must("open", "r", f"{path}/f")
            task.must("mmap -")
            task.must("personality 400000")
            for act in ("mmap r", "mmap-shared r", "mmap rw", "mprotect r"):
                with self.subTest(path=path, act=act):
                    if path == NO:
                        self.expect_denied(task, [act], f"{NO}/f", op="map")
                    else:
                        self.allowed(task, act)
            task.must("personality 0")

    def test_remap(self):
        """A mapping made for reading, made again with READ_IMPLIES_EXEC."""
        task = self.load_denying("map")
        for path in (YES, NO):
            task.must("open", "rw", f"{path}/f")
            task.must("mmap-shared r")
            self.allowed(task, "remap")
            task.must("personality 400000")
            if path == NO:
                self.expect_denied(task, ["remap"], f"{NO}/f", op="map")
            else:
                self.allowed(task, "remap")
            task.must("personality 0")

    def test_memfd(self):
        task = self.load_denying("map", "memfd:any")
        for name in ("any", "other"):
            task.must("memfd", name)
            task.must("write something")
            if name == "any":
                self.expect_denied(task, ["mmap rx"], "memfd:any", op="map",
                                   **open_object(task, "memfd:any"))
            else:
                self.allowed(task, "mmap rx")

    def test_anonymous(self):
        """What has no file is not mediated."""
        self.load(acme=file_section(ALLOW_ACT))
        task = self.task("acme")
        self.allowed(task, "mmap-anonymous rx")
        self.allowed(task, "mmap-anonymous rw")
        self.allowed(task, "mprotect rx")
        self.allowed(task, "shmat rw")
        self.allowed(task, "mprotect rx")
        self.allowed(task, "shmat x")


class MiscTest(ExecCase):
    """Interpreters that the host has registered by what a file begins with."""

    FOLDER = "/proc/sys/fs/binfmt_misc"
    KIND = "cordon-test"

    def setUp(self):
        super().setUp()
        if not os.path.exists(f"{self.FOLDER}/register"):
            subprocess.run(["modprobe", "binfmt_misc"], check=False)
            subprocess.run(["mount", "-t", "binfmt_misc", "none",
                            self.FOLDER], check=True)
            self.addCleanup(subprocess.run, ["umount", self.FOLDER],
                            check=True)
        self.addCleanup(self.unregister)

    def unregister(self):
        if os.path.exists(f"{self.FOLDER}/{self.KIND}"):
            self.write(f"{self.FOLDER}/{self.KIND}", "-1")

    def write(self, path, text):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)

    def register(self, interpreter, flags):
        self.unregister()
        self.write(f"{self.FOLDER}/register",
                   f":{self.KIND}:M::cordon!::{interpreter}:{flags}")

    def test_interpreter(self):
        """With F it has been opened before, by who registered it."""
        for folder in (YES, NO):
            write_file(f"{folder}/misc", "cordon! something\n")
            os.chmod(f"{folder}/misc", 0o755)
        task = self.load_denying("exec")
        for flags in ("", "F", "O", "C"):
            with self.subTest(flags):
                self.register(f"{NO}/act", flags)
                self.expect_denied(task, ["exec {}"], f"{YES}/misc",
                                   f"{NO}/act")
                self.register(f"{YES}/act", flags)
                self.expect_denied(task, ["exec {}"], f"{NO}/misc")
                self.expect_executed(task, ["exec {}"], f"{YES}/misc")


class CoreTest(ExecCase):
    """The kernel writes a dump on behalf of the task that crashes."""

    PATTERN = "/proc/sys/kernel/core_pattern"

    def setUp(self):
        super().setUp()
        self.addCleanup(self.write, read_file(self.PATTERN))
        limits = resource.getrlimit(resource.RLIMIT_CORE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_CORE, limits)
        resource.setrlimit(resource.RLIMIT_CORE,
                           (0, resource.RLIM_INFINITY))

    def write(self, pattern):
        with open(self.PATTERN, "w", encoding="ascii") as file:
            file.write(pattern)

    def test_core(self):
        task = self.load_denying("create")
        self.write(f"{YES}/core")
        self.assertTrue(self.allowed(task, "crash").startswith("text:signal"))
        self.assertGreater(os.path.getsize(f"{YES}/core"), 0)
        self.write(f"{NO}/core")
        self.assertEqual(task.do("crash"),
                         f"text:signal {signal.SIGABRT.value}")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        pid = events[0]["pid"]
        self.check_event(events[0], task, {
            "op": "create", "path": f"{NO}/core", "pid": pid, "tgid": pid,
            "ppid": task.pid, "origin": self.policy.origin("deny:")})
        self.assertFalse(os.path.exists(f"{NO}/core"))


if __name__ == "__main__":
    unittest.main()
