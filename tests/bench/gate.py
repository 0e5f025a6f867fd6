#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares what operations cost with what that was when it was written down.

usage: gate.py KERNEL COMPILER MEASURED BASELINE RESULTS
       gate.py --write COMPILER MEASURED BASELINE

What is compared is how many instructions the module adds, which repeats to the
instruction on any machine.  RESULTS gets a line for each operation and
configuration of the baseline: it has failed when it costs more than a
twentieth more, when it was not measured, and when it costs less by so much
that the baseline would let it grow again unseen.  Another compiler lays code
out in another way: then a quarter is allowed either way, and that is said.

What recording an event costs is mostly up to libraries, and has a bound.
"""
import sys

from report import RECORD_GOAL, added, read, read_record

CONFIGS = ("no-policy", "non-member", "member-20-rules")
# Fork and exec have much in them that differs from run to run.
UNSTEADY = ("fork-exec-wait",)
SAME_COMPILER = 0.05
OTHER_COMPILER = 0.25
# So many instructions are no matter: a connection of TCP has timers in it, and
# what differed between two boots is up to 31 for sending over UDP, and 6 for an
# open, in whose look-up of names more than one can be in one chain.
SLACK = {"tcp-connect": 20, "tcp-connect-own": 20,
         "open-depth-4": 8, "open-depth-8": 8, "open-depth-16": 8,
         "udp-send": 40, "udp-sendto": 40, "udp-sendto-own": 40}
SLACK_OTHERWISE = 2


def costs(measured):
    """{(config, operation): instructions added}"""
    return {(config, operation): round(added(measured, config, operation))
            for config in CONFIGS
            for operation in measured["base"] if operation not in UNSTEADY}


def write_baseline(compiler, measured, path):
    with open(path, "w", encoding="ascii") as file:
        file.write(f"compiler\t{compiler}\n")
        for (config, operation), cost in costs(measured).items():
            file.write(f"{config}\t{operation}\t{cost}\n")


def read_baseline(path):
    with open(path, encoding="ascii") as file:
        compiler = file.readline().rstrip("\n").partition("\t")[2]
        rows = [line.rstrip("\n").split("\t") for line in file]
    return compiler, {(config, operation): int(cost)
                      for config, operation, cost in rows}


def complain(operation, cost, before, part):
    if cost is None:
        return "not measured"
    allowed = max(SLACK.get(operation, SLACK_OTHERWISE), part * abs(before))
    if cost > before + allowed:
        return f"{cost} instructions, {before} in the baseline"
    if cost < before - allowed:
        return (f"{cost} instructions, {before} in the baseline: "
                "write it anew with tests/bench/run.sh KERNEL baseline")
    return None


def complain_of_record(cost):
    if cost is None:
        return "not measured"
    if cost > RECORD_GOAL:
        return f"{cost} instructions, {RECORD_GOAL} are allowed"
    return None


def gate(kernel, compiler, measured, record, baseline, results):
    other, before = read_baseline(baseline)
    if not compiler:
        print("bench: the module does not say what made it", file=sys.stderr)
        return 1
    part = SAME_COMPILER
    if compiler != other:
        part = OTHER_COMPILER
        print(f"bench: compiled by {compiler}, the baseline by {other}: "
              f"{part:.0%} are allowed", file=sys.stderr)
    now = costs(measured)
    complaints = {what: complain(what[1], now.get(what), cost, part)
                  for what, cost in before.items()}
    complaints["record", "event"] = complain_of_record(record)
    failed = 0
    with open(results, "w", encoding="ascii") as file:
        for what, complaint in complaints.items():
            failed += complaint is not None
            if complaint:
                print("bench:", *what, complaint, file=sys.stderr)
            word = "fail" if complaint else "pass"
            file.write(f"bench\t{kernel}\t{'.'.join(what)}\t{word}\t0\n")
    return 1 if failed or not before else 0


def main():
    if sys.argv[1] == "--write":
        write_baseline(sys.argv[2], read(sys.argv[3]), sys.argv[4])
        return 0
    kernel, compiler, measured, baseline, results = sys.argv[1:]
    return gate(kernel, compiler, read(measured), read_record(measured),
                baseline, results)


if __name__ == "__main__":
    sys.exit(main())
