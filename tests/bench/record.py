#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs in a guest: what it costs to record an event, in instructions.

The module has kept the events of what was measured before; 'cordonctl
record' asks for them, and stores them.  What that costs without any is taken
off.
"""
import os
import sqlite3
import subprocess

FILE = "/run/record.db"


def cost():
    """Instructions of a record: processor time, a nanosecond each."""
    with subprocess.Popen(["cordonctl", "record", "--timeout", "0",
                           FILE]) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"record: exit code {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1e9


def main():
    whole = cost()
    empty = cost()
    database = sqlite3.connect(FILE)
    count, = database.execute("SELECT count(*) FROM event").fetchone()
    database.close()
    with open("/dev/ttyS1", "w", encoding="ascii") as port:
        port.write(f"data\trecord.tsv\t{count}\t{(whole - empty) / count:.0f}"
                   "\n")


if __name__ == "__main__":
    main()
