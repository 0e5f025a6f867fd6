# SPDX-License-Identifier: GPL-2.0
"""cordon-monitor.service, and what the journal has of events."""
import json
import os
import socket
import subprocess
import unittest

import cordon
from cordon import CordonTest, read_file, run, wait_until, write_file
from eventcase import NO, FreshCase, denials

setUpModule = cordon.begin
tearDownModule = cordon.end

UNIT = "cordon-monitor.service"
UNITS = "/run/systemd/system"
STATE = "/var/lib/cordon/monitor.state"
JOURNAL = "/run/systemd/journal/socket"
MESSAGE_ID = "5d2c9b7e0f7a4d5c8a3b61f0c4e7d912"
SECONDS = 300
# CAP_MAC_ADMIN, CAP_SYS_ADMIN and CAP_NET_ADMIN.
CAPABILITIES = 1 << 33 | 1 << 21 | 1 << 12
KILLS = 6
DENIALS = 100


def systemctl(*arguments):
    done = run("systemctl", *arguments)
    if done.returncode:
        raise AssertionError(f"{arguments}: {done.stderr}")
    return done.stdout.strip()


def installed(unit):
    """A unit as it is shipped, but for where the tool is."""
    write_file(f"{UNITS}/{unit}",
               read_file(f"/cordon/systemd/{unit}").replace(
                   "/usr/sbin/cordonctl", "/cordon/cordonctl"))


def main_pid():
    return int(systemctl("show", "-P", "MainPID", UNIT))


def has_written():
    """Whether the process that runs now has sent something."""
    pid = main_pid()
    return pid and entries(f"_PID={pid}")


def entries(*matches):
    """What the journal has of events; all of it, however long."""
    run("journalctl", "--sync")
    done = run("journalctl", "--all", "-o", "json", "-b",
               f"MESSAGE_ID={MESSAGE_ID}", *matches)
    return [json.loads(line) for line in done.stdout.splitlines()]


def as_field(value):
    """What a value of JSON is in the journal."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def events(*arguments):
    return [json.loads(line) for line in
            cordon.cordonctl("events", "--json", *arguments).splitlines()]


class Service:
    """The unit, its state, and what it wrote; part of test cases."""

    first = 1

    def prepare_unit(self):
        installed(UNIT)
        systemctl("daemon-reload")
        self.addCleanup(run, "systemctl", "stop", UNIT)

    def start(self):
        """Started is not yet begun: then there is a state."""
        systemctl("start", UNIT)
        self.assertTrue(wait_until(lambda: os.path.exists(STATE), SECONDS))

    def stream(self):
        return read_file(STATE).split("stream ")[1].split("\n")[0]

    def ours(self, *matches):
        """Entries of the test, in the order in which they were written."""
        found = entries(f"CORDON_STREAM={self.stream()}", "_UID=0", *matches)
        return [entry for entry in found
                if int(entry["CORDON_SEQ"]) >= self.first]

    def deny(self, count=1):
        self.assertEqual(self.denied.do(f"flood r {NO}/f {count}"),
                         f"text:{count}")

    def newest(self):
        return events("--last", "1")[0]["seq"]

    def arrive(self):
        """All events so far are in the journal; the number of the last."""
        self.assertTrue(wait_until(
            lambda: not cordon.status()["events"]["pending"], SECONDS))
        seq = self.newest()
        self.assertTrue(
            wait_until(lambda: entries(f"CORDON_STREAM={self.stream()}",
                                       f"CORDON_SEQ={seq}"), SECONDS),
            (seq, run("systemctl", "status", UNIT).stdout))
        return seq

    def expect_all(self):
        """Each number once, in this order, and none left out."""
        last = self.arrive()
        found = self.ours()
        self.assertEqual([int(entry["CORDON_SEQ"]) for entry in found],
                         list(range(self.first, last + 1)))
        self.assertFalse([entry for entry in found
                          if "CORDON_MISSED" in entry])
        return found


class JournalCase(Service, CordonTest):
    """Of one stream, of which each test has a part."""

    def setUp(self):
        super().setUp()
        self.make_tree(NO)
        self.load(acme=denials())
        self.denied = self.task("acme")
        self.prepare_unit()
        self.session.take()
        self.first = self.newest() + 1

    def arrive(self):
        self.session.take()
        return super().arrive()


class FreshJournalCase(Service, FreshCase):
    """The module is loaded for each test."""

    def setUp(self):
        super().setUp()
        self.prepare_unit()
        self.begin()
        self.addCleanup(lambda: self.denied.stop())
        self.addCleanup(cordon.cordonctl, "flush")

    def begin(self):
        self.denied = self.denied_task()

    def load_again(self):
        self.denied.stop()
        cordon.cordonctl("flush")
        cordon.remove()
        cordon.insert(*self.parameters)


class FieldTest(JournalCase):
    def test_fields(self):
        """An entry has all that the event has in JSON, and what others
        look for."""
        self.start()
        self.deny()
        self.arrive()
        entry, = self.ours("CORDON_TENANT=acme")
        event, = [event for event in events("--since", str(self.first))
                  if event["tenant"] == "acme"]
        self.assertEqual(
            {key: value for key, value in entry.items()
             if key.startswith("CORDON_") and key != "CORDON_STREAM"},
            {f"CORDON_{key.upper()}": as_field(value)
             for key, value in event.items() if value is not None})
        wanted = {"PRIORITY": "4", "SYSLOG_IDENTIFIER": "cordon",
                  "ERRNO": "13", "_SYSTEMD_UNIT": UNIT, "_UID": "0",
                  "_TRANSPORT": "journal",
                  "_PID": str(main_pid())}
        self.assertEqual(wanted, {key: entry[key] for key in wanted})
        self.assertRegex(entry["MESSAGE"], rf"^DENIED acme file read {NO}/f "
                         r"EACCES \S+ pid=\d+ comm=act uid=0$")

    def test_found(self):
        """By tenant, by verdict, by priority."""
        self.start()
        self.deny(3)
        self.arrive()
        self.assertEqual(len(self.ours("CORDON_TENANT=acme",
                                       "CORDON_VERDICT=denied")), 3)
        self.assertEqual(self.ours("CORDON_TENANT=globex"), [])
        path = f"CORDON_PATH={NO}/f"
        for priority, wanted in ("warning", True), ("err", False):
            done = run("journalctl", "-o", "cat", "-b", "-t", "cordon", "-p",
                       priority, path)
            self.assertEqual("DENIED acme file read" in done.stdout, wanted)

    def test_strange_names(self):
        """What a tenant chooses is in one field, and in no other."""
        path = f"{NO}/a\nPRIORITY=0\nCORDON_TENANT=globex"
        write_file(path)
        self.start()
        self.assertEqual(self.denied.do("open", "r", path), "EACCES")
        self.arrive()
        entry, = self.ours("CORDON_TENANT=acme")
        self.assertEqual(
            (entry["CORDON_PATH"], entry["PRIORITY"], entry["CORDON_TENANT"]),
            (path, "4", "acme"))

    def test_hardened(self):
        """It has the capabilities that it needs, and cannot get others."""
        self.start()
        lines = dict(line.split(":\t", 1) for line in
                     read_file(f"/proc/{main_pid()}/status").splitlines()
                     if ":\t" in line)
        self.assertEqual(int(lines["CapBnd"], 16), CAPABILITIES)
        self.assertEqual(int(lines["CapEff"], 16), CAPABILITIES)
        self.assertEqual((lines["NoNewPrivs"], lines["Seccomp"]), ("1", "2"))


class ResumeTest(JournalCase):
    def test_killed(self):
        """Killed in the midst of it again and again: each event is there
        once."""
        self.start()
        for turn in range(KILLS):
            self.deny(DENIALS)
            self.assertTrue(wait_until(has_written, SECONDS))
            kill = subprocess.Popen(["systemctl", "kill", "-s", "KILL", UNIT])
            self.deny(DENIALS)
            kill.wait()
            if turn % 2:
                # Before it is up again.
                self.deny(DENIALS)
        found = self.expect_all()
        self.assertEqual(
            sum(int(entry["CORDON_REPEAT"]) for entry in found
                if entry.get("CORDON_PATH") == f"{NO}/f"),
            2 * KILLS * DENIALS + KILLS // 2 * DENIALS)
        self.assertGreaterEqual(len({entry["_PID"] for entry in found}),
                                KILLS)

    def test_state_behind(self):
        """What the journal has is known though the state does not say so."""
        self.start()
        self.deny()
        self.arrive()
        early = read_file(STATE)
        self.deny(10)
        self.arrive()
        systemctl("stop", UNIT)
        write_file(STATE, early)
        self.deny()
        self.start()
        self.expect_all()

    def test_journal_restarted(self):
        self.start()
        for _ in range(3):
            self.deny(DENIALS)
            systemctl("restart", "systemd-journald")
            self.deny(DENIALS)
        self.expect_all()

    def test_forged(self):
        """Entries of others with our fields keep no event out."""
        self.start()
        self.deny()
        self.arrive()
        systemctl("stop", UNIT)
        for uid, stream in ((1000, self.stream()), (0, "0" * 32)):
            self.forge(uid, stream)
        self.deny()
        self.start()
        last = self.arrive()
        self.assertEqual([int(entry["CORDON_SEQ"]) for entry in
                          self.ours()],
                         list(range(self.first, last + 1)))

    def forge(self, uid, stream):
        text = (f"MESSAGE=x\nMESSAGE_ID={MESSAGE_ID}\nCORDON_SEQ=1000000\n"
                f"CORDON_STREAM={stream}\n")
        child = os.fork()
        if not child:
            os.setuid(uid)
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
                sender.sendto(text.encode(), JOURNAL)
            os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertTrue(wait_until(lambda: entries(
            f"CORDON_STREAM={stream}", "CORDON_SEQ=1000000"), SECONDS))

    def test_foreign_state(self):
        """A file of another kind is not written over."""
        write_file("/run/other", "precious\n")
        done = run("cordonctl", "monitor", "--journal", "--state=/run/other")
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn("/run/other", done.stderr)
        self.assertEqual(read_file("/run/other"), "precious\n")


class LoadTest(FreshJournalCase):
    def test_loaded_again(self):
        """Numbers that begin anew are of another stream."""
        self.start()
        self.deny(5)
        self.expect_all()
        former = self.stream()
        systemctl("stop", UNIT)
        self.load_again()
        self.begin()
        self.deny(5)
        self.start()
        self.expect_all()
        self.assertNotEqual(self.stream(), former)

    def test_not_loaded(self):
        """It ends when the module goes, and does not wait in a loop."""
        self.start()
        self.load_again()
        cordon.remove()
        self.addCleanup(self.begin)
        self.addCleanup(cordon.insert)
        self.assertTrue(wait_until(
            lambda: systemctl("show", "-P", "ActiveState", UNIT)
            == "inactive", SECONDS), systemctl("show", UNIT))
        self.assertEqual(systemctl("show", "-P", "ConditionResult", UNIT),
                         "no")


class MissedTest(FreshJournalCase):
    """The module keeps few events."""

    parameters = ("history_max=64",)

    def test_missed(self):
        """How many are missing is in the entry behind them."""
        self.start()
        self.deny()
        self.arrive()
        systemctl("stop", UNIT)
        self.first = self.newest() + 1
        self.deny(500)
        self.start()
        last = self.arrive()
        found = self.ours()
        missed = sum(int(entry.get("CORDON_MISSED", 0)) for entry in found)
        self.assertGreater(missed, 400)
        self.assertEqual(len(found) + missed, last - self.first + 1)
        self.assertIn(f"{missed} events were missed", run(
            "journalctl", "-b", "-u", UNIT, "-o", "cat").stdout)


if __name__ == "__main__":
    unittest.main()
