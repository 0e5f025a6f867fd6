#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Reads what KUnit says about each suite and sends one result line a case.

usage: ktap.py SECONDS SOURCES RESULTS

SOURCES is the directory of test_*.c: each is the suite cordon_*, and each
KUNIT_CASE in it is a case that has to be reported.  RESULTS is the directory
in which KUnit keeps SUITE/results.  KUnit does not say how long a case took:
SECONDS, the time of all of them, is shared out evenly.
"""
import os
import pathlib
import re
import sys

PORT = "/dev/ttyS1"
RECORD = "/run/results"

CASE = re.compile(r"\bKUNIT_CASE\((\w+)\)")
PLAN = re.compile(r"^    1\.\.(\d+)$")
# KUnit keeps 512 bytes of a case: what a failed one says may end without a
# result and without a line end, and the next result follows in that line.
RESULT = re.compile(r"    (ok|not ok) (\d+) (?:- )?(\w+)( # SKIP.*)?$")
TOTAL = re.compile(r"^(ok|not ok) 1 (?:- )?(\w+)( # SKIP.*)?$")


def parse(suite, text):
    """The outcome of each case, and what is wrong with the text."""
    outcomes = {}
    numbers = []
    plan = None
    total = None
    for line in text.splitlines():
        if match := PLAN.match(line):
            plan = int(match[1])
        elif match := TOTAL.match(line):
            total = match
        elif match := RESULT.search(line):
            outcome = "pass" if match[1] == "ok" else "fail"
            outcomes[match[3]] = "skip" if match[4] else outcome
            numbers.append(int(match[2]))
    if plan is None:
        return outcomes, "there is no plan"
    if numbers != list(range(1, plan + 1)) or len(outcomes) != plan:
        return outcomes, f"{plan} cases planned, {numbers} reported"
    if total is None or total[2] != suite:
        return outcomes, "it ends without a result of the suite"
    if (total[1] == "ok") != ("fail" not in outcomes.values()):
        return outcomes, "results of the suite and of its cases differ"
    return outcomes, None


def read_suite(source, results):
    """The suite's name, the outcome of each expected case, what is wrong."""
    suite = "cordon_" + source.stem.removeprefix("test_")
    expected = CASE.findall(source.read_text(encoding="utf-8"))
    try:
        text = (results / suite / "results").read_text(
            encoding="utf-8", errors="replace")
    except OSError as error:
        return suite, dict.fromkeys(expected, "fail"), str(error)
    outcomes, wrong = parse(suite, text)
    if not wrong and sorted(outcomes) != sorted(expected):
        wrong = f"{source.name} has {expected}, reported {list(outcomes)}"
    if wrong or "fail" in outcomes.values():
        print(f"--- {suite}\n{text}", flush=True)
    return suite, {case: outcomes.get(case, "fail") for case in expected}, \
        wrong


def send(lines):
    """Sends results to the port and keeps the record that is checked."""
    with open(RECORD, "a", encoding="utf-8") as record:
        record.writelines(lines)
    port = os.open(PORT, os.O_WRONLY | os.O_NOCTTY)
    for line in lines:
        os.write(port, b"result\t" + line.encode())
    os.close(port)


def main():
    seconds, sources, results = sys.argv[1:]
    sources = sorted(pathlib.Path(sources).glob("test_*.c"))
    outcomes = []
    status = 0
    for source in sources:
        suite, cases, wrong = read_suite(source, pathlib.Path(results))
        if wrong or not cases:
            print(f"ktap.py: {suite}: {wrong or 'no cases'}", flush=True)
            status = 1
        outcomes += [(f"{suite}.{name}", outcome)
                     for name, outcome in cases.items()]
    if not outcomes:
        print("ktap.py: there are no suites", file=sys.stderr)
        return 1
    prefix = f"{os.environ['CORDON_SUITE']}\t{os.environ['CORDON_KERNEL']}"
    share = float(seconds) / len(outcomes)
    send([f"{prefix}\t{name}\t{outcome}\t{share:.2f}\n"
          for name, outcome in outcomes])
    for name, outcome in outcomes:
        if outcome != "pass":
            print(f"{outcome}: {name}", flush=True)
    failed = any(outcome == "fail" for _, outcome in outcomes)
    return 1 if failed else status


if __name__ == "__main__":
    sys.exit(main())
