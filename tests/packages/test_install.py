# SPDX-License-Identifier: GPL-2.0
"""First boot: a fresh Debian gets the packages, and a first policy."""
import os
import unittest

from packages import BAD, OTHER, POLICY, RESULT, SECRET, SERVICE, STRICT, \
    TENANTS, PackageCase, digest, install, must, run, tenants, unit, \
    version_of, write

UNITS = ("cordon.service", "cordon-monitor.service", "cordon-stats.service",
         "cordon-stats.timer")


def setUpModule():
    write(SECRET, "secret\n")
    write("/etc/systemd/system/tenant.service", SERVICE)
    write("/etc/systemd/system/strict.service", STRICT)
    install("old")


class InstallTest(PackageCase):
    def test_installed(self):
        """The module is built, and nothing is in force yet."""
        for package in "cordonctl", "cordon-dkms":
            self.assertEqual(
                must("dpkg-query", "-W", "-f", "${Status} ${Version}",
                     package), f"install ok installed {version_of('old')}")
        self.module_is(version_of("old"))
        self.assertTrue(os.path.isdir(os.path.dirname(POLICY)))
        self.no_failures()

    def test_enabled(self):
        for name in UNITS[:2]:
            self.assertEqual(unit(name, "UnitFileState"), "enabled")
        self.assertEqual(unit("cordon-stats.timer", "UnitFileState"),
                         "disabled")

    def test_units(self):
        """systemd has nothing to say against them."""
        done = run("systemd-analyze", "verify", "--man=no", *UNITS)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         (0, "", ""))

    def test_exposure(self):
        """What systemd thinks of how much they are kept from."""
        for name, most in (("cordon.service", 15),
                           ("cordon-stats.service", 15),
                           ("cordon-monitor.service", 20)):
            done = run("systemd-analyze", "security", "--no-pager",
                       f"--threshold={most}", name)
            self.assertEqual(done.returncode, 0, done.stdout)
            print(done.stdout.strip().splitlines()[-1])


class PolicyTest(PackageCase):
    def setUp(self):
        write(POLICY, TENANTS)
        must("systemctl", "restart", "cordon")
        self.addCleanup(must, "systemctl", "restart", "cordon")
        self.addCleanup(write, POLICY, TENANTS)

    def test_start(self):
        self.assertEqual(tenants(), ["tenant"])
        self.is_denied()

    def test_often(self):
        """Who mends a policy by trial is not made to wait by systemd."""
        for _ in range(8):
            must("systemctl", "restart", "cordon")
        self.assertEqual(tenants(), ["tenant"])

    def test_reload(self):
        """Added and removed as the files say."""
        write(POLICY, TENANTS + OTHER)
        must("systemctl", "reload", "cordon")
        self.assertEqual(sorted(tenants()), ["other", "tenant"])
        write(POLICY, TENANTS)
        must("systemctl", "reload", "cordon")
        self.assertEqual(tenants(), ["tenant"])

    def refused(self, says):
        """A reload fails, says why, and changes nothing."""
        before = digest()
        self.assertNotEqual(run("systemctl", "reload", "cordon").returncode, 0)
        self.assertEqual(digest(), before)
        self.assertEqual(unit("cordon", "ActiveState"), "active")
        self.assertIn(says, must("journalctl", "-b", "-u", "cordon.service",
                                 "-o", "cat"))
        self.is_denied()

    def test_bad(self):
        write(POLICY, BAD)
        self.refused("unknown mode 'enforced'")

    def test_emptied(self):
        os.unlink(POLICY)
        self.refused("holds no *.yaml")

    def test_missing(self):
        os.unlink(POLICY)
        os.rmdir(os.path.dirname(POLICY))
        self.refused(f"{os.path.dirname(POLICY)}: No such file")

    def test_stopped(self):
        """Stopping takes nothing back."""
        must("systemctl", "stop", "cordon")
        self.assertEqual(tenants(), ["tenant"])
        self.is_denied()

    def test_not_wanted(self):
        """Without files it is skipped, and is no failure."""
        os.unlink(POLICY)
        must("systemctl", "restart", "cordon")
        self.assertEqual(unit("cordon", "ConditionResult"), "no")
        self.assertEqual(unit("cordon", "ActiveState"), "inactive")
        self.no_failures()

    def test_required(self):
        """What requires policy does not start where it cannot be loaded."""
        self.addCleanup(run, "systemctl", "reset-failed")
        must("systemctl", "stop", "strict", "cordon")
        write(POLICY, BAD)
        self.assertNotEqual(run("systemctl", "start", "strict").returncode, 0)
        self.assertEqual(unit("cordon", "ActiveState"), "failed")
        self.assertEqual(unit("strict", "ActiveState"), "inactive")
        write(POLICY, TENANTS)
        must("systemctl", "start", "strict")
        self.assertEqual(unit("cordon", "ActiveState"), "active")


def tearDownModule():
    """As the next boot shall find it."""
    must("systemctl", "enable", "tenant.service", "strict.service")
    if os.path.exists(RESULT):
        os.unlink(RESULT)


if __name__ == "__main__":
    unittest.main()
