# SPDX-License-Identifier: GPL-2.0
"""Who comes into the PID namespace of a tenant from outside, as by nsenter."""
import ctypes
import os
import shutil
import subprocess
import unittest

import cordon
from cordon import ACT, cgroup_dir, file_section, members
from inside import Inside
from test_member import NO, MemberCase, deny_no
from test_setup import with_setup

setUpModule = cordon.begin
tearDownModule = cordon.end

CLONE_NEWPID = 0x20000000


def go_on_in_child():
    """What comes next is done by a child; this process waits for it."""
    child = os.fork()
    if child:
        os.closerange(3, 256)
        os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


class PidNamespaceTest(MemberCase):
    """Who lives in the PID namespace of a member is the tenant's."""

    def make_first(self, cgroup, program=ACT):
        """The first process of a namespace, in a cgroup."""
        os.makedirs(cgroup_dir(cgroup), exist_ok=True)
        procs = f"{cgroup_dir(cgroup)}/cgroup.procs"
        task = Inside(["unshare", "-p", "-f", "sh", "-c",
                       f"echo 0 >{procs}; exec {program}"])
        self.tasks.append(task)
        self.assertEqual(task.must("id"), "text:1 1 0")
        return task

    def come_in(self, task, *command, option="-p"):
        """A process of the host that enters the namespace of a task."""
        entered = Inside(["nsenter", "-t", str(task.pid), option,
                          *command, ACT])
        self.tasks.append(entered)
        return entered

    def expect_joined(self, task):
        """It is a member, although it is in no cgroup of the tests."""
        self.expect_member(task, "acme",
                           cgroup_id=os.stat(cordon.CGROUPS).st_ino)

    def test_entered(self):
        self.load(acme=deny_no())
        first = self.make_first("acme")
        for command in ((), ("unshare", "-p", "-f")):
            with self.subTest(command):
                task = self.come_in(first, *command)
                self.expect_joined(task)

    def test_entered_below(self):
        """Nor is a namespace of its own in that one a way out."""
        self.load(acme=deny_no())
        first = self.make_first("acme")
        libc = ctypes.CDLL(None, use_errno=True)
        namespace = os.open(f"/proc/{first.pid}/ns/pid", os.O_RDONLY)
        self.addCleanup(os.close, namespace)

        def enter():
            if libc.setns(namespace, CLONE_NEWPID):
                os._exit(1)
            go_on_in_child()
            if libc.unshare(CLONE_NEWPID):
                os._exit(1)
            go_on_in_child()
        task = Inside([ACT], prepare=enter)
        self.tasks.append(task)
        self.assertEqual(task.must("id"), "text:1 1 0")
        self.expect_joined(task)

    def test_exec_is_checked(self):
        """It comes in under the rules of the tenant from its first exec on."""
        self.load(acme=file_section(f"- {{deny: exec, path: {ACT}}}",
                                    f"- {{deny: read, path: {NO}/**}}",
                                    default="allow"))
        shutil.copy(ACT, "/run/first")
        self.addCleanup(os.unlink, "/run/first")
        first = self.make_first("acme", "/run/first")
        done = subprocess.run(["nsenter", "-t", str(first.pid), "-p", ACT],
                              stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=cordon.TIMEOUT)
        self.assertNotEqual(done.returncode, 0)
        events = self.session.take()
        self.assertEqual([(event["op"], event["path"]) for event in events],
                         [("exec", ACT)])

    def test_selector_before_namespace(self):
        """A cgroup that a tenant selects counts more."""
        self.load(acme=file_section(default="allow"),
                  globex=with_setup("/bin/busybox", cgroup="globex"))
        first = self.make_first("acme")
        os.makedirs(cgroup_dir("globex"), exist_ok=True)
        procs = f"{cgroup_dir('globex')}/cgroup.procs"
        command = ["sh", "-c", f"echo 0 >{procs}; exec nsenter -t {first.pid} "
                   f"-p {ACT}"]
        task = Inside(command)
        self.tasks.append(task)
        self.expect_member(task, "globex",
                           cgroup_id=cordon.cgroup_id("globex"))

    def test_of_the_host(self):
        """Where the first process is no member, neither is who comes in."""
        self.load(acme=file_section(default="allow"))
        first = self.make_first("elsewhere")
        self.expect_free(first)
        self.expect_free(self.come_in(first))

    def test_mount_namespace(self):
        """Sharing any other namespace with a member is no reason to join."""
        self.load(acme=deny_no())
        first = self.make_first("acme")
        self.expect_free(self.come_in(first, option="-m"))

    def test_policy_comes_later(self):
        """Those who are there already join with the first process."""
        first = self.make_first("acme")
        task = self.come_in(first)
        self.expect_free(task)
        self.load(acme=deny_no())
        self.expect_joined(task)
        self.assertEqual(members("acme"), {first.pid, task.pid})


if __name__ == "__main__":
    unittest.main()
