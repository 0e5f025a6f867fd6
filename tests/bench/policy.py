#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Writes a policy with COUNT rules for the benchmark.

usage: policy.py COUNT [OTHERS] [folded] [both] [storm]

OTHERS is the number of other tenants, each with the same few rules.  Of what is
denied each is reported, or with "folded" nearly none, beyond the limit.  With
"both" what comes in is judged as well as what goes out, and with "storm" there is
a tenant that may do next to nothing.

A quarter of the rules is about sockets.  The measured files and addresses are
each allowed by a literal rule of their own, beside which the others lie: the
whole path has to be matched, and no wide rule ends the search early.
"""
import sys

DIRECTORIES = "abcdeghijklmnop"
DEPTHS = (1, 4, 8, 16)


def target(depth, name):
    return "/".join(["/t", *DIRECTORIES[:depth - 1], name])


def file_rules(count):
    yield "        - {allow: [read, exec, map], path: /cordon/opcost}"
    for depth in DEPTHS:
        yield f"        - {{allow: read, path: {target(depth, 'f')}}}"
    for number in range(count - 1 - len(DEPTHS)):
        depth = DEPTHS[number % len(DEPTHS)]
        yield ("        - {allow: [read, write], "
               f"path: {target(depth, f'other{number}')}}}")


def socket_rules(count, both):
    yield "        - {allow: [bind, listen], proto: [tcp, udp]}"
    yield ("        - {allow: connect, proto: [tcp, udp], addr: 127.0.0.1,"
           " port: [9, 10]}")
    yield ("        - {allow: [accept, receive], addr: 127.0.0.1, port: 10}"
           if both else "        - {allow: [accept, receive]}")
    for number in range(count - 3):
        yield ("        - {allow: connect, proto: [tcp, udp], "
               f"addr: 10.{number // 256}.{number % 256}.0/24, "
               f"port: {1000 + number}}}")


def other_tenant(number):
    return (f"  other{number}:\n"
            f"    select: [cgroup: /tenants/other{number}]\n"
            "    file:\n      default: deny\n      rules:\n"
            f"        - {{allow: all, path: /srv/other{number}/**}}\n"
            "    socket:\n      default: deny\n"
            "      rules: [{allow: [accept, receive]}]")


STORM = """  storm:
    select: [cgroup: /tenants/storm]
    file:
      default: deny
      rules: [{allow: [read, exec, map], path: /cordon/opcost}]"""


def main():
    count = int(sys.argv[1])
    others = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    options = sys.argv[3:]
    limit = 1 if "folded" in options else 1000000
    sockets = count // 4
    print("version: 1\ntenants:\n  bench:\n    select:\n"
          "      - cgroup: /tenants/bench\n"
          f"    events: {{rate: {limit}, burst: {limit}}}\n    file:\n"
          "      default: deny\n      rules:")
    print("\n".join(file_rules(count - sockets)))
    print("    socket:\n      default: deny\n      rules:")
    print("\n".join(socket_rules(sockets, "both" in options)))
    for number in range(others):
        print(other_tenant(number))
    if "storm" in options:
        print(STORM)


if __name__ == "__main__":
    main()
