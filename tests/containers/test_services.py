# SPDX-License-Identifier: GPL-2.0
"""Services of systemd, with a /tmp of their own, under default-deny policy."""
import glob
import os
import signal
import unittest

import cordon
from containers import ContainerCase, pids_below
from cordon import ACT, members, run, wait_until, write_file
from inside import Inside

setUpModule = cordon.begin
tearDownModule = cordon.end

UNIT = "cordon-test.service"
CGROUP = f"/system.slice/{UNIT}"
FIRST = "/cordon/bin/first"
FILES = "/etc/cordon-test"
PRIVATE = f"/tmp/systemd-private-*-{UNIT}-*/tmp"

POLICY = f"""
    select: [cgroup: {CGROUP}]
    file:
      default: deny
      rules:
        - {{allow: [exec, map], path: '/cordon/bin/{{act,first}}'}}
        - {{allow: [exec, map], path: '/usr/bin/{{cat,sleep}}'}}
        - {{allow: exec, path: '/usr/lib/*/ld-linux-*'}}
        - {{allow: [read, map], path: [/usr/lib/**, /etc/ld.so.cache]}}
        - {{allow: read, path: {FILES}/acme/**}}
        - {{allow: [read, write, create], path: [/tmp/mine, /tmp/mine.*]}}
"""


class ServiceTest(ContainerCase):
    def setUp(self):
        super().setUp()
        self.replace(acme=POLICY)
        for name in ("acme/f", "secret"):
            write_file(f"{FILES}/{name}", name)
        self.addCleanup(run, "systemctl", "stop", UNIT)

    def start(self, *arguments, first="ready"):
        properties = ["PrivateTmp=yes"]
        while arguments[0].startswith("Exec"):
            properties.append(arguments[0])
            arguments = arguments[1:]
        options = [f"--property={text}" for text in properties]
        task = Inside(["systemd-run", "--quiet", "--pipe", "--wait",
                       "--collect", "--unit", UNIT, *options, *arguments],
                      lambda: pids_below(CGROUP), first)
        self.tasks.append(task)
        return task

    def test_private_tmp(self):
        """What it sees as /tmp is /tmp to its policy, wherever it is."""
        task = self.start(ACT)
        self.no_events()
        self.assertEqual(members("acme"), {task.pid})
        self.allowed(task, f"open r {FILES}/acme/f")
        self.expect_denied(task, "acme", f"open r {FILES}/secret", op="read",
                           path=f"{FILES}/secret")
        self.allowed(task, "creat /tmp/mine")
        self.expect_denied(task, "acme", "creat /tmp/other", op="create",
                           path="/tmp/other")
        self.assertEqual(len(glob.glob(f"{PRIVATE}/mine")), 1)
        self.assertEqual(glob.glob(f"{PRIVATE}/other"), [])
        self.assertEqual(glob.glob("/tmp/mine"), [])
        self.assertEqual(task.end(), 0)
        self.expect_nobody("acme")

    def test_first_instruction(self):
        task = self.start(FIRST, f"{FILES}/secret", first="EACCES")
        self.expect_event(None, "acme", op="read", path=f"{FILES}/secret",
                          comm="first")
        self.assertEqual(task.end(), 0)
        self.expect_nobody("acme")

    def test_other_commands(self):
        """What a service executes besides is no less confined."""
        task = self.start(f"ExecStartPre=-/usr/bin/cat {FILES}/secret", ACT)
        self.expect_event(None, "acme", op="read", path=f"{FILES}/secret",
                          comm="cat")
        self.assertEqual(members("acme"), {task.pid})
        self.assertEqual(task.end(), 0)
        self.expect_nobody("acme")

    def test_guard(self):
        """systemd mounts for it; it may not."""
        task = self.start(ACT)
        self.allowed(task, "creat /tmp/mine")
        self.assertEqual(task.do("mknodat c /tmp/mine.c"), "EPERM")
        self.expect_event(task, "acme", op="device", reason="guard",
                          errno_name="EPERM", **{"class": "guard"})

    def main_pid(self):
        return int(run("systemctl", "show", "--property=MainPID", "--value",
                       UNIT).stdout)

    def systemctl(self, *arguments):
        done = run("systemctl", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_restart(self):
        """By hand, and by systemd when it died."""
        write_file(f"/run/systemd/system/{UNIT}",
                   "[Service]\nPrivateTmp=yes\nRestart=always\n"
                   "RestartSec=0\nExecStart=/usr/bin/sleep infinity\n")
        self.addCleanup(os.unlink, f"/run/systemd/system/{UNIT}")
        self.systemctl("daemon-reload")
        self.systemctl("start", UNIT)
        for restart in (lambda: self.systemctl("restart", UNIT),
                        lambda: os.kill(self.main_pid(), signal.SIGKILL)):
            before = self.main_pid()
            self.assertTrue(wait_until(lambda: members("acme") == {before}))
            restart()
            self.assertTrue(wait_until(
                lambda: members("acme") == {self.main_pid()} != {before}))
        self.systemctl("stop", UNIT)
        self.no_events()
        self.expect_nobody("acme")


if __name__ == "__main__":
    unittest.main()
