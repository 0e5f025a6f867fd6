# SPDX-License-Identifier: GPL-2.0
"""Events that were sent can be had again, for a while."""
import json
import os
import re
import signal
import subprocess
import time
import unittest

import cordon
from cordon import Recorder, status, wait_until
from eventcase import NO, EventCase, FreshCase, denials

setUpModule = cordon.begin
tearDownModule = cordon.end


class HistoryCase(EventCase):
    def setUp(self):
        super().setUp()
        self.load(acme=denials())

    def events(self, *arguments):
        lines = cordon.cordonctl("events", "--json", *arguments)
        return [json.loads(line) for line in lines.split("\n")[:-1]]

    def stop_and_flood(self, count):
        """What a monitor says that did not listen meanwhile."""
        task = self.task("acme")
        recorder = Recorder("/run/events")
        self.session.take()
        self.session.monitor.stop()
        self.addCleanup(self.session.listen_anew)
        recorder.process.send_signal(signal.SIGSTOP)
        self.assertEqual(task.do(f"flood r {NO}/f {count}"), f"text:{count}")
        self.settle()
        recorder.process.send_signal(signal.SIGCONT)
        last = self.events("--last", "1")[0]["seq"]
        wait_until(lambda: f'"seq":{last},' in
                   cordon.read_file("/run/events"))
        events, errors = recorder.stop()
        self.assertEqual(events[-1]["seq"], last)
        return [event["seq"] for event in events
                if event["tenant"] == "acme"], errors


class HistoryTest(HistoryCase):
    """Events that were sent can be had again."""

    def test_same(self):
        """They are what listeners got."""
        task = self.task("acme")
        self.flood([task], 1, 5)
        heard = self.session.take()
        self.assertEqual(len(heard), 5)
        first = str(heard[0]["seq"])
        self.assertEqual(self.events("--since", first, "--tenant", "acme"),
                         heard)
        self.assertEqual(self.events("--last", "2", "--tenant", "acme"),
                         heard[3:])
        self.assertEqual(self.events("--last", "100000", "--since", first,
                                     "--class", "file", "--tenant", "acme",
                                     "--verdict", "denied"), heard)

    def test_filters(self):
        task = self.task("acme")
        self.flood([task], 1, 5)
        seq = self.session.take()[-1]["seq"]
        for arguments in (("--tenant", "nobody"), ("--class", "socket"),
                          ("--verdict", "allowed"), ("--since", str(seq + 9))):
            with self.subTest(arguments):
                self.assertEqual(
                    self.events("--since", str(seq), *arguments), [])

    def test_text(self):
        """Without JSON it is one line each, as the monitor has it."""
        task = self.task("acme")
        self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                    origin=self.policy.origin("deny:"))
        line = cordon.cordonctl("events", "--tenant", "acme", "--last", "1")
        self.assertRegex(line, rf"^\S+ \S+ DENIED +acme +file +read +{NO}/f +"
                         r"EACCES +\S+ +pid=\d+ comm=act uid=0\n$")

    def test_since(self):
        """A monitor begins where it is told to, and goes on with what
        comes."""
        task = self.task("acme")
        self.flood([task], 1, 5)
        heard = self.session.take()
        monitor = subprocess.Popen(
            ["cordonctl", "monitor", "--json", "--tenant", "acme", "--since",
             str(heard[1]["seq"]), "--count", "7"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(monitor.kill)
        self.assertEqual(monitor.stderr.readline(), b"listening\n")
        self.flood([task], 1, 3)
        output, errors = monitor.communicate(timeout=cordon.TIMEOUT)
        self.assertEqual(errors, b"")
        self.assertEqual([json.loads(line) for line in output.splitlines()],
                         heard[1:] + self.session.take())

    def test_healed(self):
        """More than there is room for on its way is had from the history."""
        numbers, errors = self.stop_and_flood(3000)
        self.assertEqual(errors, "")
        self.assertEqual(numbers,
                         list(range(numbers[0], numbers[0] + 3000)))


class SmallHistoryTest(HistoryCase):
    """A history of 64 events."""

    @classmethod
    def renew(cls, *parameters):
        cordon.end()
        cordon.remove()
        cordon.insert(*parameters)
        cordon.begin()

    @classmethod
    def setUpClass(cls):
        cls.renew("history_max=64")
        cls.addClassCleanup(cls.renew)

    def test_healed(self):
        """What cannot be had any more is counted."""
        numbers, errors = self.stop_and_flood(3000)
        missed = re.fullmatch(
            r"cordonctl: (\d+) events were missed and cannot be had any more "
            r"\(sequence (\d+) to (\d+)\)\n", errors)
        self.assertTrue(missed, errors)
        count, first, end = map(int, missed.groups())
        self.assertEqual(end - first + 1, count)
        self.assertEqual(len(numbers) + count, 3000)
        # What was done before, by the host, is there as well.
        kept = len(self.events("--tenant", "acme"))
        self.assertIn(kept, range(33, 65))
        self.assertEqual(numbers[-1] - end, kept)

    def test_storm_of_another(self):
        """It costs a tenant nothing, and the host neither."""
        self.load(acme=denials(), globex=denials())
        quiet, loud = self.task("acme"), self.task("globex")
        self.flood([quiet], 1, 5)
        mine = [event for event in self.session.take()
                if event["tenant"] == "acme"]
        self.assertEqual(len(mine), 5)
        acts = self.events("--class", "admin")
        self.assertGreater(len(acts), 0)
        self.assertEqual(loud.do(f"flood r {NO}/f 500"), "text:500")
        self.settle()
        self.assertEqual(self.events("--tenant", "acme", "--since",
                                     str(mine[0]["seq"])), mine)
        self.assertEqual(self.events("--class", "admin"), acts)
        numbers = [event["tenant_seq"]
                   for event in self.events("--tenant", "globex")]
        self.assertEqual(numbers,
                         list(range(501 - len(numbers), 501)))
        self.assertEqual(status()["history"], 64)

    def test_state(self):
        """The history is no larger than it may be, and its memory is
        known."""
        task = self.task("acme")
        self.flood([task], 1, 100)
        self.session.take()
        self.settle()
        state = status()
        self.assertEqual((state["history"], state["history_max"]), (64, 64))
        events = self.events()
        self.assertEqual(len(events), 64)
        self.assertEqual(events[0]["seq"], state["history_first"])
        # Each takes its fields, and a few texts.
        self.assertIn(state["history_bytes"] // 64, range(150, 400))
        self.assertEqual(state["backlog_bytes"], 0)


def seconds_of(pid):
    """What a process has used of processors."""
    fields = cordon.read_file(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


class GapTest(FreshCase):
    """Next to every event one is missing for good, as there is room for one
    only."""

    parameters = ("backlog_max=1",)
    TURNS = 100 if cordon.SANITIZED else 500

    def setUp(self):
        super().setUp()
        self.task = self.denied_task()
        # What sends events gets no turn in between.
        os.sched_setscheduler(self.task.pid, os.SCHED_FIFO, os.sched_param(1))
        self.recorder = Recorder("/run/events")

    def restore(self):
        self.recorder.process.kill()
        self.recorder.process.communicate()
        self.task.stop()
        cordon.cordonctl("flush")
        super().restore()

    def flood(self, turns):
        """Of each turn one event is sent, which takes a moment."""
        for _ in range(turns):
            self.task.must(f"flood r {NO}/f 5")
            time.sleep(0.02)

    def kept(self):
        lines = cordon.cordonctl("events", "--json").splitlines()
        return [json.loads(line) for line in lines]

    def check(self):
        """The recorder has all that was sent since it had its first event,
        and knows how many were not."""
        self.assertTrue(wait_until(
            lambda: not status()["events"]["pending"]))
        kept = self.kept()
        last = kept[-1]["seq"]
        self.assertTrue(wait_until(lambda: f'"seq":{last},' in
                                   cordon.read_file("/run/events")))
        used = seconds_of(self.recorder.process.pid)
        heard, errors = self.recorder.stop()
        self.assertEqual(heard, [event for event in kept
                                 if event["seq"] >= heard[0]["seq"]])
        missed = re.findall(r"^cordonctl: (\d+) events were missed", errors,
                            re.MULTILINE)
        self.assertEqual(len(missed), errors.count("\n"))
        self.assertEqual(sum(map(int, missed)),
                         last - heard[0]["seq"] + 1 - len(heard))
        numbers = [event["seq"] for event in heard]
        gaps = sum(after - before > 1
                   for before, after in zip(numbers, numbers[1:]))
        return gaps, used

    def test_listening(self):
        self.flood(self.TURNS)
        gaps, _ = self.check()
        self.assertGreater(gaps, self.TURNS // 2)

    def test_late(self):
        """To ask for each that is missing would take forever."""
        self.flood(1)
        self.assertTrue(wait_until(
            lambda: cordon.read_file("/run/events")))
        self.recorder.process.send_signal(signal.SIGSTOP)
        before = seconds_of(self.recorder.process.pid)
        self.flood(self.TURNS)
        once = -self.of_children()
        self.kept()
        once += self.of_children()
        self.recorder.process.send_signal(signal.SIGCONT)
        gaps, used = self.check()
        self.assertGreater(gaps, self.TURNS // 2)
        # It prints all, and gets them by two ways.
        self.assertLess(used - before, 10 * once)

    def of_children(self):
        times = os.times()
        return times.children_user + times.children_system


if __name__ == "__main__":
    unittest.main()
