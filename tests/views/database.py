# SPDX-License-Identifier: GPL-2.0
"""Databases as 'cordonctl record' makes them, filled without a kernel."""
import hashlib
import os
import sqlite3
import subprocess
from datetime import datetime, timedelta, timezone

TOOL = os.environ["CORDONCTL"]
BOOT = "00000000-0000-4000-8000-000000000001"

# What every event has; the rest is null where nothing else is said.
COMMON = {"generation": 3, "class": "file", "op": "read", "verdict": "denied",
          "reason": "rule", "errno": 13, "errno_name": "EACCES",
          "origin": "acme.yaml:14", "pid": 4711, "tgid": 4711, "ppid": 1,
          "comm": "cat", "comm_escaped": 0, "uid": 1000, "gid": 1000,
          "cgroup_id": 77, "path_escaped": 0, "tenant": "acme", "repeat": 1}
SOCKET = {"class": "socket", "op": "connect", "family": "inet",
          "type": "stream", "protocol": "tcp", "comm": "curl",
          "origin": "default", "reason": "default", "path_escaped": None,
          "name_escaped": 0}
GUARD = {"class": "guard", "op": "mount", "reason": "guard",
         "origin": "default", "errno": 1, "errno_name": "EPERM",
         "comm": "mount", "path_escaped": None}
ADMIN = {"class": "admin", "op": "replace", "verdict": "noted",
         "reason": "admin", "tenant": "", "origin": "default", "errno": 0,
         "errno_name": None, "comm": "cordonctl", "uid": 0, "gid": 0,
         "loginuid": 1000, "why_escaped": 0, "path_escaped": None}
STREAM = {"class": "stream", "op": "suppressed", "verdict": "noted",
          "reason": "limit", "origin": "default", "errno": 0,
          "errno_name": None, "comm": "", "path_escaped": None}


def tool(*arguments):
    return subprocess.run([TOOL, *arguments], capture_output=True, check=False,
                          timeout=120)


def moment(text):
    """A time of the tests, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def stamp(when):
    return when.strftime("%Y-%m-%dT%H:%M:%S") + f".{when.microsecond:06}000Z"


def digest(generation):
    """What stands for the digest of policy."""
    return hashlib.sha256(str(generation).encode()).hexdigest()


class Database:
    """A database whose schema is the tool's own."""

    def __init__(self, path):
        self.path = path
        # It makes the database before it finds that there is no module.
        done = tool("record", path)
        if done.returncode != 1 or not os.path.exists(path):
            raise AssertionError(done)
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("INSERT INTO stream (id, boot_id, last_seq, "
                        "last_time_boot_ns) VALUES (1, ?, 0, 0)", (BOOT,))
        self.db.execute("BEGIN")
        self.seq = 0

    def skip(self, count):
        """So many events are missing."""
        self.db.execute("INSERT INTO gap VALUES (1, ?, ?)",
                        (self.seq + 1, self.seq + count))
        self.seq += count

    def cut(self):
        """The module went, and nobody knows what else it had sent."""
        self.db.execute("INSERT INTO gap VALUES (1, ?, NULL)",
                        (self.seq + 1,))

    def add(self, when, *kinds, **fields):
        """An event: of a kind, but for what is said of it."""
        self.seq += 1
        values = dict(COMMON, stream=1, seq=self.seq, time=stamp(when),
                      time_boot_ns=self.seq * 1000)
        for kind in kinds:
            values.update(kind)
        values.update(fields)
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        self.db.execute(f"INSERT INTO event ({names}) VALUES ({marks})",
                        list(values.values()))
        return self.seq

    def policy(self, when, before, after, **fields):
        """Policy was replaced."""
        return self.add(when, ADMIN, generation_before=before,
                        generation=after, digest_before=digest(before),
                        digest=digest(after), **fields)

    def close(self):
        """Also leaves no log beside it."""
        self.db.execute("UPDATE stream SET last_seq = ?", (self.seq,))
        self.db.execute("COMMIT")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.db.close()


def fill_day(path):
    """A day with eight tenants, one of which storms, and policy changes."""
    database = Database(path)
    begin = moment("2026-11-22T12:00:00")
    database.add(begin, ADMIN, op="start", generation=0, generation_before=0,
                 digest_before=digest(0), digest=digest(0))
    database.policy(begin + timedelta(minutes=2), 0, 1)
    tenants = ["acme", "borealis", "cdn-edge", "dorado", "eclipse", "ferrum",
               "globex", "initech"]
    for minute in range(3, 24 * 60, 3):
        when = begin + timedelta(minutes=minute)
        wave = 1 + (minute % 240) // 30
        for number, tenant in enumerate(tenants):
            if (minute // 3) % (number + 2):
                continue
            would = {"verdict": "would-deny", "errno": 0,
                     "errno_name": None} if tenant == "dorado" else {}
            database.add(when, tenant=tenant, repeat=wave,
                         path=f"/srv/{tenant}/secrets/key-{number}.pem",
                         origin=f"{tenant}.yaml:{10 + number}", **would)
            if minute % 4 == 0:
                database.add(when + timedelta(seconds=1), SOCKET,
                             tenant=tenant, remote_port=80,
                             remote_addr="169.254.169.254", repeat=2, **would)
            if minute % 45 == 0:
                database.add(when + timedelta(seconds=2), GUARD,
                             tenant=tenant, **would)
        if 600 <= minute < 660:
            database.add(when, tenant="acme", path="/etc/shadow", repeat=240,
                         origin="acme.yaml:21", comm="scan")
            database.add(when, STREAM, suppressed=1800)
        if minute == 900:
            database.skip(412)
    database.policy(begin + timedelta(hours=10, minutes=40), 1, 2)
    database.policy(begin + timedelta(hours=10, minutes=55), 2, 2,
                    op="load", verdict="denied", reason="permission",
                    why="a rule's path is a link", tenant="")
    database.policy(begin + timedelta(hours=19), 2, 3, op="load")
    database.add(begin + timedelta(hours=20), SOCKET, tenant="borealis",
                 family="inet6", remote_addr="fd00:ec2::254", remote_port=443,
                 local_addr="fd00::7", local_port=40000)
    database.close()
