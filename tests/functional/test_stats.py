# SPDX-License-Identifier: GPL-2.0
"""What cordonctl tells of counters, and events as others write them."""
import json
import os
import re
import subprocess

import cordon
from cordon import file_section, run, status
from eventcase import NO, EventCase

setUpModule = cordon.begin
tearDownModule = cordon.end

METRICS = "/run/cordon.prom"


def samples(text):
    """Name and labels of each metric, with its value."""
    return {name: int(value) for name, value in
            re.findall(r"^(cordon_[^ ]+) (\d+)$", text, re.MULTILINE)}


class StatsTest(EventCase):
    def setUp(self):
        super().setUp()
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}", default="allow",
            events=(1000000, 1000000)))
        self.flood([self.task("acme")], 1, 5)
        self.session.take()
        self.settle()

    def expect_samples(self, text):
        """They are what the module says by other ways."""
        found = samples(text)
        state = status()
        tenant, = [tenant for tenant in cordon.query("show")["tenants"]
                   if tenant["name"] == "acme"]
        self.assertEqual(found["cordon_up"], 1)
        self.assertEqual(found["cordon_policy_generation"],
                         state["generation"])
        self.assertEqual(found["cordon_hooks"], len(state["hooks"]))
        for key in ("generated", "sent", "suppressed", "lost"):
            name = f"events_{key}_total"
            self.assertEqual(found[f"cordon_{name}"], state["events"][key])
            self.assertEqual(found[f'cordon_tenant_{name}{{tenant="acme"}}'],
                             tenant["events"][key])
        self.assertGreaterEqual(tenant["events"]["sent"], 5)

    def test_standard_output(self):
        self.expect_samples(cordon.cordonctl("stats", "--prometheus"))

    def test_file(self):
        """It is replaced, and anybody may read it."""
        cordon.write_file(METRICS, "old\n")
        cordon.cordonctl("stats", "--prometheus", METRICS)
        self.expect_samples(cordon.read_file(METRICS))
        self.assertEqual(os.stat(METRICS).st_mode & 0o777, 0o644)
        self.assertEqual([name for name in os.listdir("/run")
                          if name.startswith("cordon.prom")],
                         ["cordon.prom"])

    def test_no_directory(self):
        done = run("cordonctl", "stats", "--prometheus", "/no/x.prom")
        self.assertEqual(done.returncode, 6)
        self.assertIn("/no/x.prom", done.stderr)

    def test_full(self):
        """What cannot be printed does not look as if it were, or refused."""
        for command in ("stats", "status", "help"):
            with open("/dev/full", "w", encoding="ascii") as full:
                done = subprocess.run(["cordonctl", command], stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            self.assertEqual(done.returncode, 6)
            self.assertIn(b"cannot write", done.stderr)

    def test_json(self):
        stats = cordon.query("stats")
        self.assertEqual(stats["tenants"], cordon.query("show")["tenants"])
        self.assertEqual(stats["host"]["rules"], status()["rules"])

    def test_text(self):
        lines = cordon.cordonctl("stats").splitlines()
        names = [line.split()[0] for line in lines]
        self.assertEqual((names[0], names[-1]), ("TENANT", "(host)"))
        self.assertIn("acme", names)

    def test_falco(self):
        """An event as Falco would have written it."""
        line = cordon.cordonctl("events", "--tenant", "acme", "--last", "1",
                                "--format", "falco")
        event = json.loads(line)
        self.assertEqual(event["rule"], "cordon file read denied")
        self.assertEqual(event["priority"], "Warning")
        self.assertEqual(event["hostname"], os.uname().nodename)
        self.assertEqual(event["output_fields"]["fd.name"], f"{NO}/f")
        self.assertEqual(event["output_fields"]["evt.res"], "EACCES")
