# SPDX-License-Identifier: GPL-2.0
"""Tracepoints tell what events do."""
import os
import re
import unittest

import cordon
from cordon import file_section, socket_section, write_file
from eventcase import NO, EventCase

setUpModule = cordon.begin
tearDownModule = cordon.end


class TraceTest(EventCase):
    """Tracepoints tell the same, where it happens."""

    TRACING = "/sys/kernel/tracing"

    def setUp(self):
        super().setUp()
        if not os.path.exists(f"{self.TRACING}/trace"):
            cordon.run("mount", "-t", "tracefs", "tracefs", self.TRACING)
        self.switch("1")
        self.addCleanup(self.switch, "0")

    def switch(self, value):
        write_file(f"{self.TRACING}/events/cordon/enable", value)
        # Opened for writing it is emptied.
        write_file(f"{self.TRACING}/trace")

    def traced(self, name):
        """Task and text of each line of a tracepoint."""
        found = re.findall(rf"^ *(\S+)-(\d+) +\[.*: {name}: (.*)$",
                           cordon.read_file(f"{self.TRACING}/trace"),
                           re.MULTILINE)
        return [(comm, int(tid), text) for comm, tid, text in found]

    def violations(self):
        return [line for line in self.traced("cordon_violation")
                if "tenant=acme" in line[2]]

    def text_of(self, event, name):
        return (f"{event['verdict']} tenant={event['tenant']} "
                f"class={event['class']} op={event['op']} name={name} "
                f"errno={event['errno']} rule={event['origin']} "
                f"generation={event['generation']}")

    def test_violation(self):
        task = self.task("acme")
        event = self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                            origin=self.policy.origin("deny:"))
        self.assertEqual(self.violations(), [
            ("act", task.tid, self.text_of(event, f"{NO}/f"))])

    def test_names(self):
        """No name can look like something else."""
        task = self.task("acme")
        for name, shown in (("a b", r"a\x20b"), ("a\nb", r"a\x0ab"),
                            ("a\\b", r"a\x5cb"), ("\u00fc", r"\xc3\xbc"),
                            ("x errno=0", r"x\x20errno=0"),
                            ("n" * 255, "n" * 255)):
            write_file(f"{NO}/{name}")
            with self.subTest(name):
                write_file(f"{self.TRACING}/trace")
                self.assertEqual(task.do("open", "r", f"{NO}/{name}"),
                                 "EACCES")
                event, = self.session.take()
                self.assertEqual(self.violations(), [
                    ("act", task.tid, self.text_of(event, f"{NO}/{shown}"))])

    # Most bytes of a name, and what one that is cut off ends in.
    MOST, CUT = 2047, "\\..."

    def shown(self, path):
        """How a path of graphic characters and bytes 0xff is shown."""
        parts = [r"\xff" if byte == "\udcff" else byte for byte in path]
        if len("".join(parts)) > self.MOST:
            while len("".join(parts)) > self.MOST - len(self.CUT):
                parts.pop()
            parts.append(self.CUT)
        return "".join(parts)

    def check_long(self, task, path):
        write_file(f"{self.TRACING}/trace")
        self.assertEqual(task.do("mkdir", f"{path}/x"), "EACCES")
        event, = self.session.take()
        shown = self.shown(f"{path}/x")
        self.assertEqual(self.violations(), [
            ("act", task.tid, self.text_of(event, shown))])
        return shown

    def deny_making(self):
        self.load(acme=file_section(
            f"- {{deny: create, path: '{NO}/**'}}", default="allow"))

    def test_long_names(self):
        """Nobody can make a name so long that it is not traced; it is cut off
        between escapes, and one can see that."""
        self.deny_making()
        task = self.task("acme")
        worst = "/".join(["\udcff" * 250] * 2)
        room = self.MOST - len(self.shown(f"{NO}//{worst}/x"))
        # Before and behind the one that just fits.
        for length in range(room - 2, room + 8):
            path = f"{NO}/{'n' * length}/{worst}"
            os.makedirs(path)
            with self.subTest(length=length):
                shown = self.check_long(task, path)
                self.assertEqual(shown.endswith(self.CUT), length > room)

    def test_longest_name(self):
        """Nor the longest of all, of bytes that all have to be escaped."""
        self.deny_making()
        path = f"{NO}/" + "/".join(["\udcff" * 250] * 16)
        os.makedirs(path)
        shown = self.check_long(self.task("acme"), path)
        self.assertTrue(shown.endswith(self.CUT))

    def test_socket(self):
        self.load(acme=socket_section(
            "- {allow: create, family: inet}"))
        task = self.task("acme")
        task.must("socket inet dgram")
        self.assertEqual(task.do("connect inet,10.0.0.1,77"), "EACCES")
        event, = self.session.take()
        self.assertEqual(self.violations(), [
            ("act", task.tid, self.text_of(event, ""))])

    def test_suppressed(self):
        """Beyond the limit, too: who traces wants to see all."""
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}", default="allow",
            events=(1, 1)))
        task = self.task("acme")
        self.assertEqual(task.do(f"flood r {NO}/f 30"), "text:30")
        self.assertEqual(len(self.violations()), 30)
        self.collect(30)

    def test_policy(self):
        before = self.session.generation
        self.load(acme=file_section())
        wrong = cordon.run("cordonctl", "load", "--expect-generation=1", "-",
                           input=cordon.Policy(acme=file_section()).text)
        self.assertEqual(wrong.returncode, 1)
        loaded, refused = self.traced("cordon_policy")
        self.assertEqual(loaded[0], "cordonctl")
        self.assertRegex(
            loaded[2], rf"^op=load before={before} generation={before + 1} "
            r"tenants=2 rules=\d+ ret=0 why=$")
        self.assertRegex(
            refused[2],
            rf"^op=load before={before + 1} generation={before + 1} "
            r"tenants=2 rules=\d+ ret=-116 why=policy\\x20generation.*$")


if __name__ == "__main__":
    unittest.main()
