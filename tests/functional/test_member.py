# SPDX-License-Identifier: GPL-2.0
"""Who belongs to which tenant, from when on and for how long."""
import os
import unittest

import cordon
from cordon import ACT, TOP, CordonTest, cgroup_dir, cgroup_id, \
    file_section, members, wait_until, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

NO = "/srv/no"


def deny_no(select=None):
    """The body of a tenant that may do all but read one directory."""
    body = file_section(f"- {{deny: read, path: {NO}/**}}", default="allow")
    return f"    select: {select}\n{body}" if select else body


class MemberCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(NO)

    def expect_member(self, task, tenant, **wanted):
        """It is held to the tenant's rules and listed as its member."""
        lines = [number for number, line
                 in enumerate(self.policy.text.split("\n"), 1)
                 if line == f"  {tenant}:"]
        later = [number for number, line
                 in enumerate(self.policy.text.split("\n"), 1)
                 if "deny: read" in line and number > lines[0]]
        self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                    tenant=tenant, origin=f"<stdin>:{later[0]}", **wanted)
        self.assertIn(task.tid, members(tenant))

    def expect_free(self, task):
        self.allowed(task, f"open r {NO}/f")
        self.assertNotIn(task.tid, members())

    def enter(self, task, cgroup):
        """Moves a task of the host into a cgroup; it executes nothing."""
        os.makedirs(cgroup_dir(cgroup), exist_ok=True)
        task.must(f"move {cgroup_dir(cgroup)}")
        task.cgroup = cgroup


class JoinTest(MemberCase):
    def test_at_exec(self):
        """Not by being in the cgroup: by executing a program there."""
        self.load(acme=deny_no())
        task = self.task()
        self.enter(task, "acme")
        self.expect_free(task)
        task.become("fork")
        self.expect_free(task)
        self.allowed(task, f"exec {ACT}")
        self.expect_member(task, "acme")

    def test_patterns(self):
        table = [
            (f"{TOP}/acme", ["acme", "acme/in", "acme/in/side"], ["acmf"]),
            (f"{TOP}/a*", ["a", "acme", "ab/c"], ["b", "b/acme"]),
            (f"{TOP}/*/x?", ["m/x1", "m/x1/y"], ["m", "m/x", "x1"]),
            (f"{TOP}/**/deep", ["deep", "k/deep", "k/l/deep/er"], ["k/dee"]),
            (f"{TOP}/{{p,q-[0-9]}}.scope", ["p.scope", "q-7.scope"],
             ["q-x.scope", "p.scopes"])]
        for pattern, inside, outside in table:
            self.replace(acme=deny_no(f"[cgroup: '{pattern}']"))
            for cgroup in inside + outside:
                with self.subTest(pattern=pattern, cgroup=cgroup):
                    task = self.task(cgroup)
                    if cgroup in inside:
                        self.expect_member(task, "acme")
                    else:
                        self.expect_free(task)
                    task.stop()
                    self.tasks.remove(task)

    def test_deepest(self):
        """Of two that match, the one whose cgroup is nearer."""
        self.load(acme=deny_no(f"[cgroup: {TOP}/x]"),
                  inner=deny_no(f"[cgroup: {TOP}/x/in]"))
        self.expect_member(self.task("x"), "acme")
        self.expect_member(self.task("x/other"), "acme")
        self.expect_member(self.task("x/in"), "inner")
        self.expect_member(self.task("x/in/deep"), "inner")

    def test_tie(self):
        """Of two that match alike, the one whose name sorts first."""
        for first, second in (("alpha", "beta"), ("beta", "alpha")):
            self.replace(**{first: deny_no(f"[cgroup: {TOP}/x]"),
                            second: deny_no(f"[cgroup: {TOP}/x]")})
            task = self.task("x")
            self.expect_member(task, "alpha")
            task.stop()

    def test_uid(self):
        self.load(acme=deny_no("[uid: 20000-20009, uid: 30000]"))
        for uid in (20000, 20005, 20009, 30000):
            task = self.task(uid=uid)
            self.expect_member(task, "acme", uid=uid,
                               cgroup_id=os.stat(cordon.CGROUPS).st_ino)
        for uid in (19999, 20010, 29999, 30001):
            self.expect_free(self.task(uid=uid))
        self.expect_free(self.task())

    def test_cgroup_before_uid(self):
        self.load(byuid=deny_no("[uid: 20000]"), zcgroup=deny_no(
            f"[cgroup: {TOP}/x]"))
        self.expect_member(self.task("x", uid=20000), "zcgroup")
        self.expect_member(self.task(uid=20000), "byuid",
                           cgroup_id=os.stat(cordon.CGROUPS).st_ino)

    def test_overlapping_uids(self):
        self.load(beta=deny_no("[uid: 100-200]"),
                  alpha=deny_no("[uid: 150-250]"))
        root = os.stat(cordon.CGROUPS).st_ino
        for uid, tenant in ((100, "beta"), (149, "beta"), (150, "alpha"),
                            (200, "alpha"), (250, "alpha")):
            self.expect_member(self.task(uid=uid), tenant, cgroup_id=root)

    def test_exec_is_checked(self):
        """Who may not execute the program does not come in."""
        self.load(acme=file_section(f"- {{deny: exec, path: {ACT}}}",
                                    f"- {{deny: read, path: {NO}/**}}",
                                    default="allow"))
        task = self.task()
        self.enter(task, "acme")
        self.denied(task, f"exec {ACT}", op="exec", path=ACT,
                    origin=self.policy.origin("deny: exec"))
        self.expect_free(task)
        task.become("fork")
        self.expect_free(task)

    def test_failed_exec(self):
        """A program that is none makes no member."""
        self.load(acme=deny_no())
        write_file("/srv/no/garbage", "garbage")
        os.chmod("/srv/no/garbage", 0o755)
        task = self.task()
        self.enter(task, "acme")
        for program, error in (("/nowhere", "ENOENT"),
                               ("/srv/no/garbage", "ENOEXEC"),
                               ("/srv", "EACCES")):
            with self.subTest(program):
                self.fails(task, error, f"exec {program}")
                self.expect_free(task)
        task.become("fork")
        self.expect_free(task)
        task.become(f"exec {ACT}")
        self.expect_member(task, "acme")

    def test_exec_of_thread(self):
        """Whichever thread executes, what comes of it is the member."""
        self.load(acme=deny_no())
        task = self.task()
        self.enter(task, "acme")
        task.become("thread")
        self.assertNotEqual(task.tid, task.pid)
        task.become(f"exec {ACT}")
        self.assertEqual(task.tid, task.pid)
        self.expect_member(task, "acme")
        task.become("thread")
        self.expect_member(task, "acme")
        task.become(f"exec {ACT}")
        self.expect_member(task, "acme")


class InheritTest(MemberCase):
    def test_children(self):
        self.load(acme=deny_no())
        os.makedirs(cgroup_dir("other"))
        for words, cgroup in (("fork", "acme"), (f"vfork {ACT}", "acme"),
                              ("thread", "acme"),
                              (f"into {cgroup_dir('other')}", "other")):
            with self.subTest(words):
                task = self.task("acme")
                parent = task.tid
                task.become(words)
                self.assertNotEqual(task.tid, parent)
                self.expect_member(task, "acme",
                                   cgroup_id=cgroup_id(cgroup))
                task.become("fork")
                self.expect_member(task, "acme",
                                   cgroup_id=cgroup_id(cgroup))

    def test_into_cgroup(self):
        """Being born in a cgroup is not executing a program there."""
        self.load(acme=deny_no())
        os.makedirs(cgroup_dir("acme"))
        task = self.task()
        task.become(f"into {cgroup_dir('acme')}")
        self.expect_free(task)
        task.cgroup = "acme"
        task.become(f"exec {ACT}")
        self.expect_member(task, "acme")

    def test_sticky(self):
        """Nothing that a task does to itself lifts it."""
        self.load(acme=deny_no(), globex=file_section(default="allow"))
        task = self.task("acme")
        for cgroup in ("elsewhere", "globex"):
            self.enter(task, cgroup)
            self.expect_member(task, "acme", cgroup_id=cgroup_id(cgroup))
            task.become(f"exec {ACT}")
            self.expect_member(task, "acme", cgroup_id=cgroup_id(cgroup))
        task.must("setuid 20000")
        self.expect_member(task, "acme", uid=20000)
        task.become(f"exec {ACT}")
        self.expect_member(task, "acme", uid=20000)
        task.become("fork")
        self.expect_member(task, "acme", uid=20000)

    def test_exit(self):
        """Members that have ended are forgotten."""
        self.load(acme=deny_no())
        before = cordon.status()["members"]
        task = self.task("acme")
        task.become("fork")
        task.become("thread")
        self.assertEqual(cordon.status()["members"], before + 4 - 1)
        task.stop()
        self.assertTrue(wait_until(
            lambda: cordon.status()["members"] == before))
        self.assertEqual(members("acme"), set())


class PolicyChangeTest(MemberCase):
    def test_running_tasks(self):
        """Who is there when the policy comes is a member at once."""
        task = self.task("acme")
        task.become("fork")
        thread = self.task("acme")
        thread.become("thread")
        outside = self.task("other")
        self.expect_free(task)
        self.load(acme=deny_no())
        self.expect_member(task, "acme")
        self.expect_member(thread, "acme")
        self.expect_free(outside)
        threads = cordon.read_file(f"{cgroup_dir('acme')}/cgroup.threads")
        self.assertEqual(members("acme"), set(map(int, threads.split())))
        self.assertEqual(len(members("acme")), 4)

    def test_running_by_uid(self):
        task = self.task(uid=20000)
        self.load(acme=deny_no("[uid: 20000]"))
        self.expect_member(task, "acme", uid=20000,
                           cgroup_id=os.stat(cordon.CGROUPS).st_ino)

    def test_replaced(self):
        """The same members, under other rules."""
        self.load(acme=deny_no())
        task = self.task("acme")
        self.expect_member(task, "acme")
        self.load(acme=file_section(f"- {{deny: write, path: {NO}/**}}",
                                    default="allow"))
        self.allowed(task, f"open r {NO}/f")
        self.denied(task, f"open w {NO}/f", op="write", path=f"{NO}/f",
                    origin=self.policy.origin("deny: write"))
        self.assertEqual(members("acme"), {task.tid})

    def test_selectors_changed(self):
        """Membership is for life, selectors are for who comes."""
        self.load(acme=deny_no())
        task = self.task("acme")
        self.load(acme=deny_no(f"[cgroup: {TOP}/other]"))
        self.expect_member(task, "acme")
        self.expect_free(self.task("acme"))
        self.expect_member(self.task("other"), "acme")

    def test_removed(self):
        """Its members are free at once, and can join another."""
        self.load(acme=deny_no())
        task = self.task("acme")
        self.expect_member(task, "acme")
        self.replace(globex=deny_no())
        self.expect_free(task)
        task.become("fork")
        self.expect_free(task)
        self.replace(globex=deny_no(f"[cgroup: {TOP}/acme]"))
        self.expect_member(task, "globex")

    def test_removed_for_another(self):
        """The tenant that also matches takes over in the same commit."""
        self.load(acme=deny_no(),
                  globex=deny_no(f"[cgroup: {TOP}/acme]"))
        task = self.task("acme")
        self.expect_member(task, "acme")
        self.replace(globex=deny_no(f"[cgroup: {TOP}/acme]"))
        self.expect_member(task, "globex")


if __name__ == "__main__":
    unittest.main()
