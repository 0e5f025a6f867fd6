# SPDX-License-Identifier: GPL-2.0
"""Whether explanations agree with what happened, throughout all tests.

Each decision that is reported, and each open that a test has to see allowed, is
asked of the kernel while the policy that decided is in force, and of the tool
without a kernel when the tests of a module are over.  All three have to agree.
"""
import collections
import json
import os
import subprocess

# Of all modules that are run: how much was compared, and what could not be.
figures = collections.Counter()

# What the evaluator is not the only one to decide.
OTHER_REASONS = {"widens", "no-path", "no-memory", "limit", "redirects"}
FILE = "/run/agreement.yaml"


class Disagreement(AssertionError):
    """Two answers to one question."""


class Asker:
    """A tool that answers one question after the other."""

    def __init__(self, *options, stdin=subprocess.PIPE):
        self.process = subprocess.Popen(
            ["cordonctl", "explain", "--batch", *options], stdin=stdin,
            stdout=subprocess.PIPE, text=True)

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def plain(answer):
    """An answer without what only a kernel has, and without names of files."""
    def strip(value):
        if isinstance(value, list):
            return [strip(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: item.rpartition(":")[2]
                if key == "origin" and item else strip(item)
                for key, item in value.items()
                if key not in ("generation", "notes")}
    return strip(answer)


def check_verdict(event, explained):
    """The kernel explains what it decided."""
    answer = explained["answers"][0]
    wanted = event["verdict"]
    if answer["verdict"] not in (wanted, "depends"):
        raise Disagreement(f"{event} is explained as {explained}")
    if wanted == "allowed" or answer["verdict"] == "depends" \
            and answer["basis"] != "rule":
        return
    origin = answer["origin"] if answer["basis"] == "rule" else "default"
    if event["origin"] != origin:
        raise Disagreement(f"{event} is explained as {explained}")


class Agreement:
    """What is compared in the tests of one module; nothing under sanitizers,
    where all takes ten times as long and the same would be found."""

    def __init__(self, sanitized):
        self.kernel = None if sanitized else Asker()
        self.loaded = {}
        self.later = collections.defaultdict(list)

    def note_policy(self, policy, generation):
        """Tenants were put in force by this text."""
        for name in policy.names:
            self.loaded[name] = (generation, policy.text)

    def check_events(self, events):
        for event in events:
            self.check_event(event)

    def check_event(self, event):
        """Asks the kernel about an event, and remembers to ask the tool."""
        if not self.kernel or \
                event["class"] not in ("file", "socket", "guard"):
            return
        if event["reason"] in OTHER_REASONS:
            figures["decisions that rules alone do not explain"] += 1
            return
        explained = self.kernel.ask(event)
        if explained.get("generation") != event["generation"]:
            figures["decisions whose policy was gone before it was asked"] += 1
            return
        check_verdict(event, explained)
        figures["decisions that the kernel explains as they were"] += 1
        self.remember(event, explained)

    def check_allowed(self, task, op, path):
        """The same of an act that was allowed without a word."""
        if not self.kernel:
            return
        event = {"tenant": task.cgroup, "class": "file", "op": op,
                 "path": path}
        explained = self.kernel.ask(event)
        if explained.get("verdict") not in ("allowed", "would-deny"):
            if not is_member(task):
                figures["permissions of tasks that are no members"] += 1
                return
            raise Disagreement(f"{event} is explained as {explained}")
        figures["permissions that the kernel explains as they were"] += 1
        self.remember(event, explained)

    def remember(self, event, explained):
        generation, text = self.loaded.get(event["tenant"], (None, None))
        if generation == explained["generation"]:
            self.later[text].append((event, explained))

    def ask_offline(self, text, questions):
        with open(FILE, "w", encoding="utf-8",
                  errors="surrogateescape") as file:
            file.write(text)
        done = subprocess.run(
            ["cordonctl", "explain", "--batch", "--offline", FILE],
            input="".join(json.dumps(event) + "\n" for event, _ in questions),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            check=False)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if len(answers) != len(questions):
            raise Disagreement(f"{len(answers)} answers: {done.stderr}")
        return answers

    def end(self):
        """Asks the tool all that the kernel was asked."""
        if self.kernel:
            self.kernel.end()
        for text, questions in self.later.items():
            for (event, kernel), tool in zip(
                    questions, self.ask_offline(text, questions)):
                if plain(kernel) != plain(tool):
                    raise Disagreement(f"{event}: the kernel says {kernel}, "
                                       f"the tool {tool}")
                figures["explanations that kernel and tool agree on"] += 1


def is_member(task):
    """Whether it is one of the tenant that has the name of its cgroup."""
    done = subprocess.run(["cordonctl", "ps", "--json"], check=True,
                          stdout=subprocess.PIPE, text=True)
    return (task.tid, task.cgroup) in {
        (member["pid"], member["tenant"])
        for member in json.loads(done.stdout)["members"]}


def is_plain_open(task, words):
    """Whether an act opens a file of the host by its only name; which way."""
    if len(words) == 1:
        words = words[0].split(" ")
    if len(words) != 3 or words[0] != "open" or words[1] not in ("r", "w"):
        return None
    path = words[2]
    if not task.cgroup or os.path.realpath(path) != path or \
            not os.path.isfile(path):
        return None
    if os.readlink(f"/proc/{task.pid}/ns/mnt") != os.readlink(
            "/proc/self/ns/mnt") or os.readlink(
                f"/proc/{task.pid}/root") != "/":
        return None
    try:
        path.encode()
    except UnicodeEncodeError:
        return None
    return ("read" if words[1] == "r" else "write"), path
