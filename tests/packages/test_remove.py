# SPDX-License-Identifier: GPL-2.0
"""Third boot: the new module, a policy that cannot be loaded, and the end."""
import glob
import json
import os
import unittest

from packages import POLICY, TENANTS, PackageCase, must, read, run, tenants, \
    unit, version_of, write


class BadBootTest(PackageCase):
    def test_bad(self):
        """It has failed for all to see, and who requires it did not start;
        once it is mended all goes on."""
        self.assertEqual(unit("cordon", "ActiveState"), "failed")
        self.assertEqual(unit("strict", "ActiveState"), "inactive")
        self.assertIn("unknown mode 'enforced'", must(
            "journalctl", "-b", "-u", "cordon.service", "-o", "cat"))
        self.assertEqual(tenants(), [])
        write(POLICY, TENANTS)
        must("systemctl", "start", "strict")
        self.is_denied()
        versions = json.loads(must("cordonctl", "version", "--json"))
        self.assertEqual({versions["tool"], versions["module"]},
                         {version_of("new")})


class RemoveTest(PackageCase):
    """In the order of the alphabet behind the other test."""

    def test_removed(self):
        must("dpkg", "-r", "cordonctl")
        self.assertFalse(os.path.exists("/usr/sbin/cordonctl"))
        for name in "cordon.service", "cordon-monitor.service":
            self.assertNotEqual(unit(name, "ActiveState"), "active")
            self.assertEqual(unit(name, "LoadState"), "not-found")
        # It could not be unloaded with policy in force.
        must("dpkg", "-r", "cordon-dkms")
        self.assertFalse(os.path.exists("/sys/module/cordon"))
        self.assertNotEqual(run("modinfo", "cordon").returncode, 0)
        self.assertEqual(must("dkms", "status"), "")
        self.assertEqual(glob.glob("/usr/src/cordon*"), [])
        self.assertEqual(read(POLICY), TENANTS)
        must("dpkg", "-P", "cordonctl", "cordon-dkms")
        self.assertEqual(read(POLICY), TENANTS)
        left = glob.glob("/etc/systemd/system/*/cordon*.service") + \
            glob.glob("/var/lib/cordon") + glob.glob("/lib/modules/*/updates")
        self.assertEqual([path for path in left
                          if "cordon-main" not in path], [])


if __name__ == "__main__":
    unittest.main()
