# SPDX-License-Identifier: GPL-2.0
"""What the tool tells of policy in force, and what it changes in it."""
import json
import os
import re
import unittest

import cordon
import test_admin
from cordon import CordonTest, Policy, cordonctl, file_section, query, run, \
    socket_section, status

setUpModule = cordon.begin
tearDownModule = cordon.end

TOP = "/srv/t"
RULES = [f"- {{deny: read, path: {TOP}/{name}}}" for name in "abc"]

# What is shown and loaded again, besides what makes digests differ.
BODIES = {
    **test_admin.DIFFERENT,
    "sections": socket_section("- {allow: bind, port: 1}") +
    "\n    file:\n      default: deny\n      rules:\n"
    "        - {allow: [read, exec, map], path: /**}",
    "network": "    network: 'fdaa:0:ac::/48'\n"
    "    file: {default: deny, rules: [{allow: read, path: /a}]}\n"
    "    socket: {rules: [{allow: bind, path: /run/acme/*}]}",
    "guard": "    socket: {default: deny}\n    guard: {allow: all}",
    "guard only": "    guard: {allow: [mount, userns]}",
    "setup": "    setup: [/usr/bin/runc, 'memfd:*']\n"
    "    file: {default: deny}\n    revoke: true",
    "limits": "    events: {rate: 7, burst: 9, self: true}\n"
    "    file: {default: allow}",
    "long rule": file_section(
        "- {deny: read, path: [" + ", ".join(
            f"/a/rather/long/path/of/number/{number}/**"
            for number in range(900)) + "]}", default="allow"),
    "quotes": file_section(
        r"""- {deny: read, path: ["/a: b", '/#x', "/\x7f", '/{a,b}']}""",
        default="allow"),
}


class ToolCase(CordonTest):
    def fails_with(self, code, *arguments, stdin=None):
        """A command that has to end with this code; what it printed."""
        done = run("cordonctl", *arguments, input=stdin)
        self.assertEqual(done.returncode, code, done)
        return done

    def names(self):
        return [tenant["name"] for tenant in query("show")["tenants"]]


class YamlTest(ToolCase):
    def shown(self, *tenants):
        """What is in force as a policy file, and below its first line."""
        whole = cordonctl("show", "--yaml", *tenants)
        first, text = whole.split("\n", 1)
        self.assertEqual(first, f"# generation {self.session.generation}")
        return whole, text

    def test_loads_back(self):
        """All tenants, with the digest that they had, rule by rule."""
        self.load(acme=file_section())
        names = self.names()
        for name, body in BODIES.items():
            with self.subTest(name):
                self.replace(acme=body)
                digest = status()["digest"]
                file, text = self.shown()
                self.assertEqual(re.findall("(?m)^  ([a-z]+):$", text), names)
                cordonctl("load", "--replace", "-", stdin=file)
                self.session.generation += 1
                self.assertEqual(status()["digest"], digest)
                self.assertEqual(self.shown()[1], text)

    def test_is_what_was_loaded(self):
        for name, body in BODIES.items():
            with self.subTest(name):
                self.replace(acme=body)
                self.assertEqual(
                    self.shown("acme")[1],
                    cordonctl("check", "--expand", "-",
                              stdin=self.policy.text))

    def test_by_name(self):
        self.replace(a=file_section(*RULES), b=file_section(),
                     c=file_section())
        self.assertEqual(self.shown("c", "a", "c")[1],
                         cordonctl("check", "--expand", "-",
                                   stdin=Policy(a=file_section(*RULES),
                                                c=file_section()).text))
        for arguments, code in ((("--yaml", "a", "x"), 1),
                                (("--yaml", "--json"), 2), (("a", "b"), 2)):
            done = self.fails_with(code, "show", *arguments)
            self.assertEqual(done.stdout, "")
            self.assertNotEqual(done.stderr, "")


class DiffTest(ToolCase):
    def setUp(self):
        super().setUp()
        self.load(acme=file_section(*RULES), other=file_section())

    # What is loaded after acme with all of RULES, and other; what changes.
    CHANGES = {
        "nothing": ({"acme": file_section(*RULES)}, []),
        "other order": ({"acme": file_section(*reversed(RULES))},
                        [("acme", "changed", 0, 0)]),
        "a rule less": ({"acme": file_section(*RULES[1:])},
                        [("acme", "changed", 0, 1)]),
        "a rule more": ({"acme": file_section(*RULES, RULES[0])},
                        [("acme", "changed", 1, 0)]),
        "mode": ({"acme": file_section(*RULES, mode="audit")},
                 [("acme", "changed", 0, 0)]),
        "new tenant": ({"new": file_section(RULES[0])},
                       [("new", "added", 1, 0)]),
    }

    def test_says_what_is_dangerous(self):
        """What lets a tenant do more without a rule more or fewer."""
        for said, body in (
                ("mode from enforce to audit",
                 file_section(*RULES, mode="audit")),
                ("file default from deny to allow",
                 file_section(*RULES, default="allow")),
                ("guard", file_section(*RULES) + "\n    guard: {allow: all}"),
                ("select", file_section(*RULES) + "\n    select: [uid: 9]")):
            with self.subTest(said):
                done = cordonctl("load", "--dry-run", "-",
                                 stdin=Policy(acme=body).text)
                self.assertIn(f"would change tenant 'acme': {said}, "
                              "0 rules more, 0 rules fewer\n", done)
        same = cordonctl("load", "--dry-run", "-",
                         stdin=Policy(acme=file_section(*RULES)).text)
        self.assertIn("would change nothing\n", same)

    def expect_changes(self, changes, expected):
        self.assertEqual(
            [(change["tenant"], change["change"], change["rules_added"],
              change["rules_removed"]) for change in changes], expected)

    def test_changes(self):
        for name, (tenants, expected) in self.CHANGES.items():
            with self.subTest(name):
                text = Policy(**tenants).text
                done = self.fails_with(5 if expected else 0, "diff", "--json",
                                       "-", stdin=text)
                told = json.loads(done.stdout)
                self.assertEqual(told["same"], not expected)
                self.assertEqual(told["generation"],
                                 self.session.generation)
                self.expect_changes(told["changes"], expected)
                done = self.fails_with(5 if expected else 0, "diff", "-",
                                       stdin=text)
                self.assertEqual(done.stdout, told["diff"])
        self.assertEqual(status()["generation"], self.session.generation)

    def test_lines(self):
        done = self.fails_with(5, "diff", "-", stdin=Policy(
            acme=file_section(*RULES[:2])).text)
        self.assertEqual(done.stdout.split("\n")[:2],
                         ["--- in force, generation "
                          f"{self.session.generation}", "+++ after the load"])
        self.assertEqual([line for line in done.stdout.split("\n")[2:]
                          if line[:1] in ("-", "+")],
                         ["-      - deny: read", f"-        path: {TOP}/c"])

    def test_replace(self):
        text = Policy(acme=file_section(*RULES)).text
        done = self.fails_with(5, "diff", "--replace", "--json", "-",
                               stdin=text)
        self.expect_changes(json.loads(done.stdout)["changes"],
                            [("keeper", "removed", 0, 1),
                             ("other", "removed", 0, 0)])

    def test_bad_file(self):
        done = self.fails_with(3, "diff", "-", stdin="version: 2\n")
        self.assertEqual(done.stdout, "")
        self.assertIn("<stdin>:1:", done.stderr)
        done = self.fails_with(3, "diff", "--json", "-",
                               stdin="version: 2\n")
        self.assertEqual(done.stderr, "")
        told = json.loads(done.stdout)
        self.assertEqual(list(told), ["diagnostics"])
        self.assertEqual(told["diagnostics"][0]["severity"], "error")

    def test_warnings(self):
        """A good file may have some; they go where those of load go."""
        text = Policy(a=file_section(), b="    select: [cgroup: /t/a]\n" +
                      file_section()).text
        done = self.fails_with(5, "diff", "--json", "-", stdin=text)
        self.assertEqual(done.stderr, "")
        self.assertEqual([found["severity"] for found
                          in json.loads(done.stdout)["diagnostics"]],
                         ["warning"])

    def test_dry_run(self):
        text = Policy(acme=file_section(*RULES[1:])).text
        said = cordonctl("load", "--dry-run", "-", stdin=text)
        self.assertIn("would change tenant 'acme': 0 rules more, "
                      "1 rule fewer\n", said)
        self.assertIn(f", generation {self.session.generation}\n", said)
        told = json.loads(cordonctl("load", "--dry-run", "--json", "-",
                                    stdin=text))
        self.assertEqual(told["generation"], self.session.generation)
        self.assertEqual(status()["generation"], self.session.generation)
        stale = f"--expect-generation={self.session.generation - 1}"
        done = self.fails_with(1, "load", "--dry-run", stale, "-", stdin=text)
        self.assertIn("somebody else changed the policy", done.stderr)

    def test_load_with_diff(self):
        """It is loaded, and then there is no difference any more."""
        policy = Policy(acme=file_section(*RULES[1:]))
        wanted = self.fails_with(5, "diff", "-", stdin=policy.text).stdout
        said = cordonctl("load", "--diff", "-", stdin=policy.text)
        self.session.generation += 1
        self.assertEqual(said, wanted + "loaded 1 tenant, 2 rules, "
                         f"generation {self.session.generation}\n")
        self.fails_with(0, "diff", "-", stdin=policy.text)


class EditTest(ToolCase):
    def test_lost_update(self):
        """What somebody else loads is not undone by what was shown before."""
        self.load(acme=file_section(*RULES))
        shown = cordonctl("show", "--yaml", "acme")
        number = re.match("# generation ([0-9]+)\n", shown).group(1)
        self.load(acme=file_section(*RULES[:2]))
        expect = f"--expect-generation={number}"
        self.fails_with(1, "load", expect, "-", stdin=shown)
        self.assertNotIn(f"{TOP}/c", cordonctl("show", "--yaml", "acme"))


class UnloadTest(ToolCase):
    def setUp(self):
        super().setUp()
        self.load(a=file_section(), b=file_section(), c=file_section())

    def test_removed(self):
        said = cordonctl("unload", "c", "a")
        self.session.generation += 1
        self.assertEqual(said, "removed 2 tenants, generation "
                         f"{self.session.generation}\n")
        self.assertEqual(self.names(), ["b", "keeper"])
        self.assertEqual(query("unload", "b"),
                         {"dry_run": False, "tenants": 1,
                          "generation": self.session.generation + 1})
        self.session.generation += 1

    def test_all_or_none(self):
        stale = f"--expect-generation={self.session.generation - 1}"
        for code, *arguments in ((1, "a", "x"), (1, "a", "a"), (1, stale, "a"),
                                 (1, "not/a/name"), (2,), (2, "n" * 64)):
            with self.subTest(arguments=arguments):
                done = self.fails_with(code, "unload", *arguments)
                self.assertEqual(done.stdout, "")
                self.assertEqual(self.names(), ["a", "b", "c", "keeper"])
                self.assertEqual(status()["generation"],
                                 self.session.generation)


class PsTest(ToolCase):
    def test_parents(self):
        self.load(acme=file_section(cordon.ALLOW_ACT))
        task = self.task("acme")
        mine = [member for member in query("ps")["members"]
                if member["tenant"] == "acme"]
        self.assertEqual([(member["pid"], member["tgid"], member["ppid"])
                          for member in mine],
                         [(task.process.pid, task.process.pid, os.getpid())])
        lines = cordonctl("ps").split("\n")
        self.assertIn(f"{task.process.pid:10} {task.process.pid:10} "
                      f"{'acme':20} act", lines)


if __name__ == "__main__":
    unittest.main()
