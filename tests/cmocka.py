#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Turns cmocka's XML reports into result lines.

usage: cmocka.py DIRECTORY
"""
import glob
import os
import sys
import xml.etree.ElementTree as ElementTree


def outcome_of(case):
    if case.find("failure") is not None or case.find("error") is not None:
        return "fail"
    if case.find("skipped") is not None:
        return "skip"
    return "pass"


def main():
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.xml"))):
        for group in ElementTree.parse(path).getroot().iter("testsuite"):
            for case in group.iter("testcase"):
                outcome = outcome_of(case)
                name = f"{group.get('name')}.{case.get('name')}"
                print("unit", "-", name, outcome, case.get("time"), sep="\t")
                if outcome == "fail":
                    print(f"{name}:", *case.itertext(), file=sys.stderr)


if __name__ == "__main__":
    main()
