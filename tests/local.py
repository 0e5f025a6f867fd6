#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs the unittest modules of a folder on this machine.

usage: local.py SUITE FOLDER RESULTS [-k PATTERN]...

RESULTS gets a line for each test.
"""
import argparse
import sys
import unittest

from outcome import Outcomes


class Lines(Outcomes, unittest.TextTestResult):
    def __init__(self, *arguments, suite, results):
        super().__init__(*arguments)
        self.suite = suite
        self.results = results

    def report(self, name, outcome, seconds):
        self.results.write(
            f"{self.suite}\t-\t{name}\t{outcome}\t{seconds:.2f}\n")
        self.results.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("suite")
    parser.add_argument("folder")
    parser.add_argument("results")
    parser.add_argument("-k", action="append", dest="patterns")
    options = parser.parse_args()
    loader = unittest.TestLoader()
    if options.patterns:
        loader.testNamePatterns = [f"*{text}*" for text in options.patterns]
    tests = loader.discover(options.folder, "test_*.py")
    if not tests.countTestCases():
        print("local.py: there is no such test", file=sys.stderr)
        return 2
    with open(options.results, "w", encoding="utf-8") as results:
        runner = unittest.TextTestRunner(
            verbosity=2, resultclass=lambda *arguments:
            Lines(*arguments, suite=options.suite, results=results))
        done = runner.run(tests)
    return not done.wasSuccessful()


if __name__ == "__main__":
    sys.exit(main())
