# SPDX-License-Identifier: GPL-2.0
"""All policy is sealed."""
import json
import time

from cordon import Policy, cordonctl, query, run, status, write_file

from sealcase import DENY, OPEN, SEALED, SealCase, remove_by_force


class SealTest(SealCase):
    def test_story(self):
        self.load(acme=DENY, globex=OPEN)
        task, free = self.task("acme"), self.task("globex")
        said = json.loads(cordonctl("seal", "--json"))
        write_file("/run/sealed")
        self.assertEqual(said, {"all": True, "tenants": []})
        self.valid(said, "seal")
        before = query("show")
        self.refused_all()
        self.assertTrue(status()["sealed"])
        for command in ("status", "stats", "show"):
            self.valid(query(command), command)
        self.assertIn("sealed      until the next boot", cordonctl("status"))
        self.assertEqual([tenant["name"] for tenant in before["tenants"]],
                         [tenant["name"] for tenant
                          in query("show")["tenants"]])
        self.noted()
        self.doctor()
        self.assertTrue(self.is_denied(task))
        self.assertFalse(self.is_denied(free))
        self.stays(task)

    def refused_all(self):
        why = "all policy is sealed" + SEALED[:-1]
        self.refuses_load(why, acme=OPEN)
        self.refuses_load(why, new=DENY)
        self.refuses_load(why, "--dry-run", new=DENY)
        self.refuses_load(why, "--replace", acme=DENY)
        self.refused(why, "unload", "globex")
        self.refused(why, "flush")
        # Another generation than the expected one is told of first.
        other = f"--expect-generation={status()['generation'] + 1}"
        self.refused("somebody else changed", "load", other, "-",
                     stdin=Policy(new=DENY).text, code=1)

    def noted(self):
        """Both what was sealed and what was refused."""
        lines = cordonctl("events", "--class", "admin", "--json").splitlines()
        events = [json.loads(line) for line in lines]
        for event in events:
            self.valid(event)
        seals = [event["why"] for event in events if event["op"] == "seal"]
        self.assertEqual(seals[-1], "all policy")
        self.assertEqual((events[-2]["op"], events[-2]["errno_name"]),
                         ("flush", "EPERM"))

    def doctor(self):
        """A host that is sealed is not broken, and all else is looked at."""
        done = run("cordonctl", "doctor", "--json")
        told = json.loads(done.stdout)
        self.valid(told, "doctor")
        found = {one["check"]: one for one in told["findings"]}
        self.assertEqual((found["trial"]["level"],
                          found["trial"]["found"].split(";")[0]),
                         ("unknown", "policy is sealed, so enforcement "
                          "cannot be tried"))
        self.assertLessEqual({"module", "version", "bounds", "lost-events",
                              "audit-records", "ftrace", "cgroup"},
                             set(found))
        self.assertFalse({"leftovers", "denied-open", "event"} & set(found))
        self.assertEqual([one for one in told["findings"]
                          if one["level"] == "error"], [])
        self.assertEqual(done.returncode, 0, done)

    def stays(self, task):
        """No way to remove the module is left."""
        self.assertNotEqual(run("rmmod", "cordon").returncode, 0)
        removal = remove_by_force()
        time.sleep(5)
        self.assertIsNone(removal.poll())
        self.assertTrue(self.is_denied(task))
        self.assertTrue(self.is_denied(self.task("acme")))
        self.refused("all policy is sealed", "flush")
