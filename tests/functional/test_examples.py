# SPDX-License-Identifier: GPL-2.0
"""The example policies, as they are shipped: a table of what each must let
through and must deny, done by a task where the example has its tenant.

Examples in audit mode are tried twice: as they are, when what would be denied
is reported and done, and enforced.
"""
import os
import re
import shutil
import socket
import subprocess
import unittest
from dataclasses import dataclass

import cordon
from cordon import ACT, CGROUPS, CordonTest, remove_tree, write_file
from examples import SHELL, TABLE
from inside import Inside

EXAMPLES = "/cordon/examples"
RULE = re.compile(r"\s+- (allow|deny): ")


def setUpModule():
    subprocess.run(["modprobe", "-q", "tun"], check=False)
    cordon.begin()


def tearDownModule():
    cordon.end()


@dataclass
class Wanted:
    """What a row says, in the form "[deny OP [by TEXT]]" or else a result:
    OK, or "any" where nobody but policy would say EACCES or EPERM."""
    result: str = None
    op: str = None
    text: str = None

    @classmethod
    def read(cls, words):
        if not words.startswith("deny "):
            return cls(result=words)
        op, _, text = words[5:].partition(" by ")
        return cls(op=op, text=text or None)


def rule_line(policy, text):
    """The number of the line where the rule begins that has this text."""
    lines = policy.splitlines()
    found = [number for number, line in enumerate(lines) if text in line]
    if len(found) != 1:
        raise ValueError(f"{text!r} is in {len(found)} lines")
    number = found[0]
    while not RULE.match(lines[number]):
        number -= 1
    return number + 1


class ExampleCase(CordonTest):
    """One example, with what has to be there for its acts."""

    def prepare(self, example):
        for path in example.files:
            self.provide(path, lambda path=path: write_file(path, path))
        if example.program != ACT:
            self.provide(example.program,
                         lambda: shutil.copy(ACT, example.program))
        for path in example.programs:
            self.provide(path, lambda path=path: shutil.copy(SHELL, path))
        for path in example.folders:
            os.makedirs(path, exist_ok=True)
        for path in example.devices:
            # Opening it is what policy is about; what answers is no matter.
            self.provide(path, lambda path=path: os.mknod(
                path, 0o20600, os.makedev(1, 3)))
        for path in example.servers:
            self.provide(path, lambda path=path: self.serve(path))
        for path in example.leaves:
            self.addCleanup(self.forget, path)

    def provide(self, path, make):
        """A file that is gone afterwards if it was not there before."""
        if os.path.lexists(path):
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        make()
        self.addCleanup(self.forget, path)

    def forget(self, path):
        if os.path.isdir(path):
            remove_tree(path)
        elif os.path.lexists(path):
            os.unlink(path)

    def serve(self, path):
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(path)
        server.listen()

    def enter(self, example):
        """A task that executes the program where the tenant is."""
        folder = CGROUPS + example.cgroup
        os.makedirs(folder, exist_ok=True)
        self.addCleanup(self.leave, folder)

        def into():
            write_file(f"{folder}/cgroup.procs", "0")

        task = Inside([example.program], prepare=into)
        self.tasks.append(task)
        return task

    def leave(self, folder):
        self.stop_tasks()
        self.tasks.clear()
        while folder != CGROUPS:
            if "populated 1" in cordon.read_file(f"{folder}/cgroup.events"):
                break
            try:
                os.rmdir(folder)
            except OSError:
                break
            folder = os.path.dirname(folder)

    def put_in_force(self, example, policy):
        self.addCleanup(self.session.remove_others)
        path = f"/run/{example.file}"
        write_file(path, policy)
        self.addCleanup(os.unlink, path)
        cordon.cordonctl("load", path)
        self.session.generation += 1

    def run_rows(self, example, policy):
        self.prepare(example)
        self.put_in_force(example, policy)
        task = self.enter(example)
        self.assertIn(task.pid, cordon.members(example.tenant))
        self.no_events()
        for steps, words in example.rows:
            with self.subTest(steps):
                self.run_row(example, policy, task, steps.split("; "),
                             Wanted.read(words))

    def run_row(self, example, policy, task, steps, wanted):
        for step in steps[:-1]:
            self.assertEqual(task.do(step), "OK", step)
            self.assertEqual(self.session.take(), [], step)
        answer = task.do(steps[-1])
        events = self.session.take()
        if wanted.op:
            self.check_denial(example, policy, answer, events, wanted)
            return
        self.assertEqual(events, [])
        refused = ("EACCES", "EPERM")
        if wanted.result == "any":
            self.assertNotIn(answer, refused)
        else:
            self.assertEqual(answer.split(":")[0], wanted.result)

    def check_denial(self, example, policy, answer, events, wanted):
        enforced = "mode: enforce" in policy
        self.assertGreaterEqual(len(events), 1, answer)
        guard = events[0]["class"] == "guard"
        if enforced:
            self.assertEqual(answer, "EPERM" if guard else "EACCES")
            self.assertEqual(len(events), 1, events)
        else:
            self.assertNotEqual(answer, "EACCES")
        for event in events:
            self.assertEqual(
                (event["tenant"], event["verdict"]),
                (example.tenant, "denied" if enforced else "would-deny"))
        event = events[0]
        self.assertEqual(event["op"], wanted.op)
        if wanted.text:
            line = rule_line(policy, wanted.text)
            self.assertEqual((event["reason"], event["origin"]),
                             ("rule", f"/run/{example.file}:{line}"))
        else:
            self.assertEqual(event["reason"], "guard" if guard else "default")


class ExampleTest(ExampleCase):
    """Two tests an example, made below."""

    def test_all_are_in_the_table(self):
        self.assertEqual(
            {example.file for example in TABLE},
            {name for name in os.listdir(EXAMPLES) if name.endswith(".yaml")})

    def test_strict(self):
        """Nothing in them is without effect, or meant otherwise."""
        for name in sorted({example.file for example in TABLE}):
            with self.subTest(name):
                done = cordon.run("cordonctl", "check", "--strict",
                                  f"{EXAMPLES}/{name}")
                self.assertEqual((done.returncode, done.stderr), (0, ""))


def add_tests(example):
    policy = cordon.read_file(f"{EXAMPLES}/{example.file}")
    name = example.tenant.replace("-", "_").replace(".", "_")
    stem = example.file.partition(".")[0].replace("-", "_")
    audit = "mode: audit" in policy

    def test_as_shipped(self):
        self.run_rows(example, policy)

    def test_enforced(self):
        self.run_rows(example, policy.replace("mode: audit", "mode: enforce"))

    setattr(ExampleTest, f"test_{stem}_{name}_as_shipped", test_as_shipped)
    if audit and example.enforced:
        setattr(ExampleTest, f"test_{stem}_{name}_enforced", test_enforced)


for each in TABLE:
    add_tests(each)


if __name__ == "__main__":
    unittest.main()
