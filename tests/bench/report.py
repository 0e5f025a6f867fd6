#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes the table and the CSV of the benchmark out of what was measured.

usage: report.py KERNEL MEASURED CSV

The exit status is 1 if a goal was missed, or if two passes over the same thing
differ: instruction counts repeat, or something else was measured.
"""
import csv
import os
import sys

GOALS = {("non-member", "open-depth-4"): 30,
         ("member-20-rules", "open-depth-4"): 300,
         ("member-20-rules", "open-depth-16"): 600}
SOCKETS = {"udp-sendto": 200, "udp-connect": 250, "tcp-connect": 250,
           "udp-bind": 200}
for _operation, _goal in SOCKETS.items():
    GOALS["non-member", _operation] = 60
    GOALS["member-20-rules", _operation] = _goal
# What is denied may cost so many more than what is allowed, reported or not.
REPORT = 4000
for _config in ("member-20-rules", "member-folded", "member-full"):
    GOALS[_config, "open-denied"] = REPORT
# Beside a tenant that storms a denied call takes at most a fifth longer.
STORM = 1.2
# With so many more rules or tenants an open may add a tenth more, and what has
# to do with addresses a fifth.
GROWN = ("member-10000-rules", "member-1000-tenants")
for _config in GROWN:
    for _operation in ("open-depth-4", "open-depth-16"):
        GOALS[_config, _operation] = \
            GOALS["member-20-rules", _operation] * 11 // 10
    for _operation, _goal in SOCKETS.items():
        GOALS[_config, _operation] = _goal * 6 // 5
# To store an event may take so many, with what the kernel does for it.
RECORD_GOAL = 60000
# Two passes may differ by so many instructions, or by this part of the whole
# for operations that allocate or schedule.
STEADY_ABSOLUTE = 4
STEADY_RELATIVE = 0.005
# When a process ends, who is woken and what is freed then is another matter.
STEADY_PROCESS = 0.02


def read(path):
    """{config: {operation: [instructions of each pass]}}"""
    measured = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            config, operation, instructions = line.rstrip("\n").split("\t")
            measured.setdefault(config, {}).setdefault(
                operation, []).append(float(instructions))
    return measured


def read_record(path):
    """Instructions to record an event, which are in a file beside it."""
    path = os.path.join(os.path.dirname(path), "record.tsv")
    if not os.path.exists(path):
        return None
    with open(path, encoding="ascii") as file:
        count, cost = map(int, file.read().split("\t"))
    # Of few events the rest of what it does would be too much of it.
    return cost if count >= 1000 else None


def complaints_about(measured, record):
    if record is None or record > RECORD_GOAL:
        yield f"record: {record}, the goal is {RECORD_GOAL}"
    for config, operations in measured.items():
        for operation, passes in operations.items():
            spread = max(passes) - min(passes)
            part = STEADY_PROCESS if operation == "fork-exec-wait" \
                else STEADY_RELATIVE
            allowed = max(STEADY_ABSOLUTE, part * min(passes))
            if spread > allowed:
                yield f"{config} {operation}: passes differ: {passes}"
    for (config, operation), goal in goals_for(measured).items():
        if operation not in measured.get(config, {}):
            yield f"{config} {operation}: not measured"
            continue
        cost = added(measured, config, operation)
        if cost > goal:
            yield f"{config} {operation}: {cost:.0f}, the goal is {goal:.0f}"


def goals_for(measured):
    """The goals, with those that depend on what was measured."""
    goals = dict(GOALS)
    alone = measured.get("member-20-rules", {}).get("open-denied")
    base = measured["base"]["open-denied"]
    goals["member-beside-storm", "open-denied"] = \
        STORM * min(alone or base) - min(base)
    return goals


def added(measured, config, operation):
    return min(measured[config][operation]) - min(measured["base"][operation])


def write_csv(path, kernel, measured):
    with open(path, "w", encoding="ascii", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kernel", "system", "config", "operation", "base",
                         "added"])
        for config in measured:
            if config == "base":
                continue
            for operation in measured[config]:
                writer.writerow([
                    kernel, "cordon", config, operation,
                    f"{min(measured['base'][operation]):.1f}",
                    f"{added(measured, config, operation):.1f}"])


def cell(measured, goals, config, operation):
    if operation not in measured[config]:
        return "-"
    goal = goals.get((config, operation))
    return f"+{added(measured, config, operation):.0f}" + (
        "" if goal is None else f" (goal {goal:.0f})")


def print_table(measured):
    goals = goals_for(measured)
    configs = [config for config in measured if config != "base"]
    print("Instructions, and how many more than with nothing loaded:\n")
    print(f"{'operation':24}{'base':>10}" +
          "".join(f"{config:>21}" for config in configs))
    for operation, passes in measured["base"].items():
        row = f"{operation:24}{min(passes):>10.0f}"
        for config in configs:
            row += f"{cell(measured, goals, config, operation):>21}"
        print(row)
    print()


def main():
    kernel, source, target = sys.argv[1:]
    measured = read(source)
    if "base" not in measured:
        print("bench: nothing was measured", file=sys.stderr)
        return 1
    write_csv(target, kernel, measured)
    print_table(measured)
    record = read_record(source)
    print(f"To record an event takes {record} instructions.\n")
    complaints = list(complaints_about(measured, record))
    for complaint in complaints:
        print(f"bench: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
