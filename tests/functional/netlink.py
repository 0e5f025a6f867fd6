# SPDX-License-Identifier: GPL-2.0
"""Generic netlink by hand, so that what is sent can be wrong in any way."""
import errno
import os
import socket
import struct

NETLINK_GENERIC = 16
NETLINK_ADD_MEMBERSHIP = 1
NETLINK_CAP_ACK = 10
NETLINK_EXT_ACK = 11
SOL_NETLINK = 270

NLMSG_ERROR, NLMSG_DONE = 2, 3
REQUEST, MULTI, ACK, DUMP = 1, 2, 4, 0x300
CAPPED, ACK_TLVS = 0x100, 0x200
NESTED = 0x8000

CTRL_ID, CTRL_GETFAMILY = 16, 3
CTRL_FAMILY_ID, CTRL_FAMILY_NAME, CTRL_MCAST_GROUPS = 1, 2, 7

(STATUS_GET, BEGIN, ADD_TENANT, ADD_RULES, REMOVE_TENANT, COMMIT, ABORT,
 TENANT_GET, RULE_GET, MEMBER_GET, EVENT_NTF, EVENT_GET,
 EVENT_SELF_GET, SEAL, MEMBER_JOIN, EXPLAIN) = range(1, 17)
COMMANDS = {"status-get": STATUS_GET, "begin": BEGIN,
            "add-tenant": ADD_TENANT, "add-rules": ADD_RULES,
            "remove-tenant": REMOVE_TENANT, "commit": COMMIT, "abort": ABORT,
            "tenant-get": TENANT_GET, "rule-get": RULE_GET,
            "member-get": MEMBER_GET, "event-get": EVENT_GET,
            "event-self-get": EVENT_SELF_GET, "policy-seal": SEAL,
            "member-join": MEMBER_JOIN, "explain": EXPLAIN}
DUMPS = {TENANT_GET, RULE_GET, MEMBER_GET, EVENT_GET}

A_TENANT, A_NAME, A_RULE, A_GENERATION, A_EXPECT, A_REPLACE = range(1, 7)
A_EVENT, A_SINCE, A_DRY_RUN, A_SEAL_TENANT, A_ACT, A_ANSWER = range(9, 15)
(ACT_CLASS, ACT_OP, ACT_PATH, ACT_FAMILY, ACT_TYPE, ACT_PROTOCOL, ACT_ADDR,
 ACT_PORT, ACT_CID, ACT_NAME, ACT_OWN) = range(1, 12)
(T_NAME, T_ORIGIN, T_MODE, T_FILE_DEFAULT, T_SOCKET_DEFAULT, T_GUARD_ALLOW,
 T_REVOKE, T_SELECTOR) = range(1, 9)
T_SETUP = 17
S_CGROUP, S_UID_FIRST, S_UID_LAST = range(1, 4)
(R_CLASS, R_ACTION, R_OPS, R_LOG, R_ORIGIN, R_PATH, R_FAMILY, R_PROTO, R_ADDR,
 R_PORT, R_ABSTRACT, R_TYPE, R_PROTOCOL, R_CID, R_PEER) = range(1, 16)
FILE, SOCKET, GUARD = 1, 2, 3
ALLOW, DENY = 1, 2
READ, CONNECT = 1, 8
CREATE = 1


def attr(kind, payload):
    """One attribute; its payload is padded to four bytes."""
    if isinstance(payload, int):
        payload = struct.pack("=I", payload)
    elif isinstance(payload, str):
        payload = os.fsencode(payload) + b"\0"
    size = 4 + len(payload)
    return struct.pack("=HH", size, kind) + payload + b"\0" * (-size % 4)


def nest(kind, *attributes):
    return attr(kind | NESTED, b"".join(attributes))


def tenant(name="acme", *more, mode=1, file=DENY, select="/t/acme"):
    """A tenant that is whole, and whatever else."""
    parts = [attr(T_NAME, name), attr(T_MODE, mode),
             attr(T_FILE_DEFAULT, file),
             nest(T_SELECTOR, attr(S_CGROUP, select)), *more]
    return nest(A_TENANT, *parts)


def rule(*more, leave_out=None, **changed):
    """A rule on files; parts can be left out or be other than usual."""
    parts = {"class": attr(R_CLASS, FILE), "action": attr(R_ACTION, ALLOW),
             "ops": attr(R_OPS, READ), "origin": attr(R_ORIGIN, "test:1"),
             "path": attr(R_PATH, "/srv/**")}
    parts.update(changed)
    parts.pop(leave_out, None)
    return nest(A_RULE, *parts.values(), *more)


def parse(data):
    """Attributes as a list of pairs."""
    found = []
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        found.append((kind & 0x3fff, data[4:size]))
        data = data[(size + 3) & ~3:]
    return found


class Answer:
    """How a request ended: number, text and offset of an extended ack."""

    def __init__(self, number, text="", offset=None):
        self.name = errno.errorcode[-number] if number else "OK"
        self.text = text
        self.offset = offset
        self.messages = []

    def __repr__(self):
        return f"{self.name}: {self.text!r} at {self.offset}"


class Connection:
    """A socket that speaks to the module, or to whom it is told."""

    def __init__(self, family=None):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                    NETLINK_GENERIC)
        self.socket.settimeout(30)
        self.socket.bind((0, 0))
        for option in (NETLINK_CAP_ACK, NETLINK_EXT_ACK):
            self.socket.setsockopt(SOL_NETLINK, option, 1)
        self.seq = 0
        self.groups = {}
        self.family = family or self.find_family()

    def close(self):
        self.socket.close()

    def find_family(self):
        answer = self.request(CTRL_GETFAMILY,
                              attr(CTRL_FAMILY_NAME, "cordon"),
                              family=CTRL_ID)
        if answer.name != "OK":
            raise OSError(getattr(errno, answer.name), "family cordon")
        attributes = dict(parse(answer.messages[0]))
        for _, group in parse(attributes[CTRL_MCAST_GROUPS]):
            parts = dict(parse(group))
            name = parts[1].rstrip(b"\0").decode()
            self.groups[name] = struct.unpack("=I", parts[2])[0]
        return struct.unpack("=H", attributes[CTRL_FAMILY_ID])[0]

    def join(self, group):
        self.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                               self.groups[group])

    def send_raw(self, data):
        """Bytes as they are; answers are for whoever waits for them."""
        self.socket.send(data)

    def message(self, command, *attributes, family=None, flags=0, version=1):
        self.seq += 1
        payload = struct.pack("=BBH", command, version, 0) + \
            b"".join(attributes)
        header = struct.pack("=IHHII", 16 + len(payload),
                             family or self.family, REQUEST | ACK | flags,
                             self.seq, 0)
        return header + payload

    def request(self, command, *attributes, **options):
        """Sends a request and waits for its end."""
        if command in DUMPS and "family" not in options:
            options["flags"] = options.get("flags", 0) | DUMP
        self.send_raw(self.message(command, *attributes, **options))
        return self.wait()

    def wait(self):
        """Reads up to the acknowledgement of the newest request."""
        messages = []
        while True:
            data = self.socket.recv(1 << 20)
            while len(data) >= 16:
                size, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
                body = data[16:size]
                data = data[(size + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    answer = self.read_end(kind, flags, body)
                    answer.messages = messages
                    return answer
                messages.append(body[4:])

    def read_end(self, kind, flags, body):
        number = struct.unpack_from("=i", body)[0]
        text, offset = "", None
        # A capped one has the header only of what it answers.
        skip = 4 + (16 if kind == NLMSG_ERROR else 0)
        if kind == NLMSG_ERROR and not flags & CAPPED:
            skip = 4 + (struct.unpack_from("=I", body, 4)[0] + 3 & ~3)
        if flags & ACK_TLVS:
            for attribute, value in parse(body[skip:]):
                if attribute == 1:
                    text = value.rstrip(b"\0").decode(errors="replace")
                elif attribute == 2:
                    offset = struct.unpack("=I", value)[0]
        return Answer(number, text, offset)
