# SPDX-License-Identifier: GPL-2.0
"""What tests of events share: a tenant whose reads below NO are denied."""
import unittest

import cordon
from cordon import CordonTest, file_section, query, status, wait_until, \
    write_file

NO = "/srv/no"
# More than is ever beyond the limit.
ALL = (1000000, 1000000)


def denials(events=ALL, **options):
    """The body of such a tenant, and how many denials are told."""
    return file_section(f"- {{deny: read, path: '{NO}/**'}}", default="allow",
                        events=events, **options)


def counters(tenant=None):
    if tenant is None:
        return status()["events"]
    return query("show", tenant)["events"]


def unaccounted(events):
    """What is missing in the sum; it is 0 at every moment."""
    return events["generated"] - sum(
        events[key] for key in ("sent", "suppressed", "lost", "pending"))


class FreshCase(unittest.TestCase):
    """The module anew for each test, and no policy that nobody asked for."""

    parameters = ()

    def setUp(self):
        cordon.end()
        cordon.remove()
        self.prepare()
        cordon.insert(*self.parameters)
        self.addCleanup(self.restore)

    def prepare(self):
        """What is to be there before the module."""

    def restore(self):
        cordon.run("rmmod", "cordon")
        cordon.insert()
        cordon.begin()

    def denied_task(self, **options):
        """A task of acme, which is loaded."""
        write_file(f"{NO}/f")
        cordon.cordonctl("load", "-", stdin=cordon.Policy(
            acme=denials(**options)).text)
        return cordon.Task("acme")


class EventCase(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(NO)
        self.load(acme=file_section(f"- {{deny: read, path: '{NO}/**'}}",
                                    default="allow"))

    def flood(self, tasks, turns, count):
        """Denials from several tasks, looked at while they happen."""
        for turn in range(turns):
            for task in tasks:
                self.assertEqual(task.do(f"flood r {NO}/f {count}"),
                                 f"text:{count}")
            if turn % 4 == 0:
                self.assertEqual(unaccounted(counters()), 0)
                self.assertEqual(unaccounted(counters("acme")), 0)
        return turns * len(tasks) * count

    def settle(self):
        self.assertTrue(wait_until(lambda: counters()["pending"] == 0))

    def collect(self, generated, name="acme"):
        """All events of a tenant once they tell of so many denials: those on
        files, and the summaries."""
        events = []

        def all_there():
            events.extend(event for event in self.session.take()
                          if event["tenant"] == name)
            self.assertEqual(unaccounted(counters()), 0)
            return self.told(events) == generated \
                and not counters()["pending"]

        self.assertTrue(wait_until(all_there), events)
        return ([event for event in events if event["class"] == "file"],
                [event for event in events if event["class"] == "stream"])

    def told(self, events):
        """How many denials they account for, once all have come."""
        return self.uncounted(events) + sum(
            event["repeat"] for event in events if event["class"] == "file")

    def uncounted(self, events):
        """How many were suppressed and are in no event's repeat."""
        return sum(event["suppressed"] if event["class"] == "stream"
                   else 1 - event["repeat"] for event in events)
