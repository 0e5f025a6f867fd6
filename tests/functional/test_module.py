# SPDX-License-Identifier: GPL-2.0
"""Inserting and removing the module, and its bounds."""
import json
import subprocess
import threading
import unittest

import cordon
from cordon import ACT, Policy, Task, cordonctl, file_section, insert, \
    query, remove, run, status, wait_until, write_file

NO = "/srv/no"
DENY = file_section(f"- {{deny: read, path: {NO}/**}}", default="allow")


class ModuleCase(unittest.TestCase):
    """Each test inserts the module as it wants it."""

    def setUp(self):
        remove()
        write_file(f"{NO}/f")
        self.tasks = []
        self.addCleanup(self.restore)

    def restore(self):
        for task in self.tasks:
            task.stop()
        if "cordon" in cordon.read_file("/proc/modules"):
            cordonctl("flush")
            remove()
        insert()

    def load(self, **tenants):
        cordonctl("load", "-", stdin=Policy(**tenants).text)

    def task(self, *arguments, **options):
        task = Task(*arguments, **options)
        self.tasks.append(task)
        return task


class ParameterTest(ModuleCase):
    def test_refused(self):
        for parameter, text in (
                ("members_max=0", "members_max is 0"),
                ("members_max=16777217", "members_max is 16777217"),
                ("sockets_max=0", "sockets_max is 0"),
                ("sockets_max=16777217", "sockets_max is 16777217"),
                ("backlog_max=0", "backlog_max is 0"),
                ("backlog_max=1048577", "backlog_max is 1048577"),
                ("history_max=0", "history_max is 0"),
                ("history_max=1048577", "history_max is 1048577"),
                ("members_max=many", "")):
            with self.subTest(parameter):
                done = run("insmod", "/cordon/cordon.ko", parameter)
                self.assertNotEqual(done.returncode, 0)
                log = run("dmesg").stdout
                self.assertIn(f"cordon: {text}" if text else "cordon", log)
                self.assertNotIn("cordon ", cordon.read_file("/proc/modules"))

    def test_policy_bytes_max(self):
        insert("policy_bytes_max=20000")
        self.load(acme=DENY)
        task = self.task("acme")
        before = status()
        policy = Policy(globex=file_section(*[
            f"- {{deny: read, path: /srv/{number:04}}}"
            for number in range(1000)]))
        done = run("cordonctl", "load", "-", input=policy.text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("policy_bytes_max", done.stderr)
        after = status()
        for key in ("generation", "digest", "tenants", "rules", "policy_bytes",
                    "hooks"):
            self.assertEqual(after[key], before[key], key)
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")


class SocketsMaxTest(ModuleCase):
    RULES = cordon.socket_section("- {deny: receive, port: 9}",
                                  "- {deny: accept, port: 9}",
                                  default="allow")

    def setUp(self):
        super().setUp()
        insert("sockets_max=1")

    def events(self):
        return query("show")["tenants"][0]["events"]["generated"]

    def test_create(self):
        """What has no room is not made, which is reported."""
        self.load(acme=self.RULES)
        task = self.task("acme")
        self.assertEqual(status()["sockets"], 0)
        task.must("socket inet dgram")
        self.assertEqual((status()["sockets"], status()["sockets_max"]),
                         (1, 1))
        self.assertEqual(task.do("socket inet6 dgram"), "ENFILE")
        self.assertEqual(self.events(), 1)
        event = json.loads(cordonctl("events", "--json", "--tenant", "acme"))
        self.assertEqual((event["op"], event["reason"], event["errno_name"]),
                         ("create", "limit", "ENFILE"))
        # It is freed in a moment, and there is room again.
        task.must("socket unix stream")
        self.assertTrue(wait_until(
            lambda: task.do("socket inet dgram") == "OK"))

    def test_listen(self):
        self.load(acme=self.RULES)
        holder, task = self.task("acme"), self.task("acme")
        holder.must("socket inet dgram")
        task.must("socket inet stream")
        self.assertEqual(task.do("listen"), "ENFILE")
        self.assertEqual(self.events(), 1)
        holder.must("socket unix stream")
        self.assertTrue(wait_until(lambda: task.do("listen") == "OK"))

    def test_load(self):
        """Members hold more than there is room for: nothing is loaded."""
        for _ in range(2):
            self.task("acme").must("socket inet dgram")
        done = run("cordonctl", "load", "-",
                   input=Policy(acme=self.RULES).text)
        self.assertEqual(done.returncode, 1)
        self.assertIn("members of a tenant have more sockets than its share "
                      "of 1; see parameter sockets_max\n", done.stderr)
        self.assertEqual(status()["tenants"], 0)


class MembersMaxTest(ModuleCase):
    def setUp(self):
        super().setUp()
        insert("members_max=4")

    def test_fork(self):
        """What has no room does not come to run."""
        self.load(acme=DENY)
        task = self.task("acme")
        for _ in range(3):
            task.become("fork")
        self.assertEqual(status()["members"], 4)
        self.assertEqual(task.do("fork"), "EAGAIN")
        self.assertEqual(task.do("thread"), "EAGAIN")
        self.assertEqual(task.do(f"vfork {ACT}"), "EAGAIN")
        self.assertEqual(task.do(f"exec {ACT}"), "ready")
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        task.stop()
        self.assertTrue(wait_until(lambda: status()["members"] == 0))
        task = self.task("acme")
        task.become("fork")

    def test_exec(self):
        self.load(acme=DENY)
        task = self.task("acme")
        for _ in range(3):
            task.become("fork")
        late = self.task()
        late.must(f"move {cordon.cgroup_dir('acme')}")
        self.assertEqual(late.do(f"exec {ACT}"), "EAGAIN")
        self.assertEqual(late.do(f"open r {NO}/f"), "OK")
        self.assertEqual(status()["members"], 4)

    def test_load(self):
        """More tasks run than can be members: nothing is loaded."""
        self.load(globex=DENY)
        globex = self.task("globex")
        acme = self.task("acme")
        for _ in range(4):
            acme.become("fork")
        before = query("show", "globex")
        done = run("cordonctl", "load", "-", input=Policy(acme=DENY).text)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(
            done.stderr, "cordonctl: the kernel refused to commit the policy: "
            "more than 4 tasks would be members; see parameter members_max\n"
            "cordonctl: nothing was loaded\n")
        self.assertEqual(query("show", "globex"), before)
        self.assertEqual(acme.do(f"open r {NO}/f"), "OK")
        self.assertEqual(globex.do(f"open r {NO}/f"), "EACCES")
        self.assertEqual(status()["members"], 1)
        self.assertEqual(status()["tenants"], 1)


class UnloadTest(ModuleCase):
    def setUp(self):
        super().setUp()
        insert()

    def test_refused_while_loaded(self):
        self.load(acme=DENY)
        task = self.task("acme")
        done = run("rmmod", "cordon")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        cordonctl("flush")
        self.assertEqual(task.do(f"open r {NO}/f"), "OK")
        remove()
        self.assertEqual(task.do(f"open r {NO}/f"), "OK")

    def test_in_use(self):
        """It goes while members run, events wait and a loader is at work."""
        self.load(acme=DENY)
        tasks = [self.task("acme") for _ in range(3)]
        monitor = subprocess.Popen(["cordonctl", "monitor"],
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        monitor.stderr.readline()
        floods = [threading.Thread(target=task.do,
                                   args=(f"flood r {NO}/f 300",))
                  for task in tasks]
        for flood in floods:
            flood.start()
        cordonctl("flush")
        remove()
        for flood in floods:
            flood.join()
        _, errors = monitor.communicate(timeout=cordon.TIMEOUT)
        self.assertEqual(monitor.returncode, 1)
        self.assertIn("module was unloaded", errors.decode())
        insert()
        for task in tasks:
            self.assertEqual(task.do(f"open r {NO}/f"), "OK")

    def test_without_module(self):
        """The tool says what is wrong and what to do."""
        remove()
        for command in (["load", "-"], ["show"], ["status"], ["ps"],
                        ["flush"], ["monitor"]):
            with self.subTest(command):
                done = run("cordonctl", *command, input=Policy(acme=DENY).text)
                self.assertEqual(done.returncode, 1)
                self.assertIn("the kernel module is not loaded (genetlink "
                              "family 'cordon' not found); try 'modprobe "
                              "cordon'", done.stderr)
        self.assertEqual(run("cordonctl", "check", "-",
                             input=Policy(acme=DENY).text).returncode, 0)


class StormTest(ModuleCase):
    """Tasks that fork all the time while the first policy comes and goes."""

    WIDTH = 2 if cordon.SANITIZED else 4
    ROUNDS = 2 if cordon.SANITIZED else 4

    def setUp(self):
        super().setUp()
        insert()

    def storm(self, kind):
        self.load(acme=DENY)
        cordonctl("flush")
        task = self.task("acme")
        task.must(f"storm {kind} {self.WIDTH}")
        for _ in range(self.ROUNDS):
            self.load(acme=DENY)
            self.assertGreater(status()["members"], 0)
            self.assertEqual(self.free_members(), [])
            cordonctl("flush")
            self.assertEqual(status()["members"], 0)
        self.load(acme=DENY)
        task.must("calm")
        self.expect_all(task)

    def free_members(self):
        """Tasks that have been there for a while and are no members: those
        seen before and after the members were listed."""
        before = self.threads()
        listed = cordon.members("acme")
        return sorted((before & self.threads()) - listed)

    def threads(self):
        path = f"{cordon.cgroup_dir('acme')}/cgroup.threads"
        return set(map(int, cordon.read_file(path).split()))

    def expect_all(self, task):
        """When all has come to rest, all that is there are members."""
        self.assertTrue(wait_until(
            lambda: self.threads() == cordon.members("acme")),
            self.threads() ^ cordon.members("acme"))
        self.assertGreater(len(self.threads()), self.WIDTH)
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")

    def test_processes(self):
        self.storm("process")

    def test_threads(self):
        self.storm("thread")


if __name__ == "__main__":
    unittest.main()
