# SPDX-License-Identifier: GPL-2.0
"""The queries and the osquery configuration that are shipped, on a database
whose answers are known."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

from database import ADMIN, GUARD, SOCKET, STREAM, Database, tool

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
METADATA = "169.254.169.254"


def rule(line, **fields):
    """A rule as 'cordonctl show --json acme' has it."""
    return {"origin": f"acme.yaml:{line}", "class": "file", "action": "deny",
            "ops": ["read"], "log": "auto", **fields}


class Case(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        self.file = f"{self.place}/events.db"
        self.now = datetime.now(timezone.utc)
        self.fill()

    def ago(self, **length):
        return self.now - timedelta(**length)

    def fill(self):
        events = Database(self.file)
        events.add(self.ago(days=3), path="/ancient")
        events.add(self.ago(hours=30), path="/old", repeat=1000)
        events.add(self.ago(hours=5), path="/a", repeat=3)
        events.add(self.ago(hours=4), path="/gone", repeat=2,
                   origin="acme.yaml:17")
        events.add(self.ago(hours=4), SOCKET, tenant="beta",
                   remote_addr=METADATA, remote_port=80, repeat=7)
        events.skip(5)
        events.policy(self.ago(hours=3), 1, 2)
        # Refused: policy is as it was.
        events.policy(self.ago(hours=2), 2, 2, verdict="denied", why="no")
        events.add(self.ago(hours=2), path="/a")
        events.add(self.ago(hours=2), GUARD, tenant="beta")
        events.add(self.ago(hours=1), SOCKET, remote_addr=METADATA,
                   remote_port=80, verdict="would-deny", repeat=4)
        events.add(self.ago(hours=1), SOCKET, remote_addr="10.0.0.1",
                   remote_port=443, verdict="allowed", origin="acme.yaml:20")
        events.add(self.ago(hours=1), STREAM, suppressed=100)
        events.add(self.now, ADMIN, op="request", verdict="denied")
        events.close()

    def ask(self, query):
        """Rows as the shell of sqlite prints them."""
        done = subprocess.run(
            ["sqlite3", "-batch", "-readonly", "-separator", "\t",
             self.file], input=query, capture_output=True, text=True,
            check=False, cwd=self.place)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line.split("\t") for line in done.stdout.splitlines()]

    def run_file(self, name):
        with open(f"{TOP}/ctl/sql/{name}.sql", encoding="utf-8") as file:
            return self.ask(file.read())


class QueryTest(Case):
    def test_all_are_tested(self):
        tested = {name[len("test_"):].replace("_", "-")
                  for name in dir(self) if name.startswith("test_")}
        shipped = {name[:-len(".sql")]
                   for name in os.listdir(f"{TOP}/ctl/sql")}
        self.assertEqual(shipped - tested, set())
        self.assertGreaterEqual(len(shipped), 5)

    def test_denied_since_yesterday(self):
        rows = self.run_file("denied-since-yesterday")
        self.assertEqual([row[:-1] for row in rows], [
            ["beta", "socket", "connect", f"{METADATA} port 80", "curl",
             "1000", "7", "0"],
            ["acme", "file", "read", "/a", "cat", "1000", "4", "0"],
            ["acme", "socket", "connect", f"{METADATA} port 80", "curl",
             "1000", "0", "4"],
            ["acme", "file", "read", "/gone", "cat", "1000", "2", "0"],
            ["", "admin", "replace", "-", "cordonctl", "0", "1", "0"],
            ["", "admin", "request", "-", "cordonctl", "0", "1", "0"],
            ["beta", "guard", "mount", "-", "mount", "1000", "1", "0"]])

    def test_rules_never_fired(self):
        rules = [rule(14), rule(15, log="never"), rule(16),
                 rule(17, **{"class": "socket", "ops": ["bind"]}), rule(18,
                 action="allow"), rule(19, action="allow", log="always"),
                 rule(20, action="allow", log="always",
                      **{"class": "socket"})]
        with open(f"{self.place}/policy.json", "w",
                  encoding="ascii") as file:
            json.dump({"name": "acme", "rules": rules}, file)
        self.assertEqual(self.run_file("rules-never-fired"), [
            ["acme", "acme.yaml:16", "file", "deny", '["read"]'],
            # Its line fired, but for another class.
            ["acme", "acme.yaml:17", "socket", "deny", '["bind"]'],
            ["acme", "acme.yaml:19", "file", "allow", '["read"]']])

    def test_metadata_address(self):
        rows = self.run_file("metadata-address")
        self.assertEqual([row[:6] for row in rows], [
            ["beta", "denied", METADATA, "80", "curl", "7"],
            ["acme", "would-deny", METADATA, "80", "curl", "4"]])
        # By a socket of the other version of IP.
        with sqlite3.connect(self.file) as database:
            database.execute("UPDATE event SET family = 'inet6', remote_addr ="
                             " '::ffff:' || remote_addr WHERE family ="
                             " 'inet'")
        database.close()
        self.assertEqual([row[2] for row in self.run_file("metadata-address")],
                         [f"::ffff:{METADATA}"] * 2)

    def test_after_last_policy(self):
        self.assertEqual(self.run_file("after-last-policy"), [
            ["beta", "socket", "connect", f"{METADATA} port 80", "7", "0",
             "gone"],
            ["acme", "socket", "connect", f"{METADATA} port 80", "0", "4",
             "new"],
            ["acme", "file", "read", "/gone", "2", "0", "gone"],
            ["beta", "guard", "mount", "-", "0", "1", "new"],
            ["acme", "file", "read", "/a", "3", "1", ""]])

    def test_missing(self):
        row, = self.run_file("missing")
        self.assertEqual(row[:4], ["1", "6", "10", "5"])
        self.assertLess(row[4], row[5])


class ManTest(Case):
    def test_examples(self):
        """Those of the man page run, and find what is there."""
        with open(f"{TOP}/ctl/cordon-record.5", encoding="utf-8") as file:
            queries = re.findall(
                r"^\.Bd -literal -offset indent\n(SELECT.*?;)\n\.Ed",
                file.read(), re.MULTILINE | re.DOTALL)
        self.assertEqual(len(queries), 3)
        answers = [self.ask(query) for query in queries]
        self.assertEqual(answers[0][0], ["beta", "socket", "connect",
                                         METADATA, "7"])
        self.assertEqual(answers[1], [["acme", "would-deny", "4"],
                                      ["beta", "denied", "7"]])
        self.assertEqual(answers[2], [["1", "6", "10"]])


class OsqueryTest(Case):
    """A table that is constructed has the columns that are listed, which are
    filled from those of the query by their names; 'path' is osquery's own."""

    def setUp(self):
        super().setUp()
        with open(f"{TOP}/ctl/osquery/cordon.conf",
                  encoding="utf-8") as file:
            self.tables = json.load(file)["auto_table_construction"]
        self.db = sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)
        self.addCleanup(self.db.close)

    def test_columns(self):
        self.assertEqual(set(self.tables),
                         {"cordon_event", "cordon_gap", "cordon_stream"})
        for name, table in self.tables.items():
            cursor = self.db.execute(table["query"])
            found = [column[0] for column in cursor.description]
            self.assertEqual(found, table["columns"], name)
            self.assertEqual(len(set(found)), len(found))
            self.assertNotIn("path", found)
            self.assertEqual(set(table),
                             {"query", "path", "columns", "platform"})
            # All that the database has is there, under its name.
            wanted = [row[1] for row in self.db.execute(
                f"PRAGMA table_info({name[len('cordon_'):]})")]
            self.assertEqual([column.replace("file_path", "path")
                              for column in found], wanted)

    def test_rows(self):
        rows = {name: self.db.execute(table["query"]).fetchall()
                for name, table in self.tables.items()}
        # What is older than two days would be read for each query.
        self.assertEqual(len(rows["cordon_event"]), 12)
        self.assertEqual(rows["cordon_gap"], [(1, 6, 10)])
        self.assertEqual(len(rows["cordon_stream"]), 1)

    def test_schema(self):
        """The version that these files are about is that of the tool."""
        self.assertEqual(self.db.execute("PRAGMA user_version").fetchone(),
                         (3,))
        self.assertEqual(tool("report", self.file).returncode, 0)
