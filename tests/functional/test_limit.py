# SPDX-License-Identifier: GPL-2.0
"""How many events of a tenant are reported, and what becomes of the rest."""
import signal
import time
import unittest

import cordon
from cordon import file_section, query, wait_until, write_file
from eventcase import NO, EventCase, FreshCase, counters, denials, \
    unaccounted

setUpModule = cordon.begin
tearDownModule = cordon.end


class LimitTest(EventCase):
    """What is beyond a tenant's limit is folded, counted and summed up."""

    def limit(self, rate, burst, mode="enforce"):
        self.load(acme=denials((rate, burst), mode=mode))

    def check_counters(self, generated, files, summaries):
        """Each denial and each summary is an event."""
        suppressed = sum(event["suppressed"] for event in summaries)
        self.assertEqual(counters("acme"), {
            "generated": generated + len(summaries),
            "sent": len(files) + len(summaries), "suppressed": suppressed,
            "lost": 0, "pending": 0})
        self.assertEqual(len(files) + suppressed, generated)

    def check_summary(self, event):
        self.assertEqual(
            {key: event[key] for key in (
                "tenant", "op", "verdict", "reason", "errno", "pid", "tgid",
                "ppid", "comm", "uid", "gid", "cgroup_id", "repeat")},
            {"tenant": "acme", "op": "suppressed", "verdict": "noted",
             "reason": "limit", "errno": 0, "pid": 0, "tgid": 0, "ppid": 0,
             "comm": "", "uid": 2**32 - 1, "gid": 2**32 - 1, "cgroup_id": 0,
             "repeat": 1})
        self.assertEqual(set(event), cordon.COMMON_KEYS | {"suppressed"})

    def test_folded(self):
        """Those that are alike are one event, which says how many."""
        self.limit(1, 5)
        task = self.task("acme")
        self.assertEqual(task.do(f"flood r {NO}/f 200"), "text:200")
        files, summaries = self.collect(200)
        self.check_counters(200, files, summaries)
        self.assertEqual([event["repeat"] for event in files[:5]], [1] * 5)
        self.assertLess(len(files), 100)
        self.assertGreater(max(event["repeat"] for event in files), 1)
        # It was told of each in detail, so nothing is left to be summed up.
        self.assertEqual(sum(event["repeat"] for event in files), 200)
        same = [{key: event[key] for key in event if key not in (
            "time", "time_boot_ns", "seq", "tenant_seq", "repeat")}
            for event in files]
        self.assertEqual(same, same[:1] * len(files))
        for event in summaries:
            self.check_summary(event)

    def test_hide(self):
        """What is done cannot be hidden behind what is denied."""
        write_file("/srv/loud")
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}",
            "- {allow: read, path: /srv/loud, log: always}", default="allow",
            events=(1, 2)))
        task = self.task("acme")
        # More kinds than are told apart.
        for number in range(20):
            write_file(f"{NO}/{number}")
            self.assertEqual(task.do(f"open r {NO}/{number}"), "EACCES")
        self.assertEqual(task.do("open r /srv/loud"), "OK")
        files, _ = self.collect(21)
        self.assertIn(("allowed", "/srv/loud"), [
            (event["verdict"], event["path"]) for event in files])

    def test_kinds(self):
        """They are alike only if the same was done to the same."""
        self.limit(1, 1)
        names = [f"{NO}/{number}" for number in range(4)]
        for name in names:
            write_file(name)
        tasks = [self.task("acme"), self.task("acme")]
        for _ in range(5):
            for task in tasks:
                for name in names:
                    self.assertEqual(task.do("open", "r", name), "EACCES")
        files, summaries = self.collect(40)
        self.check_counters(40, files, summaries)
        for task in tasks:
            for name in names:
                self.assertEqual(sum(
                    event["repeat"] for event in files
                    if (event["path"], event["tgid"]) == (name, task.pid)), 5)

    def test_many_kinds(self):
        """Those for which there is no place are counted at least."""
        self.limit(1, 1)
        task = self.task("acme")
        for number in range(100):
            self.assertEqual(task.do("open", "r", f"{NO}/{number}"), "ENOENT")
            write_file(f"{NO}/{number}")
        for number in range(100):
            self.assertEqual(task.do("open", "r", f"{NO}/{number}"), "EACCES")
        files, summaries = self.collect(100)
        self.check_counters(100, files, summaries)
        self.assertLess(len(files), 100)
        self.assertGreater(self.uncounted(files + summaries), 0)

    def test_audit_mode(self):
        """What is not denied is limited as well."""
        self.limit(1, 5, mode="audit")
        task = self.task("acme")
        for _ in range(50):
            task.must("open", "r", f"{NO}/f")
        files, summaries = self.collect(50)
        self.check_counters(50, files, summaries)
        self.assertEqual({event["verdict"] for event in files}, {"would-deny"})

    def test_new_limit(self):
        """A new one holds at once, and for what was before."""
        self.limit(1, 1000000)
        task = self.task("acme")
        self.assertEqual(task.do(f"flood r {NO}/f 300"), "text:300")
        self.limit(1000, 2)
        self.assertEqual(task.do(f"flood r {NO}/f 300"), "text:300")
        files, summaries = self.collect(600)
        self.check_counters(600, files, summaries)
        self.assertEqual([event["repeat"] for event in files[:300]], [1] * 300)
        self.assertGreater(len(summaries), 0)
        time.sleep(0.1)
        self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                    origin=self.policy.origin("deny:"))

    def test_default(self):
        shown = query("show", "acme")
        self.assertEqual((shown["event_rate"], shown["event_burst"]),
                         (100, 1000))
        self.limit(7, 9)
        shown = query("show", "acme")
        self.assertEqual((shown["event_rate"], shown["event_burst"]), (7, 9))

    def test_removed(self):
        """What is kept back of a tenant that is removed is told all the
        same."""
        self.limit(1, 1)
        task = self.task("acme")
        before = counters()
        self.assertEqual(task.do(f"flood r {NO}/f 20"), "text:20")
        self.session.remove_others()
        self.policy = None

        def settled():
            after = counters()
            self.assertEqual(unaccounted(after), 0)
            return not after["pending"] and \
                after["suppressed"] > before["suppressed"]

        self.assertTrue(wait_until(settled))
        files, _ = self.collect(20)
        self.assertEqual(sum(event["repeat"] for event in files), 20)


class UnloadTest(FreshCase):
    """What is kept back is told before the module goes."""

    def test_unload(self):
        task = self.denied_task(events=(1, 1))
        recorder = cordon.Recorder("/run/events")
        self.assertEqual(task.do(f"flood r {NO}/f 40"), "text:40")
        task.stop()
        cordon.cordonctl("flush")
        cordon.remove()
        events, errors = recorder.stop()
        self.assertEqual(errors, "cordonctl: the kernel module was unloaded; "
                         "no more events come\n")
        self.assertEqual(sum(event["repeat"] for event in events
                             if event["class"] == "file"), 40)
        own = [event for event in events if event["tenant"] == "acme"]
        self.assertEqual(own[-1]["class"], "stream")

    def test_unheard(self):
        """A listener that could not be told that the module goes finds out
        by itself."""
        task = self.denied_task()
        recorder = cordon.Recorder("/run/events")
        recorder.process.send_signal(signal.SIGSTOP)
        self.assertEqual(task.do(f"flood r {NO}/f 3000"), "text:3000")
        task.stop()
        cordon.cordonctl("flush")
        cordon.remove()
        recorder.process.send_signal(signal.SIGCONT)
        self.assertEqual(recorder.process.wait(cordon.TIMEOUT), 1)
        events, errors = recorder.stop()
        self.assertEqual(errors, "cordonctl: the kernel module was unloaded; "
                         "no more events come\n")
        self.assertLess(len(events), 3000)


if __name__ == "__main__":
    unittest.main()
