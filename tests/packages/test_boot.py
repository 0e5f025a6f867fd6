# SPDX-License-Identifier: GPL-2.0
"""Second boot: policy is there before the tenant; then packages of a higher
version, and a policy that is bad at the next boot."""
import json
import os
import time
import unittest

from packages import BAD, POLICY, RESULT, SECONDS, TENANTS, PackageCase, \
    digest, install, must, read, tenants, unit, version_of, write

METRICS = "/var/lib/prometheus/node-exporter/cordon.prom"
MONITOR = "cordon-monitor.service"


def moment(name, key):
    return int(unit(name, f"{key}TimestampMonotonic"))


class BootTest(PackageCase):
    def test_before_tenants(self):
        """What a service of the tenant did first was denied."""
        self.assertEqual(unit("cordon", "ActiveState"), "active")
        self.assertEqual(tenants(), ["tenant"])
        self.was_denied()
        self.assertLess(moment("cordon", "ActiveEnter"),
                        moment("tenant", "ExecMainStart"))
        self.assertLess(moment("cordon", "ActiveEnter"),
                        moment("sysinit.target", "ActiveEnter"))
        self.assertEqual(unit("strict", "ActiveState"), "active")
        self.no_failures()

    def test_told(self):
        """That is in the journal, with all that was before the service."""
        self.assertEqual(unit(MONITOR, "ActiveState"), "active")
        end = time.monotonic() + SECONDS
        found = []
        while not found and time.monotonic() < end:
            found = must("journalctl", "-b", "-o", "json", "-t", "cordon",
                         "CORDON_TENANT=tenant").splitlines()
        event = json.loads(found[0])
        self.assertEqual((event["CORDON_PATH"], event["CORDON_COMM"]),
                         ("/srv/secret", "cat"))
        first = must("journalctl", "-b", "-o", "json", "-t", "cordon",
                     "CORDON_SEQ=1").splitlines()
        self.assertEqual(json.loads(first[0])["CORDON_OP"], "start")

    def test_counters(self):
        """The timer writes them for the node exporter."""
        os.makedirs(os.path.dirname(METRICS), exist_ok=True)
        must("systemctl", "enable", "--now", "cordon-stats.timer")
        end = time.monotonic() + SECONDS
        while not os.path.exists(METRICS) and time.monotonic() < end:
            time.sleep(0.2)
        self.assertIn("\ncordon_up 1\n", read(METRICS))
        must("systemctl", "disable", "--now", "cordon-stats.timer")


class UpgradeTest(PackageCase):
    """In the order of the alphabet behind the other tests."""

    def test_upgrade(self):
        """The files and what is in force stay; the next boot has the new
        module."""
        old, new = version_of("old"), version_of("new")
        before, pid = digest(), unit(MONITOR, "MainPID")
        install("new")
        self.assertEqual(read(POLICY), TENANTS)
        self.assertEqual(digest(), before)
        self.is_denied()
        versions = json.loads(must("cordonctl", "version", "--json"))
        self.assertEqual((versions["tool"], versions["module"]), (new, old))
        self.module_is(new)
        self.assertFalse(os.path.exists(f"/usr/src/cordon-{old}"))
        self.assertEqual(unit("cordon", "ActiveState"), "active")
        self.assertEqual(unit(MONITOR, "ActiveState"), "active")
        self.assertNotEqual(unit(MONITOR, "MainPID"), pid)
        self.no_failures()
        write(POLICY, BAD)
        os.unlink(RESULT)


if __name__ == "__main__":
    unittest.main()
