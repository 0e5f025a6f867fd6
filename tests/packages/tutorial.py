# SPDX-License-Identifier: GPL-2.0
"""What a reader does with ctl/tutorial.md: its commands, and what they print.

Blocks that are called "sh" are pasted as a whole and have to succeed; those
called "console" have a line "$ COMMAND" and then what it prints, both streams.
"sh make" is what was done where the packages were built.
"""
import re
from dataclasses import dataclass

BLOCK = re.compile(r"^```(.+?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DIFFERS = re.compile(r"<[a-z -]+>")
ANY_LINES = "..."
KINDS = ("sh make", "sh", "console")


@dataclass
class Step:
    """Something to run; output is None where none is shown."""
    line: int
    command: str
    output: str = None


def console_steps(line, text):
    steps = []
    for number, words in enumerate(text.splitlines(), line):
        if words.startswith("$ "):
            steps.append(Step(number, words[2:], ""))
        elif not steps:
            raise ValueError(f"line {number}: output of no command")
        else:
            steps[-1].output += words + "\n"
    return steps


def read_steps(text):
    """Steps in their order; of "sh make" there is only the text."""
    steps, made = [], []
    for found in BLOCK.finditer(text):
        kind, body = found.groups()
        line = text.count("\n", 0, found.start(2)) + 1
        if kind == "console":
            steps += console_steps(line, body)
        elif kind == "sh":
            steps.append(Step(line, body))
        elif kind == "sh make":
            made.append(body.strip())
        else:
            raise ValueError(f"line {line}: '{kind}' is none of {KINDS}")
    if text.count("```") != 2 * len(BLOCK.findall(text)):
        raise ValueError("a block does not end")
    return steps, made


def pattern(shown):
    """What output has to look like: all of it, but for what differs."""
    lines = []
    for line in shown.splitlines():
        if line == ANY_LINES:
            lines.append("(?:.*\n)*?")
            continue
        parts = DIFFERS.split(line)
        lines.append(r"\S+".join(map(re.escape, parts)) + r"\n")
    return re.compile("".join(lines) + r"\Z")


def is_shown(shown, got):
    """Blanks at the ends of lines cannot be seen in the document."""
    got = "".join(line.rstrip() + "\n" for line in got.splitlines())
    return pattern(shown).match(got) is not None
