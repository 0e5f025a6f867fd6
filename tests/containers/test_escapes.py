# SPDX-License-Identifier: GPL-2.0
"""What counts as set-up of a container, and what only pretends to be."""
import os
import shutil
import unittest

import cordon
from containers import CRUN, IMAGE, RUNC, Oci, RuntimeCase, patterns_of, \
    pids_below, tenant_body
from cordon import CGROUPS, members
from inside import Inside

setUpModule = cordon.begin
tearDownModule = cordon.end


class SetupTest(RuntimeCase):
    runtime = Oci(RUNC, systemd=False, overlay=False)

    def prepare_in(self, cgroup):
        """What a child does to come into a cgroup."""
        os.makedirs(CGROUPS + cgroup, exist_ok=True)

        def clean_up():
            self.stop_tasks()
            self.remove_cgroup(CGROUPS + cgroup)
        self.addCleanup(clean_up)

        def enter():
            with open(f"{CGROUPS}{cgroup}/cgroup.procs", "w",
                      encoding="ascii") as procs:
                procs.write("0")
        return enter

    def test_same_path_in_image(self):
        """What an image has at the path of the runtime is not the runtime."""
        shutil.copy(f"{IMAGE}/act", IMAGE + RUNC)
        self.addCleanup(os.unlink, IMAGE + RUNC)
        self.refused_start("acme-1", RUNC)
        self.expect_event(None, "acme", op="exec", path=RUNC)
        self.start("acme-2")
        self.refused(self.runtime.exec_command("acme-2", [RUNC]))
        self.expect_event(None, "acme", op="exec", path=RUNC)

    def test_runtime_as_entrypoint(self):
        """The runtime, executed once more in place of the container."""
        self.refused_start("acme-1", "/proc/self/exe")
        self.expect_event(None, "acme", op="exec", reason="no-path")
        self.expect_nobody("acme")

    def test_runtime_in_cgroup(self):
        """A runtime that is in the cgroup from its very beginning."""
        for program in (RUNC, CRUN):
            self.replace(acme=tenant_body(
                "acme", patterns_of("acme"), program))
            name = f"acme-{os.path.basename(program)}"
            runtime = Oci(program, systemd=False, overlay=True)
            self.addCleanup(runtime.remove, name)
            task = Inside(runtime.run_command(name, ["/act"]),
                          lambda: pids_below(f"/box/{name}"),
                          prepare=self.prepare_in("/box/acme-host"))
            self.tasks.append(task)
            self.no_events()
            self.assertEqual(members("acme"), {task.pid})
            self.expect_confined(task, "acme")
            self.assertEqual(task.end(), 0)
            self.expect_nobody("acme")

    def test_runtime_not_listed(self):
        """It would be held to the policy, and so does not even start."""
        self.replace(acme=tenant_body("acme", patterns_of("acme"), CRUN))
        with self.assertRaises(PermissionError):
            Inside(self.runtime.run_command("acme-1", ["/act"]),
                   prepare=self.prepare_in("/box/acme-host"))
        self.expect_event(None, "acme", op="exec", path=RUNC)

    def test_nsenter_in_cgroup(self):
        """It enters unconfined where it is listed; what it executes is not."""
        self.replace(acme=tenant_body("acme", patterns_of("acme"),
                                      f"{RUNC}, /usr/bin/nsenter"))
        self.start("acme-1")
        command = ["nsenter", "--mount", "--target",
                   str(self.runtime.pid("acme-1"))]
        task = Inside([*command, "/act"],
                      prepare=self.prepare_in("/box/acme-host"))
        self.tasks.append(task)
        self.no_events()
        self.expect_confined(task, "acme")


if __name__ == "__main__":
    unittest.main()
