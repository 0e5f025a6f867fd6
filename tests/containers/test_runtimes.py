# SPDX-License-Identifier: GPL-2.0
"""Containers of runc, crun and podman under policies that deny by default."""
import unittest

import cordon
from containers import BOX, CRUN, RUNC, Nspawn, Oci, Podman, RuntimeCase
from cordon import members
from inside import Inside

setUpModule = cordon.begin
tearDownModule = cordon.end


class StartTests:
    """Containers start, are confined and end."""

    def test_files(self):
        """Nothing is denied while it starts; then each file is decided on."""
        task = self.start("acme-1")
        self.no_events()
        self.assertEqual(members("acme"), {task.tid})
        self.expect_confined(task, "acme")
        self.expect_denied(task, "acme", "open w /etc/acme/f", op="write",
                           path="/etc/acme/f")
        self.expect_denied(task, "acme", "creat /etc/new", op="create",
                           path="/etc/new")
        self.allowed(task, "creat /data/new")
        self.allowed(task, "open w+append /data/f")
        self.allowed(task, "unlink /data/f")
        self.assertEqual(task.end(), 0)
        self.expect_nobody("acme")

    def test_first_instruction(self):
        """Not even the first system call of a container goes unjudged."""
        task = self.start("acme-1", "/first", "/etc/secret", first="EACCES")
        pid = self.runtime.pid("acme-1")
        self.expect_event(None, "acme", op="read", path="/etc/secret",
                          pid=pid, comm="first")
        self.assertEqual(members("acme"), {pid})
        self.assertEqual(task.end(), 0)
        self.expect_nobody("acme")

    def test_restart(self):
        """It starts each time, and leaves nothing behind."""
        # At which point runc comes into the cgroup is different each time.
        for _ in range(self.restarts):
            task = self.start("acme-1")
            self.no_events()
            self.expect_confined(task, "acme")
            self.assertEqual(task.end(), 0)
            self.expect_nobody("acme")
            self.runtime.remove("acme-1")


class EnterTests:
    """So is what comes in later."""

    def test_enter(self):
        """What the runtime executes in a running container is judged."""
        self.start("acme-1")
        for path, answer in (("/etc/secret", "EACCES"), ("/etc/acme/f", "OK")):
            self.enter("acme-1", "/first", path, first=answer).end()
            if answer == "OK":
                self.no_events()
            else:
                self.expect_event(None, "acme", op="read", path=path,
                                  comm="first")
        self.expect_confined(self.enter("acme-1"), "acme")
        self.refused(self.runtime.exec_command("acme-1", ["/bin/denied"]))
        self.expect_event(None, "acme", op="exec", path="/bin/denied")

    def test_guard(self):
        """What prepares a container may mount, what is in it may not."""
        self.start("acme-1")
        self.refused(self.runtime.exec_command(
            "acme-1", [BOX, "mount", "-t", "tmpfs", "x", "/tmp"]))
        events = self.session.take()
        denied = [event["op"] for event in events
                  if event["class"] == "guard"]
        self.assertEqual(denied, ["mount"], events)


class WayTests:
    """Ways into a container that do not depend on how it was made."""

    def test_nsenter(self):
        """So is what the host's root executes in its namespaces."""
        self.start("acme-1")
        command = ["nsenter", "--all",
                   "--target", str(self.runtime.pid("acme-1"))]
        task = Inside([*command, "/first", "/etc/secret"], first="EACCES")
        self.tasks.append(task)
        self.expect_event(None, "acme", op="read", path="/etc/secret",
                          comm="first")
        task = Inside([*command, "/act"])
        self.tasks.append(task)
        self.expect_confined(task, "acme")
        self.refused([*command, "/bin/denied"])
        self.expect_event(None, "acme", op="exec", path="/bin/denied")

    def test_script(self):
        """A script, whose interpreter executes another program in the end."""
        task = self.start("acme-1", "/script")
        self.no_events()
        self.expect_confined(task, "acme")
        self.assertEqual(task.end(), 0)
        self.expect_nobody("acme")

    def test_script_denied(self):
        """A script that may not be executed, by a shell that may."""
        self.refused_start("acme-1", "/etc/acme/script")
        self.expect_event(None, "acme", op="exec", path="/etc/acme/script")
        self.expect_nobody("acme")

    def test_program_denied(self):
        self.refused_start("acme-1", "/bin/denied")
        self.expect_event(None, "acme", op="exec", path="/bin/denied")
        self.expect_nobody("acme")

    def test_two_tenants(self):
        """Each has its own policy, also where the path is the same."""
        tasks = {tenant: self.start(f"{tenant}-1")
                 for tenant in ("acme", "globex")}
        for tenant, other in (("acme", "globex"), ("globex", "acme")):
            self.assertEqual(members(tenant), {tasks[tenant].tid})
            self.expect_confined(tasks[tenant], tenant)
            path = f"/etc/{other}/f"
            self.expect_denied(tasks[tenant], tenant, f"open r {path}",
                               op="read", path=path)
        self.assertEqual(tasks["acme"].end(), 0)
        self.assertTrue(cordon.wait_until(lambda: not members("acme")))
        self.expect_confined(tasks["globex"], "globex")
        self.assertEqual(tasks["globex"].end(), 0)
        self.expect_nobody("acme", "globex")


class RuncTest(StartTests, EnterTests, WayTests, RuntimeCase):
    """In cgroups of its own making, on an overlay of its own."""

    runtime = Oci(RUNC, systemd=False, overlay=True)


class RuncSystemdTest(StartTests, EnterTests, RuntimeCase):
    """In a scope of systemd, in a directory of the host."""

    runtime = Oci(RUNC, systemd=True, overlay=False)


class CrunTest(StartTests, EnterTests, WayTests, RuntimeCase):
    runtime = Oci(CRUN, systemd=False, overlay=False)


class CrunSystemdTest(StartTests, EnterTests, RuntimeCase):
    runtime = Oci(CRUN, systemd=True, overlay=True)


class PodmanTest(StartTests, EnterTests, RuntimeCase):
    """With crun, Debian's default, and its overlay storage."""

    runtime = Podman(CRUN)
    restarts = 1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Podman.prepare()


class PodmanRuncTest(EnterTests, RuntimeCase):
    runtime = Podman(RUNC)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Podman.prepare()


class NspawnTest(StartTests, WayTests, RuntimeCase):
    runtime = Nspawn()


if __name__ == "__main__":
    unittest.main()
