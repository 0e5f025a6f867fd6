#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the functional tests inside a guest and reports each of them.

usage: run.py [-q] [-k PATTERN]... [-t SECONDS] [-p PART/PARTS] [-C FOLDER]

Every test_*.py beside this file, or in FOLDER, is a unittest module.  One
result line a test goes to the port (see tests/vm/guest/lib.sh); what failed,
and how, goes to the console.
"""
import argparse
import os
import signal
import sys
import traceback
import unittest

import agreement
import cordon

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from outcome import Outcomes  # pylint: disable=wrong-import-position

PORT = "/dev/ttyS1"
RECORD = "/run/results"
# What is left in a minute; the rest waits a lot, or starts crowds.
QUICK = ["test_exec", "test_file", "test_guard", "test_member", "test_move",
         "test_netlink", "test_path", "test_socket"]
# About the tool: a kernel with sanitizers finds nothing by them.
TOOL = ["test_doctor", "test_examples", "test_progress", "test_record",
        "test_schema", "test_state", "test_stats", "test_tool", "test_ynl"]


class TestTimeout(Exception):
    """A test took longer than it may."""


def on_alarm(_signal, _frame):
    raise TestTimeout("the test ran out of time")


class PortResult(Outcomes, unittest.TestResult):
    """Sends each outcome as soon as it is known."""

    def __init__(self, suite, kernel, seconds):
        super().__init__()
        self.prefix = f"{suite}\t{kernel}"
        self.seconds = seconds

    def startTest(self, test):
        super().startTest(test)
        signal.alarm(self.seconds)

    def stopTest(self, test):
        signal.alarm(0)
        super().stopTest(test)

    def report(self, name, outcome, seconds):
        line = f"{self.prefix}\t{name}\t{outcome}\t{seconds:.2f}\n"
        with open(RECORD, "a", encoding="utf-8") as record:
            record.write(line)
        port = os.open(PORT, os.O_WRONLY | os.O_NOCTTY)
        os.write(port, b"result\t" + line.encode())
        os.close(port)
        if outcome != "pass":
            print(f"{outcome}: {name}", flush=True)

    def show(self, test, err):
        print(f"--- {test.id()}")
        traceback.print_exception(*err, file=sys.stdout)
        sys.stdout.flush()

    def addError(self, test, err):
        self.show(test, err)
        super().addError(test, err)

    def addFailure(self, test, err):
        self.show(test, err)
        super().addFailure(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            print(f"in {subtest}")
            self.show(test, err)
        super().addSubTest(test, subtest, err)

    def addSkip(self, test, reason):
        print(f"skipped: {test.id()}: {reason}", flush=True)
        super().addSkip(test, reason)

    def addUnexpectedSuccess(self, test):
        print(f"unexpected success: {test.id()}", flush=True)
        super().addUnexpectedSuccess(test)


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("-k", action="append", dest="patterns", default=[],
                        help="only tests whose name has this in it")
    parser.add_argument("-q", action="store_const", dest="modules",
                        const=QUICK, default=["test_*"],
                        help="only tests that most changes are about")
    parser.add_argument("-t", type=int, dest="seconds",
                        default=600 if cordon.SANITIZED else 180,
                        help="time limit of one test")
    parser.add_argument("-p", type=parse_part, dest="part", default=(1, 1),
                        help="of so many parts of the tests only this one")
    parser.add_argument("-C", dest="folder",
                        default=HERE,
                        help="where the tests are")
    return parser.parse_args()


def parse_part(text):
    part, _, parts = text.partition("/")
    if not (part.isdigit() and parts.isdigit()
            and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"'{text}' is not PART/PARTS")
    return int(part), int(parts)


def tests_in(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_in(item)
        else:
            yield item


def part_of(suite, part, parts):
    """One of several parts of the tests, of like size; classes stay whole."""
    classes = {}
    for test in tests_in(suite):
        classes.setdefault(test.id().rpartition(".")[0], []).append(test)
    shares = [[] for _ in range(parts)]
    for _, tests in sorted(classes.items(), key=lambda c: (-len(c[1]), c[0])):
        min(shares, key=len).extend(tests)
    return unittest.TestSuite(sorted(shares[part - 1],
                                     key=lambda test: test.id()))


def load_tests(folder, modules, patterns):
    loader = unittest.TestLoader()
    if patterns:
        loader.testNamePatterns = [
            pattern if "*" in pattern else f"*{pattern}*"
            for pattern in patterns]
    return unittest.TestSuite(loader.discover(folder, pattern=f"{module}.py")
                              for module in modules)


def drop_tool(suite):
    return unittest.TestSuite(test for test in tests_in(suite)
                              if test.id().split(".")[0] not in TOOL)


def tell_figures():
    with open(PORT, "w", encoding="utf-8") as port:
        for name, number in agreement.figures.items():
            port.write(f"data\tfigures\t{name}\t{number}\n")
    print(dict(agreement.figures), flush=True)


def main():
    arguments = parse_arguments()
    tests = load_tests(arguments.folder, arguments.modules,
                       arguments.patterns)
    if cordon.SANITIZED and not arguments.patterns:
        tests = drop_tool(tests)
    tests = part_of(tests, *arguments.part)
    planned = tests.countTestCases()
    if not planned:
        print("run.py: there is no such test", file=sys.stderr)
        return 2
    result = PortResult(os.environ["CORDON_SUITE"],
                        os.environ["CORDON_KERNEL"], arguments.seconds)
    signal.signal(signal.SIGALRM, on_alarm)
    tests.run(result)
    tell_figures()
    if result.testsRun != planned:
        print(f"run.py: {planned} tests planned, {result.testsRun} run",
              file=sys.stderr)
        return 1
    if not result.wasSuccessful():
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
