# SPDX-License-Identifier: GPL-2.0
"""Games with cgroups, threads, credentials and numbers: who one is stays."""
import os
import shutil
import threading
import unittest

import cordon
from cordon import ACT, SANITIZED, TOP, CordonTest, cgroup_dir, cgroup_id, \
    file_section, members, read_file, wait_until, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

YES, NO = "/srv/yes", "/srv/no"
SUBJECT = 20000
CORE_PATTERN = "/proc/sys/kernel/core_pattern"


def deny_no(select=None):
    """The body of a tenant that may do all but use one directory."""
    body = file_section(f"- {{deny: [read, create], path: {NO}/**}}",
                        default="allow")
    return f"    select: [{select}]\n{body}" if select else body


class IdentityCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(YES, NO)

    def expect_member(self, task, tenant="acme", act=f"open r {NO}/f",
                      **wanted):
        """It is held to the tenant's rules and listed as its member."""
        lines = self.policy.text.split("\n")
        after = lines.index(f"  {tenant}:")
        line = next(number for number, line in enumerate(lines, 1)
                    if number > after and "deny:" in line)
        self.denied(task, act, op="read", path=f"{NO}/f", tenant=tenant,
                    origin=f"<stdin>:{line}", **wanted)
        self.assertIn(task.tid, members(tenant))

    def expect_free(self, task):
        self.allowed(task, f"open r {NO}/f")
        self.assertNotIn(task.tid, members())


class CgroupTest(IdentityCase):
    def test_made_by_a_member(self):
        """A cgroup of its own making that another tenant's selector means."""
        self.load(acme=deny_no(),
                  globex=f"    select: [cgroup: {TOP}/acme/globex]\n"
                  + file_section(default="allow"))
        task = self.task("acme")
        inner = cgroup_dir("acme/globex")
        self.allowed(task, f"mkdir {inner}")
        self.allowed(task, f"move {inner}")
        where = cgroup_id("acme/globex")
        self.expect_member(task, cgroup_id=where)
        task.become(f"exec {ACT}")
        self.expect_member(task, cgroup_id=where)
        task.become(f"into {cgroup_dir('acme')}")
        self.expect_member(task)
        task.become(f"into {inner}")
        task.become(f"exec {ACT}")
        self.expect_member(task, cgroup_id=where)
        self.assertEqual(members("globex"), set())

    def test_same_name_again(self):
        """A cgroup is what its path says, and a member what it became."""
        self.load(acme=deny_no())
        old = self.task("acme")
        self.expect_member(old)
        number = cgroup_id("acme")
        os.makedirs(cgroup_dir("other"))
        self.allowed(old, f"move {cgroup_dir('other')}")
        os.rmdir(cgroup_dir("acme"))
        os.mkdir(cgroup_dir("acme"))
        self.assertNotEqual(cgroup_id("acme"), number)
        new = self.task("acme")
        self.expect_member(new)
        self.expect_member(old, cgroup_id=cgroup_id("other"))
        self.expect_free(self.task("other"))

    def make_threaded(self):
        for name in ("domain/in", "domain/out"):
            os.makedirs(cgroup_dir(name))
            write_file(f"{cgroup_dir(name)}/cgroup.type", "threaded")

    def move_thread(self, task, cgroup):
        write_file(f"{cgroup_dir(cgroup)}/cgroup.threads", str(task.tid))

    def test_threaded_exec(self):
        """Whichever thread executes, its own cgroup counts."""
        self.load(acme=deny_no(f"cgroup: {TOP}/domain/in"))
        for leader, thread in (("in", "out"), ("out", "in")):
            os.makedirs(cgroup_dir("domain"), exist_ok=True)
            task = self.task("domain")
            if not os.path.exists(cgroup_dir("domain/in")):
                self.make_threaded()
            self.move_thread(task, f"domain/{leader}")
            task.become("thread")
            self.move_thread(task, f"domain/{thread}")
            self.expect_free(task)
            task.become(f"exec {ACT}")
            self.assertEqual(task.tid, task.pid)
            with self.subTest(leader=leader, thread=thread):
                if thread == "in":
                    self.expect_member(task, cgroup_id=cgroup_id("domain/in"))
                else:
                    self.expect_free(task)

    def test_threaded_member(self):
        """A thread that is moved is a member still, and so are its own."""
        self.load(acme=deny_no(f"cgroup: {TOP}/domain"))
        task = self.task("domain")
        self.make_threaded()
        for name in ("in", "out"):
            task.become("thread")
            self.move_thread(task, f"domain/{name}")
            self.expect_member(task, cgroup_id=cgroup_id(f"domain/{name}"))
        task.become(f"exec {ACT}")
        self.expect_member(task, cgroup_id=cgroup_id("domain/out"))

    def test_threaded_before(self):
        """When a policy comes, each thread is where it is."""
        task = self.task("domain")
        self.make_threaded()
        task.become("thread")
        self.move_thread(task, "domain/in")
        self.load(acme=deny_no(f"cgroup: {TOP}/domain/in"))
        self.expect_member(task, cgroup_id=cgroup_id("domain/in"))
        self.assertEqual(members("acme"), {task.tid})

    def test_moved_while_executing(self):
        """It comes in or it does not, but never in part."""
        self.load(acme=deny_no())
        for name in ("acme", "other"):
            os.makedirs(cgroup_dir(name), exist_ok=True)
        joined = 0
        for _ in range(3 if SANITIZED else 10):
            task = self.task()
            stop = threading.Event()
            mover = threading.Thread(target=self.move_about,
                                     args=(task.pid, stop))
            mover.start()
            try:
                joined += self.execute_until_member(task)
            finally:
                stop.set()
                mover.join()
            task.stop()
            self.tasks.remove(task)
        self.assertGreater(joined, 0)

    def execute_until_member(self, task, tries=20):
        for _ in range(tries):
            task.become(f"exec {ACT}")
            member = task.tid in members("acme")
            self.assertEqual(task.do(f"open r {NO}/f"),
                             "EACCES" if member else "OK")
            self.assertEqual(len(self.session.take()), member)
            self.assertEqual(task.tid in members("acme"), member)
            if member:
                return True
        return False

    def move_about(self, pid, stop):
        while not stop.is_set():
            for name in ("acme", "other"):
                write_file(f"{cgroup_dir(name)}/cgroup.procs", str(pid))


class CredentialTest(IdentityCase):
    def make_setuid(self, uid):
        path = f"{YES}/setuid-{uid}"
        shutil.copy(ACT, path)
        os.chown(path, uid, 0)
        os.chmod(path, 0o4755)
        return path

    def test_setuid_program(self):
        """All that it gains is what its user may."""
        for select in (None, f"uid: {SUBJECT}"):
            self.replace(acme=deny_no(select))
            task = self.task(None if select else "acme", uid=SUBJECT)
            root = os.stat(cordon.CGROUPS).st_ino
            wanted = {"cgroup_id": root} if select else {}
            program = self.make_setuid(0)
            with self.subTest(select=select):
                task.become(f"exec {program}")
                task.comm = os.path.basename(program)
                self.assertEqual(task.do("ids"), f"text:{SUBJECT} 0")
                self.expect_member(task, **wanted)
                self.allowed(task, "setuid 0")
                self.assertEqual(task.do("ids"), "text:0 0")
                self.expect_member(task, uid=0, **wanted)
                task.become("fork")
                self.expect_member(task, uid=0, **wanted)
                task.stop()

    def test_setuid_to_member(self):
        """Whose program is executed by others does not make them members,
        but who takes on the uid for good is one from the next program on."""
        self.load(acme=deny_no(f"uid: {SUBJECT}"))
        task = self.task()
        task.become(f"exec {self.make_setuid(SUBJECT)}")
        self.assertEqual(task.do("ids"), f"text:0 {SUBJECT}")
        self.expect_free(task)
        task = self.task()
        task.must(f"setuid {SUBJECT}")
        self.expect_free(task)
        task.become(f"exec {ACT}")
        self.expect_member(task, uid=SUBJECT,
                           cgroup_id=os.stat(cordon.CGROUPS).st_ino)

    def test_keyring(self):
        """Credentials that a child has made for its parent."""
        self.load(acme=deny_no())
        task = self.task("acme")
        before = task.must("keyring")
        self.allowed(task, "keyring-from-child")
        self.assertNotEqual(task.must("keyring"), before)
        self.expect_member(task)
        task.become(f"exec {ACT}")
        self.expect_member(task)

    def test_user_namespace(self):
        """Every privilege there is none here."""
        self.load(acme=deny_no() + "\n    guard: {allow: userns}")
        task = self.task("acme", uid=SUBJECT)
        self.allowed(task, "unshare user+mnt")
        self.expect_member(task)
        task.become("clone pid")
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        # In there it has another number, which is not that of the event.
        self.assertEqual(task.tid, 1)
        self.assertIn(events[0]["pid"], members("acme"))
        self.assertGreater(events[0]["pid"], 1)


class UringTest(IdentityCase):
    """Threads that the kernel makes for an io_uring are its maker's."""

    def polling_thread(self, task):
        """Its number, once it has the name."""
        wanted = f"iou-sqp-{task.pid}\n"

        def find():
            folder = f"/proc/{task.pid}/task"
            return [int(tid) for tid in os.listdir(folder)
                    if read_file(f"{folder}/{tid}/comm") == wanted]

        self.assertTrue(wait_until(find))
        return find()[0]

    def check_polled(self, task):
        poller = self.polling_thread(task)
        self.assertIn(poller, members("acme"))
        self.expect_member(task, act=f"ring-open r {NO}/f", pid=poller,
                           comm=f"iou-sqp-{task.pid}")
        self.allowed(task, f"ring-open r {YES}/f")

    def test_polling_thread(self):
        self.load(acme=deny_no())
        task = self.task("acme")
        self.allowed(task, "ring poll")
        self.check_polled(task)

    def test_polling_thread_before(self):
        """One that was there when the policy came."""
        task = self.task("acme")
        task.must("ring poll")
        task.must(f"ring-open r {NO}/f")
        self.load(acme=deny_no())
        self.check_polled(task)

    def test_worker_before(self):
        task = self.task("acme")
        task.must(f"uring worker open r {NO}/f")
        self.load(acme=deny_no())
        self.assertEqual(task.do(f"uring worker open r {NO}/f"), "EACCES")
        events = self.session.take()
        self.assertEqual(len(events), 1, events)
        self.check_event(events[0], task, {
            "op": "read", "path": f"{NO}/f", "pid": events[0]["pid"],
            "comm": f"iou-wrk-{task.pid}",
            "origin": self.policy.origin("deny:")})

    def test_personality(self):
        """Credentials from before one was what one is now."""
        self.load(acme=deny_no(f"uid: {SUBJECT}"))
        root = os.stat(cordon.CGROUPS).st_ino
        task = self.task()
        task.must("setuid 20000")
        task.become(f"exec {ACT}")
        task.must("ring")
        number = task.must("ring-personality").split(":")[1]
        self.allowed(task, "unshare -")
        self.expect_member(task, act=f"ring-open r {NO}/f {number}",
                           uid=SUBJECT, cgroup_id=root)
        self.allowed(task, f"ring-open r {YES}/f {number}")


class NumberTest(IdentityCase):
    def test_used_again(self):
        """Who gets the number of a member that has ended is none."""
        self.load(acme=deny_no())
        old = self.task("acme")
        number = old.tid
        self.expect_member(old)
        old.stop()
        self.tasks.remove(old)
        self.assertTrue(wait_until(lambda: number not in members()))
        host = self.task()
        host.become(f"fork-as {number}")
        self.assertEqual(host.tid, number)
        self.expect_free(host)

    def test_taken_over(self):
        """And who gets that of another task is what its parent is."""
        self.load(acme=deny_no())
        old = self.task()
        number = old.tid
        self.expect_free(old)
        old.stop()
        self.tasks.remove(old)
        task = self.task("acme")
        task.become(f"fork-as {number}")
        self.assertEqual(task.tid, number)
        self.expect_member(task)


class CoreTest(IdentityCase):
    """The kernel writes down a task's memory in the task's own name."""

    def setUp(self):
        super().setUp()
        self.addCleanup(write_file, CORE_PATTERN, read_file(CORE_PATTERN))

    def expect_end(self, task):
        task.must("dump-core")
        self.assertTrue(wait_until(lambda: task.process.poll() is not None))

    def test_core(self):
        self.load(acme=deny_no())
        for folder in (NO, YES):
            write_file(CORE_PATTERN, f"{folder}/core")
            task = self.task("acme")
            self.expect_end(task)
            events = self.session.take()
            self.assertEqual(os.path.exists(f"{folder}/core"), folder == YES)
            if folder == NO:
                self.assertEqual(len(events), 1, events)
                self.check_event(events[0], task, {
                    "op": "create", "path": f"{NO}/core",
                    "origin": self.policy.origin("deny:")})
            else:
                self.assertEqual(events, [])


if __name__ == "__main__":
    unittest.main()
