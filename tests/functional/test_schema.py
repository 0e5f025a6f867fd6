# SPDX-License-Identifier: GPL-2.0
"""What the tool prints as JSON is what the schemas say."""
import json
import os
import sys
import unittest

import cordon
import test_tool
from cordon import ACT, CordonTest, cordonctl, file_section, run, \
    socket_section

sys.path[:0] = ["/cordon/python", "/cordon/tests/tool"]
from schema import complaints  # pylint: disable=wrong-import-position

setUpModule = cordon.begin
tearDownModule = cordon.end

EVERY = "- {allow: [exec, map], path: " + ACT + ", log: always}"


class SchemaTest(CordonTest):
    def valid(self, command, *arguments, code=0, stdin=None):
        done = run("cordonctl", command, "--json", *arguments, input=stdin)
        self.assertEqual(done.returncode, code, done)
        document = json.loads(done.stdout)
        self.assertEqual(complaints("output", document, command), [],
                         done.stdout)
        return document

    def test_state(self):
        """With every kind of tenant and rule that tests have."""
        for name, body in test_tool.BODIES.items():
            with self.subTest(name):
                self.replace(acme=body)
                self.valid("show")
                self.valid("show", "acme")
                self.valid("status")
                self.valid("stats")

    def test_members(self):
        self.load(acme=file_section(cordon.ALLOW_ACT))
        self.task("acme")
        self.assertEqual(len(self.valid("ps")["members"]), 2)

    def test_changes(self):
        one = cordon.Policy(acme=file_section(default="allow"))
        two = cordon.Policy(acme=file_section())
        self.policy = one
        self.valid("load", "-", stdin=one.text)
        self.valid("load", "--diff", "-", stdin=two.text)
        self.valid("load", "--dry-run", "-", stdin=one.text)
        self.valid("diff", "-", stdin=one.text, code=5)
        self.valid("load", "--expect-generation=1", "-", stdin=one.text,
                   code=1)
        self.valid("load", "-", stdin="x", code=3)
        self.valid("diff", "-", stdin=one.text + two.text.replace(
            "acme", "globex").split("tenants:\n")[1], code=5)
        self.valid("load", "--dry-run", "--replace", "--diff", "-",
                   stdin=two.text.replace("acme", "globex"))
        self.valid("diff", "-", stdin="x", code=3)
        self.assertTrue(self.valid("diff", "-", stdin=two.text)["same"])
        self.valid("unload", "--dry-run", "acme")
        self.valid("flush", "--dry-run")
        self.valid("unload", "acme")
        self.valid("version")
        self.session.generation += 3

    def test_explain(self):
        """By words, by events, and line by line."""
        self.load(acme=file_section(EVERY) + "\n" +
                  socket_section().split("\n", 1)[1])
        task = self.task("acme")
        last = json.loads(cordonctl("events", "--last=1", "--json"))["seq"]
        task.do("open r /etc/passwd")
        task.do("socket inet stream")
        self.valid("explain", "acme", "exec", ACT)
        told = self.valid("explain", "--suggest", "acme", "read",
                          "/etc/passwd", code=10)
        self.assertGreater(told["generation"], 0)
        self.valid("explain", "acme", "connect", "tcp 10.0.0.1:443", code=10)
        self.valid("explain", "acme", "ptrace", "own")
        lines = cordonctl("events", f"--since={last + 1}", "--verdict=denied",
                          "--json").splitlines()
        self.assertGreater(len(lines), 1)
        for line in lines:
            told = self.valid("explain", "--suggest",
                              f"--event={json.loads(line)['seq']}", code=10)
            self.assertEqual(told["event"], json.loads(line)["seq"])
        asked = lines + ["acme read /x", "nobody read /x", "acme fly"]
        done = run("cordonctl", "explain", "--batch",
                   input="\n".join(asked) + "\n")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        for answer in answers:
            self.assertEqual(complaints("output", answer, "explain-line"), [],
                             answer)
        self.assertEqual(["error" in answer for answer in answers],
                         [False] * (len(lines) + 1) + [True] * 2)
        self.session.take()

    def test_doctor(self):
        self.valid("doctor")
        self.session.generation += 2

    def test_events(self):
        """One of each class, and what is only now and then in them."""
        self.load(acme=file_section(EVERY) + "\n" +
                  socket_section().split("\n", 1)[1])
        task = self.task("acme")
        for words in ("open r /no/such", "open r /etc/passwd",
                      "socket inet stream", "socket unix dgram",
                      f"kcmp {os.getpid()}"):
            task.do(words)
        self.session.take()
        classes = set()
        for line in cordonctl("events", "--json").splitlines():
            event = json.loads(line)
            self.assertEqual(complaints("event", event), [], line)
            classes.add(event["class"])
        self.assertTrue({"file", "socket", "guard", "admin"} <= classes,
                        classes)


if __name__ == "__main__":
    unittest.main()
