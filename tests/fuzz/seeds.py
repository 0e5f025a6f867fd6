#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Copies a corpus; *.hex becomes the bytes that it spells.

usage: seeds.py FROM TO

In a *.hex file, "#" begins a comment and space means nothing.
"""
import pathlib
import sys


def bytes_of(path):
    if path.suffix != ".hex":
        return path.read_bytes()
    lines = path.read_text(encoding="ascii").splitlines()
    return bytes.fromhex(" ".join(line.split("#")[0] for line in lines))


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        (target / path.stem).write_bytes(bytes_of(path))


if __name__ == "__main__":
    main()
