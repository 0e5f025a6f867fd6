# SPDX-License-Identifier: GPL-2.0
"""Programs that a policy lists as set-up: executing one is not joining."""
import os
import shutil
import unittest

import cordon
from cordon import ACT, cgroup_dir, file_section, members, write_file
from inside import Inside
from test_member import NO, MemberCase

setUpModule = cordon.begin
tearDownModule = cordon.end

LAUNCH = "/run/launch"


def with_setup(*patterns, cgroup="acme"):
    """The body of a tenant that may do all but read one directory."""
    listed = ", ".join(f"'{pattern}'" for pattern in patterns)
    return "\n".join((
        f"    select: [cgroup: {cordon.TOP}/{cgroup}]",
        f"    setup: [{listed}]",
        file_section(f"- {{deny: read, path: {NO}/**}}", default="allow")))


class SetupTest(MemberCase):
    def setUp(self):
        super().setUp()
        self.make_tree(LAUNCH)
        for name in ("a", "b", "other"):
            shutil.copy(ACT, f"{LAUNCH}/{name}")

    def entered(self, *patterns):
        """A task of the host in a tenant's cgroup, with set-up listed."""
        self.replace(acme=with_setup(*patterns))
        task = self.task()
        self.enter(task, "acme")
        return task

    def execute(self, task, program, *options):
        task.become("exec", program, *options)
        task.comm = os.path.basename(program)

    def make_script(self, name, interpreter):
        write_file(f"{LAUNCH}/{name}", f"#!{interpreter}\n")
        os.chmod(f"{LAUNCH}/{name}", 0o755)
        return f"{LAUNCH}/{name}"

    def test_listed(self):
        """However often, and in children too; the next other program joins."""
        task = self.entered(f"{LAUNCH}/a")
        for _ in range(2):
            self.execute(task, f"{LAUNCH}/a")
            self.expect_free(task)
            task.become("fork")
            self.expect_free(task)
        self.execute(task, ACT)
        self.expect_member(task, "acme")

    def test_patterns(self):
        for patterns, free, joins in (
                ([f"{LAUNCH}/?"], "ab", ["other"]),
                ([f"{LAUNCH}/{{a,other}}"], ["a", "other"], "b"),
                (["/elsewhere", f"{LAUNCH}/b"], "b", ["a", "other"]),
                (["memfd:a"], [], "a")):
            for name in [*free, *joins]:
                with self.subTest(patterns=patterns, name=name):
                    task = self.entered(*patterns)
                    self.execute(task, f"{LAUNCH}/{name}")
                    if name in free:
                        self.expect_free(task)
                    else:
                        self.expect_member(task, "acme")
                    task.stop()

    def test_member(self):
        """Who is a member stays one, whatever it executes."""
        task = self.entered(f"{LAUNCH}/a")
        self.execute(task, ACT)
        self.execute(task, f"{LAUNCH}/a")
        self.expect_member(task, "acme")

    def test_other_tenant(self):
        """What one tenant lists is nothing to another."""
        self.replace(acme=with_setup(f"{LAUNCH}/a"),
                     globex=with_setup(f"{LAUNCH}/b", cgroup="globex"))
        task = self.task()
        self.enter(task, "globex")
        self.execute(task, f"{LAUNCH}/a")
        self.expect_member(task, "globex")

    def test_script(self):
        """A script is set-up when it and its interpreter are."""
        scripts = {name: self.make_script(name, f"{LAUNCH}/{name[0]}")
                   for name in ("a.listed", "a.not", "b.listed", "b.not")}
        for name, path in scripts.items():
            with self.subTest(name):
                task = self.entered(f"{LAUNCH}/a", f"{LAUNCH}/*.listed")
                self.execute(task, path)
                if name == "a.listed":
                    self.expect_free(task)
                else:
                    self.expect_member(task, "acme")
                task.stop()

    def test_after_failed_exec(self):
        """An exec that failed leaves nothing that the next would finish."""
        garbage = f"{LAUNCH}/garbage"
        write_file(garbage, "garbage")
        os.chmod(garbage, 0o755)
        task = self.entered(f"{LAUNCH}/a")
        self.fails(task, "ENOEXEC", f"exec {garbage}")
        self.execute(task, f"{LAUNCH}/a")
        self.expect_free(task)
        self.fails(task, "ENOEXEC", f"exec {garbage}")
        self.execute(task, ACT)
        self.expect_member(task, "acme")

    def test_own_mount_namespace(self):
        """Where paths are not the host's, none of them is set-up."""
        self.replace(acme=with_setup(f"{LAUNCH}/a"))
        os.makedirs(cgroup_dir("acme"), exist_ok=True)
        procs = f"{cgroup_dir('acme')}/cgroup.procs"
        for option, joins in (("-m", True), ("-u", False)):
            task = Inside(["unshare", option, "sh", "-c",
                           f"echo 0 >{procs}; exec {LAUNCH}/a"])
            self.tasks.append(task)
            if joins:
                self.assertEqual(members("acme"), {task.pid})
                self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
                self.session.take()
                task.end()
            else:
                self.expect_free(task)

    def test_privilege(self):
        """Whoever may not mount for the host does not set anything up."""
        task = self.entered(f"{LAUNCH}/a")
        self.execute(task, f"{LAUNCH}/a")
        task.must("setuid 20000")
        task.uid = 20000
        self.expect_free(task)
        self.execute(task, f"{LAUNCH}/a")
        self.expect_member(task, "acme")

    def test_chroot(self):
        """The path is that of the host, not what the task sees."""
        root = f"{LAUNCH}/root"
        os.makedirs(root + LAUNCH)
        shutil.copy(ACT, f"{root}{LAUNCH}/a")
        for listed, joins in ((f"{LAUNCH}/a", True),
                              (f"{root}{LAUNCH}/a", False)):
            with self.subTest(listed):
                task = self.entered(listed)
                task.must(f"chroot {root}")
                self.execute(task, f"{LAUNCH}/a")
                self.assertEqual(task.tid in members("acme"), joins)
                task.stop()

    def test_detached(self):
        """A mount that has no path, of the very program that runs."""
        a, other = f"{LAUNCH}/a", f"{LAUNCH}/other"
        self.replace(acme=with_setup(a, f"{LAUNCH}/b"))
        for runs, executes, free in ((a, a, True), (a, f"{LAUNCH}/b", False),
                                     (other, other, False),
                                     (other, a, False)):
            with self.subTest(runs=runs, executes=executes):
                task = self.task(program=runs)
                self.enter(task, "acme")
                task.must(f"open-tree clone {executes}")
                task.become("execat")
                self.assertEqual(task.tid not in members("acme"), free)
                task.stop()

    def test_namespace_left(self):
        """The runtime that the host executed is none for what is inside."""
        for words in ((), ("unshare mnt",)):
            with self.subTest(words):
                task = self.entered(f"{LAUNCH}/a")
                self.execute(task, f"{LAUNCH}/a")
                for word in words:
                    task.must(word)
                self.execute(task, "/proc/self/exe")
                self.assertEqual(task.tid in members("acme"), bool(words))
                task.stop()

    def test_traced(self):
        """What the tenant runs does not get hold of what is set-up."""
        task = self.entered(f"{LAUNCH}/a")
        self.execute(task, f"{LAUNCH}/a")
        tracer = self.task("acme")
        for words in ("attach", "seize"):
            self.guarded(tracer, f"trace {words} {task.tid}", op="ptrace",
                         target_pid=task.tid)
        self.assertEqual(tracer.do(f"open rw /proc/{task.tid}/exe"), "EACCES")
        self.session.take()
        self.expect_free(task)

    def test_memfd(self):
        """A copy in memory counts by its name, whoever executes it."""
        for name, joins in (("copy", False), ("other", True)):
            task = self.entered(f"{LAUNCH}/a", "memfd:copy")
            self.execute(task, f"{LAUNCH}/a")
            task.must("memfd", name)
            task.must("copy", ACT)
            task.become("execat")
            self.assertEqual(task.tid in members("acme"), joins, name)
            task.stop()

    def test_policy_comes_later(self):
        """A policy that comes binds all who are there, set-up or not."""
        task = self.task()
        self.enter(task, "acme")
        self.execute(task, f"{LAUNCH}/a")
        self.replace(acme=with_setup(f"{LAUNCH}/a"))
        self.expect_member(task, "acme")

    def test_list_replaced(self):
        self.entered(f"{LAUNCH}/a").stop()
        task = self.entered(f"{LAUNCH}/b")
        self.execute(task, f"{LAUNCH}/b")
        self.expect_free(task)
        self.execute(task, f"{LAUNCH}/a")
        self.expect_member(task, "acme")

    def test_shown(self):
        self.replace(acme=with_setup(f"{LAUNCH}/a", "memfd:b*"))
        shown = {tenant["name"]: tenant["setup"]
                 for tenant in cordon.query("show")["tenants"]}
        self.assertEqual(shown, {"acme": [f"{LAUNCH}/a", "memfd:b*"],
                                 "keeper": []})
        self.assertIn(f"  setup     {LAUNCH}/a\n            memfd:b*\n",
                      cordon.cordonctl("show"))


if __name__ == "__main__":
    unittest.main()
