# SPDX-License-Identifier: GPL-2.0
"""What becomes of events: every one is accounted for."""
import os
import re
import shutil
import time
import unittest

import cordon
from cordon import ACT, Recorder, file_section, socket_section, status, \
    wait_until, write_file
from eventcase import NO, EventCase, FreshCase, counters

setUpModule = cordon.begin
tearDownModule = cordon.end

KERNEL_LOG = "/run/kmsg"


class CounterTest(EventCase):
    def test_sum(self):
        """During a flood and after it."""
        tasks = [self.task("acme") for _ in range(2)]
        before = counters()
        count = self.flood(tasks, 10, 20)
        self.settle()
        own = counters("acme")
        self.assertEqual(own, {"generated": count, "sent": count,
                               "suppressed": 0, "lost": 0, "pending": 0})
        after = counters()
        self.assertEqual(after["generated"] - before["generated"], count)
        self.assertEqual(after["sent"] - before["sent"], count)
        self.assertEqual(len(self.session.take()), count)

    def test_silent(self):
        """What is not reported is not counted either."""
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**', log: never}}",
            default="allow"))
        task = self.task("acme")
        self.assertEqual(task.do(f"flood r {NO}/f 20"), "text:20")
        self.no_events()
        self.assertEqual(counters("acme")["generated"], 0)

    def test_kept_at_replacement(self):
        """A new policy does not make events undone."""
        task = self.task("acme")
        self.flood([task], 1, 5)
        self.load(acme=file_section(default="allow"))
        self.settle()
        self.assertEqual(counters("acme")["generated"], 5)
        self.assertEqual(len(self.session.take()), 5)

    def test_two_tenants(self):
        """Each has its own numbers; the host's go through."""
        self.load(globex=file_section())
        acme, globex = self.task("acme"), self.task_that_may_nothing()
        for _ in range(3):
            acme.do(f"open r {NO}/f")
            globex.do(f"open r {NO}/f")
        events = self.session.take()
        self.assertEqual([event["tenant"] for event in events],
                         ["acme", "globex"] * 3)
        self.assertEqual([event["tenant_seq"] for event in events],
                         [1, 1, 2, 2, 3, 3])

    def task_that_may_nothing(self):
        """It was started before the rules that would not have let it."""
        self.load(globex=file_section(default="allow"))
        task = self.task("globex")
        self.load(globex=file_section())
        return task


class ListenerTest(EventCase):
    def test_two_listeners(self):
        """Both get all, and the same."""
        task = self.task("acme")
        recorders = [Recorder(f"/run/events{number}") for number in (1, 2)]
        count = self.flood([task], 5, 20)
        self.assertEqual(len(self.session.take()), count)
        time.sleep(0.2)
        heard = [recorder.stop() for recorder in recorders]
        self.assertEqual([errors for _, errors in heard], ["", ""])
        first, second = ([event for event in events
                          if event["tenant"] == "acme"]
                         for events, _ in heard)
        self.assertEqual(len(first), count)
        self.assertEqual(first, second)
        numbers = [event["seq"] for event in first]
        self.assertEqual(numbers, list(range(numbers[0],
                                             numbers[0] + count)))
        moments = [event["time_boot_ns"] for event in first]
        self.assertEqual(moments, sorted(moments))

    def test_no_listener(self):
        """It is sent all the same; nobody waits."""
        task = self.task("acme")
        self.session.take()
        self.session.monitor.stop()
        try:
            count = self.flood([task], 2, 20)
            self.settle()
            self.assertEqual(counters("acme")["sent"], count)
            self.assertEqual(counters("acme")["lost"], 0)
        finally:
            self.session.listen_anew()


class AuditTest(EventCase):
    """The record in the kernel log has what the event has."""

    def record_of(self, event):
        """Fields of the record that has the event's number."""
        mark = f" seq={event['seq']} "
        lines = []

        def found():
            with open(KERNEL_LOG, encoding="utf-8", errors="replace") as log:
                # Numbers begin anew with the module.
                text = log.read().rpartition("cordon: unloaded")[2]
            lines[:] = [line for line in text.split("\n") if mark in line and
                        "type=1400" in line and 'cordon="' in line]
            return lines

        self.assertTrue(wait_until(found), mark)
        self.assertEqual(len(lines), 1, lines)
        # The kernel's log device writes a backslash as \\x5c.
        text = lines[0].split("): ", 1)[1].replace("\\x5c", "\\")
        begin = re.match(r"avc:  (\S+)  { (\S+) } for  ", text)
        self.assertTrue(begin, text)
        fields = re.findall(r'(\S+?)=("[^"]*"|\S+)', text[begin.end():])
        return {"result": begin[1], "operation": begin[2], **dict(fields)}

    def check(self, event, subject, **own):
        wanted = {
            "result": "denied", "cordon": f'"{event["verdict"]}"',
            "tenant": f'"{event["tenant"]}"', "scontext": event["tenant"],
            "tclass": event["class"], "operation": event["op"],
            "permissive": str(int(event["verdict"] == "would-deny")),
            "rule": f'"{event["origin"]}"',
            "errno": str(event["errno"]), "seq": str(event["seq"]),
            "generation": str(event["generation"]),
            "pid": str(event["tgid"]), "ppid": str(event["ppid"]),
            "uid": str(event["uid"]), "comm": subject}
        if event["class"] == "file":
            wanted["dev"] = f"{event['dev_major']}:{event['dev_minor']}"
            wanted["ino"] = str(event["ino"])
        wanted.update(own)
        self.assertEqual(self.record_of(event), wanted)

    def test_file(self):
        task = self.task("acme")
        event = self.denied(task, f"open r {NO}/f", op="read", path=f"{NO}/f",
                            origin=self.policy.origin("deny:"))
        self.check(event, '"act"', name=f'"{NO}/f"')

    def test_audit_mode(self):
        self.load(acme=file_section(mode="audit"))
        task = self.task("acme")
        self.session.take()
        event = self.reported(task, "OK", f"open r {NO}/f", op="read",
                              path=f"{NO}/f", verdict="would-deny")
        self.check(event, '"act"', name=f'"{NO}/f"')

    def test_untrusted_names(self):
        """Whatever could be taken for something else is in hexadecimal."""
        for name in ('a b', 'new\nline', 'quo"te', 'back\\slash', '\udcff',
                     '\u00fc', "'", 'x' * 100 + ' '):
            path = f"{NO}/{name}"
            write_file(path)
            os.makedirs("/srv/bin", exist_ok=True)
            program = f"/srv/bin/{name[:15]}"
            shutil.copy(ACT, program)
            with self.subTest(name):
                task = self.task("acme", program=program)
                self.assertEqual(task.do("open", "r", path), "EACCES")
                events = self.session.take()
                self.assertEqual(len(events), 1)
                self.check(events[0], self.logged(task.comm),
                           name=self.logged(path))
            os.unlink(program)

    def logged(self, text):
        data = os.fsencode(text)
        plain = all(0x21 <= byte <= 0x7e and byte != 0x22 for byte in data)
        return f'"{text}"' if plain else data.hex()

    def test_socket(self):
        self.load(acme=socket_section(
            "- {allow: create, family: [inet, inet6]}"))
        task = self.task("acme")
        for family, address, shown in (
                ("inet", "127.0.0.1", "127.0.0.1"), ("inet6", "::1", "::1")):
            task.must(f"socket {family} dgram")
            self.assertEqual(task.do(f"connect {family},{address},77"),
                             "EACCES")
            event, = self.session.take()
            self.check(event, '"act"', sock_type="2", protocol="17",
                       family="2" if family == "inet" else "10",
                       laddr="0.0.0.0" if family == "inet" else "::",
                       lport="0", raddr=shown, rport="77")


    def test_unix_socket(self):
        """The names of unix sockets are a tenant's choice, as paths are."""
        self.load(acme=socket_section(
            "- {allow: create, family: unix, type: dgram}"))
        task = self.task("acme")
        for address, name in ((b"abstract,a b", "@a b"),
                              (b"abstract,x~y", "@x\0y"),
                              (b"path,/run/name", "/run/name")):
            task.must("socket unix dgram")
            self.assertEqual(task.do("bind", address), "EACCES")
            event, = self.session.take()
            kind = "0" if name[0] == "/" else "2"
            self.check(event, '"act"', sock_type=kind, protocol="0",
                       family="1", name=self.logged(name))


class RoomTest(FreshCase):
    """A backlog of four events and a flood that does not fit."""

    parameters = ("backlog_max=4",)
    FLOOD = 3000

    def test_lost(self):
        self.assertEqual(status()["backlog_max"], 4)
        task = self.denied_task()
        self.addCleanup(cordon.cordonctl, "flush")
        self.addCleanup(task.stop)
        recorder = Recorder("/run/events")
        self.assertEqual(task.do(f"flood r {NO}/f {self.FLOOD}"),
                         f"text:{self.FLOOD}")
        self.assertTrue(wait_until(lambda: counters()["pending"] == 0))
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        self.assertTrue(wait_until(lambda: counters()["pending"] == 0))
        time.sleep(0.2)
        events, errors = recorder.stop()
        own = counters("acme")
        # The others say that module and policy were loaded.
        self.assertEqual(counters()["generated"], self.FLOOD + 3)
        self.assertEqual(own["generated"], self.FLOOD + 1)
        self.assertGreater(own["lost"], 0)
        self.assertEqual(own["sent"] + own["lost"], self.FLOOD + 1)
        self.assertEqual(own["suppressed"], 0)
        self.expect_told(events, errors, own)

    def expect_told(self, events, errors, own):
        """The listener has what was sent, and says how much it missed."""
        events = [event for event in events if event["tenant"] == "acme"]
        self.assertEqual(len(events), own["sent"])
        numbers = [event["seq"] for event in events]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(numbers[-1], self.FLOOD + 3)
        missed = re.findall(r"cordonctl: (\d+) events were missed", errors)
        self.assertEqual(sum(map(int, missed)),
                         numbers[-1] - numbers[0] + 1 - len(numbers))


if __name__ == "__main__":
    unittest.main()
