# SPDX-License-Identifier: GPL-2.0
"""auditd: what its tools read of the records, and what they make of them."""
import os
import re
import shutil
import subprocess
import unittest

import cordon
from cordon import CordonTest, file_section, run, wait_until, write_file

setUpModule = cordon.begin
tearDownModule = cordon.end

FOLDER = "/run/auditd"
LOG = f"{FOLDER}/audit.log"
NO = "/srv/no"
# It stops writing when a disk is nearly full, which that of a guest may be.
SETTINGS = f"""local_events = yes
write_logs = yes
log_file = {LOG}
log_format = RAW
flush = SYNC
space_left = 2
space_left_action = IGNORE
admin_space_left = 1
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
max_log_file_action = IGNORE
"""
RULES = f"- {{deny: read, path: '{NO}/**'}}"


class Daemon:
    """An auditd, which the kernel's records go to while it runs."""

    def __init__(self):
        shutil.rmtree(FOLDER, ignore_errors=True)
        write_file(f"{FOLDER}/auditd.conf", SETTINGS)
        os.chmod(f"{FOLDER}/auditd.conf", 0o640)
        self.process = subprocess.Popen(
            ["/sbin/auditd", "-n", "-s", "nochange", "-c", FOLDER],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        ready = f"pid {self.process.pid}\n"
        if not wait_until(lambda: ready in run("/sbin/auditctl", "-s").stdout):
            self.process.terminate()
            raise AssertionError(self.process.communicate()[0])

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=cordon.TIMEOUT)


class AuditdTest(CordonTest):
    def setUp(self):
        super().setUp()
        self.make_tree(NO)
        self.load(acme=file_section(RULES, default="allow"),
                  globex=file_section(RULES, default="allow", mode="audit"))
        self.acme, self.globex = self.task("acme"), self.task("globex")
        self.session.take()
        self.daemon = Daemon()
        self.addCleanup(self.daemon.stop)
        self.assertTrue(wait_until(self.is_heard))

    def is_heard(self):
        """A daemon that has registered does not get the first records."""
        self.session.take()
        return os.path.exists(LOG) and "avc:" in cordon.read_file(LOG)

    def search(self, *arguments):
        """What ausearch finds; nothing is exit status 1."""
        done = run("/sbin/ausearch", "-if", LOG, "-m", "AVC", *arguments,
                   stdin=subprocess.DEVNULL)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return [line for line in done.stdout.splitlines()
                if line.startswith("type=AVC")]

    def found(self, event, *arguments):
        """The one record of an event, among those that ausearch finds."""
        mark = f" seq={event['seq']} "
        lines = [line for line in self.search(*arguments) if mark in line]
        self.assertEqual(len(lines), 1, (mark, self.search()))
        return lines[0]

    def arrive(self, event):
        mark = f" seq={event['seq']} "
        self.assertTrue(wait_until(
            lambda: os.path.exists(LOG) and mark in cordon.read_file(LOG)))

    def deny(self, task, path=f"{NO}/f", answer="EACCES"):
        self.assertEqual(task.do("open", "r", path), answer)
        event, = self.session.take()
        self.arrive(event)
        return event

    def test_found(self):
        """By tenant, command, process, file and result."""
        event = self.deny(self.acme)
        other = self.deny(self.globex, answer="OK")
        line = self.found(event)
        print(f"\nausearch -m AVC: {line}")
        self.assertRegex(line, r"avc:  denied  { read } for  ")
        for words in (("-se", "acme"), ("-c", "act"), ("-f", f"{NO}/f"),
                      ("-p", str(self.acme.pid)), ("-sv", "no")):
            with self.subTest(words):
                self.assertEqual(self.found(event, *words), line)
        self.found(other, "-se", "globex")
        for words in (("-se", "globex"), ("-c", "cat"), ("-f", "/etc/passwd"),
                      ("-p", str(self.globex.pid)), ("-sv", "yes")):
            with self.subTest(words):
                mark = f" seq={event['seq']} "
                self.assertNotIn(mark, "".join(self.search(*words)))

    def test_interpreted(self):
        """Names that could be taken for something else are undone."""
        path = f"{NO}/a b\"c"
        write_file(path)
        event = self.deny(self.acme, path)
        line = self.found(event, "-i")
        print(f"\nausearch -i: {line}")
        self.assertIn(f"name={path} dev=", line)
        self.assertIn(" uid=root ", line)

    def test_reported(self):
        """Each is a line of the report on AVCs, with what was wanted."""
        event, other = self.deny(self.acme), self.deny(self.globex,
                                                       answer="OK")
        done = run("/sbin/aureport", "-if", LOG, "-a", "-i")
        self.assertEqual(done.returncode, 0, done.stderr)
        print(f"\naureport -a: {done.stdout}")
        for tenant, one in (("acme", event), ("globex", other)):
            serial = re.search(r"audit\([^)]*:(\d+)\)",
                               self.found(one))[1]
            self.assertRegex(done.stdout, rf"act {tenant} \S+ file read \S+ "
                             rf"denied {serial}\n")

    def test_socket(self):
        self.load(acme=cordon.socket_section(
            "- {allow: create, family: inet}"))
        self.acme.must("socket inet dgram")
        self.assertEqual(self.acme.do("connect inet,10.0.0.1,77"), "EACCES")
        event, = self.session.take()
        self.arrive(event)
        self.assertRegex(self.found(event, "-i"), r"denied  { connect } .* "
                         r"family=ipv4 .* raddr=10\.0\.0\.1 rport=77 ")

    def test_administration(self):
        """Who loaded policy."""
        self.load(acme=file_section(default="allow"))
        event = self.session.take(admin=True)[-1]
        self.arrive(event)
        line = self.found(event, "-i")
        print(f"\nausearch -i: {line}")
        self.assertRegex(line, r"granted  { load } .* comm=cordonctl "
                         r"auid=unset ")

    def test_all(self):
        """Of a storm the daemon gets what listeners get; none is missed."""
        before = cordon.status()
        self.load(acme=file_section(RULES, default="allow",
                                    events=(1000000, 1000000)))
        self.assertEqual(self.acme.do(f"flood r {NO}/f 500"), "text:500")
        events = self.session.take()
        self.assertEqual(len(events), 500)
        self.arrive(events[-1])
        numbers = [int(re.search(r" seq=(\d+) ", line)[1])
                   for line in self.search("-se", "acme", "-sv", "no")]
        self.assertEqual(numbers, [event["seq"] for event in events])
        self.assertEqual(cordon.status()["audit_missed"],
                         before["audit_missed"])


if __name__ == "__main__":
    unittest.main()
