# SPDX-License-Identifier: GPL-2.0
"""What a tenant and rules on the wire must not be."""
import struct

import netlink
from netlink import A_NAME, A_RULE, attr, nest, rule, tenant

NAME = attr(A_NAME, "acme")


def number(kind, value):
    return {kind: attr(getattr(netlink, "R_" + kind.upper()), value)}


def addr(*parts):
    return rule(nest(netlink.R_ADDR, *parts), leave_out="path",
                **{"class": attr(netlink.R_CLASS, netlink.SOCKET)},
                **number("ops", netlink.CONNECT))


def ports(*parts):
    return rule(nest(netlink.R_PORT, *parts), leave_out="path",
                **{"class": attr(netlink.R_CLASS, netlink.SOCKET)},
                **number("ops", netlink.CONNECT))


def selector(*parts):
    return nest(netlink.A_TENANT, attr(netlink.T_NAME, "acme"),
                attr(netlink.T_MODE, 1), nest(netlink.T_SELECTOR, *parts))


def cgroup(pattern):
    return selector(attr(netlink.S_CGROUP, pattern))


def uids(first, last):
    return selector(attr(netlink.S_UID_FIRST, first),
                    attr(netlink.S_UID_LAST, last))


# What a tenant must not be; every one is refused with some text.
BAD_TENANTS = {
    "nothing": b"",
    "empty": nest(netlink.A_TENANT),
    "not a nest": attr(netlink.A_TENANT, b"garbage!"),
    "nest without its flag": attr(netlink.A_TENANT, tenant()[4:]),
    "another's attribute": tenant() + NAME,
    "an unknown attribute": tenant() + attr(77, 1),
    "a dump's attribute": tenant("acme", attr(200, 1)),
    "no name": nest(netlink.A_TENANT, attr(netlink.T_MODE, 1)),
    "no mode": nest(netlink.A_TENANT, attr(netlink.T_NAME, "acme"),
                    nest(netlink.T_SELECTOR, attr(1, "/t/acme"))),
    "mode 0": tenant(mode=0),
    "mode 3": tenant(mode=3),
    "default 0": tenant(file=0),
    "default 9": tenant(file=9),
    "no selector": nest(netlink.A_TENANT, attr(netlink.T_NAME, "acme"),
                        attr(netlink.T_MODE, 1)),
    "empty selector": selector(),
    "cgroup and uid": selector(attr(netlink.S_CGROUP, "/t/acme"),
                               attr(netlink.S_UID_FIRST, 1)),
    "half a range": selector(attr(netlink.S_UID_FIRST, 1)),
    "reversed range": uids(9, 1),
    "uid -1": uids(0, 0xffffffff),
    "relative cgroup": cgroup("t/acme"),
    "empty cgroup": cgroup(""),
    "cgroup with dots": cgroup("/t/../acme"),
    "cgroup with half a set": cgroup("/t/[a"),
    "empty name": tenant(""),
    "name with a slash": tenant("a/b"),
    "name with a newline": tenant("a\nb"),
    "name of 64": tenant("n" * 64),
    "name without NUL": nest(netlink.A_TENANT,
                             attr(netlink.T_NAME, b"acme")),
    "name with a NUL inside": nest(netlink.A_TENANT,
                                   attr(netlink.T_NAME, b"ac\0me\0")),
    "mode of two bytes": nest(netlink.A_TENANT,
                              attr(netlink.T_NAME, "acme"),
                              attr(netlink.T_MODE, b"\1\0")),
    "mode of eight bytes": nest(netlink.A_TENANT,
                                attr(netlink.T_NAME, "acme"),
                                attr(netlink.T_MODE, b"\1" + b"\0" * 7)),
    "origin of 300": tenant("acme", attr(netlink.T_ORIGIN, "o" * 300)),
    "relative set-up": tenant("acme", attr(netlink.T_SETUP, "runc")),
    "empty set-up": tenant("acme", attr(netlink.T_SETUP, "")),
    "set-up with half a set": tenant("acme", attr(netlink.T_SETUP, "/[a")),
    "set-up without NUL": tenant("acme", attr(netlink.T_SETUP, b"/a")),
    "bad second set-up": tenant("acme", attr(netlink.T_SETUP, "/a"),
                                attr(netlink.T_SETUP, "/a/../b")),
    "name longer than its nest": nest(
        netlink.A_TENANT, struct.pack("=HH", 400, netlink.T_NAME) + b"acme"),
    "attribute of length 0": nest(netlink.A_TENANT, struct.pack("=HH", 0, 1)),
    "attribute of length 3": nest(netlink.A_TENANT, struct.pack("=HH", 3, 1)),
}

BAD_RULES = {
    "no name of a tenant": rule(),
    "empty": NAME + nest(A_RULE),
    "nest without its flag": NAME + attr(A_RULE, rule()[4:]),
    "no class": NAME + rule(leave_out="class"),
    "no action": NAME + rule(leave_out="action"),
    "no operations": NAME + rule(leave_out="ops"),
    "no origin": NAME + rule(leave_out="origin"),
    "no path": NAME + rule(leave_out="path"),
    "class 0": NAME + rule(**number("class", 0)),
    "class 3": NAME + rule(**number("class", 3)),
    "action 0": NAME + rule(**number("action", 0)),
    "action 3": NAME + rule(**number("action", 3)),
    "no operation set": NAME + rule(**number("ops", 0)),
    "operation 8": NAME + rule(**number("ops", 0x100)),
    "operation 15": NAME + rule(**number("ops", 0x8000)),
    "operation 16": NAME + rule(**number("ops", 0x10000)),
    "all operations": NAME + rule(**number("ops", 0xffffffff)),
    "log 3": NAME + rule(attr(netlink.R_LOG, 3)),
    "log of one byte": NAME + rule(attr(netlink.R_LOG, b"\1")),
    "relative path": NAME + rule(**number("path", "srv")),
    "empty path": NAME + rule(**number("path", "")),
    "path with dots": NAME + rule(**number("path", "/srv/../x")),
    "path with an empty part": NAME + rule(**number("path", "/srv//x")),
    "half a set": NAME + rule(**number("path", "/srv/[a")),
    "half a list": NAME + rule(**number("path", "/srv/{a,b")),
    "path without NUL": NAME + rule(**number("path", b"/srv")),
    "path of 4096": NAME + rule(**number("path", "/" + "p/" * 2047 + "p")),
    "origin of 256": NAME + rule(**number("origin", "o" * 256)),
    "address in a file rule": NAME + rule(nest(
        netlink.R_ADDR, attr(1, b"\x0a\0\0\0"), attr(2, 8))),
    "family 0": NAME + rule(attr(netlink.R_FAMILY, 0)),
    "family 4": NAME + rule(attr(netlink.R_FAMILY, 4)),
    "proto 128": NAME + rule(attr(netlink.R_PROTO, 0x80)),
    "proto 2^32-1": NAME + rule(attr(netlink.R_PROTO, 0xffffffff)),
    "address of 3 bytes": NAME + addr(attr(1, b"\x0a\0\0"), attr(2, 8)),
    "address of 17 bytes": NAME + addr(attr(1, b"\0" * 17), attr(2, 8)),
    "address of 0 bytes": NAME + addr(attr(1, b""), attr(2, 0)),
    "prefix 33": NAME + addr(attr(1, b"\x0a\0\0\0"), attr(2, 33)),
    "prefix 129": NAME + addr(attr(1, b"\0" * 16), attr(2, 129)),
    "prefix 2^32-1": NAME + addr(attr(1, b"\0" * 16), attr(2, 0xffffffff)),
    "bits behind the prefix": NAME + addr(attr(1, b"\x0a\0\0\1"), attr(2, 8)),
    "no prefix": NAME + addr(attr(1, b"\x0a\0\0\0")),
    "no address": NAME + addr(attr(2, 8)),
    "reversed ports": NAME + ports(attr(1, 9), attr(2, 1)),
    "port 0": NAME + ports(attr(1, 0), attr(2, 5)),
    "port 65536": NAME + ports(attr(1, 1), attr(2, 65536)),
    "half a range": NAME + ports(attr(1, 1)),
    "bad second rule": NAME + rule() + rule(**number("class", 7)),
    "undefined tenant": attr(A_NAME, "globex") + rule(),
    "another's attribute": NAME + rule() + attr(netlink.A_GENERATION,
                                                b"\0" * 8),
}

# What is missing from a rule shows when no more of it can come.
LATE = {"no path"}
