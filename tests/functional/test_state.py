# SPDX-License-Identifier: GPL-2.0
"""A monitor that goes on where another ended, and one without a journal."""
import json
import os
import socket
import subprocess

import cordon
from cordon import read_file, run, write_file
from eventcase import NO, EventCase

setUpModule = cordon.begin
tearDownModule = cordon.end

STATE = "/run/state"
LOG = "/dev/log"
JOURNAL = "/run/systemd/journal/socket"
LIBRARY = "libsystemd.so.0"
# authpriv, and what is denied is a warning.
MARK = f"<{10 << 3 | 4}>"


class StateTest(EventCase):
    def setUp(self):
        super().setUp()
        self.acme = self.task("acme")
        self.addCleanup(run, "rm", "-f", STATE)

    def deny(self, count):
        for _ in range(count):
            self.assertEqual(self.acme.do(f"open r {NO}/f"), "EACCES")
        self.settle()

    def watch(self, *options):
        done = run("cordonctl", "monitor", "--json", "--timeout=1",
                   f"--state={STATE}", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_resumes(self):
        """What happened in between is there, once."""
        self.watch()
        self.deny(5)
        first = self.watch()
        self.deny(7)
        second = self.watch()
        for found, count in (first, 5), (second, 7):
            denied = [event for event in found if event["tenant"] == "acme"]
            self.assertEqual(len(denied), count, found)
        numbers = [event["seq"] for event in first + second]
        self.assertEqual(numbers, list(range(numbers[0], numbers[-1] + 1)))

    def test_unwanted(self):
        """Events that are not wanted are not asked for again either."""
        self.watch()
        self.deny(3)
        self.assertEqual(self.watch("--tenant=globex"), [])
        self.assertEqual([event for event in self.watch()
                          if event["tenant"] == "acme"], [])

    def test_count(self):
        """One that ended after so many leaves the rest to the next."""
        self.watch()
        self.deny(4)
        first = self.watch("--count=1", "--tenant=acme")
        second = self.watch("--tenant=acme")
        self.assertEqual((len(first), len(second)), (1, 3))

    def test_earlier(self):
        """The file of an earlier version, which is said and replaced."""
        self.watch()
        self.deny(2)
        number = "0123456789abcdef" * 2
        write_file(STATE, f"cordonctl place 1\nboot {number}\nmodule 7\n"
                   f"stream {number}\nseq 18446744073709551615\n")
        done = run("cordonctl", "monitor", "--json", "--timeout=1",
                   f"--state={STATE}")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("earlier version"), 1)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertGreaterEqual(
            len([event for event in events if event["tenant"] == "acme"]), 2)
        self.assertIn(f"\nseq {events[-1]['seq']}\n", read_file(STATE))
        self.assertEqual(self.watch(), [])

    def test_refused(self):
        """A file that cannot be replaced, or is something else."""
        write_file("/run/other", "precious\n")
        for path in "/run/other", "/nowhere/state", "/proc/self/state":
            done = run("cordonctl", "monitor", "--timeout=1",
                       f"--state={path}")
            self.assertEqual(done.returncode, 6, (path, done.stderr))
            self.assertIn(path, done.stderr)
        self.assertEqual(read_file("/run/other"), "precious\n")

    def test_usage(self):
        for options in (["--journal", "--json"],
                        ["--journal", "--format=text"],
                        [f"--state={STATE}", "--since=1"]):
            done = run("cordonctl", "monitor", "--timeout=1", *options)
            self.assertEqual(done.returncode, 2, options)

    def test_no_library(self):
        """Where there is a journal, but not what it takes to send to it."""
        os.makedirs(os.path.dirname(JOURNAL))
        self.addCleanup(run, "rm", "-rf", "/run/systemd", "/run/empty")
        write_file(JOURNAL, "")
        os.makedirs("/run/empty")
        write_file(f"/run/empty/{LIBRARY}", "")
        done = run("env", "LD_LIBRARY_PATH=/run/empty", "cordonctl",
                   "monitor", "--journal", "--timeout=1")
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn(LIBRARY, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_syslog(self):
        """Without a journal events are lines of syslog."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
            log.bind(LOG)
            self.addCleanup(os.unlink, LOG)
            log.settimeout(cordon.TIMEOUT)
            monitor = subprocess.Popen(
                ["cordonctl", "monitor", "--journal"],
                stderr=subprocess.PIPE, text=True)
            self.addCleanup(monitor.communicate)
            self.addCleanup(monitor.kill)
            self.assertIn("no journal", monitor.stderr.readline())
            self.assertEqual(monitor.stderr.readline(), "listening\n")
            self.deny(1)
            line = log.recv(4096).decode()
            while "acme" not in line:
                line = log.recv(4096).decode()
        self.assertTrue(line.startswith(MARK), line)
        self.assertIn(f" cordon: DENIED acme file read {NO}/f EACCES ", line)
