# SPDX-License-Identifier: GPL-2.0
"""Events in a database: none twice, none left out."""
import ctypes
import html
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

import cordon
from cordon import file_section, run
from eventcase import NO, EventCase, FreshCase, counters

setUpModule = cordon.begin
tearDownModule = cordon.end

PLACE = "/run/record"
FILE = f"{PLACE}/events.db"
KILLS = 10
# Numbers of what it takes to listen.
CAPABILITIES = {"CAP_MAC_ADMIN": 33, "CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21}
PR_CAPBSET_DROP = 24
DENIALS = 300
# More than fit into 320 kB.
FULL = 12 * DENIALS
# More than are in one transaction.
MANY = 20 * DENIALS


class Recording:
    """Mixed into a test case that has a task, acme, which is denied things."""

    def start(self):
        process = subprocess.Popen(["cordonctl", "record", FILE],
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        line = process.stderr.readline()
        while line and line != "listening\n":
            # What was sent before it ran may be gone.
            self.assertIn("were missed", line)
            line = process.stderr.readline()
        self.assertEqual(line, "listening\n")
        return process

    def deny(self, count):
        self.assertEqual(self.acme.do(f"flood r {NO}/f {count}"),
                         f"text:{count}")
        self.assertTrue(
            cordon.wait_until(lambda: counters()["pending"] == 0))

    def catch_up(self, *options):
        done = run("cordonctl", "record", "--timeout", "1", *options, FILE)
        self.assertEqual(done.returncode, 0, done.stderr)

    def ask(self, query, *values):
        database = sqlite3.connect(f"file:{FILE}?mode=ro", uri=True)
        try:
            return database.execute(query, values).fetchone()
        finally:
            database.close()

    def newest(self):
        """Number of the newest event that the module has."""
        return json.loads(
            cordon.cordonctl("events", "--json", "--last", "1"))["seq"]

    def is_all_there(self):
        return self.ask("SELECT max(seq) FROM event") == (self.newest(),)

    def expect_denials(self, since, count):
        """All events behind a number, of which so many are denials."""
        self.assertEqual(
            self.ask("SELECT count(*), sum(repeat) FROM event WHERE seq > ?"
                     " AND tenant = 'acme' AND path = ?", since, f"{NO}/f"),
            (count, count))
        self.assertEqual(
            self.ask("SELECT count(*), max(seq) FROM event WHERE seq > ?",
                     since), (self.newest() - since, self.newest()))
        self.assertEqual(
            self.ask("SELECT count(*) FROM gap WHERE last_seq > ?", since),
            (0,))
        self.assertEqual(self.ask("PRAGMA integrity_check"), ("ok",))


class DeniedCase(Recording, EventCase):
    def setUp(self):
        super().setUp()
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}", default="allow",
            events=(1000000, 1000000)))
        self.acme = self.task("acme")
        os.makedirs(PLACE, exist_ok=True)
        self.addCleanup(run, "rm", "-rf", PLACE)


class RecordTest(DeniedCase):
    def test_killed(self):
        """Killed again and again, in the midst of it and before it begins:
        what the kernel sent is there, once.  One that is always killed before
        it has anything on the disk would miss what the module cannot keep, so
        now and then one may live until it has."""
        self.catch_up()
        since = self.newest()
        for turn in range(KILLS):
            process = self.start()
            self.deny(DENIALS)
            if turn % 3 == 2:
                self.assertTrue(cordon.wait_until(self.is_all_there))
            process.kill()
            process.wait()
            if turn % 2:
                self.deny(DENIALS)
        self.catch_up()
        self.expect_denials(since, KILLS * DENIALS + KILLS // 2 * DENIALS)
        self.assertEqual(self.ask("SELECT count(*) FROM stream"), (1,))

    def test_read_only(self):
        self.assertEqual(
            run("mount", "-t", "tmpfs", "-o", "ro", "none", PLACE)
            .returncode, 0)
        self.addCleanup(run, "umount", "-l", PLACE)
        done = run("cordonctl", "record", FILE)
        self.assertEqual(done.returncode, 6)
        self.assertIn(FILE, done.stderr)

    def test_capabilities(self):
        """With no others than those that the units give it; and without one
        of them, all that it takes is told."""
        with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
            last = int(file.read())

        def drop(number):
            if cordon.LIBC.prctl(PR_CAPBSET_DROP, number, 0, 0, 0):
                raise OSError(ctypes.get_errno(), f"drop {number}")

        def limited(missing):
            for number in range(last + 1):
                if number not in CAPABILITIES.values() or \
                        number == CAPABILITIES.get(missing):
                    drop(number)

        for missing in (None, *CAPABILITIES):
            for verb in (("record", FILE), ("monitor",)):
                with self.subTest(verb=verb[0], missing=missing):
                    done = run("cordonctl", verb[0], "--timeout", "0",
                               *verb[1:], preexec_fn=lambda: limited(missing))
                    self.assertEqual(done.returncode, 4 if missing else 0,
                                     done.stderr)
                    if missing:
                        self.assertIn(missing, done.stderr)


class NewTest(DeniedCase):
    """What other tests left in the module would not fit on the disk, or be
    what a page shows first."""

    def setUp(self):
        cordon.end()
        cordon.remove()
        cordon.insert()
        cordon.begin()
        super().setUp()

    def test_full(self):
        """A full disk is said; with room again it goes on."""
        options = "size=320k"
        self.assertEqual(
            run("mount", "-t", "tmpfs", "-o", options, "none", PLACE)
            .returncode, 0)
        self.addCleanup(run, "umount", "-l", PLACE)
        self.catch_up()
        since = self.newest()
        process = self.start()
        # All at once they would be more than the backlog has room for.
        for _ in range(FULL // DENIALS):
            self.deny(DENIALS)
        self.assertEqual(process.wait(cordon.TIMEOUT), 6)
        self.assertIn(FILE, process.stderr.read())
        self.assertEqual(
            run("mount", "-o", "remount,size=64m", PLACE).returncode, 0)
        self.catch_up()
        self.expect_denials(since, FULL)

    def test_report(self):
        """What was recorded is in a page, and answers questions: of two rules
        that deny, one never fired."""
        self.load(acme=file_section(
            f"- {{deny: read, path: '{NO}/**'}}",
            f"- {{deny: write, path: '{NO}/**'}}",
            f"- {{deny: create, path: '{NO}/**', log: never}}",
            "- {allow: [exec, map], path: /usr/**}", default="allow"))
        self.assertEqual(self.acme.do(f"flood r {NO}/f 7"), "text:7")
        self.settle()
        self.catch_up()
        cordon.cordonctl("report", FILE, "-o", f"{PLACE}/page.html")
        page = cordon.read_file(f"{PLACE}/page.html")
        fired = self.policy.origin("deny: read")
        self.assertIn(f'<span class="t">{html.escape(fired)}</span>', page)
        self.assertIn(f'<span class="t">{NO}/f</span><b>7</b>', page)
        database = sqlite3.connect(FILE)
        self.addCleanup(database.close)
        database.create_function(
            "readfile", 1,
            lambda name: cordon.cordonctl("show", "--json", "acme"))
        rows = database.execute(
            cordon.read_file("/cordon/sql/rules-never-fired.sql")).fetchall()
        self.assertEqual(rows, [("acme", self.policy.origin("deny: write"),
                                 "file", "deny", '["write"]')])


class RoomyTest(Recording, FreshCase):
    """With a module that keeps all of more than is in one transaction."""

    parameters = ("history_max=32768",)

    def setUp(self):
        super().setUp()
        self.acme = self.denied_task()
        self.addCleanup(cordon.cordonctl, "flush")
        self.addCleanup(self.acme.stop)
        os.makedirs(PLACE, exist_ok=True)
        self.addCleanup(run, "rm", "-rf", PLACE)

    def deny_many(self):
        """All at once they would be more than the backlog has room for."""
        for _ in range(MANY // DENIALS):
            self.deny(DENIALS)

    def is_writing(self):
        """Whether a transaction is open, as nobody else can begin one."""
        database = sqlite3.connect(FILE, timeout=0, isolation_level=None)
        try:
            database.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            self.assertIn("locked", str(error))
            return True
        finally:
            database.close()
        return False

    def kill_amid(self, process):
        """Kills it at a random moment in the midst of a transaction.  When it
        has nothing to do any more it is given some; how many events."""
        more = 0
        time.sleep(random.uniform(0, 0.4))
        while True:
            self.assertIsNone(process.poll(), "it ended by itself")
            process.send_signal(signal.SIGSTOP)
            state = os.waitid(os.P_PID, process.pid,
                              os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            self.assertEqual(state.si_code, os.CLD_STOPPED, state)
            if self.is_writing():
                process.kill()
                process.wait()
                return more
            if self.is_all_there():
                self.deny(DENIALS)
                more += DENIALS
            process.send_signal(signal.SIGCONT)
            time.sleep(random.uniform(0, 0.02))

    def test_killed_amid(self):
        """Killed while a transaction is open, the first or the second of
        many events, at random moments: nothing of it is there, and nothing is
        missing.  What is there and what the kernel counted are the same."""
        self.catch_up()
        since = self.newest()
        before = counters("acme")
        self.deny_many()
        denied = MANY
        for _ in range(KILLS):
            denied += self.kill_amid(self.start())
            self.assertEqual(self.ask("PRAGMA integrity_check"), ("ok",))
        self.catch_up()
        self.expect_denials(since, denied)
        now = {fate: count - before[fate]
               for fate, count in counters("acme").items()}
        there, = self.ask("SELECT count(*) FROM event WHERE seq > ?"
                          " AND tenant = 'acme'", since)
        self.assertEqual(there + now["lost"],
                         now["generated"] - now["suppressed"])
        self.assertEqual((now["lost"], now["suppressed"]), (0, 0))
        self.assertEqual(
            self.ask("SELECT events FROM tenant WHERE name = 'acme'"),
            self.ask("SELECT count(*) FROM event WHERE tenant = 'acme'"))

    def test_tight(self):
        """All that the module has does not fit on the disk, and what may stay
        does: what comes is stored as what may go goes."""
        self.assertEqual(
            run("mount", "-t", "tmpfs", "-o", "size=640k", "none", PLACE)
            .returncode, 0)
        self.addCleanup(run, "umount", "-l", PLACE)
        self.deny_many()
        self.catch_up("--max-events", "300")
        self.assertEqual(
            self.ask("SELECT count(*), max(seq) FROM event"),
            (300, self.newest()))
        self.assertEqual(self.ask("SELECT count(*) FROM gap"), (0,))
        self.assertEqual(self.ask("SELECT last_seq FROM stream"),
                         (self.newest(),))
        self.assertEqual(self.ask("PRAGMA integrity_check"), ("ok",))


class LoadTest(FreshCase):
    """From one load of the module to the next, with nobody else listening."""

    def setUp(self):
        super().setUp()
        os.makedirs(PLACE, exist_ok=True)
        self.addCleanup(run, "rm", "-rf", PLACE)

    def record(self, *options):
        done = run("cordonctl", "record", "--timeout", "0", *options, FILE)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def ask(self, query):
        database = sqlite3.connect(f"file:{FILE}?mode=ro", uri=True)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def test_unseen(self):
        """What was sent behind the last record is missing, which is told."""
        task = self.denied_task()
        self.record()
        self.assertEqual(task.do(f"flood r {NO}/f 5"), "text:5")
        task.stop()
        cordon.cordonctl("flush")
        cordon.remove()
        cordon.insert()
        self.assertIn("may have been missed", self.record())
        last, = self.ask("SELECT last_seq FROM stream WHERE id = 1")
        self.assertEqual(self.ask("SELECT * FROM gap"),
                         [(1, last[0] + 1, None)])
        self.assertNotIn("missed", self.record())
        self.assertEqual(self.ask("SELECT count(*) FROM stream"), [(2,)])

    def test_seen(self):
        """One that is recorded to its end leaves nothing open."""
        with subprocess.Popen(["cordonctl", "record", FILE],
                              stderr=subprocess.PIPE, text=True) as process:
            self.assertEqual(process.stderr.readline(), "listening\n")
            cordon.remove()
            process.wait(cordon.TIMEOUT)
        cordon.insert()
        self.assertNotIn("missed", self.record())
        self.assertEqual(self.ask("SELECT * FROM gap"), [])
        self.assertEqual(self.ask("SELECT op FROM event ORDER BY stream, seq"),
                         [("start",), ("stop",), ("start",)])
