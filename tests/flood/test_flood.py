# SPDX-License-Identifier: GPL-2.0
"""One tenant is denied things as fast as it can; another, now and then."""
import json
import os
import re
import signal
import threading
import time
import unittest

import cordon
from cordon import CordonTest, Recorder, cordonctl, file_section, query, \
    status, wait_until

setUpModule = cordon.begin
tearDownModule = cordon.end

NO = "/srv/no"
PORT = "/dev/ttyS1"
# Denials of each of the tasks that flood, of which there are two.
COUNT = 20000 if cordon.SANITIZED else 500000
TURNS = 100
FATES = ("sent", "suppressed", "lost", "pending")


def figure(name, number):
    """Hands a number to the host, which prints it."""
    with open(PORT, "w", encoding="ascii") as port:
        port.write(f"data\tfigures\t{name}\t{number}\n")


def tenants():
    return {tenant["name"]: tenant["events"]
            for tenant in query("show")["tenants"]}


def audit_lines():
    """What the kernel log has of events by now."""
    with open("/run/kmsg", encoding="utf-8", errors="replace") as log:
        return sum("type=1400" in line for line in log)


class Flooder(threading.Thread):
    """Has a task flood in the background."""

    def __init__(self, task, path):
        super().__init__()
        self.task = task
        self.path = path
        self.answer = None

    def run(self):
        # A task is told to at once, and takes its time.
        words = f"flood r {self.path} {COUNT}\n"
        self.task.process.stdin.write(words.encode("ascii"))
        self.task.process.stdin.flush()
        self.answer = os.fsdecode(self.task.process.stdout.readline()).strip()


class FloodTest(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(NO)
        no = f"- {{deny: read, path: '{NO}/**'}}"
        self.load(loud=file_section(no, default="allow"),
                  quiet=file_section(no, default="allow"))
        self.checks = 0

    def check_sums(self):
        """At this moment, for each tenant and for all."""
        for name, events in [*tenants().items(), ("all", status()["events"])]:
            self.assertEqual(events["generated"],
                             sum(events[fate] for fate in FATES), name)
        self.checks += 1

    def listen(self, *names):
        recorders = [Recorder(f"/run/{name}") for name in names]
        # One that has gone already is no concern of ours any more.
        for recorder in recorders:
            self.addCleanup(recorder.process.kill)
        return recorders

    def flood(self, quiet, flooders, killed):
        """Runs until the flood is over; how often the quiet one was denied."""
        for flooder in flooders:
            flooder.start()
        denied = 0
        while any(flooder.is_alive() for flooder in flooders) \
                or denied < TURNS:
            self.assertEqual(quiet.do(f"open r {NO}/f"), "EACCES")
            denied += 1
            self.check_sums()
            if denied == TURNS // 4:
                killed.process.send_signal(signal.SIGKILL)
        for flooder in flooders:
            flooder.join()
            self.assertEqual(flooder.answer, f"text:{COUNT}")
        return denied

    def settle(self):
        def settled():
            self.check_sums()
            return not status()["events"]["pending"]

        self.assertTrue(wait_until(settled))
        # A summary may come behind what was held.
        time.sleep(1.5)
        self.assertTrue(wait_until(settled))

    def expect_all(self, recorder, tenant, repeats):
        """What was heard of a tenant stands for all that it was denied."""
        events, errors = recorder.stop()
        self.assertEqual(errors, "")
        events = [event for event in events if event["tenant"] == tenant]
        numbers = [event["tenant_seq"] for event in events]
        self.assertEqual(numbers, list(range(1, len(events) + 1)))
        told = sum(event["suppressed"] if event["class"] == "stream" else 1
                   for event in events)
        self.assertEqual(told, repeats)
        return events

    def expect_gap(self, recorder):
        """The one that was stopped has all that there is room for, and says
        how much it has not."""
        events, errors = recorder.stop()
        numbers = [event["seq"] for event in events]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(numbers[-1], self.newest())
        missed = re.findall(r"^cordonctl: (\d+) events were missed", errors)
        self.assertEqual(errors.count("\n"), len(missed))
        self.assertEqual(sum(map(int, missed)),
                         numbers[-1] - numbers[0] + 1 - len(numbers))
        kept = {json.loads(line)["seq"] for line in cordonctl(
            "events", "--json", "--since", str(numbers[0])).splitlines()}
        self.assertGreater(len(kept), status()["history_max"] // 2)
        self.assertLessEqual(kept, set(numbers))

    def newest(self):
        return json.loads(cordonctl("events", "--last", "1", "--json"))["seq"]

    def test_flood(self):
        """A million denials, with one who listens, one that is stopped and
        one that is killed."""
        loud = [self.task("loud"), self.task("loud")]
        quiet = self.task("quiet")
        normal, stopped, killed = self.listen("normal", "stopped", "killed")
        second, third = self.listen("second", "third")
        stopped.process.send_signal(signal.SIGSTOP)
        # It is not read meanwhile.
        self.session.take()
        self.session.monitor.stop()
        self.addCleanup(self.session.listen_anew)
        logged = audit_lines()
        begun = time.monotonic()
        denied = self.flood(quiet, [Flooder(task, f"{NO}/f")
                                    for task in loud], killed)
        seconds = time.monotonic() - begun
        self.settle()
        stopped.process.send_signal(signal.SIGCONT)
        time.sleep(1)
        own = tenants()
        self.tell(own, seconds, denied)
        summaries = own["loud"]["generated"] - 2 * COUNT
        self.assertEqual(own["loud"]["lost"], 0)
        self.assertEqual(own["quiet"], {"generated": denied, "sent": denied,
                                        "suppressed": 0, "lost": 0,
                                        "pending": 0})
        # At once, a second, and what is told when a second is over.
        self.assertLess(own["loud"]["sent"],
                        1000 + (seconds + 3) * (100 + 8 + 1))
        for recorder in (normal, second):
            heard = self.expect_all(recorder, "loud", 2 * COUNT)
            self.assertEqual(len(heard), own["loud"]["sent"])
            self.assertEqual(sum(event["class"] == "stream"
                                 for event in heard), summaries)
        self.expect_all(third, "quiet", denied)
        self.expect_gap(stopped)
        self.assertLessEqual(audit_lines() - logged,
                             own["loud"]["sent"] + denied + 100)

    def tell(self, own, seconds, denied):
        for name in ("loud", "quiet"):
            for fate in ("generated", *FATES):
                figure(f"{name} tenant: {fate}", own[name][fate])
        figure("sums that were checked during the flood", self.checks)
        figure("seconds of the flood", int(seconds))
        self.assertGreaterEqual(denied, TURNS)


if __name__ == "__main__":
    unittest.main()
