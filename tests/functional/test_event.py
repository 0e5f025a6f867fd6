# SPDX-License-Identifier: GPL-2.0
"""What becomes of events: every one is accounted for."""
import json
import os
import re
import shutil
import signal
import subprocess
import time
import unittest

import cordon
from cordon import ACT, CordonTest, Recorder, file_section, query, \
    socket_section, status, wait_until, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

NO = "/srv/no"
KERNEL_LOG = "/run/kmsg"


def counters(tenant=None):
    if tenant is None:
        return status()["events"]
    return query("show", tenant)["events"]


def unaccounted(events):
    """What is missing in the sum; it is 0 at every moment."""
    return events["generated"] - sum(
        events[key] for key in ("sent", "suppressed", "lost", "pending"))


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


class LimitTest(EventCase):
    """What is beyond a tenant's limit is folded, counted and summed up."""

    def limit(self, rate, burst, mode="enforce"):
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}", default="allow", mode=mode,
            events=(rate, burst)))

    def collect(self, generated):
        """All events once so many denials are accounted for: those on files,
        and the summaries."""
        events = []

        def all_there():
            events.extend(self.session.take())
            told = sum(event["repeat"] if event["class"] == "file" else 0
                       for event in events) + self.uncounted(events)
            own = counters("acme")
            self.assertEqual(unaccounted(own), 0)
            return told == generated and not own["pending"]

        self.assertTrue(wait_until(all_there), events)
        return ([event for event in events if event["class"] == "file"],
                [event for event in events if event["class"] == "stream"])

    def uncounted(self, events):
        """How many were suppressed and are in no event's repeat."""
        return sum(event["suppressed"] if event["class"] == "stream"
                   else 1 - event["repeat"] for event in events)

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
        events = []

        def told():
            events.extend(event for event in self.session.take()
                          if event["tenant"] == "acme")
            return sum(event["repeat"] if event["class"] == "file" else 0
                       for event in events) == 20

        self.assertTrue(wait_until(told), events)


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


class HistoryTest(EventCase):
    """Events that were sent can be had again."""

    def setUp(self):
        super().setUp()
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}", default="allow",
            events=(1000000, 1000000)))

    def events(self, *arguments):
        lines = cordon.cordonctl("events", "--json", *arguments)
        return [json.loads(line) for line in lines.split("\n")[:-1]]

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
        self.assertRegex(line, rf"^\S+ \S+ DENIED acme file read {NO}/f "
                         r"EACCES \S+ pid=\d+ comm=act uid=0\n$")

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

    def test_healed(self):
        """More than there is room for on its way is had from the history."""
        numbers, errors = self.stop_and_flood(3000)
        self.assertEqual(errors, "")
        self.assertEqual(numbers, list(range(numbers[0], numbers[0] + 3000)))


class SmallHistoryTest(HistoryTest):
    """A history of 64 events."""

    def setUp(self):
        cordon.end()
        cordon.remove()
        cordon.insert("history_max=64")
        cordon.begin()
        self.addCleanup(self.restore)
        super().setUp()

    def restore(self):
        cordon.end()
        cordon.remove()
        cordon.insert()
        cordon.begin()

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
        self.assertEqual(numbers[-1] - end, 64)

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
        return dict(re.findall(r'(\S+?)=("[^"]*"|\S+)', text))

    def check(self, event, subject, **own):
        wanted = {
            "cordon": f'"{event["verdict"]}"',
            "tenant": f'"{event["tenant"]}"', "class": f'"{event["class"]}"',
            "operation": f'"{event["op"]}"', "rule": f'"{event["origin"]}"',
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

    def test_policy(self):
        before = self.session.generation
        self.load(acme=file_section())
        wrong = cordon.run("cordonctl", "load", "--expect-generation=1", "-",
                           input=cordon.Policy(acme=file_section()).text)
        self.assertEqual(wrong.returncode, 1)
        loaded, refused = self.traced("cordon_policy")
        self.assertEqual(loaded[0], "cordonctl")
        self.assertRegex(
            loaded[2], rf"^before={before} generation={before + 1} "
            r"tenants=2 rules=\d+ ret=0 why=$")
        self.assertRegex(
            refused[2], rf"^before={before + 1} generation={before + 1} "
            r"tenants=0 rules=0 ret=-116 why=policy\\x20generation.*$")


class RoomTest(unittest.TestCase):
    """A backlog of four events and a flood that does not fit."""

    def setUp(self):
        cordon.end()
        cordon.remove()
        cordon.insert("backlog_max=4")
        self.addCleanup(self.restore)

    def restore(self):
        cordon.remove()
        cordon.insert()
        cordon.begin()

    def test_lost(self):
        self.assertEqual(status()["backlog_max"], 4)
        write_file(f"{NO}/f")
        policy = cordon.Policy(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}", default="allow",
            events=(1000000, 1000000)))
        cordon.cordonctl("load", "-", stdin=policy.text)
        task = cordon.Task("acme")
        self.addCleanup(cordon.cordonctl, "flush")
        self.addCleanup(task.stop)
        recorder = Recorder("/run/events")
        self.assertEqual(task.do(f"flood r {NO}/f 3000"), "text:3000")
        self.assertTrue(wait_until(lambda: counters()["pending"] == 0))
        self.assertEqual(task.do(f"open r {NO}/f"), "EACCES")
        self.assertTrue(wait_until(lambda: counters()["pending"] == 0))
        time.sleep(0.2)
        events, errors = recorder.stop()
        own = counters("acme")
        self.assertEqual(own, counters())
        self.assertEqual(own["generated"], 3001)
        self.assertGreater(own["lost"], 0)
        self.assertEqual(own["sent"] + own["lost"], 3001)
        self.assertEqual(own["suppressed"], 0)
        self.expect_told(events, errors, own)

    def expect_told(self, events, errors, own):
        """The listener has what was sent, and says how much it missed."""
        self.assertEqual(len(events), own["sent"])
        numbers = [event["seq"] for event in events]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual(numbers[-1], 3001)
        missed = re.findall(r"cordonctl: (\d+) events were missed", errors)
        self.assertEqual(sum(map(int, missed)),
                         numbers[-1] - numbers[0] + 1 - len(numbers))


if __name__ == "__main__":
    unittest.main()
