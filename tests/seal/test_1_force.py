# SPDX-License-Identifier: GPL-2.0
"""A module that is removed by force while policy is in force."""
import time

from cordon import cordonctl, insert, read_file, run, wait_until

from sealcase import DENY, OPEN, SealCase, remove_by_force


class ForceTest(SealCase):
    def test_waits_for_the_flush(self):
        self.load(acme=DENY)
        task = self.task("acme")
        self.assertTrue(self.is_denied(task))
        removal = remove_by_force()
        self.addCleanup(removal.kill)
        self.assertTrue(wait_until(
            lambda: "removal was forced" in run("dmesg").stdout))
        time.sleep(2)
        self.assertIsNone(removal.poll())
        self.assertTrue(self.is_denied(task))
        # Who comes now is held, too, and policy can be changed.
        self.assertTrue(self.is_denied(self.task("acme")))
        self.load(acme=OPEN)
        self.assertFalse(self.is_denied(task))
        self.load(acme=DENY)
        self.assertTrue(self.is_denied(task))
        cordonctl("flush")
        self.assertEqual(removal.wait(60), 0)
        self.assertNotIn("cordon ", read_file("/proc/modules"))
        self.assertFalse(self.is_denied(task))
        insert()
